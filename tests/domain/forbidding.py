"""What must never be found in a log, looked for in the log itself: no fold and no rule is asked here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mash_desktop.domain.entries import Body, Made
from mash_desktop.domain.entries.decision import DecisionDrafted, DecisionSigned
from mash_desktop.domain.entries.gathering import (
    ContributionRecorded,
    ProceededWithout,
    RequestAnswered,
    RequestMade,
    RequestWithdrawn,
)
from mash_desktop.domain.entries.outcome import EntryWithdrawn
from mash_desktop.domain.entries.triage import ContactTriaged, TriageOverseen
from mash_desktop.domain.roles import Role

SIGNERS = {Role.CONSULTANT_SOCIAL_WORKER, Role.SAFEGUARDING_MANAGER, Role.POLICE_SUPERVISOR}
QUALIFIED = {"child_in_need", "child_protection", "s42_enquiry", "high"}
IMMEDIATE = {"direct-line"}
AFTER_SIGNING = {
    "decision.amended", "outcome.sent", "outcome.accepted", "outcome.returned", "first_action.recorded",
    "feedback.given", "agencies.told", "summary.made", "referral.closed", "enquiry.caused",
    "enquiry.reported", "adult.concluded", "action.recorded", "action.completed", "note.added",
    "document.attached", "escalation.raised", "escalation.resolved", "handover.made",
    "handover.acknowledged", "advice.given", "history.searched", "acknowledgement.sent",
    "telling.recorded", "strategy.held", "ownership.transferred", "request.acknowledged",
    "request.answered", "contribution.recorded", "contribution.released", "release.withdrawn",
    "entry.withdrawn",
}  # fmt: skip
ADDED_ONLY = {
    "action.recorded": ("action",),
    "request.answered": ("request", "subject"),
    "contribution.recorded": ("contribution",),
}
"""Kinds that may be added after the signature and never say anew what was said before it."""


def forbidden(entries: Sequence[Made[Body]]) -> Iterator[str]:
    """Every forbidden thing that these entries, in position order, contain."""
    withdrawn: set[str] = set()
    chains: dict[str, str] = {}
    before: list[Made[Body]] = []
    for entry in entries:
        standing = [one for one in before if one.id not in withdrawn]
        kinds = {one.kind for one in standing}
        if entry.guard is not None:
            if chains.get(entry.guard) != entry.base:
                yield f"{entry.kind} forks the chain {entry.guard}"
            chains[entry.guard] = entry.id
        if isinstance(entry.body, EntryWithdrawn):
            withdrawn.add(entry.body.entry)
            if any(one.id == entry.body.entry and one.guard is not None for one in before):
                yield "a link of a chain is withdrawn"
        if kinds & {"referral.closed", "duplicate.named", "contact.passed"} and entry.kind not in {
            "summary.made",
            "entry.withdrawn",
        }:
            yield f"{entry.kind} after closing"
        yield from _of_signing(entry, standing, kinds)
        yield from _of_leaving(entry, standing, kinds)
        yield from _of_asking(entry, standing)
        if entry.role is Role.ADMINISTRATOR:
            yield "an administrator in a case"
        if entry.role is Role.INFORMATION_GOVERNANCE and entry.kind != "entry.withdrawn":
            yield "governance in a case"
        before.append(entry)


def _of_signing(entry: Made[Body], standing: Sequence[Made[Body]], kinds: set[str]) -> Iterator[str]:
    drafts = {one.id: one for one in standing if isinstance(one.body, DecisionDrafted)}
    if entry.kind.startswith("decision.") and entry.role in {Role.TRIAGE_OPERATOR, Role.ADMINISTRATOR}:
        yield f"{entry.kind} by an operator"
    if isinstance(entry.body, DecisionSigned):
        signed = drafts.get(entry.body.draft)
        if signed is None or signed.author == entry.author:
            yield "signed by the drafter, or nothing signed"
        if entry.role not in SIGNERS:
            yield f"signed by {entry.role}"
        if signed is not None and {one.id for one in standing}.isdisjoint(signed.relies_on):
            yield "signed on evidence that is gone"
    if isinstance(entry.body, (DecisionDrafted, DecisionSigned)) and _waiting(standing):
        yield f"{entry.kind} while somebody is waited for"
    if "decision.signed" in kinds:
        if entry.kind not in AFTER_SIGNING:
            yield f"{entry.kind} after the signature"
        key = ADDED_ONLY.get(entry.kind, ())
        said = [getattr(entry.body, field) for field in key]
        if key and any(
            one.kind == entry.kind and said == [getattr(one.body, field) for field in key] for one in standing
        ):
            yield f"{entry.kind} said anew after the signature"


def _waiting(standing: Sequence[Made[Body]]) -> bool:
    route = None
    for one in standing:
        if isinstance(one.body, ContactTriaged):
            route = one.body.route
        if isinstance(one.body, TriageOverseen) and one.body.route is not None:
            route = one.body.route
    bodies = [one.body for one in standing]
    gone = {one.request for one in bodies if isinstance(one, (RequestWithdrawn, ProceededWithout))}
    said = {(one.request, one.subject) for one in bodies if isinstance(one, RequestAnswered)}
    asked = {
        (one.request, subject)
        for one in bodies
        if isinstance(one, RequestMade) and one.request not in gone
        for subject in one.subjects
    }
    return route not in IMMEDIATE and bool(asked - said)


def _of_leaving(entry: Made[Body], standing: Sequence[Made[Body]], kinds: set[str]) -> Iterator[str]:
    """Admission needs oversight; so does every way out for a child in need, an adult's s42 and high risk."""
    moves = [one for one in standing if one.kind in {"contact.triaged", "triage.overseen"}]
    last = moves[-1] if moves else None
    seen = last.body if last is not None and isinstance(last.body, TriageOverseen) else None
    if entry.kind == "referral.admitted" and (seen is None or seen.decision != "admit"):
        yield "admission without oversight"
    if isinstance(entry.body, TriageOverseen):
        if entry.role not in SIGNERS:
            yield f"overseen by {entry.role}"
        if last is not None and last.kind == "contact.triaged" and last.author == entry.author:
            yield "overseen by who triaged"
    grave = any(
        level.level in QUALIFIED
        for one in standing
        if isinstance(one.body, ContactTriaged)
        for level in one.body.levels
    )
    leaves = entry.kind in {"outcome.sent", "referral.closed"} and "decision.signed" not in kinds
    if leaves and (grave or "triage.overseen" in kinds) and (seen is None or seen.decision == "admit"):
        yield f"{entry.kind} without a qualified decision"


def _of_asking(entry: Made[Body], standing: Sequence[Made[Body]]) -> Iterator[str]:
    """An agency answers what it is asked, about whom it is asked, and speaks for nobody else."""
    asked = {one.body.request: one.body for one in standing if isinstance(one.body, RequestMade)}
    request = asked.get(getattr(entry.body, "request", ""))
    if entry.kind in {"request.answered", "contribution.recorded", "contribution.released"}:
        if request is None or request.agency != entry.agency:
            yield f"{entry.kind} by an agency that is not asked"
        elif not {getattr(entry.body, "subject", ""), *getattr(entry.body, "subjects", ())} - {""} <= set(
            request.subjects
        ):
            yield f"{entry.kind} about somebody not asked about"
    items = {one.body.contribution: one for one in standing if isinstance(one.body, ContributionRecorded)}
    item = items.get(getattr(entry.body, "contribution", ""))
    if item is not None and item.agency != entry.agency:
        yield f"{entry.kind} of another agency's item"
    if entry.kind == "contribution.released" and item is None:
        yield "something released that nobody brought"
