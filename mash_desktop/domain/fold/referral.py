"""The fold of a referral: which entries stand, grouped by kind, and where each chain has come to.

``fold(entries, timeline)`` is pure and total over any subset: it runs in position order, then the outbox.
Free entries never conflict: of two that record the same section the one made later stands, whatever order
they arrive in. Derived answers are properties here or functions in the files beside this.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import TypeVar, cast

from ..codes import Cohort, ContactChannel, Rag, SourceOfContact
from ..configuration import HubConfig, HubTimeline, Ladder
from ..entries import Body, Made, Unread
from ..entries.contact import (
    AddressRecorded,
    ContactCorrected,
    ContactOpened,
    ContactPassed,
    DuplicateNamed,
    OwnershipTransferred,
    SubjectRecorded,
)
from ..entries.decision import (
    DecisionAmended,
    DecisionDrafted,
    DecisionReturned,
    DecisionSigned,
    SubjectDecision,
)
from ..entries.gathering import RequestMade
from ..entries.outcome import EntryWithdrawn, ReferralClosed
from ..entries.table import TableOpened
from ..entries.triage import ContactTriaged, InScope, RagRated, ReferralAdmitted, TriageOverseen
from .sending import Sending, sendings
from .stage import Stage

B = TypeVar("B", bound=Body)


class Referral:
    """One referral as this subset of its entries tells it. Immutable after construction.

    ``whole`` says that the holder has every entry (the store); without it, absence proves nothing.
    """

    def __init__(
        self, stream: str, standing: tuple[Made[Body], ...], timeline: HubTimeline, whole: bool
    ) -> None:
        self.stream = stream
        self.entries = standing
        self.timeline = timeline
        self.whole = whole
        self._by_kind: dict[type[Body], list[Made[Body]]] = {}
        self._by_id: dict[str, Made[Body]] = {}
        self.chains: dict[str, str] = {}
        """The last entry of each guard chain, by chain."""
        for entry in standing:
            self._take(entry)

    def _take(self, entry: Made[Body]) -> None:
        self._by_kind.setdefault(type(entry.body), []).append(entry)
        self._by_id[entry.id] = entry
        if entry.guard is not None:
            self.chains[entry.guard] = entry.id

    def then(self, entry: Made[Body]) -> Referral:
        """The fold with one more entry, at the end of the log."""
        if isinstance(entry.body, EntryWithdrawn) or entry.id in self._by_id:
            return fold([*self.entries, entry], self.timeline, whole=self.whole)
        after = Referral(self.stream or entry.stream, (), self.timeline, self.whole)
        after.entries = (*self.entries, entry)
        after._by_kind = {**self._by_kind, type(entry.body): [*self._by_kind.get(type(entry.body), ())]}
        after._by_id, after.chains = dict(self._by_id), dict(self.chains)
        after._take(entry)
        return after

    def all(self, kind: type[B]) -> tuple[Made[B], ...]:
        """The standing entries of a kind, in order."""
        return cast("tuple[Made[B], ...]", tuple(self._by_kind.get(kind, ())))

    def last(self, kind: type[B]) -> Made[B] | None:
        """The last standing entry of a (guarded) kind."""
        found = self._by_kind.get(kind)
        return cast("Made[B]", found[-1]) if found else None

    def latest(self, kind: type[B], key: str) -> dict[str, Made[B]]:
        """The entries of a free kind that stand, one for each value of the body's field ``key``.

        The one made last stands, whatever the order of arrival; each keeps the place of its first telling.
        """
        found: dict[str, Made[B]] = {}
        for entry in sorted(self.all(kind), key=lambda made: made.made_order):
            found[getattr(entry.body, key)] = entry
        return found

    def told(self, body: Body) -> Made[Body] | None:
        """What stands here of the thing that ``body`` tells: the last of its kind that agrees in its key."""
        key = [getattr(body, field) for field in body.KEY]
        same = (
            made
            for made in self._by_kind.get(type(body), ())
            if key and key == [getattr(made.body, field) for field in body.KEY]
        )
        return max(same, key=lambda made: made.made_order, default=None)

    def get(self, entry_id: str) -> Made[Body] | None:
        return self._by_id.get(entry_id)

    def link(self, kind: type[B], at: Made[Body] | None) -> Made[B] | None:
        """The nearest link of a kind at or before ``at``: found along the chain, so never another one's."""
        while at is not None and not isinstance(at.body, kind):
            before = self.get(at.base or "")
            # Whatever a link names, only what came earlier came before it.
            at = before if before is not None and before.order < at.order else None
        return cast("Made[B] | None", at)

    def config(self, at: Made[Body] | None = None) -> HubConfig:
        """The configuration in force at an entry's position, or now."""
        return self.timeline.at(at.position if at is not None else None)

    @cached_property
    def newer(self) -> tuple[Made[Body], ...]:
        """Entries made by a newer version of the program: kept and shown, not understood."""
        return tuple(e for e in self.entries if isinstance(e.body, Unread) and e.body.why == "newer")

    @property
    def read_only(self) -> bool:
        """An unknown guarded kind makes the referral read-only here."""
        return any(entry.guard is not None for entry in self.newer)

    @cached_property
    def opened(self) -> Made[ContactOpened] | None:
        found = self.all(ContactOpened)
        return found[0] if found else None

    @property
    def reference(self) -> str | None:
        """The reference people use: from the year of receipt and the position of the first entry."""
        if self.opened is None or self.opened.position is None:
            return next((made.body.reference for made in self.all(RequestMade) if made.body.reference), None)
        return f"ISL-{self.opened.body.received_at.year % 100:02d}-{self.opened.position:05d}"

    @property
    def cohort(self) -> Cohort | None:
        """The cohort at entry; an agency that was asked has it from the request."""
        if self.opened is not None:
            return self.opened.body.cohort
        return next((made.body.cohort for made in self.all(RequestMade) if made.body.cohort), None)

    @cached_property
    def ladder(self) -> Ladder | None:
        """The ladder of levels in force when this was received, as configured at entry."""
        if self.opened is None or not self.timeline.versions:
            return None
        config = self.config(self.opened)
        received, ladders = config.day(self.opened.body.received_at), config.ladders
        return next((one for one in ladders if one.cohort is self.cohort and one.holds(received)), None)

    @property
    def local_authority(self) -> str | None:
        """The local authority at entry (GSS)."""
        return self.opened.body.local_authority if self.opened else None

    @cached_property
    def owner(self) -> str | None:
        """The owning agency now."""
        moved = self.last(OwnershipTransferred)
        if moved is not None:
            return moved.body.to
        return self.opened.body.owner if self.opened else None

    @property
    def origin(self) -> str | None:
        """The agency that recorded the contact."""
        return self.opened.agency if self.opened else None

    @cached_property
    def subjects(self) -> dict[str, Made[SubjectRecorded]]:
        """People as told here, by subject id, in the order of their first telling."""
        return self.latest(SubjectRecorded, "subject")

    @cached_property
    def of_concern(self) -> tuple[str, ...]:
        return tuple(s for s, made in self.subjects.items() if made.body.of_concern)

    @cached_property
    def addresses(self) -> tuple[Made[AddressRecorded], ...]:
        return tuple(self.latest(AddressRecorded, "address").values())

    @property
    def triaged(self) -> Made[ContactTriaged] | None:
        return self.last(ContactTriaged)

    @property
    def overseen(self) -> Made[TriageOverseen] | None:
        """The oversight of the triage in force, if it has been given."""
        last = self.last(TriageOverseen)
        if last is None or (self.triaged is not None and last.order < self.triaged.order):
            return None
        return last

    @property
    def admitting(self) -> Made[TriageOverseen] | None:
        """The oversight on which it was admitted."""
        return self.link(TriageOverseen, self.admitted)

    @property
    def route(self) -> str | None:
        """The route in force: the operator's, unless oversight chose another."""
        if self.overseen is not None and self.overseen.body.route is not None:
            return self.overseen.body.route
        return self.triaged.body.route if self.triaged else None

    @property
    def admitted(self) -> Made[ReferralAdmitted] | None:
        return self.last(ReferralAdmitted)

    @property
    def scope(self) -> tuple[InScope, ...]:
        return self.admitted.body.scope if self.admitted else ()

    @property
    def rated(self) -> Made[RagRated] | None:
        return self.last(RagRated)

    @property
    def rag(self) -> Rag | None:
        """The rating in force; an agency that was asked has the one it was last asked under."""
        if self.rated is not None:
            return self.rated.body.rag
        asked = max(self.all(RequestMade), key=lambda made: made.made_order, default=None)
        return asked.body.rag if asked else None

    @property
    def draft(self) -> Made[DecisionDrafted] | None:
        """The draft that waits or was signed: the last, unless it was returned."""
        last = self.last(DecisionDrafted)
        returned = self.last(DecisionReturned)
        if last is None or (returned is not None and returned.order > last.order):
            return None
        return last

    @property
    def returned(self) -> Made[DecisionReturned] | None:
        """The last return for which no new draft has been made."""
        return self.last(DecisionReturned) if self.draft is None else None

    @property
    def signed(self) -> Made[DecisionSigned] | None:
        return self.last(DecisionSigned)

    @cached_property
    def decided(self) -> dict[str, SubjectDecision]:
        """What is signed for each subject, amendments included; a draft does not count."""
        draft = self.get(self.signed.body.draft) if self.signed is not None else None
        if draft is None or not isinstance(draft.body, DecisionDrafted):
            return {}
        amended = (one for made in self.amendments for one in made.body.subjects)
        return {one.subject: one for one in (*draft.body.subjects, *amended)}

    @cached_property
    def for_outcome(self) -> tuple[str, ...]:
        """Whom an outcome is about: people of concern, and whoever else was decided about."""
        return tuple(dict.fromkeys((*self.of_concern, *self.decided)))

    @cached_property
    def sendings(self) -> dict[str, Sending]:
        """Every sending to a receiving team, by id."""
        return sendings(self)

    @cached_property
    def sent(self) -> tuple[Sending, ...]:
        """The sendings that are with a receiving team: those it has not returned."""
        return tuple(one for one in self.sendings.values() if one.open)

    @cached_property
    def with_team(self) -> dict[str, Sending]:
        """The sending with which each subject is at a receiving team."""
        return {subject: one for one in self.sent for subject in one.subjects}

    @cached_property
    def came_back(self) -> tuple[str, ...]:
        """Subjects whom a receiving team returned and who are with no other."""
        back = (subject for one in self.sendings.values() if not one.open for subject in one.subjects)
        return tuple(dict.fromkeys(subject for subject in back if subject not in self.with_team))

    @property
    def closed(self) -> Made[Body] | None:
        for kind in (ReferralClosed, DuplicateNamed, ContactPassed):
            found = self._by_kind.get(kind)
            if found:
                return found[-1]
        return None

    @cached_property
    def stage(self) -> Stage:
        """The furthest stage that these entries show; *accepted* once every team has what it was sent."""
        sent = self.sent[-1].made if self.sent else None
        steps = (
            (Stage.CLOSED, self.closed),
            (Stage.ACCEPTED, None if any(one.waits for one in self.sent) or not self._chain_held else sent),
            (Stage.OUTCOME, sent),
            (Stage.SIGNED, self.signed),
            (Stage.DRAFTED, self.draft),
            (Stage.TABLE, self.last(TableOpened)),
            (Stage.GATHERING, self.last(RequestMade)),
            (Stage.RATED, self.rated),
            (Stage.ADMITTED, self.admitted),
            (Stage.OVERSEEN, self.overseen),
            (Stage.TRIAGED, self.triaged),
            (Stage.CONTACT, self.opened),
        )
        return next((stage for stage, entry in steps if entry is not None), Stage.NONE)

    @property
    def _chain_held(self) -> bool:
        """Every link of the stage chain is here: without that, another sending may be open elsewhere."""
        links = (one for one in self.entries if one.guard == "stage")
        return all(one.base is None or one.base in self._by_id for one in links)

    @property
    def amendments(self) -> tuple[Made[DecisionAmended], ...]:
        return self.all(DecisionAmended)

    @cached_property
    def arrival(self) -> ContactOpened | ContactCorrected | None:
        """How the contact came, by the last word on it; cohort and authority are those of the first."""
        corrected = max(self.all(ContactCorrected), key=lambda made: made.made_order, default=None)
        arrival = corrected or self.opened
        return arrival.body if arrival else None

    @property
    def received_at(self) -> datetime | None:
        return self.arrival.received_at if self.arrival else None

    @property
    def source(self) -> SourceOfContact | None:
        return self.arrival.source if self.arrival else None

    @property
    def channel(self) -> ContactChannel | None:
        return self.arrival.channel if self.arrival else None

    @property
    def area(self) -> str | None:
        """The district (GSS), where it is known."""
        return self.arrival.area if self.arrival else None


def standing(entries: Iterable[Made[Body]]) -> tuple[Made[Body], ...]:
    """Each entry once, in position order and then the outbox, without those withdrawn as misfiled."""
    unique: dict[str, Made[Body]] = {}
    for entry in sorted(entries, key=lambda made: made.order):
        unique.setdefault(entry.id, entry)
    withdrawn = {e.body.entry for e in unique.values() if isinstance(e.body, EntryWithdrawn)}
    return tuple(entry for entry in unique.values() if entry.id not in withdrawn)


def fold(entries: Iterable[Made[Body]], timeline: HubTimeline, *, whole: bool = False) -> Referral:
    """Fold the entries of one referral's stream. Never raises for what the entries say or lack."""
    kept = standing(entries)
    return Referral(kept[0].stream if kept else "", kept, timeline, whole)
