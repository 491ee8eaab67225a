"""The figures screen.

Names for whoever drives it: ``figures.period``, ``figures.authority``, ``figures.cohort``,
``figures.published``, ``figures.tabs``, ``figures.table.<section>``, ``figures.export``, ``figures.file``,
``figures.form.save``, ``figures.form.close``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QStackedWidget, QWidget

from mash_desktop.desk import ChangeSet, Desk, figures
from mash_desktop.desk.figures import PERIODS, Basis, Chosen, Row, View
from mash_desktop.figures import Case
from ui.figures.pieces import ExportForm, definitions, table_of
from ui.forms import OpenForm
from ui.keys import keys
from ui.screen import Screen
from ui.theme import Role, Voice
from ui.widgets.button import ActionButton, KeyCap
from ui.widgets.card import Card, Page, SidePanel
from ui.widgets.choice import ChoiceField
from ui.widgets.layout import Box, Column, Flow, empty
from ui.widgets.states import EmptyState, ErrorState, SkeletonRows
from ui.widgets.table import DenseTable
from ui.widgets.tabs import Tab, TabStrip
from ui.widgets.text import Text
from ui.widgets.tick import TickBox
from ui.work import Worker

_DRAFT = "figures/export"
_AT_ONCE = 100
"""Referrals read in one go, so that other screens' reads come between."""


