"""How a person is reached, and whether that is safe: a number that somebody else answers may do harm."""

from __future__ import annotations

import msgspec

from ...domain.entries.contact import ContactDetailRecorded
from ...domain.fold import Referral
from ..desk import Desk, new_id
from .forms import from_yes_no, yes_no

MEDIA = (("phone", "Phone"), ("mobile", "Mobile"), ("e-mail", "E-mail"), ("other", "Other"))


class Reach(msgspec.Struct, frozen=True):
    """One way to reach somebody. ``safe`` is *yes*, *no*, or empty while nobody has said."""

    detail: str
    subject: str
    words: str
    safe: str


def ways_to_reach(referral: Referral, subject: str) -> tuple[Reach, ...]:
    """The ways to reach a person, in the order told."""
    told = referral.latest(ContactDetailRecorded, "detail").values()
    return tuple(
        Reach(body.detail, body.subject, f"{body.medium} {body.value}", yes_no(body.safe))
        for body in (made.body for made in told)
        if body.subject == subject
    )


def add_reach(desk: Desk, stream: str, subject: str, medium: str, value: str, safe: str) -> None:
    """Add a way to reach a person. Raises ``Refusal`` on *value*."""
    desk.act(
        stream,
        ContactDetailRecorded(
            detail=new_id(),
            subject=subject,
            medium=medium or MEDIA[0][0],
            value=value.strip(),
            safe=from_yes_no(safe),
        ),
    )


def say_safe(desk: Desk, stream: str, detail: str, safe: str) -> None:
    """Say whether a way to reach a person is safe to use."""
    before = desk.referral(stream).latest(ContactDetailRecorded, "detail")[detail].body
    desk.act(stream, msgspec.structs.replace(before, safe=from_yes_no(safe)))
