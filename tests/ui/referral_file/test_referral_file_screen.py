"""The referral file as people of several roles drive it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from mash_desktop.desk import ChangeSet, Desk, inbox
from mash_desktop.domain.acts import Author
from mash_desktop.domain.codes import Cohort, ContactChannel, SourceOfContact
from mash_desktop.domain.entries.access import GlassBroken
from mash_desktop.domain.entries.contact import ContactOpened, DocumentAttached, NoteAdded
from mash_desktop.domain.entries.outcome import (
    EntryWithdrawn,
    EscalationRaised,
    EscalationResolved,
    FeedbackGiven,
    OutcomeSent,
)
from mash_desktop.domain.entries.table import ActionCompleted
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.roles import Role
from tests.domain.story import CONSULTANT, FACILITATOR, GATEWAY, KEY, OPERATOR, START, Story
from tests.support.carters import SUPPRESSED, at_sign_off
from tests.support.desks import desk_of, receive
from tests.ui.accessibility import nameless
from tests.ui.driven import Driven
from ui.keys import keys
from ui.referral_file import ReferralFile
from ui.viewer import viewer as viewer_module
from ui.widgets.choice import ChoiceField
from ui.widgets.pill import Pill
from ui.widgets.states import EmptyState
from ui.widgets.text import Text
from ui.work import Worker

NOW = datetime(2026, 11, 12, 14, 40, tzinfo=UTC)
STREAM = "referral:0"


class AtFile(Driven[ReferralFile]):
    def __init__(self, qtbot: QtBot, worker: Worker, desk: Desk, stream: str = STREAM) -> None:
        super().__init__(qtbot, worker, desk, ReferralFile(desk, worker))
        if stream:
            self.window.open("file", stream)
            self.settle()

    def sees(self, name: str) -> bool:
        return any(one.isVisibleTo(self.window) for one in self.window.findChildren(QWidget, name))


@pytest.fixture
def driven(qtbot: QtBot, worker: Worker, tmp_path: Path) -> Callable[..., AtFile]:
    def drive(*stories: Story, author: Author = CONSULTANT, stream: str = STREAM) -> AtFile:
        desk = desk_of(author, tmp_path, *(stories or (at_sign_off(),)))
        desk.now = lambda: NOW
        return AtFile(qtbot, worker, desk, stream)

    return drive


# --- reading


def test_before_one_is_opened_it_says_how(driven: Callable[..., AtFile]) -> None:
    file = driven(stream="")
    (state,) = [one for one in file.screen.findChildren(EmptyState) if one.isVisibleTo(file.window)]
    assert state.title.text() == "No file is open"
    assert "Ctrl K" in state.sentence.text()


def test_a_referral_that_is_not_held_here_says_so(driven: Callable[..., AtFile]) -> None:
    file = driven(stream="referral:unknown")
    (state,) = [one for one in file.screen.findChildren(EmptyState) if one.isVisibleTo(file.window)]
    assert state.title.text() == "This desk does not hold that referral"


def test_everything_stands_in_order_with_the_entry_chosen_in_full(driven: Callable[..., AtFile]) -> None:
    file = driven()
    rows = file.screen.everything.table.rows()
    assert len(rows) == 55
    assert rows[0].what == "MPFT released about Mia"
    assert file.window.focusWidget() is file.screen.everything.table
    for part in ("Carter, Mia Louise + 1", "ISL-26-00002", "Who looked", "position 60, 14:21"):
        assert part in file.words(), part
    assert nameless(file.window) == []
    assert keys.clashes(file.window) == []
    file.press(Qt.Key.Key_End)
    file.press(Qt.Key.Key_Down)
    assert len(file.desk.cache.drafts("access/")) == 1, "one opening is one view"


def test_the_parts_are_turned_to_by_number(driven: Callable[..., AtFile]) -> None:
    file = driven(at_sign_off().signed())
    for key, part in (
        (Qt.Key.Key_2, "St Chad’s Primary, year 4"),
        (Qt.Key.Key_3, "Signed 14:22 by R. Okafor"),
        (Qt.Key.Key_4, "Papers"),
        (Qt.Key.Key_5, "No other referral is linked to this one"),
    ):
        file.press(key)
        assert part in file.words(), part
        assert nameless(file.window) == []
        assert keys.clashes(file.window) == []
    file.press(Qt.Key.Key_2)
    assert "address suppressed" in file.words()
    assert SUPPRESSED not in file.words()
    assert "unsafe to contact" in [one.accessibleName() for one in file.screen.findChildren(Pill)]


def test_a_filter_narrows_to_a_part_and_an_agency(driven: Callable[..., AtFile]) -> None:
    file = driven()
    file.press(Qt.Key.Key_F)
    topic = file.screen.everything.topic
    assert file.window.focusWidget() is topic.box
    topic.set_value("gathering")
    topic.changed.emit()
    assert {row.topic for row in file.screen.everything.table.rows()} == {"gathering"}
    agency = file.screen.everything.agency
    agency.set_value("police")
    agency.changed.emit()
    assert {row.source for row in file.screen.everything.table.rows()} == {"Police"}
    topic.set_value("outcome")
    topic.changed.emit()
    assert topic.value() == "" or file.screen.everything.table.rows() == ()


def test_what_arrives_stands_on_top_and_the_chosen_row_stays(driven: Callable[..., AtFile]) -> None:
    story = at_sign_off()
    file = driven(story)
    file.press(Qt.Key.Key_Down)
    chosen = file.screen.everything.table.current()
    assert chosen is not None
    known = [entry.id for entry in story.entries]
    story.tell(CONSULTANT, NoteAdded(words="Rang the school."))
    receive(file.desk.cache, CONSULTANT, story, known)
    file.desk.tell(ChangeSet(frozenset({STREAM})))
    file.settle()
    assert file.screen.everything.table.rows()[0].words == "Rang the school."
    current = file.screen.everything.table.current()
    assert current is not None
    assert current.key == chosen.key


# --- acts


def test_a_note_is_added_shown_as_waiting_and_its_draft_forgotten(driven: Callable[..., AtFile]) -> None:
    file = driven()
    file.press(Qt.Key.Key_N)
    file.write("file.words", "Rang the school: she is with Mrs Marsh.")
    file.press(Qt.Key.Key_Escape)
    assert not file.sees("file.words")
    file.press(Qt.Key.Key_N)
    assert file.text("file.words") == "Rang the school: she is with Mrs Marsh."
    file.save()
    row = file.screen.everything.table.rows()[0]
    assert (row.what, row.words) == ("Note", "Rang the school: she is with Mrs Marsh.")
    assert row.state is not None
    assert row.state.text == "waits to be sent"
    assert file.desk.cache.drafts("form/") == {}


def test_a_disagreement_is_raised_shown_over_everything_and_resolved(driven: Callable[..., AtFile]) -> None:
    file = driven()
    file.press(Qt.Key.Key_E)
    for agency in ("police", "scc-children"):
        file.click(f"file.agency.{agency}")
    file.write("file.words", "The level for Tyler.")
    file.save()
    assert file.sees("file.form.save"), "how people are kept safe is missing"
    file.write("file.interim_safety", "He stays with his aunt.")
    file.save()
    raised = file.desk.referral(STREAM).all(EscalationRaised)
    assert raised[0].body.parties == ("scc-children", "police")
    assert "Escalated, stage 1: between practitioners: The level for Tyler." in file.words()
    file.press(Qt.Key.Key_R)
    file.write("file.result", "Agreed at child protection.")
    file.save()
    assert file.desk.referral(STREAM).all(EscalationResolved)
    assert "Escalated, stage 1: between practitioners: The level for Tyler." not in file.words()


def test_an_action_is_said_to_be_done_from_the_file_of_whoever_has_to_do_with_it(
    driven: Callable[..., AtFile],
) -> None:
    story = at_sign_off().signed()
    story.tell(FACILITATOR, OutcomeSent(agency="scc-children", team="social-work-gateway"))
    file = driven(story, author=GATEWAY)
    file.press(Qt.Key.Key_D)
    assert nameless(file.window) == []
    assert keys.clashes(file.window) == []
    file.save()
    assert "Choose the action that was done." in file.words()
    choice = file.find("file.action")
    assert isinstance(choice, ChoiceField)
    choice.setFocus()
    file.press(Qt.Key.Key_Down)
    file.write("file.words", "She was collected by her grandmother.")
    file.save()
    (done,) = file.desk.referral(STREAM).all(ActionCompleted)
    assert done.body.words == "She was collected by her grandmother."
    assert len(file.screen._file.head.to_do if file.screen._file else ()) == 1
    assert "✓ Safe collection" in str(inbox.read_received(file.desk, inbox.received(file.desk)[0]))


def test_who_took_a_contact_says_from_its_file_that_the_referrer_was_told(
    driven: Callable[..., AtFile],
) -> None:
    story = Story().taken().triaged("early_help", "early-help-gateway")
    story.tell(OPERATOR, OutcomeSent(agency="scc-children", team="early-help-gateway"))
    file = driven(story, author=OPERATOR)
    file.press(Qt.Key.Key_W)
    assert keys.clashes(file.window) == []
    file.save()
    assert "Write how the referrer was told, or why not." in file.words()
    file.write("file.how", "Told Mrs Marsh during the call.")
    file.save()
    (told,) = file.desk.referral(STREAM).all(FeedbackGiven)
    assert told.body.how == "Told Mrs Marsh during the call."
    assert not file.screen.side.feedback.isVisible()


def test_a_marker_is_set_and_cleared_by_keys_and_stands_on_the_person(driven: Callable[..., AtFile]) -> None:
    file = driven(Story().taken())
    assert not file.screen.side.unmark.isVisible()
    file.press(Qt.Key.Key_M)
    assert nameless(file.window) == []
    assert keys.clashes(file.window) == []
    assert not file.sees("file.readers")
    file.press(Qt.Key.Key_Down)  # the person
    file.press(Qt.Key.Key_Tab)
    file.press(Qt.Key.Key_Down)  # a restricted record
    assert file.sees("file.readers")
    file.save()
    assert "Name who may read a restricted record." in file.words()
    file.type("Ruth Okafor")
    file.write("file.reason", "Child of a colleague.")
    file.save()
    (identity,) = file.desk.cache.linked_identities(STREAM)
    assert identity.restricted_to == frozenset({"ruth"})
    file.press(Qt.Key.Key_2)
    assert any(pill.face.text == "restricted record" for pill in file.screen.findChildren(Pill))
    file.press(Qt.Key.Key_U)
    file.write("file.reason", "They have left.")
    file.save()
    assert file.desk.cache.linked_identities(STREAM)[0].markers == {}
    assert not file.screen.side.unmark.isVisible()


def test_only_an_entry_that_moved_nothing_on_is_withdrawn(driven: Callable[..., AtFile]) -> None:
    story = at_sign_off()
    story.tell(CONSULTANT, NoteAdded(words="About another family."))
    file = driven(story)
    assert file.screen.side.withdraw.isEnabled()
    file.press(Qt.Key.Key_X)
    file.write("file.reason", "It belongs to the Price family.")
    file.save()
    assert file.desk.referral(STREAM).all(EntryWithdrawn)
    assert "About another family." not in [row.words for row in file.screen.everything.table.rows()]
    drafted = next(row for row in file.screen.everything.table.rows() if row.what == "Decision drafted")
    file.screen.everything.table.select_key(drafted.key)
    file.settle()
    assert not file.screen.side.withdraw.isEnabled()


def test_a_gateway_worker_is_not_offered_what_they_may_not_do(driven: Callable[..., AtFile]) -> None:
    file = driven(author=GATEWAY)
    assert not file.sees("file.withdraw")
    assert not file.sees("file.transfer")
    assert file.screen.side.note.isEnabled()


# --- documents and papers


def png(folder: Path) -> Path:
    path = folder / "body-map.png"
    image = QImage(320, 200, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkCyan)
    assert image.save(str(path))
    return path


def test_a_picture_is_attached_by_its_path_and_looked_at(
    driven: Callable[..., AtFile], tmp_path: Path
) -> None:
    file = driven()
    path = png(tmp_path)
    file.press(Qt.Key.Key_4)
    file.press(Qt.Key.Key_A)
    file.write("file.path", str(path))
    title = file.find("file.title")
    title.setFocus()
    assert file.text("file.title") == "body map", "the file's name is offered"
    about = file.find("file.about")
    assert isinstance(about, ChoiceField)
    about.set_value("mia")
    file.save()
    made = file.desk.referral(STREAM).all(DocumentAttached)[0].body
    assert (made.title, made.media_type, made.about) == ("body map", "image/png", ("mia",))
    documents = file.screen.documents.table
    documents.setFocus()
    file.press(Qt.Key.Key_Return)
    viewer = file.screen.viewer
    assert viewer.isVisible()
    assert viewer.view.image.size().width() == 320
    assert not file.sees("viewer.save"), "an attached document does not leave the program"
    file.press(Qt.Key.Key_Escape)
    assert not viewer.isVisible()


def test_what_is_no_document_is_refused_at_its_field(driven: Callable[..., AtFile], tmp_path: Path) -> None:
    program = tmp_path / "letter.pdf"
    program.write_bytes(b"MZ\x90\x00")
    file = driven()
    file.press(Qt.Key.Key_4)
    file.press(Qt.Key.Key_A)
    file.write("file.path", str(program))
    file.write("file.title", "Letter")
    file.save()
    field = file.screen.findChildren(QWidget, "file.path")[-1]
    assert "Attach a PDF, a PNG or a JPEG." in [one.text() for one in field.findChildren(Text)]
    assert file.text("file.path") == str(program)


def elsewhere(content: bytes) -> Story:
    """A document attached on another desk; its pieces are at the store."""
    story = at_sign_off()
    digest = hashlib.sha256(content).hexdigest()
    story.tell(
        CONSULTANT,
        DocumentAttached(
            document="d1", title="Body map", media_type="image/png", size=len(content), digest=digest,
            chunks=(digest,),
        ),
    )  # fmt: skip
    return story


def test_a_document_is_brought_from_the_store_and_offline_it_says_where_it_is(
    driven: Callable[..., AtFile], tmp_path: Path
) -> None:
    content = png(tmp_path).read_bytes()
    file = driven(elsewhere(content))
    file.press(Qt.Key.Key_4)
    file.screen.documents.table.setFocus()
    file.press(Qt.Key.Key_Return)
    assert file.said == ["This document is at the store. It can be opened once you are online."]
    asked: list[Future[bytes]] = []

    def fetch(_: str) -> Future[bytes]:
        asked.append(Future())
        return asked[-1]

    file.desk.store_chunk = fetch
    file.press(Qt.Key.Key_Return)
    assert file.screen.documents.progress.text() == "Bringing it here: 0 of 1 pieces"
    asked[0].set_result(content)
    file.settle()
    assert file.screen.viewer.isVisible()
    assert file.screen.viewer.view.image.width() == 320


def test_a_document_that_may_not_be_opened_says_so(driven: Callable[..., AtFile], tmp_path: Path) -> None:
    file = driven(elsewhere(png(tmp_path).read_bytes()))
    refusing: Future[bytes] = Future()
    refusing.set_exception(Refusal("chunk-unknown", "There is no such document that you may open."))
    file.desk.store_chunk = lambda _: refusing
    file.press(Qt.Key.Key_4)
    file.screen.documents.table.setFocus()
    file.press(Qt.Key.Key_Return)
    assert file.said == ["There is no such document that you may open."]
    assert not file.screen.viewer.isVisible()


def test_a_paper_is_printed_on_the_printer_that_is_chosen_and_recorded(
    driven: Callable[..., AtFile], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "printed.pdf"

    def chosen(_: QWidget) -> QPrinter:
        printer = QPrinter()
        printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        printer.setOutputFileName(str(out))
        return printer

    monkeypatch.setattr(viewer_module, "choose_printer", chosen)
    file = driven(at_sign_off().signed(), author=FACILITATOR)
    file.press(Qt.Key.Key_4)
    file.press(Qt.Key.Key_B)
    assert file.screen.viewer.heading.text() == "Round-table record"
    file.press(Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    assert len(PdfReader(out).pages) == 3
    assert file.said == ["Round-table record sent to the printer."]
    assert len(file.desk.cache.drafts("access/document.printed")) == 1


def test_a_paper_that_cannot_be_made_says_why_beside_its_button(driven: Callable[..., AtFile]) -> None:
    file = driven(Story().taken().triaged())
    file.press(Qt.Key.Key_4)
    assert "There has been no round table." in file.words()
    assert not file.find("file.round_table").isEnabled()


def test_a_linked_referral_is_one_enter_away(driven: Callable[..., AtFile]) -> None:
    later = Story("referral:1", first=200)
    later.tell(
        OPERATOR,
        ContactOpened(
            cohort=Cohort.CHILDREN, source=SourceOfContact.SCHOOLS, channel=ContactChannel.PHONE,
            received_at=START, local_authority="E10000028", owner="scc-children", previous=STREAM,
        ),
    )  # fmt: skip
    file = driven(at_sign_off(), later, stream="referral:1")
    file.press(Qt.Key.Key_5)
    file.press(Qt.Key.Key_Return)
    assert file.asked_to_open == [("file", STREAM)]
    file.settle()
    assert "ISL-26-00002" in file.words()


# --- breaking the glass


def test_who_holds_a_part_and_may_breaks_the_glass_from_the_file_and_sees_until_when(
    driven: Callable[..., AtFile],
) -> None:
    supervisor = Author("sam", "police", Role.POLICE_SUPERVISOR, KEY.key_id)
    file = driven(Story().taken().triaged().admitted().rated().asked(), author=supervisor)
    file.desk.online = lambda: True
    assert file.sees("file.glass")
    file.press(Qt.Key.Key_G)
    file.write("file.reason", "Her mother is at our door.")
    file.save()
    (waiting,) = file.desk.cache.waiting()
    assert waiting.entries[0].body == GlassBroken(
        target=STREAM, reason="Her mother is at our door.", until=NOW + timedelta(hours=4)
    )
    assert "The glass is broken: open to you until 18:40." in file.words()
    assert not file.sees("file.glass")
    assert nameless(file.window) == []
    assert keys.clashes(file.window) == []


def test_what_may_be_done_shares_no_key_with_the_papers(driven: Callable[..., AtFile]) -> None:
    every = keys.commands(driven().window, every=True)
    done, made = ({one.key for one in every if one.group == group} for group in ("File", "Papers"))
    assert "G" in done
    assert "B" in made
    assert done.isdisjoint(made)


def test_whose_it_is_needs_no_broken_glass(driven: Callable[..., AtFile]) -> None:
    assert not driven().sees("file.glass")