class FiguresScreen(Screen):
    place_id, title = "figures", "Figures"

    def __init__(self, desk: Desk, worker: Worker) -> None:
        super().__init__(worker)
        self._desk = desk
        self._cases: dict[str, Case] = {}
        self._to_read: list[str] = []
        self._started = self._entered = False
        self._whole = 0
        self._written = ""
        self._basis: Basis | None = None
        self._view: View | None = None
        self._tables: dict[str, DenseTable[Row]] = {}
        self.period = self._filter("Received", "period", PERIODS, "365")
        self.authority = self._filter("Local authority at entry", "authority", figures.EVERY_AUTHORITY, "")
        self.cohort = self._filter("Cohort at entry", "cohort", figures.EVERY_COHORT, "")
        self.published = TickBox("As published", accessible_name="Show the figures as they may be published")
        self.published.setObjectName("figures.published")
        self.published.toggled.connect(lambda _: self._lay_out())
        self._cap = KeyCap("P")
        keys.on("P", self, self.published.toggle, "Show the figures as published, or all of them")
        self.export = ActionButton(
            "Take out as CSV", "E", accessible_name="Take the published view out as CSV"
        )
        self.export.setObjectName("figures.export")
        self.export.clicked.connect(self._open_export)
        self._coverage = Text("", Role.SMALL, Voice.LABEL, wrap=True)
        self.tabs = TabStrip(accessible_name="Figures")
        self.tabs.setObjectName("figures.tabs")
        self.tabs.chosen.connect(lambda _: self._show_section())
        self._stack = QStackedWidget()
        self._card = Card(padding=1, gap=0)
        self._card.put(self._stack, 1)
        self._progress = Text("", Role.SMALL, Voice.ASIDE)
        coming = Card("", "", SkeletonRows(what="Figures"), padding=1, gap=0)
        self._loading = Box(Column(self._progress, coming, None))
        self._instead = Column(gap=0)
        self._instead_box = Box(self._instead)
        filters = Flow(self.period, self.authority, self.cohort, gap=12)
        body = Column(filters, self._coverage, self.tabs, gap=10, margins=12)
        body.put(self._loading, 1)
        body.put(self._instead_box, 1)
        body.put(self._card, 1)
        self.side = SidePanel(width=330)
        self._form = OpenForm(self, desk, self._focus)
        self.setLayout(Column(Page(body, right=self.side)))
        self._show(self._loading)

    def _filter(self, label: str, name: str, choices: Sequence[tuple[str, str]], value: str) -> ChoiceField:
        field = ChoiceField(label, choices, value)
        field.setObjectName(f"figures.{name}")
        field.box.setMinimumContentsLength(20)
        field.changed.connect(self._lay_out)
        return field

    def bar_widgets(self) -> Sequence[QWidget]:
        return (self.published, self._cap, self.export)

    # --- reading

    def enter(self) -> None:
        if not self._started:
            self._started = True
            self.run(partial(figures.streams_held, self._desk), self._begin, self._failed)
        elif self._basis is not None:
            self._count()
        self._entered = True
        self._focus()

    def _begin(self, streams: Sequence[str]) -> None:
        self._to_read = list(streams)
        self._whole = len(streams)
        self._read_on({})

    def _read_on(self, found: dict[str, Case]) -> None:
        self._cases.update(found)
        some, self._to_read = self._to_read[:_AT_ONCE], self._to_read[_AT_ONCE:]
        if some:
            read = self._whole - len(self._to_read) - len(some)
            self._progress.setText(f"Read {read:,} of {self._whole:,} referrals")
            self.run(partial(figures.read_cases, self._desk, some), self._read_on, self._failed)
        else:
            self._count()

    def show_change(self, change_set: object) -> None:
        if not isinstance(change_set, ChangeSet) or not self._started:
            return
        changed = [one for one in change_set.streams if one.startswith("referral:")]
        if self._basis is None:
            self._to_read += [one for one in changed if one not in self._to_read]
        elif changed:
            self.run(partial(figures.read_cases, self._desk, changed), partial(self._changed, changed))
        elif change_set.hub or any(one.startswith("identity:") for one in change_set.streams):
            self._count()

    def _changed(self, streams: Sequence[str], found: dict[str, Case]) -> None:
        for stream in streams:
            self._cases.pop(stream, None)
        self._cases.update(found)
        self._count()

    def _count(self) -> None:
        self.run(partial(figures.basis, self._desk, dict(self._cases)), self._have_basis, self._failed)

    def _have_basis(self, basis: Basis) -> None:
        self._basis = basis
        authorities, cohorts = figures.choices(basis)
        self.authority.set_choices(authorities)
        self.cohort.set_choices(cohorts)
        self._lay_out()

    def _lay_out(self) -> None:
        basis = self._basis
        if basis is not None:
            self.run(partial(figures.view, basis, self._chosen()), self._show_view, self._failed)

    def _chosen(self) -> Chosen:
        return Chosen(
            self.period.value() or "all",
            self.authority.value(),
            self.cohort.value(),
            self.published.isChecked(),
        )

    def _failed(self, error: Exception) -> None:
        sentence = getattr(error, "sentence", "The profile could not be read.")
        self._started = False
        self._say_instead(ErrorState("The figures could not be counted", sentence, self.enter))

    # --- showing

    def _show_view(self, view: View) -> None:
        self._view = view
        self._coverage.setText(view.coverage)
        if not self._cases:
            self._say_instead(
                EmptyState(
                    "chart-column",
                    "No referral is held here to be counted",
                    "Figures are counted from the referrals that a desk holds. Ask a hub manager or decision "
                    "maker for the published view.",
                )
            )
            return
        self.tabs.set_tabs([Tab(one.id, one.label) for one in view.sections])
        self._show(self._card)
        self._show_section()
        if self._entered:
            self._entered = False
            self._focus()

    def _show_section(self) -> None:
        view = self._view
        if view is None:
            return
        section = next((one for one in view.sections if one.id == self.tabs.current()), view.sections[0])
        table = self._tables.get(section.id)
        if table is None:
            table = self._tables[section.id] = table_of(section)
            table.setObjectName(f"figures.table.{section.id}")
            self._stack.addWidget(table)
        table.set_rows(view.rows)
        self._stack.setCurrentWidget(table)
        if self._form.current is None:
            self.side.clear()
            self.side.put(definitions(section))
            self.side.put(None)

    def _show(self, wanted: Box | Card) -> None:
        for one in (self._loading, self._instead_box, self._card):
            one.setVisible(one is wanted)
        ready = wanted is self._card
        self.tabs.setVisible(ready)
        self._coverage.setVisible(ready)
        self.side.setVisible(ready)
        self.export.setEnabled(ready)
        self.published.setEnabled(ready)

    def _say_instead(self, state: EmptyState | ErrorState) -> None:
        empty(self._instead)
        self._instead.put(state)
        self._show(self._instead_box)

    def _focus(self) -> None:
        shown = self._stack.currentWidget()
        (shown if shown is not None and self._card.isVisible() else self.period).setFocus()

    # --- taking it out

    def _open_export(self) -> None:
        if self._basis is not None:
            self.run(partial(figures.default_file, self._desk), self._ask_where)

    def _ask_where(self, file: str) -> None:
        self._form.close()
        period = dict(PERIODS)[self._chosen().period]
        form = ExportForm(file, period)
        self.side.clear()
        self.side.put(form)
        self.side.put(None)
        self._form.open(form, _DRAFT, lambda key: self._write(form, key), self._after_form)

    def _write(self, form: ExportForm, key: str) -> Callable[[], None]:
        basis, chosen, file = self._basis, self._chosen(), form.values()["file"]
        assert basis is not None

        def write() -> None:
            self._written = figures.export(self._desk, basis, chosen, file, (key,))

        return write

    def _after_form(self) -> None:
        self._show_section()
        if self._written:
            self.says.emit(f"Written to {self._written}. That it was taken out is in the audit trail.")
            self._written = ""
