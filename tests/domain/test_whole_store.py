"""A store tried by everybody at once: whatever is proposed, what it admits never comes to a forbidden state,
and no part of it that somebody holds says what the whole does not."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from mash_desktop.domain.acts import Author
from mash_desktop.domain.audiences import audiences_of, audiences_within, reach
from mash_desktop.domain.codes import AgencyKind, Cohort
from mash_desktop.domain.configuration import HubTimeline
from mash_desktop.domain.entries import Body, Made
from mash_desktop.domain.entries.gathering import RequestMade
from mash_desktop.domain.entries.outcome import AgenciesTold, OutcomeSent
from mash_desktop.domain.fold import Referral, Stage, fold
from mash_desktop.domain.permissions import TABLE, may, relations
from mash_desktop.domain.roles import Role
from mash_desktop.domain.rules import judge_act
from mash_desktop.domain.verdict import Answer

from .deriving import JOINT, Answers, answers
from .forbidding import forbidden
from .proposing import AGENCIES, AUTHORS, OWNERS, made_by, meddled, sensible
from .refusing import but
from .stories import at
from .story import START, staffordshire

CONFIG = staffordshire()
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


MOVING = {
    "contact.triaged", "triage.overseen", "referral.admitted", "rag.rated", "request.made",
    "request.answered", "request.proceeded_without", "contribution.recorded", "contribution.released",
    "table.opened", "decision.drafted", "decision.signed", "decision.returned", "outcome.sent",
    "outcome.accepted",
}  # fmt: skip
"""Kinds by which a referral gets somewhere."""


class WholeStore(RuleBasedStateMachine):
    """One referral on a store that admits what its judge permits."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.number = 0
        self.timeline = HubTimeline(((1, CONFIG),))
        self.entries: list[Made[Body]] = []
        self.whole: Referral = fold((), self.timeline, whole=True)
        self.past: dict[tuple[str, ...], list[object]] = {}
        """Everything that the whole has ever said, answer by answer."""
        self.furthest = Stage.NONE

    @initialize(cohort=st.sampled_from(Cohort), two=st.booleans())
    def opened(self, cohort: Cohort, two: bool) -> None:
        owner = OWNERS[cohort]
        author = next(one for one in AUTHORS if one.agency == owner and one.role is Role.TRIAGE_OPERATOR)
        told = [made.body for made in at(Stage.CONTACT).entries]
        opening = msgspec.structs.replace(told[0], cohort=cohort, owner=owner)
        for body in (opening, *told[1:4], *(told[4:] if two else ())):
            assert self.proposed(author, body)

    @rule(seed=SEEDS)
    def somebody_does_what_may_come_next(self, seed: int) -> None:
        self._try(Random(seed), guarded=True)

    @rule(seed=SEEDS)
    def somebody_tells_something(self, seed: int) -> None:
        self._try(Random(seed), guarded=False)

    @rule(seed=SEEDS, author=st.sampled_from(AUTHORS), kind=st.sampled_from(sorted(TABLE)))
    def anybody_tries_anything(self, seed: int, author: Author, kind: str) -> None:
        rnd = Random(seed)
        body = meddled(sensible(kind, author, self.whole, CONFIG, rnd), self.whole, rnd)
        base = rnd.choice([None, *(one.id for one in self.entries)]) if rnd.random() < 0.1 else "right"
        self.proposed(author, body, relies_on=self._evidence(rnd), base=base)

    def _try(self, rnd: Random, guarded: bool) -> None:
        """Something that the table permits somebody now, written by one who knows the work."""
        kinds = [one for one in TABLE if (one in MOVING) is guarded]
        rnd.shuffle(kinds)
        where = {agency: relations(self.whole, agency, CONFIG) for agency in AGENCIES}
        for kind in kinds:
            allowed = [one for one in AUTHORS if may(kind, one.role, where[one.agency], self.whole.stage)]
            if allowed:
                author = rnd.choice(allowed)
                body = sensible(kind, author, self.whole, CONFIG, rnd)
                base = (
                    rnd.choice([None, *(one.id for one in self.entries)]) if rnd.random() < 0.1 else "right"
                )
                if self.proposed(author, body, relies_on=self._evidence(rnd), base=base):
                    return

    def _evidence(self, rnd: Random) -> tuple[str, ...]:
        return tuple(
            one.id for one in self.whole.entries if one.kind == "concern.recorded" and rnd.random() < 0.9
        )

    def proposed(
        self, author: Author, body: Body, relies_on: tuple[str, ...] = (), base: str | None = "right"
    ) -> bool:
        """Judged by the store and by the author's own desk; admitted if the store says yes."""
        self.now += timedelta(minutes=7)
        self.number += 1
        rests = relies_on if body.KIND == "decision.drafted" else ()
        entry = made_by(author, body, self.number, self.whole, self.now, relies_on=rests)
        if base != "right":
            entry = msgspec.structs.replace(entry, base=base)
        verdict, after = judge_act(author, (entry,), self.whole, CONFIG, self.now)
        assert verdict.answer is not Answer.UNKNOWN, "the store holds everything"
        here = judge_act(author, (entry,), self.part(author.agency), CONFIG, self.now)[0]
        if here.answer is Answer.NO:
            assert not verdict, f"the desk refuses what the store would admit: {here}"
        if here:
            assert verdict or verdict.code not in LOCAL, f"the desk cannot miss this: {verdict}"
        if verdict:
            entry = msgspec.structs.replace(entry, position=len(self.entries) + 2, admitted_at=self.now)
            self.entries.append(entry)
            self.whole = fold(self.entries, self.timeline, whole=True)
            assert answers(after) | {("reference",): None} == answers(self.whole) | {("reference",): None}
            self.furthest = max(self.furthest, self.whole.stage, key=lambda stage: stage.rank)
            for what, said in answers(self.whole).items():
                if said not in self.past.setdefault(what, []):
                    self.past[what].append(said)
            held = audiences_within(reach(self.whole, CONFIG), entry)
            if author.role not in {Role.ADMINISTRATOR, Role.INFORMATION_GOVERNANCE}:
                assert f"agency:{author.agency}" in held, "who writes it holds it"
        return bool(verdict)

    def part(self, agency: str) -> Referral:
        """What a desk of this agency holds."""
        extent = reach(self.whole, CONFIG)
        mine = audiences_of("somebody", agency, Role.RESEARCHER, None)
        return fold(
            [one for one in self.whole.entries if audiences_within(extent, one) & mine], self.timeline
        )

    def teardown(self) -> None:
        """However the free entries came to be ordered, and whatever is missing."""
        rnd = Random(self.number)
        now = answers(self.whole)
        places = [place for place, one in enumerate(self.entries) if one.guard is None]
        for _ in range(3):
            moved = list(self.entries)
            for place, other in zip(places, rnd.sample(places, len(places)), strict=True):
                moved[place] = but(self.entries[other], position=self.entries[place].position)
            assert answers(fold(moved, self.timeline, whole=True)) == now
            part = fold([one for one in self.entries if rnd.random() < 0.7], self.timeline)
            assert part.stage.rank <= self.furthest.rank
            for what, said in answers(part).items():
                assert what[0] in JOINT or said in self.past[what], (what, said)
            for author in AUTHORS:
                kind = rnd.choice(sorted(TABLE))
                body = meddled(sensible(kind, author, part, CONFIG, rnd), part, rnd)
                judge_act(author, (made_by(author, body, 0, part, self.now),), part, CONFIG, self.now)

    # --- what holds after every step

    @invariant()
    def nothing_forbidden_is_in_the_log(self) -> None:
        assert list(forbidden(self.entries)) == []

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
    def no_part_claims_what_it_cannot_know(self) -> None:
        core = reach(self.whole, CONFIG).core
        now = answers(self.whole)
        for agency in AGENCIES:
            here: Answers = answers(self.part(agency))
            assert self.part(agency).stage.rank <= self.furthest.rank
            for what, said in here.items():
                assert what == ("stage",) or said in self.past.get(what, ()), (agency, what, said)
            if f"agency:{agency}" in core:
                differ = {what for what in now.keys() | here.keys() if now.get(what) != here.get(what)}
                assert {what[0] for what in differ} <= {"contribution", "stage"}, (agency, differ)
                assert self.part(agency).stage is self.whole.stage


WholeStore.TestCase.settings = settings(
    max_examples=20, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
TestWholeStore = WholeStore.TestCase
