//! What the driver makes of calls that fail, or of which nobody knows whether they did.

use std::{sync::Arc, time::Duration};

use deltagate::model::{Action, Count, ErrorKind, Id, InstanceSpec, InstanceState as State, Kind, Operation};

use crate::{
    for_every_mode,
    harness::{Harness, create, engine, once, refusal, spec},
    ovirt_engine::{Kind as Wrong, Mode, VmStatus, seed},
    transport::{Deaf, Silent},
};

fn id(text: impl ToString) -> Id {
    Id::from(text.to_string())
}

/// Two, of which neither is to be left when one cannot be made.
fn two() -> InstanceSpec {
    InstanceSpec { count: Count { min: 2, max: 2 }, ..spec(seed::RHEL_TEMPLATE) }
}

for_every_mode! {
    async fn a_refused_removal_is_no_removal(mode: Mode) {
        let engine = engine(mode, 0).await;
        let harness = Harness::new(&engine, "");
        let vm = seed::DB_VM.to_string();
        let destroy = || Operation::Destroy(Kind::Instance, vec![id(&vm)]);
        for detail in ["[Cannot remove VM. The Storage Domain doesn't exist.]", "Entity not found: x"] {
            once(&engine, "DELETE", &vm, refusal(400, detail));
            let error = harness.perform(destroy()).await.err().unwrap();
            assert_eq!(error.kind(), ErrorKind::Invalid, "{detail}");
        }
        assert_eq!(harness.show(&vm).await.unwrap().state, State::Stopped);
        once(&engine, "DELETE", &vm, refusal(409, "[Cannot remove VM. The Storage Domain doesn't exist.]"));
        let going = harness.perform(destroy()).await.unwrap().instances;
        assert_eq!((going[0].state, harness.promised().await), (State::Terminating, 1));
        harness.until(&vm, None).await;
    }

    async fn a_server_that_is_not_the_engine_has_not_lost_the_instance(mode: Mode) {
        if mode < Mode::V3_6 {
            return; // There is no search by ids, and a missing VM is such a page.
        }
        let engine = engine(mode, 0).await;
        let harness = Harness::new(&engine, "");
        harness.list(Kind::Instance).await;
        once(&engine, "GET", "/vms?", Wrong::Html { status: 404 });
        let destroy = Operation::Destroy(Kind::Instance, vec![id(seed::DB_VM)]);
        assert_eq!(harness.perform(destroy).await.err().unwrap().kind(), ErrorKind::Unexpected);
    }

    async fn what_is_missing_in_an_action_is_not_the_instance(mode: Mode) {
        let engine = engine(mode, 0).await;
        let harness = Harness::new(&engine, "");
        let vm = seed::DB_VM.to_string();
        once(&engine, "POST", "/start", refusal(409, "[Cannot run VM. The Disk does not exist.]"));
        let error = harness.perform(Operation::Act(Action::Start, vec![id(&vm)])).await.err().unwrap();
        assert_eq!(error.kind(), ErrorKind::IncorrectState);
    }

    async fn what_goes_by_itself_is_gone(mode: Mode) {
        let engine = engine(mode, 0).await;
        let harness = Harness::new(&engine, "");
        once(&engine, "POST", "/stop", Wrong::Html { status: 404 });
        let gone = harness.perform(Operation::Destroy(Kind::Instance, vec![id(seed::WEB_VM)])).await.unwrap();
        assert_eq!(gone.instances[0].state, State::Terminated);
    }

    async fn what_was_done_is_shown_before_what_failed(mode: Mode) {
        let engine = engine(mode, 8).await;
        let harness = Harness::new(&engine, "");
        engine.set_vm_status(seed::WEB_VM, VmStatus::Down);
        once(&engine, "DELETE", &seed::DB_VM.to_string(), refusal(400, "[Cannot remove VM. No.]"));
        let ids = vec![id(seed::DB_VM), id(seed::WEB_VM)];
        let (received, result) = harness.attempt(Operation::Destroy(Kind::Instance, ids)).await;
        assert_eq!(result.unwrap_err().subject().unwrap().1.as_str(), seed::DB_VM.to_string());
        let gone: Vec<_> = received.instances.iter().map(|vm| (&*vm.id, vm.state)).collect();
        assert_eq!(gone, [(&*seed::WEB_VM.to_string(), State::Terminated)]);
    }

    async fn a_vm_that_was_made_unheard_counts(mode: Mode) {
        let engine = engine(mode, 0).await;
        let harness = Harness::new(&engine, "");
        once(&engine, "POST", "/vms", Wrong::CloseWithoutAnswer);
        let named = InstanceSpec { name: Some("mine".into()), ..spec(seed::RHEL_TEMPLATE) };
        let mut made = harness.perform(create(named)).await.unwrap().instances;
        assert_eq!((made.len(), &*made[0].name), (1, "mine"));
        once(&engine, "POST", "/vms", Wrong::CloseWithoutAnswer);
        made.extend(harness.perform(create(two())).await.unwrap().instances);
        assert_eq!(made.len(), 3);
        for vm in made {
            assert_eq!(vm.state, State::Creating);
            harness.until(&vm.id, Some(State::Running)).await;
        }
    }

    async fn a_vm_that_was_made_unheard_is_undone(mode: Mode) {
        let engine = engine(mode, 0).await;
        let harness = Harness::over(&format!("http://{}", engine.address()), Arc::new(Deaf::default()));
        let before = harness.list(Kind::Instance).await.instances.len();
        let error = harness.perform(create(two())).await.err().unwrap();
        assert_eq!(error.kind(), ErrorKind::RateLimited);
        harness.until_there_are(before).await;
    }

    async fn a_vm_of_somebody_else_is_never_taken_for_ours(mode: Mode) {
        let engine = engine(mode, 0).await;
        let harness = Harness::new(&engine, "");
        once(&engine, "POST", "/vms", Wrong::Html { status: 503 });
        let wanted = InstanceSpec { name: Some("db".into()), ..spec(seed::RHEL_TEMPLATE) };
        let error = harness.perform(create(wanted)).await.err().unwrap();
        assert_eq!((error.kind(), harness.promised().await), (ErrorKind::Unreachable, 0));
        assert_eq!(harness.show(&seed::DB_VM.to_string()).await.unwrap().state, State::Stopped);
    }
}

#[tokio::test]
async fn there_is_time_to_look_for_a_vm_when_nothing_is_heard() {
    let engine = engine(Mode::V4_4, 0).await;
    let url = format!("http://{}", engine.address());
    let harness = Harness::within(Duration::from_secs(4), &url, Arc::new(Silent));
    let made = harness.perform(create(spec(seed::RHEL_TEMPLATE))).await.unwrap().instances;
    assert_eq!((made.len(), harness.promised().await), (1, 1));
}
