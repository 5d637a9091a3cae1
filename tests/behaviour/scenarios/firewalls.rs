//! Firewalls and their rules.

use deltagate::model::{
    Change, FirewallSpec, Id, Kind, Operation, Protocol, RuleSource, RuleSpec, Spec, Verb,
};

use super::{all_of, create, is_missing};
use crate::{doors::Refused, world::Scenario};

pub const SCENARIO: Scenario = Scenario {
    needs: &[all_of!(Firewall), &[(Verb::Change, Kind::Firewall)]],
    play: |world| {
        let spec = || {
            let (name, description) = ("behaviour-wall".to_owned(), "lets SSH in".to_owned());
            Spec::Firewall(FirewallSpec { name, description })
        };
        let made = create(world, spec());
        let again = world.try_it(&Operation::Create(Box::new(spec())));
        assert!(matches!(again, Err(Refused::Conflict(_))), "{again:?}");
        let id = || Id::from(made.id.as_str());
        let rule = RuleSpec {
            protocol: Protocol::Tcp,
            ports: Some((22, 22)),
            sources: vec![RuleSource::Addresses("10.0.0.0/8".to_owned())],
        };
        let before = rules(&world.find(Kind::Firewall, &made.id).unwrap()).len();
        world.perform(&Operation::Change(id(), Change::Authorize(rule.clone())));
        let shown = world.find(Kind::Firewall, &made.id).unwrap();
        assert_eq!(rules(&shown).len(), before + 1, "{shown:?}");
        let nonsense = RuleSpec { sources: vec![RuleSource::Addresses("10.0.0.0/99".to_owned())], ..rule };
        let refused = world.try_it(&Operation::Change(id(), Change::Authorize(nonsense)));
        assert!(matches!(refused, Err(Refused::Invalid(_))), "{refused:?}");
        let rule = Id::from(rules(&shown).pop().unwrap());
        world.perform(&Operation::Change(id(), Change::Revoke { rule }));
        assert_eq!(rules(&world.find(Kind::Firewall, &made.id).unwrap()).len(), before);
        world.destroy(Kind::Firewall, &made.id);
        is_missing(world, Kind::Firewall, true);
    },
};

fn rules(firewall: &crate::doors::Thing) -> Vec<&str> {
    firewall.more("rules").split_whitespace().collect()
}
