"""The shape of the cache, and how an older one becomes it.

``VERSION`` is SQLite's ``user_version``. A new cache is made in the present shape at once; a copy of an older
one goes through the steps that it lacks (``upgrading.py``). Steps only go up.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    delete,
    literal_column,
    text,
)

from ..domain.errors import Refusal


class Bytes(LargeBinary):
    """As the driver takes and gives them, without a view made of each on its way."""

    def bind_processor(self, dialect: object) -> None:
        return None

    def result_processor(self, dialect: object, coltype: object) -> None:
        return None


metadata = MetaData()

acts = Table(
    "acts",
    metadata,
    Column("id", String, primary_key=True),
    Column("signed", Bytes, nullable=False),
    Column("signature", Bytes, nullable=False),
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
    Column("body", Bytes),
    Column("salt", Bytes),
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
    Column("chain", Bytes, nullable=False),
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
"""``state`` is ``waiting``, ``refused`` or ``quarantined``; an admitted act leaves the outbox. ``field`` is
the one at fault, or of what was set aside the streams that are held no longer, apart by spaces."""

DUE: ColumnElement[int] = literal_column("coalesce(due_at, 9223372036854775807)", BigInteger)
"""When a decision is due, what has no such time last: as the index of queues has it."""

CLOSED = text("stage = 'closed'")
"""As the index of the closed has it: a value that is bound would not be known to be this one."""

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
    Column("indexed", Bytes, nullable=False),
    Column("row", Bytes, nullable=False),
    Index("referrals_by_due", "stage", DUE, "rag_rank", "received_at", "owner"),
    Index("referrals_by_receipt", "stage", "received_at", "owner"),
    Index("referrals_by_move", "stage", "moved_at", sqlite_where=CLOSED),
)
"""One row a referral: what a queue sorts and filters by, and the whole queue row as encoded. When it moved
last is asked of the closed alone. ``indexed`` is a digest of what the indexes of search say of it: where that
and its place in every list are as before, neither is written again."""

people = Table(
    "people",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String, nullable=False, unique=True),
    Column("stream", String, nullable=False, index=True),
    Column("facts", Bytes, nullable=False),
    Column("shown", Bytes, nullable=False),
    Column("readers", String),
)
"""People of referrals and identities held here, with the facts that are compared. ``readers`` are those to
whom alone a restricted one is shown, each between bars: ``|ann|bob|``."""

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

links = Table(
    "links",
    metadata,
    Column("referral", String, primary_key=True),
    Column("subject", String, primary_key=True),
    Column("identity", String, primary_key=True),
    Column("hides", Boolean, nullable=False),
    Column("readers", String),
    Index("links_by_identity", "identity"),
    sqlite_with_rowid=False,
)
"""The links that stand, and what the identity's markers do to the subject: ``hides`` its addresses, or shows
it to ``readers`` alone."""

names = Table(
    "names",
    metadata,
    Column("word", String, primary_key=True),
    Column("people", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""The words that people's names are made of, and of how many people each is: none with the last of them."""

near = Table(
    "near",
    metadata,
    Column("key", String, primary_key=True),
    Column("word", String, primary_key=True),
    Index("near_by_word", "word"),
    sqlite_with_rowid=False,
)
"""Under which keys a name is found when it is misspelled, told by its sound, or by another form of it."""

retired = Table(
    "retired",
    metadata,
    Column("stream", String, primary_key=True),
    Column("position", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""Closed referrals that are no longer of the working set, and the first position of each that was held."""

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
    Column("value", Bytes, nullable=False),
)
"""Single values: the device's signing key, the session's account, the last verified head."""

HUB_VERSION = "hub-version"
"""The fact that is new whenever the hub's own stream has changed: a fold of it is good until then."""
CONFIGURED = "configured"
"""The fact that tells by which configuration of the hub rows were made: a digest of it."""
READ_ONCE = "read-once"
"""The fact that the feeds of this epoch have been read to their end once."""
TOLD_BY_THE_HUB = (HUB_VERSION, CONFIGURED, READ_ONCE)
"""Facts that are good only as long as what the hub gave is here."""

chunks = Table(
    "chunks",
    metadata,
    Column("digest", String, primary_key=True),
    Column("content", Bytes, nullable=False),
    Column("sent", Boolean, nullable=False, default=False),
)

SEARCH = (
    """
CREATE VIRTUAL TABLE persons USING fts5(
    name, alias, number, address, born, tokenize = "ascii", detail = column, prefix = '1 2 3'
)
""",
    'CREATE VIRTUAL TABLE words USING fts5(text, tokenize = "ascii", detail = none)',
    "INSERT INTO persons (persons, rank) VALUES ('secure-delete', 1)",
    "INSERT INTO words (words, rank) VALUES ('secure-delete', 1)",
)
"""What is searched, in folded words: people, by the number of their row, and what was told, by that of
``worded``. A row deleted from either leaves none of its words behind."""


def _number_words(connection: Connection) -> None:
    """2: the text of a stream is found by its number, and no longer by reading every text there is."""
    worded.create(connection)
    connection.exec_driver_sql("INSERT INTO worded (id, stream) SELECT rowid, stream FROM words")


def _search_by_person(connection: Connection) -> None:
    """3: people are searched by themselves and under other spellings, hidden as markers say; closed
    referrals leave. All of it is made anew from the entries."""
    connection.exec_driver_sql("DROP TABLE words")
    _index_anew(connection, people, blocks, worded, referrals)


def _spell_anew(connection: Connection) -> None:
    """4: names are keyed as they are heard (O'Bryan beside O'Brien) and found written as one word."""
    for index in ("persons", "words"):
        connection.exec_driver_sql(f"DROP TABLE {index}")
    _index_anew(connection, people, blocks, worded, names, near)


def _know_what_is_indexed(connection: Connection) -> None:
    """5: a referral whose place in lists and whose words are as before is not indexed anew."""
    referrals.drop(connection)
    referrals.create(connection)


def _index_anew(connection: Connection, *emptied: Table) -> None:
    for table in emptied:
        table.drop(connection)
    metadata.create_all(connection)
    for statement in SEARCH:
        connection.exec_driver_sql(statement)


STEPS: tuple[Callable[[Connection], None], ...] = (
    _number_words,
    _search_by_person,
    _spell_anew,
    _know_what_is_indexed,
)
"""From version 1 on. After them everything that screens read is projected anew."""
VERSION = 1 + len(STEPS)


def version_of(connection: Connection) -> int:
    """0 for one that is still empty. Raises ``Refusal`` (*profile-newer*) for what a newer program wrote."""
    found: int = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    if found > VERSION:
        raise Refusal(
            "profile-newer",
            "A newer version of this program has used this profile. Bring this program up to date.",
        )
    return found


def make(connection: Connection) -> None:
    """Make what is needed in an empty cache, in the transaction given; one that is made is left."""
    found = version_of(connection)
    if found == 0:
        metadata.create_all(connection)
        for statement in SEARCH:
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")
    elif found != VERSION:
        raise ValueError("an older cache is upgraded before it is used")


def apply_steps(connection: Connection) -> None:
    """Bring an older cache to the present shape, in the transaction given."""
    for step in STEPS[version_of(connection) - 1 :]:
        step(connection)
    # What a row says to be indexed need be so no longer.
    connection.execute(delete(referrals))
    connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")
