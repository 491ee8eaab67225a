"""The receiving team's inbox: what was decided and sent here, accepted or returned, and acted on.

For gateway and district teams. A team sees what was sent to it; who of an agency has no team named sees what
was sent to any team of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from ..domain.codes import Rag
from ..domain.entries.contact import ReferrerRecorded
from ..domain.entries.outcome import (
    FeedbackGiven,
    FirstActionRecorded,
    OutcomeAccepted,
    OutcomeReturned,
    OutcomeSent,
    ReferralClosed,
)
from ..domain.entries.table import ActionRecorded
from ..domain.fold import Referral, Stage
from ..domain.fold.people import household_name
from ..working_time import say_duration
from .desk import Desk
from .faces import Face, level_face
from .moments import when_done
from .sign_off import Decision, form_key, read_decision
from .telling import Teller
from .wording import say_moment

_MOST = 300


class Received(msgspec.Struct, frozen=True):
    """One referral sent to this team. ``state`` is a word, and the name of its tone."""

    stream: str
    reference: str
    who: str
    rag: Rag | None
    level: Face | None
    sent: str
    sent_at: datetime
    state: Face
    accepted: bool
    acted_at: datetime | None

    def waits(self, now: datetime) -> str:
        """How long it has waited for a first action; once there is one, how long that took."""
        if self.acted_at is not None:
            return f"acted on after {say_duration(max(self.acted_at - self.sent_at, timedelta()))}"
        return f"waiting {say_duration(max(now - self.sent_at, timedelta()))}"


class Open(msgspec.Struct, frozen=True):
    """The chosen one: what was decided, what to do, and what this person may do now."""

    row: Received
    decision: Decision | None
    levels: tuple[tuple[str, Face], ...]
    """Names with their levels, where it was routed here without a decision of the hub."""
    words: str
    sent_by: str
    actions: tuple[str, ...]
    history: tuple[str, ...]
    """What the team has said of it, in words."""
    may_accept: bool
    may_return: bool
    may_act: bool
    may_close: bool
    why_not_close: str


def received(desk: Desk) -> tuple[Received, ...]:
    """What was sent to this team and is not closed: what waits to be accepted first, the oldest first."""
    rows = desk.cache.queue((Stage.OUTCOME, Stage.ACCEPTED), by_due=False, most=_MOST)
    found = []
    for row in rows:
        if row.receiving == desk.me.agency and _mine(desk, row.receiving_team):
            referral = desk.referral(row.stream)
            if referral.outcome is not None:
                found.append(_row(desk, referral, referral.outcome.made_at))
    return tuple(sorted(found, key=lambda one: (one.accepted, one.sent_at)))


def to_accept(desk: Desk) -> int:
    """How many wait for this team to accept them."""
    rows = desk.cache.queue((Stage.OUTCOME,), most=_MOST)
    return sum(row.receiving == desk.me.agency and _mine(desk, row.receiving_team) for row in rows)


def _mine(desk: Desk, team: str | None) -> bool:
    return desk.me.author.team is None or desk.me.author.team == team


def _row(desk: Desk, referral: Referral, sent_at: datetime) -> Received:
    accepted = referral.stage is Stage.ACCEPTED
    acted = _first_action(referral)
    if not accepted:
        state = Face("to accept", "amber")
    elif acted is None:
        state = Face("accepted", "accent")
    else:
        state = Face("✓ acted on", "green")
    return Received(
        stream=referral.stream,
        reference=referral.reference or "not sent yet",
        who=household_name(referral),
        rag=referral.rag,
        level=_highest(referral),
        sent=say_moment(sent_at, desk.now(), desk.config()),
        sent_at=sent_at,
        state=state,
        accepted=accepted,
        acted_at=acted,
    )


def _first_action(referral: Referral) -> datetime | None:
    """The earliest action that any of the entries records."""
    return min((made.body.done_at for made in referral.all(FirstActionRecorded)), default=None)


def _level_ids(referral: Referral) -> dict[str, str]:
    """The last level known of each subject."""
    found: dict[str, str] = {}
    for given in (referral.triaged, referral.overseen):
        if given is not None:
            found.update({one.subject: one.level for one in given.body.levels})
    if referral.signed is not None and referral.draft is not None:
        found.update({one.subject: one.level for one in referral.draft.body.subjects})
        for amendment in referral.amendments:
            found.update({one.subject: one.level for one in amendment.body.subjects})
    return found


def _highest(referral: Referral) -> Face | None:
    ladder = referral.ladder
    if ladder is None:
        return None
    known = [level for level in _level_ids(referral).values() if level in ladder]
    highest = max(known, key=lambda level: ladder.level(level).rank, default=None)
    return level_face(ladder, highest, short=True)


def open_received(desk: Desk, stream: str) -> Open | None:
    """As :func:`read_received`; that it was looked at is kept."""
    desk.viewed(stream, "inbox")
    return read_received(desk, stream)


def read_received(desk: Desk, stream: str) -> Open | None:
    """The chosen one; ``None`` once it is no longer with this team."""
    referral = desk.referral(stream)
    sent = referral.outcome
    if sent is None or sent.body.agency != desk.me.agency or referral.stage is Stage.CLOSED:
        return None
    teller, decision = Teller(desk, referral), read_decision(desk, stream)
    faces = ((one, level_face(referral.ladder, level)) for one, level in _level_ids(referral).items())
    return Open(
        row=_row(desk, referral, sent.made_at),
        decision=decision,
        levels=tuple((teller.subject(one), face) for one, face in faces if face is not None),
        words=sent.body.words or (referral.triaged.body.rationale if referral.triaged else ""),
        sent_by=f"{desk.name(sent.author)}, {desk.agency_name(sent.agency)}",
        actions=tuple(
            f"{told.words} – {told.what[0].lower()}{told.what[1:]}"
            for told in (teller.tell(made) for made in referral.latest(ActionRecorded, "action").values())
        ),
        history=_history(referral, teller),
        may_accept=desk.may(OutcomeAccepted, referral),
        may_return=desk.may(OutcomeReturned, referral),
        may_act=desk.may(FirstActionRecorded, referral),
        may_close=desk.may(ReferralClosed, referral) and not _why_not_close(referral),
        why_not_close=_why_not_close(referral) if desk.may(ReferralClosed, referral) else "",
    )


def _why_not_close(referral: Referral) -> str:
    known = any(not made.body.anonymous for made in referral.all(ReferrerRecorded))
    if known and not referral.all(FeedbackGiven):
        return "The referrer is told the outcome before it closes. Who decided it does that."
    return ""


def _history(referral: Referral, teller: Teller) -> tuple[str, ...]:
    kinds = (OutcomeSent, OutcomeAccepted, OutcomeReturned, FirstActionRecorded)
    return tuple(
        f"{teller.moment(made.made_at)} · {told.what}{f': {told.words}' if told.words else ''}"
        for made in referral.entries
        if isinstance(made.body, kinds)
        for told in (teller.tell(made),)
    )


# --- what is done


def accept(desk: Desk, stream: str) -> str:
    return desk.act(stream, OutcomeAccepted())


def send_back(desk: Desk, stream: str, values: Mapping[str, str]) -> str:
    """Return it to who sent it. Raises ``Refusal`` on *reason*."""
    body = OutcomeReturned(reason=values.get("reason", "").strip())
    return desk.act(stream, body, forget_drafts=(form_key(stream, "back"),))


def record_first_action(desk: Desk, stream: str, values: Mapping[str, str]) -> str:
    """What was done first, and when in people's words (now, if nothing is written). Raises ``Refusal``."""
    when = values.get("done_at", "")
    done_at = when_done(when, desk.now(), desk.config()) if when.strip() else desk.now()
    body = FirstActionRecorded(words=values.get("words", "").strip(), done_at=done_at)
    return desk.act(stream, body, forget_drafts=(form_key(stream, "first"),))


def close(desk: Desk, stream: str, values: Mapping[str, str]) -> str:
    """Close it. Raises ``Refusal``: *referrer-not-told*, or on *reason*."""
    body = ReferralClosed(reason=values.get("reason", "").strip())
    return desk.act(stream, body, forget_drafts=(form_key(stream, "close"),))
