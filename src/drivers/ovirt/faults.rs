//! What an engine says when it refuses, in the model's kinds: the one place where a native failure is judged.
//!
//! The status decides wherever it can. It cannot for 400 and 409: engines before 3.3 answer 400 to what later ones
//! answer 409 to, and a conflict may mean a taken name, a locked disk or a full cluster. No code tells those apart,
//! so there, and only there, the text does, in English, which is asked for: see [`PHRASES`].
//!
//! **Invariant:** `NotFound` is the status 404 and nothing else. A text that says that something does not exist rarely
//! means what the call is about: a VM whose storage domain is lost cannot be removed, but it is there.

use std::borrow::Cow;

use bytes::Bytes;
use http::{Response, StatusCode, header::LOCATION};

use crate::{
    model::{Error, ErrorKind, Kind},
    wire::xml::{self, Element, Malformed},
};

/// The longest text of a fault that is passed on, in characters.
const LONGEST_MESSAGE: usize = 1000;

/// What parts of a fault's detail mean; the first that is found decides.
static PHRASES: &[(&str, ErrorKind)] = &[
    ("already in use", ErrorKind::AlreadyExists),
    ("Delete protection is enabled", ErrorKind::Denied),
    ("not authorized", ErrorKind::Denied),
    ("insufficient permissions", ErrorKind::Denied),
    ("Permission denied", ErrorKind::Denied),
    ("already used", ErrorKind::AlreadyExists),
    ("already attached", ErrorKind::IncorrectState),
    ("already detached", ErrorKind::IncorrectState),
    ("already configured in a snapshot", ErrorKind::IncorrectState),
    ("not down", ErrorKind::IncorrectState),
    ("plugged", ErrorKind::IncorrectState),
    ("operation on a Snapshot", ErrorKind::Busy),
    ("being created", ErrorKind::Busy),
    ("being removed", ErrorKind::Busy),
    ("locked or still running", ErrorKind::IncorrectState),
    ("locked", ErrorKind::Busy),
    ("Image Locked", ErrorKind::Busy),
    ("in progress", ErrorKind::Busy),
    ("Quota has insufficient", ErrorKind::LimitReached),
    ("no host that satisfies", ErrorKind::NoCapacity),
    ("no hosts to use", ErrorKind::NoCapacity),
    ("Low disk space", ErrorKind::NoCapacity),
    ("try again later", ErrorKind::Busy),
    ("Internal Engine Error", ErrorKind::Unexpected),
    ("is running", ErrorKind::IncorrectState),
    ("is not running", ErrorKind::IncorrectState),
    ("is not up", ErrorKind::IncorrectState),
    ("is in ", ErrorKind::IncorrectState),
    ("being used by", ErrorKind::IncorrectState),
];

/// What a refusal to create a VM says when its template is not there; a template that is named is in the text, too.
static TEMPLATE_MISSING: &[&str] =
    &["Entity not found: Template", "Template doesn't exist", "Template does not exist"];

/// A document that says why the engine refused.
#[derive(Debug, Default)]
struct Fault {
    reason: String,
    detail: String,
}

/// What a response that is no success means.
pub(super) fn error(response: &Response<Bytes>) -> Error {
    let status = response.status();
    if status.is_redirection() {
        return redirected(response);
    }
    let Some(fault) = parse(response.body()) else {
        let message = match status {
            StatusCode::UNAUTHORIZED => {
                "the engine does not accept the user's name or the password".to_owned()
            }
            other => format!("the engine answered {other}"),
        };
        return Error::new(kind(status, ""), message);
    };
    let error = Error::new(kind(status, &fault.detail), fault.message());
    let refused = status.is_client_error();
    if refused { error.safe_to_repeat() } else { error }
}

