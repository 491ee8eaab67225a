"""One-time codes for devices, a slip a person, to be cut apart and handed out."""

from __future__ import annotations

from reportlab.platypus import Flowable, Spacer

from mash_desktop.documents import page
from mash_desktop.documents.content import CodeSheetContent, CodeSlip
from mash_desktop.documents.pieces import card, labelled, words
from mash_desktop.documents.style import styles


def render(content: CodeSheetContent) -> bytes:
    count = len(content.slips)
    story: list[Flowable] = [
        words("Codes for devices", styles().title),
        words(
            f"{count} {'code' if count == 1 else 'codes'}, each for one computer, once. Cut them apart, give "
            "each to its person by hand, and destroy what is left.",
            styles().small,
        ),
    ]
    for slip in content.slips:
        story += [Spacer(1, 9), card((_for(slip), _typed(content, slip)), (1.0, 1.6))]
    return page.build(story, content.letterhead, "Codes for devices", "")


def _for(slip: CodeSlip) -> list[Flowable]:
    way = (
        "You sign in through the directory: leave the password empty."
        if slip.linked
        else "Where you have a password already, type that one; otherwise choose 12 characters or more."
    )
    return [
        words(slip.name, styles().section),
        labelled("Signs in as", slip.account),
        words(way, styles().small),
    ]


def _typed(content: CodeSheetContent, slip: CodeSlip) -> list[Flowable]:
    fours = " ".join(content.fingerprint[at : at + 4] for at in range(0, len(content.fingerprint), 4))
    return [
        words(slip.code, styles().sender),
        words(f"good until {slip.until}", styles().small),
        labelled("Hub address", content.url),
        labelled("Hub fingerprint"),
        words(fours, styles().small),
    ]
