"""The wire between a desktop and the central store: message shapes, paths, and their dated history.

Everything is JSON over HTTPS; bytes are base64. A refusal is a :class:`Problem` with HTTP status 400 to 503.
Acts and heads travel as the bytes that were signed. Nothing here knows SQL, Qt or how a session is kept.

History
-------
1 (2026-11-23)  First version: sign-in, enrolment, push, pull by audience, live, heads and proofs, people
                search, document chunks, codes for new devices made by an administrator's desktop.
  (2026-11-29)  Added, nothing that an older desktop needs to know: recovery codes; records that are due under
                the retention schedule; signing in through the hub's directory (OpenID Connect); how the
                store's signing key was handed on.
2 (2026-11-29)  A sign-in shows, by a signature, that the device holds its key; without it nobody is let in.
                Added: by what the trail of accesses names somebody.
3 (2026-11-29)  A rating may be blue, where the hub offers it, and an appointment may have a last day: neither
                can be read by an older desktop.
                Added: who signs in how, and unlinking somebody from the directory; that a body is damaged at
                the store, at which an older desktop stops, as it did before at the whole page.
                Unlinking lets anybody choose a password anew, also whom no directory signs in.
                Added: what is open and most urgent ahead of the feeds, and how many rows a page leaves.
                Taken away: a new token in place of an old one, for which no desktop ever asked.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime

import msgspec

from mash_desktop.domain.acts import OpenBody, Parcel, SignedAct
from mash_desktop.domain.partial_date import PartialDate
from mash_desktop.domain.roles import Role
from mash_desktop.proofs.canonical import canonical
from mash_desktop.proofs.head import SignedHead

VERSION = 3
VERSION_HEADER = "MASH-Protocol"

MOST_ACTS = 50
"""Acts in one push."""
MOST_ROWS = 1000
"""Feed rows in one page."""
CHUNK_BYTES = 1024 * 1024


class Message(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A message. Fields that a reader does not know are ignored, so that versions can add."""


class Problem(Message, frozen=True):
    """A refusal. ``field`` names the input at fault; ``retry_after`` is seconds."""

    code: str
    sentence: str
    field: str | None = None
    retry_after: int | None = None


# --- sign-in: POST /v1/sign-in, /v1/sign-out -----------------------------------------------------------


class SignIn(Message, frozen=True):
    """``code`` is the six digits of TOTP, or a recovery code; ``proof`` the device key's signature over
    :func:`sign_in_bytes` (label ``mash-sign-in-v1``)."""

    account: str
    password: str
    code: str
    device: str
    proof: bytes = b""


class Standing(Message, frozen=True):
    """One role that the person holds; a session acts in one at a time."""

    agency: str
    role: Role
    team: str | None = None


class Session(Message, frozen=True):
    """``token`` goes in ``Authorization: Bearer``. ``server_time`` measures the clock offset.

    ``recovery_left`` is how many recovery codes are left, told to whoever signed in with one.
    """

    token: str
    person: str
    name: str
    standings: tuple[Standing, ...]
    idle_seconds: int
    expires_at: datetime
    server_time: datetime
    recovery_left: int | None = None


# --- sign-in through a directory: GET /v1/hubs/{hub}/ways-in, POST …/single-sign-on, …/single-sign-on/finish


class WaysIn(Message, frozen=True):
    """``directory`` is what people call the provider that signs them in; empty where the hub has none."""

    directory: str = ""


class BeginSingle(Message, frozen=True):
    """The desktop's half of an attempt: PKCE's challenge (S256), its state, and where its browser returns."""

    device: str
    challenge: str
    state: str
    redirect_uri: str


class SingleBegun(Message, frozen=True):
    """``url`` is for the system browser; ``issuer`` is who answers it."""

    attempt: str
    url: str
    issuer: str


class FinishSingle(Message, frozen=True):
    """What the browser brought back. ``proof`` is the device key's signature over the attempt (label
    ``mash-single-v1``)."""

    attempt: str
    code: str
    verifier: str
    proof: bytes


