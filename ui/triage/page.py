"""One contact on the glass: its cards in the middle, what is found beside it, the routes at its foot.

Shows and offers; what is asked of it leaves as signals. The screen talks to the desk.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QScrollArea, QWidget

from mash_desktop.desk.triage import Contact, Person, Settings
from mash_desktop.desk.triage.history import History
from mash_desktop.desk.triage.routing import Routing
from mash_desktop.domain.codes import Cohort
from ui.theme import look_of
from ui.triage.assessment import AssessmentCard
from ui.triage.history import ContactSide
from ui.triage.keeping import Leaves
from ui.triage.people import PeopleCard, PersonEditor
from ui.triage.routing import RoutesCard, RoutingCard, SmallAct, small_acts
from ui.triage.sections import NOT_KNOWN, AccountCard, AdultCard, CallerCard, SettingCard, TellingCard
from ui.triage.words import WordsField
from ui.widgets.card import Card
from ui.widgets.field import Field
from ui.widgets.layout import Box, Column, Row

_LEAST, _LEAST_WIDTH, _NO_LIMIT = 220, 500, 16777215


class _Scroll(QScrollArea):
    """Scrolls up and down; ``whole`` makes it as tall as what it holds, for something else to scroll."""

    def __init__(self, inner: QWidget) -> None:
        super().__init__()
        self.whole = False
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._inner = inner
        self.setWidget(inner)

    def sizeHint(self) -> QSize:
        look, inner = look_of(self), self._inner.layout()
        least = look.px(_LEAST)
        if self.whole and inner is not None:
            least = max(inner.totalHeightForWidth(max(self.width(), look.px(_LEAST_WIDTH))), least)
        return QSize(look.px(_LEAST_WIDTH), least)

    def minimumSizeHint(self) -> QSize:
        return QSize(look_of(self).px(80), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.whole and event.oldSize().width() != event.size().width():
            self.updateGeometry()


class _Beside(QScrollArea):
    """The contact and its side panel, in sight and scrolling apart; or below one another and as one."""

    def __init__(self, cards: _Scroll, foot: QWidget, side: ContactSide) -> None:
        super().__init__()
        self._cards, self._side = cards, side
        self._box = Row(gap=0)
        middle = Column(gap=0)
        middle.put(cards, 1)
        middle.put(foot)
        self._box.put(middle, 1)
        self._box.put(side)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._both = Box(self._box)
        self.setWidget(self._both)

    def relook(self) -> None:
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()
        super().resizeEvent(event)

    def _arrange(self) -> None:
        beside = self.width() - self._side.wanted_width >= look_of(self).px(_LEAST_WIDTH)
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._box.setDirection(across if beside else down)
        self._side.set_beside(beside)
        self._cards.whole = not beside
        self._cards.updateGeometry()
        self._both.setMaximumHeight(max(self.height(), 1) if beside else _NO_LIMIT)


class ContactPage(QWidget):
    """``edited`` fires with a section's name and the section."""

    edited = Signal(str, object)
    cohort_chosen = Signal()

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.caller, self.account = CallerCard(settings), AccountCard()
        self.people, self.editor = PeopleCard(), PersonEditor()
        self.telling, self.adult, self.setting = TellingCard(), AdultCard(), SettingCard()
        self.assessment = AssessmentCard(settings)
        self.routes, self.routing = RoutesCard(), RoutingCard()
        self.acts: dict[str, SmallAct] = small_acts()
        self.side = ContactSide()
        self.contact: Contact | None = None
        cards = Column(gap=10, margins=(12, 12, 12, 0))
        cards.put(self.caller)
        cards.put(self.account, 1)
        cards.put(self.setting)
        for below in (self.people, self.editor, self.adult, self.assessment, self.telling):
            cards.put(below)
        self._scroll = _Scroll(Box(cards))
        foot = Column(gap=10, margins=12)
        self._cards: tuple[Card, ...] = (self.routing, *self.acts.values())
        for card in (*self._cards, self.routes):
            foot.put(card)
        self.setLayout(Column(_Beside(self._scroll, Box(foot), self.side)))
        self.sections: dict[str, Leaves] = {
            "caller": self.caller.caller,
            "arrival": self.caller.arrival,
            "account": self.account.section,
            "home": self.people.home,
            "telling": self.telling.section,
            "adult": self.adult.section,
            "setting": self.setting.section,
            "assessment": self.assessment,
        }
        for name, section in self.sections.items():
            section.changed.connect(partial(self._edited, name))  # type: ignore[attr-defined]  # all are sections
        self.editor.section.changed.connect(self._person_edited)
        self.caller.cohort.changed.connect(self.cohort_chosen)
        self.caller.authority.changed.connect(self.cohort_chosen)
        self.caller.organisational.changed.connect(self.cohort_chosen)
        self.routing.left.connect(partial(self.open_card, None))
        for act in self.acts.values():
            act.left.connect(partial(self.open_card, None))
        self.editor.done.connect(self.close_editor)
        self.editor.hide()
        self.open_card(None)

    def _edited(self, name: str) -> None:
        self.edited.emit(name, self.sections[name])

    def _person_edited(self) -> None:
        self.edited.emit(f"person/{self.editor.subject}", self.editor.section)

    # --- what it shows

    def begin(self, contact: Contact) -> None:
        """Show another contact, from its beginning."""
        self.close_editor(focus=False)
        self.open_card(None)
        self.caller.fold(True)
        self.account.fold(contact.account)
        self._show(contact)
        self.caller.caller.clear(contact.caller)
        self.caller.arrival.clear(contact.arrival)
        self.account.section.clear(contact.account)
        self.people.clear_home(contact.home)
        self.people.line.set_value(contact.line)
        self.people.line.clear_error()
        self.telling.section.clear(contact.telling)
        self.adult.section.clear(contact.adult)
        self.setting.section.clear(contact.setting)
        self.assessment.begin(contact.assessed)
        self.telling.offer(contact.telling)

    def refresh(self, contact: Contact) -> None:
        """The same contact as it stands now; nothing that is being typed is touched."""
        self._show(contact)
        self.caller.caller.offer(contact.caller)
        self.caller.arrival.offer(contact.arrival)
        self.account.section.offer(contact.account)
        self.people.offer_home(contact.home)
        self.telling.offer(contact.telling)
        self.adult.section.offer(contact.adult)
        self.setting.section.offer(contact.setting)
        self.assessment.offer(contact.assessed)
        if not self.editor.isHidden():
            self.editor.refresh(contact)

    def _show(self, contact: Contact) -> None:
        self.contact = contact
        self.caller.cohort.offer(contact.cohort.value)
        if self.caller.authority.value() != (contact.authority or NOT_KNOWN[0]):
            self.caller.authority.set_value(contact.authority or NOT_KNOWN[0])
            self.caller.show_districts()
        self.caller.cohort.set_value(contact.cohort.value)
        self.caller.say(contact.aside)
        self.caller.organisational.setChecked(contact.organisational)
        self.show_cohort(contact.cohort)
        self.telling.show_people(contact.rows)
        self.routes.show_contact(contact)
        self.side.show_advice(contact.advice)

    def show_cohort(self, cohort: Cohort) -> None:
        self.account.show_cohort(cohort)
        self.adult.setVisible(cohort is Cohort.ADULTS)
        self.assessment.setVisible(cohort is Cohort.DOMESTIC_ABUSE)
        organisational = self.caller.organisational.isChecked()
        self.setting.setVisible(organisational)
        self.people.show_home(not organisational)
        self.adult.show_setting(not organisational)

    def show_people(self, found: Mapping[str, History]) -> None:
        if self.contact is not None:
            self.people.show_people(self.contact.rows, found)

    def chosen_as(self) -> tuple[Cohort, str, bool]:
        """The cohort and authority that the card says, and whether it is about a setting."""
        authority = self.caller.authority.value()
        return (
            Cohort(self.caller.cohort.value()),
            "" if authority == NOT_KNOWN[0] else authority,
            self.caller.organisational.isChecked(),
        )

    # --- one card at a time at the foot, so that Esc and Ctrl Enter mean one thing

    def open_card(self, card: Card | None) -> None:
        if card is not None:
            self.close_editor(focus=False)
        for each in self._cards:
            each.setVisible(each is card)
        self.routes.setVisible(card is None)

    def ask_for(self, field: str | None, sentence: str) -> bool:
        """Say at its input what a route still needs, and go there; False if no input here is meant."""
        inputs = {**self.setting.section.inputs, "words": self.account.words, "line": self.people.line}
        wanted = inputs.get(field or "")
        if not isinstance(wanted, Field | WordsField):
            return False
        wanted.show_error(sentence)
        wanted.setFocus()
        self._scroll.ensureWidgetVisible(wanted)
        return True

    def open_route(self, form: Routing) -> None:
        if self.contact is None:
            return
        choice = next((one for one in self.contact.routes if one.id == form.route), None)
        if choice is not None:
            self.routing.show_route(form, choice, self.contact)
            self.open_card(self.routing)
            self.routing.rationale.setFocus()

    def open_act(self, what: str) -> SmallAct:
        act = self.acts[what]
        self.open_card(act)
        act.begin()
        return act

    # --- the full form of a person

    def edit(self, person: Person) -> None:
        if self.contact is None:
            return
        opening = self.editor.isHidden() or self.editor.subject != person.subject
        self.open_card(None)
        self.editor.show_person(person, self.contact)
        self.editor.show()
        if opening:
            self.editor.begin()
            # Where it stands is known once it has been laid out.
            QTimer.singleShot(0, self.editor, lambda: self._scroll.ensureWidgetVisible(self.editor))

    def close_editor(self, *, focus: bool = True) -> None:
        if not self.editor.isHidden():
            self.editor.hide()
            if focus:
                self.people.table.setFocus()
