//! Firewalls and their rules.

use http::{Method, StatusCode};

use super::BY_ID;
use crate::{
    frontends::deltacloud::{
        answer::Frame,
        errors::Fault,
        plan::Asked,
        table::{Collection, How, Parameter, Place, Row, Value},
    },
    model::{Change, FirewallSpec, Id, Kind, Protocol, RuleSource, RuleSpec, Spec},
};

/// The collection.
pub(super) const COLLECTION: Collection = Collection {
    name: "firewalls",
    about: "What lets packets through to the instances that are behind it",
    operations: &[
        Row::index("firewalls.index", Kind::Firewall, "Lists the firewalls", &[BY_ID]),
        Row::show("firewalls.show", Kind::Firewall, "Shows a firewall and its rules"),
        Row::create(
            "firewalls.create",
            Kind::Firewall,
            firewall,
            "Makes a firewall that lets nothing through yet",
            &[
                Parameter::new("name", Value::Text, "Its name").required(),
                Parameter::new("description", Value::Text, "What it is for").required(),
            ],
        ),
        Row::destroy("firewalls.destroy", Kind::Firewall, "Makes an end of a firewall"),
        Row::action(
            "firewalls.rules",
            How::Change(Kind::Firewall, authorize, Frame::Member, StatusCode::CREATED),
            "Lets more packets through",
            RULE,
        ),
        Row {
            action: "firewalls.delete_rule",
            method: Method::DELETE,
            place: Place::Part,
            about: "Lets the packets of a rule through no more",
            parameters: &[
                Parameter::new("id", Value::Id(Kind::Firewall), "The firewall").required(),
                Parameter::new("rule_id", Value::Text, "The rule").required(),
            ],
            answer: How::Change(Kind::Firewall, revoke, Frame::Nothing, StatusCode::NO_CONTENT),
        },
    ],
};

const RULE: &[Parameter] = &[
    Parameter::new("protocol", Value::OneOf(&["tcp", "udp", "icmp"]), "What the packets are of").required(),
    Parameter::new("port_from", Value::Number, "The first port; the type of ICMP").required(),
    Parameter::new("port_to", Value::Number, "The last port; the code of ICMP").required(),
    Parameter::new("ip_addressN", Value::Text, "Addresses that they come from (192.168.0.0/16)"),
    Parameter::new("groupN", Value::Id(Kind::Firewall), "A firewall whose instances they come from"),
    Parameter::new("groupNowner", Value::Text, "Whose that firewall is"),
];

/// The most sources that a rule is read with, of either kind.
const MOST_SOURCES: usize = 100;

fn firewall(asked: &Asked<'_>) -> Result<Spec, Fault> {
    let name = asked.parameters.required("name")?.to_owned();
    let description = asked.parameters.required("description")?.to_owned();
    Ok(Spec::Firewall(FirewallSpec { name, description }))
}

fn authorize(asked: &Asked<'_>) -> Result<Change, Fault> {
    let protocol = match asked.one_of("protocol", RULE)? {
        "udp" => Protocol::Udp,
        "icmp" => Protocol::Icmp,
        _tcp => Protocol::Tcp,
    };
    let ports = Some((asked.required_port("port_from")?, asked.required_port("port_to")?));
    let sources: Vec<RuleSource> = addresses(asked).chain(groups(asked)).collect();
    if sources.is_empty() {
        return Err(Fault::invalid("Required parameter 'ip_address1' or 'group1' not found"));
    }
    Ok(Change::Authorize(RuleSpec { protocol, ports, sources }))
}

fn addresses(asked: &Asked<'_>) -> impl Iterator<Item = RuleSource> {
    let texts = (1..=MOST_SOURCES).map_while(|n| asked.parameters.text(&format!("ip_address{n}")));
    texts.map(|text| RuleSource::Addresses(text.to_owned()))
}

fn groups(asked: &Asked<'_>) -> impl Iterator<Item = RuleSource> {
    (1..=MOST_SOURCES).map_while(|n| {
        let firewall = Id::from(asked.parameters.text(&format!("group{n}"))?);
        let owner = asked.parameters.text(&format!("group{n}owner")).map(str::to_owned);
        Some(RuleSource::Firewall { firewall, owner })
    })
}

fn revoke(asked: &Asked<'_>) -> Result<Change, Fault> {
    let rule = asked.part.ok_or_else(Fault::nothing_there)?;
    Ok(Change::Revoke { rule: Id::from(rule) })
}
