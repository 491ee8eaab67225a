"""When a clock runs out: hub hours, England's bank holidays and daylight saving.

Pure arithmetic over a hub's hours; which limit applies to what is the hub's configuration, and what is
late is the fold's business. Holidays come from the ``holidays`` package.
"""

from mash_desktop.working_time.engine import Calendar, instant
from mash_desktop.working_time.hours import HubHours, Limit, OpenHours, Unit
from mash_desktop.working_time.words import say_duration, say_left

__all__ = ["Calendar", "HubHours", "Limit", "OpenHours", "Unit", "instant", "say_duration", "say_left"]
