//! Engines that misbehave: the client gets a clear error in its own protocol within the deadline, nothing that is not
//! safe is repeated, and the gateway goes on as if nothing had been.

use std::{
    thread,
    time::{Duration, Instant},
};

use crate::{
    ADMIN,
    bed::{
        Gateway, Ovirt,
        http::{Answer, Connection, basic},
        ovirt::{Mode, Options},
    },
    ovirt_engine::misbehaviour::{Kind, Misbehaviour},
};

/// What an operation may take in these tests, in seconds, and a little over it.
const DEADLINE: &str = "operation_timeout = 2\nread_timeout = 2\nconnect_timeout = 1";
const SOON: Duration = Duration::from_secs(8);

const DESCRIBE: &str = "/ec2?Action=DescribeInstances";

struct Bed {
    engine: Ovirt,
    gateway: Gateway,
}

impl Bed {
    fn new(mode: Mode) -> Self {
        Bed::with(Options { mode, speed: 500.0, ..Options::default() })
    }

    fn with(options: Options) -> Self {
        let engine = Ovirt::with(options);
        let gateway = Gateway::before_ovirt(&engine.base_url(), DEADLINE);
        let bed = Bed { engine, gateway };
        assert_eq!(bed.ask(DESCRIBE).status, 200);
        bed
    }

    fn ask(&self, target: &str) -> Answer {
        self.gateway.get(target, ADMIN.0, ADMIN.1)
    }

    fn befall(&self, kind: Kind) {
        self.engine.faults().add(Misbehaviour { path: "/vms".into(), ..Misbehaviour::always(kind) });
    }

    /// The engine is well again, and so is the gateway.
    #[track_caller]
    fn recovers(&self) {
        self.engine.faults().clear();
        let answer = self.ask(DESCRIBE);
        assert_eq!(answer.status, 200, "{answer:?}");
        let deadline = Instant::now() + SOON;
        while self.gateway.sample("deltagate_in_flight", &[]) != 0.0 {
            assert!(Instant::now() < deadline, "a request is still in flight");
            thread::yield_now();
        }
    }

    fn requests(&self, method: &str, part: &str) -> usize {
        let requests = self.engine.requests();
        requests.iter().filter(|request| request.method == method && request.target.contains(part)).count()
    }

    /// The id of a machine of the engine that is in this state.
    fn machine(&self, state: &str) -> String {
        let answer =
            self.ask(&format!("{DESCRIBE}&Filter.1.Name=instance-state-name&Filter.1.Value.1={state}"));
        answer.text("instanceId").to_owned()
    }
}

#[track_caller]
fn unavailable(answer: &Answer) {
    assert_eq!((answer.status, answer.text("Code")), (503, "Unavailable"), "{answer:?}");
    assert!(answer.header("content-type").starts_with("text/xml"), "{answer:?}");
    assert!(!answer.text("Message").is_empty() && !answer.text("RequestID").is_empty(), "{answer:?}");
    assert!(!answer.body.to_lowercase().contains("<html"), "{answer:?}");
}

#[test]
fn an_engine_that_is_down() {
    let url = Ovirt::start(Mode::V4_4).base_url();
    let gateway = Gateway::before_ovirt(&url, DEADLINE);
    let began = Instant::now();
    unavailable(&gateway.get(DESCRIBE, ADMIN.0, ADMIN.1));
    assert!(began.elapsed() < SOON);
}

#[test]
fn an_engine_that_never_answers() {
    let bed = Bed::new(Mode::V4_4);
    bed.befall(Kind::Hang);
    let began = Instant::now();
    unavailable(&bed.ask(DESCRIBE));
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    bed.recovers();
}

#[test]
fn an_engine_that_answers_pages_for_people() {
    let bed = Bed::new(Mode::V4_4);
    for status in [500, 502, 503, 200] {
        bed.befall(Kind::Html { status });
        let answer = bed.ask(DESCRIBE);
        assert!((500..=503).contains(&answer.status), "{status}: {answer:?}");
        assert!(!answer.text("Code").is_empty() && !answer.body.contains("<html"), "{status}: {answer:?}");
        bed.recovers();
    }
}

#[test]
fn an_answer_that_breaks_off_before_anything_was_sent() {
    let bed = Bed::new(Mode::V4_4);
    for kind in [
        Kind::Truncate { bytes: 600, announced: true },
        Kind::Truncate { bytes: 600, announced: false },
        Kind::Malformed { bytes: 64 },
    ] {
        bed.befall(kind.clone());
        let answer = bed.ask(DESCRIBE);
        assert!((500..=503).contains(&answer.status), "{kind:?}: {answer:?}");
        assert!(answer.complete && !answer.text("Code").is_empty(), "{kind:?}: {answer:?}");
        bed.recovers();
    }
}

