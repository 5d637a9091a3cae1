//! All that is in a cloud at one moment, and what all collections have in common: how their things are listed, shown,
//! added and destroyed.
//!
//! **Invariant:** nothing here waits, writes or looks at a clock: a change makes another state of one, and whether it
//! counts is decided by who asked for it.

use jiff::{SignedDuration, Timestamp};
use serde::{Serialize, de::DeserializeOwned};

use super::{
    addresses::Address, blobs::Blob, buckets::Bucket, firewalls::Firewall, images::Image,
    instances::Instance, keys::Key, load_balancers::LoadBalancer, network_interfaces::NetworkInterface,
    networks::Network, snapshots::Snapshot, subnets::Subnet, table::Table, volumes::Volume,
};
use crate::model::{Error, ErrorKind, Filter, Id, Kind, Resource};

/// The longest name, in bytes: EC2's own limit for the name of a key.
const LONGEST_NAME: usize = 255;
/// The longest description, in bytes.
const LONGEST_DESCRIPTION: usize = 1 << 10;

/// Resources as they are found, without a copy of them.
pub(super) type Found<'a> = Box<dyn Iterator<Item = Resource<'a>> + Send + 'a>;

/// The collections of a state: the only place where they are named one by one.
macro_rules! collections {
    ($($name:ident: $record:ty,)*) => {
        /// All that is in a cloud.
        #[derive(Debug, Clone, Default)]
        pub(super) struct State {
            $(pub(super) $name: Table<$record>,)*
            /// The last number that was given in each series of ids, so that none is given twice.
            pub(super) numbers: Table<u64>,
        }

        impl State {
            /// A state whose tables are what `fill` says.
            pub(super) fn filled<F: Fill>(fill: &F) -> Result<Self, F::Error> {
                Ok(State {
                    $($name: fill.table(stringify!($name))?,)*
                    numbers: fill.table("numbers")?,
                })
            }

            /// Shows `compare` each table, as it was and as it is.
            pub(super) fn compare<C: Compare>(&self, before: &Self, compare: &C) -> Result<(), C::Error> {
                $(compare.table(stringify!($name), &before.$name, &self.$name)?;)*
                compare.table("numbers", &before.numbers, &self.numbers)
            }
        }

        $(impl InState for $record {
            fn table(state: &State) -> &Table<Self> {
                &state.$name
            }

            fn table_mut(state: &mut State) -> &mut Table<Self> {
                &mut state.$name
            }
        })*
    };
}

collections! {
    images: Image,
    instances: Instance,
    keys: Key,
    volumes: Volume,
    snapshots: Snapshot,
    networks: Network,
    subnets: Subnet,
    network_interfaces: NetworkInterface,
    addresses: Address,
    firewalls: Firewall,
    load_balancers: LoadBalancer,
    buckets: Bucket,
    blobs: Blob,
}

/// Says what is in a table.
pub(super) trait Fill {
    type Error;
    fn table<T: DeserializeOwned>(&self, name: &str) -> Result<Table<T>, Self::Error>;
}

/// Is shown a table as it was and as it is.
pub(super) trait Compare {
    type Error;
    fn table<T: Serialize>(&self, name: &str, before: &Table<T>, after: &Table<T>)
    -> Result<(), Self::Error>;
}

/// What has a table of its own in a state.
pub(super) trait InState: Sized {
    fn table(state: &State) -> &Table<Self>;
    fn table_mut(state: &mut State) -> &mut Table<Self>;
}

/// What a collection is made of.
pub(super) trait Record: InState + Clone + Send + Sync + 'static {
    /// What it is in the model.
    const KIND: Kind;
    /// How many of it a cloud has at most.
    const MOST: usize;

    /// Its name, as far as it has one that is not its id.
    fn name<'a>(&'a self, id: &'a str) -> &'a str {
        id
    }

    /// It, as the model has it.
    fn describe<'a>(&'a self, id: &'a str, reading: Reading<'a>) -> Resource<'a>;

    /// Whether it can be destroyed now.
    fn may_go(&self, _id: &str, _reading: Reading<'_>) -> Result<(), Error> {
        Ok(())
    }

    /// Takes it out of what knows it, after it was removed.
    fn leave(&self, _id: &str, _state: &mut State) {}
}

/// A look at a state.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading<'a> {
    pub(super) state: &'a State,
    pub(super) now: Timestamp,
}

/// A change to a state.
pub(super) struct Writing<'a> {
    pub(super) state: &'a mut State,
    pub(super) now: Timestamp,
    /// How long things are on their way from one state to the next.
    pub(super) transition: SignedDuration,
}

impl<'a> Reading<'a> {
    /// All things of a collection that the filter admits by id and name.
    pub(super) fn list<T: Record>(self, filter: &'a Filter) -> Found<'a> {
        let all = T::table(self.state).iter();
        let asked = all.filter(|(id, record)| is_asked_for(filter, id, record.name(id)));
        Box::new(asked.map(move |(id, record)| record.describe(id, self)))
    }

    /// The thing with this id.
    ///
    /// # Errors
    /// `NotFound`
    pub(super) fn show<T: Record>(self, id: &Id) -> Result<Resource<'a>, Error> {
        let (key, record) = self.state.entry::<T>(id.as_str())?;
        Ok(record.describe(key, self))
    }
}

impl State {
    /// The thing with this id.
    ///
    /// # Errors
    /// `NotFound`
    pub(super) fn find<T: Record>(&self, id: &Id) -> Result<&T, Error> {
        T::table(self).get(id.as_str()).ok_or_else(|| Error::not_found(T::KIND, id.clone()))
    }

    /// The same, with the id as it is kept here.
    fn entry<T: Record>(&self, id: &str) -> Result<(&str, &T), Error> {
        T::table(self).entry(id).ok_or_else(|| Error::not_found(T::KIND, id))
    }

