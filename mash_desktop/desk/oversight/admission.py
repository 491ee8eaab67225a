"""What the admission and the strategy form start from, and what the law says to what is chosen in them.

These values answer by themselves, without the cache, so that a form can ask at each key.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

import msgspec

from ...domain.codes import AgencyKind, Cohort, DataKind
from ...domain.configuration import HubConfig, LawfulRow, Level
from ...domain.entries.contact import AdultRecorded, SubjectRecorded
from ...domain.entries.triage import TriageOverseen
from ...domain.errors import Refusal
from ...domain.fold.people import full_name, household_name
from ...domain.law import Basis, ScheduleGround
from ...domain.law_rules import GROUNDS_OF
from ...domain.lawfulness import check, offered, prefill
from ..desk import Desk
from ..wording import joined, local
from .contact import LevelGiven, levels_of

USUAL = (DataKind.ORDINARY, DataKind.SPECIAL_CATEGORY)


class ScopeOffer(msgspec.Struct, frozen=True):
    """A person who may be in scope, with the ground and the kinds of data that the form starts from."""

    subject: str
    name: str
    about: str
    """Age and relation, in words."""
    ground: str
    kinds: tuple[DataKind, ...]
    suggested: bool


class Admission(msgspec.Struct, frozen=True):
    """What an admission starts from. ``indicative`` are the operator's levels."""

    stream: str
    reference: str
    who: str
    cohort: Cohort
    agency_kind: AgencyKind
    on: date
    config: HubConfig
    ladder: tuple[Level, ...]
    thresholds: tuple[str, ...]
    indicative: tuple[LevelGiven, ...]
    route: str
    routes: tuple[tuple[str, str], ...]
    people: tuple[ScopeOffer, ...]
    unwilling: tuple[tuple[str, str, str], ...] = ()
    """Adults who do not consent: subject, name, and why that is overridden as far as it is written."""

    def choices(self) -> tuple[tuple[str, str], ...]:
        """The rungs, as a form offers them."""
        return tuple((level.id, level.label) for level in self.ladder)

    def reached(self, levels: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
        """Thresholds that these levels meet, the highest first."""
        met = [rung for rung in self.ladder if rung.id in self.thresholds and rung.id in levels.values()]
        return tuple((rung.id, rung.label) for rung in sorted(met, key=lambda rung: -rung.rank))

    def offered(self, kinds: Collection[DataKind]) -> LawfulRow:
        """What the agreement offers for these data. Raises ``Refusal``."""
        return offered(self.config, self.cohort, self.agency_kind, kinds, self.on)

    def prefill(self, kinds: Collection[DataKind]) -> Basis:
        """The basis that the agreement proposes. Raises ``Refusal``."""
        return prefill(self.config, self.cohort, self.agency_kind, kinds, self.on)

    def refusal(self, basis: Basis, kinds: Collection[DataKind]) -> Refusal | None:
        """Why the law or the agreement refuses this basis for these data, if it does."""
        try:
            check(self.config, basis, self.cohort, self.agency_kind, kinds, self.on)
        except Refusal as refused:
            return refused
        return None


class StrategyChoices(msgspec.Struct, frozen=True):
    """What a strategy discussion starts from: who may be there, and which kinds must be."""

    stream: str
    who: str
    agencies: tuple[tuple[str, str, AgencyKind], ...]
    required: tuple[tuple[AgencyKind, ...], ...]
    people: tuple[tuple[str, str], ...]
    own: str

    def missing(self, present: Collection[str]) -> str:
        """*Still needed: police; health trust or mental health trust*; nothing once all are there."""
        kinds = {kind for agency, _, kind in self.agencies if agency in present}
        groups = [
            " or ".join(kind.label.lower() for kind in group)
            for group in self.required
            if not kinds & set(group)
        ]
        return f"Still needed: {joined(groups)}" if groups else ""


def grounds_of(offer: LawfulRow, basis: Basis) -> tuple[ScheduleGround, ...]:
    """Grounds that the agreement offers for the paragraph chosen."""
    paragraph = basis.schedule_paragraph
    return tuple(one for one in offer.schedule_grounds if paragraph and one in GROUNDS_OF[paragraph])


def admission(desk: Desk, stream: str) -> Admission | None:
    """What deciding on a contact starts from; ``None`` before it has been triaged or where it is not held."""
    referral, config = desk.referral(stream), desk.config()
    opened, triaged, ladder = referral.opened, referral.triaged, referral.ladder
    mine = desk.who_may(TriageOverseen, referral)
    if opened is None or triaged is None or ladder is None or mine is None:
        return None
    today, cohort = local(desk.now(), config).date(), opened.body.cohort
    return Admission(
        stream=stream,
        reference=referral.reference or "not sent yet",
        who=household_name(referral),
        cohort=cohort,
        agency_kind=config.agency(mine.agency).kind,
        on=desk.today(),
        config=config,
        ladder=ladder.levels,
        thresholds=ladder.thresholds,
        indicative=levels_of(referral, triaged.body.levels),
        route=triaged.body.route,
        routes=tuple((one.id, one.label) for one in config.routes_for(cohort, today)),
        people=tuple(
            _offer(subject, made.body, today)
            for subject, made in sorted(
                referral.subjects.items(), key=lambda item: not item[1].body.of_concern
            )
        ),
        unwilling=tuple(
            (subject, full_name(referral.subjects[subject].body), made.body.override_reason)
            for subject, made in referral.latest(AdultRecorded, "subject").items()
            if subject in referral.of_concern and made.body.consent is False
        ),
    )


def _offer(subject: str, body: SubjectRecorded, today: date) -> ScopeOffer:
    """Each person on their own ground: nobody is in scope for living at an address."""
    ground = body.ground.strip()
    if not ground and body.of_concern:
        ground = "subject of the concern"
    if not ground and body.alleged_to_cause_harm:
        ground = "alleged to cause harm"
    kinds = (*USUAL, DataKind.CRIMINAL_OFFENCE) if body.alleged_to_cause_harm else USUAL
    age = body.birth.say_age(today) if body.birth else ""
    relation = "" if body.relation == "subject" else body.relation
    return ScopeOffer(
        subject,
        full_name(body),
        ", ".join(part for part in (age, relation) if part),
        ground,
        kinds,
        bool(ground),
    )
