"""A direct line that the hub has not taken within a minute goes by telephone, and that it did is kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from mash_desktop.desk import Desk, drafts, telephone
from mash_desktop.domain.acts import Draft, compose, read
from mash_desktop.domain.entries.contact import NoteAdded
from mash_desktop.domain.entries.hub import HubConfigured
from mash_desktop.domain.entries.triage import ContactTriaged, SubjectLevel
from mash_desktop.domain.errors import Refusal
from tests.domain.story import OPERATOR, START, Story, staffordshire
from tests.support.desks import desk_of

STREAM = "referral:0"


def direct_line(desk: Desk, route: str = "direct-line") -> str:
    levels = tuple(SubjectLevel(one, "child_protection") for one in ("mia", "tyler"))
    triaged = ContactTriaged(
        route=route,
        levels=levels,
        rationale="Bruises on a baby.",
        history_searched=True,
        immediate_danger=True,
    )
    return desk.act(STREAM, triaged)


def later(desk: Desk, seconds: float) -> None:
    now = desk.now() + timedelta(seconds=seconds)
    desk.now = lambda: now


@pytest.fixture
def operator(tmp_path: Path) -> Iterator[Desk]:
    desk = desk_of(OPERATOR, tmp_path, Story().taken())
    yield desk
    desk.cache.close()


def test_nobody_is_told_to_telephone_within_the_minute(operator: Desk) -> None:
    direct_line(operator)
    later(operator, 59)
    assert telephone.unheard(operator) == ()


def test_after_a_minute_it_says_whom_to_ring(operator: Desk) -> None:
    act = direct_line(operator)
    later(operator, 60)
    (rung,) = telephone.unheard(operator)
    assert (rung.act, rung.stream, rung.about) == (act, STREAM, "Carter, Mia + 1")
    assert rung.team == "Child protection duty"
    assert rung.sentence.startswith("Telephone now: Child protection duty, the number that your hub keeps")


def test_where_nothing_is_sent_even_a_young_one_is_told_and_without_a_word_of_the_case(
    operator: Desk,
) -> None:
    assert telephone.outside(telephone.untaken(operator)) == ""
    direct_line(operator)
    told = telephone.outside(telephone.untaken(operator))
    assert told.startswith("A direct line has not reached the hub. Telephone Child protection duty, the")
    assert "Carter" not in told
    assert "ISL-" not in told
    direct_line(operator)
    both = telephone.untaken(operator)
    assert telephone.outside(both).startswith("2 direct lines have not")
    assert telephone.outside(both).count("Child protection duty") == 1, "whom to ring is said once"
    for one in both:
        telephone.record_call(operator, one, "Anna Reid")
    assert telephone.untaken(operator) == (), "somebody was rung"


def test_the_number_is_read_as_people_say_it(operator: Desk) -> None:
    config = staffordshire()
    routes = tuple(
        replace(route, telephone="01785555014", team=None) if route.immediate else route
        for route in config.routes
    )
    parcel = compose(
        "staffordshire",
        OPERATOR,
        [Draft("hub", HubConfigured(config=replace(config, routes=routes)))],
        operator._signing_key,
        START,
    )
    operator.cache.save(parcel)
    direct_line(operator)
    later(operator, 61)
    rung = next(one for one in telephone.unheard(operator) if one.act != read(parcel.signed).id)
    assert rung.sentence == "Telephone now: Staffordshire children's social care, 01785 555014"
    telephone.record_call(operator, rung, "Anna Reid")
    assert "on 01785 555014 at" in operator.referral(STREAM).all(NoteAdded)[-1].body.words


def test_a_refused_one_is_rung_about_too_and_one_on_its_way_or_of_another_route_is_not(
    operator: Desk,
) -> None:
    operator.act(STREAM, NoteAdded(words="Rang the school."))
    act = direct_line(operator)
    operator.tell(operator.cache.refused(act, "moved-on", "Someone was first.", None, None, None))
    other = direct_line(operator, "social-work-gateway")
    later(operator, 61)
    assert [one.act for one in telephone.unheard(operator)] == [act]
    operator.tell(operator.cache.let_go(other))
    operator.tell(operator.cache.let_go(act))
    assert telephone.unheard(operator) == ()


def test_a_clock_that_was_put_back_silences_nothing(operator: Desk) -> None:
    direct_line(operator)
    later(operator, -3600)
    assert len(telephone.unheard(operator)) == 1


def test_the_call_is_recorded_with_who_answered_and_then_it_is_quiet(operator: Desk) -> None:
    direct_line(operator)
    later(operator, 75)
    (rung,) = telephone.unheard(operator)
    with pytest.raises(Refusal) as caught:
        telephone.record_call(operator, rung, "  ")
    assert caught.value.field == "spoke_to"
    telephone.record_call(operator, rung, " Anna Reid ")
    assert telephone.unheard(operator) == ()
    (note,) = operator.referral(STREAM).all(NoteAdded)
    assert note.body.words.startswith("Telephoned Child protection duty at ")
    assert note.body.words.endswith("had not taken the direct line. Spoke to Anna Reid.")


def test_whom_somebody_spoke_to_is_kept_until_it_is_recorded_or_dismissed(operator: Desk) -> None:
    taken, back, still = (direct_line(operator) for _ in range(3))
    rungs = {one.act: one for one in telephone.untaken(operator)}
    for rung in rungs.values():
        drafts.keep(operator, rung.draft, telephone.typed(rung, "Anna R"))
    assert telephone.calls(operator).begun == (), "they are told of as it is"
    operator.tell(operator.cache.admitted(taken, (9000,), operator.now()))
    operator.tell(operator.cache.let_go(back))
    calls = telephone.calls(operator)
    assert [one.act for one in calls.untaken] == [still]
    assert {one.rung.act: one.since for one in calls.begun} == {
        taken: "The hub has it now",
        back: "It waits no longer",
    }
    telephone.record_call(operator, rungs[taken], "Anna Reid")
    assert "Spoke to Anna Reid" in operator.referral(STREAM).all(NoteAdded)[-1].body.words
    telephone.dismiss(operator, rungs[back])
    assert telephone.calls(operator).begun == ()
    drafts.keep(operator, rungs[still].draft, telephone.typed(rungs[still], ""))
    assert drafts.kept(operator, rungs[still].draft) == {}
