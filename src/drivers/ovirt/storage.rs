//! Storage domains: where disks are. They are the storage of a data center, and no resource of the model.

use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};

use super::{
    CONCURRENCY,
    call::Call,
    places::{Places, items},
    read::{id_of, number, word},
    session::Session,
};
use crate::{
    model::{Error, ErrorKind},
    wire::xml::{Element, Malformed},
};

/// The storage of the data centers that a user sees: an engine has tens of domains.
#[derive(Debug, Default)]
pub(super) struct Domains(Vec<Domain>);

/// A storage domain, as its data center sees it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Domain {
    pub(super) id: String,
    pub(super) data_center: String,
    /// Whether it holds the disks of VMs, and not ISO images or what is exported.
    holds_data: bool,
    active: bool,
    /// Free bytes.
    available: u64,
    /// Whether it is made of block devices, on which a raw disk cannot be sparse (`ImagesHandler`).
    pub(super) is_block: bool,
}

impl Domain {
    /// Whether disks can be made in it now.
    pub(super) fn takes_disks(&self) -> bool {
        self.holds_data && self.active
    }
}

impl Domains {
    /// The domains as they are now: one call for each data center.
    ///
    /// # Errors
    /// When one of the calls fails.
    async fn read(session: &Session<'_>, places: &Places) -> Result<Self, Error> {
        let reads: Vec<_> = places.data_centers().iter().map(|center| read(session, &center.id)).collect();
        let found: Vec<Vec<Domain>> = stream::iter(reads).buffered(CONCURRENCY).try_collect().await?;
        Ok(Domains(found.into_iter().flatten().collect()))
    }

    /// The domains as they were at most a minute ago.
    ///
    /// # Errors
    /// As `read`.
    pub(super) async fn recent(session: &Session<'_>, places: &Places) -> Result<Arc<Self>, Error> {
        let login = session.login().await?;
        session.sessions.domains.get(login.id, Domains::read(session, places)).await
    }

    /// The data center of the domain with this id.
    pub(super) fn data_center_of(&self, domain: &str) -> Option<&str> {
        self.0.iter().find(|known| known.id == domain).map(|known| known.data_center.as_str())
    }

    /// The ids of those that hold disks.
    pub(super) fn with_disks(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|domain| domain.takes_disks()).map(|domain| domain.id.as_str())
    }
}

/// The domain of a data center that takes a new disk: the active one with the most room. One call.
///
/// # Errors
/// `NoCapacity` when there is none.
pub(super) async fn roomiest(session: &Session<'_>, data_center: &str) -> Result<Domain, Error> {
    let domains = read(session, data_center).await?;
    let taking = domains.into_iter().filter(Domain::takes_disks);
    taking.max_by_key(|domain| domain.available).ok_or_else(|| {
        Error::new(ErrorKind::NoCapacity, "the data center has no active storage for disks at present")
    })
}

async fn read(session: &Session<'_>, data_center: &str) -> Result<Vec<Domain>, Error> {
    let document = session.fetch(Call::get(&["datacenters", data_center, "storagedomains"])).await?;
    document.read(|root| {
        items(root, "storage_domains", "storage_domain", |element| {
            Ok(Domain { data_center: data_center.to_owned(), ..domain(element)? })
        })
    })
}

pub(super) fn domain(element: &mut Element<'_>) -> Result<Domain, Malformed> {
    let mut domain = Domain { id: id_of(element)?.into_owned(), ..Domain::default() };
    element.children(|child| {
        match child.name() {
            "type" => domain.holds_data = child.text()?.trim().eq_ignore_ascii_case("data"),
            "status" => domain.active = word(child)?.trim().eq_ignore_ascii_case("active"),
            "available" => domain.available = number(child)?.unwrap_or_default(),
            "storage" => child.children(|child| {
                if child.name() == "type" {
                    let kind = child.text()?;
                    domain.is_block =
                        ["iscsi", "fcp"].iter().any(|block| kind.trim().eq_ignore_ascii_case(block));
                }
                Ok(())
            })?,
            _other => {}
        }
        Ok(())
    })?;
    Ok(domain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::xml;

    #[test]
    fn a_domain_is_read_in_both_representations() {
        for (text, is_block) in [
            (
                r#"<storage_domain id="s"><type>data</type><status><state>active</state></status><storage><type>iscsi</type></storage><available>7</available></storage_domain>"#,
                true,
            ),
            (
                r#"<storage_domain id="s"><available>7</available><status>active</status><storage><type>nfs</type></storage><type>data</type></storage_domain>"#,
                false,
            ),
        ] {
            let expected = Domain {
                id: "s".into(),
                data_center: String::new(),
                holds_data: true,
                active: true,
                available: 7,
                is_block,
            };
            assert_eq!(xml::document(text.as_bytes(), domain).unwrap(), expected);
        }
    }
}
