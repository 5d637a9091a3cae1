//! The schema: made, and brought up to date by whoever opens the store first.

use sqlx::{AnyPool, Row};

use super::failure::Failure;

/// What leads from each version to the next.
const MIGRATIONS: &[&str] = &[include_str!("../../migrations/0001_first.sql")];
/// Under this number gateways that start at the same moment wait for each other.
const LOCK: &str = "SELECT pg_advisory_xact_lock(4733182)";

/// Brings the schema up to date: all of it, or nothing.
///
/// # Errors
/// When it is newer than what is known here, or the database fails.
pub(super) async fn bring_up_to_date(pool: &AnyPool, is_postgres: bool) -> Result<(), Failure> {
    let mut change = pool.begin_with(if is_postgres { "BEGIN" } else { "BEGIN IMMEDIATE" }).await?;
    if is_postgres {
        sqlx::raw_sql(LOCK).execute(&mut *change).await?;
    }
    sqlx::raw_sql("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)")
        .execute(&mut *change)
        .await?;
    let latest = sqlx::query("SELECT version FROM schema_version ORDER BY version DESC LIMIT 1");
    let latest = latest.fetch_optional(&mut *change).await?;
    let found: i64 = latest.map_or(Ok(0), |row| row.try_get(0))?;
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(Failure::Newer(found, known));
    }
    for (version, migration) in (1..).zip(MIGRATIONS).skip_while(|(version, _)| *version <= found) {
        sqlx::raw_sql(*migration).execute(&mut *change).await?;
        let done = sqlx::query("INSERT INTO schema_version (version) VALUES ($1)");
        done.bind::<i64>(version).execute(&mut *change).await?;
    }
    change.commit().await?;
    Ok(())
}
