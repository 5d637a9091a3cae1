//! Load balancers.

use http::StatusCode;

use super::BY_ID;
use crate::{
    frontends::deltacloud::{
        answer::Frame,
        errors::Fault,
        plan::Asked,
        table::{Collection, How, Parameter, Row, Value},
    },
    model::{Change, Kind, Listener, ListenerProtocol, LoadBalancerSpec, Spec},
};

/// The collection.
pub(super) const COLLECTION: Collection = Collection {
    name: "load_balancers",
    about: "What sends what it is asked on to one of several instances",
    operations: &[
        Row::index("load_balancers.index", Kind::LoadBalancer, "Lists the load balancers", &[BY_ID]),
        Row::show("load_balancers.show", Kind::LoadBalancer, "Shows a load balancer"),
        Row::create(
            "load_balancers.create",
            Kind::LoadBalancer,
            load_balancer,
            "Makes a load balancer that sends to no instance yet",
            LOAD_BALANCER,
        ),
        Row::destroy("load_balancers.destroy", Kind::LoadBalancer, "Makes an end of a load balancer"),
        Row::action(
            "load_balancers.register",
            How::Change(Kind::LoadBalancer, register, Frame::Member, StatusCode::OK),
            "Sends to an instance, too",
            INSTANCE,
        ),
        Row::action(
            "load_balancers.unregister",
            How::Change(Kind::LoadBalancer, unregister, Frame::Member, StatusCode::OK),
            "Sends to an instance no more",
            INSTANCE,
        ),
    ],
};

const LOAD_BALANCER: &[Parameter] = &[
    Parameter::new("name", Value::Text, "Its name").required(),
    Parameter::new("realm_id", Value::Id(Kind::Realm), "The realm of its instances").required(),
    Parameter::new("listener_protocol", Value::OneOf(&["HTTP", "TCP"]), "What is spoken to it").required(),
    Parameter::new("listener_balancer_port", Value::Number, "The port that it listens on").required(),
    Parameter::new("listener_instance_port", Value::Number, "The port of the instances").required(),
];

const INSTANCE: &[Parameter] =
    &[Parameter::new("instance_id", Value::Id(Kind::Instance), "The instance").required()];

fn load_balancer(asked: &Asked<'_>) -> Result<Spec, Fault> {
    let protocol = match asked.one_of("listener_protocol", LOAD_BALANCER)? {
        "HTTP" => ListenerProtocol::Http,
        _tcp => ListenerProtocol::Tcp,
    };
    Ok(Spec::LoadBalancer(LoadBalancerSpec {
        name: asked.parameters.required("name")?.to_owned(),
        realm: asked.required_id("realm_id")?,
        listener: Listener {
            protocol,
            port: asked.required_port("listener_balancer_port")?,
            instance_port: asked.required_port("listener_instance_port")?,
        },
    }))
}

fn register(asked: &Asked<'_>) -> Result<Change, Fault> {
    Ok(Change::Register { instance: asked.required_id("instance_id")? })
}

fn unregister(asked: &Asked<'_>) -> Result<Change, Fault> {
    Ok(Change::Unregister { instance: asked.required_id("instance_id")? })
}
