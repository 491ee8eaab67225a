"""Somebody with two appointments acts, and asks, in the one that may: which comes first does not matter."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path

import msgspec
import pytest

from mash_desktop.desk import Desk, hub_board, oversight, requests, search, sign_off
from mash_desktop.desk.places import badges, my_places
from mash_desktop.desk.triage import history
from mash_desktop.domain.acts import Author
from mash_desktop.domain.codes import Rag
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.roles import Role
from sync.protocol import PeopleFound, PeopleSearch
from tests.domain.stories import ADULT_OPERATOR, GOVERNANCE, OUT_OF_HOURS
from tests.domain.story import (
    CONSULTANT,
    KEY,
    MANAGER,
    OPERATOR,
    POLICE,
    WORKER,
    Story,
    staffordshire,
    with_cover,
)
from tests.support.carters import at_sign_off
from tests.support.desks import PASSPHRASE, desk_of, receive

STREAM = "referral:0"


def standing(folder: Path, person: Author, first: Author, second: Author, *stories: Story) -> Desk:
    """The desk of a person who is both: what the one and what the other receive."""
    both = tuple(msgspec.structs.replace(one, person=person.person) for one in (first, second))
    desk = desk_of(both[0], folder, *stories, hub=stories[0].config if stories else None)
    for story in stories:
        receive(desk.cache, both[1], story)
    desk.me = msgspec.structs.replace(desk.me, standings=both)
    return desk


def made_as(desk: Desk) -> Role:
    (act,) = desk.cache.waiting()
    return act.entries[0].role


def test_a_social_worker_who_has_cover_signs_as_that(tmp_path: Path) -> None:
    desk = standing(tmp_path, WORKER, WORKER, CONSULTANT, at_sign_off())
    assert {"oversight", "sign"} <= set(my_places(desk))
    (waits,) = sign_off.waiting(desk)
    found = sign_off.read_decision(desk, waits.stream)
    assert found is not None
    sign_off.sign(desk, found, PASSPHRASE)
    assert made_as(desk) is Role.CONSULTANT_SOCIAL_WORKER


def test_who_drafted_signs_in_neither_standing_and_is_told_why(tmp_path: Path) -> None:
    story = Story().taken().triaged().admitted().rated().asked().answered().tabled().drafted(WORKER)
    desk = standing(tmp_path, WORKER, WORKER, CONSULTANT, story)
    found = sign_off.read_decision(desk, STREAM)
    assert found is not None
    with pytest.raises(Refusal) as refused:
        sign_off.sign(desk, found, PASSPHRASE)
    assert refused.value.code == "own-draft"


def test_a_deputy_for_a_while_rates_as_that(tmp_path: Path) -> None:
    deputy = Author("dan", "mash", Role.DEPUTY_HUB_MANAGER, KEY.key_id)
    desk = standing(tmp_path, WORKER, WORKER, deputy, Story().taken().triaged().admitted())
    case = hub_board.case(desk, STREAM)
    assert case is not None
    assert case.may_rate
    hub_board.rate(desk, STREAM, "red", "He is at home tonight.")
    assert (made_as(desk), desk.referral(STREAM).rag) == (Role.DEPUTY_HUB_MANAGER, Rag.RED)


def test_out_of_hours_staff_find_the_gates_where_the_hub_names_them_and_only_there(tmp_path: Path) -> None:
    day, night = Story().taken().triaged(), Story(config=with_cover(staffordshire())).taken().triaged()
    for named, story in ((False, day), (True, night)):
        folder = tmp_path / str(named)
        folder.mkdir()
        desk = desk_of(OUT_OF_HOURS, folder, story, hub=story.config)
        assert ({"oversight", "sign"} <= set(my_places(desk))) is named
        assert (oversight.admission(desk, STREAM) is not None) is named
        assert [row.stream for row in oversight.read_queue(desk).rows] == [STREAM]


def test_a_manager_who_also_researches_answers_as_their_agency(tmp_path: Path) -> None:
    story = Story().taken().triaged().admitted().rated().asked()
    desk = standing(tmp_path, MANAGER, MANAGER, POLICE, story)
    assert badges(desk).by_place["requests"] == 1
    (row,) = requests.requests_of_agency(desk)
    requests.nothing_held(desk, row.stream, row.id, requests.AnswerDraft(systems=("Niche",)))
    assert made_as(desk) is Role.RESEARCHER


# --- what is asked of the store


def asked(desk: Desk) -> list[PeopleSearch]:
    """What is asked of the store from here on."""
    found: list[PeopleSearch] = []

    def keep(question: PeopleSearch) -> Future[PeopleFound]:
        found.append(question)
        return Future()

    desk.store_search = keep
    return found


def test_people_are_searched_for_in_the_standing_that_may(tmp_path: Path) -> None:
    desk = standing(tmp_path, OPERATOR, GOVERNANCE, OPERATOR)
    questions = asked(desk)
    search.ask_store(desk, "Mia Carter 3 Apr 2017")
    assert [(one.standing.agency, one.standing.role) for one in questions] == [
        ("scc-children", Role.TRIAGE_OPERATOR)
    ]


def test_history_is_asked_for_in_the_standing_that_has_the_contact(tmp_path: Path) -> None:
    desk = standing(tmp_path, OPERATOR, ADULT_OPERATOR, OPERATOR, Story().taken())
    questions = asked(desk)
    history.ask_store(desk, STREAM, history.History("mia", "Mia Carter"))
    assert [(one.standing.agency, one.because) for one in questions] == [("scc-children", STREAM)]
