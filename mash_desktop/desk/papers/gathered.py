"""What agencies brought, as documents take it: chronology, answers, voices, analysis, dissent, actions."""

from __future__ import annotations

from datetime import datetime

from ...documents import content as paper
from ...domain.assessments import question_set
from ...domain.codes import AnswerResult, RefusalReason
from ...domain.entries.contact import AdultRecorded, ConcernRecorded
from ...domain.entries.decision import AdultConcluded
from ...domain.entries.outcome import EscalationRaised, EscalationResolved
from ...domain.entries.table import ActionRecorded, AnalysisRecorded, ViewRecorded
from ...domain.errors import Refusal
from ...domain.fold import Referral
from ...domain.fold.gathering import Request, released, requests
from ...domain.fold.people import full_name
from ...domain.fold.risk import assessments, result_of
from ...domain.partial_date import PartialDate
from ..desk import Desk
from ..faces import level_face
from ..round_table.deciding import views
from ..wording import joined, local, say_day
from . import values

_KNOWN = {
    AnswerResult.FINDINGS: paper.Known.KNOWN,
    AnswerResult.NOTHING_HELD: paper.Known.NOTHING_HELD,
    AnswerResult.REFUSED: paper.Known.REFUSED,
}


def relied_on(referral: Referral) -> dict[str, int]:
    """The number under which the decision cites each entry it rests on."""
    draft = referral.draft
    return {entry: number for number, entry in enumerate(draft.relies_on, 1)} if draft is not None else {}


def chronology(desk: Desk, referral: Referral) -> tuple[paper.ChronologyLine, ...]:
    """What was released to the table and the accounts of concern. A release is the agency's agreement."""
    numbers = relied_on(referral)
    lines = []
    for made in released(referral).values():
        body = made.body
        if body.aspect == "event":
            lines.append(
                paper.ChronologyLine(
                    when=values.civil(body.on or _day_of(desk, made.made_at)),
                    agency=desk.agency_name(made.agency),
                    about=body.subjects,
                    what=body.words,
                    evidence=values.EVIDENCE[body.voice],
                    significance=body.significance.label if body.significance else "",
                    relied_on=numbers.get(made.id),
                    onward_agreed=body.onward,
                )
            )
    source = referral.source.label if referral.source is not None else "Contact"
    for told in referral.latest(ConcernRecorded, "account").values():
        received = referral.received_at or told.made_at
        lines.append(
            paper.ChronologyLine(
                when=values.civil(told.body.incident_on or _day_of(desk, received)),
                agency=source,
                about=referral.of_concern,
                what=told.body.words,
                evidence=paper.Evidence.TOLD,
                relied_on=numbers.get(told.id),
            )
        )
    return tuple(lines)


def _day_of(desk: Desk, at: datetime) -> PartialDate:
    return PartialDate.of(local(at, desk.config()).date())


def contributions(desk: Desk, referral: Referral, *, beyond: bool) -> tuple[paper.Contribution, ...]:
    """What each agency asked has answered, brought and thinks; ``beyond`` the table as far as it agrees."""
    asked: dict[str, list[Request]] = {}
    for request in requests(referral).values():
        if not request.withdrawn:
            asked.setdefault(request.agency, []).append(request)
    return tuple(_contribution(desk, referral, agency, of, beyond) for agency, of in asked.items())


def _contribution(
    desk: Desk, referral: Referral, agency: str, asked: list[Request], beyond: bool
) -> paper.Contribution:
    answers = [made for one in asked for made in one.answers.values()]
    last = max(answers, key=lambda made: made.made_at, default=None)
    view = next((made for made in reversed(views(referral)) if made.body.agency == agency), None)
    without = next((one.without.body.reason for one in asked if one.without is not None), "")
    return paper.Contribution(
        agency=desk.agency_name(agency),
        searched=tuple(dict.fromkeys(system for made in answers for system in made.body.systems_searched)),
        returned_at=last.made_at if last is not None else None,
        returned_by=desk.name(last.author) if last is not None else "",
        findings=tuple(_finding(referral, one, subject, beyond) for one in asked for subject in one.subjects),
        view=view.body.words if view is not None else "",
        view_level=values.level(referral.ladder, view.body.level) if view is not None else None,
        without=without,
    )


def _finding(referral: Referral, asked: Request, subject: str, beyond: bool) -> paper.Finding:
    made = asked.answers.get(subject)
    told: dict[str, list[str]] = {"involvement": [], "risk": [], "strength": []}
    for item in released(referral).values():
        if beyond and not item.body.onward:
            continue
        if item.agency == asked.agency and subject in item.body.subjects and item.body.aspect in told:
            told[item.body.aspect].append(item.body.words)
    refused = made is not None and made.body.result is AnswerResult.REFUSED
    return paper.Finding(
        person=subject,
        known=_KNOWN[made.body.result] if made is not None else paper.Known.NOT_RETURNED,
        involvement="\n".join(told["involvement"]),
        risks="\n".join(told["risk"]),
        strengths="\n".join(told["strength"]),
        refusal=_why(made.body.refusal_reason) if made is not None and refused else "",
        # That something is withheld stands in the full copy alone.
        onward_agreed=not refused,
    )


def _why(reason: RefusalReason | None) -> str:
    return reason.label if reason is not None else "No reason given"


