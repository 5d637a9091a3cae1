//! ResourceMetadata (DSP0263, section 5.2): what is true of a type of resources here, said from its table of attributes.
//!
//! Decided: the compatible dialect lists the types of which there is more to say than the specification does, as the
//! original did, and of their attributes those that are no part of it.

use crate::{
    frontends::cimi::{
        attribute::{Attribute, Resource},
        context::Context,
        dialect::{Dialect, NAMESPACE, type_uri},
    },
    model::Capabilities,
    wire::document::{Format, Node},
};

/// The type. Its document has a form of its own.
pub(in super::super) static RESOURCE_METADATA: Resource = Resource::new("ResourceMetadata", &[]);

/// The name of a type's page in its URL.
pub(in super::super) fn page(resource: &Resource) -> String {
    let mut page = String::new();
    for character in resource.name.chars() {
        if character.is_ascii_uppercase() && !page.is_empty() {
            page.push('_');
        }
        page.push(character.to_ascii_lowercase());
    }
    page
}

/// Whether a type is in the list of those that have a page.
pub(in super::super) fn is_listed(resource: &Resource, dialect: Dialect, cloud: &Capabilities) -> bool {
    let extended = resource.attributes.iter().any(|attribute| attribute.extension.is_some());
    dialect == Dialect::Strict || extended || !capabilities(resource, cloud).is_empty()
}

/// A type's page. `realms` are the values that a `realm` may have, where they are known.
pub(in super::super) fn document(
    resource: &'static Resource,
    realms: &[String],
    cloud: &Capabilities,
    context: &Context,
) -> Node<'static> {
    let dialect = context.dialect;
    let shown = |attribute: &&Attribute| dialect == Dialect::Strict || attribute.extension.is_some();
    let attributes: Vec<_> =
        resource.all().filter(shown).map(|attribute| self::attribute(attribute, realms, dialect)).collect();
    let capabilities: Vec<_> =
        capabilities(resource, cloud).into_iter().map(|row| row.node(resource, dialect)).collect();
    let id = Node::text("id", context.href(&["resource_metadata", &page(resource)]));
    let name = Node::text("name", resource.name);
    let uri = type_uri(resource.name);
    let mut parts = match dialect {
        Dialect::Compatible => {
            vec![id, name, Node::text("typeUri", uri.clone()), Node::text("typeURI", uri).only(Format::Json)]
        }
        Dialect::Strict => vec![id, Node::text("typeURI", uri), name],
    };
    for (element, key, nodes) in
        [("attribute", "attributes", attributes), ("capability", "capabilities", capabilities)]
    {
        if !nodes.is_empty() {
            parts.push(Node::row(element, nodes).key(key));
        }
    }
    Node::object("ResourceMetadata", parts)
}

fn attribute(attribute: &'static Attribute, realms: &[String], dialect: Dialect) -> Node<'static> {
    let of_realm = realms.iter().filter(|_| attribute.name == "realm");
    let constraints: Vec<_> =
        of_realm.map(|realm| Node::object("constraint", vec![Node::text("value", realm.clone())])).collect();
    let parts = match constraints.is_empty() {
        true => Vec::new(),
        false => vec![Node::row("constraint", constraints).key("constraints")],
    };
    let (name, kind) = match (dialect, attribute.name) {
        // The original's own names.
        (Dialect::Compatible, "machineImage") => ("machine_image", "URI"),
        (Dialect::Compatible, name) => (name, "text"),
        (Dialect::Strict, name) => (name, attribute.value.name()),
    };
    let node = Node::object("attribute", parts)
        .with("name", name)
        .with("namespace", attribute.extension.unwrap_or(NAMESPACE))
        .with("type", kind);
    node.with("required", if attribute.required { "true" } else { "false" })
}

/// Something that can be done with a type of resources (DSP0263, section 5.2.1).
struct Capability {
    name: &'static str,
    about: &'static str,
    value: String,
}

impl Capability {
    /// The schema has the value in an element of its own, the original had it as the text.
    fn node(self, resource: &Resource, dialect: Dialect) -> Node<'static> {
        let node = match dialect {
            Dialect::Compatible => Node::text("capability", self.value).key("value"),
            Dialect::Strict => Node::object("capability", vec![Node::text("value", self.value)]),
        };
        node.with("name", self.name)
            .with("uri", type_uri(&format!("capability/{}/{}", resource.name, self.name)))
            .with("description", self.about)
    }
}

fn capabilities(resource: &Resource, cloud: &Capabilities) -> Vec<Capability> {
    let yes = |name, about| Capability { name, about, value: "true".to_owned() };
    let starts = cloud.starts_what_it_creates();
    match resource.name {
        "CloudEntryPoint" => Vec::from(QUERIES.map(|(name, about)| yes(name, about))),
        "Machine" => {
            let default = Capability {
                name: "DefaultInitialState",
                about: "Indicates what the default initial state of a new Machine ",
                value: if starts { "STARTED" } else { "STOPPED" }.to_owned(),
            };
            let all = Capability {
                name: "InitialStates",
                about: "Indicates the list of allowable initial states",
                value: "STARTED,STOPPED".to_owned(),
            };
            let user_data = cloud.user_data.map(|_| Capability {
                name: "UserData",
                about: "Indicates how user data reaches a new Machine",
                value: "base64".to_owned(),
            });
            let mut all =
                vec![default, all, yes("MachineTemplateByValue", "A template can be given by value")];
            all.extend(user_data);
            all.push(yes("MachineStopForce", "A machine can be stopped without asking its guest"));
            all
        }
        _other => Vec::new(),
    }
}

/// What can be asked in the query of a URL.
const QUERIES: [(&str, &str); 6] = [
    ("ExpandParameter", "Collections can be written out where they are named with $expand"),
    ("OrderByParameter", "Collections can be sorted with $orderby"),
    ("FilterParameter", "Collections can be narrowed with $filter"),
    ("FirstParameter", "Collections can be cut with $first and $last"),
    ("SelectParameter", "Attributes can be chosen with $select"),
    ("FormatParameter", "The form can be chosen with $format"),
];
