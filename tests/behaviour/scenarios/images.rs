//! Images: made of an instance, used, and destroyed.

use deltagate::model::{Id, ImageSpec, InstanceSpec, Kind, Operation, Spec, Verb};

use super::{INSTANCE, all_of, create, destroy_instance, instance, is_missing, stop};
use crate::{doors::Refused, world::Scenario};

pub const SCENARIO: Scenario = Scenario {
    needs: &[all_of!(Image), INSTANCE],
    play: |world| {
        let model = instance(world, "model");
        if model.state != "stopped" {
            stop(world, &model.id);
        }
        let spec = ImageSpec {
            instance: Id::from(model.id.as_str()),
            name: Some("behaviour-image".to_owned()),
            description: Some("made of a model".to_owned()),
        };
        let made = create(world, Spec::Image(spec));
        assert_eq!(made.name, "behaviour-image");
        world.until(Kind::Image, &made.id, |shown| matches!(shown.state.as_str(), "available" | "ok"));
        assert!(world.list(Kind::Image).iter().any(|image| image.id == made.id));
        let copy = create(world, Spec::Instance(InstanceSpec::new(made.id.as_str())));
        let copy = world
            .until(Kind::Instance, &copy.id, |shown| matches!(shown.state.as_str(), "running" | "stopped"));
        assert_eq!(copy.more("image"), made.id);
        destroy_instance(world, &copy.id);
        world.until(Kind::Instance, &model.id, |shown| shown.state == "stopped");
        destroy_instance(world, &model.id);
        world.destroy(Kind::Image, &made.id);

        is_missing(world, Kind::Image, true);
        let nobody = ImageSpec {
            instance: "00000000-0000-4000-8000-00000000dead".into(),
            name: None,
            description: None,
        };
        let made = world.try_it(&Operation::Create(Box::new(Spec::Image(nobody))));
        assert!(matches!(made, Err(Refused::Missing | Refused::Invalid(_))), "{made:?}");
    },
};
