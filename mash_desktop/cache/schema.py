"""The shape of the cache, and how an older one becomes it.

``VERSION`` is SQLite's ``user_version``. A new cache is made in the present shape at once; an older one goes
through the steps that it lacks, each a function on the one open transaction. Steps only go up.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    text,
)

from ..domain.errors import Refusal

metadata = MetaData()

acts = Table(
    "acts",
    metadata,
    Column("id", String, primary_key=True),
    Column("signed", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
)

entries = Table(
    "entries",
    metadata,
    Column("id", String, primary_key=True),
    Column("act", String, nullable=False, index=True),
    Column("place", Integer, nullable=False),
    Column("stream", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("position", BigInteger, unique=True),
    Column("admitted_at", BigInteger),
    Column("body", LargeBinary),
    Column("salt", LargeBinary),
    Column("disposed", Boolean, nullable=False, default=False),
    Column("refused", Boolean, nullable=False, default=False),
    Index("entries_by_stream", "stream", "position"),
    Index("entries_of_links", "stream", sqlite_where=text("kind = 'identity.linked'")),
)
"""``position`` and ``admitted_at`` (microseconds) are empty while an entry waits."""

grants = Table(
    "grants",
    metadata,
    Column("entry", String, primary_key=True),
    Column("audience", String, primary_key=True),
    Index("grants_by_audience", "audience"),
    sqlite_with_rowid=False,
)
"""Which audiences give this desktop an entry: it is kept while any does."""

feeds = Table(
    "feeds",
    metadata,
    Column("audience", String, primary_key=True),
    Column("epoch", Integer, nullable=False),
    Column("n", BigInteger, nullable=False),
    Column("chain", LargeBinary, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("act", String, nullable=False, unique=True),
    Column("author", String, nullable=False),
    Column("state", String, nullable=False),
    Column("queued_at", BigInteger, nullable=False),
    Column("code", String, nullable=False, default=""),
    Column("sentence", Text, nullable=False, default=""),
    Column("field", String),
    Column("entry", String),
    Column("moved_by", String),
    sqlite_autoincrement=True,
)
"""``state`` is ``waiting``, ``refused`` or ``quarantined``; an admitted act leaves the outbox."""

referrals = Table(
    "referrals",
    metadata,
    Column("stream", String, primary_key=True),
    Column("stage", String, nullable=False),
    Column("cohort", String),
    Column("owner", String),
    Column("rag_rank", Integer, nullable=False),
    Column("due_at", BigInteger),
    Column("received_at", BigInteger),
    Column("moved_at", BigInteger),
    Column("row", LargeBinary, nullable=False),
    Index("referrals_by_due", "stage", "rag_rank", "due_at"),
    Index("referrals_by_receipt", "stage", "received_at"),
)
"""One row a referral: what a queue sorts and filters by, and the whole queue row as encoded."""

people = Table(
    "people",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String, nullable=False, unique=True),
    Column("stream", String, nullable=False, index=True),
    Column("facts", LargeBinary, nullable=False),
    Column("shown", LargeBinary, nullable=False),
)
"""People of referrals and identities held here, with the facts that are compared."""

blocks = Table(
    "blocks",
    metadata,
    Column("block", String, primary_key=True),
    Column("person", Integer, primary_key=True),
    Index("blocks_by_person", "person"),
    sqlite_with_rowid=False,
)

worded = Table(
    "worded",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("stream", String, nullable=False, unique=True),
)
"""Which row of ``words`` holds the text of a stream: the index of words finds a row by its number alone."""

drafts = Table(
    "drafts",
    metadata,
    Column("key", String, primary_key=True),
    Column("text", Text, nullable=False),
    Column("saved_at", BigInteger, nullable=False),
)
"""Keystrokes not yet made into an entry, by the place they were typed in."""

facts = Table(
    "facts",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)
"""Single values: the device's signing key, the session's account, the last verified head."""

HUB_VERSION = "hub-version"
"""The fact that is new whenever the hub's own stream has changed: a fold of it is good until then."""

chunks = Table(
    "chunks",
    metadata,
    Column("digest", String, primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("sent", Boolean, nullable=False, default=False),
)

SEARCH = """
CREATE VIRTUAL TABLE words USING fts5(text, stream UNINDEXED, tokenize = "unicode61 remove_diacritics 2")
"""


def _number_words(connection: Connection) -> None:
    """2: the text of a stream is found by its number, and no longer by reading every text there is."""
    worded.create(connection)
    connection.exec_driver_sql("INSERT INTO worded (id, stream) SELECT rowid, stream FROM words")


STEPS: tuple[Callable[[Connection], None], ...] = (_number_words,)
"""From version 1 on."""
VERSION = 1 + len(STEPS)


def bring_up_to_date(connection: Connection) -> None:
    """Make the tables, or apply the steps that are missing, in the transaction given.

    Raises ``Refusal`` (*profile-newer*) for a cache that a newer program has written.
    """
    found = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    if found > VERSION:
        raise Refusal(
            "profile-newer",
            "A newer version of this program has used this profile. Bring this program up to date.",
        )
    if found == VERSION:
        return
    if found == 0:
        metadata.create_all(connection)
        connection.exec_driver_sql(SEARCH)
    for step in STEPS[found - 1 :] if found else ():
        step(connection)
    connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")
