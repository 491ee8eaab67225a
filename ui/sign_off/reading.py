"""A decision as cards: what is decided for whom and why, what came since, dissent, and the evidence."""

from __future__ import annotations

from collections.abc import Sequence

from mash_desktop.desk.faces import Face
from mash_desktop.desk.sign_off import Decision, Evidence, Since, SubjectShown
from ui.theme import Role, Tone, Voice
from ui.widgets.card import Card
from ui.widgets.layout import Box, Column, Flow, Row
from ui.widgets.pill import Pill, PillFace
from ui.widgets.text import Text


def face_of(face: Face) -> PillFace:
    return PillFace(face.text, Tone(face.tone))


def pill(face: Face, after: str = "") -> Pill:
    return Pill(f"{face.text} {after}".strip(), Tone(face.tone))


def subject_card(one: SubjectShown, *, narrow: bool = False) -> Card:
    """One person: levels and movement beside the name (``narrow``: below it), what is done, and why."""
    pills = [pill(one.admission, "at admission")] if one.admission else []
    pills += [pill(one.final, "final")] if one.final else []
    pills += [pill(one.movement)] if one.movement else []
    card = Card(gap=6)
    if narrow:
        card.put(Text(one.who, Role.BASE_BOLD))
        card.put(Flow(*pills))
    else:
        card.put(Row(Text(one.who, Role.TITLE), None, *pills, gap=10))
    card.put(Text(one.intervention, wrap=True))
    if one.marac:
        card.put(Flow(Pill(one.marac, Tone.RED)))
    card.put(Text("Why", Role.SMALL, Voice.LABEL))
    card.put(Text(one.rationale, wrap=True))
    if one.amended:
        card.put(Text(one.amended, Role.SMALL, Voice.VIOLET, wrap=True))
    return card


def since_card(news: Sequence[Since]) -> Card:
    card = Card("Since the draft", edge=Tone.AMBER, gap=4)
    for one in news:
        words = f"{one.words} Not yet relied on."
        card.put(Text(words, wrap=True, bold="Not yet relied on."))
    return card


def dissent_card(shown: Decision) -> Card:
    edge = Tone.VIOLET if shown.dissent else None
    card = Card("Dissent", edge=edge, gap=4)
    for line in shown.dissent:
        card.put(Text(line, wrap=True))
    quiet = " ".join(part for part in ("" if shown.dissent else "None recorded.", shown.quiet) if part)
    if quiet:
        card.put(Text(quiet, Role.SMALL, Voice.ASIDE, wrap=True))
    return card


def evidence_card(one: Evidence) -> Card:
    card = Card(gap=3, edge=Tone.RED if one.gone else None)
    card.put(Row(Text(f"[{one.number}] {one.source}", Role.BASE_BOLD), None, pill(one.kind), gap=8))
    if one.line:
        card.put(Text(one.line, Role.SMALL, Voice.ASIDE, wrap=True))
    if one.words:
        card.put(Text(one.words, wrap=True))
    if one.gone:
        card.put(Text(one.gone, Role.SMALL, Voice.RED, wrap=True))
    return card


def decision_cards(shown: Decision) -> Box:
    """Everything of a decision that is read, in the order of reading."""
    rows = Column(gap=10)
    for one in shown.subjects:
        rows.put(subject_card(one))
    if shown.since:
        rows.put(since_card(shown.since))
    rows.put(dissent_card(shown))
    return Box(rows)