/// Whether the document that answers an action or a removal says that it was taken on.
///
/// # Errors
/// What the fault in it means, or `Unexpected` when it is no such document.
pub(super) fn taken_on(body: &[u8]) -> Result<(), Error> {
    if body.is_empty() {
        return Ok(());
    }
    let (known, fault) = xml::document(body, |root| {
        let known = root.name() == "action";
        Ok((known, if known { action(root)? } else { None }))
    })?;
    match fault {
        Some(fault) => Err(Error::new(kind(StatusCode::CONFLICT, &fault.detail), fault.message())),
        None if known => Ok(()),
        None => Err(Error::new(ErrorKind::Unexpected, "the engine did not answer an action with an action")),
    }
}

/// The same error, about this resource: what is asked for by its id and is not there is this.
pub(super) fn about(error: Error, kind: Kind, id: &str) -> Error {
    match error.kind() {
        ErrorKind::NotFound => Error::not_found(kind, id),
        _ => error.about(kind, id),
    }
}

/// Whether an engine that refused to create a VM did so because its template is not there.
pub(super) fn misses_template(error: &Error) -> bool {
    let refused =
        matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Invalid | ErrorKind::IncorrectState);
    refused && TEMPLATE_MISSING.iter().any(|phrase| error.message().contains(phrase))
}

/// The one native → neutral match.
fn kind(status: StatusCode, detail: &str) -> ErrorKind {
    match status.as_u16() {
        400 => said(detail).unwrap_or(ErrorKind::Invalid),
        401 => ErrorKind::Unauthenticated,
        403 => ErrorKind::Denied,
        404 => ErrorKind::NotFound,
        405 => ErrorKind::Unsupported,
        409 => said(detail).unwrap_or(ErrorKind::IncorrectState),
        429 => ErrorKind::RateLimited,
        502 | 503 => ErrorKind::Unreachable,
        504 => ErrorKind::TimedOut,
        _ => ErrorKind::Unexpected,
    }
}

fn said(detail: &str) -> Option<ErrorKind> {
    PHRASES.iter().find(|(phrase, _)| detail.contains(phrase)).map(|(_, kind)| *kind)
}

fn redirected(response: &Response<Bytes>) -> Error {
    let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    let status = response.status().as_u16();
    let target = location.unwrap_or("nowhere");
    let message = format!("the engine redirects to '{target}' ({status}): check the provider's URL");
    Error::new(ErrorKind::Unexpected, message)
}

/// The fault in a body; none when it holds none (an HTML page, nothing at all).
fn parse(body: &[u8]) -> Option<Fault> {
    xml::document(body, |root| match root.name() {
        "fault" => fault(root).map(Some),
        "action" => action(root),
        _ => Ok(None),
    })
    .ok()
    .flatten()
}

fn action(root: &mut Element<'_>) -> Result<Option<Fault>, Malformed> {
    let mut found = None;
    root.children(|child| {
        if child.name() == "fault" {
            found = Some(fault(child)?);
        }
        Ok(())
    })?;
    Ok(found)
}

fn fault(element: &mut Element<'_>) -> Result<Fault, Malformed> {
    let mut fault = Fault::default();
    element.children(|child| {
        match child.name() {
            "reason" => fault.reason = child.text()?.into_owned(),
            "detail" => fault.detail = child.text()?.into_owned(),
            _other => {}
        }
        Ok(())
    })?;
    Ok(fault)
}

impl Fault {
    /// What the client may read: the detail, without the brackets of the list it is; the reason when there is none.
    fn message(&self) -> String {
        let detail = self.detail.trim();
        let detail = detail.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(detail);
        let text = if detail.is_empty() || is_stack_trace(detail) { self.reason.trim() } else { detail };
        if text.is_empty() || is_stack_trace(text) {
            return "the engine gave no reason".to_owned();
        }
        readable(text)
    }
}

/// As much of an engine's text as is passed on, on one line.
pub(super) fn readable(text: &str) -> String {
    single_line(text).chars().take(LONGEST_MESSAGE).collect()
}

fn is_stack_trace(text: &str) -> bool {
    text.contains("\tat ")
        || text.contains("\n    at ")
        || text.starts_with("java.")
        || text.starts_with("org.")
}

