"""The triage desk by hand: a contact by keyboard alone, nothing lost, history said, live arrival."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from mash_desktop.desk import Desk, triage
from mash_desktop.domain.codes import Cohort, Voice
from mash_desktop.domain.entries.contact import (
    AcknowledgementSent,
    AdviceGiven,
    ConcernRecorded,
    DocumentAttached,
    HistorySearched,
    ReferrerRecorded,
)
from mash_desktop.domain.entries.identity import IdentityLinked
from mash_desktop.domain.fold import Stage
from mash_desktop.domain.partial_date import PartialDate
from sync.protocol import Found, PeopleFound, PeopleSearch
from tests.support.families import BEFORE, KNOWN
from tests.ui.accessibility import nameless
from tests.ui.triage.conftest import ALT, CTRL
from tests.ui.triage.driving import Key, Show, asked, begin, page_of, stream_of, told
from ui.keys import keys
from ui.triage.page import ContactPage
from ui.triage.sections import NOT_KNOWN
from ui.widgets.field import Field


def test_a_whole_contact_is_taken_and_routed_by_keyboard_alone(show: Show, desk: Desk) -> None:
    screen, hands = show()
    page = begin(screen, hands)
    hands.type("Helen Marsh, deputy head")
    hands.tab()
    hands.type("St Chad's Primary")
    hands.tab()
    hands.type("2A")
    hands.tab()
    hands.type("01785 555 0142")
    hands.tab()
    hands.type("y")
    hands.tab()
    hands.type("Mia came in with a bruise, says she fell.")
    hands.press(Key.Key_2, CTRL)
    hands.type(" Mum's partner collects her.")
    hands.tab()
    hands.type("At school until 15:15")
    hands.tab()
    hands.type("Today 15:15")
    hands.tab()
    hands.type("n")
    hands.press(Key.Key_D, ALT)
    hands.tab(2)
    hands.type("N1")
    hands.tab()
    hands.type("Mia Carter 3 Apr 2017 subject")
    hands.press(Key.Key_Return)
    hands.wait(lambda: page.people.line.value() == "")
    hands.type("Joanne Carter 1988 est mother PR")
    hands.press(Key.Key_Return)
    hands.wait(lambda: len(page.people.table.rows()) == 2)
    asked(page, hands)
    hands.press(Key.Key_S, ALT)
    stream = stream_of(desk)
    hands.wait(lambda: len(desk.cache.linked_identities(stream)) == 1)
    hands.press(Key.Key_4, ALT)
    hands.wait(lambda: not page.routing.isHidden())
    hands.type("Second injury this month.")
    hands.press(Key.Key_Return, CTRL)
    hands.wait(lambda: desk.referral(stream).stage is Stage.TRIAGED)
    hands.rest()

    referral = desk.referral(stream)
    caller = referral.all(ReferrerRecorded)[-1].body
    assert (caller.name, caller.capacity, caller.organisation) == (
        "Helen Marsh",
        "deputy head",
        "St Chad's Primary",
    )
    assert (caller.call_back, caller.confidential) == ("01785 555 0142", False)
    concern = triage.view(desk, stream).account
    assert concern.words == "Mia came in with a bruise, says she fell. Mum's partner collects her."
    assert concern.marks == (triage.Mark("Mia came in with a bruise, says she fell.", "seen"),)
    assert (concern.where_now, concern.next_access, concern.primary_need, concern.danger) == (
        "At school until 15:15",
        "Today 15:15",
        "N1",
        "no",
    )
    assert triage.view(desk, stream).arrival.source == "2A"
    triaged = referral.triaged
    assert triaged is not None
    assert triaged.body.history_searched
    assert [level.level for level in triaged.body.levels] == ["child_in_need"]
    assert stream_of(desk) == ""
    assert screen.chips() == []


def test_a_screen_that_is_dropped_in_the_middle_of_a_word_finds_everything_again(
    show: Show, desk: Desk
) -> None:
    screen, hands = show()
    page = told(screen, hands)
    page.account.words.setFocus()
    hands.press(Key.Key_End, CTRL)
    hands.type(" She said Dad h")
    page.people.line.setFocus()
    hands.type("Dean Fos")
    stream = stream_of(desk)
    hands.wait(lambda: bool(desk.cache.draft(f"triage/{stream}/line")))
    hands.rest()
    window = screen.window()
    shiboken6.delete(window)

    screen, hands = show()
    hands.wait(lambda: bool(screen.findChildren(ContactPage)) and screen._keeping.stream == stream)
    page = page_of(screen)
    assert page.account.account().words == "Mia came in with a bruise. She said Dad h"
    assert page.people.line.value() == "Dean Fos"
    hands.wait(lambda: len(page.people.table.rows()) == 1)


def test_a_keystroke_is_kept_within_a_second_and_the_section_leaves_at_a_pause(
    show: Show, desk: Desk
) -> None:
    screen, hands = show()
    page = begin(screen, hands)
    # However long this machine takes over a keystroke, the pause is longer, until it is let end.
    screen._keeping._pause.setInterval(600_000)
    page.account.words.setFocus()
    hands.type("He was seen at the g")
    hands.wait(lambda: bool(stream_of(desk)))
    stream = stream_of(desk)
    hands.wait(lambda: bool(desk.cache.draft(f"triage/{stream}/account")))
    assert desk.referral(stream).all(ConcernRecorded) == ()
    assert screen._keeping._pause.isActive()
    screen._keeping._pause.setInterval(0)
    hands.wait(lambda: bool(desk.referral(stream).all(ConcernRecorded)))
    assert desk.cache.draft(f"triage/{stream}/account") is None


def test_a_blank_contact_leaves_nothing_behind(show: Show, desk: Desk) -> None:
    screen, hands = show()
    begin(screen, hands)
    hands.press(Key.Key_W, CTRL)
    hands.rest()
    assert triage.waiting(desk) == ()


def test_a_refusal_stands_at_its_field_and_keeps_what_was_typed(show: Show, desk: Desk) -> None:
    screen, hands = show()
    page = told(screen, hands)
    incident = page.account.section.inputs["incident_on"]
    assert isinstance(incident, Field)
    incident.setFocus()
    hands.type("the other day")
    hands.wait(lambda: not incident.error.isHidden())
    assert "does not read as a date" in incident.error.text()
    assert incident.value() == "the other day"


def test_a_mark_is_taken_away_by_the_same_key_and_by_deleting_its_pill(show: Show, desk: Desk) -> None:
    screen, hands = show()
    page = begin(screen, hands)
    words = page.account.words
    words.setFocus()
    hands.type("He hit her. She cried.")
    hands.press(Key.Key_1, CTRL)
    assert words.value()[1] == (triage.Mark("She cried.", Voice.FACT.value),)
    hands.press(Key.Key_3, CTRL)
    assert words.value()[1] == (triage.Mark("She cried.", Voice.OPINION.value),)
    hands.press(Key.Key_Backspace)
    assert words.value() == ("He hit her. She cried.", ())
    hands.press(Key.Key_3, CTRL)
    hands.press(Key.Key_3, CTRL)
    assert words.value()[1] == ()
    hands.rest()


def test_a_selected_stretch_is_marked_and_nothing_else(show: Show) -> None:
    screen, hands = show()
    words = begin(screen, hands).account.words
    words.setFocus()
    hands.type("He hit her")
    for _ in range(3):
        hands.press(Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    hands.press(Key.Key_2, CTRL)
    assert words.value() == ("He hit her", (triage.Mark("her", "seen"),))
    hands.rest()


def test_history_appears_while_the_name_is_typed_and_waits_for_the_person_to_be_added(
    show: Show, desk: Desk
) -> None:
    screen, hands = show()
    page = told(screen, hands, "Someone Else 2001 subject")
    page.people.line.setFocus()
    hands.type("Mia Carter 3 Apr 2017")
    hands.wait(lambda: bool(page.side.history and page.side.history.matches))
    found = page.side.history
    assert found is not None
    assert found.matches[0].title == "Mia Louise Carter, 3 Apr 2017"
    assert page.side.findChildren(QWidget, "triage.match.same") == []
    hands.press(Key.Key_Return)
    hands.wait(lambda: len(page.people.table.rows()) == 2)
    page.people.table.select_key(page.people.table.rows()[1].person.subject)
    asked(page, hands)


def test_not_same_and_unsure_are_said_by_key(show: Show, desk: Desk) -> None:
    screen, hands = show()
    page = told(screen, hands)
    asked(page, hands)
    hands.press(Key.Key_S, ALT)
    hands.wait(lambda: bool(page.side.history and len(page.side.history.undecided) == 1))
    asked(page, hands)
    hands.press(Key.Key_X, ALT)
    stream = stream_of(desk)
    hands.wait(lambda: len(desk.cache.identity(KNOWN).not_same) == 1)
    hands.wait(lambda: [row.face.text for row in page.people.table.rows()[:1] if row.face] == ["linked"])
    assert (stream, page.people.subject()) in desk.cache.linked_identities(stream)[0].linked


def test_the_store_answers_beside_the_cache(show: Show, desk: Desk) -> None:
    asked: list[PeopleSearch] = []

    def store(question: PeopleSearch) -> Future[PeopleFound]:
        asked.append(question)
        answer: Future[PeopleFound] = Future()
        found = Found(
            key="identity:far", band="possible", score=6.0, reasons=("same name",), agency="scc-adults",
            pointer=True, last_on=PartialDate(2025),
        )  # fmt: skip
        answer.set_result(PeopleFound(found=(found,), took_ms=8.0))
        return answer

    desk.store_search = store
    screen, hands = show()
    page = told(screen, hands)
    hands.wait(lambda: bool(page.side.history and page.side.history.store_s is not None))
    history = page.side.history
    assert history is not None
    assert history.matches[-1].title == "Adult social care, 2025 · ask"
    assert asked[-1].because == stream_of(desk)
    hands.wait(
        lambda: any(
            made.body.where == "store" for made in desk.referral(stream_of(desk)).all(HistorySearched)
        )
    )


def test_a_direct_line_needs_its_key_twice(show: Show, desk: Desk) -> None:
    screen, hands = show()
    page = told(screen, hands)
    hands.press(Key.Key_0, ALT)
    hands.rest()
    assert page.routing.isHidden()
    hands.press(Key.Key_0, ALT)
    hands.wait(lambda: not page.routing.isHidden())
    assert page.routing.form().levels == {page.people.subject(): "child_protection"}
    hands.press(Key.Key_Return, CTRL)
    hands.wait(lambda: not page.routing.rationale.error.isHidden())
    hands.press(Key.Key_Escape)
    assert page.routing.isHidden()
    hands.rest()
    assert desk.referral(stream_of(desk)).stage is Stage.CONTACT


def test_a_direct_line_is_taken_in_one_breath_with_the_typing(show: Show, desk: Desk) -> None:
    screen, hands = show()
    page = begin(screen, hands)
    page.account.words.setFocus()
    hands.type("He is at the door with a knife.")
    page.people.line.setFocus()
    hands.type("Mia Carter 3 Apr 2017 subject")
    hands.press(Key.Key_0, ALT)
    hands.press(Key.Key_0, ALT)
    hands.wait(lambda: not page.routing.isHidden())
    stream = stream_of(desk)
    assert desk.referral(stream).all(ConcernRecorded)[0].body.words == "He is at the door with a knife."
    assert list(page.routing.form().levels.values()) == ["child_protection"]
    hands.type("Danger now.")
    hands.press(Key.Key_Return, CTRL)
    hands.wait(lambda: desk.referral(stream).stage is Stage.TRIAGED)
    hands.rest()


def test_a_route_that_is_pressed_too_early_goes_to_what_it_needs(show: Show, desk: Desk) -> None:
    screen, hands = show()
    page = begin(screen, hands)
    page.routes.buttons["direct-line"].click()
    hands.wait(lambda: page.account.words.text.hasFocus())
    assert page.account.words.error.text() == "Write what happened before routing."
    hands.type("He is at the door.")
    assert page.account.words.error.isHidden()
    page.routes.buttons["direct-line"].click()
    hands.wait(lambda: page.people.line.line.hasFocus())
    assert page.people.line.error.text() == "Name the person the concern is about."
    assert page.routing.isHidden()
    hands.type("Mia Carter 2017 subject")
    page.routes.buttons["direct-line"].click()
    hands.wait(lambda: not page.routing.isHidden())
    hands.rest()


def test_the_consultants_words_arrive_by_themselves_without_disturbing_the_typing(
    show: Show, desk: Desk
) -> None:
    screen, hands = show()
    page = told(screen, hands)
    stream = stream_of(desk)
    page.account.words.setFocus()
    hands.type(" Half a sent")
    consultant = type(desk)(
        desk.cache, desk.me, desk._signing_key, now=desk.now, prove_passphrase=desk.prove_passphrase
    )
    consultant.listen(desk.tell)
    from tests.domain.story import CONSULTANT  # the same cache, another hand

    consultant.act(stream, AdviceGiven(words="Ask who collects her today."), acting=CONSULTANT)
    hands.wait(lambda: bool(page.contact and page.contact.advice))
    assert page.account.account().words.endswith("Half a sent")
    assert page.account.words.text.hasFocus()
    hands.rest()


def test_two_contacts_are_open_and_one_is_parked(show: Show, desk: Desk) -> None:
    screen, hands = show()
    told(screen, hands)
    first = stream_of(desk)
    page = begin(screen, hands)
    hands.type("Anon")
    hands.wait(lambda: stream_of(desk) not in ("", first))
    hands.wait(lambda: len(screen.chips()) == 2)
    assert screen.chips()[0].text == "Parked: Carter, Mia"
    hands.press(Key.Key_Tab, CTRL)
    hands.wait(lambda: stream_of(desk) == first)
    hands.wait(lambda: page.account.account().words == "Mia came in with a bruise.")


def test_a_contact_that_waits_is_taken_up_with_enter(show: Show, desk: Desk) -> None:
    stream = triage.begin(desk, Cohort.CHILDREN, "E10000028")
    triage.leave(desk, stream, triage.Account(words="Left by the night team."))
    triage.put_down(desk, stream)
    screen, hands = show()
    hands.press(Key.Key_Return)
    hands.wait(lambda: screen._keeping.stream == stream)
    assert page_of(screen).account.account().words == "Left by the night team."
    hands.rest()


def test_another_cohort_shows_its_own_cards_and_routes(show: Show, desk: Desk) -> None:
    screen, hands = show()
    page = told(screen, hands, "Alma Whitfield 1941 subject")
    first = stream_of(desk)
    hands.press(Key.Key_H, ALT)
    hands.type("a")
    hands.wait(lambda: stream_of(desk) not in ("", first))
    hands.wait(lambda: "adult-safeguarding" in page.routes.buttons)
    assert page.adult.isVisible()
    hands.wait(lambda: len(page.people.table.rows()) == 1)
    assert desk.referral(first).stage is Stage.CLOSED


def test_dash_is_answered_by_letters_and_judgement_raises_it(show: Show, desk: Desk) -> None:
    stream = triage.begin(desk, Cohort.DOMESTIC_ABUSE, "E10000028")
    triage.add_person(desk, stream, "Kim Doyle 1994 victim")
    screen, hands = show()
    page = page_of(screen)
    hands.wait(lambda: page.assessment.isVisible())
    page.assessment._questions["1"].answer.setFocus()
    for letter in "yynk":
        hands.type(letter)
    assert page.assessment.form().answers == {"1": "yes", "2": "yes", "3": "no", "4": "dont_know"}
    assert page.assessment.result.face.text == "2 yes · 4 of 27 asked"
    judgement = page.assessment.section.inputs["judgement"]
    assert isinstance(judgement, QAbstractButton)
    judgement.click()
    hands.wait(lambda: "professional judgement" in page.assessment.result.face.text)
    reason = page.assessment.section.inputs["judgement_reason"]
    assert isinstance(reason, QWidget)
    reason.setFocus()
    hands.type("He found her.")
    hands.wait(lambda: triage.view(desk, stream).assessed.judgement)
    hands.rest()


def test_a_corrected_authority_leaves_the_answers_of_the_tool_on_the_glass(show: Show, desk: Desk) -> None:
    first = triage.begin(desk, Cohort.DOMESTIC_ABUSE, "E10000028")
    triage.add_person(desk, first, "Kim Doyle 1994 victim")
    triage.leave(desk, first, triage.Assessed(tool="dash-2009", answers={"1": "yes"}))
    screen, hands = show()
    page = page_of(screen)
    hands.wait(lambda: page.assessment.form().answers == {"1": "yes"})
    page.assessment._questions["2"].answer.setFocus()
    hands.type("y")
    page.caller.fold(False)
    page.caller.authority.set_value(NOT_KNOWN[0])
    page.cohort_chosen.emit()
    hands.wait(lambda: stream_of(desk) not in ("", first))
    hands.wait(lambda: triage.view(desk, stream_of(desk)).assessed.answers == {"1": "yes", "2": "yes"})
    assert page.assessment.form().answers == {"1": "yes", "2": "yes"}
    hands.rest()


def test_an_acknowledgement_is_recorded_from_the_keyboard(show: Show, desk: Desk) -> None:
    screen, hands = show()
    told(screen, hands)
    hands.press(Key.Key_K, ALT)
    hands.type("During the call")
    hands.press(Key.Key_Return, CTRL)
    stream = stream_of(desk)
    hands.wait(lambda: bool(desk.referral(stream).all(AcknowledgementSent)))
    hands.rest()


def test_every_control_has_a_name(show: Show, desk: Desk) -> None:
    screen, hands = show()
    assert nameless(screen) == []
    page = told(screen, hands)
    for cohort in Cohort:
        page.show_cohort(cohort)
        assert nameless(screen) == []
    assert keys.clashes(screen.window()) == []
    hands.rest()


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_it_fits_without_scrolling_sideways(show: Show, scale: float, themed: QApplication) -> None:
    from ui.theme import Mode, Theme

    screen, hands = show()
    page = told(screen, hands)
    Theme.apply(themed, Mode.LIGHT, scale)
    hands.rest()
    for card in (page.caller, page.account, page.people, page.telling):
        right = card.mapTo(page, card.rect().topRight()).x()
        assert right <= page.width()


def test_linking_entries_name_the_earlier_record(show: Show, desk: Desk) -> None:
    screen, hands = show()
    page = told(screen, hands)
    asked(page, hands)
    hands.press(Key.Key_S, ALT)
    stream = stream_of(desk)
    hands.wait(lambda: len(desk.cache.linked_identities(stream)) == 1)
    (identity,) = desk.cache.linked_identities(stream)
    bodies = [made.body for made in desk.cache.entries(identity.stream)]
    assert [b.referral for b in bodies if isinstance(b, IdentityLinked)] == [BEFORE, stream]
    hands.rest()


def test_what_is_typed_in_a_contact_that_is_refused_survives_a_crash(show: Show, desk: Desk) -> None:
    screen, hands = show()
    page = begin(screen, hands)
    page.caller.authority.set_value("E06000021")
    page.account.words.setFocus()
    hands.type("Left alone since Friday.")
    hands.wait(lambda: page.caller.authority.error.isVisible())
    hands.type(" The neighbour has a key.")
    hands.wait(lambda: "neighbour" in desk.cache.drafts("triage//").get("triage//account", ""))

    again, hands = show()
    page = page_of(again)
    hands.wait(lambda: page.account.account().words.startswith("Left alone"))
    assert page.account.account().words == "Left alone since Friday. The neighbour has a key."
    assert page.caller.authority.value() == "E06000021"
    page.caller.authority.set_value("E10000028")
    page.caller.authority.changed.emit()
    hands.wait(lambda: stream_of(desk) != "")
    stream = stream_of(desk)
    hands.wait(lambda: bool(desk.referral(stream).all(ConcernRecorded)))
    assert desk.referral(stream).all(ConcernRecorded)[0].body.words.endswith("has a key.")
    hands.wait(lambda: not desk.cache.drafts("triage//"))
    hands.rest()


def test_a_route_asked_of_a_contact_that_is_refused_is_not_taken_when_one_opens(
    show: Show, desk: Desk
) -> None:
    screen, hands = show()
    page = begin(screen, hands)
    page.caller.authority.set_value("E06000021")
    page.account.words.setFocus()
    hands.type("Left alone.")
    page.people.line.setFocus()
    hands.type("Mia Carter 2017 subject")
    page.routes.buttons["direct-line"].click()
    hands.wait(lambda: page.caller.authority.error.isVisible())
    hands.rest()
    page.caller.authority.set_value("E10000028")
    page.caller.authority.changed.emit()
    hands.wait(lambda: bool(screen._keeping.stream))
    hands.rest()
    assert page.people.line.value() == "Mia Carter 2017 subject"
    assert page.routing.isHidden()


def test_a_document_is_attached_while_the_caller_speaks(show: Show, desk: Desk, tmp_path: Path) -> None:
    paper = tmp_path / "body-map.pdf"
    paper.write_bytes(b"%PDF-1.7 a body map")
    screen, hands = show()
    page = told(screen, hands)
    hands.press(Key.Key_T, ALT)
    hands.type(str(tmp_path / "nothing.pdf"))
    hands.tab()
    hands.type("Body map")
    hands.press(Key.Key_Return, CTRL)
    field = page.acts["attach"].inputs["file"]
    hands.wait(lambda: field.error.isVisible())
    field.set_value(str(paper))
    hands.press(Key.Key_Return, CTRL)
    stream = stream_of(desk)
    hands.wait(lambda: bool(desk.referral(stream).all(DocumentAttached)))
    assert desk.referral(stream).all(DocumentAttached)[0].body.title == "Body map"
    assert triage.view(desk, stream).open
    hands.rest()
