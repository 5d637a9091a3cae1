//! The home page: what there is in this cloud.

use std::sync::Arc;

use askama::Template;
use bytes::{Bytes, BytesMut};

use super::{
    frame::{self, Around, Group},
    visit::Visit,
};
use crate::{frontends::deltacloud::context::Context, model::Capabilities};

#[derive(Template)]
#[template(path = "home.html")]
struct Page<'a> {
    user: Option<&'a str>,
    log_in: String,
    groups: Vec<Group<'a>>,
}

/// The home page.
pub(super) fn page(cloud: &Capabilities, context: &Context, visit: &Arc<Visit>) -> Bytes {
    let around = Around {
        context,
        visit,
        cloud: Some(cloud),
        collection: None,
        title: "Home".to_owned(),
        crumbs: Vec::new(),
        documented: true,
    };
    let page = Page {
        user: visit.user.as_deref(),
        log_in: format!("{}?force_auth=1", context.href(&[])),
        groups: frame::groups(cloud, context, None),
    };
    let mut out = BytesMut::new();
    around.open(&mut out);
    frame::write(&page, &mut out);
    around.close(&mut out);
    out.freeze()
}