#[test]
fn an_answer_that_breaks_off_later_is_a_broken_transfer() {
    let bed = Bed::with(Options { mode: Mode::V4_4, vms: 500, speed: 500.0, ..Options::default() });
    bed.befall(Kind::Truncate { bytes: 1_000_000, announced: false });
    let answer = bed.ask(DESCRIBE);
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(!answer.complete, "a broken list ended as if it were whole");
    assert!(!answer.body.contains("</DescribeInstancesResponse>"));
    bed.recovers();
}

#[test]
fn a_session_that_ends_is_renewed_once_and_unseen() {
    for mode in [Mode::V3_1, Mode::V3_6, Mode::V4_1, Mode::V4_4] {
        let bed = Bed::new(mode);
        let logins = |bed: &Bed| {
            bed.requests("POST", "/sso/oauth/token")
                + bed
                    .engine
                    .requests()
                    .iter()
                    .filter(|r| r.header("authorization").is_some_and(|a| a.starts_with("Basic")))
                    .count()
        };
        bed.engine.drop_sessions();
        bed.engine.forget_requests();
        let answer = bed.ask(DESCRIBE);
        assert_eq!(answer.status, 200, "{mode:?}: {answer:?}");
        assert_eq!(logins(&bed), 1, "{mode:?}: {:#?}", bed.engine.requests());
        bed.befall(Kind::ForgetSessions);
        let refused = bed.ask(DESCRIBE);
        assert_eq!((refused.status, refused.text("Code")), (401, "AuthFailure"), "{mode:?}: {refused:?}");
        bed.recovers();
    }
}

#[test]
fn many_at_once_log_in_once() {
    let engine = Ovirt::start(Mode::V4_4);
    let gateway = Gateway::before_ovirt(&engine.base_url(), "");
    thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| assert_eq!(gateway.get(DESCRIBE, ADMIN.0, ADMIN.1).status, 200));
        }
    });
    let logins =
        engine.requests().iter().filter(|request| request.target.contains("/sso/oauth/token")).count();
    assert_eq!(logins, 1);
    engine.drop_sessions();
    thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| assert_eq!(gateway.get(DESCRIBE, ADMIN.0, ADMIN.1).status, 200));
        }
    });
    let logins =
        engine.requests().iter().filter(|request| request.target.contains("/sso/oauth/token")).count();
    assert_eq!(logins, 2, "one flight renews for all");
}

#[test]
fn connections_that_die_in_the_pool() {
    let bed = Bed::new(Mode::V4_4);
    bed.befall(Kind::CloseAfterAnswer);
    for _ in 0..4 {
        assert_eq!(bed.ask(DESCRIBE).status, 200);
    }
    bed.recovers();
    bed.befall(Kind::CloseOnReuse);
    for _ in 0..4 {
        let answer = bed.ask(DESCRIBE);
        assert_eq!(answer.status, 200, "what only reads is sent again: {answer:?}");
    }
    bed.recovers();
}

#[test]
fn what_is_not_safe_is_not_repeated() {
    let bed = Bed::new(Mode::V4_4);
    let image = bed.ask("/ec2?Action=DescribeImages").text("imageId").to_owned();
    let wrong = |kind| Misbehaviour { method: Some("POST".into()), ..Misbehaviour::once("/vms", kind) };
    bed.engine.faults().add(wrong(Kind::Html { status: 503 }));
    bed.engine.forget_requests();
    let run = format!(
        "/ec2?Action=RunInstances&ImageId={image}&TagSpecification.1.ResourceType=instance\
         &TagSpecification.1.Tag.1.Key=Name&TagSpecification.1.Tag.1.Value=once"
    );
    let answer = bed.ask(&run);
    // Clients repeat by themselves what is answered with a 5xx.
    assert_eq!((answer.status, answer.text("Code")), (400, "Unavailable"), "{answer:?}");
    assert!(answer.text("Message").contains("not known"), "{answer:?}");
    assert_eq!(bed.requests("POST", "/ovirt-engine/api/vms"), 1, "{:#?}", bed.engine.requests());
    bed.engine.faults().add(wrong(Kind::CloseWithoutAnswer));
    let answer = bed.ask(&run);
    assert_eq!(answer.status, 200, "it was made, and is found: {answer:?}");
    assert_eq!(bed.requests("POST", "/ovirt-engine/api/vms"), 2, "{:#?}", bed.engine.requests());
    bed.recovers();
}

