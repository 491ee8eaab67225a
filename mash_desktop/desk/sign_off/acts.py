"""What is done at sign-off: signing or returning the draft that was read, and what follows the signature."""

from __future__ import annotations

from collections.abc import Mapping

from ...domain.codes import AbuseType, MaracRoute, RiskOutcome
from ...domain.entries.decision import (
    AdultConcluded,
    DecisionAmended,
    DecisionReturned,
    DecisionSigned,
    EnquiryCaused,
    EnquiryReported,
    SubjectDecision,
)
from ...domain.entries.outcome import AgenciesTold, FeedbackGiven, OutcomeSent, ReferralClosed
from ...domain.errors import Refusal
from ...domain.verdict import Answer
from ..desk import Desk, new_id
from ..moments import whole_day
from ..wording import local
from .decision import Decision

Values = Mapping[str, str]
"""What was typed into a form, by field."""


def form_key(stream: str, form: str) -> str:
    """Where the unsent words of one form about one referral are kept."""
    return f"form/{stream}/{form}"


def sign(desk: Desk, read: Decision, passphrase: str) -> str:
    """Sign the decision that was read, by the passphrase of this profile. Returns the act's id.

    Raises ``Refusal``: of the rules (*own-draft*, *draft-changed*), of the vault (*wrong-passphrase*,
    *too-soon*, both on *passphrase*).
    """
    body = DecisionSigned(draft=read.draft, commitment=read.commitment)
    verdict = desk.ask(read.stream, [body])
    if verdict.answer is Answer.NO:
        raise Refusal(verdict.code, verdict.sentence, verdict.field)
    desk.prove_passphrase(passphrase)
    return desk.act(read.stream, body)


def return_draft(desk: Desk, stream: str, values: Values) -> str:
    """Return the draft with what is to change. Raises ``Refusal`` on *reason*."""
    body = DecisionReturned(reason=values.get("reason", "").strip())
    return desk.act(stream, body, forget_drafts=(form_key(stream, "return"),))


def send(desk: Desk, stream: str, values: Values) -> str:
    """Send people to receiving teams: ``team.<subject>`` is an ``agency/team``, or empty for who stays.

    Who goes to the same team goes in one sending. Raises ``Refusal`` where nobody goes anywhere.
    """
    chosen: dict[str, list[str]] = {}
    for field, team in values.items():
        if field.startswith("team.") and team:
            chosen.setdefault(team, []).append(field.removeprefix("team."))
    if not chosen:
        first = next((field for field in values if field.startswith("team.")), "team")
        raise Refusal("team-missing", "Choose who receives them.", first)
    bodies = []
    for team, subjects in chosen.items():
        agency, _, name = team.partition("/")
        words = values.get("words", "").strip()
        bodies.append(OutcomeSent(agency=agency, team=name, words=words, subjects=tuple(subjects)))
    return desk.act(stream, *bodies, forget_drafts=(form_key(stream, "send"),))


def give_feedback(desk: Desk, stream: str, values: Values) -> str:
    """That the referrer was told, and how; or why not. Raises ``Refusal`` on *how*."""
    body = FeedbackGiven(how=values.get("how", "").strip(), not_given=values.get("not_given", "").strip())
    return desk.act(stream, body, forget_drafts=(form_key(stream, "feedback"),))


def tell_agencies(desk: Desk, stream: str, values: Values) -> str:
    """That agencies already working with the family were told. ``agencies`` are ids with spaces between."""
    agencies = tuple(values.get("agencies", "").split())
    if not agencies:
        raise Refusal("nobody-named", "Name at least one agency.", "agencies")
    body = AgenciesTold(agencies=agencies, words=values.get("words", "").strip())
    return desk.act(stream, body, forget_drafts=(form_key(stream, "tell"),))


def amend(desk: Desk, stream: str, values: Values) -> str:
    """Change what was decided for one person after signing, with the reason. Raises ``Refusal``.

    Without another ground in ``marac``, what stays high goes to MARAC on the ground that was signed.
    """
    if not values.get("subject"):
        raise Refusal("subject-missing", "Choose whose decision changes.", "subject")
    referral, level = desk.referral(stream), values.get("level", "")
    before = referral.decided.get(values["subject"])
    high = referral.ladder is not None and level in referral.ladder.thresholds
    ground = values.get("marac") or (before.marac if before is not None and high else None)
    decided = SubjectDecision(
        values["subject"],
        level,
        values.get("intervention", "").strip(),
        values.get("rationale", "").strip(),
        MaracRoute(ground) if ground else None,
    )
    body = DecisionAmended(subjects=(decided,), reason=values.get("reason", "").strip())
    return desk.act(stream, body, forget_drafts=(form_key(stream, "amend"),))


def conclude(desk: Desk, stream: str, values: Values) -> str:
    """Conclude an adult's enquiry: what it came to and what became of the risk. Raises ``Refusal``."""
    if not values.get("subject"):
        raise Refusal("subject-missing", "Choose whose enquiry it is.", "subject")
    if not values.get("risk"):
        raise Refusal("risk-missing", "Say what became of the risk.", "risk")
    body = AdultConcluded(
        subject=values["subject"],
        conclusion=values.get("conclusion", "").strip(),
        risk=RiskOutcome(values["risk"]),
        abuse_types=tuple(AbuseType(one) for one in values.get("abuse_types", "").split()),
    )
    return desk.act(stream, body, forget_drafts=(form_key(stream, "conclude"),))


def cause_enquiry(desk: Desk, stream: str, values: Values) -> str:
    """Ask another body to make an adult's enquiry, by a day. Raises ``Refusal``."""
    if not values.get("subject"):
        raise Refusal("subject-missing", "Choose whose enquiry it is.", "subject")
    today = local(desk.now(), desk.config()).date()
    no_day = Refusal("due-not-a-day", "Give the day by which it is due, like 12 Dec 2026.", "due_on")
    body = EnquiryCaused(
        enquiry=new_id(),
        subject=values["subject"],
        made_by=values.get("made_by", "").strip(),
        words=values.get("words", "").strip(),
        due_on=whole_day(values.get("due_on", ""), today, no_day),
    )
    return desk.act(stream, body, forget_drafts=(form_key(stream, "enquiry"),))


def report_enquiry(desk: Desk, stream: str, values: Values) -> str:
    """What an enquiry made by others found. Raises ``Refusal``."""
    if not values.get("enquiry"):
        raise Refusal("enquiry-missing", "Choose the enquiry.", "enquiry")
    body = EnquiryReported(enquiry=values["enquiry"], words=values.get("words", "").strip())
    return desk.act(stream, body, forget_drafts=(form_key(stream, "report"),))


def close(desk: Desk, stream: str, values: Values) -> str:
    """Close the referral. Raises ``Refusal``: *referrer-not-told*, *not-accepted*, or on *reason*."""
    body = ReferralClosed(reason=values.get("reason", "").strip())
    return desk.act(stream, body, forget_drafts=(form_key(stream, "close"),))
