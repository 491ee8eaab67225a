"""Entries of the round table: who was there, what they thought, what will be done."""

from __future__ import annotations

from datetime import datetime

from ..codes import Attendance
from .body import Body, kind


@kind("table.opened", guard="stage")
class TableOpened(Body, frozen=True):
    place: str = ""
    held_at: datetime | None = None


@kind("attendance.recorded")
class AttendanceRecorded(Body, frozen=True):
    agency: str
    attendance: Attendance
    name: str = ""


@kind("view.recorded")
class ViewRecorded(Body, frozen=True):
    """One agency's view on one subject. ``agrees`` is with the threshold on the table."""

    agency: str
    subject: str
    level: str
    agrees: bool | None = None
    words: str = ""


@kind("analysis.recorded")
class AnalysisRecorded(Body, frozen=True):
    """One part of the analysis: ``harm``, ``likelihood``, ``impact``, ``protective``, ``unknown``, ``voice``,
    ``discussion`` or ``options``."""

    part: str
    words: str


@kind("action.recorded")
class ActionRecorded(Body, frozen=True):
    action: str
    words: str
    owner: str
    due_at: datetime | None = None


@kind("action.completed")
class ActionCompleted(Body, frozen=True):
    action: str
    words: str = ""