fn single_line(text: &str) -> Cow<'_, str> {
    if !text.contains(char::is_control) {
        return Cow::Borrowed(text);
    }
    let lines = text.split(char::is_control).map(str::trim).filter(|line| !line.is_empty());
    Cow::Owned(lines.collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use ErrorKind as E;

    use super::*;

    fn answer(status: u16, body: &str) -> Response<Bytes> {
        Response::builder().status(status).body(Bytes::copy_from_slice(body.as_bytes())).unwrap()
    }

    /// Status, detail as engines send it, kind.
    static FAULTS: &[(u16, &str, ErrorKind)] = &[
        (400, "Vm [name] required for add", E::Invalid),
        (400, "Vm [cluster.id|name] required for add", E::Invalid),
        (
            400,
            "X is not a member of StorageType. Possible values for StorageType are: iscsi, fcp",
            E::Invalid,
        ),
        (400, "Invalid UUID string: i-00000000", E::Invalid),
        (
            400,
            "For correct usage, see: https://HOST/ovirt-engine/apidoc#services/vms/methods/add",
            E::Invalid,
        ),
        (404, "Entity not found: Cluster: name=foo", E::NotFound),
        (400, "Entity not found: foo", E::Invalid),
        (409, "Attempt to set immutable field: id", E::IncorrectState),
        (400, "The value 7 of attribute 'x' is outside of range 0 to 5.", E::Invalid),
        (
            409,
            "[Cannot add VM. The VM name is already in use, please choose a unique name and try again.]",
            E::AlreadyExists,
        ),
        (
            400,
            "[Cannot add VM. The VM name is already in use, please choose a unique name and try again.]",
            E::AlreadyExists,
        ),
        (400, "[Cannot remove VM. VM is running.]", E::IncorrectState),
        (409, "[Cannot remove VM. VM is running.]", E::IncorrectState),
        (
            409,
            "[Cannot remove VM. Delete protection is enabled. In order to delete, disable Delete protection first.]",
            E::Denied,
        ),
        (
            409,
            "[Cannot remove VM that its state is not down.\n-Please stop the VM first.]",
            E::IncorrectState,
        ),
        (409, "[Cannot remove VM: VM is locked. Please try again in a few minutes.]", E::Busy),
        (
            409,
            "[Cannot remove VM. Related operation is currently in progress. Please try again later.]",
            E::Busy,
        ),
        (409, "[Cannot run VM. VM is running.]", E::IncorrectState),
        (
            409,
            "[Cannot run VM: The following disks are locked: a. Please try again in a few minutes.]",
            E::Busy,
        ),
        (
            409,
            "[Cannot run VM without at least one bootable disk.\nAlternatives:\n- Create a disk.]",
            E::IncorrectState,
        ),
        (
            409,
            "[Cannot run VM. There is no host that satisfies current scheduling constraints. See below for details:, The host H did not satisfy internal filter Memory because its available memory is too low]",
            E::NoCapacity,
        ),
        (
            409,
            "[There are no hosts to use. Check that the cluster contains at least one host in Up state.]",
            E::NoCapacity,
        ),
        (409, "[Cannot stop VM. VM is not running.]", E::IncorrectState),
        (409, "[Cannot hibernate VM. VM is not up.]", E::IncorrectState),
        (409, "[Cannot restart VM because the VM is in Down status.]", E::IncorrectState),
        (
            409,
            "[Cannot add Template. VM is locked or still running, try again once VM is in the Down state.]",
            E::IncorrectState,
        ),
        (
            400,
            "[Cannot delete Template. Template is being used by the following VMs: a,b.]",
            E::IncorrectState,
        ),
        (409, "[Cannot attach Virtual Disk because the VM is in Image Locked status.]", E::Busy),
        (409, "[Cannot attach Virtual Disk: Disk is locked. Please try again later.]", E::Busy),
        (409, "[Cannot add Virtual Disk. Low disk space on Storage Domain X.]", E::NoCapacity),
        (409, "[MAC Address is already in use.]", E::AlreadyExists),
        (409, "[Cannot add Template. Template name a already used.]", E::AlreadyExists),
        (400, "[Cannot attach Virtual Disk. The disk is already attached to VM.]", E::IncorrectState),
        (
            400,
            "[Cannot detach Virtual Disk. The disk is already configured in a snapshot. In order to detach it, remove the disk's snapshots.]",
            E::IncorrectState,
        ),
        (400, "[Cannot remove Virtual Disk. At least one of the VMs is not down.]", E::IncorrectState),
        (
            400,
            "[Cannot remove Interface. The VM Network Interface is plugged to a running VM.]",
            E::IncorrectState,
        ),
        (
            409,
            "[Cannot remove Snapshot. The VM is performing an operation on a Snapshot. Please wait for the operation to finish, and try again.]",
            E::Busy,
        ),
        (400, "[Cannot add VM. The relevant Template doesn't exist.]", E::Invalid),
        (409, "[Cannot remove VM. The Storage Domain doesn't exist.]", E::IncorrectState),
        (400, "[Cannot import VM. The Disk does not exist.]", E::Invalid),
        (400, "[Cannot add VM. Cluster ID is not valid.]", E::Invalid),
        (409, "[Cannot add VM. Quota has insufficient cluster resources.]", E::LimitReached),
        (400, "Payload is limited to 8K", E::Invalid),
        (400, "Query execution failed due to insufficient permissions.", E::Denied),
        (403, "[User is not authorized to perform this action.]", E::Denied),
        (400, "Internal Engine Error", E::Unexpected),
        (500, "[Internal Engine Error]", E::Unexpected),
    ];

    #[test]
    fn every_fault_has_its_kind_in_each_form_in_which_it_comes() {
        for (status, detail, kind) in FAULTS {
            let fault = format!("<fault><reason>Operation Failed</reason><detail>{detail}</detail></fault>");
            let v4 = format!("<action>{fault}<status>failed</status></action>");
            let v3 = format!("<action><status><state>failed</state></status>{fault}</action>");
            for body in [&fault, &v4, &v3] {
                let error = error(&answer(*status, body));
                assert_eq!(error.kind(), *kind, "{status} {detail}");
                assert!(
                    !error.message().contains(['[', '\n']) || detail.contains("Vm ["),
                    "{}",
                    error.message()
                );
            }
        }
    }

    #[test]
    fn a_page_is_never_shown() {
        let page = "<html><head><title>Error</title></head><body>Unauthorized</body></html>";
        for (status, kind) in
            [(401, E::Unauthenticated), (404, E::NotFound), (503, E::Unreachable), (504, E::TimedOut)]
        {
            let error = error(&answer(status, page));
            assert_eq!(error.kind(), kind);
            assert!(!error.message().contains('<'), "{error}");
            assert!(status == 401 || error.message().contains(&status.to_string()), "{error}");
        }
        assert_eq!(error(&answer(404, "")).kind(), E::NotFound);
    }

    #[test]
    fn a_stack_trace_is_never_shown() {
        let body = "<fault><reason>Operation Failed</reason><detail>java.lang.NullPointerException\n\tat org.x.Y</detail></fault>";
        assert_eq!(error(&answer(500, body)).message(), "Operation Failed");
    }

    #[test]
    fn a_redirection_names_its_target() {
        let mut moved = answer(302, "");
        moved.headers_mut().insert(LOCATION, "https://elsewhere.example.com/login".parse().unwrap());
        let error = error(&moved);
        assert_eq!(error.kind(), E::Unexpected);
        assert!(error.message().contains("https://elsewhere.example.com/login"));
    }

    #[test]
    fn an_action_is_taken_on_when_an_action_without_a_fault_says_so() {
        assert!(taken_on(b"<action><status>complete</status></action>").is_ok());
        assert!(taken_on(b"").is_ok());
        let failed =
            "<action><fault><detail>[VM is locked.]</detail></fault><status>failed</status></action>";
        assert_eq!(taken_on(failed.as_bytes()).unwrap_err().kind(), E::Busy);
        let page = "<html><body>Log in</body></html>";
        assert_eq!(taken_on(page.as_bytes()).unwrap_err().kind(), E::Unexpected);
    }
}