# --- new factors: POST /v1/recovery-codes ---


class Renew(Message, frozen=True):
    """New recovery codes for whoever proves the present factors; ``authenticator`` asks for a new one too."""

    password: str
    code: str
    authenticator: bool = False


class Renewed(Message, frozen=True):
    """Both are shown once. The old codes, and with a new authenticator the old one, are void."""

    recovery_codes: tuple[str, ...]
    totp_uri: str | None = None


# --- enrolment: POST /v1/enrol ---


class Enrol(Message, frozen=True):
    """A one-time code from an administrator ties a device's key to a person. ``public`` is Ed25519.

    ``proof`` is the key's signature over the code (label ``mash-enrol-v1``).
    """

    code: str
    device: str
    device_name: str
    public: bytes
    proof: bytes
    password: str


class Enrolled(Message, frozen=True):
    """``totp_uri``, for the authenticator app, and the recovery codes are shown once, when the account has
    none yet."""

    person: str
    account: str
    key: str
    hub: str
    store_key: bytes
    totp_uri: str | None = None
    recovery_codes: tuple[str, ...] = ()


# --- a code for a new device: POST /v1/hubs/{hub}/enrolment-codes (administrators) ---


class NewDevice(Message, frozen=True):
    """Who gets a device. ``account`` names the account of a person who has none yet."""

    person: str
    account: str = ""


class EnrolmentCode(Message, frozen=True):
    """Shown once, and given to the person by hand or voice."""

    code: str
    expires_at: datetime


# --- who signs in how: POST /v1/hubs/{hub}/accounts, /v1/hubs/{hub}/unlinked (administrators) ---


class AccountsAsked(Message, frozen=True):
    """All of the hub."""


class HeldAccount(Message, frozen=True):
    """What a person signs in as; ``linked`` where the hub's directory signs them in, and no password does."""

    person: str
    account: str
    linked: bool = False


class AccountsFound(Message, frozen=True):
    """Of those who have one. ``directory`` is what people call the provider; empty where there is none."""

    accounts: tuple[HeldAccount, ...]
    directory: str = ""


class Unlink(Message, frozen=True):
    """What signs this person in, the directory or their password and authenticator, does so no more: their
    devices are revoked, and what comes back is the code with which they choose anew (:class:`EnrolmentCode`).
    """

    person: str


# --- push: POST /v1/hubs/{hub}/acts ---


class Push(Message, frozen=True):
    """Acts in order. Each is answered alone; one refusal does not take its neighbours with it."""

    acts: tuple[Parcel, ...]


class Answer(Message, frozen=True):
    """The store's answer to one act: admitted, with a position for each entry, or refused.

    ``state`` is ``admitted``, ``known`` (admitted before: the same answer again) or ``refused``. A refusal
    has ``code`` and ``sentence``, the entry at fault, and ``moved_by`` when someone else moved first. It is
    for good: the same act is answered alike whenever it arrives again.
    """

    act: str
    state: str
    positions: tuple[int, ...] = ()
    admitted_at: datetime | None = None
    code: str = ""
    sentence: str = ""
    field: str | None = None
    entry: str | None = None
    moved_by: str | None = None
    """Id of the entry that the chain's last link is now."""


class Pushed(Message, frozen=True):
    answers: tuple[Answer, ...]
    head: SignedHead


# --- pull: POST /v1/hubs/{hub}/feed ---


class Cursor(Message, frozen=True):
    """How far a desktop has come in one audience's feed. A new epoch starts again from nought."""

    audience: str
    epoch: int
    n: int


class Pull(Message, frozen=True):
    """Feeds of the standing named, from these cursors on. Audiences not named are pulled from the start."""

    standing: Standing
    cursors: tuple[Cursor, ...] = ()
    limit: int = MOST_ROWS
    only: tuple[str, ...] = ()
    """Only these of the standing's audiences, for a client that keeps nothing; empty is all."""