#[test]
fn a_machine_that_is_too_long_is_refused() {
    let bed = Bed::new(Mode::V4_4);
    bed.befall(Kind::Oversized { bytes: 32 << 20 });
    let answer = bed.ask(DESCRIBE);
    assert!(
        (500..=503).contains(&answer.status) || !answer.complete,
        "{} {}",
        answer.status,
        answer.body.len()
    );
    bed.recovers();
}

#[test]
fn a_list_without_end_is_read_no_further_than_it_is_wanted() {
    let bed = Bed::new(Mode::V4_4);
    bed.befall(Kind::Endless);
    let page = bed.ask(&format!("{DESCRIBE}&MaxResults=5"));
    assert_eq!((page.status, page.texts("instanceId").len()), (200, 5), "{page:?}");
    assert!(!page.text("nextToken").is_empty(), "{page:?}");
    let mut connection = Connection::open(&bed.gateway.address).unwrap();
    let authorization = basic(ADMIN.0, ADMIN.1);
    let request = format!("GET {DESCRIBE} HTTP/1.1\r\nHost: x\r\nAuthorization: {authorization}\r\n\r\n");
    connection.send_raw(request.as_bytes()).unwrap();
    assert_eq!(connection.head().unwrap().0, 200);
    for _ in 0..20 {
        assert!(connection.chunk().unwrap().is_some());
    }
    drop(connection);
    bed.recovers();
}

#[test]
fn the_engines_own_words_reach_the_client() {
    let bed = Bed::new(Mode::V4_4);
    let id = bed.machine("stopped");
    let answer = bed.ask(&format!("/ec2?Action=RebootInstances&InstanceId.1={id}"));
    assert_eq!((answer.status, answer.text("Code")), (400, "IncorrectInstanceState"), "{answer:?}");
    assert!(answer.text("Message").contains("Down status"), "{answer:?}");
}

#[test]
fn a_wrong_password_is_told_in_the_engines_words() {
    let bed = Bed::new(Mode::V4_4);
    let answer = bed.gateway.get(DESCRIBE, ADMIN.0, "wrong");
    assert_eq!((answer.status, answer.text("Code")), (401, "AuthFailure"), "{answer:?}");
    assert!(!answer.body.contains("wrong"), "{answer:?}");
}

#[test]
fn an_engine_that_drips_is_not_waited_for_beyond_the_deadline() {
    let bed = Bed::new(Mode::V4_4);
    let id = bed.machine("running");
    bed.befall(Kind::Delay { head_ms: 0, chunk_ms: 700 });
    let began = Instant::now();
    unavailable(&bed.ask(&format!("{DESCRIBE}&InstanceId.1={id}")));
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    bed.recovers();
}

#[test]
fn every_address_of_an_engine_is_tried() {
    let engine = Ovirt::start(Mode::V4_4);
    let url = engine.base_url().replace("127.0.0.1", "localhost");
    let gateway = Gateway::before_ovirt(&url, "relay = true");
    assert_eq!(gateway.get(DESCRIBE, ADMIN.0, ADMIN.1).status, 200);
    assert_eq!(gateway.get("/ovirt-engine/api", ADMIN.0, ADMIN.1).status, 200);
}

#[test]
fn a_machine_that_is_stopped_before_it_ran_does_not_run() {
    // Nothing moves but when it is told to.
    let engine = Ovirt::with(Options { mode: Mode::V4_4, speed: 0.001, ..Options::default() });
    let gateway = Gateway::before_ovirt(&engine.base_url(), "");
    let ask = |query: &str| {
        let answer = gateway.get(&format!("/ec2?Action={query}"), ADMIN.0, ADMIN.1);
        assert_eq!(answer.status, 200, "{query}: {answer:?}");
        answer
    };
    let image = ask("DescribeImages").text("imageId").to_owned();
    let made = ask(&format!("RunInstances&ImageId={image}"));
    let id = made.text("instanceId").to_owned();
    assert!(made.body.contains("<name>pending</name>"), "{made:?}");
    assert_eq!(gateway.sample("deltagate_promises_pending", &[]), 1.0);
    ask(&format!("StopInstances&InstanceId.1={id}"));
    assert_eq!(gateway.sample("deltagate_promises_pending", &[]), 0.0);
    engine.advance(Duration::from_secs(60));
    let described = ask(&format!("DescribeInstances&InstanceId.1={id}"));
    assert!(described.body.contains("<name>stopped</name>"), "{described:?}");
    let started = ask(&format!("StartInstances&InstanceId.1={id}"));
    assert!(started.body.contains("<name>stopped</name>"), "its previous state: {started:?}");
}

