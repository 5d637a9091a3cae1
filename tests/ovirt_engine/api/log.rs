//! Events and jobs.

use super::super::call::Call;
use super::super::element::Element;
use super::super::model::EngineEvent;
use super::super::render::{log, statistics};
use super::super::reply::{Problem, Reply};
use super::super::search;
use super::{Answer, Work};

const SEVERITIES: [&str; 4] = ["normal", "warning", "error", "alert"];

pub fn events(work: &Work<'_>, call: &Call, id: Option<&str>) -> Answer {
    let all = &work.inventory.events;
    if let Some(id) = id {
        let event = all.iter().find(|event| event.id.to_string() == id).ok_or(Problem::NotFound)?;
        return Ok(Reply::resource(200, &work.view(call), |view, x| log::event(view, event, x)));
    }
    let from: u64 = call.param("from").and_then(|from| from.parse().ok()).unwrap_or(0);
    let newer = all.iter().filter(|event| event.id > from).cloned().collect();
    let fields = &["severity", "type", "message", "correlation_id", "origin", "time"];
    let found = search::narrow(call, newer, fields, |event: &EngineEvent, field| match field {
        "severity" => vec![event.severity.clone()],
        "type" => vec![event.code.to_string()],
        "message" => vec![event.description.clone()],
        "correlation_id" => vec![event.correlation.clone()],
        "origin" => vec![event.origin.clone()],
        _ => vec![event.time.to_string()],
    })?;
    Ok(Reply::list("events", found, log::event))
}

pub fn add_event(work: &mut Work<'_>, call: &Call) -> Answer {
    let element = call.element("event")?;
    let member = |name: &str| {
        let missing = || Problem::incomplete(format!("Event [{name}] required for add"));
        element.value(name).map(str::to_owned).ok_or_else(missing)
    };
    let severity = member("severity")?.to_ascii_lowercase();
    if !SEVERITIES.contains(&severity.as_str()) {
        return Err(Problem::bad("Invalid value", format!("{severity} is not a member of LogSeverity.")));
    }
    let custom_id = member("custom_id")?.parse().map_err(|_| Problem::bad("Invalid value", "custom_id"))?;
    let event = EngineEvent {
        id: work.inventory.next_event(),
        code: 9999,
        severity,
        description: member("description")?,
        origin: member("origin")?,
        custom_id,
        time: work.now,
        correlation: call.correlation.clone(),
        user: None,
        vm: element.child("vm").and_then(|vm| Element::parsed(vm, "id")),
    };
    work.inventory.add_event(event.clone());
    let path = format!("events/{}", event.id);
    Ok(work.created(call, false, &path, |view, x| log::event(view, &event, x)))
}

pub fn jobs(work: &Work<'_>, call: &Call, id: Option<&str>) -> Answer {
    let all = &work.inventory.jobs;
    if let Some(id) = id {
        let job = all.iter().find(|job| job.id.to_string() == id).ok_or(Problem::NotFound)?;
        return Ok(Reply::resource(200, &work.view(call), |view, x| log::job(view, job, x)));
    }
    let fields = &["correlation_id", "description", "status"];
    let found = search::narrow(call, all.iter().cloned().collect(), fields, |job, field| match field {
        "correlation_id" => vec![job.correlation.clone()],
        "description" => vec![job.description.clone()],
        _ => vec![if work.now < job.ends { "started" } else { "finished" }.to_owned()],
    })?;
    Ok(Reply::list("jobs", found, log::job))
}

/// What is measured of a machine.
pub fn vm_statistics(work: &Work<'_>, call: &Call, id: &str) -> Answer {
    let vm = work.vm(call, id)?;
    let href = format!("{}/vms/{}", call.shown.dialect.prefix, vm.id);
    Ok(Reply::resource(200, &work.view(call), |view, x| statistics::of_vm(view, &vm, &href, x)))
}
