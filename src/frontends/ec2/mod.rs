//! EC2: Amazon's [Query API](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/), by `GET` and `POST`, and the same
//! by SOAP; and of STS what its clients need.
//!
//! A request is a set of `parameters`, one of which names the row of the `table` of actions that turns them into an
//! operation; its answer is an `envelope` around a `listing` or another body. What differs from Amazon is written
//! where it is decided.
//!
//! **Invariant:** an answer that lists things allocates nothing per thing.

mod actions;
mod addresses;
mod attributes;
mod base64;
mod caller;
mod changes;
mod consoles;
mod declared;
mod defaults;
mod dialect;
mod disks;
mod envelope;
mod errors;
mod filters;
mod group_rules;
mod groups;
mod ids;
mod images;
mod instance_attributes;
mod instance_types;
mod instances;
mod interfaces;
mod keys;
mod listing;
mod monitoring;
mod networks;
mod offerings;
mod pages;
mod parameters;
mod permissions;
mod regions;
mod rules;
mod run;
mod scalars;
mod single;
mod snapshots;
mod soap;
mod states;
mod status;
mod sts;
mod table;
mod tags;
mod volume_status;
mod volumes;
mod zones;

#[cfg(test)]
mod tests;

use std::{fmt, sync::Arc};

use bytes::Bytes;
use http::{Method, Request, Uri};
use ipnet::Ipv4Net;

use self::{
    actions::{Action, Query},
    caller::Signer,
    declared::Declared,
    dialect::Dialect,
    envelope::Context,
    errors::{Fault, quoted},
    pages::TokenKey,
    parameters::Parameters,
};
use super::{Arrival, Call, Claim, Frontend, Reply};
use crate::{
    model::{Capabilities, Error, ErrorKind, IdForm, Kind, Verb},
    wire::sign::Refusal,
};

pub use actions::actions;

/// The API version of a request that names none.
const DEFAULT_VERSION: &str = "2016-11-15";
/// The region where neither the configuration nor a signature names one: every client knows it.
const DEFAULT_REGION: &str = "us-east-1";

/// How the front end is set up.
#[derive(Clone)]
pub struct Settings {
    /// The region's name; none for the one that each client signs for.
    pub region: Option<String>,
    /// The key with which the tokens of pages are sealed. Gateways that stand in for each other need the same.
    pub token_key: [u8; 32],
    /// The addresses of the default VPC, which stands where the cloud has none.
    pub default_network: Ipv4Net,
    /// Whether a parameter that an action does not know is refused.
    pub strict_parameters: bool,
    /// The most instances that one request makes.
    pub instances_per_request: u32,
}

/// The EC2 front end.
#[derive(Debug)]
pub struct Ec2 {
    settings: Settings,
}

impl Ec2 {
    /// A front end that is set up like this.
    pub fn new(settings: Settings) -> Self {
        Ec2 { settings }
    }

    fn call(&self, request: &Request<Bytes>, arrival: &Arrival, cloud: &Capabilities) -> Result<Call, Fault> {
        if soap::wants_wsdl(request) {
            return Ok(soap::wsdl_call(arrival));
        }
        let parameters = parameters_of(request)?;
        let signer = Signer::of(request);
        let dialect = Dialect::of(request, &signer, Some(&parameters));
        let action = actions::find(&parameters, dialect)?;
        if let Some(declared) = Declared::of(action.name).filter(|_| self.settings.strict_parameters) {
            declared.check(&parameters)?;
        }
        let context = Arc::new(self.context(action, dialect, signer, &parameters, arrival, cloud)?);
        let key = TokenKey(self.settings.token_key);
        let most_instances = self.settings.instances_per_request;
        let caller = arrival.caller.as_ref();
        action.decode(&Query { parameters: &parameters, caller, context, cloud, key, most_instances })
    }

