"""The tables of `log.db`, and what keeps its rows from ever changing."""

FORMAT = 1
"""The home's format: a newer one is refused, an older one upgraded by numbered steps."""

EVENTS = """
CREATE TABLE IF NOT EXISTS stored_events (
  rowid INTEGER PRIMARY KEY AUTOINCREMENT,
  originator_id TEXT NOT NULL,
  originator_version INTEGER NOT NULL,
  topic TEXT NOT NULL,
  state BLOB NOT NULL,
  UNIQUE (originator_id, originator_version)
) STRICT
"""

TABLES = (
    "CREATE TABLE IF NOT EXISTS home (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
    """
    CREATE TABLE IF NOT EXISTS digests (
      position INTEGER PRIMARY KEY, -- of the transaction's last event
      first INTEGER NOT NULL,
      recorded_at INTEGER NOT NULL, -- microseconds since 1970 UTC, always growing
      mac BLOB NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE IF NOT EXISTS items (
      item BLOB PRIMARY KEY,
      digest BLOB NOT NULL,  -- keyed, of the facts that do not depend on the source
      sources TEXT NOT NULL, -- numbers of the sources it stood in, `,1,3,`
      contacts BLOB NOT NULL -- 17 bytes each: 1 living or 0 retracted, then the contact's id
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE IF NOT EXISTS sources (
      number INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      connector TEXT NOT NULL,
      system TEXT NOT NULL,
      keep TEXT NOT NULL DEFAULT 'text',
      settings BLOB,                      -- sealed: to read again what was rejected
      version INTEGER NOT NULL DEFAULT 0, -- of the cursor: of two processes one advances it
      cursor BLOB,                        -- sealed
      last_success INTEGER,
      counts TEXT NOT NULL DEFAULT '{}'
    ) STRICT
    """,
    """
    CREATE TABLE IF NOT EXISTS standings (
      source TEXT PRIMARY KEY,
      connector TEXT NOT NULL,
      state TEXT NOT NULL,
      since INTEGER NOT NULL, -- microseconds since 1970 UTC, as the others
      tried INTEGER NOT NULL,
      next INTEGER,
      sealed BLOB NOT NULL    -- why, and what the source says it holds
    ) STRICT, WITHOUT ROWID
    """,
    # the few words on customers, found without reading the whole log
    "CREATE INDEX IF NOT EXISTS stored_events_described ON stored_events (topic)"
    " WHERE topic = 'customer.described'",
    "CREATE TABLE IF NOT EXISTS identifier_streams (hash BLOB PRIMARY KEY, stream TEXT NOT NULL UNIQUE)"
    " STRICT, WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS memory (system TEXT, key BLOB, value BLOB NOT NULL, PRIMARY KEY (system, key))"
    " STRICT, WITHOUT ROWID",
    """
    CREATE TABLE IF NOT EXISTS quarantine (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      source INTEGER NOT NULL REFERENCES sources,
      digest BLOB NOT NULL,
      reason TEXT NOT NULL,
      sealed BLOB NOT NULL, -- raw bytes and reference
      seen_at INTEGER NOT NULL,
      UNIQUE (source, digest)
    ) STRICT
    """,
)

GUARDS = tuple(
    f"""
    CREATE TRIGGER IF NOT EXISTS {table}_{verb.split()[1].lower()} {verb} ON {table} {condition}
    BEGIN SELECT RAISE(ABORT, 'the log is immutable: record a further event instead'); END
    """
    for table, taken in (
        ("stored_events",
         "SELECT 1 FROM stored_events WHERE rowid = new.rowid"
         " OR originator_id = new.originator_id AND originator_version = new.originator_version"),
        ("digests", "SELECT 1 FROM digests WHERE position = new.position"),
    )
    for verb, condition in (
        ("BEFORE UPDATE", ""),
        ("BEFORE DELETE", ""),
        ("BEFORE INSERT", f"WHEN EXISTS ({taken})"),
    )
)  # fmt: skip
"""INSERT OR REPLACE slips past triggers on UPDATE and DELETE unless recursive_triggers is on, which a foreign tool has
not: so a row that is there already stops an INSERT, too."""
