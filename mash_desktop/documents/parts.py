"""What more than one document shows: decisions, actions, the chronology, who gets a copy.

Built of ``pieces``; here the words are MASH's.
"""

from __future__ import annotations

from collections.abc import Sequence

from reportlab.platypus import Flowable, Spacer, Table

from mash_desktop.documents import wording
from mash_desktop.documents.content import (
    Action,
    ChronologyLine,
    Evidence,
    Known,
    Level,
    Movement,
    Person,
    Rating,
    Recipient,
    SubjectDecision,
    Tone,
)
from mash_desktop.documents.pieces import Chip, Flow, Sign, aside, group, pairs, section, table, words
from mash_desktop.documents.style import styles

_RATING_SIGN = {
    Rating.RED: Sign.DIAMOND,
    Rating.AMBER: Sign.UP,
    Rating.GREEN: Sign.DISC,
    Rating.BLUE: Sign.SQUARE,
}
_MOVEMENT_SIGN = {Movement.UP: Sign.UP, Movement.DOWN: Sign.DOWN, Movement.CONFIRMED: Sign.NONE}


class Names:
    """What a document calls its people: in full, or by the shortest form that tells them apart."""

    def __init__(self, people: Sequence[Person]) -> None:
        self._full = {person.key: person.name for person in people}
        self._age = {person.key: person.age for person in people}
        firsts = [wording.first_name(person) for person in people]
        self._short = {
            person.key: first if firsts.count(first) == 1 else person.name
            for person, first in zip(people, firsts, strict=True)
        }

    def full(self, key: str) -> str:
        return self._full.get(key) or "someone not in this copy"

    def short(self, key: str) -> str:
        return self._short.get(key, "someone not in this copy")

    def aged(self, key: str) -> str:
        age = self._age.get(key)
        return f"{self.full(key)}, {age}" if age else self.full(key)


def rating_chip(rating: Rating) -> Chip:
    text, tone = wording.RATING[rating]
    return Chip(text, tone, _RATING_SIGN[rating])


def known_chip(known: Known) -> Chip:
    return Chip(*wording.KNOWN[known])


def evidence_chip(evidence: Evidence) -> Chip:
    return Chip(*wording.EVIDENCE[evidence])


def level_chip(level: Level, of: str = "") -> Chip:
    return Chip(f"{level.label} {of}".strip(), level.tone)


def movement_chip(movement: Movement) -> Chip:
    text, tone = wording.MOVEMENT[movement]
    return Chip(f"= {text}" if movement is Movement.CONFIRMED else text, tone, _MOVEMENT_SIGN[movement])


def address(person: Person) -> list[Flowable]:
    """A suppressed address shows as a chip and nothing else."""
    if person.address is None:
        return [aside("not known")]
    if person.address.suppressed:
        return [Chip("address suppressed", Tone.VIOLET)]
    note = [words(person.address.note, styles().small)] if person.address.note else []
    return [words(wording.postcodes_whole(person.address.text)), *note]


def decisions(made: Sequence[SubjectDecision], names: Names) -> list[Flowable]:
    """Each subject's three levels, how the last moved, what is to happen and why."""
    pieces: list[Flowable] = []
    for each in made:
        levels = [(each.indicative, "indicative"), (each.admission, "at admission"), (each.final, "final")]
        chips = [level_chip(level, of) for level, of in levels if level]
        chips += [movement_chip(each.movement)] if each.movement else []
        shown: Flowable = Flow(chips) if chips else aside("no level recorded")
        said = pairs([("What happens now", each.intervention), ("Why", each.rationale)])
        pieces.append(group(names.aged(each.person), [Spacer(1, 3), shown], said, before=10 if pieces else 0))
    return pieces


def actions(listed: Sequence[Action], zone: str) -> list[Flowable]:
    lines = [
        (
            [words(each.what)],
            [words(each.owner)],
            [words(wording.moment(each.due, zone) if each.due else "no date")],
        )
        for each in listed
    ]
    laid = [table(("Action", "Owner", "Due"), (2.2, 1.9, 1.1), lines)] if lines else []
    return section("Actions", laid, "No action is recorded.")


def recipients(title: str, listed: Sequence[Recipient], zone: str) -> list[Flowable]:
    lines = [
        (
            [words(each.who)],
            [words(each.copy)],
            [words(wording.moment(each.sent_at, zone)) if each.sent_at else aside("not sent yet")],
        )
        for each in listed
    ]
    laid = [table(("To", "What", "Sent"), (2.6, 1.4, 1.1), lines)] if lines else []
    return section(title, laid, "No one else has a copy.")


def chronology(lines: Sequence[ChronologyLine], names: Names) -> Table:
    """All agencies' lines in one order of time, the latest last."""

    def line(each: ChronologyLine) -> tuple[Sequence[Flowable], ...]:
        cited = f" [{each.relied_on}]" if each.relied_on is not None else ""
        what: list[Flowable] = [words(each.what + cited)]
        what += [words(each.significance, styles().small)] if each.significance else []
        about = ", ".join(names.short(key) for key in each.about)
        kind = [evidence_chip(each.evidence)]
        return [words(wording.civil(each.when))], [words(each.agency)], [words(about)], what, kind

    ordered = sorted(lines, key=lambda each: wording.in_order(each.when))
    return table(
        ("When", "From", "About", "What, and its significance", "Kind"),
        (1.05, 1.05, 0.8, 3.0, 0.85),
        map(line, ordered),
    )
