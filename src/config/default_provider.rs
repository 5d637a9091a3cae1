//! The provider that is used when a request chooses none.

use std::{cmp::Ordering, sync::Arc, time::Duration};

use super::{
    layers::Settings,
    problem::{Located, Place, Problems},
    providers::{Choice, DESCRIBED, endpoint, known_driver, provider},
};
use crate::{
    drivers::{Entry, mock},
    exchange::Provider,
};

/// The provider that is used when a request chooses none: the one that is named or described, otherwise the file's
/// first one, otherwise an embedded cloud.
pub(super) fn default_provider(
    settings: Settings<'_>,
    choices: &mut Vec<Choice>,
    complete: bool,
    timeout: Duration,
    problems: &mut Problems,
) -> Option<Arc<Provider>> {
    let Settings { arguments, file, .. } = settings;
    let driver = settings.text("-i", arguments.driver.as_ref(), "API_DRIVER", file.driver.as_ref());
    let named = settings.text("-P", arguments.provider.as_ref(), "API_PROVIDER", file.provider.as_ref());
    let entry = match driver {
        Some(Located { value, place }) => {
            Some(Located { value: problems.keep(&place, known_driver(&value))?, place })
        }
        None => None,
    };
    let called = named.as_ref().and_then(|text| choices.iter().find(|choice| choice.is_called(&text.value)));
    let (entry, named) = match (called, entry, named) {
        (Some(choice), Some(entry), Some(name)) if choice.provider.driver != entry.value.name => {
            agree(entry, name, problems)?
        }
        (_, entry, named) => (entry, named),
    };
    let fits =
        |choice: &&Choice| entry.as_ref().is_none_or(|entry| choice.provider.driver == entry.value.name);
    let mut fitting = choices.iter().filter(fits);
    let found = match &named {
        Some(text) => fitting.find(|choice| choice.is_called(&text.value)),
        None => fitting.next(),
    };
    if let Some(choice) = found {
        return Some(choice.provider.clone());
    }
    if !complete {
        return None; // the one that is meant may be among those that are wrong: more would only confuse
    }
    let choice = described(entry, named, timeout, problems)?;
    let provider = choice.provider.clone();
    choices.push(choice);
    Some(provider)
}

type Named = (Option<Located<&'static Entry>>, Option<Located<String>>);

/// A driver, and the name of a provider that has another: the one wins that was written in the higher place.
fn agree(entry: Located<&'static Entry>, name: Located<String>, problems: &mut Problems) -> Option<Named> {
    match entry.place.rank().cmp(&name.place.rank()) {
        Ordering::Greater => Some((Some(entry), None)),
        Ordering::Less => Some((None, Some(name))),
        Ordering::Equal => {
            let message =
                format!("the provider '{}' has another driver than '{}'", name.value, entry.value.name);
            problems.add(&name.place, message);
            None
        }
    }
}

/// The provider that `-i` and `-P` describe.
fn described(
    entry: Option<Located<&'static Entry>>,
    named: Option<Located<String>>,
    timeout: Duration,
    problems: &mut Problems,
) -> Option<Choice> {
    let place = match (&named, &entry) {
        (Some(text), _) => text.place.clone(),
        (None, Some(entry)) => entry.place.clone(),
        (None, None) => Place::Default,
    };
    if let (Some(name), None, Place::File(..)) = (&named, &entry, &place) {
        problems.add(&place, format!("there is no provider '{}'", name.value));
        return None;
    }
    let text = named.map(|text| text.value).unwrap_or_default();
    let entry = match entry {
        Some(entry) => entry.value,
        None => problems.keep(&place, known_driver(mock::NAME))?,
    };
    if entry.name == mock::NAME && text.contains("://") {
        problems.add(&place, "the mock driver has no back end and takes no URL: name another driver with -i");
        return None;
    }
    let address = problems.keep(&place, (entry.parse)(&text))?;
    let endpoint = endpoint(DESCRIBED, address.url.as_ref(), timeout);
    let provider = provider(DESCRIBED.to_owned(), entry, address, endpoint);
    Some(Choice { provider: Arc::new(provider), text, allowed: false })
}
