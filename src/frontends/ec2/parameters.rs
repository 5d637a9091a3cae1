//! The parameters of a request as a tree: `Filter.1.Value.2=x` is value 2 of filter 1.
//!
//! Clients differ in how they write the same thing, and all of it is understood: indices from 0 or from 1 and with
//! gaps, a single value where a list may stand (`InstanceId=i-1`), a list where a single value stands
//! (`InstanceId.1` for `GetConsoleOutput`), the same parameter twice (the last one counts). An empty value means
//! that the parameter is absent. What no action asks for is ignored, as clients send much that has no meaning here.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use http::Request;

use super::errors::{Fault, quoted};
use crate::wire::form;

/// The most dots that are looked at in a parameter's name; EC2's deepest one has 6
/// (`LaunchSpecification.NetworkInterface.1.PrivateIpAddresses.1.PrivateIpAddress`). A deeper one is unknown.
const DEEPEST: usize = 8;

/// The parameters below one point of the tree.
#[derive(Debug, Default)]
pub(super) struct Parameters {
    value: Option<String>,
    below: BTreeMap<Segment<'static>, Parameters>,
}

/// What stands between two dots. The derived order puts indices first, by number.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Segment<'a> {
    Index(u32),
    Name(Cow<'a, str>),
}

impl Parameters {
    /// The parameters of the query and, in a `POST`, of the form in the body; whatever its media type says, since
    /// some clients do not name one.
    ///
    /// # Errors
    /// When they are not in the grammar of forms.
    pub(super) fn of<B: AsRef<[u8]>>(request: &Request<B>) -> Result<Self, Fault> {
        let mut parameters = Parameters::default();
        parameters.read(request.uri().query().unwrap_or_default().as_bytes())?;
        if request.method() == http::Method::POST {
            parameters.read(request.body().as_ref())?;
        }
        Ok(parameters)
    }

    /// Those of these names and values. An empty value means that the parameter is absent here, too.
    pub(super) fn of_pairs(pairs: &[(String, String)]) -> Self {
        let mut parameters = Parameters::default();
        let is_given =
            |(name, value): &&(String, String)| !value.is_empty() && name.split('.').count() <= DEEPEST;
        for (name, value) in pairs.iter().filter(is_given) {
            parameters.set(name, value.clone());
        }
        parameters
    }

    /// The value at a path of names (`Placement.AvailabilityZone`).
    pub(super) fn text<'a>(&'a self, path: &'a str) -> Option<&'a str> {
        self.at(path)?.values().next()
    }

    /// The value at a path, which has to be there.
    ///
    /// # Errors
    /// When it is not.
    pub(super) fn required(&self, path: &'static str) -> Result<&str, Fault> {
        self.text(path).ok_or_else(|| Fault::missing(path))
    }

    /// The values of a list.
    pub(super) fn list<'a>(&'a self, path: &'a str) -> impl Iterator<Item = &'a str> {
        self.at(path).into_iter().flat_map(Parameters::values)
    }

    /// The members of a list of structures.
    pub(super) fn members<'a>(&'a self, path: &'a str) -> impl Iterator<Item = &'a Parameters> {
        self.at(path).into_iter().flat_map(|list| {
            let alone = list.below.keys().any(|segment| matches!(segment, Segment::Name(_)));
            alone.then_some(list).into_iter().chain(list.indexed())
        })
    }

    /// Whether a parameter is `true`; when it is absent it is not.
    ///
    /// # Errors
    /// When it is neither `true` nor `false`, in any case.
    pub(super) fn flag(&self, path: &str) -> Result<bool, Fault> {
        match self.text(path) {
            None => Ok(false),
            Some(text) if text.eq_ignore_ascii_case("true") => Ok(true),
            Some(text) if text.eq_ignore_ascii_case("false") => Ok(false),
            Some(text) => Err(Fault::invalid(format!("{path} is neither true nor false: {}", quoted(text)))),
        }
    }

    /// A number.
    ///
    /// # Errors
    /// When it is not decimal, or out of 32 bits.
    pub(super) fn number(&self, path: &str) -> Result<Option<u32>, Fault> {
        let read = |text: &str| {
            text.parse().map_err(|_| Fault::invalid(format!("{path} is not a number: {}", quoted(text))))
        };
        self.text(path).map(read).transpose()
    }

    /// The parameters at these names as one text, to tell whether two requests ask for the same.
    pub(super) fn canonical(&self, names: &[&str]) -> String {
        let mut text = String::new();
        for name in names {
            if let Some(node) = self.at(name) {
                node.write_canonical(name, &mut text);
            }
        }
        text
    }

