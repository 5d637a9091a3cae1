-- The first schema, in the SQL that SQLite and PostgreSQL share. Times are microseconds since 1970, bytes are base64,
-- and 0 or '' stands for none, so that no column is ever NULL.

CREATE TABLE access_keys (
    id TEXT NOT NULL,
    -- The only provider it is good for; all when empty.
    provider TEXT NOT NULL,
    -- Tells the secret of today from the one before, which is good until it expires.
    version TEXT NOT NULL,
    user_name TEXT NOT NULL,
    -- Sealed.
    secret TEXT NOT NULL,
    -- Sealed.
    password TEXT NOT NULL,
    disabled BIGINT NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    PRIMARY KEY (id, provider, version)
);

CREATE TABLE tags (
    account TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (account, kind, id, name)
);

-- Grows with every change of an account's tags, in the same transaction.
CREATE TABLE revisions (
    account TEXT NOT NULL PRIMARY KEY,
    revision BIGINT NOT NULL
);

CREATE TABLE notes (
    account TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    sealed BIGINT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (account, kind, id, name)
);

CREATE INDEX notes_by_name ON notes (account, kind, name);

CREATE TABLE client_tokens (
    account TEXT NOT NULL,
    action TEXT NOT NULL,
    token TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    -- What was made, as a JSON list; empty while it is being made.
    ids TEXT NOT NULL,
    owner TEXT NOT NULL,
    lease_until BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    PRIMARY KEY (account, action, token)
);

CREATE INDEX client_tokens_by_expiry ON client_tokens (expires);

CREATE TABLE jobs (
    provider TEXT NOT NULL,
    -- What it is done to; there is at most one job for each.
    subject TEXT NOT NULL,
    -- Tells the job from others that the subject had before.
    generation TEXT NOT NULL,
    -- The user in whose name it is done.
    user_name TEXT NOT NULL,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    -- Sealed.
    password TEXT NOT NULL,
    -- 'pending', 'failed', or 'gone': done, and still shown.
    state TEXT NOT NULL,
    created BIGINT NOT NULL,
    due BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    last_error TEXT NOT NULL,
    -- The gateway that tries it at present.
    lease_owner TEXT NOT NULL,
    lease_until BIGINT NOT NULL,
    -- The operation for which it is held back.
    overruler TEXT NOT NULL,
    overruled_until BIGINT NOT NULL,
    -- Whether it was held back already when its overruler came.
    overruled_before BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    PRIMARY KEY (provider, subject)
);

CREATE INDEX jobs_by_due ON jobs (provider, state, due);
CREATE INDEX jobs_by_user ON jobs (provider, user_name);
