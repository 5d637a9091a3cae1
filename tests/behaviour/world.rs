//! A cloud with a door: where a scenario takes place.

use std::{
    cell::RefCell,
    collections::HashSet,
    thread,
    time::{Duration, Instant},
};

use deltagate::{
    model::{Capabilities, Filter, Id, Kind, Operation, SnapshotSpec, Spec, Verb, VolumeSpec},
    overlay::Overlay,
};

use crate::{
    clouds::Cloud,
    doors::{DOORS, Door, Refused, Thing},
};

/// How long anything may take to get where it is going.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long is waited before it is looked at again.
const PAUSE: Duration = Duration::from_millis(5);

/// Something that has to work wherever all of it can be done.
pub struct Scenario {
    /// What the driver has to be able to do: all that is done, and nothing else.
    pub needs: &'static [&'static [(Verb, Kind)]],
    /// What happens, and what has to come of it.
    pub play: fn(&World<'_>),
}

impl Scenario {
    /// What the driver has to be able to do.
    pub fn pairs(&self) -> impl Iterator<Item = (Verb, Kind)> {
        self.needs.iter().copied().flatten().copied()
    }
}

/// A cloud, seen through a door.
pub struct World<'a> {
    pub capabilities: &'static Capabilities,
    door: &'a Door,
    address: &'a str,
    user: (&'static str, &'static str),
    /// What was asked for so far.
    asked: RefCell<HashSet<(Verb, Kind)>>,
}

/// Plays a scenario on a cloud through every door that can express it, if the driver can do it.
pub fn each(cloud: &Cloud, scenario: &Scenario) {
    let capabilities = cloud.capabilities();
    let kept = Overlay::kept_for(capabilities);
    let is_done = |(verb, kind)| capabilities.supports(verb, kind) || kept.contains(&(verb, kind));
    if let Some((verb, kind)) = scenario.pairs().find(|pair| !is_done(*pair)) {
        eprintln!("skipped: {} does not declare {verb:?} of {kind}", cloud.driver);
        return;
    }
    let lacking = scenario.pairs().map(|(_, kind)| kind).find(|kind| cloud.lacks.contains(kind));
    let doors: Vec<&Door> = DOORS.iter().filter(|door| scenario.pairs().all(door.expresses)).collect();
    assert!(!doors.is_empty(), "no front end can express it");
    let running = match (cloud.start)() {
        Ok(running) => running,
        Err(why) => {
            eprintln!("skipped: there is no {}: {why}", cloud.driver);
            return;
        }
    };
    for door in doors {
        eprintln!("through {}", door.name);
        let address = running.address();
        let world = World { capabilities, door, address, user: cloud.user, asked: RefCell::default() };
        if let Some(kind) = lacking {
            world.is_unsupported(kind);
            continue;
        }
        (scenario.play)(&world);
        let needed: HashSet<_> = scenario.pairs().collect();
        assert_eq!(world.asked.into_inner(), needed, "what was asked for, and what the scenario needs");
    }
}

impl World<'_> {
    /// That something of this kind is made is refused as what the cloud cannot do.
    fn is_unsupported(&self, kind: Kind) {
        let spec = match kind {
            Kind::Volume => Spec::Volume(VolumeSpec::default()),
            Kind::Snapshot => {
                let volume = Id::from("00000000-0000-4000-8000-00000000dead");
                Spec::Snapshot(SnapshotSpec { volume, name: None, description: None })
            }
            other => panic!("nothing is known of clouds without {other}"),
        };
        let refused = self.try_it(&Operation::Create(Box::new(spec)));
        assert!(matches!(refused, Err(Refused::Other(501, _))), "{refused:?}");
    }

    /// Asks for it, and gives what comes of it.
    pub fn try_it(&self, operation: &Operation) -> Result<Vec<Thing>, Refused> {
        self.try_as(self.user, operation)
    }

    /// The same as somebody else.
    pub fn try_as(&self, user: (&str, &str), operation: &Operation) -> Result<Vec<Thing>, Refused> {
        self.asked.borrow_mut().insert(operation.pair());
        (self.door.perform)(self.address, user, operation)
    }

    /// Does it.
    pub fn perform(&self, operation: &Operation) -> Vec<Thing> {
        let door = self.door.name;
        self.try_it(operation).unwrap_or_else(|refused| panic!("{door}: {operation:?}: {refused:?}"))
    }

    /// Does what has one thing for an answer.
    pub fn one(&self, operation: &Operation) -> Thing {
        let mut things = self.perform(operation);
        assert_eq!(things.len(), 1, "{operation:?}: {things:?}");
        things.remove(0)
    }

    /// All of a kind.
    pub fn list(&self, kind: Kind) -> Vec<Thing> {
        self.perform(&Operation::List(kind, Filter::default()))
    }

    /// The one with this id, if it is shown.
    pub fn find(&self, kind: Kind, id: &str) -> Option<Thing> {
        match self.try_it(&Operation::Show(kind, Id::from(id))) {
            Ok(mut things) => things.pop(),
            Err(Refused::Missing) => None,
            Err(refused) => panic!("{kind} {id}: {refused:?}"),
        }
    }

    /// Waits until `wanted` holds of the one with this id.
    pub fn until(&self, kind: Kind, id: &str, wanted: impl Fn(&Thing) -> bool) -> Thing {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let thing = self.find(kind, id).unwrap_or_else(|| panic!("the {kind} {id} is gone"));
            if wanted(&thing) {
                return thing;
            }
            assert!(Instant::now() < deadline, "{}: it does not come to pass: {thing:?}", self.door.name);
            thread::sleep(PAUSE);
        }
    }

    /// Destroys it and waits until it is gone from the list and the show.
    pub fn destroy(&self, kind: Kind, id: &str) {
        self.perform(&Operation::Destroy(kind, vec![Id::from(id)]));
        let deadline = Instant::now() + PATIENCE;
        let is_gone = |thing: Option<Thing>| thing.is_none_or(|thing| thing.state == "terminated");
        while !is_gone(self.find(kind, id))
            || !is_gone(self.list(kind).into_iter().find(|thing| thing.id == id))
        {
            assert!(Instant::now() < deadline, "{}: the {kind} {id} does not go", self.door.name);
            thread::sleep(PAUSE);
        }
    }
}
