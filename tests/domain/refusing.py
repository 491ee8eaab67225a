"""Refusals as rows: a sentence about the product, the code that answers it, and what is tried."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from mash_desktop.domain.acts import Author
from mash_desktop.domain.entries import Body, Made
from mash_desktop.domain.rules import judge_act
from mash_desktop.domain.verdict import Verdict

from .story import Story

Cases = dict[str, tuple[str, Callable[[], Verdict]]]
Taken = dict[str, Callable[[], Verdict]]

S = TypeVar("S", bound=msgspec.Struct)


def but(body: S, /, **changes: Any) -> S:
    """The same with something changed."""
    return msgspec.structs.replace(body, **changes)


def judged_as(story: Story, author: Author, body: Body, /, **changes: Any) -> Verdict:
    """What is said of one entry whose envelope was meddled with."""
    return judged_made(
        story, author, tuple(msgspec.structs.replace(one, **changes) for one in story.made(author, body))
    )


def judged_made(story: Story, author: Author, made: tuple[Made[Body], ...]) -> Verdict:
    return judge_act(author, made, story.referral, story.config, story.now)[0]
