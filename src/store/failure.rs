//! What goes wrong with a database, in words that say what to do.

use std::{
    io,
    path::PathBuf,
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use jiff::Timestamp;

use super::Place;
use crate::model::{Error, ErrorKind};

/// How long a database that did not answer is left alone.
const PAUSE: Duration = Duration::from_secs(1);
/// How long the one who then looks whether it is back is waited for, before the next one looks.
const LOOK: Duration = Duration::from_secs(3);
/// What a client is told, who can do nothing about it.
const AWAY: &str = "the gateway's store cannot be used at present: try again in a moment";

/// Why the database has not done what it was asked.
#[derive(Debug)]
pub(super) enum Failure {
    /// It would not.
    Sql(sqlx::Error),
    /// It took too long.
    TimedOut,
    /// Its file cannot be made.
    File(PathBuf, io::Error),
    /// Its schema is of this version, which is newer than the one that is known.
    Newer(i64, i64),
    /// It was asked for something that is not done.
    Refused(Error),
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Failure::Sql(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Refused(error)
    }
}

impl Failure {
    /// As it is told to a client, with what the operator should do in its detail.
    pub(super) fn into_error(self) -> Error {
        match self {
            Failure::Refused(error) => error,
            other => {
                let advice = other.advice();
                let error = Error::new(ErrorKind::Unavailable, AWAY).with_detail(advice).safe_to_repeat();
                match other {
                    Failure::Sql(source) => error.with_source(source),
                    _ => error,
                }
            }
        }
    }

    /// As it is told to the operator who starts the gateway.
    pub(super) fn at_start(self, place: &Place) -> Error {
        let at = match place {
            Place::Memory => "the store in memory".to_owned(),
            Place::File(path) => format!("the store {}", path.display()),
            Place::Postgres(_) => "the store in PostgreSQL".to_owned(),
        };
        match self {
            Failure::Refused(error) => error,
            other => Error::new(ErrorKind::Unavailable, format!("{at} cannot be used: {}", other.advice())),
        }
    }

    /// Whether the database is not there at all, so that the next call would only wait as long.
    fn is_absence(&self) -> bool {
        use sqlx::Error as E;
        match self {
            Failure::TimedOut => true,
            Failure::Sql(error) => {
                matches!(error, E::Io(_) | E::Tls(_) | E::PoolTimedOut | E::PoolClosed | E::WorkerCrashed)
            }
            Failure::File(..) | Failure::Newer(..) | Failure::Refused(_) => false,
        }
    }

    fn advice(&self) -> String {
        match self {
            Failure::TimedOut => {
                "it does not answer in time: look whether it is overloaded or locked".to_owned()
            }
            Failure::File(path, error) => {
                format!("{} cannot be made: {error}; let [store] url name a file that can", path.display())
            }
            Failure::Newer(found, known) => format!(
                "its schema is of version {found} and this Deltagate knows up to {known}: run the newer Deltagate that \
                 made it, or bring back a copy from before"
            ),
            Failure::Refused(error) => error.message().to_owned(),
            Failure::Sql(error) => of_sql(error),
        }
    }
}

fn of_sql(error: &sqlx::Error) -> String {
    use sqlx::Error as E;
    match error {
        E::Database(reported) => match what_to_do(reported.code().as_deref().unwrap_or_default()) {
            Some(advice) => format!("{advice} ({})", reported.message()),
            None => reported.message().to_owned(),
        },
        E::PoolTimedOut => "no connection in time: look whether it runs and is reached".to_owned(),
        E::Io(error) => format!("it is not reached: {error}"),
        other => other.to_string(),
    }
}

/// What to do about an error by its code: an SQLSTATE of PostgreSQL has five characters, SQLite's is a number, of which
/// the low byte is the kind of error (<https://www.sqlite.org/rescode.html>).
fn what_to_do(code: &str) -> Option<&'static str> {
    if code.len() == 5 {
        return match code {
            "53100" => Some("the database's disk is full: make room there"),
            "53200" | "53300" => Some("the database has too much to do: allow it more memory or connections"),
            "28000" | "28P01" => Some("the user or password in the URL is wrong"),
            "3D000" => Some("there is no such database: create it"),
            "42501" => Some("the user in the URL may not do that: give it the rights on its schema"),
            "25006" => Some("the database takes no writes: name the primary in the URL"),
            _ => None,
        };
    }
    match code.parse::<u32>().ok()? & 0xff {
        5 | 6 => Some("another process has locked it: end that, or let each gateway have a file of its own"),
        8 => Some("it cannot be written: look at the rights of the file and its folder"),
        10 => Some("its disk fails or is full: look at the disk"),
        11 | 26 => {
            Some("the file is damaged, or not a store: bring back a copy, or move it away to begin anew")
        }
        13 => Some("its disk is full: make room there"),
        14 => Some("the file cannot be opened: look at the rights of the file and its folder"),
        _ => None,
    }
}

/// Spares callers the wait for a database that is known to be away: one at a time looks whether it is back.
#[derive(Debug, Default)]
pub(super) struct Breaker {
    /// Until when it is left alone, in microseconds since 1970; 0 while it answers.
    until: AtomicI64,
}

impl Breaker {
    /// # Errors
    /// `Unavailable` while it is left alone, or somebody else looks whether it is back.
    pub(super) fn check(&self) -> Result<(), Error> {
        let (now, until) = (Timestamp::now().as_microsecond(), self.until.load(Ordering::Relaxed));
        if until == 0 {
            return Ok(());
        }
        let looking = now.saturating_add(micros(LOOK));
        let may_look =
            || self.until.compare_exchange(until, looking, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        if now >= until && may_look() {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Unavailable, AWAY)
            .with_detail("it did not answer a moment ago")
            .safe_to_repeat())
    }

    /// Takes note of how a call went.
    pub(super) fn note<T>(&self, result: &Result<T, Failure>) {
        let is_away = result.as_ref().is_err_and(Failure::is_absence);
        let until = if is_away { Timestamp::now().as_microsecond().saturating_add(micros(PAUSE)) } else { 0 };
        self.until.store(until, Ordering::Relaxed);
    }
}

fn micros(time: Duration) -> i64 {
    i64::try_from(time.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_say_what_to_do() {
        for (code, word) in
            [("13", "full"), ("5", "locked"), ("261", "locked"), ("53100", "full"), ("26", "damaged")]
        {
            assert!(what_to_do(code).unwrap().contains(word), "{code}");
        }
        assert_eq!(what_to_do("1"), None);
    }

    #[test]
    fn what_was_away_is_left_alone_for_a_moment() {
        let breaker = Breaker::default();
        breaker.note::<()>(&Err(Failure::Refused(Error::new(ErrorKind::Invalid, "no"))));
        assert!(breaker.check().is_ok());
        breaker.note::<()>(&Err(Failure::TimedOut));
        assert_eq!(breaker.check().unwrap_err().kind(), ErrorKind::Unavailable);
    }

    #[test]
    fn one_looks_whether_it_is_back() {
        let breaker = Breaker::default();
        breaker.note::<()>(&Err(Failure::TimedOut));
        breaker.until.store(1, Ordering::Relaxed);
        assert!(breaker.check().is_ok(), "the pause is over");
        assert!(breaker.check().is_err(), "somebody looks already");
        breaker.note(&Ok(()));
        assert!(breaker.check().is_ok() && breaker.check().is_ok());
    }
}
