"""The administration screen.

Names for whoever drives it: ``admin.tabs``, ``admin.people``, ``admin.devices``, ``admin.codes``,
``admin.agencies``, ``admin.lines``, ``admin.differences``; actions ``admin.add`` (N), ``admin.give`` (G),
``admin.end`` (E), ``admin.make_code`` (C), ``admin.reset`` (R), ``admin.many`` (B), ``admin.revoke`` (V),
``admin.import`` (I), ``admin.numbers`` (T), ``admin.write`` (W), ``admin.force`` (Ctrl Enter),
``admin.leave`` (Esc); the number of a direct line is named by its route, ``admin.direct-line``; for codes
``admin.make_codes`` (Ctrl Enter), ``admin.stop`` and ``admin.forget`` (Esc), ``admin.sheet`` (S); fields
``admin.name``, ``admin.email``, ``admin.agency``, ``admin.role``, ``admin.team``, ``admin.held``,
``admin.reason``, ``admin.account``, ``admin.file``, ``admin.who``, ``admin.list``; ``admin.form.save``,
``admin.form.close``; the code made is ``admin.code``.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any

import shiboken6
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget

from mash_desktop.desk import ChangeSet, Desk, administration
from mash_desktop.desk.administration import (
    AccountsFound,
    CodeRow,
    EnrolmentCode,
    Finding,
    HeldAccount,
    PersonRow,
    Proposal,
)
from mash_desktop.desk.wording import say_moment
from mash_desktop.domain.configuration import HubConfig
from mash_desktop.domain.errors import Refusal
from ui.administration import forms
from ui.administration.banners import numbers_banner, proposal_banners
from ui.administration.codes import ManyCodes, WhoForm
from ui.administration.tables import (
    agencies_table,
    devices_table,
    differences_table,
    lines_table,
    people_table,
)
from ui.forms import Make, OpenForm, SideForm
from ui.screen import Screen
from ui.theme import Role, Voice
from ui.widgets.button import ActionButton
from ui.widgets.card import Card, Page, SidePanel
from ui.widgets.layout import Box, Column, Flow, empty
from ui.widgets.states import ErrorState, SkeletonRows
from ui.widgets.table import DenseTable
from ui.widgets.tabs import Tab, TabStrip
from ui.widgets.text import Text
from ui.work import Worker


class AdministrationScreen(Screen):
    place_id, title = "admin", "Administration"

    _code_came = Signal(object, object)
    _accounts_came = Signal(object)

    def __init__(self, desk: Desk, worker: Worker) -> None:
        super().__init__(worker)
        self._desk = desk
        self._config: HubConfig | None = None
        self._proposal: Proposal | None = None
        self._findings: tuple[Finding, ...] = ()
        self._wanted = ""
        self._written = ""
        self._code: tuple[str, str, str] | None = None
        """A one-time code that is shown: whose, the code, until when."""
        self._accounts: AccountsFound | None = None
        """Who signs in how; ``None`` until the hub has said."""
        self.codes = ManyCodes(self, desk, self._button)
        self._chosen: tuple[CodeRow, ...] = ()
        self.people, self.devices, self.agencies = people_table(), devices_table(), agencies_table()
        self.lines, self.differences = lines_table(), differences_table()
        self._stack = QStackedWidget()
        for name, table in (
            ("people", self.people),
            ("devices", self.devices),
            ("codes", self.codes.table),
            ("agencies", self.agencies),
            ("lines", self.lines),
            ("differences", self.differences),
        ):
            table.setObjectName(f"admin.{name}")
            table.chosen.connect(lambda _: self._show_beside())
            self._stack.addWidget(table)
        self.tabs = TabStrip(self._tabs(), accessible_name="Administration")
        self.tabs.setObjectName("admin.tabs")
        self.tabs.chosen.connect(lambda _: self._show())
        self._card = Card(padding=1, gap=0)
        self._card.put(self._stack, 1)
        self._card.hide()
        self._loading = SkeletonRows(what="People")
        self._above = Column(gap=8)
        self._instead = Column(gap=0)
        body = Column(self.tabs, self._above, gap=10, margins=12)
        body.put(self._loading)
        body.put(self._instead)
        body.put(self._card, 1)
        self._beside = Column(gap=10)
        self._make_actions()
        foot = Box(Flow(*self._actions.values()))
        self.side = SidePanel(Box(self._beside), None, width=370, foot=foot)
        made = self._actions
        opened_by = made | {"person": made["add"], "role": made["give"], "code": made["make_code"]}
        self._form = OpenForm(self, desk, self._focus, opened_by)
        self.setLayout(Column(Page(body, right=self.side)))
        self.codes.moved.connect(self._show)
        self._code_came.connect(self._have_code, Qt.ConnectionType.QueuedConnection)
        self._accounts_came.connect(self._have_accounts, Qt.ConnectionType.QueuedConnection)

    def _make_actions(self) -> None:
        self._actions: dict[str, ActionButton] = {}
        for name, words, key, spoken, do in (
            ("add", "Add a person", "N", "Add a person", self._add),
            ("give", "Give a role", "G", "Give the person chosen a role", self._give),
            ("end", "End a role", "E", "End a role of the person chosen", self._end),
            ("make_code", "Code for a device", "C", "Make a code for a new device", self._make_code),
            ("many", "Codes for many", "B", "Make codes for many devices", self._choose_many),
            ("reset", "Reset sign-in", "R", "Let the person chosen choose a password anew", self._reset),
            ("revoke", "Revoke", "V", "Revoke the device chosen", self._revoke),
            ("import", "Import a change", "I", "Import a changed configuration", self._import),
            ("numbers", "Direct lines", "T", "Telephone numbers of direct lines", self._numbers),
            ("write", "Write to a file", "W", "Write the configuration to a file", self._write),
        ):
            button = ActionButton(words, key, accessible_name=spoken)
            button.setObjectName(f"admin.{name}")
            button.clicked.connect(do)
            self._actions[name] = button

    # --- reading

    def enter(self) -> None:
        self._read()
        self._ask_accounts()
        self._focus()

    def open(self, reference: str) -> None:
        """Show a tab, and on it the row of a key."""
        tab, _, self._wanted = reference.partition("/")
        self.tabs.choose(tab)

    def chosen(self) -> str:
        return f"{self.tabs.current()}/{self._table().current_key()}"

    def show_status(self, status: object) -> None:
        if self._accounts is None and self.isVisible() and self._desk.online():
            self._ask_accounts()

    def _ask_accounts(self) -> None:
        def came(done: Future[AccountsFound]) -> None:
            # On the network's thread; the screen may have been dropped by a lock meanwhile.
            if shiboken6.isValid(self) and not done.cancelled() and done.exception() is None:
                self._accounts_came.emit(done.result())

        # Without a line it is not known, and said where it is needed.
        self.run(
            partial(administration.ask_accounts, self._desk),
            lambda future: future.add_done_callback(came),
            lambda _: None,
        )

    def _have_accounts(self, accounts: AccountsFound) -> None:
        self._accounts = accounts
        self._show_beside()

    def show_change(self, change_set: object) -> None:
        if isinstance(change_set, ChangeSet) and change_set.hub:
            self._read()

    def _read(self) -> None:
        self.run(self._read_config, self._have_config, self._failed)
        self.run(partial(administration.people, self._desk), self._have_people, self._failed)
        self.run(partial(administration.devices, self._desk), self.devices.set_rows, self._failed)
        self.run(partial(administration.agencies, self._desk), self.agencies.set_rows, self._failed)
        self.run(lambda: administration.lines(self._desk.config()), self.lines.set_rows, self._failed)
        self.run(lambda: None, lambda _: self._have_all(), self._failed)

    def _have_all(self) -> None:
        if self._wanted and self._table().select_key(self._wanted):
            self._wanted = ""
        self._show()
        self._form.reached(self.chosen())

    def _read_config(self) -> tuple[HubConfig, tuple[Finding, ...]]:
        return self._desk.config(), administration.findings_now(self._desk)

    def _have_config(self, told: tuple[HubConfig, tuple[Finding, ...]]) -> None:
        self._config, self._findings = told

    def _have_people(self, people: tuple[PersonRow, ...]) -> None:
        self.people.set_rows(people)
        if self._wanted and self.people.select_key(self._wanted):
            self._wanted = ""
        elif self.people.current() is None and people:
            self.people.select_key(people[0].person)

    def _failed(self, error: Exception) -> None:
        self._loading.hide()
        sentence = getattr(error, "sentence", "The profile could not be read.")
        empty(self._instead)
        self._instead.put(ErrorState("The hub's people could not be read", sentence, self._read))

    # --- showing

    def _tabs(self) -> list[Tab]:
        in_use = sum(device.in_use for device in self.devices.rows())
        return [
            Tab("people", "People", len(self.people.rows())),
            Tab("devices", "Devices", in_use),
            Tab("codes", "Codes", len(self.codes.rows) or None),
            Tab("agencies", "Agencies", len(self.agencies.rows())),
            Tab("configuration", "Configuration"),
        ]

    def _show(self) -> None:
        tab = self.tabs.current()
        self._loading.hide()
        empty(self._instead)
        self._card.show()
        self.tabs.set_tabs(self._tabs())
        self._stack.setCurrentWidget(self._table())
        nobody = tab == "codes" and not self.codes.rows
        self._card.setVisible(not nobody)
        if nobody:
            self._instead.put(self.codes.empty_state(self._choose_many))
        self._show_above(tab)
        self._show_beside()

    def _table(self) -> DenseTable[Any]:
        """That of the tab."""
        tables: dict[str, DenseTable[Any]] = {
            "people": self.people,
            "devices": self.devices,
            "codes": self.codes.table,
            "agencies": self.agencies,
            "configuration": self.lines if self._proposal is None else self.differences,
        }
        return tables[self.tabs.current()]

    def _show_above(self, tab: str) -> None:
        empty(self._above)
        if tab == "configuration":
            self._show_proposal()
        elif tab == "people" and self._form.current is None:
            type_it = self._button("Type it", "T", "type_number", self._type_number)
            if (banner := numbers_banner(self._findings, type_it)) is not None:
                self._above.put(banner)
        elif tab == "codes" and self._form.current is None and (banner := self.codes.banner()) is not None:
            self._above.put(banner)

    def _show_beside(self) -> None:
        tab = self.tabs.current()
        person, device = self.people.current(), self.devices.current()
        shown = {
            "people": {"add", "make_code", "many", "give"}
            | ({"end"} if person and person.memberships else set())
            | ({"reset"} if person and self._account_of(person) else set()),
            "codes": {"many"} if self.codes.rows and not self.codes.running else set(),
            "devices": {"revoke"} if device is not None and device.in_use else set(),
            "agencies": set(),
            "configuration": {"import", "numbers", "write"},
        }[tab]
        for name, button in self._actions.items():
            button.setVisible(name in shown)
        if self._form.current is not None:
            return
        empty(self._beside)
        agency = self.agencies.current()
        if tab == "people" and person is not None:
            if self._code is not None and self._code[0] == person.person:
                self._beside.put(forms.code_card(person.name, *self._code[1:]))
            else:
                self._code = None
            self._beside.put(forms.person_card(person, self._signs_in(person)))
        elif tab == "codes" and (card := self.codes.row_card()) is not None:
            self._beside.put(card)
        elif tab == "devices" and device is not None:
            self._beside.put(forms.device_card(device))
        elif tab == "agencies" and agency is not None:
            self._beside.put(forms.agency_card(agency))
        elif tab == "configuration":
            self._show_configuration()
        else:
            self._beside.put(Text(forms.ASIDES[tab], Role.BASE, Voice.LABEL, wrap=True))

    def _account_of(self, person: PersonRow) -> HeldAccount | None:
        held = self._accounts.accounts if self._accounts is not None else ()
        return next((one for one in held if one.person == person.person), None)

    def _signs_in(self, person: PersonRow) -> str:
        """How a person signs in; empty where the hub has not said."""
        if self._accounts is None:
            return ""
        held = self._account_of(person)
        if held is None:
            return "No account yet: the first code makes it."
        way = f"through {self._accounts.directory}" if held.linked else "with a password"
        return f"Signs in as {held.account}, {way}"

    def _show_configuration(self) -> None:
        line, difference = self.lines.current(), self.differences.current()
        if self._proposal is not None and difference is not None:
            self._beside.put(forms.difference_card(difference))
        elif self._proposal is None and line is not None:
            self._beside.put(forms.line_card(line.part, line.what, line.says))
        if self._proposal is None:
            self._beside.put(forms.checks_card(self._findings))
        self._beside.put(Text(forms.ASIDES["configuration"], Role.SMALL, Voice.LABEL, wrap=True))

    def _focus(self) -> None:
        table = self._stack.currentWidget()
        (table if table is not None and self._card.isVisible() else self.tabs).setFocus()

    # --- people and devices

    def _open(self, form: SideForm, key: str, make: Make, made: Callable[[], object] = lambda: None) -> None:
        self._form.close()
        if self._proposal is not None:
            self._proposal = None
            self._show()
        empty(self._beside)
        self._beside.put(form)
        # What stands above has keys that a form has too.
        empty(self._above)
        self._form.open(form, f"admin/{key}", make, self._close_form, made)

    def _close_form(self) -> None:
        empty(self._beside)
        self._show()

    def _roles(self) -> forms.RoleFields:
        assert self._config is not None
        config = self._config
        return forms.RoleFields(
            administration.members(config, self._desk.now()),
            administration.roles(),
            partial(administration.teams, config),
        )

    def _add(self) -> None:
        form = forms.PersonForm(self._roles())

        def make(key: str) -> Callable[[], object]:
            typed = form.values()

            def add() -> None:
                self._wanted = administration.add_person(
                    self._desk,
                    typed["name"],
                    typed["email"],
                    typed["agency"],
                    typed["role"],
                    typed["team"],
                    (key,),
                )

            return add

        self._open(form, "person", make)

    def _give(self) -> None:
        person = self.people.current()
        if person is None:
            return
        form = forms.RoleForm(person, self._roles())

        def make(key: str) -> Callable[[], object]:
            typed = form.values()
            return partial(
                administration.give_role,
                self._desk,
                person.person,
                typed["agency"],
                typed["role"],
                typed["team"],
                typed["since"],
                typed["until"],
                (key,),
            )

        self._open(form, f"role/{person.person}", make)

    def _end(self) -> None:
        person = self.people.current()
        if person is None or not person.memberships:
            return
        form = forms.end_form(person)

        def make(key: str) -> Callable[[], object]:
            typed = form.values()
            return partial(
                administration.end_role, self._desk, person.person, typed["held"], typed["reason"], (key,)
            )

        self._open(form, f"end/{person.person}", make)

    def _revoke(self) -> None:
        device = self.devices.current()
        if device is None or not device.in_use:
            return
        form = forms.revoke_form(device)

        def make(key: str) -> Callable[[], object]:
            return partial(administration.revoke, self._desk, device.id, form.values()["reason"], (key,))

        self._open(form, f"revoke/{device.id}", make)

    def _make_code(self) -> None:
        person = self.people.current()
        if person is None:
            return
        held = self._account_of(person)
        account = held.account if held is not None else administration.account_for(person.name)
        form = forms.code_form(person, account, administration.command_for(account))

        def make(key: str) -> Callable[[], object]:
            typed = form.values()["account"]
            return self._asking(person, lambda: administration.ask_code(self._desk, person.person, typed))

        self._open(form, f"code/{person.person}", make)

    def _reset(self) -> None:
        person = self.people.current()
        held = self._account_of(person) if person is not None else None
        if person is None or self._accounts is None or held is None:
            return
        form = forms.reset_form(person, self._accounts.directory if held.linked else "")

        ask = self._asking(person, lambda: administration.reset(self._desk, person))
        self._open(form, f"reset/{person.person}", lambda _: ask)

    def _asking(self, person: PersonRow, ask: Callable[[], Future[EnrolmentCode]]) -> Callable[[], object]:
        """Asks the store for a code, which is shown when it comes."""

        def came(done: Future[EnrolmentCode]) -> None:
            # On the network's thread; the screen may have been dropped by a lock meanwhile.
            if shiboken6.isValid(self):
                self._code_came.emit(person, done)

        return lambda: ask().add_done_callback(came)

    def _have_code(self, person: PersonRow, done: Future[EnrolmentCode]) -> None:
        """The store has answered, on the network's thread; this is the window's."""
        error = ConnectionError() if done.cancelled() else done.exception()
        if error is not None:
            unreachable = "The hub cannot be reached. Try again."
            self.says.emit(error.sentence if isinstance(error, Refusal) else unreachable)
            return
        code, config = done.result(), self._config
        until = say_moment(code.expires_at, self._desk.now(), config) if config is not None else ""
        self._code = (person.person, code.code, until)
        self._form.close()
        self._ask_accounts()
        self._show_beside()

    def _choose_many(self) -> None:
        self.run(partial(administration.groups, self._desk), self._open_many)

    def _open_many(self, groups: tuple[tuple[str, str], ...]) -> None:
        form = WhoForm(groups)

        def refused(error: Exception) -> None:
            form.refuse(getattr(error, "sentence", "That file could not be read."), "list")

        form.file_chosen.connect(
            lambda file: self.run(partial(administration.read_list, file), form.take_list, refused)
        )
        self.tabs.choose("codes")
        self._show()

        def make(key: str) -> Callable[[], object]:
            typed, accounts = form.values(), self._accounts

            def choose() -> None:
                if accounts is None:
                    raise Refusal("offline", "The hub cannot be reached: codes are made there.")
                chosen = administration.chosen(self._desk, accounts, typed["who"], typed["list"])
                self._chosen = chosen

            return choose

        self._open(form, "many", make, lambda: self.codes.show_rows(self._chosen))

    # --- configuration

    def _import(self) -> None:
        form = forms.FileForm(
            "Import a changed configuration",
            "Show what it changes",
            "Nothing changes yet: what differs is shown first, and what is wrong with it.",
            writes=False,
        )

        def make(key: str) -> Callable[[], object]:
            file = form.values()["file"]

            def read() -> None:
                self._proposal = administration.propose(self._desk, file)

            return read

        self._open(form, "import", make)

    def _numbers(self) -> None:
        if self._config is not None:
            form = forms.numbers_form(administration.direct_lines(self._config))

            def make(key: str) -> Callable[[], object]:
                return partial(administration.set_numbers, self._desk, form.values(), (key,))

            self._open(form, "numbers", make)

    def _type_number(self) -> None:
        self.tabs.choose("configuration")
        self._numbers()

    def _write(self) -> None:
        form = forms.FileForm(
            "Write the configuration to a file",
            "Write",
            "Change the file with a text editor, then import it. It holds no personal data.",
            writes=True,
        )

        def make(key: str) -> Callable[[], object]:
            file = form.values()["file"]

            def write() -> None:
                self._written = administration.write_file(self._desk, file, (key,))

            return write

        self._open(form, "write", make)

    def _show_proposal(self) -> None:
        if self._written:
            self.says.emit(f"Written to {self._written}.")
            self._written = ""
        proposal = self._proposal
        if proposal is None:
            return
        self.differences.set_rows(proposal.differences)
        leave = self._button("Leave it", "Esc", "leave", self._leave)
        force = partial(self._button, "Put in force", "Ctrl+Return", "force", self._force)
        for banner in proposal_banners(proposal, leave, force):
            self._above.put(banner)

    def _button(self, words: str, key: str, name: str, do: Callable[[], None]) -> ActionButton:
        button = ActionButton(words, key, accessible_name=words)
        button.setObjectName(f"admin.{name}")
        button.clicked.connect(do)
        return button

    def _leave(self) -> None:
        self._proposal = None
        self._show()
        self._focus()

    def _force(self) -> None:
        proposal = self._proposal
        if proposal is not None:
            self.run(
                partial(administration.put_in_force, self._desk, proposal, ("admin/import",)), self._forced
            )

    def _forced(self, _: object) -> None:
        self.says.emit("Put in force here. It holds for everybody once the hub has admitted it.")
        self._leave()
