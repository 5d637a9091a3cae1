//! What an index is narrowed to. A cloud that can narrow is asked to; what it gives besides is dropped here.

use super::{parameters::Parameters, states};
use crate::model::{Filter, Id, InstanceState, Kind, Resource};

/// The parameters of an index.
#[derive(Debug, Default)]
pub(super) struct Narrowing {
    id: Option<String>,
    realm: Option<String>,
    architecture: Option<String>,
    owner: Option<String>,
    states: Option<Vec<InstanceState>>,
}

impl Narrowing {
    /// What the parameters of an index of `kind` say; `user` is who `owner_id=self` is.
    pub(super) fn of(kind: Kind, parameters: &Parameters, user: &str) -> Self {
        let text = |name| parameters.text(name).map(str::to_owned);
        let mut narrowing = Narrowing { id: text("id"), ..Narrowing::default() };
        if matches!(kind, Kind::Image | Kind::HardwareProfile) {
            narrowing.architecture = text("architecture");
        }
        if matches!(kind, Kind::Image | Kind::Instance) {
            let owner = text("owner_id");
            narrowing.owner = owner.map(|owner| if owner == "self" { user.to_owned() } else { owner });
        }
        if kind == Kind::Instance {
            narrowing.realm = text("realm_id");
            narrowing.states = parameters.text("state").map(states::shown_as);
        }
        narrowing
    }

    /// What the cloud is asked for. Of states it is asked for all: what the user was told of an instance counts more than
    /// the cloud's word.
    pub(super) fn filter(&self) -> Filter {
        Filter {
            ids: self.id.iter().map(|id| Id::from(id.as_str())).collect(),
            realm: self.realm.as_deref().map(Id::from),
            ..Filter::default()
        }
    }

    /// Whether it is in the index. What is gone is in none.
    pub(super) fn admits(&self, resource: &Resource<'_>) -> bool {
        let is = |wanted: &Option<String>, value: Option<&str>| {
            wanted.as_deref().is_none_or(|wanted| value == Some(wanted))
        };
        is(&self.id, Some(resource.id()))
            && match resource {
                Resource::Image(image) => {
                    is(&self.architecture, image.architecture.as_deref())
                        && is(&self.owner, Some(&image.owner))
                }
                Resource::HardwareProfile(profile) => is(&self.architecture, profile.architecture.as_deref()),
                Resource::Instance(instance) => {
                    instance.state != InstanceState::Terminated
                        && is(&self.realm, instance.realm.as_deref())
                        && is(&self.owner, Some(&instance.owner))
                        && self.states.as_ref().is_none_or(|states| states.contains(&instance.state))
                }
                _other => true,
            }
    }
}