    /// The names of all that are given, as they are written.
    pub(super) fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        for (segment, node) in &self.below {
            node.collect_names(segment.to_string(), &mut names);
        }
        names
    }

    fn collect_names(&self, path: String, names: &mut Vec<String>) {
        for (segment, node) in &self.below {
            node.collect_names(format!("{path}.{segment}"), names);
        }
        if self.value.is_some() {
            names.push(path);
        }
    }

    /// All parameters but those at these names as one text.
    pub(super) fn canonical_but(&self, names: &[&str]) -> String {
        let mut text = String::new();
        for (segment, node) in &self.below {
            let name = segment.to_string();
            if !names.contains(&name.as_str()) {
                node.write_canonical(&name, &mut text);
            }
        }
        text
    }

    fn write_canonical(&self, path: &str, text: &mut String) {
        if let Some(value) = &self.value {
            text.extend([path, "=", value, "\n"]);
        }
        for (segment, node) in &self.below {
            node.write_canonical(&format!("{path}.{segment}"), text);
        }
    }

    fn read(&mut self, form: &[u8]) -> Result<(), Fault> {
        for pair in form::pairs(form) {
            let (name, value) = pair.map_err(|error| Fault::invalid(error.to_string()))?;
            if !value.is_empty() && name.split('.').count() <= DEEPEST {
                self.set(&name, value.into_owned());
            }
        }
        Ok(())
    }

    fn set(&mut self, name: &str, value: String) {
        let mut node = self;
        for segment in name.split('.') {
            node = node.below.entry(Segment::from(segment).into_owned()).or_default();
        }
        node.value = Some(value);
    }

    fn at<'a>(&'a self, path: &'a str) -> Option<&'a Parameters> {
        path.split('.').try_fold(self, |node, segment| node.below.get(&Segment::from(segment)))
    }

    fn indexed(&self) -> impl Iterator<Item = &Parameters> {
        self.below.iter().filter(|(segment, _)| matches!(segment, Segment::Index(_))).map(|(_, node)| node)
    }

    fn values(&self) -> impl Iterator<Item = &str> {
        self.value.as_deref().into_iter().chain(self.indexed().filter_map(|node| node.value.as_deref()))
    }
}

impl Segment<'_> {
    fn into_owned(self) -> Segment<'static> {
        match self {
            Segment::Index(index) => Segment::Index(index),
            Segment::Name(name) => Segment::Name(Cow::Owned(name.into_owned())),
        }
    }
}

impl<'a> From<&'a str> for Segment<'a> {
    fn from(text: &'a str) -> Self {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let index = digits.then(|| text.parse().ok()).flatten();
        index.map_or(Segment::Name(Cow::Borrowed(text)), Segment::Index)
    }
}

impl fmt::Display for Segment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Segment::Index(index) => write!(f, "{index}"),
            Segment::Name(name) => f.write_str(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use http::Method;
    use proptest::prelude::*;

    use super::*;

    fn tree(query: &str) -> Parameters {
        let request = Request::get(format!("/ec2?{query}")).body("").unwrap();
        Parameters::of(&request).map_err(|fault| fault.message).unwrap()
    }

    #[test]
    fn every_spelling_of_a_list_is_understood() {
        for query in [
            "Id.1=a&Id.2=b",
            "Id.2=b&Id.1=a",
            "Id.0=a&Id.1=b",
            "Id.3=a&Id.17=b",
            "Id.2=a&Id.10=b",
            "Id=a&Id.1=b",
            "Id.1=x&Id.1=a&Id.2=b&Id.3=",
        ] {
            assert_eq!(tree(query).list("Id").collect::<Vec<_>>(), ["a", "b"], "{query}");
            assert_eq!(tree(query).text("Id"), Some("a"), "{query}");
        }
    }

    #[test]
    fn members_have_parameters_of_their_own() {
        let tree =
            tree("Filter.1.Name=x&Filter.1.Value.1=1&Filter.1.Value.2=2&Filter.0.Name=w&Filter.0.Value=0");
        let read: Vec<_> = tree
            .members("Filter")
            .map(|filter| (filter.text("Name").unwrap(), filter.list("Value").collect::<Vec<_>>()))
            .collect();
        assert_eq!(read, [("w", vec!["0"]), ("x", vec!["1", "2"])]);
    }

    #[test]
    fn an_empty_value_is_absent() {
        let tree = tree("SubnetId=&Placement.AvailabilityZone=&MinCount=");
        assert_eq!(tree.text("SubnetId"), None);
        assert_eq!(tree.text("Placement.AvailabilityZone"), None);
        assert!(matches!(tree.number("MinCount"), Ok(None)));
    }

    #[test]
    fn the_body_adds_to_the_query_and_wins() {
        let request = Request::builder().method(Method::POST).uri("/ec2?A=1&B=1").body("B=2&C=2").unwrap();
        let tree = Parameters::of(&request).map_err(|fault| fault.message).unwrap();
        assert_eq!(["A", "B", "C"].map(|name| tree.text(name).unwrap()), ["1", "2", "2"]);
    }

    #[test]
    fn flags_and_numbers_are_read_strictly() {
        let tree = tree("T=TRUE&F=false&X=yes&N=12&M=1.0&O=99999999999");
        assert!(matches!(tree.flag("T"), Ok(true)));
        assert!(matches!(tree.flag("F"), Ok(false)));
        assert!(matches!(tree.flag("absent"), Ok(false)));
        assert!(tree.flag("X").is_err());
        assert!(matches!(tree.number("N"), Ok(Some(12))));
        assert!(tree.number("M").is_err());
        assert!(tree.number("O").is_err());
    }

    #[test]
    fn a_name_without_end_is_ignored() {
        let request = Request::post("/ec2").body(format!("a{}=1", ".a".repeat(100_000))).unwrap();
        assert!(Parameters::of(&request).is_ok_and(|tree| tree.below.is_empty()));
    }

    proptest! {
        #[test]
        fn no_body_makes_it_panic(body in proptest::collection::vec(any::<u8>(), 0..300)) {
            let request = Request::post("/ec2").body(body).unwrap();
            if let Ok(tree) = Parameters::of(&request) {
                prop_assert!(tree.members("a").count() <= 300);
            }
        }
    }
}
