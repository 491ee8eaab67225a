"""People of a contact: taken off and put back, and those of a setting, which is no household."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from mash_desktop.desk import Desk, triage
from mash_desktop.desk.triage import history, routing
from mash_desktop.domain.codes import Cohort
from mash_desktop.domain.errors import Refusal
from tests.domain.story import OPERATOR, Story
from tests.support.desks import desk_of
from tests.support.families import KNOWN, known_before

STAFFORDSHIRE = "E10000028"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return desk_of(OPERATOR, tmp_path)


def opened(desk: Desk, cohort: Cohort = Cohort.CHILDREN) -> str:
    return triage.begin(desk, cohort, STAFFORDSHIRE)


def account(words: str = "Mia came in with a bruise; she says she fell.", **fields: Any) -> triage.Account:
    return triage.Account(words=words, **fields)


def test_a_person_added_by_a_slip_is_taken_off_and_put_back(tmp_path: Path) -> None:
    desk = desk_of(OPERATOR, tmp_path)
    known_before(desk)
    stream = opened(desk)
    mia = triage.add_person(desk, stream, "Mia Cartwright 4 Mar 2017 subject")
    triage.leave(desk, stream, triage.Home(line="14 Mill Lane"))
    mother = triage.add_person(desk, stream, "Joanne Carter mother PR")
    triage.leave(desk, stream, triage.Telling(subject=mother, told="yes"))
    form = triage.person(desk, stream, mia)
    triage.leave(desk, stream, msgspec.structs.replace(form, school="St Chad’s Primary"))
    found = history.of_person(desk, stream, form).matches[0]
    history.decide(desk, stream, mia, found, history.SAME)
    for subject, left in ((mother, (mia,)), (mia, (mother,))):
        before = triage.view(desk, stream)
        gone = triage.remove_person(desk, stream, subject)
        after = triage.view(desk, stream)
        assert [row.subject for row in after.rows] == list(left)
        assert after.homes[0].subjects == left
        if subject == mia:
            assert not desk.cache.linked_identities(stream)
        triage.put_back(desk, stream, gone)
        again = triage.view(desk, stream)
        assert set(again.rows) == set(before.rows)
        assert set(again.homes[0].subjects) == {mia, mother}
    assert triage.view(desk, stream).telling.told == "yes"
    assert triage.person(desk, stream, mia).school == "St Chad’s Primary"
    assert desk.cache.identity(KNOWN).linked == {(stream, mia)}


def test_nobody_is_taken_off_a_contact_that_has_left_the_desk(tmp_path: Path) -> None:
    desk = desk_of(OPERATOR, tmp_path, Story("referral:1").taken().triaged())
    with pytest.raises(Refusal) as refused:
        triage.remove_person(desk, "referral:1", "mia")
    assert refused.value.code == "not-permitted"


def test_a_care_home_holds_many_adults_and_no_household(desk: Desk) -> None:
    stream = triage.begin(desk, Cohort.ADULTS, STAFFORDSHIRE, True)
    assert "Where do they live?" not in triage.view(desk, stream).to_ask
    assert "Which setting?" in triage.view(desk, stream).to_ask
    triage.leave(desk, stream, account())
    for line in ("Alma Whitfield 1941 subject resident", "Roy Tams 1938 subject resident", "Jo Ray staff"):
        triage.add_person(desk, stream, line)
    with pytest.raises(Refusal) as refused:
        routing.prepared(desk, stream, triage.view(desk, stream).routes[0].id)
    assert refused.value.sentence == "Name the setting that the concern is about."
    triage.leave(desk, stream, triage.Setting(name="Larch House", provider="Larch Care", postcode="st162lh"))
    shown = triage.view(desk, stream)
    assert (shown.title, shown.setting.postcode, shown.homes) == ("Larch House", "ST16 2LH", ())
    assert len(routing.prepared(desk, stream, shown.routes[0].id).levels) == 2
    assert [row.why for row in shown.rows][-1] == "works in the setting"
    assert all(bond.bond == "" for row in shown.rows for bond in row.bonds)


def test_a_contact_that_turns_out_to_be_about_a_setting_is_taken_up_again_with_all_that_was_told(
    desk: Desk,
) -> None:
    stream = opened(desk, Cohort.ADULTS)
    triage.leave(desk, stream, account())
    alma = triage.add_person(desk, stream, "Alma Whitfield 1941 subject")
    triage.add_person(desk, stream, "Sue Whitfield daughter")
    triage.leave(desk, stream, triage.Telling(subject=alma, told="yes"))
    other = routing.reopen_as(desk, stream, Cohort.ADULTS, STAFFORDSHIRE, True)
    shown = triage.view(desk, other)
    assert shown.organisational
    assert shown.telling.told == "yes"
    assert [bond.bond for bond in shown.rows[0].bonds] == ["parent"]
