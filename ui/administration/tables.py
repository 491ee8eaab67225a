"""The tables of administration."""

from __future__ import annotations

from mash_desktop.desk.administration import AgencyRow, Device, Difference, Line, PersonRow
from ui.theme import Tone, Voice
from ui.widgets.pill import PillFace
from ui.widgets.table import DenseTable, TableColumn

_AGENCY_TONES = {"member": Tone.GREEN, "virtual": Tone.ACCENT, "ended": Tone.NEUTRAL, "not yet": Tone.AMBER}


def people_table() -> DenseTable[PersonRow]:
    return DenseTable(
        [
            TableColumn("Name", lambda row: row.name, bold=True),
            TableColumn("Roles", lambda row: row.roles, voice=_roles_voice, stretch=1),
            TableColumn("Devices", lambda row: str(row.devices), right=True),
            TableColumn("", _pending, pills=lambda row: [PillFace(_pending(row))] if row.pending else []),
        ],
        key=lambda row: row.person,
        accessible_name="People",
    )


def _roles_voice(row: PersonRow) -> Voice:
    return Voice.INK if row.memberships else Voice.ASIDE


def _pending(row: PersonRow) -> str:
    return "waits to be sent" if row.pending else ""


def devices_table() -> DenseTable[Device]:
    return DenseTable(
        [
            TableColumn("Person", lambda row: row.name, bold=True),
            TableColumn("Device", lambda row: f"…{row.device}"),
            TableColumn("Key", lambda row: f"{row.key}…", voice=Voice.LABEL),
            TableColumn("Enrolled", lambda row: row.enrolled),
            TableColumn(
                "State",
                lambda row: "in use" if row.in_use else f"revoked {row.revoked}",
                pills=lambda row: [
                    PillFace("in use", Tone.GREEN)
                    if row.in_use
                    else PillFace(f"revoked {row.revoked}", Tone.RED)
                ],
            ),
            TableColumn("Why", lambda row: row.reason, stretch=1),
        ],
        key=lambda row: row.id,
        accessible_name="Devices and keys",
    )


def _device_face(row: Device) -> PillFace:
    return PillFace("in use", Tone.GREEN) if row.in_use else PillFace(f"revoked {row.revoked}", Tone.RED)


def agencies_table() -> DenseTable[AgencyRow]:
    return DenseTable(
        [
            TableColumn("Agency", lambda row: row.name, bold=True, stretch=1),
            TableColumn("Kind", lambda row: row.kind),
            TableColumn(
                "Takes part",
                lambda row: row.state,
                pills=lambda row: [PillFace(row.state, _AGENCY_TONES[row.state])],
            ),
            TableColumn("Until", lambda row: row.until),
            TableColumn("People", lambda row: str(row.people), right=True),
        ],
        key=lambda row: row.id,
        accessible_name="Agencies",
    )


def lines_table() -> DenseTable[Line]:
    return DenseTable(
        [
            TableColumn("Part", lambda row: row.part, voice=Voice.LABEL),
            TableColumn("What", lambda row: row.what, width=380),
            TableColumn("Says", lambda row: row.says, stretch=1),
        ],
        key=lambda row: f"{row.part}/{row.what}",
        accessible_name="Configuration in force",
    )


def differences_table() -> DenseTable[Difference]:
    return DenseTable(
        [
            TableColumn("Part", lambda row: row.part, voice=Voice.LABEL),
            TableColumn("What", lambda row: row.what, stretch=1),
            TableColumn("Now", lambda row: row.before or "–", stretch=1),
            TableColumn("In the file", lambda row: row.after or "left out", voice=_after_voice, stretch=1),
        ],
        key=lambda row: f"{row.part}/{row.what}",
        accessible_name="What the file changes",
    )


def _after_voice(row: Difference) -> Voice:
    return Voice.VIOLET if row.after else Voice.RED
