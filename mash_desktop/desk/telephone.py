"""Direct lines that the hub has not taken: whom to ring now, and that somebody was rung.

A direct line waits for nobody. One that was saved here a minute ago and is not admitted, whatever the reason,
goes by telephone; it is sent all the same once it can be. Where nothing is sent, as behind a lock, it goes by
telephone at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import msgspec

from ..cache.outbox import Waiting
from ..domain.entries.contact import NoteAdded
from ..domain.entries.triage import ContactTriaged
from ..domain.errors import Refusal
from ..domain.fold.people import household_name
from ..domain.identifiers import check_phone, say_phone
from . import drafts
from .desk import Desk
from .wording import say_time

WAITS = timedelta(seconds=60)
_RUNG = "telephoned/"
_WHO = "telephone/"


class Unheard(msgspec.Struct, frozen=True):
    """One direct line. ``number`` is as read aloud, empty where the hub has none for the route; ``late`` says
    that it has had its minute."""

    act: str
    stream: str
    reference: str
    about: str
    team: str
    number: str
    late: bool

    @property
    def whom(self) -> str:
        return f"{self.team}, {self.number or 'the number that your hub keeps for direct lines'}"

    @property
    def sentence(self) -> str:
        return f"Telephone now: {self.whom}"

    @property
    def draft(self) -> str:
        """The draft of whom somebody spoke to."""
        return f"{_WHO}{self.act}"


class Begun(msgspec.Struct, frozen=True):
    """One that waits no longer, but somebody had begun to write whom they spoke to; what has become of it."""

    rung: Unheard
    since: str


class Calls(msgspec.Struct, frozen=True):
    """``untaken`` by the hub, however young, that nobody has rung about; and what is left of others."""

    untaken: tuple[Unheard, ...]
    begun: tuple[Begun, ...]


def calls(desk: Desk) -> Calls:
    waiting = untaken(desk)
    kept = [msgspec.json.decode(text, type=dict[str, str]) for text in desk.cache.drafts(_WHO).values()]
    begun = [msgspec.json.decode(one["rung"], type=Unheard) for one in kept]
    acts = {one.act for one in waiting}
    return Calls(waiting, tuple(Begun(one, since(desk, one)) for one in begun if one.act not in acts))


def since(desk: Desk, rung: Unheard) -> str:
    """What has become of one that waits no longer."""
    entries = desk.cache.entries(rung.stream)
    if any(entry.act == rung.act and entry.position is not None for entry in entries):
        return "The hub has it now"
    return "It waits no longer"


def typed(rung: Unheard, spoke_to: str) -> dict[str, str]:
    """What is kept of a call while it is written down; nothing before anything is typed."""
    return {"who": spoke_to, "rung": msgspec.json.encode(rung).decode()} if spoke_to else {}


def dismiss(desk: Desk, rung: Unheard) -> None:
    """No call is to be recorded."""
    drafts.keep(desk, rung.draft, {})


def unheard(desk: Desk) -> tuple[Unheard, ...]:
    """Those that have waited for a minute and that nobody has rung about yet, the longest waiting first."""
    return tuple(one for one in untaken(desk) if one.late)


def untaken(desk: Desk) -> tuple[Unheard, ...]:
    """Those that the hub has not taken and that nobody has rung about yet, however young."""
    found = []
    for one in desk.cache.waiting():
        if desk.cache.fact(f"{_RUNG}{one.act}") is None:
            found += _direct_lines(desk, one)
    return tuple(found)


def outside(lines: Sequence[Unheard]) -> str:
    """What may be said of these where no case may be shown; nothing where there are none."""
    if not lines:
        return ""
    count = "A direct line has" if len(lines) == 1 else f"{len(lines)} direct lines have"
    return f"{count} not reached the hub. Telephone {'; '.join(dict.fromkeys(one.whom for one in lines))}."


def _direct_lines(desk: Desk, one: Waiting) -> list[Unheard]:
    config = desk.config()
    late = not timedelta() <= desk.now() - one.entries[0].made_at < WAITS
    found = []
    for entry in one.entries:
        route = config.route(entry.body.route) if isinstance(entry.body, ContactTriaged) else None
        if route is None or not route.immediate:
            continue
        referral = desk.referral(entry.stream)
        agency = config.agency(route.agency or referral.owner or "")
        found.append(
            Unheard(
                act=one.act,
                stream=entry.stream,
                reference=referral.reference or "",
                about=household_name(referral),
                team=agency.team(route.team).name if route.team else agency.name,
                number=say_phone(check_phone(route.telephone)) if route.telephone else "",
                late=late,
            )
        )
    return found


def record_call(desk: Desk, rung: Unheard, spoke_to: str) -> str:
    """Keep that somebody was rung about it, and who answered. Raises ``Refusal`` on *spoke_to*."""
    who = spoke_to.strip()
    if not who:
        raise Refusal("answer-missing", "Write whom you spoke to.", "spoke_to")
    number = f" on {rung.number}" if rung.number else ""
    note = NoteAdded(
        words=f"Telephoned {rung.team}{number} at {say_time(desk.now(), desk.config())}, since the hub had "
        f"not taken the direct line. Spoke to {who}."
    )
    act = desk.act(rung.stream, note, forget_drafts=(rung.draft,))
    desk.cache.put_fact(f"{_RUNG}{rung.act}", act.encode())
    return act
