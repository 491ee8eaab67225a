"""The receiving team's inbox: what was decided and sent here, accepted or returned, and acted on.

For gateway and district teams; what is left to the out-of-hours team is ``handover``. A team sees what was
sent to it; who of an agency has no team named sees what was sent to any team of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from ..cache.projection import SentTo
from ..domain.codes import Rag
from ..domain.entries.contact import ReferrerRecorded
from ..domain.entries.outcome import (
    FeedbackGiven,
    FirstActionRecorded,
    OutcomeAccepted,
    OutcomeReturned,
    ReferralClosed,
)
from ..domain.entries.table import ActionCompleted, ActionRecorded
from ..domain.fold import Referral, Stage
from ..domain.fold.levels import to_send
from ..domain.fold.people import household_name
from ..domain.fold.sending import Sending, acted_on
from ..domain.roles import Role
from ..working_time import say_duration
from .desk import Desk
from .faces import Face, level_face
from .moments import when_done
from .sign_off import Decision, form_key, read_decision
from .telling import Teller
from .wording import say_moment


class Received(msgspec.Struct, frozen=True):
    """What one sending brought to this team. ``state`` is a word, and the name of its tone."""

    sending: str
    stream: str
    reference: str
    who: str
    """Those who came, of a household that may be with several teams."""
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
    """For those who came; of the others, ``others`` says where they are."""
    others: tuple[str, ...]
    levels: tuple[tuple[str, Face], ...]
    """Names with their levels, where they were routed here without a decision of the hub."""
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
    rows = desk.cache.queue((Stage.OUTCOME, Stage.ACCEPTED), by_due=False, most=None)
    streams = [row.stream for row in rows if any(_mine(desk, one) for one in row.sent)]
    referrals = [desk.referral(stream) for stream in streams]
    found = [_row(desk, held, one) for held in referrals for one in held.sent if _mine(desk, one)]
    return tuple(sorted(found, key=lambda one: (one.accepted, one.sent_at)))


def to_accept(desk: Desk) -> int:
    """How many wait for this team to accept them."""
    rows = desk.cache.queue((Stage.OUTCOME,), most=None)
    return sum(one.waits and _mine(desk, one) for row in rows for one in row.sent)


def _mine(desk: Desk, sent: SentTo | Sending) -> bool:
    """Whether it was sent to a team for which this person works."""
    return any(
        sent.agency == one.agency and one.team in {None, sent.team}
        for one in desk.me.standings
        if one.role is Role.GATEWAY_WORKER
    )


def _row(desk: Desk, referral: Referral, sent: Sending) -> Received:
    if sent.accepted is None:
        state = Face("to accept", "amber")
    elif sent.acted_at is None:
        state = Face("accepted", "accent")
    else:
        state = Face("✓ acted on", "green")
    return Received(
        sending=sent.id,
        stream=referral.stream,
        reference=referral.reference or "not sent yet",
        who=household_name(referral, sent.subjects),
        rag=referral.rag,
        level=_highest(referral, sent.subjects),
        sent=say_moment(sent.made.made_at, desk.now(), desk.config()),
        sent_at=sent.made.made_at,
        state=state,
        accepted=sent.accepted is not None,
        acted_at=sent.acted_at,
    )


def _level_ids(referral: Referral) -> dict[str, str]:
    """The last level known of each subject."""
    given = (made.body.levels for made in (referral.triaged, referral.overseen) if made is not None)
    found = {one.subject: one.level for levels in given for one in levels}
    return found | {subject: one.level for subject, one in referral.decided.items()}


def _highest(referral: Referral, subjects: tuple[str, ...]) -> Face | None:
    ladder = referral.ladder
    if ladder is None:
        return None
    known = [level for one, level in _level_ids(referral).items() if one in subjects and level in ladder]
    highest = max(known, key=lambda level: ladder.level(level).rank, default=None)
    return level_face(ladder, highest, short=True)


def open_received(desk: Desk, row: Received) -> Open | None:
    """As :func:`read_received`; that it was looked at is kept."""
    desk.viewed(row.stream, "inbox")
    return read_received(desk, row)


def read_received(desk: Desk, row: Received) -> Open | None:
    """The chosen one; ``None`` once it is no longer with this team."""
    referral = desk.referral(row.stream)
    sent = referral.sendings.get(row.sending)
    if sent is None or not sent.open or not _mine(desk, sent) or referral.stage is Stage.CLOSED:
        return None
    teller, decision = Teller(desk, referral), read_decision(desk, row.stream)
    faces = ((one, level_face(referral.ladder, level)) for one, level in _level_ids(referral).items())
    if decision is not None:
        came = tuple(one for one in decision.subjects if one.subject in sent.subjects)
        decision = msgspec.structs.replace(decision, subjects=came)
    why_not = _why_not_close(desk, referral, sent)
    done = referral.latest(ActionCompleted, "action")
    may_close = desk.may(ReferralClosed, referral)
    return Open(
        row=_row(desk, referral, sent),
        decision=decision,
        others=_others(referral, sent, teller),
        levels=tuple((teller.subject(one), face) for one, face in faces if face is not None),
        words=sent.made.body.words or (referral.triaged.body.rationale if referral.triaged else ""),
        sent_by=f"{desk.name(sent.made.author)}, {desk.agency_name(sent.made.agency)}",
        actions=tuple(
            f"{'✓ ' if action in done else ''}{told.words} – {told.what[0].lower()}{told.what[1:]}"
            for action, made in referral.latest(ActionRecorded, "action").items()
            for told in (teller.tell(made),)
        ),
        history=_history(referral, sent, teller),
        may_accept=desk.may(OutcomeAccepted, referral) and sent.waits,
        may_return=desk.may(OutcomeReturned, referral) and sent.waits,
        may_act=desk.may(FirstActionRecorded, referral) and sent.accepted is not None,
        may_close=may_close and not why_not,
        why_not_close=why_not,
    )


def _others(referral: Referral, sent: Sending, teller: Teller) -> tuple[str, ...]:
    """*Mia: with Child protection duty, SCC*; who is with no team was not sent on."""
    found = []
    for subject in referral.for_outcome:
        if subject not in sent.subjects:
            other = referral.with_team.get(subject)
            where = f"with {teller.team(other.agency, other.team)}" if other else "with no receiving team"
            found.append(f"{teller.subject(subject)}: {where}")
    return tuple(found)


def _why_not_close(desk: Desk, referral: Referral, sent: Sending) -> str:
    """Why who has accepted what came to them cannot close it yet."""
    if sent.accepted is None:
        return ""
    known = any(not made.body.anonymous for made in referral.all(ReferrerRecorded))
    if known and not referral.all(FeedbackGiven):
        return "The referrer is told the outcome before it closes. The owning agency does that from the file."
    if any(one.waits for one in referral.sent):
        return "It closes once the other teams have accepted those sent to them."
    if to_send(referral):
        return "It closes once everybody who meets a threshold is with a team. Who decided it sends them."
    return ""


def _history(referral: Referral, sent: Sending, teller: Teller) -> tuple[str, ...]:
    """What this team was sent, and what it has said of it."""
    acts = [
        made for made in referral.all(FirstActionRecorded) if acted_on(referral.sendings, made) == sent.id
    ]
    return tuple(
        f"{teller.moment(made.made_at)} · {told.what}{f': {told.words}' if told.words else ''}"
        for made in (sent.made, sent.accepted, *acts)
        if made is not None
        for told in (teller.tell(made),)
    )


# --- what is done


def form_of(stream: str, sending: str, form: str) -> str:
    """Where the unsent words of one form about one sending are kept."""
    return form_key(f"{stream}/{sending}", form)


def accept(desk: Desk, row: Received) -> str:
    return desk.act(row.stream, OutcomeAccepted(sent=row.sending))


def send_back(desk: Desk, row: Received, values: Mapping[str, str]) -> str:
    """Return it to who sent it. Raises ``Refusal`` on *reason*."""
    body = OutcomeReturned(sent=row.sending, reason=values.get("reason", "").strip())
    return desk.act(row.stream, body, forget_drafts=(form_of(row.stream, row.sending, "back"),))


def record_first_action(desk: Desk, row: Received, values: Mapping[str, str]) -> str:
    """What was done first, and when in people's words (now, if nothing is written). Raises ``Refusal``."""
    when = values.get("done_at", "")
    done_at = when_done(when, desk.now(), desk.config()) if when.strip() else desk.now()
    body = FirstActionRecorded(sent=row.sending, words=values.get("words", "").strip(), done_at=done_at)
    return desk.act(row.stream, body, forget_drafts=(form_of(row.stream, row.sending, "first"),))


def close(desk: Desk, row: Received, values: Mapping[str, str]) -> str:
    """Close it. Raises ``Refusal``: *referrer-not-told*, or on *reason*."""
    body = ReferralClosed(reason=values.get("reason", "").strip())
    return desk.act(row.stream, body, forget_drafts=(form_of(row.stream, row.sending, "close"),))
