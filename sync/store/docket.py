"""The acts of one push, judged in turn on the streams as the ones before would leave them.

Pure in effect: nothing is written, and a refused act leaves no trace. What is to be written comes out as
states and ``Change`` rows, in terms of entry ids; positions are given by ``writing`` under the head's lock.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime

import msgspec

from mash_desktop.domain.acts import Author
from mash_desktop.domain.audiences import GOVERNANCE, access_audiences, audiences_of
from mash_desktop.domain.entries import Body, Made, Unread
from mash_desktop.domain.entries.access import GlassBroken, GlassMended
from mash_desktop.domain.entries.contact import AddressRecorded
from mash_desktop.domain.entries.keeping import DisposalAgreed
from mash_desktop.domain.entries.outcome import EntryWithdrawn
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.fold import (
    Directory,
    Identity,
    Referral,
    fold,
    fold_hub,
    fold_identity,
    fold_keeping,
)
from mash_desktop.domain.fold.keeping import PREFIX
from mash_desktop.domain.retention import due_of_day, due_of_referral
from mash_desktop.domain.roles import Role
from mash_desktop.domain.rules import Situation, judge
from mash_desktop.domain.rules.keeping import Target
from mash_desktop.domain.rules.situation import EVIDENCE_GONE
from mash_desktop.domain.verdict import Verdict, no

from . import families, holding
from .examining import STORE, Candidate, family_of
from .streams import HUB_STREAM, Held

_LATE = 2**62
"""After every position that a log will have."""


class Change(msgspec.Struct, frozen=True):
    """An entry comes to, or leaves, one audience because of another entry."""

    entry: str
    audience: str
    granted: bool
    because: str


class Refused(Exception):
    """An act refused: which entry, and who moved its chain first if somebody did."""

    def __init__(self, verdict: Verdict, entry: str | None = None, moved_by: str | None = None) -> None:
        super().__init__(verdict.code)
        self.verdict = verdict
        self.entry = entry
        self.moved_by = moved_by


Glass = Mapping[str, Mapping[str, str]]
"""Glass that is broken: by the stream opened, the person of each entry that opened it."""


class State(msgspec.Struct, frozen=True):
    """One stream as the acts so far would leave it."""

    stream: str
    entries: tuple[Made[Body], ...]
    audiences: Mapping[str, frozenset[str]]
    referral: Referral | None = None
    identity: Identity | None = None
    extent: holding.Extent | None = None

    @property
    def disposed(self) -> bool:
        """All of it has been disposed of."""
        return bool(self.entries) and all(_is_stub(entry) for entry in self.entries)


class Disposed(msgspec.Struct, frozen=True):
    """A stream of which the keys are to be destroyed: of one entry, or (``None``) of all."""

    stream: str
    entry: str | None


class Docket:
    """Streams locked for one push. ``held`` has every stream touched, linked or needed, and the hub's.

    Days of accesses are not read for this: ``gone`` are those that have been disposed of.
    """

    def __init__(
        self,
        hub: str,
        held: Mapping[str, Held],
        glass: Glass,
        now: datetime,
        gone: Collection[str] = (),
    ) -> None:
        self._hub = hub
        self._now = now
        self._gone = gone
        self.directory: Directory = held[HUB_STREAM].directory
        self.states: dict[str, State] = {}
        for stream, one in held.items():
            self.states[stream] = self._opened(stream, one)
        self._known = {stream for stream, one in self.states.items() if one.identity is not None}
        """The identities among them, which are few beside the referrals of a large push."""
        self.glass = glass
        self.changes: list[Change] = []
        self.touched: set[str] = set()
        self.disposed: tuple[Disposed, ...] = ()

    def _opened(self, stream: str, held: Held) -> State:
        family = family_of(stream)
        return State(
            stream,
            held.entries,
            held.audiences,
            referral=held.referral(self.directory) if family == "referral" else None,
            identity=held.identity if family == "identity" else None,
            extent=held.extent,
        )

    def rule(self, candidate: Candidate) -> None:
        """Judge one act and lay its effect over the streams. Raises :class:`Refused`."""
        states, directory, glass = dict(self.states), self.directory, self.glass
        changes, touched, disposed = len(self.changes), set(self.touched), self.disposed
        try:
            author = self._author(candidate)
            for entry in candidate.entries:
                self._one(author, entry)
        except BaseException:
            self.states, self.directory, self.glass, self.touched = states, directory, glass, touched
            self.disposed = disposed
            del self.changes[changes:]
            raise

    def _author(self, candidate: Candidate) -> Author:
        """The author from the directory: the role must be one held today, the key one not revoked."""
        act, directory = candidate.act, self.directory
        if act.author == STORE and act.role is Role.STORE:
            return Author(STORE, act.agency, Role.STORE, act.key)
        key = directory.keys.get(act.key)
        if key is None or key.revoked is not None:
            raise Refused(
                no(
                    "key-revoked",
                    "This was made under a key that has been revoked since. Do it again to sign it with your "
                    "new key, or let it go.",
                    "key",
                )
            )
        held = standing(directory, act.author, act.agency, act.role, self._now)
        if held is None:
            raise Refused(
                no("role-not-held", "You do not hold that role in that agency now. Choose another.", "role")
            )
        return Author(act.author, held.agency, held.role, act.key, held.team)

    def _one(self, author: Author, entry: Made[Body]) -> None:
        state = self.states[entry.stream] if entry.stream in self.states else State(entry.stream, (), {})
        family = family_of(entry.stream)
        unseen = self._unseen(author, state, entry)
        verdict = self._verdict(family, author, state, entry, unseen)
        if verdict and unseen:
            verdict = EVIDENCE_GONE
        if not verdict:
            moved = None
            if verdict.code == "moved-on" and state.referral is not None and entry.guard is not None:
                moved = state.referral.chains.get(entry.guard)
            raise Refused(verdict, entry.id, moved)
        self.lay(entry)

    def lay(self, entry: Made[Body]) -> None:
        """Add an entry to its stream and work out who holds what then; whether it may be is not asked."""
        state = self.states[entry.stream] if entry.stream in self.states else State(entry.stream, (), {})
        family = family_of(entry.stream)
        entries = (*state.entries, entry)
        self.touched.add(entry.stream)
        if family == "referral":
            timeline = self.directory.timeline
            self._set(state, entries=entries, referral=fold(entries, timeline, whole=True))
            self._hold_referral(entry.stream, entry, whole=isinstance(entry.body, EntryWithdrawn))
            if isinstance(entry.body, (AddressRecorded, EntryWithdrawn)):
                # What is suppressed here is suppressed wherever else the same person is told of.
                for other in self._sharing(entry.stream):
                    self._hold_referral(other, entry)
        elif family == "identity":
            before = state.identity.linked if state.identity else frozenset()
            identity = fold_identity(entries)
            self._known.add(entry.stream)
            self._set(state, entries=entries, identity=identity)
            self._hold_identity(entry.stream, entry)
            for referral in sorted({stream for stream, _ in before | identity.linked}):
                self._hold_referral(referral, entry)
        elif family == HUB_STREAM:
            self._set(state, entries=entries)
            self._give(entry.stream, entry, entry, holding.HUB_HOLDERS)
            # A revocation counts from its position on, so one that has none yet is given a late one.
            self.directory = fold_hub(
                one if one.position is not None else msgspec.structs.replace(one, position=_LATE)
                for one in entries
            )
        elif family == "keeping":
            self._set(state, entries=entries)
            self._decide(entry)
        else:
            self._set(state, entries=entries)
            self._give(entry.stream, entry, entry, access_audiences(entry))
            self._glaze(entry)

    def _glaze(self, entry: Made[Body]) -> None:
        """Glass broken opens its target to one person; mended, it closes it to them."""
        body = entry.body
        if isinstance(body, GlassBroken):
            now = {**self._broken(body.target), entry.id: entry.author}
        elif isinstance(body, GlassMended):
            now = {broken: who for broken, who in self._broken(body.target).items() if broken != body.broken}
        else:
            return
        self.glass = {**self.glass, body.target: now}
        if self.states[body.target].identity is not None:
            self._hold_identity(body.target, entry)
        else:
            self._hold_referral(body.target, entry)

    def _broken(self, stream: str) -> Mapping[str, str]:
        return self.glass.get(stream, {})

    def _glass(self, stream: str) -> frozenset[str]:
        """The audiences of those who have broken the glass of a stream."""
        return frozenset(f"person:{person}" for person in self._broken(stream).values())

    def _set(self, state: State, **changed: object) -> None:
        self.states[state.stream] = msgspec.structs.replace(state, **changed)

    def _unseen(self, author: Author, state: State, entry: Made[Body]) -> frozenset[str]:
        """What the entry rests on that its author may not see in any role, or that is not of its stream."""
        roles = standings(self.directory, author.person, self._now) if entry.relies_on else ()
        mine = frozenset[str]().union(
            *(audiences_of(author.person, one.agency, one.role, one.team) for one in roles)
        )
        held = state.audiences
        return frozenset(one for one in entry.relies_on if not held.get(one, holding.NOBODY) & mine)

    def _verdict(
        self, family: str, author: Author, state: State, entry: Made[Body], unseen: frozenset[str]
    ) -> Verdict:
        now = self._now
        if state.disposed or state.stream in self._gone:
            return no("disposed", "This record has been disposed of. Nothing is added to it.")
        try:
            if family == "referral":
                referral = state.referral or fold((), self.directory.timeline, whole=True)
                config = self.directory.timeline.at(None)
                return judge(Situation(author, referral, config, now, unseen), entry)
            if family == "identity":
                identity = state.identity or Identity(entry.stream)
                if entry.kind.startswith("marker.") and not self._knows(author, state):
                    return no("identity-unknown", "There is no such person that your agency may see.")
                return families.judge_identity(
                    author, entry, identity, self.directory, self._sees(author), now
                )
            if family == "keeping":
                target = self._target(entry.stream.removeprefix(PREFIX))
                return families.judge_kept(author, entry, fold_keeping(state.entries), target, now)
            if family == HUB_STREAM:
                return families.judge_hub(self._hub, author, entry, self.directory, now)
            verdict = families.judge_access(author, entry, self.directory.timeline.at(None), now)
            if verdict and isinstance(entry.body, GlassBroken) and not self._behind_glass(entry.body.target):
                return no("not-found", "There is no such record here.", "target")
            if (
                verdict
                and isinstance(entry.body, GlassMended)
                and self._broken(entry.body.target).get(entry.body.broken) != entry.body.person
            ):
                return no("glass-whole", "What this opened is closed already.", "broken")
            return verdict
        except Refusal as refusal:
            return no(refusal.code, refusal.sentence, refusal.field)

    def _behind_glass(self, stream: str) -> bool:
        """Whether there is a record, and somebody in it who is not restricted."""
        state = self.states.get(stream)
        if state is None or not state.entries:
            return False
        if state.identity is not None:
            return state.identity.restricted_to is None
        if state.referral is None:
            return False
        told = state.referral.subjects.keys()
        return not told or bool(told - self._marks(state.referral).restricted.keys())

    def _marks(self, referral: Referral) -> holding.Marks:
        return holding.marks_on(referral, self._identities(), self._told)

    def _told(self, stream: str) -> Referral | None:
        state = self.states.get(stream)
        return state.referral if state is not None else None

    def _identities(self) -> list[Identity]:
        states = [self.states[stream] for stream in sorted(self._known) if stream in self.states]
        return [state.identity for state in states if state.identity is not None]

    def _sharing(self, stream: str) -> list[str]:
        """Other referrals in which somebody of this one is told of."""
        linked = [
            {referral for referral, _ in one.linked}
            for one in self._identities()
            if any(referral == stream for referral, _ in one.linked)
        ]
        return sorted(set[str]().union(*linked) - {stream})

    def _target(self, stream: str) -> Target:
        """What a disposal is about."""
        state, config = self.states[stream], self.directory.timeline.at(None)
        due, going_on = None, False
        if state.referral is not None:
            due = due_of_referral(state.referral, config)
        elif state.identity is None:
            day = date.fromisoformat(stream.partition(":")[2])
            due, going_on = due_of_day(day, config), day >= self._now.date()
        identity = state.identity
        bound = identity is not None and bool(
            identity.markers or any(not self.states[referral].disposed for referral, _ in identity.linked)
        )
        return Target(state.entries, due, config.day(self._now), state.disposed, bound, going_on)

    def _decide(self, entry: Made[Body]) -> None:
        """What is decided about keeping a record is governance's. That it was disposed of goes to its holders
        too, before what is taken from them, so that a desktop knows what it purges and why."""
        body, governance = entry.body, frozenset({GOVERNANCE})
        if not isinstance(body, DisposalAgreed):
            self._give(entry.stream, entry, entry, governance)
            return
        state = self.states[body.target]
        concerned = [one for one in state.entries if body.entry in (None, one.id)]
        holders = [state.audiences.get(one.id, holding.NOBODY) for one in concerned]
        self._give(entry.stream, entry, entry, governance.union(*holders))
        self.disposed += (Disposed(body.target, body.entry),)
        self.touched.add(body.target)
        ids = {one.id for one in concerned}
        entries = tuple(
            msgspec.structs.replace(one, body=Unread(why="disposed")) if one.id in ids else one
            for one in state.entries
        )
        family = family_of(body.target)
        self._set(
            state,
            entries=entries,
            referral=fold(entries, self.directory.timeline, whole=True) if family == "referral" else None,
            identity=fold_identity(entries) if family == "identity" else None,
        )
        for one, held in zip(concerned, holders, strict=True):
            if body.entry is None:
                self._give(body.target, one, entry, holding.NOBODY)
            else:
                self.changes += [Change(one.id, audience, True, entry.id) for audience in sorted(held)]
        if family == "referral":
            self._hold_referral(body.target, entry, whole=True)
        elif family == "identity":
            self._hold_identity(body.target, entry)

    def _sees(self, author: Author) -> families.Sees:
        mine = audiences_of(author.person, author.agency, author.role, author.team)

        def sees(referral: str, subject: str) -> bool:
            return bool(self._subject_holders(referral, subject) & mine)

        return sees

    def _knows(self, author: Author, state: State) -> bool:
        """Whether the author's agency holds something of this identity, or governance asks."""
        if author.role is Role.INFORMATION_GOVERNANCE:
            return bool(state.entries)
        mine = audiences_of(author.person, author.agency, author.role, author.team)
        return any(held & mine for held in state.audiences.values())

    def _subject_holders(self, referral: str, subject: str) -> frozenset[str]:
        state = self.states.get(referral)
        told = state.referral.subjects.get(subject) if state and state.referral else None
        return state.audiences.get(told.id, holding.NOBODY) if state and told else holding.NOBODY

    def _hold_referral(self, stream: str, because: Made[Body], *, whole: bool = False) -> None:
        """Work out anew who holds a referral's entries; what nothing has changed for is not looked at."""
        state = self.states[stream]
        assert state.referral is not None
        now = holding.extent(
            state.referral,
            self.directory.timeline.at(None),
            self._marks(state.referral),
            self._glass(stream),
        )
        if state.extent == now and not whole:
            fresh = [entry for entry in (because,) if entry.stream == stream]
        else:
            fresh = list(state.entries)
            self._set(state, extent=now)
            # Where nobody gains or loses an entry, an address suppressed still changes what can be found.
            self.touched.add(stream)
        for entry in fresh:
            stands = state.referral.get(entry.id) is not None
            self._give(stream, entry, because, holding.holders(now, entry) if stands else holding.NOBODY)
        for identity in self._identities():
            if any(referral == stream for referral, _ in identity.linked):
                self._hold_identity(identity.stream, because)

    def _hold_identity(self, stream: str, because: Made[Body]) -> None:
        state = self.states[stream]
        assert state.identity is not None
        by_subject = {subject: self._subject_holders(*subject) for subject in state.identity.linked}
        glass = self._glass(stream)
        for entry in state.entries:
            held = holding.identity_holders(state.identity, entry, by_subject, glass)
            self._give(stream, entry, because, held)

    def _give(self, stream: str, entry: Made[Body], because: Made[Body], now: frozenset[str]) -> None:
        state = self.states[stream]
        before = state.audiences.get(entry.id, holding.NOBODY)
        if _is_stub(entry):
            # What a body said decided who held it; without it nobody more may.
            now &= before
        if now == before and entry.id in state.audiences:
            return
        self.touched.add(stream)
        self._set(state, audiences={**state.audiences, entry.id: now})
        for audience in sorted(now - before):
            self.changes.append(Change(entry.id, audience, True, because.id))
        for audience in sorted(before - now):
            self.changes.append(Change(entry.id, audience, False, because.id))


def _is_stub(entry: Made[Body]) -> bool:
    return isinstance(entry.body, Unread) and entry.body.why == "disposed"


class Standing(msgspec.Struct, frozen=True):
    """A role that a person holds today."""

    agency: str
    role: Role
    team: str | None


def standings(directory: Directory, person: str, now: datetime) -> tuple[Standing, ...]:
    """What a person may act as today: memberships that hold, in agencies that are members of the hub."""
    if not directory.configs:
        return ()
    config, found = directory.timeline.at(None), []
    today = config.day(now)
    members = {one.id for one in config.agencies_on(today)}
    for held in directory.roles_of(person):
        if held.holds(today) and held.agency in members:
            found.append(Standing(held.agency, held.role, held.team))
    return tuple(found)


def standing(directory: Directory, person: str, agency: str, role: Role, now: datetime) -> Standing | None:
    return next((s for s in standings(directory, person, now) if (s.agency, s.role) == (agency, role)), None)
