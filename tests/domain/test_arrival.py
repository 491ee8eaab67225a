"""How a contact came is told by the last word on it, wherever it is shown and whatever clock runs from it."""

from __future__ import annotations

from datetime import timedelta

from mash_desktop.cache.projection import queue_row
from mash_desktop.domain.clocks import acknowledgement_due
from mash_desktop.domain.codes import ContactChannel, SourceOfContact
from mash_desktop.domain.entries.contact import ContactCorrected

from .story import OPERATOR, START, Story


def test_a_correction_is_what_is_shown_and_what_clocks_run_from() -> None:
    story = Story().taken()
    before = story.referral
    assert before.opened is not None
    for area in ("E07000199", "E07000197"):
        story.tell(
            OPERATOR,
            ContactCorrected(
                source=SourceOfContact.SCHOOLS,
                channel=ContactChannel.EMAIL,
                received_at=START - timedelta(days=3),
                area=area,
            ),
        )
    after = story.referral
    assert (after.source, after.channel, after.area, after.received_at) == (
        SourceOfContact.SCHOOLS,
        ContactChannel.EMAIL,
        "E07000197",
        START - timedelta(days=3),
    )
    earlier, later = acknowledgement_due(after), acknowledgement_due(before)
    assert earlier is not None
    assert later is not None
    assert earlier < later
    row = queue_row(after)
    assert (row.area, row.received_at, row.acknowledge_by) == ("E07000197", after.received_at, earlier)


def test_cohort_authority_and_reference_stay_those_of_the_first_word() -> None:
    story = Story().taken()
    before = story.referral
    story.tell(
        OPERATOR,
        ContactCorrected(
            source=SourceOfContact.GP,
            channel=ContactChannel.PHONE,
            received_at=START - timedelta(days=400),
        ),
    )
    after = story.referral
    assert (after.cohort, after.local_authority, after.reference, after.ladder) == (
        before.cohort,
        before.local_authority,
        before.reference,
        before.ladder,
    )
