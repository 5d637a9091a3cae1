//! Access keys: secrets written in the file, in files of their own, or in the environment.

use std::{fs, path::PathBuf};

use secrecy::{ExposeSecret, SecretString};
use toml::Spanned;

use super::{
    AccessKey,
    file::{AccessKeyTable, Hidden},
    layers::Settings,
    problem::{Place, Problems},
    providers::Providers,
};
use crate::{drivers::mock, exchange::Identity};

/// The longest secret, in bytes.
const SECRET_CAP: usize = 4096;
/// The longest id of an access key, in bytes.
const ID_CAP: usize = 128;

/// The keys of the file, and the mock cloud's own for every provider of it. Without providers, which are wrong then,
/// only the keys themselves are looked at.
pub(super) fn access_keys(
    settings: Settings<'_>,
    providers: Option<&Providers>,
    problems: &mut Problems,
    warnings: &mut Vec<String>,
) -> Vec<AccessKey> {
    let mut keys: Vec<AccessKey> = Vec::new();
    for table in &settings.file.access_keys {
        let Some(key) = access_key(settings, table, providers, problems) else { continue };
        if keys.iter().any(|known| collide(known, &key)) {
            problems
                .add(&settings.source.place(&table.id), format!("access key '{}' is there twice", key.id));
        }
        keys.push(key);
    }
    let inline = |table: &AccessKeyTable| table.secret.is_some() || table.password.is_some();
    if settings.file.access_keys.iter().any(inline) && settings.source.is_open_to_all() {
        warnings.push("everybody on this machine can read the secrets in the config file".to_owned());
    }
    let built_in =
        providers.into_iter().flat_map(Providers::all).filter(|provider| provider.driver == mock::NAME);
    let built_in: Vec<_> = built_in.map(|provider| mock_key(&provider.name)).collect();
    let (new, _): (Vec<_>, Vec<_>) =
        built_in.into_iter().partition(|key| !keys.iter().any(|known| collide(known, key)));
    keys.extend(new);
    keys
}

fn access_key(
    settings: Settings<'_>,
    table: &AccessKeyTable,
    providers: Option<&Providers>,
    problems: &mut Problems,
) -> Option<AccessKey> {
    let place = settings.source.place(&table.id);
    let provider = match (&table.provider, providers) {
        (None, _) | (_, None) => None,
        (Some(wanted), Some(providers)) => {
            let found = providers.find(wanted.get_ref());
            let name = found.map(|provider| provider.name.clone());
            let missing = || format!("there is no provider '{}'", wanted.get_ref());
            Some(problems.keep(&settings.source.place(wanted), name.ok_or_else(missing))?)
        }
    };
    let id = problems.keep(&place, id(table.id.get_ref()));
    let secret = SecretSetting {
        name: "secret",
        inline: table.secret.as_ref(),
        file: table.secret_file.as_ref(),
        variable: table.secret_env.as_ref(),
    };
    let password = SecretSetting {
        name: "password",
        inline: table.password.as_ref(),
        file: table.password_file.as_ref(),
        variable: table.password_env.as_ref(),
    };
    let secret = secret.read(settings, &place, problems);
    let password = password.read(settings, &place, problems);
    let user = table.user.get_ref().clone();
    problems.keep(&settings.source.place(&table.user), check_user(&user));
    let identity = Identity { user, password: password? };
    Some(AccessKey { id: id?, secret: secret?, provider, identity })
}

/// The id, if it is one that an access key may have.
pub(super) fn id(id: &str) -> Result<String, String> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._@+=".contains(&byte);
    if (1..=ID_CAP).contains(&id.len()) && id.bytes().all(fits) {
        return Ok(id.to_owned());
    }
    Err(format!("an access key's id has 1 to {ID_CAP} letters, digits or any of -._@+="))
}

/// Whether HTTP Basic could carry a user of this name.
pub(super) fn check_user(user: &str) -> Result<(), &'static str> {
    if user.is_empty() || user.contains(':') || user.chars().any(char::is_control) {
        return Err("a user's name is not empty and has no colon");
    }
    Ok(())
}

/// Whether this can be a secret.
pub(super) fn check_secret(secret: &str) -> Result<(), String> {
    let length = secret.len();
    if (1..=SECRET_CAP).contains(&length) {
        return Ok(());
    }
    Err(format!("a secret or a password has 1 to {SECRET_CAP} bytes, not {length}"))
}

fn collide(one: &AccessKey, other: &AccessKey) -> bool {
    one.id == other.id
        && (one.provider.is_none() || other.provider.is_none() || one.provider == other.provider)
}

fn mock_key(provider: &str) -> AccessKey {
    AccessKey {
        id: mock::USER.to_owned(),
        secret: mock::PASSWORD.into(),
        provider: Some(provider.to_owned()),
        identity: Identity { user: mock::USER.to_owned(), password: mock::PASSWORD.into() },
    }
}

/// The three ways in which a secret can be given, of which one is to be used.
struct SecretSetting<'a> {
    name: &'static str,
    inline: Option<&'a Spanned<Hidden>>,
    file: Option<&'a Spanned<PathBuf>>,
    variable: Option<&'a Spanned<String>>,
}

impl SecretSetting<'_> {
    fn read(&self, settings: Settings<'_>, place: &Place, problems: &mut Problems) -> Option<SecretString> {
        let source = settings.source;
        let (place, secret) = match (self.inline, self.file, self.variable) {
            (Some(inline), None, None) => (source.place(inline), Ok(inline.get_ref().0.clone())),
            (None, Some(path), None) => (source.place(path), read_secret(&source.resolve(path.get_ref()))),
            (None, None, Some(name)) => {
                let value = (settings.environment)(name.get_ref()).map(SecretString::from);
                let missing = || format!("the environment has no variable '{}'", name.get_ref());
                (source.place(name), value.ok_or_else(missing))
            }
            _ => {
                let name = self.name;
                let message = format!("give exactly one of {name}, {name}_file and {name}_env");
                problems.add(place, message);
                return None;
            }
        };
        let secret = problems.keep(&place, secret)?;
        let length = secret.expose_secret().len();
        if !(1..=SECRET_CAP).contains(&length) {
            problems.add(&place, format!("a {} has 1 to {SECRET_CAP} bytes, not {length}", self.name));
        }
        Some(secret)
    }
}

/// The first line of a file.
fn read_secret(path: &PathBuf) -> Result<SecretString, String> {
    let text =
        fs::read_to_string(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    Ok(text.lines().next().unwrap_or_default().into())
}
