"""The store's tables, as SQLAlchemy Core sees them. Every key starts with the hub.

Only shapes: what is written when is in ``writing``; how a database gets these tables is in
``migrations``. No column holds a secret in clear, and none outside the sealed ones a person's details.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = MetaData(
    naming_convention={"pk": "pk_%(table_name)s", "ix": "ix_%(table_name)s_%(column_0_N_name)s"}
)


def _hub() -> Column[str]:
    return Column("hub", Text, primary_key=True)


def _when(name: str, *, null: bool = False) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=null)


# --- the log ---

hubs = Table(
    "hubs",
    metadata,
    _hub(),
    Column("epoch", Integer, nullable=False),
    Column("store_key", LargeBinary, nullable=False),
    Column("store_key_id", Text, nullable=False),
    _when("opened_at"),
    Column("generation", Text),
)
"""``generation`` is that of the secrets which seal here, once a rotation has begun."""

heads = Table(
    "heads",
    metadata,
    _hub(),
    Column("epoch", Integer, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("peaks", LargeBinary, nullable=False),
    Column("head", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("key", Text, nullable=False),
    _when("at"),
)
"""One row a hub: the current head. Its row lock is what puts positions in commit order."""

acts = Table(
    "acts",
    metadata,
    _hub(),
    Column("act", Text, primary_key=True),
    Column("first", BigInteger, nullable=False),
    Column("entries", SmallInteger, nullable=False),
    _when("admitted_at"),
    Column("bytes", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Index("ix_acts_hub_first", "hub", "first"),
)

refusals = Table(
    "refusals",
    metadata,
    _hub(),
    Column("digest", LargeBinary, primary_key=True),
    Column("answer", LargeBinary, nullable=False),
    _when("refused_at"),
)
"""Acts that were refused, by the hash of what was signed, for ever; what was answered is sealed."""

entries = Table(
    "entries",
    metadata,
    _hub(),
    Column("position", BigInteger, primary_key=True),
    Column("entry", Text, nullable=False),
    Column("act", Text, nullable=False),
    Column("place", SmallInteger, nullable=False),
    Column("stream", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Index("ix_entries_hub_entry", "hub", "entry", unique=True),
    Index("ix_entries_hub_stream_position", "hub", "stream", "position"),
)

bodies = Table(
    "bodies",
    metadata,
    _hub(),
    Column("position", BigInteger, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)

body_keys = Table(
    "body_keys",
    metadata,
    _hub(),
    Column("position", BigInteger, primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
)
"""Each body's own key, wrapped by its stream's. Apart from the bodies, so that it can be backed up apart."""

stream_keys = Table(
    "stream_keys",
    metadata,
    _hub(),
    Column("stream", Text, primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
)

streams = Table(
    "streams",
    metadata,
    _hub(),
    Column("stream", Text, primary_key=True),
    Column("last", BigInteger, nullable=False),
    Column("version", BigInteger, nullable=False),
)
"""``version`` grows with every change of a stream's entries or of who holds them."""

tree_nodes = Table(
    "tree_nodes",
    metadata,
    _hub(),
    Column("level", SmallInteger, primary_key=True),
    Column("index", BigInteger, primary_key=True),
    Column("hash", LargeBinary, nullable=False),
)

# --- feeds ---

