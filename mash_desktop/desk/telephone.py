"""Direct lines that the hub has not taken: whom to ring now, and that somebody was rung.

A direct line waits for nobody. One that was saved here a minute ago and is not admitted, whatever the reason,
goes by telephone; it is sent all the same once it can be.
"""

from __future__ import annotations

from datetime import timedelta

import msgspec

from ..cache.outbox import Waiting
from ..domain.entries.contact import NoteAdded
from ..domain.entries.triage import ContactTriaged
from ..domain.errors import Refusal
from ..domain.fold.people import household_name
from ..domain.identifiers import check_phone, say_phone
from .desk import Desk
from .wording import say_time

WAITS = timedelta(seconds=60)
_RUNG = "telephoned/"


class Unheard(msgspec.Struct, frozen=True):
    """One direct line. ``number`` is as read aloud, empty where the hub has none for the route."""

    act: str
    stream: str
    reference: str
    about: str
    team: str
    number: str

    @property
    def sentence(self) -> str:
        number = self.number or "the number that your hub keeps for direct lines"
        return f"Telephone now: {self.team}, {number}"


def unheard(desk: Desk) -> tuple[Unheard, ...]:
    """Those that nobody has rung about yet, the longest waiting first."""
    found = []
    for one in desk.cache.waiting():
        late = not timedelta() <= desk.now() - one.entries[0].made_at < WAITS
        if late and desk.cache.fact(f"{_RUNG}{one.act}") is None:
            found += _direct_lines(desk, one)
    return tuple(found)


def _direct_lines(desk: Desk, one: Waiting) -> list[Unheard]:
    config = desk.config()
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
    act = desk.act(rung.stream, note)
    desk.cache.put_fact(f"{_RUNG}{rung.act}", act.encode())
    return act