    /// The thing with this id, to change it.
    ///
    /// # Errors
    /// `NotFound`
    pub(super) fn find_mut<T: Record>(&mut self, id: &Id) -> Result<&mut T, Error> {
        T::table_mut(self).get_mut(id.as_str()).ok_or_else(|| Error::not_found(T::KIND, id.clone()))
    }

    /// Adds a thing under an id that no other has.
    ///
    /// # Errors
    /// `AlreadyExists`, `LimitReached`
    pub(super) fn add<T: Record>(&mut self, id: &str, record: T) -> Result<(), Error> {
        let table = T::table_mut(self);
        if table.contains(id) {
            let message = format!("there is a {} '{id}' already", T::KIND);
            return Err(Error::new(ErrorKind::AlreadyExists, message).about(T::KIND, id));
        }
        if table.len() >= T::MOST {
            let message = format!("this cloud has room for {} of the kind {}", T::MOST, T::KIND);
            return Err(Error::new(ErrorKind::LimitReached, message));
        }
        table.put(id, record);
        Ok(())
    }

    /// The next number of a series of ids, not less than `least`.
    pub(super) fn number(&mut self, series: &str, least: u64) -> u64 {
        let last = self.numbers.get(series).copied();
        let next = last.map_or(least, |last| least.max(last.saturating_add(1)));
        self.numbers.put(series, next);
        next
    }
}

impl Writing<'_> {
    pub(super) fn reading(&self) -> Reading<'_> {
        Reading { state: self.state, now: self.now }
    }

    /// Adds a thing, and shows it.
    ///
    /// # Errors
    /// `AlreadyExists`, `LimitReached`
    pub(super) fn create<T: Record>(&mut self, id: &str, record: T) -> Result<Resource<'static>, Error> {
        self.state.add(id, record)?;
        self.shown::<T>(&id.into())
    }

    /// The thing as it is now.
    ///
    /// # Errors
    /// `NotFound`
    pub(super) fn shown<T: Record>(&self, id: &Id) -> Result<Resource<'static>, Error> {
        self.reading().show::<T>(id).map(Resource::into_owned)
    }

    /// Destroys all of them or none.
    ///
    /// # Errors
    /// `NotFound`, and why one cannot be destroyed.
    pub(super) fn destroy<T: Record>(&mut self, ids: &[Id]) -> Result<Vec<Resource<'static>>, Error> {
        for id in ids {
            self.state.find::<T>(id)?.may_go(id.as_str(), self.reading())?;
        }
        let gone = ids.iter().filter_map(|id| {
            let shown = self.shown::<T>(id).ok()?;
            let record = T::table_mut(self.state).remove(id.as_str())?;
            record.leave(id.as_str(), self.state);
            Some(shown)
        });
        Ok(gone.collect())
    }

    /// An id that nothing had before, of a prefix and the time in seconds.
    pub(super) fn stamp(&mut self, prefix: &str) -> String {
        let seconds = u64::try_from(self.now.as_second()).unwrap_or_default();
        format!("{prefix}{}", self.state.number(prefix, seconds))
    }

    /// The id of what has this name, or one of a prefix and the time when it has none.
    ///
    /// # Errors
    /// `Invalid` when the name is not fit for a path.
    pub(super) fn id_of(&mut self, name: Option<&String>, kind: Kind, prefix: &str) -> Result<String, Error> {
        match name {
            Some(name) => check_name(name, kind).map(|()| name.clone()),
            None => Ok(self.stamp(prefix)),
        }
    }

    /// When something that is made now can be used; none when at once.
    pub(super) fn ready(&self) -> Option<Timestamp> {
        self.transition.is_positive().then(|| after(self.now, self.transition))
    }
}

/// A moment later.
pub(super) fn after(moment: Timestamp, time: SignedDuration) -> Timestamp {
    moment.saturating_add(time).unwrap_or(Timestamp::MAX)
}

/// Something that cannot be done now to the thing with this id.
pub(super) fn not_now(kind: Kind, id: &str, why: &str) -> Error {
    Error::new(ErrorKind::IncorrectState, format!("the {kind} '{id}' {why}")).about(kind, id)
}

/// Whether the filter admits a resource by its id and its name.
pub(super) fn is_asked_for(filter: &Filter, id: &str, name: &str) -> bool {
    let by_id = filter.ids.is_empty() || filter.ids.iter().any(|asked: &Id| asked.as_str() == id);
    by_id && filter.name.as_deref().is_none_or(|asked| asked == name)
}

/// What people say about a thing has to be kept.
///
/// # Errors
/// `Invalid` when it is too long.
pub(super) fn check_words(name: Option<&String>, description: Option<&String>) -> Result<(), Error> {
    let rows = [("name", name, LONGEST_NAME), ("description", description, LONGEST_DESCRIPTION)];
    for (what, text, longest) in rows {
        if text.is_some_and(|text| text.len() > longest) {
            return Err(Error::new(ErrorKind::Invalid, format!("a {what} has at most {longest} bytes")));
        }
    }
    Ok(())
}

/// A name that is the id, too, has to be fit for a path.
///
/// # Errors
/// `Invalid`
pub(super) fn check_name(name: &str, kind: Kind) -> Result<(), Error> {
    let fits = !matches!(name, "" | "." | "..") && name.len() <= LONGEST_NAME;
    if fits && !name.chars().any(|character| character.is_control() || character == '/') {
        return Ok(());
    }
    let message = format!(
        "the name of a {kind} is text of 1 to {LONGEST_NAME} bytes without a slash, and neither '.' nor '..'"
    );
    Err(Error::new(ErrorKind::Invalid, message))
}
