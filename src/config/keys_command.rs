//! `deltagate keys`: the access keys in the store, while gateways run or not.

use std::{
    io::{self, BufRead, IsTerminal, Write},
    process::{Command as Program, Stdio},
    time::Duration,
};

use clap::Subcommand;
use secrecy::{ExposeSecret, SecretString};

use super::{Config, access_keys};
use crate::{
    model::{Error, ErrorKind},
    store::{NewKey, Store},
};

/// What can be done to access keys.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum KeysCommand {
    /// Add a key; the password of the cloud's user is read from standard input, the key's secret is printed once
    Add {
        /// The key's id; made up when left out
        id: Option<String>,
        /// The user of the cloud for whom the key stands
        #[arg(long)]
        user: String,
        /// The only provider that the key is good for
        #[arg(long)]
        provider: Option<String>,
        /// Read the secret from standard input, too, on a second line, instead of making one
        #[arg(long)]
        with_secret: bool,
    },
    /// List the keys, without their secrets
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Remove a key
    Remove(#[command(flatten)] Which),
    /// Give a key a new secret, which is printed once; the old one is good for a while
    Rotate {
        /// Which one.
        #[command(flatten)]
        which: Which,
        /// How long the old secret is still good: a number with s, m, h or d
        #[arg(long, default_value = "24h", value_parser = time)]
        grace: Duration,
    },
    /// Turn the holders of a key away
    Disable(#[command(flatten)] Which),
    /// Let the holders of a key in again
    Enable(#[command(flatten)] Which),
    /// Seal everything in the store with the first of the sealing keys, after which the others are not needed any more
    Reseal,
}

/// One key.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct Which {
    /// The key's id
    pub id: String,
    /// The provider, when the key is good for one only
    #[arg(long)]
    pub provider: Option<String>,
}

/// Does what is asked of the keys in `store`.
///
/// # Errors
/// What the store fails with; `Invalid` when what was typed makes no sense.
pub(super) async fn run(
    command: &KeysCommand,
    config: &Config,
    store: &Store,
    out: &mut dyn Write,
) -> Result<(), Error> {
    match command {
        KeysCommand::Add { id, user, provider, with_secret } => {
            add(config, store, (id.as_ref(), user, provider.as_ref(), *with_secret), out).await
        }
        KeysCommand::List { json } => list(store, *json, out).await,
        KeysCommand::Remove(Which { id, provider }) => store.remove_key(id, provider.as_deref()).await,
        KeysCommand::Rotate { which: Which { id, provider }, grace } => {
            let secret = NewKey::random_secret();
            store.rotate_key(id, provider.as_deref(), &secret, *grace).await?;
            show(id, Some(&secret), out)
        }
        KeysCommand::Disable(Which { id, provider }) => {
            store.disable_key(id, provider.as_deref(), true).await
        }
        KeysCommand::Enable(Which { id, provider }) => {
            store.disable_key(id, provider.as_deref(), false).await
        }
        KeysCommand::Reseal => {
            let resealed = store.reseal().await?;
            writeln!(out, "{resealed} secrets are sealed anew").map_err(unprintable)
        }
    }
}

async fn add(
    config: &Config,
    store: &Store,
    (id, user, provider, with_secret): (Option<&String>, &String, Option<&String>, bool),
    out: &mut dyn Write,
) -> Result<(), Error> {
    let invalid = |message: String| Error::new(ErrorKind::Invalid, message);
    let id = access_keys::id(id.unwrap_or(&NewKey::random_id())).map_err(invalid)?;
    access_keys::check_user(user).map_err(|message| invalid(message.to_owned()))?;
    let find = |name: &String| {
        let found = config.providers.find(name).map(|provider| provider.name.clone());
        found.ok_or_else(|| invalid(format!("there is no provider '{name}'")))
    };
    let provider = provider.map(find).transpose()?;
    if config.access_keys.iter().any(|key| key.id == id) {
        let message = format!("the access key '{id}' is in the config file, which goes before the store");
        return Err(Error::new(ErrorKind::AlreadyExists, message));
    }
    let password = ask(&format!("Password of {user}: "))?;
    let secret = if with_secret { ask("Secret of the key: ")? } else { NewKey::random_secret() };
    let key = NewKey { id: id.clone(), provider, user: user.clone(), password, secret };
    store.add_key(&key).await?;
    show(&id, (!with_secret).then_some(&key.secret), out)
}

/// Prints a key; its secret only where it was made here, because nobody can look it up later.
fn show(id: &str, secret: Option<&SecretString>, out: &mut dyn Write) -> Result<(), Error> {
    let mut written = writeln!(out, "id     {id}");
    if let Some(secret) = secret {
        written = written.and_then(|()| writeln!(out, "secret {}", secret.expose_secret()));
    }
    written.map_err(unprintable)
}

async fn list(store: &Store, json: bool, out: &mut dyn Write) -> Result<(), Error> {
    let keys = store.keys().await?;
    if !json {
        return keys.iter().try_for_each(|key| writeln!(out, "{key}")).map_err(unprintable);
    }
    let keys = keys.iter().map(|key| {
        serde_json::json!({
            "id": key.id, "provider": key.provider, "user": key.user, "disabled": key.disabled,
            "created": key.created, "expires": key.expires,
        })
    });
    writeln!(out, "{:#}", serde_json::Value::from_iter(keys)).map_err(unprintable)
}

/// A line of standard input; it is asked for, and not shown, where that is a terminal.
fn ask(prompt: &str) -> Result<SecretString, Error> {
    let stdin = io::stdin();
    let typed = stdin.is_terminal();
    if typed {
        eprint!("{prompt}");
        echo(false);
    }
    let mut line = String::new();
    let read = stdin.lock().read_line(&mut line);
    if typed {
        echo(true);
        eprintln!();
    }
    read.map_err(|error| Error::new(ErrorKind::Invalid, format!("standard input cannot be read: {error}")))?;
    let secret = line.trim_end_matches(['\r', '\n']);
    access_keys::check_secret(secret).map_err(|message| Error::new(ErrorKind::Invalid, message))?;
    Ok(secret.into())
}

/// Whether the terminal shows what is typed.
fn echo(on: bool) {
    let word = if on { "echo" } else { "-echo" };
    if Program::new("stty").arg(word).stdin(Stdio::inherit()).status().is_err() {
        eprintln!("(what is typed is shown: there is no stty)");
    }
}

fn unprintable(error: io::Error) -> Error {
    Error::new(ErrorKind::Internal, format!("nothing can be printed: {error}"))
}

/// A time such as `90s`, `15m`, `24h` or `7d`.
fn time(text: &str) -> Result<Duration, String> {
    let wrong = || format!("'{text}' is no time such as 90s, 15m, 24h or 7d");
    let (number, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(wrong)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return Err(wrong()),
    };
    let number: u32 = number.parse().map_err(|_| wrong())?;
    Ok(Duration::from_secs(u64::from(number) * seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units() {
        assert_eq!(time("0s"), Ok(Duration::ZERO));
        assert_eq!(time("24h"), Ok(Duration::from_secs(86_400)));
        assert_eq!(time("7d"), Ok(Duration::from_secs(7 * 86_400)));
        for wrong in ["", "h", "24", "-1h", "1w", "1é"] {
            assert!(time(wrong).is_err(), "{wrong}");
        }
    }
}
