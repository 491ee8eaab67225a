"""Every entry of a referral in words, the latest first, what waits or was refused among them."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby

import msgspec

from ...domain.entries import Body, Made, Unread
from ...domain.entries.outcome import EntryWithdrawn
from ...domain.fold import Referral
from ...domain.identifiers import in_fours
from ..desk import Desk
from ..faces import Face
from ..telling import TOPICS, Teller, topic_of
from ..wording import initial_name, say_moment

_QUIET = {"waiting": Face("waits to be sent", "amber"), "refused": Face("refused", "red")}


class Line(msgspec.Struct, frozen=True):
    """One entry. ``details`` are label and text pairs for who wants to know exactly."""

    key: str
    when: str
    at: datetime
    agency: str
    source: str
    who: str
    what: str
    words: str
    topic: str
    subjects: tuple[str, ...]
    state: Face | None
    refusal: str
    details: tuple[tuple[str, str], ...]
    may_withdraw: bool

    @property
    def line(self) -> str:
        """All of it on one line."""
        return " ".join(f"{self.what}: {self.words}".split()) if self.words else self.what


def timeline(desk: Desk, stream: str) -> tuple[Line, ...]:
    """Every entry that this desk holds, and this person's own that the store refused."""
    referral = desk.referral(stream)
    teller = Teller(desk, referral)
    may_withdraw = desk.may(EntryWithdrawn, referral)
    lines = [_line(desk, referral, teller, entry, "", may_withdraw) for entry in referral.entries]
    for waiting in desk.cache.waiting():
        if waiting.state != "waiting":
            why = waiting.sentence or "Kept here: this person may no longer send it."
            lines += [
                _line(desk, referral, teller, entry, why, False)
                for entry in waiting.entries
                if entry.stream == stream and referral.get(entry.id) is None
            ]
    return tuple(sorted(lines, key=lambda line: (line.at, line.key), reverse=True))


def shown(lines: tuple[Line, ...], topic: str, agency: str, subject: str = "") -> tuple[Line, ...]:
    """The lines of one part of the process, of one agency, about one person; empty is *all*."""
    return tuple(
        line
        for line in lines
        if (not topic or line.topic == topic)
        and (not agency or line.agency == agency)
        and (not subject or subject in line.subjects)
    )


def topics_of(lines: tuple[Line, ...]) -> tuple[tuple[str, str, int], ...]:
    """Parts of the process that have entries: id, words, how many."""
    counted = {key: sum(1 for _ in of) for key, of in groupby(sorted(line.topic for line in lines))}
    return tuple((topic, label, counted[topic]) for topic, label in TOPICS.items() if topic in counted)


def agencies_of(lines: tuple[Line, ...]) -> tuple[tuple[str, str], ...]:
    """Agencies that have made entries, by id and short name."""
    return tuple(sorted({(line.agency, line.source) for line in lines}, key=lambda pair: pair[1]))


def _line(
    desk: Desk, referral: Referral, teller: Teller, entry: Made[Body], refusal: str, may_withdraw: bool
) -> Line:
    told = teller.tell(entry)
    state = _QUIET["refused"] if refusal else None
    if state is None and entry.position is None:
        state = _QUIET["waiting"]
    elif isinstance(entry.body, Unread):
        state = Face(entry.body.why, "violet")
    return Line(
        key=entry.id,
        when=say_moment(entry.made_at, desk.now(), desk.config()),
        at=entry.made_at,
        agency=entry.agency,
        source=desk.agency_name(entry.agency),
        who=initial_name(desk.name(entry.author)),
        what=told.what,
        words=told.words,
        topic=topic_of(entry),
        subjects=told.about,
        state=state,
        refusal=refusal,
        details=_details(desk, referral, teller, entry),
        may_withdraw=may_withdraw
        and entry.guard is None
        and entry.position is not None
        and not isinstance(entry.body, (EntryWithdrawn, Unread)),
    )


def _details(
    desk: Desk, referral: Referral, teller: Teller, entry: Made[Body]
) -> tuple[tuple[str, str], ...]:
    now, config = desk.now(), desk.config()
    found = [
        ("By", f"{desk.name(entry.author)}, {entry.role.label.lower()}, {desk.agency_name(entry.agency)}"),
        ("Made", say_moment(entry.made_at, now, config)),
        ("In the log", _admitted(entry, now, desk)),
    ]
    if entry.relies_on:
        relied = (referral.get(one) for one in entry.relies_on)
        told = [teller.tell(one).what if one is not None else "an entry no longer held" for one in relied]
        found.append(("Rests on", "; ".join(told)))
    found.append(("Signed with key", in_fours(entry.key)))
    found.append(("Entry", in_fours(entry.id)))
    return tuple((label, text) for label, text in found if text)


def _admitted(entry: Made[Body], now: datetime, desk: Desk) -> str:
    if entry.position is None:
        return "not yet: it waits on this computer"
    at = say_moment(entry.admitted_at, now, desk.config()) if entry.admitted_at is not None else ""
    return f"position {entry.position:,}{f', {at}' if at else ''}"