    fn context(
        &self,
        action: &Action,
        dialect: Dialect,
        signer: Signer,
        parameters: &Parameters,
        arrival: &Arrival,
        cloud: &Capabilities,
    ) -> Result<Context, Fault> {
        let region = self.settings.region.clone().or(signer.region);
        Ok(Context {
            dialect,
            action: action.name,
            version: version(parameters)?.to_owned(),
            request_id: arrival.request_id.clone(),
            region: region.unwrap_or_else(|| DEFAULT_REGION.to_owned()),
            endpoint: arrival.host.clone(),
            owner: owner(cloud.driver),
            ids: cloud.ids,
            default_network: self.settings.default_network,
            has_firewalls: cloud.offers(Verb::List, Kind::Firewall),
            networks_have_parts: cloud.supports(Verb::List, Kind::Subnet),
            now: arrival.now,
            challenge: !signer.signs,
        })
    }
}

impl Frontend for Ec2 {
    fn name(&self) -> &'static str {
        "ec2"
    }

    fn entry(&self) -> &'static str {
        "/ec2"
    }

    fn request_id_header(&self) -> &'static str {
        "x-amzn-requestid"
    }

    /// Clients that are given a host and no path ask at the root, always with parameters: in a form, or in the query.
    fn claims(&self, method: &Method, uri: &Uri) -> bool {
        let asks = method == Method::POST || uri.query().is_some();
        let endpoint = dialect::endpoint(uri);
        matches!(endpoint, "/ec2" | dialect::STS_PATH)
            || dialect::EUCALYPTUS_PATHS.contains(&endpoint)
            || (uri.path() == "/" && asks)
    }

    fn identify(&self, request: &Request<Bytes>, arrival: &Arrival) -> Result<Claim, Reply> {
        caller::claim(request).map_err(|fault| refused(&fault, request, arrival))
    }

    fn decode(
        &self,
        request: &Request<Bytes>,
        arrival: &Arrival,
        cloud: &Capabilities,
    ) -> Result<Call, Reply> {
        self.call(request, arrival, cloud).map_err(|fault| refused(&fault, request, arrival))
    }

    fn reject(&self, request: &Request<Bytes>, arrival: &Arrival, refusal: &Refusal) -> Reply {
        refused(&Fault::from(refusal), request, arrival)
    }

    fn refuse(&self, request: &Request<Bytes>, arrival: &Arrival, error: &Error) -> Reply {
        let nobody = || matches!(caller::claim(request), Ok(Claim::Anonymous));
        let fault = match error.kind() {
            ErrorKind::Unauthenticated if nobody() => Fault::anonymous(),
            _ => Fault::of(error, "", IdForm::Opaque),
        };
        refused(&fault, request, arrival)
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings").field("region", &self.region).finish_non_exhaustive()
    }
}

fn refused(fault: &Fault, request: &Request<Bytes>, arrival: &Arrival) -> Reply {
    let (signer, parameters) = (Signer::of(request), parameters_of(request).ok());
    let dialect = Dialect::of(request, &signer, parameters.as_ref());
    fault.reply(dialect, &arrival.request_id, !signer.signs)
}

/// What is asked, however it is written.
fn parameters_of(request: &Request<Bytes>) -> Result<Parameters, Fault> {
    if soap::is_soap(request) {
        return soap::read(request.body()).map(|soap::Message { parameters, .. }| parameters);
    }
    Parameters::of(request)
}

/// The API version that is asked for. All are answered alike; the answer carries the one that was asked for.
fn version(parameters: &Parameters) -> Result<&str, Fault> {
    let version = parameters.text("Version").unwrap_or(DEFAULT_VERSION);
    let fits =
        |(at, byte): (usize, u8)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() };
    if version.len() == 10 && version.bytes().enumerate().all(fits) {
        return Ok(version);
    }
    let message = format!("The requested version {} of service AmazonEC2 does not exist", quoted(version));
    Err(Fault::bad("NoSuchVersion", message))
}

/// The account to which everything belongs: 12 digits, as clients check, and the same for as long as the cloud is.
fn owner(driver: &str) -> String {
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let fnv = driver.bytes().fold(OFFSET, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME));
    format!("{:012}", fnv % 1_000_000_000_000)
}
