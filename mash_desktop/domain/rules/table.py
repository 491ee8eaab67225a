"""Rules of the round table."""

from __future__ import annotations

from ..entries import Made
from ..entries.table import (
    ActionCompleted,
    ActionRecorded,
    AnalysisRecorded,
    AttendanceRecorded,
    ViewRecorded,
)
from ..roles import RESEARCHERS
from ..verdict import YES, Verdict, no
from .situation import Situation, filled, rule

PARTS = frozenset({"harm", "likelihood", "impact", "protective", "unknown", "voice", "discussion", "options"})


@rule(AttendanceRecorded)
def attendance(situation: Situation, entry: Made[AttendanceRecorded]) -> Verdict:
    return situation.agencies_known((entry.body.agency,), "agency")


@rule(ViewRecorded)
def view(situation: Situation, entry: Made[ViewRecorded]) -> Verdict:
    body, referral = entry.body, situation.referral
    if situation.author.role in RESEARCHERS and body.agency != situation.author.agency:
        return no("view-of-another", "Record your own agency's view.", "agency")
    if body.agrees is False and not body.words.strip():
        return no("field-empty", "Write why the agency dissents.", "words")
    if referral.ladder is None:
        return situation.absent("not-opened", "The cohort of this referral is not known.")
    if body.level not in referral.ladder:
        return no("level-unknown", "The level is not on the ladder of this cohort.", "level")
    return situation.first_no(
        situation.agencies_known((body.agency,), "agency"),
        situation.subjects_known((body.subject,), "subject"),
    )


@rule(AnalysisRecorded)
def analysis(situation: Situation, entry: Made[AnalysisRecorded]) -> Verdict:
    return YES if entry.body.part in PARTS else no("part-unknown", "The analysis has no such part.", "part")


@rule(ActionRecorded)
def action(situation: Situation, entry: Made[ActionRecorded]) -> Verdict:
    return situation.first_no(
        filled(entry.body.words, "words", "what is to be done"),
        filled(entry.body.owner, "owner", "who does it"),
    )


@rule(ActionCompleted)
def completed(situation: Situation, entry: Made[ActionCompleted]) -> Verdict:
    if entry.body.action in situation.referral.latest(ActionRecorded, "action"):
        return YES
    return situation.absent("action-unknown", "There is no such action.", "action")
