"""A rating that came second: the deputy has rated a referral while the manager's own rating waited."""

from __future__ import annotations

from mash_desktop.desk import Desk
from mash_desktop.domain.acts import Author
from mash_desktop.domain.codes import Rag
from mash_desktop.domain.entries.triage import RagRated
from mash_desktop.domain.roles import Role
from tests.domain.story import KEY, MANAGER, Story
from tests.support.desks import receive

STREAM = "referral:0"
DEPUTY = Author("neil", "mash", Role.DEPUTY_HUB_MANAGER, KEY.key_id)
MOVED = "Someone else moved this on first. Look at what they did, then do it again or let it go."


def overtaken(desk: Desk, story: Story) -> str:
    """The manager rates red; the deputy has rated amber first. Answers with the act that was refused."""
    act = desk.act(STREAM, RagRated(rag=Rag.RED, reason="A child under one is in the house."))
    (theirs,) = story.tell(DEPUTY, RagRated(rag=Rag.AMBER, reason="The father is away until Friday."))
    receive(desk.cache, MANAGER, story)
    (mine,) = desk.cache.waiting()[0].entries
    desk.tell(desk.cache.refused(act, "moved-on", MOVED, None, mine.id, theirs))
    return act
