"""Durations as people read them on the glass."""

from __future__ import annotations

from datetime import timedelta


def say_duration(duration: timedelta) -> str:
    """``1 h 12 m``, ``24 min``, ``2 d 3 h``, ``under 1 min``; what is negative is ``late 36 min``."""
    late = "late " if duration < timedelta() else ""
    minutes = abs(duration) // timedelta(minutes=1)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{late}{days} d {hours} h" if hours else f"{late}{days} d"
    if hours:
        return f"{late}{hours} h {rest:02} m" if rest else f"{late}{hours} h"
    return f"{late}{rest} min" if rest else f"{late}under 1 min"


def say_left(duration: timedelta) -> str:
    """``1 h 12 m left``, or ``late 36 min``."""
    said = say_duration(duration)
    return said if duration < timedelta() else f"{said} left"
