"""Acts of this person's that were not admitted: what they said, what others did instead, the words kept."""

from __future__ import annotations

import msgspec

from ..domain.entries import Body, Made
from . import drafts
from .desk import Desk
from .telling import Teller
from .wording import say_moment


class Refused(msgspec.Struct, frozen=True):
    """One act. ``mine`` and ``theirs`` are sentences; ``typed`` is what was written, by field."""

    act: str
    stream: str
    reference: str
    kind: str
    sentence: str
    mine: str
    theirs: str
    typed: dict[str, str]


def refused_acts(desk: Desk, *kinds: type[Body]) -> tuple[Refused, ...]:
    """This person's acts with an entry of one of these kinds that wait to be looked at."""
    found = []
    for waiting in desk.cache.waiting():
        mine = next((entry for entry in waiting.entries if isinstance(entry.body, kinds)), None)
        if waiting.state == "refused" and mine is not None:
            found.append(_refused(desk, waiting.act, waiting.sentence, mine))
    return tuple(found)


def _refused(desk: Desk, act: str, sentence: str, mine: Made[Body]) -> Refused:
    referral = desk.referral(mine.stream)
    teller = Teller(desk, referral)
    last = referral.get(referral.chains.get(mine.guard or "", ""))
    theirs = ""
    if last is not None and last.author != desk.me.person:
        said, at = teller.tell(last), say_moment(last.made_at, desk.now(), desk.config())
        theirs = f"{desk.name(last.author)}, {at}: {said.what}. {said.words}".strip()
    told = teller.tell(mine)
    plain = msgspec.structs.asdict(mine.body)
    return Refused(
        act,
        mine.stream,
        referral.reference or "",
        mine.kind,
        sentence,
        f"{told.what}. {told.words}".strip(),
        theirs,
        {name: value for name, value in plain.items() if isinstance(value, str) and value},
    )


def let_go(desk: Desk, act: str) -> None:
    """Take back an act that was not admitted."""
    desk.tell(desk.cache.let_go(act))
    desk.wake()


def take_up_again(desk: Desk, refused: Refused, form: str) -> None:
    """Put what was written back into the form that it came from, and let the refused act go."""
    drafts.keep(desk, form, refused.typed)
    let_go(desk, refused.act)