class Row(Message, frozen=True, gc=False):
    """One numbered row of one audience's feed.

    ``op`` is ``grant`` or ``withdraw``. A grant brings the signed act, the entry's place in it, its position
    and admission time (with which its leaf is made), and its body; a grant since withdrawn brings none of
    these. ``because`` is the position of the causing entry; ``chain`` is the hash chain of this feed's rows.
    """

    audience: str
    n: int
    op: str
    entry: str
    because: int
    chain: bytes
    position: int | None = None
    admitted_at: datetime | None = None
    signed: SignedAct | None = None
    body: OpenBody | None = None
    """``None`` in a standing grant says that the body has been disposed of, or is damaged at the store."""
    disposed: bool = False
    damaged: bool = False


class Page(Message, frozen=True):
    """``audiences`` are all that the session has now, with their epochs: one no longer named is purged.

    ``more`` says that another page waits. ``cursors`` are where to go on; they advance in one transaction
    with the rows.
    """

    audiences: tuple[Cursor, ...]
    rows: tuple[Row, ...]
    cursors: tuple[Cursor, ...]
    more: bool
    head: SignedHead
    left: int = 0
    """How many rows wait after this page."""


# --- a first look: POST /v1/hubs/{hub}/urgent ---


class Urgent(Message, frozen=True):
    """What is open and most urgent for a standing: asked for before its feeds are read the first time."""

    standing: Standing


class UrgentFound(Message, frozen=True):
    """Whole entries as the feeds bring them, but of no feed: ``audience`` and ``chain`` are empty, ``n`` 0.

    They are held until the feeds have been read to their end, and then only as far as these grant them.
    """

    rows: tuple[Row, ...]
    head: SignedHead


# --- live: GET /v1/hubs/{hub}/live (server-sent events) -----------------------------------------------------
# event ``grown``    data: {"size": n}            your feed has grown: pull
# event ``presence`` data: Presence               never stored; only between people who may both see it
# event ``locked``   data: Problem                the session or device is no longer good: lock now


LOOKING, LEFT = "looking", "left"
BEAT_SECONDS = 3.0
"""How often somebody at a referral says so again, as long as they are."""
SILENT_SECONDS = 10.0
"""After how long a silence they are taken to be gone: a line that was cut, a computer that was shut."""


class Presence(Message, frozen=True):
    """Someone has a referral open (``doing`` is *looking*), or no longer (*left*).

    POST /v1/hubs/{hub}/presence with ``person``, ``name`` and ``agency`` empty: the store says who it was.
    """

    stream: str
    doing: str
    person: str = ""
    name: str = ""
    agency: str = ""


# --- the log: GET /v1/hubs/{hub}/head, /inclusion?position=&size=, /consistency?old=&new= ---


class Path(Message, frozen=True):
    """A proof of RFC 9162: sibling hashes from the leaf up."""

    path: tuple[bytes, ...]
    size: int


# --- the store's signing keys: GET /v1/hubs/{hub}/store-keys ---


class StoreKeys(Message, frozen=True):
    """The store's keys (Ed25519), the oldest first, and how each was handed on to the next.

    ``handed_on`` are the store's acts that enrol the next key, each signed by the key before; ``retired``
    those that revoke a key, each signed by the key after. Either links two neighbours, from its own side.
    """

    keys: tuple[bytes, ...]
    handed_on: tuple[Parcel, ...]
    retired: tuple[Parcel, ...]


# --- search: POST /v1/hubs/{hub}/people ---


class PeopleSearch(Message, frozen=True):
    """Facts as typed so far. ``because`` is the open contact that is the reason of the search."""

    standing: Standing
    forenames: str = ""
    surname: str = ""
    aliases: tuple[str, ...] = ()
    birth: PartialDate | None = None
    sex: str = ""
    nhs_number: str = ""
    upn: str = ""
    address: str = ""
    postcode: str = ""
    school: str = ""
    text: str = ""
    """A reference, or anything typed in the search field; used where the facts above are empty."""
    because: str = ""


