"""Documents on paper: the MASH summary, the referrer's letter, the round-table record, the open reds, and the
codes with which computers are set up.

Each function takes one content (``documents.content``) and gives the PDF's bytes; nothing is written to
disk. The drawing library loads at the first call, so that importing this room costs nothing.
"""

from __future__ import annotations

import re

from mash_desktop.documents.content import (
    CodeSheetContent,
    DowntimeContent,
    Profile,
    RoundTableContent,
    SummaryContent,
)
from mash_desktop.domain.errors import Refusal


def render_summary(content: SummaryContent, profile: Profile) -> bytes:
    """The MASH summary in one of its profiles; the referrer's is the letter.

    Refused as ``no-feedback-written`` where a referrer's copy is asked for and there is no feedback.
    """
    from mash_desktop.documents import letter, summary
    from mash_desktop.documents.profiles import for_profile, without_suppressed_addresses

    shown = without_suppressed_addresses(content, content.people)
    if profile is Profile.REFERRER:
        if shown.feedback is None:
            raise Refusal("no-feedback-written", "Write what the referrer is to be told first.", "feedback")
        return letter.render(shown.letterhead, shown.feedback)
    return summary.render(for_profile(shown, profile), profile)


def render_round_table(content: RoundTableContent) -> bytes:
    """The round-table record."""
    from mash_desktop.documents import round_table
    from mash_desktop.documents.profiles import without_suppressed_addresses

    return round_table.render(without_suppressed_addresses(content, content.people))


def render_downtime(content: DowntimeContent) -> bytes:
    """The list of open reds."""
    from mash_desktop.documents import downtime

    return downtime.render(content)


def render_codes(content: CodeSheetContent) -> bytes:
    """One-time codes for devices, a slip a person."""
    from mash_desktop.documents import code_sheet

    return code_sheet.render(content)


def protect(pdf: bytes, password: str) -> bytes:
    """The PDF under AES-256. Refused as ``password-too-short`` under twelve characters."""
    from mash_desktop.documents import protection

    return protection.protect(pdf, password)


def file_name(reference: str, kind: str, profile: Profile | None = None) -> str:
    """A name for the file that holds no person's: ``ISL-26-04417-mash-summary-full.pdf``."""
    text = "-".join((reference, kind, *([profile.value] if profile else [])))
    return re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-") + ".pdf"
