"""The foot of a contact: what is still to ask, the routes with their keys, and the card that takes one.

Taking a route is two steps: its key opens the card with everything filled in that is known, and Ctrl Enter
takes it. A direct line is red and needs its key twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu

from mash_desktop.desk.triage import Contact
from mash_desktop.desk.triage.routing import RouteChoice, Routing
from ui.keys import cap_text, keys
from ui.theme import Role, Voice
from ui.triage.fields import FieldRow
from ui.triage.inputs import Tick
from ui.widgets.button import ActionButton
from ui.widgets.card import Card
from ui.widgets.choice import ChoiceField
from ui.widgets.field import Field, TextField
from ui.widgets.layout import Box, Column, Flow, Row, empty
from ui.widgets.text import Text

_MOST_ASKED = 4


class RoutesCard(Card):
    """``chosen`` fires with a route; ``other`` with *acknowledge*, *attach*, *duplicate* or *pass*."""

    chosen = Signal(str)
    other = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._ask = Text("", Role.SMALL, Voice.ASIDE, wrap=True)
        self._ask.setObjectName("triage.to_ask")
        self._flow = Flow(gap=8)
        self._shown: tuple[RouteChoice, ...] | None = None
        self.buttons: dict[str, ActionButton] = {}
        self.more = ActionButton(
            "More",
            "Alt+M",
            accessible_name="More that can be done with this contact",
            compact=True,
            parent=self,
        )
        self.more.setObjectName("triage.more")
        self.more.hide()
        self.menu = QMenu(self)
        self.menu.setAccessibleName("More that can be done with this contact")
        for words, key, what in (
            ("Acknowledge to the referrer", "Alt+K", "acknowledge"),
            ("Attach a document", "Alt+T", "attach"),
            ("Duplicate of another referral", "Alt+J", "duplicate"),
            ("Pass to the allocated worker", "Alt+W", "pass"),
        ):
            action = QAction(f"{words}\t{cap_text(key)}", self)
            action.setObjectName(f"triage.more.{what}")
            action.triggered.connect(partial(self.other.emit, what))
            self.menu.addAction(action)
            keys.on(key, self.more, partial(self.other.emit, what), words)
        self.more.clicked.connect(self._open_menu)
        asked = Column(Text("Still to ask", Role.HEADING, Voice.LABEL), self._ask, gap=2)
        row = Row(gap=10)
        row.put(asked, 3)
        row.put(Box(self._flow), 8)
        self.put(row)

    def show_contact(self, contact: Contact) -> None:
        asked = contact.to_ask[:_MOST_ASKED]
        more = len(contact.to_ask) - len(asked)
        # The point stays with the question before it when the line breaks.
        told = "\u00a0· ".join([*asked, *([f"and {more} more"] if more else [])])
        self._ask.setText(told or "Nothing that the process records.")
        if self._shown is not None and _same_buttons(self._shown, contact.routes):
            for choice in contact.routes:
                self._enable(choice)
        else:
            self._make(contact.routes)
        self._shown = contact.routes

    def _make(self, routes: Sequence[RouteChoice]) -> None:
        if self._shown is not None:
            self._flow.removeWidget(self.more)
            self.more.setParent(self)
        empty(self._flow)
        self.buttons = {}
        for choice in routes:
            button = ActionButton(
                choice.label,
                choice.key,
                choice.kind,
                accessible_name=f"Route to {choice.label}",
                group="Routes",
                compact=True,
            )
            button.setObjectName(f"triage.route.{choice.id}")
            button.clicked.connect(partial(self.chosen.emit, choice.id))
            self.buttons[choice.id] = button
            self._flow.addWidget(button)
            self._enable(choice)
        self._flow.addWidget(self.more)
        self.more.show()

    def _enable(self, choice: RouteChoice) -> None:
        button = self.buttons[choice.id]
        button.setEnabled(not choice.why_not)
        button.setToolTip(choice.why_not)

    def _open_menu(self) -> None:
        above = QPoint(0, -self.menu.sizeHint().height())
        self.menu.popup(self.more.mapToGlobal(above))


def _same_buttons(before: Sequence[RouteChoice], after: Sequence[RouteChoice]) -> bool:
    return [(c.id, c.label, c.key, c.kind) for c in before] == [(c.id, c.label, c.key, c.kind) for c in after]


class RoutingCard(Card):
    """The route being taken: a level for each person of concern, why, what was looked at."""

    changed = Signal()
    taken = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__("Route", " ")
        self._route = ""
        self._levels = FieldRow(shares=(), least=190)
        self._level_fields: dict[str, ChoiceField] = {}
        self.rationale = TextField("Why this level and this route", lines=2)
        self.rationale.text.setObjectName("triage.routing.rationale")
        self._searched = Tick("History searched")
        self._searched.setObjectName("triage.routing.history_searched")
        self._advised = Text("", Role.SMALL, Voice.ASIDE)
        self._advised_by = ""
        self.error = Text("", Role.SMALL, Voice.RED, wrap=True)
        self.error.hide()
        self.take = ActionButton("Route", "Ctrl+Return", "primary", accessible_name="Take this route")
        self.take.setObjectName("triage.routing.take")
        back = ActionButton("Back", "Esc", accessible_name="Back, without routing")
        back.setObjectName("triage.routing.back")
        self.put(Box(self._levels))
        self.put(self.rationale)
        self.put(self.error)
        row = Row(self._searched, self._advised, None, back, self.take, gap=10)
        self.put(row)
        self.rationale.changed.connect(self._edited)
        self._searched.changed.connect(self._edited)
        self.take.clicked.connect(self.taken)
        back.clicked.connect(self.left)

    def _edited(self) -> None:
        self.error.hide()
        self.changed.emit()

    def show_route(self, form: Routing, choice: RouteChoice, contact: Contact) -> None:
        """Open with a form: one prepared, or the draft of one."""
        self._route = form.route
        assert self.heading is not None
        self.heading.title.setText(f"Route to {choice.label}")
        self.take.set_kind("urgent" if choice.kind == "urgent" else "primary")
        empty(self._levels)
        self._level_fields = {}
        for one in contact.concerned:
            field = ChoiceField(f"Level of {one.name}", contact.levels, form.levels.get(one.subject, ""))
            field.setObjectName(f"triage.routing.level.{one.subject}")
            field.changed.connect(self._edited)
            self._level_fields[one.subject] = field
            self._levels.add(field, 1)
        self.rationale.set_value(form.rationale)
        self.rationale.clear_error()
        self.error.hide()
        self._searched.setChecked(form.history_searched)
        self._advised_by = form.advised_by
        adviser = contact.advice[0].name if form.advised_by and contact.advice else ""
        self._advised.setText(f"advised by {adviser}" if adviser else "")

    def form(self) -> Routing:
        return Routing(
            route=self._route,
            levels={subject: field.value() for subject, field in self._level_fields.items()},
            rationale=self.rationale.value(),
            history_searched=self._searched.value(),
            advised_by=self._advised_by,
        )

    def refuse(self, field: str | None, sentence: str) -> None:
        if field == "rationale":
            self.rationale.show_error(sentence)
            self.rationale.setFocus()
            return
        self.error.setText(sentence)
        self.error.show()


class SmallAct(Card):
    """A short act in one card: a line or two, one button. ``asked`` fires with what was typed."""

    asked = Signal(object)
    left = Signal()

    def __init__(self, what: str, heading: str, aside: str, labels: dict[str, str], button: str) -> None:
        super().__init__(heading, aside)
        self.what = what
        inputs: dict[str, Field] = {}
        for name, label in labels.items():
            inputs[name] = Field(label)
            inputs[name].line.setObjectName(f"triage.{what}.{name}")
        self.inputs = inputs
        do = ActionButton(button, "Ctrl+Return", "primary", accessible_name=heading)
        do.setObjectName(f"triage.{what}.do")
        back = ActionButton("Back", "Esc", accessible_name=f"Back, without: {heading}")
        back.setObjectName(f"triage.{what}.back")
        do.clicked.connect(lambda: self.asked.emit({n: field.value() for n, field in inputs.items()}))
        back.clicked.connect(self.left)
        self.put(FieldRow(*inputs.values(), shares=[1] * len(inputs)))
        self._foot = Row(None, back, do, gap=10)
        self.put(self._foot)

    def begin(self) -> None:
        next(iter(self.inputs.values())).setFocus()

    def finish(self) -> None:
        for field in self.inputs.values():
            field.set_value("")
            field.clear_error()

    def refuse(self, field: str | None, sentence: str) -> None:
        self.inputs.get(field or "", next(iter(self.inputs.values()))).show_error(sentence)


class AttachAct(SmallAct):
    """A file that the caller sent: chosen, or its path written."""

    def __init__(self) -> None:
        super().__init__(
            "attach", "Attach a document", "PDF, PNG or JPEG",
            {"file": "File", "title": "What it is"}, "Attach",
        )  # fmt: skip
        browse = ActionButton("Choose a file", "Alt+B", accessible_name="Choose the file to attach")
        browse.setObjectName("triage.attach.browse")
        browse.clicked.connect(self._browse)
        self._foot.insertWidget(0, browse)

    def _browse(self) -> None:
        kinds = "PDF, PNG and JPEG (*.pdf *.png *.jpg *.jpeg)"
        chosen, _ = QFileDialog.getOpenFileName(self, "Document to attach", "", kinds)
        if chosen:
            self.inputs["file"].set_value(chosen)
            self.inputs["title"].setFocus()


def small_acts() -> dict[str, SmallAct]:
    """The short acts of a contact beside its routes, by name."""
    return {
        "acknowledge": SmallAct(
            "acknowledge", "Acknowledge to the referrer", "that the contact was received",
            {"how": "How the referrer was told"}, "Keep",
        ),
        "attach": AttachAct(),
        "duplicate": SmallAct(
            "duplicate", "Duplicate of another referral", "closes this contact",
            {"of": "Reference of the other", "reason": "Why it is the same"}, "Close as duplicate",
        ),
        "pass": SmallAct(
            "pass", "Pass to the allocated worker of an open case", "closes this contact",
            {"worker": "Worker", "reason": "Why it goes to them"}, "Pass on",
        ),
    }  # fmt: skip