feeds = Table(
    "feeds",
    metadata,
    _hub(),
    Column("audience", Text, primary_key=True),
    Column("n", BigInteger, primary_key=True),
    Column("epoch", Integer, nullable=False),
    Column("granted", Boolean, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("entry", Text, nullable=False),
    Column("because", BigInteger, nullable=False),
    Column("chain", LargeBinary, nullable=False),
    Index("ix_feeds_hub_position", "hub", "position"),
)

feed_tails = Table(
    "feed_tails",
    metadata,
    _hub(),
    Column("audience", Text, primary_key=True),
    Column("n", BigInteger, nullable=False),
    Column("chain", LargeBinary, nullable=False),
    Column("size", BigInteger, nullable=False),
    Index("ix_feed_tails_hub_size", "hub", "size"),
)
"""Where each feed ends; ``size`` is the head's size at its last row."""

grants = Table(
    "grants",
    metadata,
    _hub(),
    Column("position", BigInteger, primary_key=True),
    Column("stream", Text, nullable=False),
    Column("audiences", ARRAY(Text), nullable=False),
    Index("ix_grants_hub_stream", "hub", "stream"),
)
"""The audiences that hold an entry now."""

links = Table(
    "links",
    metadata,
    _hub(),
    Column("identity", Text, primary_key=True),
    Column("referral", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Index("ix_links_hub_referral", "hub", "referral"),
)
"""Which identity's stream is linked with which subject now; a projection of identities' entries."""

terms = Table(
    "terms",
    metadata,
    _hub(),
    Column("entry", Text, primary_key=True),
    Column("stream", Text, nullable=False),
    Column("person", Text),
    _when("until"),
    Index("ix_terms_hub_stream", "hub", "stream"),
    Index("ix_terms_until", "until"),
)
"""What an entry gives for a time only, until it is taken back; ``person`` is whose broken glass it is."""

# --- sign-in ---

accounts = Table(
    "accounts",
    metadata,
    _hub(),
    Column("person", Text, primary_key=True),
    Column("account", Text, nullable=False),
    Column("password", Text),
    Column("totp", LargeBinary),
    Column("totp_step", BigInteger, nullable=False, server_default=text("0")),
    Column("subject", Text),
    Index("ix_accounts_account", "account", unique=True),
    Index("ix_accounts_hub_subject", "hub", "subject", unique=True),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    _hub(),
    Column("person", Text, primary_key=True),
    Column("code", LargeBinary, primary_key=True),
)
"""Those still good, by keyed hash: one that is used goes."""

enrolment_codes = Table(
    "enrolment_codes",
    metadata,
    _hub(),
    Column("code", LargeBinary, primary_key=True),
    Column("person", Text, nullable=False),
    _when("expires_at"),
    _when("used_at", null=True),
    Index("ix_enrolment_codes_code", "code", unique=True),
)

sessions = Table(
    "sessions",
    metadata,
    _hub(),
    Column("token", LargeBinary, primary_key=True),
    Column("person", Text, nullable=False),
    Column("device", Text, nullable=False),
    Column("key", Text, nullable=False),
    _when("opened_at"),
    _when("seen_at"),
    _when("expires_at"),
    Column("grant", LargeBinary),
    _when("confirmed_at", null=True),
    Column("left", Boolean, nullable=False, server_default=text("false")),
    Index("ix_sessions_token", "token", unique=True),
)
"""``grant`` is a directory's refresh token, sealed; ``confirmed_at`` when it last answered for the person,
and ``left`` that it does no longer."""

providers = Table(
    "providers",
    metadata,
    _hub(),
    Column("name", Text, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("client_secret", LargeBinary, nullable=False),
    Column("check_seconds", Integer, nullable=False),
)
"""The directory that signs a hub's people in."""

sign_in_attempts = Table(
    "sign_in_attempts",
    metadata,
    _hub(),
    Column("attempt", LargeBinary, primary_key=True),
    Column("device", Text, nullable=False),
    Column("nonce", Text, nullable=False),
    Column("challenge", Text, nullable=False),
    Column("redirect_uri", Text, nullable=False),
    _when("expires_at"),
)
"""Sign-ins through a directory that have begun; each is used once."""

sign_in_delays = Table(
    "sign_in_delays",
    metadata,
    Column("whose", LargeBinary, primary_key=True),
    Column("failures", Integer, nullable=False),
    _when("until"),
)
"""By keyed hash of an account name or an address, known or not; a hub is not known before sign-in."""

# --- projections ---

referrals = Table(
    "referrals",
    metadata,
    _hub(),
    Column("referral", Text, primary_key=True),
    Column("opened", BigInteger, nullable=False),
    Column("reference", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("cohort", Text, nullable=False),
    Column("authority", Text, nullable=False),
    Column("area", Text),
    Column("origin", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("route", Text),
    Column("rag", Text),
    _when("received_at"),
    _when("admitted_at", null=True),
    _when("rated_at", null=True),
    _when("signed_at", null=True),
    _when("closed_at", null=True),
    Column("levels", JSONB, nullable=False),
    Index("ix_referrals_hub_reference", "hub", "reference"),
    Index("ix_referrals_hub_stage", "hub", "stage"),
)
"""What queues and figures may read of a referral: no personal data."""

people = Table(
    "people",
    metadata,
    _hub(),
    Column("key", Text, primary_key=True),
    Column("stream", Text, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("agency", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Index("ix_people_hub_stream", "hub", "stream"),
)
"""People as told in referrals and in histories, by the entry that tells it; the facts are sealed."""

people_blocks = Table(
    "people_blocks",
    metadata,
    _hub(),
    Column("block", LargeBinary, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("restricted", Boolean, nullable=False),
    Index("ix_people_blocks_hub_key", "hub", "key"),
    Index("ix_people_blocks_restricted", "hub", "block", postgresql_where=text("restricted")),
)
"""Blocking keys, each a keyed hash. ``restricted``: only named people hold what tells of this person."""

watches = Table(
    "watches",
    metadata,
    _hub(),
    Column("seen", BigInteger, nullable=False),
    Column("settled", BigInteger, nullable=False),
    Column("left", Integer, nullable=False),
    _when("looked_at"),
)
"""How far each log was looked through for restricted people: seen, and settled, with no alert still to be
written; and how many entries are left to follow."""

chunks = Table(
    "chunks",
    metadata,
    _hub(),
    Column("chunk", Text, primary_key=True),
    Column("size", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    _when("stored_at"),
)
"""Sealed pieces of documents, by the SHA-256 of what they hold."""

chunk_keys = Table(
    "chunk_keys",
    metadata,
    _hub(),
    Column("chunk", Text, primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
)

chunk_senders = Table(
    "chunk_senders",
    metadata,
    _hub(),
    Column("chunk", Text, primary_key=True),
    Column("person", Text, primary_key=True),
)
"""Who has shown that they have a chunk: nobody can attach one by its hash alone."""

attachments = Table(
    "attachments",
    metadata,
    _hub(),
    Column("chunk", Text, primary_key=True),
    Column("position", BigInteger, primary_key=True),
)
"""Which entry names which chunk."""
