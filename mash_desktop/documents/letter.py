"""Feedback to the referrer: one short letter that says what became of their contact.

It is made of ``Feedback`` and the letterhead and can see nothing else of a referral.
"""

from __future__ import annotations

from reportlab.platypus import Flowable, ListFlowable, Spacer

from mash_desktop.documents import page
from mash_desktop.documents.content import Feedback, Letterhead
from mash_desktop.documents.lettering import REGULAR
from mash_desktop.documents.pieces import words
from mash_desktop.documents.style import styles
from mash_desktop.documents.wording import clock, day


def render(letterhead: Letterhead, feedback: Feedback) -> bytes:
    letter, zone = styles().letter, letterhead.time_zone
    contacted = f"{day(feedback.contacted_at, zone)} at {clock(feedback.contacted_at, zone)}"
    story: list[Flowable] = [
        words(letterhead.hub, styles().sender),
        *([words(letterhead.contact, styles().small)] if letterhead.contact else []),
        Spacer(1, 22),
        *(words(line, letter) for line in feedback.to),
        Spacer(1, 16),
        words(day(letterhead.made_at, zone), letter),
        words(f"Our reference {letterhead.reference}", letter),
        Spacer(1, 18),
        *([words(feedback.salutation, letter), Spacer(1, 9)] if feedback.salutation else []),
        words(f"Your contact about {feedback.about}", styles().section),
        Spacer(1, 7),
        words(f"You contacted us on {contacted}. Thank you for telling us.", letter),
        Spacer(1, 9),
        words(feedback.outcome, letter),
        Spacer(1, 9),
    ]
    if feedback.next_steps:
        steps = [words(step, letter) for step in feedback.next_steps]
        story += [
            words("What we ask of you", styles().block),
            Spacer(1, 4),
            ListFlowable(
                steps,
                bulletType="bullet",
                start="•",
                leftIndent=14,
                bulletFontName=REGULAR,
                bulletFontSize=letter.fontSize,
            ),
            Spacer(1, 9),
        ]
    story += [
        words(
            "We cannot tell you more than this, because what others have told us is confidential. If your "
            "worry grows, or you see or hear something new, contact us again and give the reference above. "
            "If someone is in danger now, ring 999.",
            letter,
        ),
        Spacer(1, 9),
        words("Keep this letter safe, and do not pass it on.", letter),
        Spacer(1, 26),
        words(feedback.signed_by, styles().block),
        words(feedback.role, letter),
    ]
    return page.build(story, letterhead, "Feedback to the referrer", "")
