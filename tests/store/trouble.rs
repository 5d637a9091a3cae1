//! A store that cannot be used says what to do, at the start and later.

use std::{fs, os::unix::fs::PermissionsExt};

use deltagate::{
    model::{Error, ErrorKind},
    store::{Place, Store},
};

use crate::{
    bed::Postgres,
    places::{Ground, account, instance, shared},
};

fn file(ground: &Ground) -> &std::path::Path {
    match &ground.settings.place {
        Place::File(path) => path,
        other => panic!("{other:?}"),
    }
}

fn on_a_file() -> Ground {
    Ground::new("SQLite", |folder| Place::File(folder.path().join("store.db")))
}

async fn refused(ground: &Ground) -> String {
    let error = Store::open(&ground.settings).await.err().expect("it is refused");
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    error.message().to_owned()
}

/// Lets a connection of the test's own do something to the database.
async fn meddle(ground: &Ground, statement: &'static str) -> sqlx::AnyConnection {
    use sqlx::Connection;
    let url = match &ground.settings.place {
        Place::File(path) => format!("sqlite://{}", escaped(path)),
        Place::Postgres(url) => secrecy::ExposeSecret::expose_secret(url).to_owned(),
        Place::Memory => panic!("nobody else is in there"),
    };
    let mut connection = sqlx::AnyConnection::connect(&url).await.unwrap();
    sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
    connection
}

#[tokio::test]
async fn a_newer_schema_is_not_touched() {
    for ground in shared() {
        ground.open().await.close().await;
        let _connection = meddle(&ground, "INSERT INTO schema_version (version) VALUES (99)").await;
        let told = refused(&ground).await;
        assert!(told.contains("version 99") && told.contains("newer Deltagate"), "{}: {told}", ground.name);
    }
}

#[tokio::test]
async fn many_may_make_the_schema_at_the_same_moment() {
    for ground in shared() {
        let stores = futures_util::future::join_all((0..5).map(|_| ground.open())).await;
        for store in &stores {
            assert!(store.tags(&account()).await.unwrap().is_empty(), "{}", ground.name);
        }
    }
}

#[tokio::test]
async fn what_is_no_store_is_told() {
    let ground = on_a_file();
    fs::write(file(&ground), "this is not a database, however long one looks at it".repeat(100)).unwrap();
    let told = refused(&ground).await;
    assert!(told.contains("damaged, or not a store") && told.contains("store.db"), "{told}");
    let folder = Ground::new("SQLite", |folder| Place::File(folder.path().to_owned()));
    assert!(refused(&folder).await.contains("cannot be made"));
}

#[tokio::test]
async fn a_file_is_only_its_owners() {
    let ground = on_a_file();
    ground.open().await.set_tags(&account(), &[instance("a")], &[]).await.unwrap();
    for entry in fs::read_dir(file(&ground).parent().unwrap()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.path());
    }
}

#[tokio::test]
async fn what_another_process_has_locked_is_told() {
    let ground = on_a_file();
    let store = ground.open().await;
    let _locked = meddle(&ground, "BEGIN EXCLUSIVE").await;
    let tag = [("a".to_owned(), "b".to_owned())];
    let error = store.set_tags(&account(), &[instance("a")], &tag).await.unwrap_err();
    assert_is_away(&error, "locked");
    assert!(store.tags(&account()).await.unwrap().is_empty(), "it can be read");
    assert!(refused(&ground).await.contains("locked"));
}

#[tokio::test]
async fn a_database_that_goes_away_is_not_waited_for_and_comes_back() {
    let Some(server) = Postgres::get() else { return };
    let url = server.new_database();
    let database = url.split(['/', '?']).nth(3).unwrap().to_owned();
    let ground = Ground::new("PostgreSQL", |_| Place::Postgres(url.into()));
    let store = ground.open().await;
    server.query("postgres", &format!("ALTER DATABASE {database} ALLOW_CONNECTIONS false"));
    server.query(
        "postgres",
        &format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'"),
    );
    let error = store.tags(&account()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(!error.message().contains(&database), "{error}");
    server.query("postgres", &format!("ALTER DATABASE {database} ALLOW_CONNECTIONS true"));
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while let Err(error) = store.tags(&account()).await {
        assert!(std::time::Instant::now() < deadline, "{error}");
        tokio::task::yield_now().await;
    }
}

/// A path as it is in a URL.
fn escaped(path: &std::path::Path) -> String {
    let path = path.display().to_string();
    [('%', "%25"), ('?', "%3F"), ('#', "%23"), (' ', "%20")]
        .iter()
        .fold(path, |path, (c, code)| path.replace(*c, code))
}

fn assert_is_away(error: &Error, word: &str) {
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.message().contains("try again"), "{error}");
    assert!(error.detail().unwrap().contains(word), "{error}");
}
