//! Where what no cloud keeps is kept, and what seals the secrets in it.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

use secrecy::ExposeSecret;

use super::{
    file::Hidden,
    layers::Settings,
    problem::{Located, Place as Written, Problems},
    providers::Providers,
};
use crate::store::{Keyring, Place, Settings as Store};

/// The variable that has the store's URL.
const URL: &str = "DELTAGATE_STORE_URL";
/// The variable that has the sealing keys themselves.
const KEY: &str = "DELTAGATE_STORE_KEY";
/// The variable in which systemd names the service's folder.
const FOLDER: &str = "STATE_DIRECTORY";
/// The file in that folder.
const FILE: &str = "deltagate.db";
/// How much longer than any operation an operation's claim on something lasts.
const MARGIN: Duration = Duration::from_secs(60);
/// What a URL looks like.
const FORMS: &str = "a store's url is sqlite:FILE, postgres://USER@HOST/DATABASE or memory";

/// The store; in systemd's folder for the service where nothing is said, and in memory without such a folder.
pub(super) fn store(
    settings: Settings<'_>,
    providers: Option<&Providers>,
    problems: &mut Problems,
    warnings: &mut Vec<String>,
) -> Option<Store> {
    let table = &settings.file.store;
    let url = (settings.environment)(URL)
        .map(|value| Located { value: Hidden::from(value), place: Written::Environment(URL) })
        .or_else(|| table.url.as_ref().map(|url| settings.source.locate(url)));
    let place = match url {
        Some(Located { value, place }) => {
            let in_file = matches!(place, Written::File(..));
            let resolve = |path: &Path| if in_file { settings.source.resolve(path) } else { path.to_owned() };
            problems.keep(&place, parse(value.0.expose_secret(), resolve))?
        }
        None => match (settings.environment)(FOLDER) {
            Some(folder) => Place::File(PathBuf::from(folder).join(FILE)),
            None => Place::Memory,
        },
    };
    let keys = keys(settings, problems, warnings)?;
    let longest =
        providers.into_iter().flat_map(Providers::all).map(|one| one.endpoint.operation_timeout).max();
    Some(Store { place, keys, lease: longest.unwrap_or_default() + MARGIN })
}

fn parse(url: &str, resolve: impl Fn(&Path) -> PathBuf) -> Result<Place, &'static str> {
    if matches!(url, "memory" | "sqlite::memory:") {
        return Ok(Place::Memory);
    }
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return Ok(Place::Postgres(url.into()));
    }
    let path = url.strip_prefix("sqlite:").ok_or(FORMS)?;
    match path.strip_prefix("//").unwrap_or(path) {
        "" => Err(FORMS),
        path => Ok(Place::File(resolve(Path::new(path)))),
    }
}

fn keys(settings: Settings<'_>, problems: &mut Problems, warnings: &mut Vec<String>) -> Option<Keyring> {
    if let Some(text) = (settings.environment)(KEY) {
        return problems.keep(&Written::Environment(KEY), Keyring::parse(&text));
    }
    let Some(written) = &settings.file.store.key_file else { return Some(Keyring::default()) };
    let (place, path) = (settings.source.place(written), settings.source.resolve(written.get_ref()));
    let text =
        fs::read_to_string(&path).map_err(|error| format!("{} cannot be read: {error}", path.display()));
    let text = problems.keep(&place, text)?;
    let keys = problems.keep(&place, Keyring::parse(&text))?;
    if fs::metadata(&path).is_ok_and(|metadata| metadata.permissions().mode() & 0o004 != 0) {
        warnings.push(format!("everybody on this machine can read the sealing keys in {}", path.display()));
    }
    Some(keys)
}
