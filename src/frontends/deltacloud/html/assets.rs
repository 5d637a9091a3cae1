//! What pages are made of besides text: it is in the program, so that nothing comes from anywhere else.

use std::{fmt::Write, sync::LazyLock};

use bytes::Bytes;
use sha2::{Digest, Sha256};

/// The collection of paths below the entry point that they are at.
pub(in super::super) const COLLECTION: &str = "static";
/// How many bytes of the digest tell one version from another.
const VERSION: usize = 8;

/// A file of the console.
pub(in super::super) struct Asset {
    name: &'static str,
    pub(in super::super) content_type: &'static str,
    content: &'static str,
}

/// Each asset, with its version.
static ASSETS: LazyLock<[(Asset, String); 3]> = LazyLock::new(|| {
    [
        asset("console.css", "text/css;charset=utf-8", include_str!("assets/console.css")),
        asset("console.js", "text/javascript;charset=utf-8", include_str!("assets/console.js")),
        asset("icon.svg", "image/svg+xml", include_str!("assets/icon.svg")),
    ]
});

fn asset(name: &'static str, content_type: &'static str, content: &'static str) -> (Asset, String) {
    let digest = Sha256::digest(content);
    let mut version = String::new();
    for byte in digest.iter().take(VERSION) {
        // Writing to memory does not fail.
        let _ = write!(version, "{byte:02x}");
    }
    (Asset { name, content_type, content }, version)
}

/// The asset of this name.
pub(in super::super) fn find(name: &str) -> Option<&'static Asset> {
    ASSETS.iter().map(|(asset, _)| asset).find(|asset| asset.name == name)
}

/// The path of an asset below `root`. A new version has a new one, so that each can be kept for ever.
pub(super) fn path(root: &str, name: &str) -> String {
    let version = ASSETS.iter().find(|(asset, _)| asset.name == name).map(|(_, version)| version.as_str());
    format!("{root}/{COLLECTION}/{name}?v={}", version.unwrap_or_default())
}

impl Asset {
    /// What is in it.
    pub(in super::super) fn body(&self) -> Bytes {
        Bytes::from_static(self.content.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_asset_is_found_where_it_is_said_to_be() {
        for (asset, version) in ASSETS.iter() {
            assert_eq!(path("/api", asset.name), format!("/api/static/{}?v={version}", asset.name));
            assert_eq!(version.len(), VERSION * 2);
            assert_eq!(find(asset.name).unwrap().body(), asset.content);
        }
        assert!(find("../console.css").is_none());
    }

    #[test]
    fn nothing_comes_from_anywhere_else() {
        for (asset, _) in ASSETS.iter() {
            let urls = asset.content.matches("://").count();
            let namespaces = asset.content.matches("http://www.w3.org/").count();
            assert_eq!(urls, namespaces, "{}", asset.name);
            for outside in ["@import", "url(", "eval(", "innerHTML = "] {
                assert!(!asset.content.contains(outside), "{} has {outside}", asset.name);
            }
        }
    }
}
