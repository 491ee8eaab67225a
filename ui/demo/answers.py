"""Agencies' answers, as their researchers give them: findings released, nothing held, a refusal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ui.demo.seat import Seat


@dataclass(frozen=True, slots=True)
class Item:
    """One thing an agency holds. ``about`` are subject ids; ``wording`` goes to the table in its place."""

    words: str
    about: tuple[str, ...]
    when: str = ""
    voice: str = "fact"
    significance: str = ""
    graded: tuple[str, str, str] | None = None
    wording: str = ""


def open_request(seat: Seat, case: str) -> None:
    seat.go("requests")
    seat.pick("requests.list", case)
    # In the list and over the answer.
    seat.wait(lambda: seat.words().count(case) > 1, f"the request about {case}")


def give_findings(seat: Seat, systems: str, people: Sequence[str], items: Sequence[Item]) -> None:
    """Findings about these people, each item released as it is or in other words, in one act."""
    seat.type("requests.systems.more", systems, then="Return")
    for item in items:
        seat.type("requests.item.words", item.words)
        for subject in people:
            if seat.there(f"requests.item.about.{subject}"):
                seat.tick(f"requests.item.about.{subject}", subject in item.about)
        if item.when:
            seat.type("requests.item.when", item.when)
        seat.press(f"requests.item.voice.{item.voice}")
        if item.significance:
            seat.choose("requests.item.significance", item.significance)
        for part, value in zip(("source", "grade", "handling"), item.graded or (), strict=False):
            seat.choose(f"requests.item.{part}", value)
        if item.wording:
            seat.press("requests.item.release.reworded")
            seat.type("requests.item.wording", item.wording)
        seat.press("requests.item.add")
        seat.wait(lambda: not seat.written("requests.item.words"), "the item in the answer")
    for subject in people:
        seat.press(f"requests.person.{subject}.result.findings")
    seat.press("requests.send")


def give_nothing_held(seat: Seat, systems: str) -> None:
    seat.type("requests.systems.more", systems, then="Return")
    seat.press("requests.nothing-held")


def give_refusal(seat: Seat, people: Sequence[str], reason: str, text: str, review: str) -> None:
    for subject in people:
        name = f"requests.person.{subject}"
        seat.press(f"{name}.result.refused")
        seat.choose(f"{name}.reason", reason)
        seat.type(f"{name}.text", text)
        seat.type(f"{name}.review", review)
    seat.press("requests.send")
