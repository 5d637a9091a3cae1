//! What a user was told of instances, and is shown until it is so.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use tokio::time::Instant;

use crate::model::{Health, Id, Instance, InstanceState};

/// How long a terminated instance is shown: EC2's clients wait to see it `terminated`, and fail when it is not found.
const REMEMBERED: Duration = Duration::from_secs(3600);
/// How long the cloud may still list an instance that was terminated before its word counts more than ours.
const VANISHING: Duration = Duration::from_secs(120);
/// How many terminated instances are remembered at once; the oldest give way.
const MOST_REMEMBERED: usize = 10_000;

/// An instance of which its user was told something that the cloud does not show.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    pub(super) state: InstanceState,
    pub(super) since: Instant,
    /// Tells it from what was said of the same instance before and after.
    pub(super) sequence: u64,
    pub(super) instance: Arc<Instance<'static>>,
}

type OfUser = HashMap<String, Shown>;

/// What every user was told.
#[derive(Debug, Default)]
pub(super) struct Told {
    users: HashMap<String, Arc<OfUser>>,
    /// What is remembered, the oldest first.
    remembered: VecDeque<(String, String, u64, Instant)>,
}

impl Told {
    /// Tells `user` something, in place of what he was told of the same instance before.
    pub(super) fn tell(&mut self, user: &str, shown: Shown) {
        let id = shown.instance.id.to_string();
        if shown.state == InstanceState::Terminated {
            self.remembered.push_back((user.to_owned(), id.clone(), shown.sequence, shown.since));
            self.let_go();
        }
        let of_user = self.users.entry(user.to_owned()).or_default();
        Arc::make_mut(of_user).insert(id, shown);
    }

    /// Takes back what `user` was told, if it is still the thing with this number.
    pub(super) fn take_back(&mut self, user: &str, id: &str, sequence: u64) {
        let Some(of_user) = self.users.get_mut(user) else { return };
        if of_user.get(id).is_some_and(|shown| shown.sequence == sequence) {
            Arc::make_mut(of_user).remove(id);
        }
        if of_user.is_empty() {
            self.users.remove(user);
        }
    }

    pub(super) fn view(&self, user: &str) -> View {
        View(self.users.get(user).cloned())
    }

    fn let_go(&mut self) {
        let is_over = |since: &Instant| since.elapsed() >= REMEMBERED;
        while self.remembered.front().is_some_and(|(.., since)| is_over(since))
            || self.remembered.len() > MOST_REMEMBERED
        {
            let Some((user, id, sequence, _)) = self.remembered.pop_front() else { return };
            self.take_back(&user, &id, sequence);
        }
    }
}

/// What one user was told, at one moment.
#[derive(Debug, Default, Clone)]
pub struct View(Option<Arc<OfUser>>);

impl View {
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
            S::Terminated if shown.since.elapsed() < VANISHING => S::Terminating,
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
        departed.sort_by_key(|shown| (shown.since, shown.sequence));
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
        InstanceState::Terminated => shown.since.elapsed() < REMEMBERED,
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
        ..(*shown.instance).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(id: &str, state: InstanceState, sequence: u64) -> Shown {
        let instance = Arc::new(Instance::new(id.to_owned(), InstanceState::Running));
        Shown { state, since: Instant::now(), sequence, instance }
    }

    #[tokio::test(start_paused = true)]
    async fn a_terminated_instance_is_shown_for_an_hour() {
        let mut told = Told::default();
        told.tell("me", shown("a", InstanceState::Terminated, 1));
        assert_eq!(told.view("me").departed().len(), 1);
        assert!(told.view("you").is_empty());
        tokio::time::advance(REMEMBERED).await;
        assert_eq!(told.view("me").departed().len(), 0);
        told.tell("you", shown("b", InstanceState::Terminated, 2));
        assert!(told.view("me").is_empty(), "it is let go");
    }

    #[tokio::test(start_paused = true)]
    async fn a_terminated_instance_that_stays_is_shown_as_it_is() {
        let mut told = Told::default();
        told.tell("me", shown("a", InstanceState::Terminated, 1));
        let listed = Instance::new("a", InstanceState::Stopped);
        assert_eq!(told.view("me").amend(&listed).unwrap().state, InstanceState::Terminating);
        tokio::time::advance(VANISHING).await;
        assert!(told.view("me").amend(&listed).is_none());
    }

    #[tokio::test]
    async fn what_comes_up_is_shown_as_stopping_when_it_will_be_stopped() {
        use InstanceState as S;
        let mut told = Told::default();
        told.tell("me", shown("a", S::Stopping, 1));
        let amended = |state| told.view("me").amend(&Instance::new("a", state)).map(|shown| shown.state);
        for state in [S::Creating, S::Starting, S::Running, S::Rebooting] {
            assert_eq!(amended(state), Some(S::Stopping), "{state:?}");
        }
        for state in [S::Stopping, S::Stopped, S::Error] {
            assert_eq!(amended(state), None, "{state:?}");
        }
    }

    #[tokio::test]
    async fn what_was_said_later_is_not_taken_back_with_what_was_said_before() {
        let mut told = Told::default();
        told.tell("me", shown("a", InstanceState::Starting, 1));
        told.tell("me", shown("a", InstanceState::Terminating, 2));
        told.take_back("me", "a", 1);
        assert!(told.view("me").knows("a"));
        told.take_back("me", "a", 2);
        assert!(told.view("me").is_empty());
    }

    #[tokio::test]
    async fn departed_instances_keep_their_order() {
        let mut told = Told::default();
        let names: Vec<String> = (0..50).map(|n| format!("vm-{n}")).collect();
        for (sequence, name) in names.iter().enumerate() {
            told.tell("me", shown(name, InstanceState::Terminated, sequence as u64));
        }
        let departed = told.view("me").departed();
        assert!(departed.iter().map(|instance| instance.id.as_ref()).eq(names.iter()));
    }
}
