"""A store tried by everybody at once: whatever is proposed, what it admits never comes to a forbidden state,
and no part of it that somebody holds says what the whole does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from mash_desktop.domain.acts import Author
from mash_desktop.domain.audiences import GOVERNANCE, audiences_of, audiences_within, reach
from mash_desktop.domain.codes import AgencyKind
from mash_desktop.domain.configuration import HubTimeline
from mash_desktop.domain.entries import Body, Made
from mash_desktop.domain.entries.contact import (
    AddressRecorded,
    ConcernRecorded,
    RelationshipRecorded,
    SubjectRecorded,
)
from mash_desktop.domain.entries.gathering import RequestMade, RequestWithdrawn
from mash_desktop.domain.entries.outcome import (
    AgenciesTold,
    EscalationRaised,
    EscalationResolved,
    OutcomeAccepted,
    OutcomeSent,
)
from mash_desktop.domain.entries.table import TableOpened
from mash_desktop.domain.fold import Referral, Stage, fold
from mash_desktop.domain.permissions import TABLE, may, relations
from mash_desktop.domain.roles import Role
from mash_desktop.domain.rules import Situation, judge, judge_act
from mash_desktop.domain.verdict import Answer

from .deriving import JOINT, Answers, answers
from .forbidding import forbidden
from .proposing import AGENCIES, AUTHORS, made_by, meddled, sensible
from .refusing import but
from .stories import abuse, adult, siblings
from .story import GATEWAY, START, Story, staffordshire, whole_story

pytestmark = pytest.mark.unmeasured

CONFIG = staffordshire()
TIMELINE = HubTimeline(((1, CONFIG),))
SEEDS = st.integers(0, 2**32)
LOCAL = {
    "field-empty", "kind-unknown", "guard-wrong", "stream-wrong", "level-twice", "decision-empty",
    "decision-unknown", "document-type", "document-size", "not-told-why", "nobody-named",
    "part-unknown", "refusal-why", "refusal-review", "systems-not-named", "tool-not-in-use",
    "unknown-agency", "agency-not-member", "related-to-self", "scope-empty", "scope-twice",
    "unknown-route",
}  # fmt: skip
"""Refusals that look at nothing but what is proposed: any desk can tell them."""
SHOWN_BY = {
    Stage.CONTACT: "contact.opened", Stage.TRIAGED: "contact.triaged", Stage.OVERSEEN: "triage.overseen",
    Stage.ADMITTED: "referral.admitted", Stage.RATED: "rag.rated", Stage.GATHERING: "request.made",
    Stage.TABLE: "table.opened", Stage.DRAFTED: "decision.drafted", Stage.SIGNED: "decision.signed",
    Stage.OUTCOME: "outcome.sent", Stage.ACCEPTED: "outcome.accepted",
}  # fmt: skip


def parted() -> Story:
    """Siblings sent to two teams, of which one has answered."""
    story, mia, _ = siblings()
    story.tell(GATEWAY, OutcomeAccepted(sent=mia))
    return story


STORIES = (whole_story, adult, abuse, parted)
FIRST_LINES = 4
"""The contact opened, and told of whom: with less, nobody has anything to go on."""
A_WHILE = 80
MOVING = (
    "concern.recorded", "contact.triaged", "triage.overseen", "referral.admitted", "rag.rated",
    "request.made",
    "request.answered", "request.proceeded_without", "contribution.recorded", "contribution.released",
    "table.opened", "decision.drafted", "decision.signed", "decision.returned", "decision.amended",
    "feedback.given", "outcome.sent", "outcome.accepted", "outcome.returned", "referral.closed",
)  # fmt: skip
"""Kinds by which a referral gets somewhere, or what it rests on changes."""
FOR_THE_TABLE = {
    "table.opened", "attendance.recorded", "view.recorded", "analysis.recorded", "action.recorded",
    "action.completed", "contribution.released",
}  # fmt: skip
TOLD = tuple(sorted(TABLE.keys() - set(MOVING)))


@cache
def _entries(story: Callable[[], Story]) -> list[Made[Body]]:
    return story().entries


def begun(story: Callable[[], Story], percent: int) -> list[Made[Body]]:
    """A story as it was told up to somewhere."""
    entries = _entries(story)
    return entries[: max(FIRST_LINES, percent * len(entries) // 100)]


def proposal(
    kind: str, author: Author, whole: Referral, number: int, now: datetime, rnd: Random
) -> Made[Body]:
    """Something of a kind that fits where a referral stands, or nearly."""
    body = sensible(kind, author, whole, CONFIG, rnd)
    if rnd.random() < 0.3:
        body = meddled(body, whole, rnd)
    told = whole.latest(ConcernRecorded, "account").values() if kind == "decision.drafted" else ()
    evidence = tuple(one.id for one in told if rnd.random() < 0.95)
    entry = made_by(author, body, number, whole, now, relies_on=evidence)
    if rnd.random() < 0.1:
        return but(entry, base=rnd.choice([None, *(one.id for one in whole.entries)]))
    return entry


def proposals(
    whole: Referral, kinds: Sequence[str], number: int, now: datetime, rnd: Random
) -> Iterator[tuple[Author, Made[Body]]]:
    """What somebody might do now of these kinds whom the table lets, kind by kind in any order."""
    where = {agency: relations(whole, agency, CONFIG) for agency in AGENCIES}
    for kind in rnd.sample(kinds, len(kinds)):
        allowed = [one for one in AUTHORS if may(kind, one.role, where[one.agency], whole.stage)]
        if allowed:
            author = rnd.choice(allowed)
            yield author, proposal(kind, author, whole, number, now, rnd)


@settings(max_examples=100, phases=set(Phase) - {Phase.shrink})  # a seed has no smaller form
@given(percent=st.integers(0, 100), seed=SEEDS)
@pytest.mark.parametrize("story", STORIES)
def test_nothing_forbidden_is_admitted_whoever_tries_it_wherever_things_stand(
    story: Callable[[], Story], percent: int, seed: int
) -> None:
    rnd, log = Random(seed), begun(story, percent)
    now, whole = log[-1].made_at, fold(log, TIMELINE, whole=True)
    for number in range(1000, 1000 + A_WHILE):
        now += timedelta(minutes=7)
        kinds = MOVING if rnd.random() < 0.75 else TOLD
        proposed = next(proposals(whole, kinds, number, now, rnd), None)
        if proposed is not None and judge(Situation(proposed[0], whole, CONFIG, now), proposed[1]):
            assert list(forbidden(proposed[1], log)) == [], [one.kind for one in log[-9:]]
            log.append(but(proposed[1], position=len(log) + 2))
            whole = whole.then(log[-1])


class WholeStore(RuleBasedStateMachine):
    """One referral on a store that admits what its judge permits."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.number = 1000
        """Beyond the ids of the stories."""
        self.entries: list[Made[Body]] = []
        self.whole: Referral = fold((), TIMELINE, whole=True)
        self.past: dict[tuple[str, ...], list[object]] = {}
        """Everything that the whole has ever said, answer by answer."""
        self.furthest = Stage.NONE

    @initialize(story=st.sampled_from(STORIES), percent=st.integers(0, 100))
    def told_so_far(self, story: Callable[[], Story], percent: int) -> None:
        for entry in begun(story, percent):
            self.now = entry.made_at
            self._admit(entry)

    @rule(seed=SEEDS)
    def somebody_does_what_may_come_next(self, seed: int) -> None:
        self._try(seed, MOVING)

    @rule(seed=SEEDS)
    def somebody_tells_something(self, seed: int) -> None:
        self._try(seed, TOLD)

    @rule(seed=SEEDS, author=st.sampled_from(AUTHORS), kind=st.sampled_from(sorted(TABLE)))
    def anybody_tries_anything(self, seed: int, author: Author, kind: str) -> None:
        self._wait()
        self.proposed(author, proposal(kind, author, self.whole, self.number, self.now, Random(seed)))

    def _try(self, seed: int, kinds: Sequence[str]) -> None:
        self._wait()
        for author, entry in proposals(self.whole, kinds, self.number, self.now, Random(seed)):
            if self.proposed(author, entry):
                return

    def _wait(self) -> None:
        self.now += timedelta(minutes=7)
        self.number += 1

    def proposed(self, author: Author, entry: Made[Body]) -> bool:
        """Judged by the store and by the author's own desk; admitted if the store says yes."""
        verdict, after = judge_act(author, (entry,), self.whole, CONFIG, self.now)
        assert verdict.answer is not Answer.UNKNOWN, "the store holds everything"
        here = judge_act(author, (entry,), self.part(author.agency), CONFIG, self.now)[0]
        if here.answer is Answer.NO:
            assert not verdict, f"the desk refuses what the store would admit: {here}"
        if here:
            assert verdict or verdict.code not in LOCAL, f"the desk cannot miss this: {verdict}"
        if verdict:
            self._admit(entry)
            assert answers(after) | {("reference",): None} == answers(self.whole) | {("reference",): None}
            held = audiences_within(reach(self.whole, CONFIG), self.entries[-1])
            if author.role not in {Role.ADMINISTRATOR, Role.INFORMATION_GOVERNANCE}:
                assert f"agency:{author.agency}" in held, "who writes it holds it"
        return bool(verdict)

    def _admit(self, entry: Made[Body]) -> None:
        assert list(forbidden(entry, self.entries)) == [], [one.kind for one in self.entries]
        self.entries.append(but(entry, position=len(self.entries) + 2, admitted_at=self.now))
        self.whole = fold(self.entries, TIMELINE, whole=True)
        self.furthest = max(self.furthest, self.whole.stage, key=lambda stage: stage.rank)
        for what, said in answers(self.whole).items():
            if said not in self.past.setdefault(what, []):
                self.past[what].append(said)

    def part(self, agency: str) -> Referral:
        """What a desk of this agency holds."""
        extent = reach(self.whole, CONFIG)
        mine = audiences_of("somebody", agency, Role.RESEARCHER, None)
        return fold([one for one in self.whole.entries if audiences_within(extent, one) & mine], TIMELINE)

    def teardown(self) -> None:
        """However the free entries came to be ordered, and whatever is missing."""
        rnd = Random(self.number)
        now = answers(self.whole)
        places = [place for place, one in enumerate(self.entries) if one.guard is None]
        for _ in range(3):
            moved = list(self.entries)
            for place, other in zip(places, rnd.sample(places, len(places)), strict=True):
                moved[place] = but(self.entries[other], position=self.entries[place].position)
            assert answers(fold(moved, TIMELINE, whole=True)) == now
            kept = {one.id for one in self.entries if rnd.random() < 0.7}
            part = fold([one for one in self.entries if one.id in kept], TIMELINE)
            assert answers(part) == answers(fold([one for one in moved if one.id in kept], TIMELINE))
            assert part.stage.rank <= self.furthest.rank
            for what, said in answers(part).items():
                assert what[0] in JOINT or said in self.past[what], (what, said)
            for author in AUTHORS:
                kind = rnd.choice(sorted(TABLE))
                body = meddled(sensible(kind, author, part, CONFIG, rnd), part, rnd)
                judge_act(author, (made_by(author, body, 0, part, self.now),), part, CONFIG, self.now)

    # --- what holds after every step

    @invariant()
    def a_stage_is_shown_by_an_entry(self) -> None:
        kinds = {one.kind for one in self.whole.entries}
        shown = SHOWN_BY.get(self.whole.stage)
        assert shown is None or shown in kinds

    @invariant()
    def an_agency_holds_nothing_without_having_to_do_with_it(self) -> None:
        whole, extent = self.whole, reach(self.whole, CONFIG)
        bodies = [one.body for one in self.entries]
        asked = {one.agency for one in bodies if isinstance(one, RequestMade)}
        received = {one.agency for one in bodies if isinstance(one, OutcomeSent)}
        hub = (
            {one.id for one in CONFIG.agencies if one.kind is AgencyKind.HUB}
            if whole.admitted
            else {whole.origin}
        )
        for entry in whole.entries:
            told = entry.body.agencies if isinstance(entry.body, AgenciesTold) else ()
            allowed = {whole.owner, entry.agency, *asked, *received, *hub, *told}
            held = {one for one in audiences_within(extent, entry) if one.startswith("agency:")}
            assert held <= {f"agency:{one}" for one in allowed}, entry.kind

    @invariant()
    def who_is_only_asked_holds_who_it_is_asked_about_and_what_is_for_the_table(self) -> None:
        extent = reach(self.whole, CONFIG)
        sent = {f"agency:{made.body.agency}" for made in self.whole.all(OutcomeSent)}
        near = {*extent.core, *extent.hub_staff, *sent, GOVERNANCE}
        gone = {made.body.request for made in self.whole.all(RequestWithdrawn)}
        for entry in self.whole.entries:
            for audience in audiences_within(extent, entry) - near - {f"agency:{entry.agency}"}:
                asked = [
                    made.body
                    for made in self.whole.all(RequestMade)
                    if f"agency:{made.body.agency}" == audience
                ]
                about = {one for body in asked if body.request not in gone for one in body.subjects}
                assert self._is_for_who_is_asked(entry.body, {body.request for body in asked}, about), entry

    def _is_for_who_is_asked(self, body: Body, requests: set[str], about: set[str]) -> bool:
        match body:
            case SubjectRecorded():
                return body.subject in about
            case RelationshipRecorded():
                return {body.first, body.second} <= about
            case AddressRecorded():
                return bool(about.intersection(body.subjects)) and not body.suppressed
            case AgenciesTold() | EscalationRaised() | EscalationResolved():
                return True
        if body.KIND.startswith("request."):
            return getattr(body, "request", "") in requests
        return body.KIND in FOR_THE_TABLE and self.whole.last(TableOpened) is not None

    @invariant()
    def governance_holds_that_something_was_withdrawn_and_nothing_of_the_case(self) -> None:
        extent = reach(self.whole, CONFIG)
        held = [one for one in self.whole.entries if GOVERNANCE in audiences_within(extent, one)]
        assert {one.kind for one in held} <= {"entry.withdrawn"}
        assert answers(fold(held, TIMELINE)) == {}

    @invariant()
    def no_part_claims_what_it_cannot_know(self) -> None:
        core = reach(self.whole, CONFIG).core
        now = answers(self.whole)
        for agency in AGENCIES:
            here: Answers = answers(self.part(agency))
            assert self.part(agency).stage.rank <= self.furthest.rank
            for what, said in here.items():
                # A household is called by those whom a desk knows of.
                known = what[0] in {"stage", "household"} or said in self.past.get(what, ())
                assert known, (agency, what, said)
            if f"agency:{agency}" in core:
                differ = {what for what in now.keys() | here.keys() if now.get(what) != here.get(what)}
                assert {what[0] for what in differ} <= {"contribution", "stage"}, (agency, differ)
                assert self.part(agency).stage is self.whole.stage


WholeStore.TestCase.settings = settings(
    max_examples=20, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
TestWholeStore = WholeStore.TestCase
