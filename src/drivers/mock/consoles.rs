//! Consoles: what the guests would have written, had there been any.

use super::{instances::Instance, state::Reading};
use crate::model::{Console, Error, Id, Kind, Resource};

impl<'a> Reading<'a> {
    pub(super) fn show_console(self, id: &Id) -> Result<Resource<'a>, Error> {
        let found = self.state.instances.entry(id.as_str());
        let (id, instance) = found.ok_or_else(|| Error::not_found(Kind::Console, id.clone()))?;
        Ok(Resource::Console(Console { id: id.into(), text: self.written(instance).into() }))
    }

    /// Nothing before it runs for the first time.
    fn written(self, instance: &Instance) -> String {
        match instance.life.at(self.now).launched {
            Some(_) => format!("{}\n\n{} login: ", instance.image, instance.named_after),
            None => String::new(),
        }
    }
}
