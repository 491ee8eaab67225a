"""The small forms of the file: one act each."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog

from mash_desktop.desk.referral_file import Head, Line
from mash_desktop.desk.sign_off import Suggestion
from mash_desktop.domain.codes import Marker
from ui.forms import SideForm
from ui.sign_off.forms import TickForm
from ui.theme import Role, Voice
from ui.widgets.button import ActionButton
from ui.widgets.choice import ChoiceField
from ui.widgets.field import Field, TextField
from ui.widgets.text import Text


def note_form() -> SideForm:
    words = TextField("Note", lines=4, aside="Seen by your agency, and the owner if it is yours")
    return SideForm("file", "Add a note", "Save", words, fields={"words": words})


class AttachForm(SideForm):
    """Which file, what it is, and whom it is about. The file's name is offered as its title."""

    def __init__(self, about: tuple[tuple[str, str], ...]) -> None:
        self.path = Field("File", placeholder="PDF, PNG or JPEG, up to 50 MB")
        self.browse = ActionButton("Browse", "Ctrl+B", accessible_name="Choose the file")
        self.browse.setObjectName("file.browse")
        self.browse.clicked.connect(self._browse)
        self.title = Field("What it is")
        self.about = ChoiceField("About", about, placeholder="The whole family")
        super().__init__(
            "file",
            "Attach a document",
            "Attach",
            self.path,
            self.browse,
            self.title,
            self.about,
            fields={"path": self.path, "title": self.title, "about": self.about},
        )
        self.path.left.connect(self._offer_title)

    def _browse(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            self, "Document to attach", "", "PDF, PNG and JPEG (*.pdf *.png *.jpg *.jpeg)"
        )
        if chosen:
            self.path.set_value(chosen)
            self._offer_title()
            self.edited.emit()

    def _offer_title(self) -> None:
        if self.path.value():
            self.title.offer(Path(self.path.value()).stem.replace("-", " ").replace("_", " "))

    def refuse(self, sentence: str, field: str | None) -> None:
        super().refuse(sentence, "path" if field in ("file", "media_type", "size") else field)


def escalate_form(head: Head) -> SideForm:
    stage = ChoiceField("Stage", head.rungs, "1")
    words = TextField("What is disagreed about", lines=2)
    safety = TextField("How people are kept safe meanwhile", lines=2)
    return TickForm(
        "file",
        "Escalate",
        "Raise",
        "parties",
        [Suggestion(agency, name) for agency, name in head.agencies],
        stage,
        words,
        safety,
        fields={"stage": stage, "words": words, "interim_safety": safety},
    )


def resolve_form(head: Head) -> SideForm:
    escalation = ChoiceField(
        "Escalation", [(one.id, one.words) for one in head.escalations], head.escalations[0].id
    )
    result = TextField("How it was resolved", lines=2)
    return SideForm(
        "file",
        "Resolve an escalation",
        "Save",
        escalation,
        result,
        fields={"escalation": escalation, "result": result},
    )


def done_form(head: Head) -> SideForm:
    action = ChoiceField("Action", head.to_do, head.to_do[0][0] if len(head.to_do) == 1 else "")
    words = TextField("What came of it", lines=2, aside="May stay empty")
    return SideForm(
        "file", "An action was done", "Save", action, words, fields={"action": action, "words": words}
    )


class MarkForm(SideForm):
    """Whose marker, which, and why; who may read it is asked of a restricted record alone."""

    def __init__(self, head: Head) -> None:
        self.marker = ChoiceField("Marker", [(one.value, one.label) for one in Marker])
        self.readers = TextField("Who may read it", lines=3, aside="A name a line")
        self._told = Text(
            "Everybody else loses what is told of this person, you too unless you name yourself.",
            Role.SMALL,
            Voice.LABEL,
            wrap=True,
        )
        subject = ChoiceField("Person", head.about)
        reason = TextField("Why", lines=2)
        super().__init__(
            "file",
            "Set a marker",
            "Set it",
            subject,
            self.marker,
            self.readers,
            self._told,
            reason,
            fields={"subject": subject, "marker": self.marker, "readers": self.readers, "reason": reason},
        )
        self.marker.changed.connect(self._chosen)
        self._chosen()

    def fill(self, values: dict[str, str]) -> None:
        super().fill(values)
        self._chosen()

    def _chosen(self) -> None:
        for piece in (self.readers, self._told):
            piece.setVisible(self.marker.value() == Marker.RESTRICTED)


def unmark_form(head: Head) -> SideForm:
    marked = ChoiceField("Marker", head.marked, head.marked[0][0] if len(head.marked) == 1 else "")
    reason = TextField("Why it no longer holds", lines=2)
    return SideForm(
        "file", "Clear a marker", "Clear it", marked, reason, fields={"marked": marked, "reason": reason}
    )


def withdraw_form(line: Line) -> SideForm:
    reason = TextField("Why it was misfiled", lines=2)
    return SideForm(
        "file",
        "Withdraw this entry",
        "Withdraw",
        Text(f"{line.what}, {line.when}.", wrap=True),
        Text(
            "It goes from everybody who holds it. Governance is told who received it.",
            Role.SMALL,
            Voice.LABEL,
            wrap=True,
        ),
        reason,
        fields={"reason": reason},
    )


def transfer_form(head: Head) -> SideForm:
    to = ChoiceField("Owned from now on by", head.owners)
    reason = TextField("Why", lines=2)
    return SideForm("file", "Pass ownership on", "Pass on", to, reason, fields={"to": to, "reason": reason})
