//! Load balancers.

use http::StatusCode;

use super::BY_ID;
use crate::{
    frontends::deltacloud::{
        answer::Frame,
        asked::Asked,
        context::Context,
        document::Node,
        errors::Fault,
        links, measures,
        table::{Collection, How, Parameter, Row, Value},
    },
    model::{
        Capabilities, Change, Kind, Listener, ListenerProtocol, LoadBalancer, LoadBalancerSpec, Spec, Verb,
    },
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

/// The document of a load balancer.
pub(super) fn describe<'a>(
    balancer: &'a LoadBalancer<'_>,
    cloud: &Capabilities,
    context: &Context,
) -> Node<'a> {
    let addresses = balancer.addresses.iter().map(|address| Node::text("address", address.as_ref()));
    let mut parts = vec![
        Node::list("actions", actions(balancer, cloud, context)),
        Node::list("public_addresses", addresses.collect()),
    ];
    parts.extend(balancer.created.map(|moment| Node::text("created_at", measures::time(moment))));
    let realm = balancer.realm.as_deref();
    parts.extend(realm.map(|realm| links::reference("realm", Kind::Realm, realm, context)));
    parts.push(Node::list("listeners", balancer.listeners.iter().map(listener).collect()));
    let instances = balancer.instances.iter().map(|id| instance(id, balancer, cloud, context));
    parts.push(Node::list("instances", instances.collect()));
    let href = context.href(&["load_balancers", &balancer.id]);
    Node::object("load_balancer", parts).with("href", href).with("id", balancer.id.as_ref())
}

fn actions(balancer: &LoadBalancer<'_>, cloud: &Capabilities, context: &Context) -> Vec<Node<'static>> {
    let (destroy, change) = (Verb::Destroy, Verb::Change);
    let can = |verb| cloud.supports(verb, Kind::LoadBalancer);
    let destroy = can(destroy).then(|| links::destroy(Kind::LoadBalancer, &balancer.id, context));
    let register = can(change).then(|| links::post("register", Kind::LoadBalancer, &balancer.id, context));
    destroy.into_iter().chain(register).collect()
}

fn listener(listener: &Listener) -> Node<'static> {
    let protocol = match listener.protocol {
        ListenerProtocol::Http => "HTTP",
        ListenerProtocol::Tcp => "TCP",
    };
    let port = |name, port: u16| Node::text(name, port.to_string());
    let parts =
        vec![port("load_balancer_port", listener.port), port("instance_port", listener.instance_port)];
    Node::object("listener", parts).with("protocol", protocol)
}

/// An instance that it sends to, with what ends that.
fn instance<'a>(
    id: &'a str,
    balancer: &LoadBalancer<'_>,
    cloud: &Capabilities,
    context: &Context,
) -> Node<'a> {
    let unregister = cloud.supports(Verb::Change, Kind::LoadBalancer).then(|| {
        let href = context.href(&["load_balancers", &balancer.id, "unregister"]);
        links::action("unregister", "post", links::preset(&href, "instance_id", id))
    });
    let href = context.href(&["instances", id]);
    Node::object("instance", vec![Node::row("link", Vec::from_iter(unregister)).key("actions")])
        .with("href", href)
        .with("id", id)
}
