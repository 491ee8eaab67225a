"""Cases at the table and those ready for it, the most urgent first: *case 3 of 6*."""

from __future__ import annotations

import msgspec

from ...cache.projection import QueueRow
from ...domain.codes import Rag
from ...domain.configuration import Clock, HubConfig
from ...domain.fold.stage import Stage
from ..countdown import Countdown, countdown
from ..desk import Desk


class Case(msgspec.Struct, frozen=True):
    """One case in the order of the table. ``opened`` once its round table has been."""

    stream: str
    reference: str
    who: str
    rag: Rag | None
    clock: Countdown | None
    opened: bool
    returned: bool
    """Its draft came back from who signs."""
    waits_for: str


def cases(desk: Desk) -> tuple[Case, ...]:
    """What is at the table, or gathered and ready for it."""
    config = desk.config()
    rows = desk.cache.queue((Stage.GATHERING, Stage.TABLE), most=None)
    return tuple(case_of(config, row) for row in rows if row.stage is Stage.TABLE or _ready(row))


def case_of(config: HubConfig, row: QueueRow) -> Case:
    return Case(
        stream=row.stream,
        reference=row.reference or "",
        who=row.who,
        rag=row.rag,
        clock=countdown(config, Clock.DECISION, row.cohort, row.rag, row.admitted_at, row.due_at),
        opened=row.facilitator is not None,
        returned=row.returned,
        waits_for=row.waits_for,
    )


def _ready(row: QueueRow) -> bool:
    """Everybody asked has answered, or the hub has gone on without."""
    asked = [one for one in row.agencies if one.state != "withdrawn"]
    return bool(asked) and not any(
        one.state in {"asked", "acknowledged"} and not one.without for one in asked
    )
