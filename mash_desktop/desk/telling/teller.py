"""The table of words and who reads it: a teller knows one referral's people, agencies, levels and routes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeVar

import msgspec

from ...domain.codes import Rag
from ...domain.configuration import HubConfig
from ...domain.entries import KINDS, Body, Made, Unread
from ...domain.entries.contact import SubjectRecorded
from ...domain.entries.outcome import OutcomeSent
from ...domain.fold import Referral
from ...domain.fold.gathering import requests
from ...domain.fold.people import full_name
from ...domain.partial_date import PartialDate
from ..desk import Desk
from ..wording import joined, say_moment

TOPICS = {
    "contact": "Contact and people",
    "triage": "Triage and admission",
    "gathering": "Asked and answered",
    "table": "Round table",
    "decision": "Decision",
    "outcome": "Outcome",
}
"""The parts of the process that entries are filtered by, in order; each is a file of ``domain.entries``."""


class Told(msgspec.Struct, frozen=True):
    """One entry in words: what was done, then what its author wrote."""

    what: str
    words: str = ""
    about: tuple[str, ...] = ()
    """Subjects it concerns."""
    on: PartialDate | None = None
    """The day that it tells of, where that is another thing than when it was written."""
    kind: str = ""
    """How the author came by it, in a word: *fact*, *seen*, *opinion*, *told*."""


B = TypeVar("B", bound=Body)
Say = Callable[["Teller", Made[B]], Told]
WORDS: dict[type[Body], Say[Body]] = {}

_UNREAD = {
    "newer": "Made by a newer version of this program: kept, and shown as far as it can be",
    "withheld": "Held, but its content is not for this desk",
    "damaged": "Its content is damaged at the hub and was not received. Governance has been told",
    "disposed": "Its content was disposed of under the retention schedule",
}


def says(kind: type[B]) -> Callable[[Say[B]], Say[B]]:
    """Register how a kind is told."""

    def register(say: Say[B]) -> Say[B]:
        WORDS[kind] = say  # type: ignore[assignment]  # it is only called with entries of its kind
        return say

    return register


def topic_of(entry: Made[Body]) -> str:
    """The part of the process that an entry belongs to; empty for a kind made by a newer version."""
    kind = KINDS.get(entry.kind)
    return kind.__module__.rsplit(".", 1)[1] if kind is not None else ""


class Teller:
    """Tells the entries of one referral, as far as this desk holds what they name."""

    def __init__(self, desk: Desk, referral: Referral) -> None:
        self._desk = desk
        self._referral = referral
        self.config: HubConfig = desk.config()
        self._asked = {request: one.agency for request, one in requests(referral).items()}

    def tell(self, entry: Made[Body]) -> Told:
        """Total: whatever an entry says or lacks, something is said of it."""
        if isinstance(entry.body, Unread):
            return Told(_UNREAD.get(entry.body.why, "Cannot be read here"), entry.kind)
        say = WORDS.get(type(entry.body))
        return say(self, entry) if say is not None else Told(entry.kind.replace(".", " ").replace("_", " "))

    # --- names

    def person(self, person: str) -> str:
        return self._desk.name(person)

    def subject(self, subject: str) -> str:
        made = self._referral.subjects.get(subject)
        return called(made.body) if made is not None else "someone not held here"

    def subjects(self, subjects: Iterable[str]) -> str:
        return joined([self.subject(one) for one in subjects])

    def agency(self, agency: str) -> str:
        return self._desk.agency_name(agency)

    def team(self, agency: str, team: str) -> str:
        """*Social Work Gateway, Children's social care*."""
        found = next((one for one in self.config.agencies if one.id == agency), None)
        if found is None:
            return team
        name = next((one.name for one in found.teams if one.id == team), "")
        return f"{name}, {found.short_name}" if name else found.short_name

    def asked(self, request: str) -> str:
        """The agency that a request asks."""
        agency = self._asked.get(request)
        return self.agency(agency) if agency else "an agency"

    def sent(self, sending: str) -> OutcomeSent | None:
        """What was sent, where this desk holds it."""
        made = self._referral.get(sending)
        return made.body if made is not None and isinstance(made.body, OutcomeSent) else None

    def level(self, level: str) -> str:
        ladder = self._referral.ladder
        return ladder.level(level).label if ladder is not None and level in ladder else level

    def route(self, route: str | None) -> str:
        return next((one.label for one in self.config.routes if one.id == route), route or "")

    def rag(self, rag: Rag) -> str:
        return f"{rag.shape} {rag.label}"

    def moment(self, at: datetime | None) -> str:
        return say_moment(at, self._desk.now(), self.config) if at is not None else ""


def called(subject: SubjectRecorded) -> str:
    """*Mia*, *“Dean”*; the surname, or the relation, where nothing else is known."""
    return subject.forenames.split()[0] if subject.forenames.strip() else full_name(subject)


def phrases(*parts: str) -> str:
    """The parts that say something, a sentence each."""
    return " ".join(part if part[-1] in ".?!”" else f"{part}." for part in (p.strip() for p in parts) if part)
