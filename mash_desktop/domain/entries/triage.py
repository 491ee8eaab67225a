"""Entries that move a contact to a referral: triage, oversight, strategy discussion, admission, rating."""

from __future__ import annotations

import msgspec

from ..codes import DataKind, Rag
from ..law import Basis
from .body import UPCASTS, Body, Moment, kind


class SubjectLevel(msgspec.Struct, frozen=True):
    """A level of need for one subject: the id of a level on the cohort's ladder."""

    subject: str
    level: str


@kind("contact.triaged", guard="stage")
class ContactTriaged(Body, frozen=True):
    route: str
    levels: tuple[SubjectLevel, ...]
    rationale: str
    history_searched: bool
    immediate_danger: bool
    advised_by: str | None = None


@kind("triage.overseen", guard="stage")
class TriageOverseen(Body, frozen=True):
    """A qualified decision on the route: ``admit`` or ``reroute`` (then ``route`` says where)."""

    decision: str
    levels: tuple[SubjectLevel, ...]
    """The level at admission, per subject; also changed by oversight when it differs from triage."""
    reason: str
    route: str | None = None


@kind("strategy.held", version=2)
class StrategyHeld(Body, frozen=True):
    """A strategy discussion. Its time starts the conference clock when an enquiry follows.

    Until version 2 it had none but when it was recorded.
    """

    present: tuple[str, ...]
    """Agencies present."""
    decision: str
    """``s47_single``, ``s47_joint`` or ``no_s47``."""
    subjects: tuple[str, ...]
    reason: str
    interim_safety: str = ""
    seen_by: str = ""
    """By when the child is to be seen."""
    held_at: Moment | None = None


UPCASTS[StrategyHeld.KIND, 1] = dict


class InScope(msgspec.Struct, frozen=True):
    """One person in scope: why, which kinds of data, and the lawful basis a person confirmed."""

    subject: str
    ground: str
    data_kinds: tuple[DataKind, ...]
    basis: Basis


@kind("referral.admitted", guard="stage")
class ReferralAdmitted(Body, frozen=True):
    threshold: str
    purpose: str
    scope: tuple[InScope, ...]


@kind("rag.rated", guard="rating")
class RagRated(Body, frozen=True):
    rag: Rag
    reason: str
