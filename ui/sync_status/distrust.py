"""The hub's word does not hold together: what is wrong, what to do and what not, how this desktop goes on.

Names for whoever drives it: ``distrust.copy``, ``distrust.by``, ``distrust.settle``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mash_desktop.desk.trust import Found, Shown
from ui.sync_status.pieces import facts, spaced
from ui.theme import Role, Tone, Voice
from ui.widgets.button import ActionButton
from ui.widgets.card import Card, Hairline, Page
from ui.widgets.field import Field
from ui.widgets.layout import Box, Column, Row
from ui.widgets.text import Text

_STEPS = (
    "Tell your information governance officer and the hub manager now, by telephone or in person.",
    "Do not set this computer up again and do not restore it: what it holds is evidence.",
    "For urgent cases use the hub's procedure for when the system is down.",
)


def distrust_page(
    sentence: str, found: Sequence[Found], copy: Callable[[], object], settle: Callable[[Field], object]
) -> Page:
    """Said to a manager. ``found`` is what is kept of it, the last first; ``settle`` gets the field with who
    has looked into it."""
    wrong = Card("", "", edge=Tone.RED, padding=20, gap=12)
    wrong.setAccessibleName("The hub's log cannot be trusted")
    wrong.put(Text("The hub's log cannot be trusted", Role.TITLE))
    wrong.put(Text(sentence, wrap=True))
    wrong.put(
        Text(
            "Every desktop checks that the hub's log only ever grows and that nobody's entries were altered. "
            "That check has failed, so this desktop has stopped sending and fetching. What it holds is as it "
            "was, and what you type is kept.",
            wrap=True,
        )
    )
    wrong.put(Hairline())
    wrong.put(Text("What to do", Role.HEADING, Voice.LABEL))
    for number, step in enumerate(_STEPS, start=1):
        wrong.put(Text(f"{number}. {step}", wrap=True))
    on = Card("", "", padding=20, gap=12)
    on.setAccessibleName("What to tell them, and how this desktop goes on")
    if found:
        on.put(Text("What to tell them", Role.HEADING, Voice.LABEL))
        on.put(facts(_rows(found[0])))
        on.put(Row(copy_button(copy), None))
        on.put(Hairline())
    on.put(Text("Once it has been looked into", Role.HEADING, Voice.LABEL))
    on.put(
        Text(
            "Only your information governance officer says whether this desktop may go on. It then checks "
            "everything again, from the last log that held, and stops again where that fails.",
            wrap=True,
        )
    )
    by = Field("Who looked into it and said that you may go on")
    by.setObjectName("distrust.by")
    go_on = ActionButton("Ask the hub again", "Ctrl+Return", accessible_name="Ask the hub again")
    go_on.setObjectName("distrust.settle")
    go_on.clicked.connect(lambda: settle(by))
    on.put(by)
    on.put(Row(go_on, None))
    cards = Row(gap=12)
    for card in (wrong, on):
        cards.put(Box(Column(card, None)), 1)
    return Page(Column(cards, None, margins=12))


def settled_card(found: Sequence[Found], copy: Callable[[], object]) -> Card:
    """What was found before and has been looked into: kept for governance to read."""
    card = Card("The hub's log was not trusted", "")
    for one in found:
        card.put(Text(one.sentence, wrap=True))
        card.put(facts([*_rows(one), ("Looked into", one.settled)]))
        card.put(Hairline())
    card.put(Row(copy_button(copy), None))
    return card


def copy_button(copy: Callable[[], object]) -> ActionButton:
    button = ActionButton("Copy the evidence", "Alt+C", accessible_name="Copy the evidence for governance")
    button.setObjectName("distrust.copy")
    button.clicked.connect(copy)
    return button


def _rows(found: Found) -> list[tuple[str, str]]:
    rows = [("Found", f"{found.at}, as {found.code}")]
    for label, head in (("Last log that held", found.held), ("What the hub showed", found.shown)):
        if head != Shown():
            rows.append((label, f"{head.size:,} entries, {head.at}; epoch {head.epoch}"))
            rows.append(("Its mark", spaced(head.root)))
    return rows
