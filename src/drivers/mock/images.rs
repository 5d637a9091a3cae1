//! Images: three at first, and those that are made of instances.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    USER,
    instances::Instance,
    state::{Reading, Record, Writing, check_words, not_now},
};
use crate::model::{Error, Id, Image as Shown, ImageSpec, ImageState, Kind, Resource};

/// An image.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Image {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) owner: String,
    pub(super) architecture: Option<String>,
    pub(super) created: Timestamp,
    /// Until when it is being made.
    pub(super) ready: Option<Timestamp>,
}

impl Image {
    fn is_pending(&self, now: Timestamp) -> bool {
        self.ready.is_some_and(|ready| now < ready)
    }
}

impl Record for Image {
    const KIND: Kind = Kind::Image;
    const MOST: usize = 1_000;

    fn name<'a>(&'a self, _id: &'a str) -> &'a str {
        &self.name
    }

    fn describe<'a>(&'a self, id: &'a str, reading: Reading<'a>) -> Resource<'a> {
        let pending = self.is_pending(reading.now);
        Resource::Image(Shown {
            id: id.into(),
            name: self.name.as_str().into(),
            description: self.description.as_str().into(),
            owner: self.owner.as_str().into(),
            architecture: self.architecture.as_deref().map(Into::into),
            state: if pending { ImageState::Pending } else { ImageState::Available },
            created: Some(self.created),
            tags: Default::default(),
        })
    }
}

impl Writing<'_> {
    pub(super) fn create_image(&mut self, spec: &ImageSpec) -> Result<Resource<'static>, Error> {
        check_words(None, spec.description.as_ref())?;
        let instance = self.state.find::<Instance>(&spec.instance)?;
        if !instance.can_be_captured {
            return Err(not_now(Kind::Instance, spec.instance.as_str(), "cannot be made an image of"));
        }
        let architecture = instance.architecture.clone();
        let id = self.id_of(spec.name.as_ref(), Kind::Image, "img")?;
        let image = Image {
            name: id.clone(),
            description: spec.description.clone().unwrap_or_default(),
            owner: USER.to_owned(),
            architecture,
            created: self.now,
            ready: self.ready(),
        };
        self.create(&id, image)
    }

    /// The image that an instance is made from, if it can be used.
    pub(super) fn usable_image(&self, id: &Id) -> Result<&Image, Error> {
        let image = self.state.find::<Image>(id)?;
        if image.is_pending(self.now) {
            return Err(not_now(Kind::Image, id.as_str(), "is not available yet"));
        }
        Ok(image)
    }
}
