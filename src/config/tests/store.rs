//! Where the store is, and what seals it.

use super::*;
use crate::store::Place;

fn place(text: &str, variables: &[(&str, &str)]) -> String {
    match load_text(text, &[], variables).unwrap().store.place {
        Place::Memory => "memory".to_owned(),
        Place::File(path) => {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_absolute() { format!("absolute {name}") } else { path.display().to_string() }
        }
        Place::Postgres(url) => url.expose_secret().to_owned(),
    }
}

#[test]
fn a_store_is_where_it_is_said_to_be() {
    let state = ("STATE_DIRECTORY", "/var/lib/deltagate");
    assert_eq!(place("", &[]), "memory");
    assert_eq!(place("", &[state]), "absolute deltagate.db");
    assert_eq!(place("[store]\nurl = 'memory'", &[state]), "memory");
    assert_eq!(place("[store]\nurl = 'sqlite:a.db'", &[]), "absolute a.db", "beside the file");
    assert_eq!(place("[store]\nurl = 'sqlite:///b.db'", &[]), "absolute b.db");
    let elsewhere = ("DELTAGATE_STORE_URL", "postgres://me@host/d");
    assert_eq!(place("[store]\nurl = 'sqlite:a.db'", &[elsewhere]), elsewhere.1);
}

#[test]
fn what_is_no_store_is_told_without_repeating_it() {
    for (text, line, word) in [
        ("[store]\nurl = 'mysql://me:hush@host/d'", "2: ", "sqlite:FILE"),
        ("[store]\nurl = 'sqlite:'", "2: ", "sqlite:FILE"),
        ("[store]\n\nkey_file = 'secret'", "3: ", "32 bytes in base64"),
        ("[store]\n\nkey_file = 'empty'", "3: ", "no sealing key"),
        ("[store]\n\nkey_file = 'missing'", "3: ", "cannot be read"),
    ] {
        let problems = load_all(text).unwrap_err();
        assert!(problems[0].starts_with(line) && problems[0].contains(word), "{text}: {problems:?}");
        assert!(!problems[0].contains("hush") && !problems[0].contains("from a file"), "{problems:?}");
    }
    let wrong = load_text("", &[], &[("DELTAGATE_STORE_KEY", "hush")]).unwrap_err();
    assert!(wrong[0].starts_with("DELTAGATE_STORE_KEY: ") && !wrong[0].contains("hush"), "{wrong:?}");
}
