//! `deltagate jobs`: what was promised and is not done yet, or was given up within the last day.

use std::io::{self, Write};

use crate::{
    model::Error,
    store::{ListedJob, Store},
};

/// The columns, with their widths.
const HEAD: [(&str, usize); 8] = [
    ("ID", 36),
    ("PROVIDER", 12),
    ("WHAT", 8),
    ("INSTANCE", 36),
    ("STATE", 8),
    ("SINCE", 20),
    ("TRIES", 5),
    ("NEXT", 20),
];

/// Lists the jobs in `store`.
///
/// # Errors
/// What the store fails with; whether it could be printed is in the result.
pub(super) async fn list(store: &Store, json: bool, out: &mut dyn Write) -> Result<io::Result<()>, Error> {
    let jobs = store.jobs().await?;
    Ok(if json { print_json(&jobs, out) } else { print(&jobs, out) })
}

fn print(jobs: &[ListedJob], out: &mut dyn Write) -> io::Result<()> {
    for (name, width) in HEAD {
        write!(out, "{name:width$} ")?;
    }
    writeln!(out, "LAST ERROR")?;
    for job in jobs {
        let next = job.next.map_or_else(|| "-".to_owned(), |next| format!("{next:.0}"));
        let (since, tries) = (format!("{:.0}", job.since), job.attempts.to_string());
        let state = job.state.name();
        let cells = [&job.id, &job.provider, &job.kind, &job.subject, state, &since, &tries, &next];
        for (cell, (_, width)) in cells.into_iter().zip(HEAD) {
            write!(out, "{cell:width$} ")?;
        }
        writeln!(out, "{}", if job.last_error.is_empty() { "-" } else { &job.last_error })?;
    }
    Ok(())
}

fn print_json(jobs: &[ListedJob], out: &mut dyn Write) -> io::Result<()> {
    let jobs = jobs.iter().map(|job| {
        serde_json::json!({
            "id": job.id, "provider": job.provider, "what": job.kind, "instance": job.subject, "user": job.user,
            "state": job.state.name(), "since": job.since, "attempts": job.attempts, "next_try": job.next,
            "last_error": job.last_error,
        })
    });
    writeln!(out, "{:#}", serde_json::Value::from_iter(jobs))
}
