"""What the screen is put together from: the line and the log, an act with every word."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from mash_desktop.desk.attention import Item, Side, Standing, Status
from ui.theme import Role, Tone, Voice
from ui.widgets.card import Card, Hairline
from ui.widgets.layout import Column, Grid, Row
from ui.widgets.pill import Pill, PillFace
from ui.widgets.text import Text

TONES = {
    "waiting": Tone.NEUTRAL,
    "behind": Tone.NEUTRAL,
    "refused": Tone.RED,
    "conflicting": Tone.VIOLET,
    "quarantined": Tone.AMBER,
}


def state_face(item: Item, online: bool) -> PillFace:
    return PillFace(item.state_words(online), TONES[item.state])


def facts(rows: list[tuple[str, str]]) -> Grid:
    """Labels at the left, what they say at the right."""
    grid = Grid(gap=6)
    grid.setColumnStretch(1, 1)
    for at, (label, words) in enumerate(rows):
        grid.addWidget(Text(label, Role.SMALL, Voice.LABEL), at, 0)
        grid.addWidget(Text(words, wrap=True), at, 1)
    return grid


class LineCard(Card):
    """Online or not and since when, and when the log was last verified; with the button that asks now."""

    def __init__(self, button: QWidget) -> None:
        super().__init__("The line", "")
        self._pill = Pill()
        self._since = Text("", wrap=True)
        self._note = Text(
            "You can go on working. All of it is sent when the line is back.",
            Role.SMALL,
            Voice.ASIDE,
            wrap=True,
        )
        self._synced, self._verified = Text(""), Text("")
        times = Grid(gap=6)
        times.setColumnStretch(1, 1)
        for at, (label, text) in enumerate(
            (("Last fetched", self._synced), ("Log verified", self._verified))
        ):
            times.addWidget(Text(label, Role.SMALL, Voice.LABEL), at, 0)
            times.addWidget(text, at, 1)
        state = Row(self._pill, gap=10)
        state.put(self._since, 1)
        for piece in (state, self._note, times, Row(button, None)):
            self.put(piece)

    def show_status(self, status: Status, since: str, synced: str, verified: str) -> None:
        """The times are in words, empty where there is none."""
        if status.signed_out:
            self._pill.set_face(PillFace("signed out", Tone.AMBER))
        elif status.online:
            self._pill.set_face(PillFace("● online", Tone.GREEN))
        else:
            self._pill.set_face(PillFace("offline", Tone.AMBER))
        fetching = f"{status.fetching}. What is most urgent came first." if status.fetching else ""
        why = status.signed_out or status.trouble or fetching
        self._since.setText(why or (f"since {since}" if since else ""))
        self._note.setVisible(not (status.online or status.trouble))
        self._synced.setText(synced or "not yet")
        size = f", {status.log_size:,} entries" if verified and status.log_size else ""
        self._verified.setText(f"{verified}{size}" if verified else "not yet")
        self.set_edge(None if status.online else Tone.AMBER)


def holds_card(standing: Standing) -> Card:
    """What this desktop holds, and the last head that it verified."""
    holds = standing.holdings
    rows = [
        ("Entries", f"{holds.entries:,}"),
        ("Referrals", f"{holds.referrals:,}"),
        ("People's earlier history", f"{holds.identities:,}"),
    ]
    if holds.access_days:
        rows.append(("Days of the audit trail", f"{holds.access_days:,}"))
    if holds.documents:
        rows.append(("Documents, in pieces", f"{holds.documents:,}"))
    if standing.head_root:
        rows += [
            ("Last head", f"{standing.head_size:,} entries, {standing.head_at}"),
            ("Its mark", spaced(standing.head_root)),
        ]
    card = Card("This desktop holds", standing.hub)
    card.put(facts(rows))
    if standing.head_root:
        card.put(
            Text(
                "A colleague's desktop with as many entries shows the same mark. If it does not, tell your "
                "information governance officer.",
                Role.SMALL,
                Voice.ASIDE,
                wrap=True,
            )
        )
    return card


def spaced(root: str) -> str:
    """The first sixteen letters in fours, so that two people can read them to each other."""
    return " ".join(root[at : at + 4] for at in range(0, 16, 4))


def side_card(title: str, side: Side, edge: Tone | None = None) -> Card:
    """One side of it: who and when, then every entry with its words in full."""
    card = Card(title, side.when, edge=edge)
    card.put(Text(f"{side.who} · {side.role}", Role.SMALL, Voice.LABEL, wrap=True))
    for at, told in enumerate(side.told):
        if at:
            card.put(Hairline())
        words = Column(Text(told.what, Role.BASE_BOLD, wrap=True), gap=2)
        if told.words:
            words.put(Text(told.words, wrap=True))
        card.put(words)
    return card


def waiting_words(items: int) -> str:
    return f"{items} {'waits' if items == 1 else 'wait'} to be sent"