class Episode(Message, frozen=True):
    """One earlier involvement, as the searcher may see it."""

    on: PartialDate
    what: str
    closed: PartialDate | None = None


class Found(Message, frozen=True):
    """A person who may be the one typed. Of another cohort only the pointer: agency and date, *ask*."""

    key: str
    """``identity:<id>`` or ``referral:<id>#<subject>``."""
    band: str
    score: float
    reasons: tuple[str, ...]
    agency: str
    pointer: bool = False
    name: str = ""
    birth: PartialDate | None = None
    address: str = ""
    episodes: tuple[Episode, ...] = ()
    referral: str | None = None
    reference: str | None = None
    last_on: PartialDate | None = None


class PeopleFound(Message, frozen=True):
    found: tuple[Found, ...]
    took_ms: float


# --- what is due under the retention schedule: POST /v1/hubs/{hub}/due (governance) ---


class DueAsked(Message, frozen=True):
    """Looks on from where an earlier answer ended."""

    standing: Standing
    after: int = 0


class DueRecord(Message, frozen=True):
    """A record that is due: the stream, what people call it, the row of the schedule, since when."""

    target: str
    reference: str
    record: str
    label: str
    on: date
    action: str


class DueFound(Message, frozen=True):
    """The next ones, the oldest first. ``next`` says where to look on; ``None`` where all have been seen."""

    due: tuple[DueRecord, ...]
    next: int | None


# --- who received an entry: POST /v1/hubs/{hub}/recipients (governance) ---


class RecipientsAsked(Message, frozen=True):
    standing: Standing
    entry: str


class Recipient(Message, frozen=True):
    """An audience that was given the entry, since when, and until when where it was taken back."""

    audience: str
    since: datetime
    until: datetime | None = None


class RecipientsFound(Message, frozen=True):
    """In the order of receiving; nothing where there is no such entry."""

    recipients: tuple[Recipient, ...]


# --- what the trail of accesses says of somebody: POST /v1/hubs/{hub}/about (governance) ---


class AboutAsked(Message, frozen=True):
    """``person`` is an identity, a referral by its reference or stream (with ``#`` and a subject: that person
    of it), or somebody who works in the hub."""

    standing: Standing
    person: str


class AboutFound(Message, frozen=True):
    """By what the accesses to look for name the person: their streams and what people call these, no content.

    ``member`` is the person id of somebody who works in the hub, ``account_digest`` their account's in failed
    sign-ins.
    """

    streams: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    member: str = ""
    account_digest: str = ""


# --- documents: PUT and GET /v1/hubs/{hub}/chunks/{sha256} (octet-stream, at most CHUNK_BYTES) ------------


def feed_row_bytes(audience: str, epoch: int, n: int, op: str, entry: str, because: int) -> bytes:
    """What a feed's hash chain links: all that a row says, but not the content that it brings.

    In the spelling of ``canonical``, which msgspec has for lists of strings and whole numbers, and is made of
    each row that is ever sent.
    """
    return msgspec.json.encode([audience, epoch, n, op, entry, because])


def sign_in_bytes(account: str, device: str, code: str) -> bytes:
    """What a device's key signs to sign in with: a code is good once, and so is this."""
    return canonical([account, device, code])


def act_digest(signed: SignedAct) -> bytes:
    """SHA-256 over the signed bytes of an act and then its signature."""
    return hashlib.sha256(signed.act + signed.signature).digest()


def leaf_bytes(position: int, admitted_at: datetime, digest: bytes, index: int) -> bytes:
    """What the log's leaf at ``position`` is the hash of: place, time of admission, act and place in it.

    ``digest`` is :func:`act_digest`; the first position is 1 and the leaf's index in the tree one less.
    """
    stamp = int(admitted_at.timestamp() * 1_000_000)
    return b"mash-entry-v1\x00" + b"".join(n.to_bytes(8, "big") for n in (position, stamp, index)) + digest
