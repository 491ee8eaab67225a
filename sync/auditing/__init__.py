"""``mash-isl audit``: who looked at somebody, signed in as a governance officer, with proof of each answer.

What a desktop's governance screen shows of the same trail is the desk's.
"""

from .command import run

__all__ = ["run"]