#[test]
fn what_is_remembered_as_terminated_is_asked_of_the_engine_again() {
    let bed = Bed::new(Mode::V4_4);
    let id = bed.machine("stopped");
    let terminate = format!("/ec2?Action=TerminateInstances&InstanceId.1={id}");
    assert_eq!(bed.ask(&terminate).status, 200);
    let deadline = Instant::now() + SOON;
    while !bed.ask(&format!("{DESCRIBE}&InstanceId.1={id}")).body.contains("<name>terminated</name>") {
        assert!(Instant::now() < deadline, "it does not go");
    }
    let stranger = bed.gateway.get(&terminate, ADMIN.0, "wrong");
    assert_eq!((stranger.status, stranger.text("Code")), (401, "AuthFailure"), "{stranger:?}");
    let again = bed.ask(&terminate);
    assert_eq!(again.status, 200, "{again:?}");
    assert_eq!(again.texts("name"), ["terminated", "terminated"], "{again:?}");
}

#[test]
fn what_somebody_else_removed_meanwhile_is_terminated_all_the_same() {
    // Nothing moves but when it is told to.
    let engine = Ovirt::with(Options { mode: Mode::V4_4, speed: 0.001, ..Options::default() });
    let gateway = Gateway::before_ovirt(&engine.base_url(), "");
    let ask = |query: &str| gateway.get(&format!("/ec2?Action={query}"), ADMIN.0, ADMIN.1);
    let running = ask("DescribeInstances&Filter.1.Name=instance-state-name&Filter.1.Value.1=running");
    let id = running.text("instanceId").to_owned();
    assert_eq!(ask(&format!("TerminateInstances&InstanceId.1={id}")).status, 200);
    // From here on the engine knows it no more, and nobody has told the gateway.
    let hide = Kind::Replace { from: id[2..10].to_owned(), to: "ffffffff".to_owned() };
    engine.faults().add(Misbehaviour { path: "/vms".into(), ..Misbehaviour::always(hide) });
    let again = ask(&format!("TerminateInstances&InstanceId.1={id}"));
    assert_eq!((again.status, again.text("instanceId")), (200, id.as_str()), "{again:?}");
}

#[test]
fn what_is_being_terminated_is_not_started_again() {
    // Nothing moves but when it is told to.
    let engine = Ovirt::with(Options { mode: Mode::V4_4, speed: 0.001, ..Options::default() });
    let gateway = Gateway::before_ovirt(&engine.base_url(), "");
    let ask = |query: &str, password: &str| gateway.get(&format!("/ec2?Action={query}"), ADMIN.0, password);
    let running =
        ask("DescribeInstances&Filter.1.Name=instance-state-name&Filter.1.Value.1=running", ADMIN.1);
    let id = running.text("instanceId").to_owned();
    assert_eq!(ask(&format!("TerminateInstances&InstanceId.1={id}"), ADMIN.1).status, 200);
    for action in ["StopInstances", "StartInstances", "RebootInstances"] {
        let answer = ask(&format!("{action}&InstanceId.1={id}"), ADMIN.1);
        assert_eq!(
            (answer.status, answer.text("Code")),
            (400, "IncorrectInstanceState"),
            "{action}: {answer:?}"
        );
    }
    let stranger = ask(&format!("StopInstances&InstanceId.1={id}"), "wrong");
    assert_eq!((stranger.status, stranger.text("Code")), (401, "AuthFailure"), "{stranger:?}");
    assert_eq!(ask(&format!("TerminateInstances&InstanceId.1={id}"), ADMIN.1).status, 200, "again");
    assert_eq!(gateway.sample("deltagate_promises_pending", &[]), 1.0);
    let deadline = Instant::now() + SOON * 2;
    loop {
        engine.advance(Duration::from_secs(60));
        let described = ask(&format!("DescribeInstances&InstanceId.1={id}"), ADMIN.1);
        if described.body.contains("<name>terminated</name>") {
            break;
        }
        assert!(Instant::now() < deadline, "{described:?}");
    }
}
