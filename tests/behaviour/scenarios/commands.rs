//! Commands that an instance executes.

use deltagate::model::{Change, Command, Id, Kind, Operation, Verb};

use super::{INSTANCE, destroy_instance, instance};
use crate::{doors::Refused, world::Scenario};

pub const SCENARIO: Scenario = Scenario {
    needs: &[&[(Verb::Change, Kind::Instance)], INSTANCE],
    play: |world| {
        let host = instance(world, "obedient");
        let run = |id: &str| {
            let command = Command {
                text: "uptime".to_owned(),
                private_key: None,
                password: Some("x".to_owned().into()),
                address: None,
                port: None,
            };
            Operation::Change(Id::from(id), Change::Run(command))
        };
        assert!(!world.one(&run(&host.id)).more("output").is_empty());
        assert_eq!(world.try_it(&run("nosuch")), Err(Refused::Missing));
        destroy_instance(world, &host.id);
    },
};
