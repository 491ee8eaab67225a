"""The heading of the file: who, where it stands, whose it is, and the clocks that run."""

from __future__ import annotations

from datetime import datetime, timedelta

from mash_desktop.desk.referral_file import Clocked, Head
from mash_desktop.desk.wording import small
from mash_desktop.working_time import say_left
from ui.theme import Role, Tone, Voice
from ui.widgets.banner import Banner
from ui.widgets.card import Card
from ui.widgets.layout import Flow
from ui.widgets.pill import Pill, PillFace, RagChip
from ui.widgets.text import Text

_NEAR = timedelta(days=4)


class HeadCard(Card):
    """``show_head`` fills it; ``tick`` reckons the clocks again."""

    def __init__(self) -> None:
        super().__init__(gap=6)
        self._clocks: list[tuple[Clocked, Pill]] = []

    def show_head(self, head: Head, now: datetime) -> None:
        self.clear()
        self._clocks = [(one, Pill()) for one in head.clocks]
        chips: list[Pill] = [RagChip(head.rag.value)] if head.rag is not None else []
        chips.append(Pill(head.stage.label.lower(), Tone.ACCENT))
        if head.pending:
            chips.append(Pill("something waits to be sent", Tone.AMBER))
        reference = Text(head.reference, Role.TITLE, Voice.LABEL)
        self.put(Flow(Text(head.who, Role.TITLE), reference, *chips, gap=10))
        owner = f"owned by {head.owner}" if head.owner else "owner not known here"
        self.put(Text(" · ".join((*head.facts, owner)), Role.SMALL, Voice.LABEL, wrap=True))
        if self._clocks:
            self.put(Flow(*(pill for _, pill in self._clocks)))
        self.tick(now)

    def tick(self, now: datetime) -> None:
        for one, pill in self._clocks:
            tone = Tone.RED if one.clock.late(now) else Tone.NEUTRAL
            # What is weeks away says its day: weeks of working hours would mislead.
            near = one.clock.due - now < _NEAR
            left = f" · {say_left(one.clock.left(now))}" if near else ""
            pill.set_face(PillFace(f"{one.label} by {one.due}{left}", tone))


def warnings(head: Head) -> list[Banner]:
    """What must be told before anything else about this referral."""
    found = [Banner(f"Escalated, {small(one.words)}", tone=Tone.VIOLET) for one in head.escalations]
    if head.open_until:
        found.append(
            Banner(
                f"The glass is broken: open to you until {head.open_until}.",
                "Information governance has your reason. You see it and change nothing.",
                tone=Tone.AMBER,
            )
        )
    if head.read_only:
        found.append(
            Banner(
                "A newer version of this program has moved this referral on.",
                "It can be read here. Bring this program up to date to change it.",
            )
        )
    return found
