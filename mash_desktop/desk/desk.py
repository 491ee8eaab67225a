"""The desk of one person on one profile: who they are, what they hold, and the one way to do a thing.

``act`` is the only write path: it asks the rules, signs, keeps the act and its local effect together, tells
everyone concerned what changed, and wakes the network. Screens add nothing to it; they call the functions of
their own file, which call it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from datetime import UTC, date, datetime
from itertools import dropwhile
from threading import Lock

import msgspec
from uuid6 import uuid7

from sync.protocol import (
    AccountsFound,
    DueAsked,
    DueFound,
    EnrolmentCode,
    NewDevice,
    PeopleFound,
    PeopleSearch,
    Presence,
    RecipientsAsked,
    RecipientsFound,
    Renew,
    Renewed,
    Unlink,
)

from ..cache import Cache, ChangeSet
from ..cache.disposing import ACCESS
from ..domain.acts import Author, Draft, Parcel, Seen, compose, entries_of, read
from ..domain.configuration import HubConfig
from ..domain.entries import KINDS, Body
from ..domain.entries.access import DocumentPrinted, RecordsExported, RecordViewed, SearchMade
from ..domain.errors import Refusal
from ..domain.fold import Directory, Referral, fold, fold_keeping
from ..domain.fold.keeping import PREFIX as KEEPING
from ..domain.permissions import GATES, may, relations
from ..domain.roles import Role
from ..domain.rules import judge_act
from ..domain.rules.keeping import judge_keeping
from ..domain.verdict import Answer, Verdict
from ..proofs.signature import SigningKey
from .company import Company

MOST_ENTRIES = 200
"""Entries that the store takes in one act."""


class Me(msgspec.Struct, frozen=True):
    """Who sits here and what they act as. ``standings`` are all that they may act as."""

    hub: str
    person: str
    name: str
    author: Author
    standings: tuple[Author, ...]

    @property
    def role(self) -> Role:
        return self.author.role

    @property
    def agency(self) -> str:
        return self.author.agency


class Where(msgspec.Struct, frozen=True):
    """The hub's address and its certificate's fingerprint (hex); empty before there was a network."""

    url: str = ""
    fingerprint: str = ""


class Desk:
    """One person's desk. Any thread but the GUI's may call it."""

    def __init__(
        self,
        cache: Cache,
        me: Me,
        signing_key: SigningKey,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        wake: Callable[[], None] = lambda: None,
        prove_passphrase: Callable[[str], None],
        change_passphrase: Callable[[str, str], None] = lambda old, new: None,
    ) -> None:
        self.cache = cache
        self.me = me
        self.now = now
        self.wake = wake
        """Tells the network that something waits to be sent."""
        self.prove_passphrase = prove_passphrase
        """Raises ``Refusal`` unless given the profile's passphrase: asked again before signing a decision."""
        self.change_passphrase = change_passphrase
        """From one to another; raises ``Refusal`` as the vault does."""
        self._signing_key = signing_key
        self._listeners: list[Callable[[ChangeSet], None]] = []
        self._lock = Lock()
        self.seen: Seen | None = None
        """The last verified head; the network keeps it."""
        self.clock_offset_ms = 0
        self.online: Callable[[], bool] = lambda: False
        """Whether the hub is there: for what is done with it and never kept for later."""
        self.store_search: Callable[[PeopleSearch], Future[PeopleFound]] | None = None
        """Asks the store for people, while there is a network; it answers on the network's thread."""
        self.store_due: Callable[[DueAsked], Future[DueFound]] | None = None
        """Asks the store what is due under the retention schedule, while there is a network."""
        self.store_recipients: Callable[[RecipientsAsked], Future[RecipientsFound]] | None = None
        """Asks the store who received an entry, while there is a network."""
        self.store_renew: Callable[[Renew], Future[Renewed]] | None = None
        """Asks the store for new recovery codes, while there is a network."""
        self.store_code: Callable[[NewDevice], Future[EnrolmentCode]] | None = None
        """Asks the store for a new device's one-time code, while there is a network."""
        self.store_accounts: Callable[[], Future[AccountsFound]] | None = None
        """Asks the store who signs in how, while there is a network."""
        self.store_unlink: Callable[[Unlink], Future[EnrolmentCode]] | None = None
        """Has the store let the directory sign somebody in no more, while there is a network."""
        self.where = Where()
        """Where the hub is reached, as whoever sets a computer up types it."""
        self.company = Company()
        """Who else has a referral open, while there is a network."""
        self.at = ""
        """The referral that this person has open."""
        self.say_where: Callable[[str], None] = lambda stream: None
        """Says where this person is to those who may know, while there is a network."""
        self.store_chunk: Callable[[str], Future[bytes]] | None = None
        """Brings a document's chunk from the store, while there is a network."""

    # --- change sets

    def listen(self, listener: Callable[[ChangeSet], None]) -> None:
        """Have every change told to ``listener``, on the thread that made it."""
        with self._lock:
            self._listeners.append(listener)

    def tell(self, change: ChangeSet) -> None:
        if not change:
            return
        with self._lock:
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener(change)

    # --- who is where

    def be_at(self, stream: str) -> None:
        """This person has the referral open: others who may know are told, as long as it lasts."""
        self.at = stream
        self.say_where(stream)

    def leave(self, stream: str) -> None:
        """They have it open no more, unless another has been opened since."""
        if self.at == stream:
            self.be_at("")

    def heard(self, presence: Presence) -> None:
        """Somebody else has come to a referral, is there still, or has left."""
        if self.company.heard(presence):
            self.tell(ChangeSet(present=frozenset({presence.stream})))

    # --- reading

    def directory(self) -> Directory:
        return self.cache.directory()

    def config(self) -> HubConfig:
        """The configuration in force now."""
        return self.cache.timeline().at(None)

    def today(self) -> date:
        """The day it is at the hub."""
        return self.config().day(self.now())

    def referral(self, stream: str) -> Referral:
        return self.cache.referral(stream)

    def before(self, stream: str, act: str) -> Referral:
        """The referral without an act of the outbox and what waits behind that: where it is made again."""
        later = dropwhile(lambda one: one.act != act, self.cache.waiting())
        left_out = {entry.id for one in later for entry in one.entries}
        here = self.referral(stream)
        kept = (entry for entry in here.entries if entry.id not in left_out)
        return fold(kept, here.timeline, whole=here.whole)

    def name(self, person: str) -> str:
        return self.directory().name(person)

    def agency_name(self, agency: str | None) -> str:
        """The short name of an agency; the id where the configuration no longer has it."""
        found = next((one for one in self.config().agencies if one.id == agency), None)
        return found.short_name if found else (agency or "")

    def acting(self, *roles: Role) -> Author | None:
        """The first of this person's standings in one of these roles; ``None`` where they have none."""
        return next((one for one in self.me.standings if one.role in roles), None)

    def sitting(self, roles: Iterable[Role]) -> Author:
        """Whom this person is where these roles work: the first such standing, or else their first."""
        return self.acting(*roles) or self.me.author

    def agencies_as(self, roles: frozenset[Role]) -> frozenset[str]:
        """The agencies for which this person works in one of these roles."""
        return frozenset(one.agency for one in self.me.standings if one.role in roles)

    def who_may(self, kind: type[Body], referral: Referral) -> Author | None:
        """The first of this person's standings that the table lets make that kind here, if one may."""
        config, cohort = self.config(), referral.cohort
        named = None if kind.KIND not in GATES or cohort is None else config.decision_makers(cohort)
        for one in self.me.standings:
            where = relations(referral, one.agency, config)
            if may(kind.KIND, one.role, where, referral.stage) and (named is None or one.role in named):
                return one
        return None

    def may(self, kind: type[Body], referral: Referral) -> bool:
        """Whether the table lets this person make that kind here: for enabling a button."""
        return self.who_may(kind, referral) is not None

    def ask(self, stream: str, bodies: Sequence[Body], relies_on: tuple[str, ...] = ()) -> Verdict:
        """What the rules would say of an act with these bodies on one referral, as known here."""
        return self._author(self._drafts(stream, bodies, relies_on), None)[1]

    # --- writing

    def _drafts(self, stream: str, bodies: Iterable[Body], relies_on: tuple[str, ...] = ()) -> list[Draft]:
        """Drafts on the chains as this desk sees them; bodies of one act follow each other on a chain."""
        chains = dict(self.referral(stream).chains)
        drafts = []
        for body in bodies:
            draft = Draft(
                stream,
                body,
                base=chains.get(body.guard) if body.guard is not None else None,
                relies_on=relies_on if body.KIND == "decision.drafted" else (),
                id=new_id(),
            )
            if body.guard is not None:
                chains[body.guard] = draft.id
            drafts.append(draft)
        return drafts

    def act(
        self,
        stream: str,
        *bodies: Body,
        relies_on: tuple[str, ...] = (),
        forget_drafts: Iterable[str] = (),
        acting: Author | None = None,
    ) -> str:
        """Make one act on one referral and keep it, durable when this returns. Returns the act's id.

        Raises ``Refusal`` with the rule's code, sentence and field where the rules say *no*; what they cannot
        know here is sent, and the store says. It is made in the first of this person's standings in which the
        rules do not say *no*; ``acting`` chooses one.
        """
        return self.save(self._drafts(stream, bodies, relies_on), forget_drafts=forget_drafts, acting=acting)

    def save(
        self,
        drafts: Sequence[Draft],
        *,
        forget_drafts: Iterable[str] = (),
        acting: Author | None = None,
        instead_of: str | None = None,
        resting: Iterable[tuple[str, Parcel]] = (),
        made_at: datetime | None = None,
    ) -> str:
        """As :meth:`act`, for drafts that may touch several streams. ``instead_of`` is an act of the outbox
        that this one takes the place of, ``resting`` what rests on it, signed anew; ``Refusal`` (*act-gone*)
        where one waits no longer."""
        parcel = self.signed(drafts, acting=acting, made_at=made_at, instead_of=instead_of)
        return self.keep(parcel, forget_drafts=forget_drafts, instead_of=instead_of, resting=resting)

    def signed(
        self,
        drafts: Sequence[Draft],
        *,
        acting: Author | None = None,
        made_at: datetime | None = None,
        instead_of: str | None = None,
    ) -> Parcel:
        """The act on these drafts, not yet kept. Raises as :meth:`act`."""
        author, verdict = self._author(drafts, acting, instead_of)
        if verdict.answer is Answer.NO:
            raise Refusal(verdict.code, verdict.sentence, verdict.field)
        return self.sealed(drafts, author, made_at or self.now())

    def sealed(self, drafts: Sequence[Draft], author: Author, made_at: datetime) -> Parcel:
        """The act on these drafts, signed without asking the rules again."""
        return compose(
            self.me.hub,
            author,
            drafts,
            self._signing_key,
            made_at,
            seen=self.seen,
            clock_offset_ms=self.clock_offset_ms,
        )

    def keep(
        self,
        parcel: Parcel,
        *,
        forget_drafts: Iterable[str] = (),
        instead_of: str | None = None,
        resting: Iterable[tuple[str, Parcel]] = (),
    ) -> str:
        """Keep an act that :meth:`signed` made, and have it sent. Returns its id."""
        change = self.cache.save(parcel, forget_drafts=forget_drafts, instead_of=instead_of, resting=resting)
        self.tell(change)
        self.wake()
        return read(parcel.signed).id

    def viewed(self, stream: str, screen: str) -> None:
        """Keep that this person looked at a stream. It is sent with others by :meth:`send_access`."""
        row = self.cache.row(stream)
        reference = (row.reference or "") if row is not None else ""
        self._keep_access(RecordViewed(target=stream, screen=screen, at=self.now(), reference=reference))

    def searched(self, terms: str, found: int, because: str = "") -> None:
        """Keep that this person searched, and for what: the terms go to governance alone."""
        self._keep_access(SearchMade(terms=terms, found=found, at=self.now(), because=because))

    def printed(self, stream: str, profile: str) -> None:
        """Keep that a copy of a paper left this program, on paper or as a file."""
        self._keep_access(DocumentPrinted(target=stream, profile=profile, at=self.now()))

    def exported(self, what: str, count: int) -> None:
        """Keep that this person took so many records out of the program, and what they are."""
        self._keep_access(RecordsExported(what=what, count=count, at=self.now()))

    def _keep_access(self, body: Body) -> None:
        self.cache.put_draft(f"{ACCESS}{body.KIND}/{new_id()}", msgspec.json.encode(body).decode())

    def send_access(self) -> None:
        """Make acts of the accesses kept since the last time, each no larger than the store takes."""
        kept = list(self.cache.drafts(ACCESS).items())
        for start in range(0, len(kept), MOST_ENTRIES):
            some = dict(kept[start : start + MOST_ENTRIES])
            # Accesses belong to the day on which their act was made: one moment says both.
            at = self.now()
            drafts = [
                Draft(f"access:{at:%Y-%m-%d}", msgspec.json.decode(text, type=KINDS[key.split("/")[1]]))
                for key, text in some.items()
            ]
            self.save(drafts, forget_drafts=some, made_at=at)

    def _author(
        self, drafts: Sequence[Draft], acting: Author | None, instead_of: str | None = None
    ) -> tuple[Author, Verdict]:
        """Who makes an act of these drafts, and what the rules say of it.

        Where they say *no* to every standing, that of the one with most right to it: a refusal that tells
        what to write comes before one that tells that this role cannot.
        """
        refused: list[tuple[Author, Verdict]] = []
        for author in (acting,) if acting is not None else self.me.standings:
            verdict = self._judged(drafts, author, instead_of)
            if verdict.answer is not Answer.NO:
                return author, verdict
            refused.append((author, verdict))
        return min(refused, key=lambda one: one[1].code in {"not-permitted", "not-decision-maker"})

    def _judged(self, drafts: Sequence[Draft], who: Author, instead_of: str | None) -> Verdict:
        """The first verdict on any of the drafts that is not *yes*, a *no* before a *cannot be known*."""
        parcel = compose(self.me.hub, who, drafts, self._signing_key, self.now())
        act = read(parcel.signed)
        entries = entries_of(act, {body.entry: body for body in parcel.bodies})
        verdict = Verdict(Answer.YES)
        for stream in dict.fromkeys(entry.stream for entry in entries):
            mine = [entry for entry in entries if entry.stream == stream]
            if stream.startswith("referral:"):
                there = self.before(stream, instead_of) if instead_of else self.referral(stream)
                here, _ = judge_act(who, mine, there, self.config(), self.now())
            elif not all(may(entry.kind, who.role, frozenset(), self.referral("").stage) for entry in mine):
                here = Verdict(Answer.NO, "not-permitted", f"{who.role.label} cannot do this.")
            elif stream.startswith(KEEPING):
                kept = fold_keeping(self.cache.entries(stream))
                judged = (judge_keeping(who, entry, kept, None) for entry in mine)
                here = next((one for one in judged if not one), verdict)
            else:
                here = verdict
            if here.answer is Answer.NO:
                return here
            verdict = verdict if verdict.answer is not Answer.YES else here
        return verdict


def new_id() -> str:
    """A new UUIDv7."""
    return str(uuid7())
