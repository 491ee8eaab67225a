"""Entries of the decision chain: drafted by one person, returned or signed by another, amended later."""

from __future__ import annotations

from datetime import date

import msgspec

from ..codes import AbuseType, MaracRoute, RiskOutcome
from .body import Body, kind


class SubjectDecision(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is decided for one subject. ``marac`` names the ground for a referral to MARAC, if any."""

    subject: str
    level: str
    intervention: str
    rationale: str
    marac: MaracRoute | None = None


@kind("decision.drafted", guard="decision")
class DecisionDrafted(Body, frozen=True):
    """``relies_on`` of the entry names the evidence; a second draft follows a return."""

    subjects: tuple[SubjectDecision, ...]
    dissent: str = ""


@kind("decision.returned", guard="decision")
class DecisionReturned(Body, frozen=True):
    reason: str


@kind("decision.signed", guard="decision")
class DecisionSigned(Body, frozen=True):
    """Signs the draft that ``base`` names; ``commitment`` repeats that draft's commitment (hex)."""

    draft: str
    commitment: str


@kind("decision.amended", guard="decision")
class DecisionAmended(Body, frozen=True):
    """A change after sign-off, by the owning agency's decision maker."""

    subjects: tuple[SubjectDecision, ...]
    reason: str


@kind("enquiry.caused")
class EnquiryCaused(Body, frozen=True):
    """An adult's enquiry that another body is asked to make (Care Act 2014 s42(2)), and by when."""

    enquiry: str
    subject: str
    made_by: str
    """In words: a provider or a trust need not be an agency of the hub."""
    words: str
    due_on: date


@kind("enquiry.reported")
class EnquiryReported(Body, frozen=True):
    """What an enquiry that was caused found."""

    enquiry: str
    words: str


@kind("adult.concluded")
class AdultConcluded(Body, frozen=True):
    """The conclusion of an adult's enquiry."""

    subject: str
    conclusion: str
    risk: RiskOutcome
    abuse_types: tuple[AbuseType, ...] = ()
