"""The tables of governance, what stands beside the line chosen, and the form that withdraws an entry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt

from mash_desktop.desk.glass import Broken
from mash_desktop.desk.governance import Access, Recipient, RetentionLine, Withdrawal
from mash_desktop.domain.identifiers import in_fours
from ui.forms import SideForm
from ui.theme import Role, Tone, Voice
from ui.widgets.button import ActionButton
from ui.widgets.card import Card, Hairline, SectionHeading
from ui.widgets.field import Field, TextField
from ui.widgets.layout import Column, Grid, empty
from ui.widgets.pill import PillFace
from ui.widgets.table import DenseTable, TableColumn
from ui.widgets.text import Text

_TONES = {
    "glass.broken": Tone.RED,
    "sign_in.failed": Tone.AMBER,
    "recovery_code.used": Tone.AMBER,
    "records.exported": Tone.VIOLET,
    "document.printed": Tone.VIOLET,
}
_STATES = {"admitted": Tone.GREEN, "waiting": Tone.NEUTRAL, "refused": Tone.RED}


def _voice(access: Access) -> Voice:
    tone = _TONES.get(access.kind)
    return Voice(tone.value) if tone is not None else Voice.INK


def trail_table() -> DenseTable[Access]:
    return DenseTable(
        [
            TableColumn("When", lambda row: row.when),
            TableColumn("Who", lambda row: row.who, bold=True, stretch=1),
            TableColumn("Acting as", lambda row: row.acting, voice=Voice.LABEL, stretch=2),
            TableColumn("What", lambda row: row.what, voice=_voice, stretch=1),
            TableColumn("About", lambda row: row.about),
            TableColumn("Device", lambda row: row.device, voice=Voice.ASIDE, small=True),
        ],
        key=lambda row: row.id,
        accessible_name="Audit trail",
    )


def withdrawn_table() -> DenseTable[Withdrawal]:
    return DenseTable(
        [
            TableColumn("When", lambda row: row.when),
            TableColumn("Who", lambda row: row.who, bold=True),
            TableColumn("Referral", lambda row: row.about),
            TableColumn("Why", lambda row: row.reason, stretch=1),
            TableColumn("Filed anew", lambda row: row.refiled),
            TableColumn(
                "State", lambda row: row.state, pills=lambda row: [PillFace(row.state, _STATES[row.state])]
            ),
        ],
        key=lambda row: row.id,
        accessible_name="Misfiled entries withdrawn",
    )


def retention_table() -> DenseTable[RetentionLine]:
    return DenseTable(
        [
            TableColumn("Record", lambda row: row.record, bold=True, stretch=1),
            TableColumn("Cohorts", lambda row: row.cohorts, stretch=1),
            TableColumn("Counted from", lambda row: row.trigger, stretch=2),
            TableColumn("Kept", lambda row: row.period),
            TableColumn("Then", lambda row: row.action),
        ],
        key=lambda row: f"{row.record}/{row.cohorts}",
        accessible_name="Retention schedule",
    )


class AccessCard(Card):
    """One line of the trail in full. What was searched for appears once it is asked for."""

    def __init__(self, access: Access) -> None:
        super().__init__(access.what, access.when, edge=_TONES.get(access.kind))
        self.put(Text(access.who, Role.BASE_BOLD))
        rows = [("Acting as", access.acting), ("About", access.about), ("More", access.detail)]
        rows += [("Device", f"ends in {access.device}" if access.device else "")]
        self.put(_rows([row for row in rows if row[1]]))
        self.terms = Text("", wrap=True)
        self.terms.hide()
        self.put(self.terms)

    def show_terms(self, terms: str) -> None:
        self.terms.setText(f"Searched for “{terms}”")
        self.terms.show()


class WithdrawalCard(Card):
    """An entry that was withdrawn: by whom, why, where it went, and who had received it."""

    def __init__(self, withdrawal: Withdrawal) -> None:
        super().__init__("Withdrawn as misfiled", withdrawal.when)
        rows = [
            ("By", withdrawal.who),
            ("Referral", withdrawal.about),
            ("Entry", in_fours(withdrawal.entry)),
            ("Why", withdrawal.reason),
            ("Filed anew", withdrawal.refiled or "not said"),
        ]
        self.put(_rows(rows))
        self._received = Column(Text("Asking the hub who received it …", Role.SMALL, Voice.ASIDE), gap=4)
        for piece in (Hairline(), SectionHeading("Who received it", icon_name="users"), self._received):
            self.put(piece)

    def show_recipients(self, recipients: Sequence[Recipient]) -> None:
        empty(self._received)
        if not recipients:
            self._received.put(Text("Nobody had received it.", wrap=True))
            return
        self._received.put(_rows([(one.who, one.when) for one in recipients]))
        note = "Tell each of them, and ask that no copy is kept."
        self._received.put(Text(note, Role.SMALL, Voice.ASIDE, wrap=True))

    def say(self, sentence: str) -> None:
        empty(self._received)
        self._received.put(Text(sentence, Role.SMALL, Voice.ASIDE, wrap=True))


def _rows(rows: Iterable[tuple[str, str]]) -> Grid:
    grid = Grid(gap=6)
    grid.setColumnStretch(1, 1)
    for at, (label, words) in enumerate(rows):
        grid.addWidget(Text(label, Role.SMALL, Voice.LABEL), at, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(Text(words, wrap=True), at, 1)
    return grid


class MendForm(SideForm):
    """Broken glass ends now: what is open, to whom, and why it closes."""

    def __init__(self, glass: Broken) -> None:
        reason = TextField("Why it ends now", lines=2)
        super().__init__(
            "govern",
            "End it now",
            "End it",
            Text(f"Open to {glass.who} until {glass.until}: {glass.reason}", wrap=True),
            reason,
            fields={"reason": reason},
        )


class WithdrawForm(SideForm):
    """A misfiled entry: of which referral, which entry, why, and where it went. Says whom to tell."""

    def __init__(self, target: str) -> None:
        self.target = Field("Referral, by reference", target, placeholder="ISL-26-04417")
        self.entry = Field("Number of the entry", placeholder="as the referral file shows it")
        reason = TextField("Why it was misfiled", lines=3)
        refiled = Field("Where it was filed anew", placeholder="a reference, if it was")
        self.looked = Text("", Role.SMALL, Voice.LABEL, wrap=True)
        self.looked.hide()
        super().__init__(
            "govern",
            "Withdraw a misfiled entry",
            "Withdraw",
            Text(
                "It is taken back from everybody who holds it. The log keeps that it was there.",
                Role.SMALL,
                Voice.LABEL,
                wrap=True,
            ),
            self.target,
            self.entry,
            reason,
            refiled,
            self.looked,
            fields={"target": self.target, "entry": self.entry, "reason": reason, "refiled": refiled},
        )

    def begin(self) -> None:
        (self.entry if self.target.value() else self.target).setFocus()

    def show_looked(self, words: str) -> None:
        self.looked.setText(words)
        self.looked.show()


def action(words: str, key: str, name: str, spoken: str) -> ActionButton:
    button = ActionButton(words, key, accessible_name=spoken)
    button.setObjectName(f"govern.{name}")
    return button
