"""The Carter children: from a school's call to a signed section 47 decision and a case that closes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.demo.seat import Seat

if TYPE_CHECKING:
    from ui.demo.day import Day

WORDS = (
    "Mia came in with a bruise on her left forearm, says she fell on the stairs. Second time this month. "
    "Mum's new partner collects her. Mia did not want to go home with him on Friday."
)
FAMILY = (
    "Mia Carter 3 Apr 2017 subject",
    "Tyler Carter 11 Sep 2020 brother, subject",
    "Joanne Carter 1988 est mother PR",
    "“Dean” mother's partner",
)


def tell(day: Day) -> None:
    day.telling.part("One referral: the Carter children")
    priya = day.seat("priya")
    _call(day, priya)


def _call(day: Day, priya: Seat) -> None:
    priya.go("triage")
    day.picture(priya, "triage-queue")
    priya.press("triage.new")
    priya.type("triage.caller.who", "Helen Marsh, deputy head")
    priya.type("triage.caller.organisation", "St Chad's Primary")
    priya.type("triage.caller.call_back", "01785 555 0142")
    priya.type("triage.account.words", WORDS)
    priya.type("triage.account.where_now", "At school with the caller until 15:15")
    priya.type("triage.account.next_access", "Today 15:15, collection")
    for line in FAMILY:
        priya.type("triage.line", line, then="Return")
    day.telling.step("Priya Nair takes a call from a school and types as she listens.")
    day.picture(priya, "triage")
