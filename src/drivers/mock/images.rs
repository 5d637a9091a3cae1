//! Images: three, all available.

use super::{Mock, is_asked_for};
use crate::model::{Error, Filter, Id, Image, Kind, Resource};

impl Mock {
    pub(super) fn list_images(&self, filter: &Filter) -> Vec<Resource<'static>> {
        let asked = self.images.iter().filter(|image| is_asked_for(filter, &image.id, &image.name));
        asked.cloned().map(Resource::Image).collect()
    }

    pub(super) fn show_image(&self, id: &Id) -> Result<Resource<'static>, Error> {
        self.image(id).cloned().map(Resource::Image)
    }

    pub(super) fn image(&self, id: &Id) -> Result<&Image<'static>, Error> {
        let found = self.images.iter().find(|image| image.id == id.as_str());
        found.ok_or_else(|| Error::not_found(Kind::Image, id.clone()))
    }
}
