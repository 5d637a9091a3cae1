//! Keys: made, told once, and destroyed.

use deltagate::model::{KeySpec, Kind, Operation, Spec, Verb};

use super::{all_of, create, is_missing};
use crate::{doors::Refused, world::Scenario};

pub const SCENARIO: Scenario = Scenario {
    needs: &[all_of!(Key)],
    play: |world| {
        let spec = || Spec::Key(KeySpec::new("behaviour-key", None));
        let made = create(world, spec());
        assert!(made.more("secret").contains("PRIVATE KEY"), "{made:?}");
        let again = world.try_it(&Operation::Create(Box::new(spec())));
        assert!(matches!(again, Err(Refused::Conflict(_))), "{again:?}");
        let shown = world.find(Kind::Key, &made.id).unwrap();
        assert!(!shown.more("secret").contains("PRIVATE KEY"), "it is told once");
        assert!(world.list(Kind::Key).iter().any(|key| key.id == made.id));
        world.destroy(Kind::Key, &made.id);
        is_missing(world, Kind::Key, true);
    },
};