def withheld(desk: Desk, referral: Referral) -> tuple[paper.Withheld, ...]:
    """Who withholds, and on what ground; never what."""
    found: dict[tuple[str, str], None] = {}
    for request in requests(referral).values():
        for made in request.answers.values():
            body = made.body
            if body.result is AnswerResult.REFUSED:
                review = f" Review on {say_day(body.review_on)}." if body.review_on else ""
                found[desk.agency_name(request.agency), f"{_why(body.refusal_reason)}.{review}"] = None
    return tuple(paper.Withheld(agency, ground) for agency, ground in found)


def analysis(referral: Referral) -> dict[str, str]:
    """The analysis that stands, by part."""
    return {part: made.body.words for part, made in referral.latest(AnalysisRecorded, "part").items()}


def voices(referral: Referral) -> tuple[paper.Voice, ...]:
    """The voice of each person of concern, as the table recorded it, and an adult's own wishes."""
    found = []
    heard = analysis(referral).get("voice", "")
    wishes = referral.latest(AdultRecorded, "subject")
    for number, subject in enumerate(referral.of_concern):
        if subject in wishes and wishes[subject].body.wishes:
            found.append(paper.Voice(subject, wishes[subject].body.wishes))
        elif heard:
            first = "Recorded at the round table"
            rest = f"Heard with {referral.subjects[referral.of_concern[0]].body.forenames or 'the others'}."
            found.append(paper.Voice(subject, heard if number == 0 else rest, first if number == 0 else ""))
    return tuple(found)


def adult(referral: Referral) -> paper.AdultMatters | None:
    """What an adult's enquiry has beside a child's; ``None`` where nothing of it is recorded."""
    recorded = list(referral.latest(AdultRecorded, "subject").values())
    if not recorded:
        return None
    body = recorded[0].body
    concluded = referral.last(AdultConcluded)
    consent = {True: "Agrees.", False: "Does not agree.", None: ""}[body.consent]
    harm = [made.body for made in referral.subjects.values() if made.body.alleged_to_cause_harm]
    return paper.AdultMatters(
        wishes=" ".join(part for part in (body.wishes, body.desired_outcomes) if part),
        consent=" ".join(part for part in (consent, body.override_reason) if part),
        capacity=(paper.Capacity("this decision", body.capacity),) if body.capacity else (),
        advocate=body.advocate,
        source_of_risk=joined([f"{one.forenames} {one.surname}".strip() or one.relation for one in harm]),
        place=", ".join(part for part in (body.setting, body.provider, body.place_of_abuse) if part),
        conclusion=concluded.body.conclusion if concluded is not None else "",
        risk_outcome=concluded.body.risk.label if concluded is not None else "",
    )


def risk_tools(referral: Referral) -> tuple[paper.RiskTool, ...]:
    """Domestic abuse assessments, the last by each tool, with results and the routes to MARAC that they open.

    Who was assessed is named where there are several.
    """
    found = []
    last = assessments(referral)
    several = len({subject for subject, _ in last}) > 1
    for (subject, tool), made in last.items():
        body = made.body
        told = referral.subjects.get(subject)
        who = f", {full_name(told.body)}" if several and told is not None else ""
        try:
            asked, result = question_set(tool), result_of(referral, made)
        except Refusal as refusal:
            found.append(paper.RiskTool(f"{tool}{who}", refusal.sentence))
            continue
        routes = joined([route.label for route in result.routes])
        reason = f": {body.judgement_reason}" if body.judgement and body.judgement_reason else ""
        found.append(
            paper.RiskTool(
                f"{asked.tool} {asked.version}{who}",
                "High risk" if result.marac else "Not high by this tool",
                result.score,
                f"{routes}{reason}" if routes else "",
            )
        )
    return tuple(found)


def dissent(desk: Desk, referral: Referral) -> tuple[paper.Dissent, ...]:
    """Agencies that did not agree, and whether it was escalated."""
    resolved = {made.body.escalation: made.body.result for made in referral.all(EscalationResolved)}
    raised = {
        party: f"{made.body.stage.label}. {resolved.get(one, 'Not resolved yet.')}"
        for one, made in referral.latest(EscalationRaised, "escalation").items()
        for party in made.body.parties
    }
    return tuple(
        paper.Dissent(desk.agency_name(made.body.agency), made.body.words, raised.get(made.body.agency, ""))
        for made in views(referral)
        if made.body.agrees is False
    )


def actions(referral: Referral) -> tuple[paper.Action, ...]:
    return tuple(
        paper.Action(made.body.words, made.body.owner, made.body.due_at)
        for made in referral.latest(ActionRecorded, "action").values()
    )


def stances(desk: Desk, referral: Referral) -> tuple[paper.Stance, ...]:
    """Where each agency stood, in the round-table record."""
    positions = {True: paper.Position.AGREED, False: paper.Position.DISSENTED, None: paper.Position.NO_VIEW}
    by_agency: dict[str, list[ViewRecorded]] = {}
    for made in views(referral):
        by_agency.setdefault(made.body.agency, []).append(made.body)
    found = []
    for agency, given in by_agency.items():
        agrees = {one.agrees for one in given}
        stands = False if False in agrees else True if True in agrees else None
        levels = {face.text for one in given if (face := level_face(referral.ladder, one.level)) is not None}
        words = [one.words for one in given if one.words] or sorted(levels)
        found.append(paper.Stance(desk.agency_name(agency), positions[stands], " ".join(words)))
    return tuple(found)
