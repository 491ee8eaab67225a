"""A researcher answers with the keyboard: what was done is read from the desk again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mash_desktop.desk import ChangeSet, Desk
from mash_desktop.domain.acts import Author
from mash_desktop.domain.codes import AnswerResult
from mash_desktop.domain.fold.gathering import contributions, released, requests
from tests.domain.story import EDUCATION, POLICE, Story
from tests.support.carter_table import CarterStory
from tests.support.desks import desk_of, receive
from tests.ui.accessibility import nameless
from tests.ui.driven import CONTROL, Driven
from ui.keys import keys
from ui.requests import Requests
from ui.theme import Mode, Theme
from ui.widgets.choice import ChoiceField
from ui.widgets.field import Field, TextField
from ui.widgets.tick import TickBox
from ui.work import Worker

STREAM = "referral:0"
Opened = Callable[..., Driven[Requests]]


def asked() -> CarterStory:
    story = CarterStory()
    story.taken().triaged()
    return story.admitted().rated().asked()


@pytest.fixture
def opened(qtbot: QtBot, worker: Worker, tmp_path: Path) -> Iterator[Opened]:
    """Opens the screen of an agency on a desk with these stories."""
    desks: list[Desk] = []

    def make(author: Author, *stories: Story) -> Driven[Requests]:
        desks.append(desk_of(author, tmp_path, *stories))
        return Driven(qtbot, worker, desks[-1], Requests(desks[-1], worker))

    yield make
    qtbot.waitUntil(lambda: worker.waiting == 0)
    for desk in desks:
        desk.cache.close()


def test_the_first_request_is_open_when_the_screen_is(opened: Opened) -> None:
    driven = opened(POLICE, asked())
    assert "A child has an injury that the account does not explain" in driven.words()
    assert "14 Jun 1986 (40) · father" in driven.words()
    assert [face.text for face in driven.screen.chips()] == ["1 to answer"]


def test_every_control_has_a_name_and_no_key_has_two_meanings(opened: Opened) -> None:
    driven = opened(POLICE, asked())
    driven.press("x")
    assert nameless(driven.screen) == []
    assert keys.clashes(driven.window) == []


def test_nothing_held_for_everybody_takes_two_keys(opened: Opened) -> None:
    driven = opened(EDUCATION, asked())
    driven.write("requests.systems.more", "CPOMS")
    driven.screen.list.setFocus()
    driven.press("hh")
    request = requests(driven.desk.referral(STREAM))["r-education"]
    assert request.state == "nothing_held"
    assert request.answers["mia"].body.systems_searched == ("CPOMS",)
    assert driven.screen.chips() == []


def test_without_a_system_nothing_held_asks_for_one_and_keeps_the_request_open(opened: Opened) -> None:
    driven = opened(EDUCATION, asked())
    driven.press("hh")
    assert requests(driven.desk.referral(STREAM))["r-education"].state == "asked"
    more = driven.find("requests.systems.more")
    assert isinstance(more, Field)
    assert more.error.text() == "Name the systems that were searched."
    assert more.line.hasFocus()


def test_acknowledging_is_one_key(opened: Opened) -> None:
    driven = opened(POLICE, asked())
    driven.press("a")
    assert requests(driven.desk.referral(STREAM))["r-police"].acknowledged is not None
    assert "Acknowledged by Sam Iqbal" in driven.words()


def test_a_whole_answer_by_keyboard(opened: Opened) -> None:
    driven = opened(POLICE, asked())
    driven.press("g")  # nothing held about Mia, and on to Tyler
    driven.press("g")
    driven.press("5")
    driven.press("x")  # refuse about Dean; focus goes to the reason
    reason = driven.find("requests.person.dean.reason")
    assert isinstance(reason, ChoiceField)
    assert reason.box.hasFocus()
    for _ in range(5):
        driven.press(Qt.Key.Key_Down)
    assert reason.box.currentText() == "Sharing would prejudice an investigation"
    driven.write("requests.person.dean.text", "A search warrant is to be served this week.")
    driven.write("requests.person.dean.review", "20 Nov 2026")
    driven.write("requests.systems.more", "Niche")
    driven.screen.list.setFocus()
    driven.press("i")
    driven.type("Verbal argument reported by a neighbour.")
    driven.write("requests.item.when", "31 Oct 2026")
    driven.find("requests.item.about.joanne").setFocus()
    driven.press(Qt.Key.Key_Space)
    driven.press("i", CONTROL)
    driven.save()
    referral = driven.desk.referral(STREAM)
    answers = requests(referral)["r-police"].answers
    assert {subject: made.body.result for subject, made in answers.items()} == {
        "mia": AnswerResult.NOTHING_HELD,
        "tyler": AnswerResult.NOTHING_HELD,
        "joanne": AnswerResult.FINDINGS,
        "dean": AnswerResult.REFUSED,
    }
    (out,) = released(referral).values()
    assert (out.body.words, out.body.subjects) == ("Verbal argument reported by a neighbour.", ("joanne",))
    assert out.body.on is not None
    assert out.body.on.display() == "31 Oct 2026"
    assert "4 of 5 answered" in driven.screen.list.rows()[0].state_words


def test_letters_typed_into_a_field_do_nothing_else(opened: Opened) -> None:
    driven = opened(POLICE, asked())
    driven.press("i")
    driven.type("a high fax girl")
    words = driven.find("requests.item.words")
    assert isinstance(words, TextField)
    assert words.value() == "a high fax girl"
    assert requests(driven.desk.referral(STREAM))["r-police"].state == "asked"


def test_a_date_that_is_none_is_refused_where_it_was_written_and_the_words_stay(opened: Opened) -> None:
    driven = opened(POLICE, asked())
    driven.press("i")
    driven.type("Seen at the address.")
    driven.find("requests.item.about.dean").setFocus()
    driven.press(Qt.Key.Key_Space)
    driven.write("requests.item.when", "last week or so")
    driven.press("i", CONTROL)
    when, words = driven.find("requests.item.when"), driven.find("requests.item.words")
    assert isinstance(when, Field)
    assert isinstance(words, TextField)
    assert "does not read as a date" in when.error.text()
    assert words.value() == "Seen at the address."


def test_an_item_with_conditions_cannot_be_released_as_it_is(opened: Opened) -> None:
    driven = opened(POLICE, asked())
    driven.press("i")
    driven.type("An informant places Dean at the address.")
    driven.find("requests.item.about.dean").setFocus()
    driven.press(Qt.Key.Key_Space)
    for field, letter in (("source", "1"), ("grade", "B"), ("handling", "C")):
        choice = driven.find(f"requests.item.{field}")
        assert isinstance(choice, ChoiceField)
        choice.setFocus()
        driven.type(letter)
    assert not driven.find("requests.item.release.as-it-is").isEnabled()
    driven.write("requests.item.wording", "An informant places Dean at the address.")
    driven.press("i", CONTROL)
    wording = driven.find("requests.item.wording")
    assert isinstance(wording, TextField)
    assert "only in wording released for it" in wording.error.text()
    wording.set_value("")
    driven.write("requests.item.wording", "Dean is believed to stay there.")
    driven.write("requests.systems.more", "Niche")
    driven.save()
    (out,) = released(driven.desk.referral(STREAM)).values()
    assert out.body.words == "Dean is believed to stay there."


def test_a_health_trust_is_not_asked_to_grade_intelligence(opened: Opened) -> None:
    driven = opened(EDUCATION, asked())
    assert not driven.screen.findChildren(ChoiceField, "requests.item.handling")


def test_what_was_typed_is_there_again_after_the_screen_was_closed(
    opened: Opened, qtbot: QtBot, worker: Worker
) -> None:
    driven = opened(POLICE, asked())
    driven.press("i")
    driven.type("Half a sentence about")
    driven.window.hide()
    driven.settle()
    again = Driven(qtbot, worker, driven.desk, Requests(driven.desk, worker))
    words = again.find("requests.item.words")
    assert isinstance(words, TextField)
    assert words.value() == "Half a sentence about"


def test_a_release_is_taken_back_and_made_again_in_other_words(opened: Opened) -> None:
    story = asked()
    story.brings(POLICE, "r-police", ("joanne",), "Three incidents since June.", "2 Jun 2026")
    driven = opened(POLICE, story)
    driven.find("requests.items").setFocus()
    driven.press("t")
    driven.type("About another Joanne Carter.")
    driven.press("s", CONTROL)
    assert released(driven.desk.referral(STREAM)) == {}
    driven.press("w")
    driven.type("Two incidents since June.")
    driven.press("s", CONTROL)
    (out,) = released(driven.desk.referral(STREAM)).values()
    assert out.body.words == "Two incidents since June."


def test_use_beyond_the_table_is_agreed_to_with_one_tick_where_an_item_is_released(opened: Opened) -> None:
    driven = opened(POLICE, asked())
    driven.press("i")
    driven.type("Three incidents since June.")
    for name in ("about.joanne", "onward"):
        driven.find(f"requests.item.{name}").setFocus()
        driven.press(Qt.Key.Key_Space)
    driven.press("i", CONTROL)
    onward = driven.find("requests.item.onward")
    assert isinstance(onward, TickBox)
    assert not onward.isChecked(), "the next item is agreed to by itself"
    driven.write("requests.systems.more", "Niche")
    driven.save()
    (out,) = released(driven.desk.referral(STREAM)).values()
    assert out.body.onward


def test_an_item_released_again_shows_what_was_agreed_and_agrees_to_what_is_ticked(opened: Opened) -> None:
    story = asked()
    story.brings(POLICE, "r-police", ("joanne",), "Three incidents since June.", "2 Jun 2026")
    driven = opened(POLICE, story)
    (onward,) = driven.screen.findChildren(TickBox, "requests.items.onward")
    driven.find("requests.items").setFocus()
    assert not onward.isVisible(), "nothing is about to be released"
    driven.press("t")
    assert not onward.isVisible(), "nor taken back with it"
    driven.press(Qt.Key.Key_Escape)
    driven.press("w")
    driven.type("Two incidents since June.")
    onward.setFocus()
    driven.press(Qt.Key.Key_Space)
    driven.desk.tell(ChangeSet(frozenset({STREAM})))
    driven.settle()
    assert onward.isChecked(), "what comes meanwhile takes no tick away"
    driven.press("s", CONTROL)
    (out,) = released(driven.desk.referral(STREAM)).values()
    assert (out.body.words, out.body.onward) == ("Two incidents since June.", True)
    assert onward.isChecked()


def test_nothing_held_is_refused_while_something_else_is_typed(opened: Opened) -> None:
    driven = opened(EDUCATION, asked())
    driven.write("requests.systems.more", "CPOMS")
    driven.write("requests.item.words", "Bruise seen in PE.")
    driven.screen.list.setFocus()
    driven.press("hh")
    page = driven.screen.answer
    assert page is not None
    assert page.fault.text().startswith("What you have typed says that something is held")
    assert page.item.words.value() == "Bruise seen in PE."
    assert requests(driven.desk.referral(STREAM))["r-education"].state == "asked"


def test_taking_back_without_a_reason_says_so(opened: Opened) -> None:
    story = asked()
    story.brings(POLICE, "r-police", ("joanne",), "Three incidents since June.", "2 Jun 2026")
    driven = opened(POLICE, story)
    driven.find("requests.items").setFocus()
    driven.press("t")
    driven.press("s", CONTROL)
    words = driven.find("requests.items.words")
    assert isinstance(words, TextField)
    assert words.error.text() == "Write why it is taken back."
    assert len(released(driven.desk.referral(STREAM))) == 1


def test_an_item_not_sent_can_be_removed(opened: Opened) -> None:
    driven = opened(POLICE, asked())
    driven.press("i")
    driven.type("Not this one.")
    driven.find("requests.item.about.dean").setFocus()
    driven.press(Qt.Key.Key_Space)
    driven.press("i", CONTROL)
    driven.find("requests.items").setFocus()
    driven.press(Qt.Key.Key_Delete)
    driven.write("requests.systems.more", "Niche")
    driven.save()
    assert contributions(driven.desk.referral(STREAM)) == {}


def test_a_new_request_appears_by_itself_and_leaves_what_is_typed_alone(opened: Opened) -> None:
    story = asked()
    driven = opened(POLICE, story)
    driven.press("i")
    driven.type("Half a sen")
    further = Story("referral:1", first=1000).taken().triaged().admitted().rated().asked()
    receive(driven.desk.cache, POLICE, further)
    driven.desk.tell(ChangeSet(frozenset({"referral:1"})))
    driven.settle()
    assert len(driven.screen.list.rows()) == 2
    driven.type("tence")
    words = driven.find("requests.item.words")
    assert isinstance(words, TextField)
    assert words.value() == "Half a sentence"


def test_a_late_request_says_by_how_much_in_words(opened: Opened) -> None:
    story = asked()
    story.now += timedelta(hours=3)
    driven = opened(POLICE, story)
    assert [face.text for face in driven.screen.chips()] == ["1 to answer", "1 late"]
    (row,) = driven.screen.list.rows()
    assert row.left(driven.desk.now()).startswith("late 1 h")


def test_an_agency_with_no_request_is_told_what_this_place_is_for(opened: Opened) -> None:
    driven = opened(POLICE)
    assert "No request waits" in driven.words()


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_nothing_runs_out_of_the_window_at_any_text_size(
    opened: Opened, themed: QApplication, scale: float
) -> None:
    Theme.apply(themed, Mode.LIGHT, scale)
    driven = opened(POLICE, asked())
    driven.press("x")
    page = driven.screen.answer
    assert page is not None
    assert page.minimumSizeHint().width() <= driven.window.width() - 56 * scale
    assert page.width() <= driven.window.width()
