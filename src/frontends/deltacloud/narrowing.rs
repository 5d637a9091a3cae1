//! What an index is narrowed to. A cloud that can narrow is asked to; what it gives besides is dropped here.

use super::{asked::Asked, states};
use crate::model::{Filter, Id, InstanceState, Kind, Resource};

/// The parameters of an index.
#[derive(Debug, Default)]
pub(super) struct Narrowing {
    id: Option<Id>,
    realm: Option<Id>,
    architecture: Option<String>,
    owner: Option<String>,
    states: Option<Vec<InstanceState>>,
}

impl Narrowing {
    /// What the parameters of an index of `kind` say; who asks is who `owner_id=self` is.
    pub(super) fn of(kind: Kind, asked: &Asked<'_>) -> Self {
        let text = |name| asked.text(name);
        let mut narrowing = Narrowing { id: asked.id_in("id"), ..Narrowing::default() };
        if matches!(kind, Kind::Image | Kind::HardwareProfile) {
            narrowing.architecture = text("architecture");
        }
        if matches!(kind, Kind::Image | Kind::Instance) {
            let owner = text("owner_id");
            narrowing.owner = owner.map(|owner| if owner == "self" { asked.user.to_owned() } else { owner });
        }
        if kind == Kind::Instance {
            narrowing.realm = asked.id_in("realm_id");
            narrowing.states = asked.parameters.text("state").map(states::shown_as);
        }
        narrowing
    }

    /// What the cloud is asked for. Of states it is asked for all: what the user was told of an instance counts more than
    /// the cloud's word.
    pub(super) fn filter(&self) -> Filter {
        Filter { ids: self.id.iter().cloned().collect(), realm: self.realm.clone(), ..Filter::default() }
    }

    /// Whether it is in the index. What is gone is in none.
    pub(super) fn admits(&self, resource: &Resource<'_>) -> bool {
        let is = |wanted: &Option<String>, value: Option<&str>| {
            wanted.as_deref().is_none_or(|wanted| value == Some(wanted))
        };
        let is_id = |wanted: &Option<Id>, value: Option<&str>| {
            wanted.as_ref().is_none_or(|wanted| value == Some(wanted.as_str()))
        };
        if !is_id(&self.id, Some(resource.id())) {
            // What a bucket holds goes with it.
            return matches!(resource, Resource::Blob(_) | Resource::Content(_));
        }
        match resource {
            Resource::Image(image) => {
                is(&self.architecture, image.architecture.as_deref()) && is(&self.owner, Some(&image.owner))
            }
            Resource::HardwareProfile(profile) => is(&self.architecture, profile.architecture.as_deref()),
            Resource::Instance(instance) => {
                instance.state != InstanceState::Terminated
                    && is_id(&self.realm, instance.realm.as_deref())
                    && is(&self.owner, Some(&instance.owner))
                    && self.states.as_ref().is_none_or(|states| states.contains(&instance.state))
            }
            _other => true,
        }
    }
}
