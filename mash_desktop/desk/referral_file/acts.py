"""What is done from a referral's file: notes, escalation, withdrawing what was misfiled, and passing on."""

from __future__ import annotations

from collections.abc import Mapping

from ...domain.codes import EscalationStage
from ...domain.entries.contact import NoteAdded, OwnershipTransferred
from ...domain.entries.outcome import EntryWithdrawn, EscalationRaised, EscalationResolved
from ...domain.errors import Refusal
from .. import glass, round_table
from ..desk import Desk, new_id
from ..sign_off import form_key

__all__ = [
    "add_note",
    "break_glass",
    "complete_action",
    "escalate",
    "form_key",
    "resolve",
    "transfer",
    "withdraw_entry",
]

Values = Mapping[str, str]


def add_note(desk: Desk, stream: str, values: Values) -> str:
    """A note. Raises ``Refusal`` on *words* where nothing is written."""
    words = values.get("words", "").strip()
    if not words:
        raise Refusal("field-empty", "Write the note.", "words")
    return desk.act(stream, NoteAdded(words=words), forget_drafts=(form_key(stream, "note"),))


def escalate(desk: Desk, stream: str, values: Values) -> str:
    """Raise a disagreement. ``parties`` are agency ids with spaces between. Raises ``Refusal``."""
    parties = tuple(values.get("parties", "").split())
    if not parties:
        raise Refusal("nobody-named", "Name the agencies that disagree.", "parties")
    body = EscalationRaised(
        escalation=new_id(),
        stage=EscalationStage(values.get("stage") or "1"),
        parties=parties,
        words=values.get("words", "").strip(),
        interim_safety=values.get("interim_safety", "").strip(),
    )
    return desk.act(stream, body, forget_drafts=(form_key(stream, "escalate"),))


def resolve(desk: Desk, stream: str, values: Values) -> str:
    """How the disagreement named by *escalation* was resolved. Raises ``Refusal`` on *result*."""
    body = EscalationResolved(
        escalation=values.get("escalation", ""), result=values.get("result", "").strip()
    )
    return desk.act(stream, body, forget_drafts=(form_key(stream, "resolve"),))


def withdraw_entry(desk: Desk, stream: str, entry: str, values: Values) -> str:
    """Withdraw a misfiled entry from every holder. Raises ``Refusal`` on *reason*, or *chain-entry*."""
    body = EntryWithdrawn(entry=entry, reason=values.get("reason", "").strip())
    return desk.act(stream, body, forget_drafts=(form_key(stream, f"withdraw-{entry}"),))


def complete_action(desk: Desk, stream: str, values: Values) -> str:
    """That the action named by *action* was done. Raises ``Refusal`` on *action*."""
    drafts = (form_key(stream, "done"),)
    return round_table.complete_action(
        desk, stream, values.get("action", ""), values.get("words", ""), drafts
    )


def break_glass(desk: Desk, stream: str, values: Values) -> str:
    """See all of it for some hours. Raises ``Refusal`` as ``glass.break_glass`` does."""
    return glass.break_glass(desk, stream, values.get("reason", ""), (form_key(stream, "glass"),))


def transfer(desk: Desk, stream: str, values: Values) -> str:
    """Pass ownership to another agency. Raises ``Refusal`` on *to* or *reason*."""
    if not values.get("to"):
        raise Refusal("agency-missing", "Choose the agency that owns it from now on.", "to")
    body = OwnershipTransferred(to=values["to"], reason=values.get("reason", "").strip())
    return desk.act(stream, body, forget_drafts=(form_key(stream, "transfer"),))
