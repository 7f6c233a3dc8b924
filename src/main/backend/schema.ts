/**
 * The task store's tables, one step per version: `user_version` of a file counts the steps it has taken. Only ever
 * append a step. Documents (specs, points, summaries) are JSON; what is searched or guarded is a column of its own.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE tasks (
    id TEXT PRIMARY KEY,
    spec TEXT NOT NULL,
    status TEXT NOT NULL,
    revision INTEGER NOT NULL,
    run_id TEXT,
    wanted_rate REAL,
    reason TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    deleted_at INTEGER,
    owner TEXT                       -- process in which it was started, see owner.ts
  ) STRICT;

  CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    task_id TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER,                -- null: open
    owner TEXT,
    run TEXT NOT NULL,               -- Run of contract.ts
    state TEXT,                      -- run-state.ts, while it is open
    summary TEXT                     -- without points
  ) STRICT;
  CREATE INDEX runs_by_start ON runs (started_at);
  CREATE INDEX runs_by_task ON runs (task_id, started_at);
  CREATE INDEX runs_open ON runs (id) WHERE ended_at IS NULL;

  CREATE TABLE points (
    run_id TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    point TEXT NOT NULL,
    PRIMARY KEY (run_id, at_ms)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    run_id TEXT NOT NULL,
    event TEXT NOT NULL
  ) STRICT;
  CREATE INDEX events_by_run ON events (run_id);

  CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  `,
]
