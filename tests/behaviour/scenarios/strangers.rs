//! Nobody gets anything who is not who he says.

use deltagate::model::{Filter, InstanceSpec, Kind, Operation, Spec, Verb};

use crate::{doors::Refused, world::Scenario};

pub const SCENARIO: Scenario = Scenario {
    needs: &[&[
        (Verb::List, Kind::Image),
        (Verb::Show, Kind::Image),
        (Verb::List, Kind::Instance),
        (Verb::Create, Kind::Instance),
    ]],
    play: |world| {
        let before = world.list(Kind::Instance).len();
        let image = world.list(Kind::Image).remove(0).id;
        for operation in [
            Operation::List(Kind::Instance, Filter::default()),
            Operation::Show(Kind::Image, image.as_str().into()),
            Operation::Create(Box::new(Spec::Instance(InstanceSpec::new(image)))),
        ] {
            for stranger in [("mockuser", "guessed"), ("admin@internal", "guessed"), ("nobody", "")] {
                assert_eq!(
                    world.try_as(stranger, &operation),
                    Err(Refused::Unauthenticated),
                    "{operation:?}"
                );
            }
        }
        assert_eq!(world.list(Kind::Instance).len(), before);
    },
};
