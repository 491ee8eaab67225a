"""The forms of administration, one act each, and the cards that stand beside a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QFileDialog

from mash_desktop.desk.administration import AgencyRow, Device, Difference, DirectLine, Finding, PersonRow
from ui.forms import SideForm
from ui.theme import Role, Tone, Voice
from ui.widgets.button import ActionButton
from ui.widgets.card import Card, Hairline
from ui.widgets.choice import ChoiceField
from ui.widgets.field import Field, TextField
from ui.widgets.layout import Grid, Row
from ui.widgets.text import Text

Choices = Sequence[tuple[str, str]]


class RoleFields:
    """Agency, role, and the team where the agency has teams."""

    def __init__(self, members: Choices, roles: Choices, teams: Callable[[str], Choices]) -> None:
        self.agency = ChoiceField("Agency", members, placeholder="Choose")
        self.role = ChoiceField("Role", roles, placeholder="Choose")
        self.team = ChoiceField("Team, for who receives its work", (), placeholder="None")
        self._teams = teams
        self.agency.changed.connect(self.follow)
        self.follow()

    def follow(self) -> None:
        """Offer the teams of the agency chosen."""
        teams = self._teams(self.agency.value())
        self.team.set_choices((("", "None"), *teams))
        self.team.setVisible(bool(teams))


class _WithRole(SideForm):
    roles: RoleFields

    def fill(self, values: dict[str, str]) -> None:
        super().fill({name: words for name, words in values.items() if name != "team"})
        self.roles.follow()
        super().fill({"team": values.get("team", "")})


class PersonForm(_WithRole):
    """A new person with a first role."""

    def __init__(self, roles: RoleFields) -> None:
        self.roles = roles
        name, email = Field("Name"), Field("E-mail")
        super().__init__(
            "admin",
            "Add a person",
            "Add",
            name,
            email,
            roles.agency,
            roles.role,
            roles.team,
            Text(
                "They can act once they have a device: make them a code next.",
                Role.SMALL,
                Voice.ASIDE,
                wrap=True,
            ),
            fields={
                "name": name,
                "email": email,
                "agency": roles.agency,
                "role": roles.role,
                "team": roles.team,
            },
        )


class RoleForm(_WithRole):
    """A further role of a person; a deputy's or cover's has its last day."""

    def __init__(self, person: PersonRow, roles: RoleFields) -> None:
        self.roles = roles
        since = Field("First day, if not today", placeholder="12 Dec 2026")
        until = Field("Last day, for a deputy or cover", placeholder="24 Dec 2026")
        super().__init__(
            "admin",
            f"Give {person.name} a role",
            "Give",
            roles.agency,
            roles.role,
            roles.team,
            Row(since, until),
            fields={
                "agency": roles.agency,
                "role": roles.role,
                "team": roles.team,
                "since": since,
                "until": until,
            },
        )


def end_form(person: PersonRow) -> SideForm:
    """The end of one role, with the reason."""
    held = [(f"{one.agency}/{one.role}", one.words) for one in person.memberships]
    choice = ChoiceField("Role", held, held[0][0] if len(held) == 1 else "", placeholder="Choose")
    reason = TextField("Why it ends", lines=2)
    return SideForm(
        "admin",
        f"End a role of {person.name}",
        "End it",
        choice,
        reason,
        Text(
            "From its admission on, nothing that they make in this role is admitted, and what only this role "
            "let them hold leaves their desktop.",
            Role.SMALL,
            Voice.ASIDE,
            wrap=True,
        ),
        fields={"held": choice, "reason": reason},
    )


def revoke_form(device: Device) -> SideForm:
    reason = TextField("Why it is revoked", lines=2)
    return SideForm(
        "admin",
        f"Revoke a device of {device.name}",
        "Revoke",
        Text(
            "From its admission on, nothing that this device signs is admitted, and it locks.",
            Role.SMALL,
            Voice.ASIDE,
            wrap=True,
        ),
        reason,
        fields={"reason": reason},
    )


def code_form(person: PersonRow, account: str, command: str) -> SideForm:
    field = Field("Account that they sign in with", account)
    return SideForm(
        "admin",
        f"A device for {person.name}",
        "Make a code",
        field,
        Text(
            "The code is shown once. Give it to the person by hand or by voice, with the hub's address and "
            f"fingerprint. On the store’s own machine, {command} makes one too.",
            Role.SMALL,
            Voice.ASIDE,
            wrap=True,
        ),
        fields={"account": field},
    )


def reset_form(person: PersonRow, directory: str) -> SideForm:
    """``directory`` is what signs them in; empty where a password does."""
    heading, gone = f"Reset how {person.name} signs in", "Password, authenticator and recovery codes"
    if directory:
        heading, gone = f"Unlink {person.name} from {directory}", directory
    return SideForm(
        "admin",
        heading,
        "Unlink" if directory else "Reset",
        Text(
            f"{gone} sign{'s' if directory else ''} them in no more. Their devices are revoked and lock at "
            "once; what they have not sent waits there. The code that comes back sets a computer up again: "
            "with it they choose a password and get an authenticator.",
            Role.SMALL,
            Voice.ASIDE,
            wrap=True,
        ),
        fields={},
    )


class FileForm(SideForm):
    """A file to read the changed configuration from, or to write the present one to."""

    def __init__(self, heading: str, save: str, words: str, *, writes: bool) -> None:
        self._file, self._writes = (
            Field("File", placeholder=".toml or .json" if not writes else ".json"),
            writes,
        )
        choose = ActionButton("Choose…", "Alt+O", accessible_name="Choose the file", compact=True)
        choose.setObjectName("admin.choose")
        choose.clicked.connect(self._choose)
        super().__init__(
            "admin",
            heading,
            save,
            Text(words, Role.SMALL, Voice.ASIDE, wrap=True),
            self._file,
            Row(choose, None),
            fields={"file": self._file},
        )

    def _choose(self) -> None:
        kinds = "Configuration (*.toml *.json)"
        if self._writes:
            name, _ = QFileDialog.getSaveFileName(self, "Configuration", self._file.value(), "JSON (*.json)")
        else:
            name, _ = QFileDialog.getOpenFileName(self, "Configuration", self._file.value(), kinds)
        if name:
            self._file.set_value(name)
            self.edited.emit()


def numbers_form(lines: Sequence[DirectLine]) -> SideForm:
    fields = {one.route: Field(one.label, one.number, placeholder="01785 555014") for one in lines}
    return SideForm(
        "admin",
        "Telephone numbers of direct lines",
        "Put in force",
        Text(
            "Whom a desktop tells its operator to ring where a direct line has not reached the hub within a "
            "minute. They hold from their admission on, for everybody.",
            Role.SMALL,
            Voice.ASIDE,
            wrap=True,
        ),
        *fields.values(),
        fields=fields,
    )


# --- what stands beside a row


def person_card(person: PersonRow, signs_in: str) -> Card:
    card = Card(person.name, "waits to be sent" if person.pending else "")
    if person.email:
        card.put(Text(person.email, Role.SMALL, Voice.LABEL))
    for at, held in enumerate(person.memberships):
        if at:
            card.put(Hairline())
        card.put(Text(held.words, wrap=True))
        if held.since:
            until = f", until {held.until}" if held.until else ""
            card.put(Text(f"since {held.since}{until}", Role.SMALL, Voice.ASIDE))
    if not person.memberships:
        card.put(Text("Holds no role: they can do nothing here.", wrap=True))
    devices = {0: "No device yet", 1: "1 device"}.get(person.devices, f"{person.devices} devices")
    card.put(Text(devices, Role.SMALL, Voice.LABEL))
    if signs_in:
        card.put(Text(signs_in, Role.SMALL, Voice.LABEL, wrap=True))
    return card


def device_card(device: Device) -> Card:
    rows = [
        ("Device", f"ends in {device.device}"),
        ("Key", f"begins {device.key}"),
        ("Enrolled", device.enrolled),
    ]
    if not device.in_use:
        rows += [("Revoked", device.revoked), ("Why", device.reason)]
    return _facts(
        device.name, "in use" if device.in_use else "revoked", rows, None if device.in_use else Tone.RED
    )


def agency_card(agency: AgencyRow) -> Card:
    rows = [
        ("Organisation", agency.organisation),
        ("Short name", agency.short_name),
        ("Serves", agency.areas),
        ("Member from", agency.since),
        ("Until", agency.until),
        ("Teams", "\n".join(agency.teams)),
    ]
    return _facts(agency.name, agency.state, rows, None)


def line_card(part: str, what: str, says: str) -> Card:
    """One value of the configuration in full."""
    return Card(part, "", Text(what, Role.SMALL, Voice.LABEL, wrap=True), Text(says, wrap=True))


def difference_card(one: Difference) -> Card:
    """One difference in full."""
    card = Card(one.part, "", Text(one.what, Role.SMALL, Voice.LABEL, wrap=True))
    for label, says in (("Now", one.before or "–"), ("In the file", one.after or "left out")):
        card.put(Text(label, Role.SMALL, Voice.ASIDE))
        card.put(Text(says, wrap=True))
    return card


def checks_card(findings: Sequence[Finding]) -> Card:
    """What the checks say of the configuration in force."""
    card = Card("Checks", "", edge=Tone.RED if findings else None)
    for finding in findings:
        card.put(Text(f"{finding.sentence} ({finding.field})", wrap=True))
    if not findings:
        card.put(Text("✓ Everything named exists, dates are in order, and nothing is missing.", wrap=True))
    return card


def code_card(person: str, code: str, until: str) -> Card:
    """The one-time code, once."""
    card = Card(f"A code for {person}", f"good until {until}", edge=Tone.ACCENT)
    said = Text(code, Role.TITLE)
    said.setObjectName("admin.code")
    card.put(said)
    card.put(
        Text("It is shown here once. It works on one device, one time.", Role.SMALL, Voice.LABEL, wrap=True)
    )
    return card


def _facts(heading: str, aside: str, rows: Sequence[tuple[str, str]], edge: Tone | None) -> Card:
    card = Card(heading, aside, edge=edge)
    grid = Grid(gap=6)
    grid.setColumnStretch(1, 1)
    for at, (label, words) in enumerate([row for row in rows if row[1]]):
        grid.addWidget(Text(label, Role.SMALL, Voice.LABEL), at, 0)
        grid.addWidget(Text(words, wrap=True), at, 1)
    card.put(grid)
    return card


ASIDES = {
    "people": "Choose a person.",
    "codes": "A code ties one computer to one person, once. It expires after a week.",
    "devices": "Choose a device to see it, or to revoke it.",
    "agencies": "Agencies are part of the configuration: they change with it.",
    "configuration": (
        "This is the configuration in force, every value of it. To change it, write it to a file, change the "
        "file, and import it: what differs is shown before anything changes. The telephone numbers of direct "
        "lines are typed here."
    ),
}
