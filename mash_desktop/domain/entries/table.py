"""Entries of the round table: who was there, what they thought, what will be done."""

from __future__ import annotations

from ..codes import Attendance
from .body import Body, Moment, kind


@kind("table.opened", guard="stage")
class TableOpened(Body, frozen=True):
    place: str = ""
    held_at: Moment | None = None


@kind("attendance.recorded", key=("agency",))
class AttendanceRecorded(Body, frozen=True):
    agency: str
    attendance: Attendance
    name: str = ""


@kind("view.recorded", key=("agency", "subject"))
class ViewRecorded(Body, frozen=True):
    """One agency's view on one subject. ``agrees`` is with the threshold on the table."""

    agency: str
    subject: str
    level: str
    agrees: bool | None = None
    words: str = ""


@kind("analysis.recorded", key=("part",))
class AnalysisRecorded(Body, frozen=True):
    """One part of the analysis: ``harm``, ``likelihood``, ``impact``, ``protective``, ``unknown``, ``voice``,
    ``discussion`` or ``options``."""

    part: str
    words: str


@kind("action.recorded", key=("action",))
class ActionRecorded(Body, frozen=True):
    action: str
    words: str
    owner: str
    due_at: Moment | None = None


@kind("action.completed")
class ActionCompleted(Body, frozen=True):
    action: str
    words: str = ""
