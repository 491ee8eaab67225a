"""The list of open reds on paper, for the hours when the program cannot be used."""

from __future__ import annotations

from reportlab.platypus import Flowable, Spacer

from mash_desktop.documents import page, wording
from mash_desktop.documents.content import DowntimeContent
from mash_desktop.documents.pieces import table, words
from mash_desktop.documents.style import styles


def render(content: DowntimeContent) -> bytes:
    zone = content.letterhead.time_zone
    count = len(content.reds)
    lines = [
        (
            [words(wording.moment(red.due_at, zone), styles().strong)],
            [words(red.reference)],
            [words(red.who, styles().strong)],
            [words(red.stage), words(f"waits for {red.waits_for}", styles().small)],
            [words(red.lead), words(red.telephone, styles().small)],
        )
        for red in sorted(content.reds, key=lambda red: red.due_at)
    ]
    listed: Flowable = words("No red is open.", styles().note)
    if lines:
        listed = table(("Due", "Reference", "Who", "Stage", "With"), (1.25, 1.0, 1.35, 1.5, 1.0), lines)
    story: list[Flowable] = [
        words("Open reds", styles().title),
        words(
            f"{count} open at {wording.moment(content.letterhead.made_at, zone)}, the first due first. "
            "Destroy this list when the next one is printed.",
            styles().small,
        ),
        Spacer(1, 10),
        listed,
    ]
    return page.build(story, content.letterhead, "Open reds", "")
