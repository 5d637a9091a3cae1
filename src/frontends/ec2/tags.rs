//! `TagSpecification.N`: the tags that something is made with. The one that there is, is its name.

use super::{filters::NAME_TAG, parameters::Parameters};

/// The tag `Name` of what is made, which is a `resource_type` in EC2's words (`instance`).
pub(super) fn name<'p>(parameters: &'p Parameters, resource_type: &str) -> Option<&'p str> {
    let specifications = parameters.members("TagSpecification");
    let of_the_type = specifications.filter(|tags| tags.text("ResourceType") == Some(resource_type));
    let mut tags = of_the_type.flat_map(|tags| tags.members("Tag"));
    tags.find(|tag| tag.text("Key") == Some(NAME_TAG))?.text("Value")
}
