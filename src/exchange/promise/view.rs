//! What a user was told of instances, and is shown until it is so.

use std::{collections::HashMap, sync::Arc, time::Duration};

use super::{REMEMBERED, written::Written};
use crate::{
    model::{Error, Health, Id, Instance, InstanceState},
    store::Told,
};

/// How long the cloud may still list an instance that was terminated before its word counts more than ours.
const VANISHING: Duration = Duration::from_secs(120);

/// An instance of which its user was told something that the cloud does not show.
#[derive(Debug)]
struct Shown {
    state: InstanceState,
    /// How long ago he was told.
    age: Duration,
    /// Tells what was said first.
    sequence: usize,
    instance: Instance<'static>,
}

/// What one user was told, at one moment.
#[derive(Debug, Default, Clone)]
pub struct View(Option<Arc<HashMap<String, Shown>>>);

impl View {
    /// What was told, the oldest first.
    ///
    /// # Errors
    /// `Internal` when it cannot be understood.
    pub(super) fn of(told: &[Told]) -> Result<Self, Error> {
        if told.is_empty() {
            return Ok(View(None));
        }
        let shown = |(sequence, told): (usize, &Told)| {
            let Written { shown, instance, .. } = Written::read(&told.payload)?;
            let state = if told.gone { InstanceState::Terminated } else { shown };
            Ok((instance.id.to_string(), Shown { state, age: told.age, sequence, instance }))
        };
        let shown = told.iter().enumerate().map(shown).collect::<Result<_, Error>>()?;
        Ok(View(Some(Arc::new(shown))))
    }

    /// Whether he was told nothing: the common case.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Whether he was told something of this instance.
    pub fn knows(&self, id: &str) -> bool {
        self.get(id).is_some()
    }

    /// The instance as the user was told it would be; none when nothing was told of it, or it is so already.
    ///
    /// What was terminated but is still listed is on its way out, until that takes too long to be true.
    pub fn amend<'a>(&self, instance: &Instance<'a>) -> Option<Instance<'a>> {
        use InstanceState as S;
        let shown = self.get(&instance.id)?;
        let at_rest = matches!(instance.state, S::Stopped | S::Locked | S::Creating);
        let state = match shown.state {
            S::Terminated if shown.age < VANISHING => S::Terminating,
            S::Terminating => S::Terminating,
            S::Rebooting if at_rest || matches!(instance.state, S::Stopping | S::Starting) => S::Rebooting,
            S::Starting if at_rest => S::Starting,
            S::Stopping if is_busy_coming_up(instance.state) => S::Stopping,
            _ => return None,
        };
        Some(Instance { state, ..instance.clone() })
    }

    /// The instances that are going or gone, in the order in which they went: they are shown when the cloud no longer
    /// does.
    pub fn departed(&self) -> Vec<Instance<'static>> {
        let all = self.0.iter().flat_map(|of_user| of_user.values());
        let mut departed: Vec<&Shown> = all.filter(|shown| has_departed(shown)).collect();
        departed.sort_by_key(|shown| shown.sequence);
        departed.into_iter().map(without_means).collect()
    }

    /// The instance with this id, if it is one of [`departed`](Self::departed).
    pub fn departing(&self, id: &Id) -> Option<Instance<'static>> {
        self.get(id.as_str()).filter(|shown| has_departed(shown)).map(without_means)
    }

    fn get(&self, id: &str) -> Option<&Shown> {
        self.0.as_ref()?.get(id)
    }
}

/// Whether an instance is on its way to running, or there, so that it can be told to be on its way back.
fn is_busy_coming_up(state: InstanceState) -> bool {
    use InstanceState as S;
    matches!(state, S::Creating | S::Starting | S::Running | S::Rebooting | S::Resuming)
}

fn has_departed(shown: &Shown) -> bool {
    match shown.state {
        InstanceState::Terminating => true,
        InstanceState::Terminated => shown.age < REMEMBERED,
        _ => false,
    }
}

/// A terminated instance has no disk, interface or address any more.
fn without_means(shown: &Shown) -> Instance<'static> {
    Instance {
        state: shown.state,
        health: Health::Unknown,
        addresses: Default::default(),
        interfaces: Default::default(),
        attachments: Default::default(),
        ..shown.instance.clone()
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::model::{Action, Operation};

    /// What was said of an instance so long ago.
    fn told(id: &str, shown: InstanceState, age: Duration) -> Told {
        let instance = Instance::new(id.to_owned(), InstanceState::Running);
        let start = Operation::Act(Action::Start, vec![id.into()]);
        let payload = Written::new(&start, &instance, shown).unwrap().text().unwrap();
        Told { payload, gone: shown == InstanceState::Terminated, since: Timestamp::UNIX_EPOCH, age }
    }

    fn view(id: &str, shown: InstanceState, age: Duration) -> View {
        View::of(&[told(id, shown, age)]).unwrap()
    }

    #[test]
    fn a_terminated_instance_is_shown_for_an_hour() {
        let gone = |age| view("a", InstanceState::Terminated, age);
        assert_eq!(gone(Duration::ZERO).departed().len(), 1);
        assert_eq!(gone(REMEMBERED).departed().len(), 0);
        assert!(View::of(&[]).unwrap().is_empty());
    }

    #[test]
    fn a_terminated_instance_that_stays_is_shown_as_it_is() {
        let listed = Instance::new("a", InstanceState::Stopped);
        let amended = |age| view("a", InstanceState::Terminated, age).amend(&listed).map(|shown| shown.state);
        assert_eq!(amended(Duration::ZERO), Some(InstanceState::Terminating));
        assert_eq!(amended(VANISHING), None);
    }

    #[test]
    fn what_comes_up_is_shown_as_stopping_when_it_will_be_stopped() {
        use InstanceState as S;
        let view = view("a", S::Stopping, Duration::ZERO);
        let amended = |state| view.amend(&Instance::new("a", state)).map(|shown| shown.state);
        for state in [S::Creating, S::Starting, S::Running, S::Rebooting] {
            assert_eq!(amended(state), Some(S::Stopping), "{state:?}");
        }
        for state in [S::Stopping, S::Stopped, S::Error] {
            assert_eq!(amended(state), None, "{state:?}");
        }
    }

    #[test]
    fn departed_instances_keep_their_order() {
        let names: Vec<String> = (0..50).map(|n| format!("vm-{n}")).collect();
        let told: Vec<_> =
            names.iter().map(|name| told(name, InstanceState::Terminated, Duration::ZERO)).collect();
        let departed = View::of(&told).unwrap().departed();
        assert!(departed.iter().map(|instance| instance.id.as_ref()).eq(names.iter()));
    }
}
