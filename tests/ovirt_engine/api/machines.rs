//! Reading what a client wants of a machine, in either representation.

use super::super::element::Element;
use super::super::mode::Mode;
use super::super::model::{Machine, Payload};
use super::super::reply::Problem;

/// Bytes of a payload that the engine accepts.
const MAX_PAYLOAD: usize = 8192;

/// `machine` with what `element` says of it changed.
///
/// # Errors
/// 400 for a payload that is too large or of an unknown type.
pub fn changed(mut machine: Machine, element: &Element, mode: Mode) -> Result<Machine, Problem> {
    if let Some(memory) = element.parsed("memory") {
        machine = machine.with_memory(memory);
    }
    let numbers = [
        ("cpu/topology/cores", &mut machine.cores),
        ("cpu/topology/sockets", &mut machine.sockets),
        ("cpu/topology/threads", &mut machine.threads),
        ("high_availability/priority", &mut machine.priority),
    ];
    for (path, place) in numbers {
        set(place, element.parsed(path));
    }
    set(&mut machine.guaranteed, element.parsed("memory_policy/guaranteed"));
    set(&mut machine.max_memory, element.parsed("memory_policy/max"));
    set(&mut machine.stateless, element.parsed("stateless"));
    set(&mut machine.delete_protected, element.parsed("delete_protected"));
    set(&mut machine.high_availability, element.parsed("high_availability/enabled"));
    set(&mut machine.description, element.value("description").map(str::to_owned));
    set(&mut machine.comment, element.value("comment").map(str::to_owned));
    set(&mut machine.os, element.value("os/type").map(str::to_owned));
    set(&mut machine.boot, boot_devices(element));
    if let Some(kind) = element.value("type") {
        machine.kind = kind_of(kind)?;
    }
    set(&mut machine.custom_properties, custom_properties(element));
    set(&mut machine.payloads, payloads(element, mode)?);
    if let Some(initialization) = element.child("initialization") {
        machine.initialization = Some(initialization.clone());
    }
    Ok(machine)
}

fn set<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

fn kind_of(kind: &str) -> Result<String, Problem> {
    let lower = kind.to_ascii_lowercase();
    if ["desktop", "server", "high_performance"].contains(&lower.as_str()) {
        return Ok(lower);
    }
    let detail = format!(
        "{kind} is not a member of VmType. Possible values for VmType are: desktop, server, high_performance"
    );
    Err(Problem::bad("Invalid value", detail))
}

/// v3's `<boot dev=>` or v4's `<boot><devices>`.
fn boot_devices(element: &Element) -> Option<Vec<String>> {
    let os = element.child("os")?;
    let v3 = os.children("boot").filter_map(|boot| boot.value("dev"));
    let v4 = os.find("boot/devices").into_iter().flat_map(|devices| devices.children("device"));
    let all: Vec<String> =
        v3.map(str::to_owned).chain(v4.map(|device| device.text.trim().to_owned())).collect();
    (!all.is_empty()).then_some(all)
}

fn custom_properties(element: &Element) -> Option<Vec<(String, String)>> {
    let all = element.child("custom_properties")?.children("custom_property");
    let pair =
        |property: &Element| Some((property.value("name")?.to_owned(), property.value("value")?.to_owned()));
    Some(all.filter_map(pair).collect())
}

fn payloads(element: &Element, mode: Mode) -> Result<Option<Vec<Payload>>, Problem> {
    let Some(list) = element.child("payloads").filter(|_| mode >= Mode::V3_1) else { return Ok(None) };
    let payloads: Vec<Payload> = list.children("payload").map(payload).collect();
    let size = |payload: &Payload| payload.files.iter().map(|(_, content)| content.len()).sum::<usize>();
    if payloads.iter().any(|payload| size(payload) > MAX_PAYLOAD) {
        return Err(Problem::invalid("Cannot add VM. Payload is limited to 8K."));
    }
    let kinds = |payload: &Payload| ["floppy", "cdrom"].contains(&payload.kind.as_str());
    if let Some(odd) = payloads.iter().find(|payload| !kinds(payload)) {
        let detail = format!(
            "{} is not a member of VmDeviceType. Possible values for VmDeviceType are: floppy, cdrom",
            odd.kind
        );
        return Err(Problem::bad("Invalid value", detail));
    }
    Ok(Some(payloads))
}

/// Files directly below the payload (3.1) or in `<files>` (3.3 and later).
fn payload(element: &Element) -> Payload {
    let nested = element.child("files").into_iter().flat_map(|files| files.children("file"));
    let file = |file: &Element| {
        let text = |name| file.value(name).unwrap_or_default().to_owned();
        let content = file.child("content").map(|content| content.text.clone()).unwrap_or_default();
        (text("name"), content)
    };
    Payload {
        kind: element.value("type").unwrap_or_default().to_ascii_lowercase(),
        volume_id: element.value("volume_id").map(str::to_owned),
        files: element.children("file").chain(nested).map(file).collect(),
    }
}
