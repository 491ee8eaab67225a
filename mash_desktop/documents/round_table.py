"""The record of a round table: who came, what each brought, what was decided and who agreed."""

from __future__ import annotations

from collections.abc import Sequence

from reportlab.platypus import Flowable, Spacer

from mash_desktop.documents import page, parts, wording
from mash_desktop.documents.content import AtTable, Attendee, RoundTableContent
from mash_desktop.documents.parts import Names
from mash_desktop.documents.pieces import (
    Chip,
    Flow,
    aside,
    card,
    group,
    labelled,
    section,
    strong,
    table,
    words,
)
from mash_desktop.documents.style import styles


def render(content: RoundTableContent) -> bytes:
    letterhead, zone = content.letterhead, content.letterhead.time_zone
    names = Names(content.people)
    if not (content.present or content.observers):
        return page.build(_unattended(content, names), letterhead, "Round-table record", "")
    story = [
        *_front(content, "Held"),
        *_attendance(content),
        *section("Confidentiality", [words(content.confidentiality)]),
        *_tabled(content, names),
        *section("Discussion", [words(content.discussion)] if content.discussion else [], "None recorded."),
        *_options(content),
        *section("Decision and reasons", parts.decisions(content.decisions, names), "No decision was made."),
        *_stances(content),
        *parts.actions(content.actions, zone),
        *parts.recipients("Circulation", content.circulation, zone),
    ]
    return page.build(story, letterhead, "Round-table record", "")


def _unattended(content: RoundTableContent, names: Names) -> list[Flowable]:
    """Nobody came: that is said once, in place of all that only a meeting leaves."""
    said = "No meeting was held: nobody is recorded as present. What follows rests on what agencies sent."
    zone = content.letterhead.time_zone
    decisions = parts.decisions(content.decisions, names)
    return [
        *_front(content, "Opened"),
        *section("Present", [words(said)]),
        *(_apologies(content) if content.apologies else []),
        *section("Confidentiality", [words(content.confidentiality)]),
        *_tabled(content, names),
        *(section("Discussion", [words(content.discussion)]) if content.discussion else []),
        *(_options(content) if content.options else []),
        *section("Decision and reasons", decisions, "No decision was made."),
        *(_stances(content) if content.stances else []),
        *parts.actions(content.actions, zone),
        *parts.recipients("Circulation", content.circulation, zone),
    ]


def _front(content: RoundTableContent, label: str) -> list[Flowable]:
    letterhead, zone = content.letterhead, content.letterhead.time_zone
    held = wording.moment(content.held_at, zone)
    held += f" to {wording.clock(content.ended_at, zone)}" if content.ended_at else ""
    head: list[Flowable] = [
        words("Round-table record", styles().title),
        words(letterhead.reference, styles().block),
        Spacer(1, 5),
    ]
    if content.rating:
        head += [Flow([parts.rating_chip(content.rating)]), Spacer(1, 9)]
    return [
        *head,
        card(
            [
                [labelled(label, held), labelled("Place", content.place)],
                [labelled("Chair", content.chair), labelled("Made by", letterhead.made_by)],
            ],
            (1, 1),
        ),
    ]


def _attendance(content: RoundTableContent) -> list[Flowable]:
    def people(attendees: Sequence[Attendee]) -> list[tuple[Sequence[Flowable], ...]]:
        return [([strong(each.agency)], _said(each.name), _said(each.role)) for each in attendees]

    columns, shares = ("Agency", "Name", "Role"), (1.4, 1.2, 1.6)
    present = [table(columns, shares, people(content.present))] if content.present else []
    observers = [table(columns, shares, people(content.observers))] if content.observers else []
    return [
        *section("Present", present, "No one is recorded as present."),
        *_apologies(content),
        *section("Observers", observers, "No observers."),
    ]


def _apologies(content: RoundTableContent) -> list[Flowable]:
    columns, shares = ("Agency", "Name", "Information sent"), (1.4, 1.2, 1.6)
    missing = [
        (
            [strong(each.agency)],
            [words(each.name)],
            [words(each.sent)] if each.sent else [aside("sent nothing")],
        )
        for each in content.apologies
    ]
    laid = [table(columns, shares, missing)] if missing else []
    return section("Apologies and information sent", laid, "No apologies.")


def _said(text: str) -> list[Flowable]:
    return [words(text) if text else aside("not recorded")]


def _tabled(content: RoundTableContent, names: Names) -> list[Flowable]:
    pieces: list[Flowable] = []
    for each in content.tabled:
        below = [] if each.brought else [aside("no agency brought anything")]
        lines, before = _brought(each), 9 if pieces else 0
        pieces.append(group(names.aged(each.person), below, lines, (1.1, 3, 0.7), before))
    return section("What each agency brought, person by person", pieces, "Nothing was tabled.")


def _brought(each: AtTable) -> list[tuple[Sequence[Flowable], ...]]:
    return [
        (
            [words(brought.agency, styles().strong)],
            [words(brought.text)],
            [parts.evidence_chip(brought.evidence)] if brought.evidence else [Spacer(1, 1)],
        )
        for brought in each.brought
    ]


def _options(content: RoundTableContent) -> list[Flowable]:
    lines = [
        ([strong(each.what)], [words(each.in_favour)], [words(each.against)]) for each in content.options
    ]
    laid = [table(("Option", "In favour", "Against"), (1.2, 1.6, 1.6), lines)] if lines else []
    return section("Options considered", laid, "No options are recorded.")


def _stances(content: RoundTableContent) -> list[Flowable]:
    lines = [
        (
            [strong(each.agency)],
            [Chip(*wording.POSITION[each.position])],
            [words(each.reason)],
        )
        for each in content.stances
    ]
    laid = [table(("Agency", "Position", "Reason"), (1.2, 0.7, 2.4), lines)] if lines else []
    return section("Agreement and dissent", laid, "No agency’s position is recorded.")
