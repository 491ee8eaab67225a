"""Everything that the file shows of one referral, read in one go."""

from __future__ import annotations

import msgspec

from ..attachments import Attached, attached_to
from ..desk import Desk
from ..papers import Copy, choices
from ..round_table.household import HouseholdSeen, household
from ..sign_off import Decision, read_decision
from ..wording import local
from .head import Head, read_head
from .links import Link, links
from .people import FilePerson, people
from .timeline import Line, timeline


class File(msgspec.Struct, frozen=True):
    """A referral's file. ``decision`` is the draft or what was signed, once there is one."""

    head: Head
    lines: tuple[Line, ...]
    people: tuple[FilePerson, ...]
    household: HouseholdSeen
    decision: Decision | None
    documents: tuple[Attached, ...]
    copies: tuple[Copy, ...]
    links: tuple[Link, ...]

    @property
    def on_paper(self) -> int:
        """How many documents are attached and papers have been made."""
        return len(self.documents) + sum(bool(one.made) for one in self.copies)


def open_file(desk: Desk, stream: str) -> File | None:
    """As :func:`read_file`; that the file was opened is kept."""
    desk.viewed(stream, "file")
    return read_file(desk, stream)


def read_file(desk: Desk, stream: str) -> File | None:
    """The file as it stands; ``None`` where nothing of the referral is held here."""
    head = read_head(desk, stream)
    if head is None:
        return None
    today = local(desk.now(), desk.config()).date()
    return File(
        head,
        timeline(desk, stream),
        people(desk, stream),
        household(desk.referral(stream), today),
        read_decision(desk, stream),
        attached_to(desk, stream),
        choices(desk, stream),
        links(desk, stream),
    )
