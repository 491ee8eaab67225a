"""What waits for a decision maker: drafts to sign, most urgent first; then what is signed, not finished."""

from __future__ import annotations

import msgspec

from ...cache.projection import QueueRow
from ...domain.codes import Rag
from ...domain.configuration import Clock
from ...domain.fold.stage import Stage
from ...domain.roles import DECIDERS
from ..countdown import Countdown, countdown
from ..desk import Desk
from ..wording import initial_name


class Waiting(msgspec.Struct, frozen=True):
    """One decision in the list. ``note`` says what it waits for."""

    stream: str
    reference: str
    who: str
    rag: Rag | None
    clock: Countdown | None
    to_sign: bool
    note: str


def waiting(desk: Desk) -> tuple[Waiting, ...]:
    """Drafts that wait for my agency to sign, then what waits to be sent, or its referrer to be told."""
    owners = desk.agencies_as(DECIDERS)
    drafts = desk.cache.queue((Stage.DRAFTED,), owners=owners, most=None)
    signed = desk.cache.queue((Stage.SIGNED, Stage.OUTCOME, Stage.ACCEPTED), owners=owners, most=None)
    found = [_row(desk, row, True, f"drafted by {_drafter(desk, row)}") for row in drafts]
    for row in signed:
        if row.stage is Stage.SIGNED or row.to_send:
            found.append(_row(desk, row, False, "to be sent"))
        elif not row.referrer_told:
            found.append(_row(desk, row, False, "referrer not told"))
    return tuple(found)


def _drafter(desk: Desk, row: QueueRow) -> str:
    return initial_name(desk.name(row.drafted_by)) if row.drafted_by else "someone"


def _row(desk: Desk, row: QueueRow, to_sign: bool, note: str) -> Waiting:
    clock = countdown(desk.config(), Clock.DECISION, row.cohort, row.rag, row.admitted_at, row.due_at)
    reference = row.reference or "not sent yet"
    return Waiting(row.stream, reference, row.who, row.rag, clock if to_sign else None, to_sign, note)
