//! Where secrets come from.

use super::*;

#[test]
fn secrets_come_from_three_places() {
    let text = "[[access_keys]]\nid = 'A'\nsecret = 'inline'\nuser = 'u'\npassword_file = 'secret'\n\
                [[access_keys]]\nid = 'B'\nsecret_env = 'S'\nuser = 'v'\npassword = 'p'\nprovider = 'ONE'\n";
    let config = load_text(&format!("{text}{MOCK}"), &[], &[("S", "from the environment")]).unwrap();
    let told: Vec<_> =
        config.access_keys.iter().map(|key| (key.id.as_str(), key.secret.expose_secret())).collect();
    assert_eq!(told, [("A", "inline"), ("B", "from the environment"), ("mockuser", "mockpassword")]);
    let password = |index: usize| config.access_keys[index].identity.password.expose_secret().to_owned();
    assert_eq!((password(0).as_str(), password(1).as_str()), ("from a file", "p"));
    assert_eq!(config.access_keys[1].provider.as_deref(), Some("one"));
    let shown = format!("{config:?}");
    for secret in ["inline", "from a file", "from the environment", "mockpassword"] {
        assert!(!shown.contains(&format!("\"{secret}\"")), "{secret} is shown: {shown}");
    }
}

#[test]
fn the_operators_own_mock_key_takes_the_place_of_the_built_in_one() {
    let text =
        "[[access_keys]]\nid = 'mockuser'\nsecret = 'mine'\nuser = 'mockuser'\npassword = 'mockpassword'\n";
    let keys = load_all(&format!("{text}{MOCK}")).unwrap().access_keys;
    assert_eq!(keys.len(), 1);
    assert_eq!(keys[0].secret.expose_secret(), "mine");
}

#[test]
fn secrets_that_everybody_can_read_are_warned_of() {
    use std::os::unix::fs::PermissionsExt;

    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("d.toml");
    fs::write(&path, "[[access_keys]]\nid = 'A'\nsecret = 's'\nuser = 'u'\npassword = 'p'\n").unwrap();
    let arguments = Arguments { config: Some(path.clone()), ..Arguments::default() };
    for (mode, warnings) in [(0o644, 1), (0o640, 0)] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        assert_eq!(load_with(&arguments, &|_| None).unwrap().warnings.len(), warnings, "{mode:o}");
    }
}
