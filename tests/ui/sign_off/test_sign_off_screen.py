"""Sign-off as a consultant social worker drives it: reading, signing, returning, and what follows."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from mash_desktop.desk import ChangeSet, Desk
from mash_desktop.domain.acts import Author
from mash_desktop.domain.codes import MaracRoute, Voice
from mash_desktop.domain.entries.decision import DecisionReturned, DecisionSigned
from mash_desktop.domain.entries.outcome import (
    AgenciesTold,
    FeedbackGiven,
    OutcomeAccepted,
    OutcomeSent,
    SummaryMade,
)
from mash_desktop.domain.fold.levels import levels
from mash_desktop.domain.fold.stage import Stage
from mash_desktop.domain.partial_date import PartialDate
from tests.domain.story import CONSULTANT, FACILITATOR, GATEWAY, HEALTH, Story
from tests.support.carters import Carters, at_sign_off, carters
from tests.support.desks import PASSPHRASE, desk_of, receive
from tests.support.other_cohorts import SUPERVISOR, abuse_decided
from tests.ui.accessibility import nameless
from tests.ui.driven import Driven
from ui.keys import keys
from ui.sign_off import SignOff
from ui.widgets.banner import Banner
from ui.widgets.choice import ChoiceField
from ui.widgets.states import EmptyState
from ui.widgets.text import Text
from ui.work import Worker

NOW = datetime(2026, 11, 12, 14, 40, tzinfo=UTC)
STREAM = "referral:0"
CONTROL = Qt.KeyboardModifier.ControlModifier


class AtSignOff(Driven[SignOff]):
    def __init__(self, qtbot: QtBot, worker: Worker, desk: Desk) -> None:
        super().__init__(qtbot, worker, desk, SignOff(desk, worker), "file")

    def sees(self, name: str) -> bool:
        return any(one.isVisibleTo(self.window) for one in self.window.findChildren(QWidget, name))

    def arrives(self, story: Story, *known: str) -> None:
        """The store brings what the story says further, and the desk tells the screen."""
        receive(self.desk.cache, CONSULTANT, story, known)
        self.desk.tell(ChangeSet(frozenset({story.stream})))
        self.settle()


@pytest.fixture
def driven(qtbot: QtBot, worker: Worker, tmp_path: Path) -> Callable[..., AtSignOff]:
    def drive(*stories: Story, who: Author = CONSULTANT) -> AtSignOff:
        desk = desk_of(who, tmp_path, *(stories or (at_sign_off(),)))
        desk.now = lambda: NOW
        return AtSignOff(qtbot, worker, desk)

    return drive


def own_draft() -> Carters:
    story = carters()
    story.taken().triaged().admitted().rated()
    story.asked().answered().tabled()
    return story.drafted(CONSULTANT)


# --- reading


def test_what_went_on_without_a_decision_leads_to_its_file(driven: Callable[..., AtSignOff]) -> None:
    sent = Story("referral:1", first=200).taken().triaged("early_help", "early-help-gateway")
    sent.tell(CONSULTANT, OutcomeSent(agency="scc-children", team="early-help-gateway"))
    screen = driven(at_sign_off(), sent)
    screen.screen.table.setFocus()
    screen.press(Qt.Key.Key_Down)
    (state,) = [one for one in screen.screen.findChildren(EmptyState) if one.isVisibleTo(screen.window)]
    assert state.title.text() == "Sent on without a decision of the hub"
    assert keys.clashes(screen.window) == []
    screen.press("o")
    assert screen.asked_to_open == [("file", "referral:1")]
    screen.window.go("sign")
    screen.settle()
    assert screen.window.focusWidget() is screen.screen.table
    screen.press(Qt.Key.Key_Up)
    assert screen.screen.sign_card.isVisible()


def test_the_draft_is_read_with_its_evidence_and_what_came_since(driven: Callable[..., AtSignOff]) -> None:
    sign = driven()
    said = sign.words()
    for part in (
        "Decision to sign",
        "drafted 14:18 by D. Lowe",
        "Mia Louise Carter, 9",
        "Section 47 enquiry, joint with police.",
        "[1] Education",
        "12 Nov 2026 · S. Whitlock · about Mia",
        "4 of 55 entries · log 60",
        "Two A&E attendances in 2026. Not yet relied on.",
        "None recorded. Probation: nothing held. Housing: apologies.",
    ):
        assert part in said, part
    assert sign.screen.chips()[0].text.startswith("▲ Amber · ")
    assert nameless(sign.window) == []
    assert keys.clashes(sign.window) == []


def test_work_begins_at_the_passphrase(driven: Callable[..., AtSignOff]) -> None:
    sign = driven()
    assert sign.window.focusWidget() is sign.screen.sign_card.passphrase.line


def test_nothing_to_sign_is_said_and_where_drafts_come_from(driven: Callable[..., AtSignOff]) -> None:
    sign = driven(Story().taken())
    (state,) = sign.screen.findChildren(EmptyState)
    assert state.title.text() == "Nothing waits for you"
    assert not sign.sees("sign.sign")


def test_several_drafts_stand_in_a_list_and_the_next_is_a_key_away(driven: Callable[..., AtSignOff]) -> None:
    sign = driven(at_sign_off(), at_sign_off("referral:1", first=200))
    assert sign.sees("sign.waiting")
    sign.screen.table.setFocus()
    sign.press(Qt.Key.Key_Down)
    assert "ISL-26-00200" in sign.screen.chips()[1].text
    assert keys.clashes(sign.window) == []


def test_one_draft_needs_no_list(driven: Callable[..., AtSignOff]) -> None:
    assert not driven().sees("sign.waiting")


def test_another_place_opens_one_draft_of_several(driven: Callable[..., AtSignOff]) -> None:
    sign = driven(at_sign_off(), at_sign_off("referral:1", first=200))
    sign.window.open("sign", "referral:1")
    sign.settle()
    assert "ISL-26-00200" in sign.screen.chips()[1].text


def test_the_file_is_one_key_away(driven: Callable[..., AtSignOff]) -> None:
    sign = driven()
    sign.click("sign.file")
    assert sign.asked_to_open == [("file", STREAM)]


# --- signing


def test_the_passphrase_and_enter_sign_exactly_what_was_read(driven: Callable[..., AtSignOff]) -> None:
    sign = driven()
    draft = sign.desk.referral(STREAM).draft
    assert draft is not None
    sign.write("sign.passphrase", PASSPHRASE)
    sign.press(Qt.Key.Key_Return)
    made = sign.desk.referral(STREAM).signed
    assert made is not None
    assert (made.body.draft, made.body.commitment) == (draft.id, draft.commitment)
    assert "Decision signed" in sign.words()
    assert sign.screen.sign_card.passphrase.value() == ""
    assert sign.said == ["ISL-26-00002 is signed."]


def test_a_wrong_passphrase_is_said_at_its_field_and_nothing_is_signed(
    driven: Callable[..., AtSignOff],
) -> None:
    sign = driven()
    sign.write("sign.passphrase", "guess")
    sign.press(Qt.Key.Key_Return)
    field = sign.screen.sign_card.passphrase
    assert field.error.text() == "That is not this profile's passphrase."
    assert field.value() == ""
    assert sign.window.focusWidget() is field.line
    assert sign.desk.referral(STREAM).signed is None


def test_an_empty_passphrase_is_asked_for_and_not_tried(driven: Callable[..., AtSignOff]) -> None:
    sign = driven()
    tried: list[str] = []
    sign.desk.prove_passphrase = tried.append
    sign.press(Qt.Key.Key_Return)
    assert sign.screen.sign_card.passphrase.error.text().startswith("Write your passphrase")
    assert tried == []


def test_who_drafted_reads_why_in_place_of_the_button(driven: Callable[..., AtSignOff]) -> None:
    sign = driven(own_draft())
    assert not sign.sees("sign.sign")
    assert not sign.sees("sign.passphrase")
    why = sign.find("sign.why_not")
    assert isinstance(why, Text)
    assert why.text() == "Who drafted a decision does not sign it."


def test_what_arrives_while_the_passphrase_is_typed_shows_and_takes_nothing_away(
    driven: Callable[..., AtSignOff],
) -> None:
    story = at_sign_off()
    sign = driven(story)
    sign.write("sign.passphrase", "correct horse")
    known = tuple(entry.id for entry in story.entries)
    story.brings(HEALTH, "r-health", "c-late", ("mia",), "Fracture in 2024.", Voice.FACT, PartialDate(2024))
    sign.arrives(story, *known)
    assert "Fracture in 2024. Not yet relied on." in sign.words()
    assert sign.screen.sign_card.passphrase.value() == "correct horse"
    assert sign.window.focusWidget() is sign.screen.sign_card.passphrase.line


def test_a_draft_replaced_while_it_is_read_is_to_be_read_again(driven: Callable[..., AtSignOff]) -> None:
    story = at_sign_off()
    sign = driven(story)
    sign.write("sign.passphrase", PASSPHRASE)
    known = tuple(entry.id for entry in story.entries)
    deputy = msgspec.structs.replace(CONSULTANT, person="dan")
    story.tell(deputy, DecisionReturned(reason="Name the safe adult."))
    story.drafted()
    sign.arrives(story, *known)
    assert "Read it again before you sign." in sign.said[-1]
    assert sign.screen.sign_card.passphrase.value() == ""


def test_leaving_the_place_forgets_the_passphrase(driven: Callable[..., AtSignOff]) -> None:
    sign = driven()
    sign.write("sign.passphrase", "correct horse")
    sign.window.go("file")
    assert sign.screen.sign_card.passphrase.value() == ""


# --- returning


def test_a_return_says_what_is_to_change_and_the_place_goes_on(driven: Callable[..., AtSignOff]) -> None:
    sign = driven()
    sign.press(Qt.Key.Key_R, CONTROL)
    sign.save()
    assert sign.desk.referral(STREAM).returned is None, "it says what is missing instead"
    sign.write("sign.reason", "Name the safe adult.")
    sign.save()
    made = sign.desk.referral(STREAM).returned
    assert made is not None
    assert made.body.reason == "Name the safe adult."
    assert sign.screen.findChildren(EmptyState)
    assert sign.desk.cache.drafts("form/") == {}


def test_a_reason_half_written_comes_back(driven: Callable[..., AtSignOff]) -> None:
    sign = driven()
    sign.press(Qt.Key.Key_R, CONTROL)
    sign.write("sign.reason", "Name the saf")
    sign.press(Qt.Key.Key_Escape)
    assert sign.sees("sign.sign")
    again = AtSignOff(sign.qtbot, sign.worker, sign.desk)
    again.press(Qt.Key.Key_R, CONTROL)
    assert again.text("sign.reason") == "Name the saf"


def test_a_refused_return_shows_both_sides_and_gives_its_words_back(
    driven: Callable[..., AtSignOff],
) -> None:
    story = at_sign_off()
    sign = driven(story)
    sign.press(Qt.Key.Key_R, CONTROL)
    sign.write("sign.reason", "Name the safe adult.")
    sign.save()
    known = tuple(entry.id for entry in story.entries)
    deputy = msgspec.structs.replace(CONSULTANT, person="dan")
    draft = story.referral.draft
    assert draft is not None
    story.tell(deputy, DecisionSigned(draft=draft.id, commitment=draft.commitment))
    (waiting,) = list(sign.desk.cache.waiting())
    sign.desk.tell(
        sign.desk.cache.refused(
            waiting.act, "moved-on", "Someone else moved this on first.", None, None, None
        )
    )
    sign.arrives(story, *known)
    (banner,) = [one for one in sign.screen.findChildren(Banner) if one.isVisibleTo(sign.window)]
    assert "Someone else moved this on first." in banner.accessibleName()
    assert "Name the safe adult." in banner.accessibleName()
    assert "Dan Whitmore" in banner.accessibleName()
    sign.press(Qt.Key.Key_Y)
    assert sign.desk.cache.waiting() == ()
    assert not [one for one in sign.screen.findChildren(Banner) if one.isVisibleTo(sign.window)]
    assert list(sign.desk.cache.drafts("form/").values()) == ['{"reason":"Name the safe adult."}']


# --- after signing


@pytest.fixture
def signed(driven: Callable[..., AtSignOff]) -> AtSignOff:
    return driven(at_sign_off().signed())


def team_of(sign: AtSignOff, subject: str) -> ChoiceField:
    field = sign.find(f"sign.team.{subject}")
    assert isinstance(field, ChoiceField)
    return field


def test_each_child_goes_to_the_team_that_the_level_leads_to_unless_another_is_chosen(
    signed: AtSignOff,
) -> None:
    assert nameless(signed.window) == []
    assert keys.clashes(signed.window) == []
    signed.press(Qt.Key.Key_S)
    assert nameless(signed.window) == []
    assert keys.clashes(signed.window) == []
    mia, tyler = team_of(signed, "mia"), team_of(signed, "tyler")
    assert (mia.value(), tyler.value()) == (
        "scc-children/child-protection",
        "scc-children/social-work-gateway",
    )
    tyler.set_value("scc-children/stafford")
    signed.write("sign.words", "See her today.")
    signed.save()
    sent = [(one.team, one.subjects, one.made.body.words) for one in signed.desk.referral(STREAM).sent]
    assert sent == [
        ("child-protection", ("mia",), "See her today."),
        ("stafford", ("tyler",), "See her today."),
    ]
    assert "Tyler sent to Stafford district" in signed.words()
    assert not signed.screen.after_card.send.isEnabled()


def test_one_key_sends_everybody_where_the_chosen_one_goes(signed: AtSignOff) -> None:
    signed.press(Qt.Key.Key_S)
    team_of(signed, "tyler").control.setFocus()
    signed.press(Qt.Key.Key_T, CONTROL)
    assert team_of(signed, "mia").value() == "scc-children/social-work-gateway"
    signed.save()
    (both,) = signed.desk.referral(STREAM).sent
    assert both.subjects == ("mia", "tyler")
    assert signed.desk.cache.drafts("form/") == {}


def test_one_child_is_sent_and_the_other_later(signed: AtSignOff) -> None:
    signed.press(Qt.Key.Key_S)
    team_of(signed, "mia").set_value("")
    team_of(signed, "tyler").set_value("")
    signed.save()
    assert signed.sees("sign.form.save"), "nobody goes anywhere"
    team_of(signed, "mia").set_value("scc-children/child-protection")
    signed.save()
    assert "Tyler: with no team yet." in signed.words()
    signed.press(Qt.Key.Key_S)
    assert not signed.sees("sign.together"), "there is nobody to go with"
    signed.save()
    assert [one.subjects for one in signed.desk.referral(STREAM).sent] == [("mia",), ("tyler",)]


def test_where_siblings_have_parted_it_asks_whose_copy_is_made(signed: AtSignOff) -> None:
    signed.press(Qt.Key.Key_S)
    signed.save()
    signed.press(Qt.Key.Key_V)
    whose = signed.find("sign.sending")
    assert isinstance(whose, ChoiceField)
    whose.set_value(signed.desk.referral(STREAM).sent[1].id)
    signed.save()
    assert signed.screen.viewer.isVisible()
    made = signed.desk.referral(STREAM).last(SummaryMade)
    assert made is not None
    assert made.body.profile == "receiving_team"
    assert signed.desk.cache.drafts("form/") == {}


def test_who_went_together_has_one_copy(signed: AtSignOff) -> None:
    signed.press(Qt.Key.Key_V)
    assert signed.screen.viewer.isVisible()


def test_the_referrer_is_told_and_then_it_can_be_closed(driven: Callable[..., AtSignOff]) -> None:
    story = at_sign_off().signed()
    story.tell(FACILITATOR, OutcomeSent(agency="scc-children", team="social-work-gateway"))
    story.tell(GATEWAY, OutcomeAccepted())
    sign = driven(story)
    assert not sign.screen.after_card.close_it.isEnabled()
    assert "then it can be closed" in sign.words()
    sign.press(Qt.Key.Key_F)
    sign.write("sign.how", "Telephoned Mrs Marsh.")
    sign.save()
    told = sign.desk.referral(STREAM).last(FeedbackGiven)
    assert told is not None
    assert told.body.how == "Telephoned Mrs Marsh."
    sign.press(Qt.Key.Key_C)
    sign.write("sign.reason", "Nothing further for the hub.")
    sign.save()
    assert sign.desk.referral(STREAM).stage is Stage.CLOSED


def test_agencies_working_with_the_family_are_ticked_from_what_they_found(signed: AtSignOff) -> None:
    signed.press(Qt.Key.Key_T)
    signed.click("sign.agency.mpft")
    signed.write("sign.words", "It is open to child protection.")
    signed.save()
    told = signed.desk.referral(STREAM).last(AgenciesTold)
    assert told is not None
    assert set(told.body.agencies) == {"police", "education"}


def test_the_letter_is_looked_at_changed_and_made(signed: AtSignOff) -> None:
    signed.press(Qt.Key.Key_L)
    assert signed.text("sign.outcome").endswith("is now working with the family.")
    signed.write("sign.outcome", " Mrs Marsh may ring us.")
    signed.save()
    assert signed.screen.viewer.isVisible()
    assert signed.screen.viewer.heading.text() == "Letter to the referrer"
    made = signed.desk.referral(STREAM).last(SummaryMade)
    assert made is not None
    assert made.body.profile == "referrer"
    assert signed.desk.cache.drafts("form/") == {}


def test_an_amendment_moves_the_level_and_is_shown(signed: AtSignOff) -> None:
    signed.press(Qt.Key.Key_M)
    for name, value in (("subject", "tyler"), ("level", "child_protection")):
        field = signed.find(f"sign.{name}")
        assert isinstance(field, ChoiceField)
        field.set_value(value)
    signed.write("sign.intervention", "Section 47 enquiry.")
    signed.write("sign.rationale", "He was hurt as well.")
    signed.save()
    assert signed.sees("sign.form.save"), "the reason is missing"
    signed.write("sign.reason", "Told us at the strategy discussion.")
    signed.save()
    assert levels(signed.desk.referral(STREAM))["tyler"].final == "child_protection"
    assert "Told us at the strategy discussion." in signed.words()


def test_an_amendment_of_a_high_risk_goes_to_marac_on_the_ground_signed_or_another(
    driven: Callable[..., AtSignOff],
) -> None:
    sign = driven(abuse_decided(), who=SUPERVISOR)
    sign.press(Qt.Key.Key_M)
    assert nameless(sign.window) == []
    for name, value in (("subject", "leanne"), ("level", "high")):
        field = sign.find(f"sign.{name}")
        assert isinstance(field, ChoiceField)
        field.set_value(value)
    ground = sign.find("sign.marac")
    assert isinstance(ground, ChoiceField)
    assert ground.box.currentText() == "As it was signed"
    for name in ("intervention", "rationale", "reason"):
        sign.write(f"sign.{name}", "The locks are changed.")
    sign.save()
    decided = sign.desk.referral("referral:abuse").decided["leanne"]
    assert (decided.intervention, decided.marac) == (
        "The locks are changed.", MaracRoute.PROFESSIONAL_JUDGEMENT,
    )  # fmt: skip


def test_a_childs_amendment_names_no_marac_and_a_refused_one_comes_back_whole(signed: AtSignOff) -> None:
    signed.press(Qt.Key.Key_M)
    assert not signed.sees("sign.marac")
    for name, value in (("subject", "tyler"), ("level", "child_protection")):
        field = signed.find(f"sign.{name}")
        assert isinstance(field, ChoiceField)
        field.set_value(value)
    for name in ("intervention", "rationale", "reason"):
        signed.write(f"sign.{name}", f"The {name}.")
    signed.save()
    (waiting,) = signed.desk.cache.waiting()
    signed.desk.tell(signed.desk.cache.refused(waiting.act, "moved-on", "Moved on.", None, None, None))
    signed.settle()
    signed.press(Qt.Key.Key_Y)
    signed.press(Qt.Key.Key_M)
    level = signed.find("sign.level")
    assert isinstance(level, ChoiceField)
    assert level.value() == "child_protection"
    assert [signed.text(f"sign.{name}") for name in ("intervention", "rationale", "reason")] == [
        "The intervention.", "The rationale.", "The reason.",
    ]  # fmt: skip


def test_a_paper_is_made_looked_at_page_by_page_and_saved_where_a_person_says(
    signed: AtSignOff, tmp_path: Path
) -> None:
    signed.press(Qt.Key.Key_P)
    viewer = signed.screen.viewer
    assert viewer.isVisible()
    assert viewer.where.text().startswith("Page 1 of ")
    assert viewer.view.image.width() > 700
    assert nameless(signed.window) == []
    for _ in range(4):
        signed.press(Qt.Key.Key_PageDown)
    assert not viewer.where.text().startswith("Page 1 of")
    signed.press(Qt.Key.Key_S, CONTROL)
    signed.save()
    assert signed.sees("viewer.write"), "no folder was named"
    signed.write("viewer.folder", str(tmp_path))
    signed.write("viewer.password", "nine blue herons")
    signed.save()
    path = tmp_path / "ISL-26-00002-mash-summary-full.pdf"
    assert PdfReader(io.BytesIO(path.read_bytes())).is_encrypted
    assert signed.said[-1] == "Saved as ISL-26-00002-mash-summary-full.pdf."
    signed.press(Qt.Key.Key_Escape)
    assert not viewer.isVisible()
    assert viewer.view.image.isNull(), "nothing of it is kept"
    assert [key.split("/")[1] for key in signed.desk.cache.drafts("access/document")] == ["document.printed"]
