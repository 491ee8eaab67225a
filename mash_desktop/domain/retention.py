"""When a record is due under the hub's retention schedule: which row it falls under, and from which day on.

Reckons from the fold and the configuration alone. Due is not disposed of: two people decide that.
"""

from __future__ import annotations

from datetime import date

import msgspec

from .codes import RetentionAction, RetentionTrigger
from .configuration import HubConfig, RetentionRow
from .fold.referral import Referral

CONTACT, REFERRAL, ACCESS = "contact", "referral", "access"
"""Records of the schedule that a hub's log holds; its other rows are about papers kept elsewhere."""


class Due(msgspec.Struct, frozen=True):
    """A row of the schedule that a record falls under, and the first day on which it is due."""

    row: RetentionRow
    on: date


def due_of_referral(referral: Referral, config: HubConfig) -> Due | None:
    """``None`` while it is open, where it is kept for good, or where what starts the period is not known."""
    closed, opened = referral.closed, referral.opened
    if closed is None or opened is None:
        return None
    record = REFERRAL if referral.admitted is not None or _makes_referral(referral, config) else CONTACT
    row = next(
        (one for one in config.retention if one.record == record and opened.body.cohort in one.cohorts), None
    )
    if row is None:
        return None
    born = [made.body.birth for made in referral.subjects.values() if made.body.of_concern]
    begins = {
        RetentionTrigger.CONTACT_CLOSED: config.day(closed.made_at),
        RetentionTrigger.REFERRAL_CLOSED: config.day(closed.made_at),
        RetentionTrigger.LAST_INVOLVEMENT: max(config.day(entry.made_at) for entry in referral.entries),
        RetentionTrigger.DATE_OF_BIRTH: max((one.latest() for one in born if one is not None), default=None)
        if all(born)
        else None,
        RetentionTrigger.RECORDED: config.day(opened.made_at),
    }
    return _due(row, begins.get(row.trigger))


def due_of_day(day: date, config: HubConfig) -> Due | None:
    """When a day of the audit trail is due."""
    row = next((one for one in config.retention if one.record == ACCESS), None)
    return _due(row, day) if row is not None and row.trigger is RetentionTrigger.RECORDED else None


def _makes_referral(referral: Referral, config: HubConfig) -> bool:
    route = next((one for one in config.routes if one.id == referral.route), None)
    return config.everything_is_referral or (route is not None and route.makes_referral)


def _due(row: RetentionRow, begins: date | None) -> Due | None:
    if row.action is RetentionAction.KEEP or row.years is None or begins is None:
        return None
    year = begins.year + row.years
    if year > date.max.year:
        return None
    try:
        return Due(row, begins.replace(year=year))
    except ValueError:
        return Due(row, date(year, 3, 1))
