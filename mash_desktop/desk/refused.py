"""Acts of this person's that were not admitted: what they said, what others did instead, the words kept."""

from __future__ import annotations

import msgspec

from ..domain.entries import Body, Made
from ..domain.entries.decision import DecisionAmended
from ..domain.entries.outcome import OutcomeSent
from ..domain.errors import Refusal
from . import drafts
from .attention import let_go
from .desk import Desk
from .telling import Teller
from .wording import say_moment


class Refused(msgspec.Struct, frozen=True):
    """One act. ``mine`` and ``theirs`` are sentences; ``typed`` is what was written, by field of its form."""

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
            typed: dict[str, str] = {}
            for entry in waiting.entries:
                typed |= _typed(entry.body)
            found.append(_refused(desk, waiting.act, waiting.sentence, mine, typed))
    return tuple(found)


def _refused(desk: Desk, act: str, sentence: str, mine: Made[Body], typed: dict[str, str]) -> Refused:
    referral = desk.referral(mine.stream)
    teller = Teller(desk, referral)
    last = referral.get(referral.chains.get(mine.guard or "", ""))
    theirs = ""
    if last is not None and last.author != desk.me.person:
        said, at = teller.tell(last), say_moment(last.made_at, desk.now(), desk.config())
        theirs = f"{desk.name(last.author)}, {at}: {said.what}. {said.words}".strip()
    told = teller.tell(mine)
    return Refused(
        act,
        mine.stream,
        referral.reference or "",
        mine.kind,
        sentence,
        f"{told.what}. {told.words}".strip(),
        theirs,
        typed,
    )


def _typed(body: Body) -> dict[str, str]:
    """What a form held, by field: an amendment is of one person, a sending has a team for each."""
    plain = msgspec.structs.asdict(body)
    if isinstance(body, DecisionAmended):
        plain |= msgspec.structs.asdict(body.subjects[0])
    if isinstance(body, OutcomeSent):
        plain |= {f"team.{subject}": f"{body.agency}/{body.team}" for subject in body.subjects}
    return {name: str(value) for name, value in plain.items() if isinstance(value, str) and value}


def take_up_again(desk: Desk, refused: Refused, form: str) -> None:
    """Put what was written back into the form that it came from, and let the refused act go.

    Raises ``Refusal`` (*form-in-use*) where other words wait in that form: neither takes the other's place.
    """
    if drafts.kept(desk, form) not in ({}, refused.typed):
        raise Refusal(
            "form-in-use",
            "Other words wait in that form. Send them or empty the form first; these are kept here.",
        )
    drafts.keep(desk, form, refused.typed)
    let_go(desk, refused.act)
