"""The MASH summary, full and for the receiving team: the decision first, then what it rests on.

Which content a copy may hold is settled before this module (``profiles``); it only lays out what it is
given. The referrer's copy is another document (``letter``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from reportlab.platypus import Flowable, Spacer, Table

from mash_desktop.documents import page, parts, wording
from mash_desktop.documents.content import (
    Basis,
    Contribution,
    Finding,
    Known,
    Outcome,
    Person,
    Profile,
    Rated,
    Signature,
    SummaryContent,
    Tone,
)
from mash_desktop.documents.genogram import Genogram, legend
from mash_desktop.documents.lettering import fitted
from mash_desktop.documents.parts import Names
from mash_desktop.documents.pieces import (
    Chip,
    Flow,
    Headed,
    aside,
    card,
    group,
    labelled,
    pairs,
    rows,
    section,
    strong,
    table,
    words,
)
from mash_desktop.documents.style import ROOM, styles
from mash_desktop.domain.codes import Cohort


class _Making(NamedTuple):
    content: SummaryContent
    names: Names
    zone: str


def render(content: SummaryContent, profile: Profile) -> bytes:
    """The PDF of a content that is already cut to its profile."""
    letterhead = content.letterhead
    making = _Making(content, Names(content.people), letterhead.time_zone)
    copy = "Full copy" if profile is Profile.FULL else "Receiving team’s copy"
    copy += "" if content.signature else ", draft"
    story = [
        *_front(making, profile, copy),
        *_decision(making),
        *_outcomes(making),
        *parts.actions(content.actions, making.zone),
        *_referral(making),
        *_people(making),
        *_ratings(making),
        *_bases(making),
        *_chronology(making),
        *_contributions(making),
        *_voices(making),
        *_analysis(making),
        *_adult(making),
        *_risk_tools(making),
        *_dissent(making),
        *parts.recipients("Distribution", content.distribution, making.zone),
        *_withheld(making, profile),
        *_signature(making),
    ]
    return page.build(story, letterhead, f"{letterhead.hub_word} summary", copy)


def _front(making: _Making, profile: Profile, copy: str) -> list[Flowable]:
    content, zone = making.content, making.zone
    referral, letterhead = content.referral, content.letterhead
    chips = [parts.rating_chip(content.ratings[-1].rating)] if content.ratings else []
    chips.append(Chip(copy, Tone.ACCENT if content.signature else Tone.VIOLET))
    head: list[Flowable] = [
        words(f"{letterhead.hub_word} summary", styles().title),
        words(letterhead.reference, styles().block),
        Spacer(1, 5),
        Flow(chips),
        Spacer(1, 9),
    ]
    if content.copy_for and profile is Profile.RECEIVING_TEAM:
        about = ", ".join(making.names.full(key) for key in content.copy_about)
        line = f"Copy for {content.copy_for}" + (f", about {about}" if about else "")
        head.insert(2, words(line, styles().small))
    moments = [
        ("Received", referral.received_at),
        ("Admitted", referral.admitted_at),
        ("Decided", referral.decided_at),
    ]
    columns: list[list[Flowable]] = [
        [labelled("Cohort", referral.cohort), labelled("Local authority", referral.local_authority)],
        [labelled(label, wording.moment(at, zone) if at else "not yet") for label, at in moments],
        [labelled("Owner now", referral.owner or "not recorded"), labelled("Made by", letterhead.made_by)],
    ]
    return [*head, card(columns, (1, 1.1, 1.2))]


def _decision(making: _Making) -> list[Flowable]:
    return section(
        "Decision",
        parts.decisions(making.content.decisions, making.names),
        "No decision has been drafted.",
    )


def _outcomes(making: _Making) -> list[Flowable]:
    def line(each: Outcome) -> tuple[Sequence[Flowable], ...]:
        sent, answered = (
            wording.moment(at, making.zone) if at else "" for at in (each.sent_at, each.answered_at)
        )
        team = words(each.team) if each.team else aside("with no receiving team")
        return (
            [strong(making.names.full(each.person))],
            [team],
            [words(sent)],
            [words(f"{each.answer} {answered}")],
        )

    lines = [line(each) for each in making.content.outcomes]
    columns, shares = ("Person", "Receiving team", "Sent", "Answer"), (1.2, 1.9, 1.0, 1.2)
    return section("Outcome for each person", [table(columns, shares, lines)]) if lines else []


def _referral(making: _Making) -> list[Flowable]:
    referral, zone = making.content.referral, making.zone
    referrer = referral.referrer
    who = ", ".join(part for part in (referrer.name, referrer.role) if part) or "Anonymous"
    if referrer.confidential:
        who += ". Identity confidential: not to be told to the family"
    entered = wording.moment(referral.entered_at, zone) if referral.entered_at else ""
    lines = [
        ("Concern, in the referrer’s words", referral.concern),
        ("Referrer", who),
        ("Source", referrer.source),
        ("Received", wording.moment(referral.received_at, zone)),
        ("Entered", entered),
        *referral.facts,
    ]
    return section("Referral", [rows(pairs(lines))])


def _people(making: _Making) -> list[Flowable]:
    content = making.content
    pieces: list[Flowable] = []
    drawing = Genogram(content.people, content.partnerships, content.parentages)
    if drawing.drawable:
        caption = aside(legend(drawing))
        pieces += [Headed(drawing, caption, gap=8), Spacer(1, 8)]
    elif content.partnerships or content.parentages:
        pieces += [aside("The family is too wide to be drawn here; the file shows it."), Spacer(1, 6)]
    columns, shares = ("Person", "Relation", "Why in scope", "Address"), (1.55, 1.05, 1.15, 1.25)
    pieces.append(table(columns, shares, [_person(person) for person in content.people]))
    return section("People and household", pieces if content.people else [], "No one is recorded.")


def _person(person: Person) -> tuple[Sequence[Flowable], ...]:
    born = wording.civil(person.born) if person.born else ""
    due = "expected" if person.unborn else "born"
    age = f"aged {person.age}" if person.age else ""
    life = ", ".join(part for part in (f"{due} {born}" if born else "", age) if part)
    small = [life or "birth date not known", *(f"{label} {text}" for label, text in person.identifiers)]
    first: list[Flowable] = [strong(person.name)]
    first += [words(line, styles().small) for line in small]
    first += [labelled(label, text, styles().small) for label, text in person.details]
    marks = [Chip(marker, Tone.VIOLET) for marker in person.markers]
    first += [Spacer(1, 2), Flow(marks)] if marks else []
    scope: list[Flowable] = [words(person.in_scope)]
    scope += [Chip("subject", Tone.ACCENT)] if person.subject else []
    return first, [words(person.relation)], scope, parts.address(person)


def _ratings(making: _Making) -> list[Flowable]:
    def line(rated: Rated) -> tuple[Sequence[Flowable], ...]:
        when = wording.moment(rated.at, making.zone)
        return [parts.rating_chip(rated.rating)], [words(when)], [words(rated.by)], [words(rated.reason)]

    history = making.content.ratings
    laid = [table(("Rating", "From", "By", "Reason"), (0.7, 1.2, 1.1, 2.2), map(line, history))]
    return section("Rating and its history", laid if history else [], "Not rated.")


def _bases(making: _Making) -> list[Flowable]:
    def line(basis: Basis) -> tuple[Sequence[Flowable], ...]:
        ground: list[Flowable] = [words(basis.gateway)]
        ground += [words(condition, styles().small) for condition in basis.conditions]
        said = [("Told of the sharing", basis.told), ("Agrees to the service", basis.agrees_to_service)]
        said += [("Data-protection consent", basis.consent), ("Confirmed by", basis.confirmed_by)]
        told = [labelled(label, text) for label, text in said if text]
        who = strong(making.names.full(basis.person))
        return [who], ground, told or [aside("not recorded")]

    bases = making.content.bases
    based = {basis.person for basis in bases}
    bare = [
        ([strong(person.name)], [aside("no ground recorded")], [aside("not recorded")])
        for person in making.content.people
        if person.key not in based
    ]
    lines = [*map(line, bases), *bare]
    laid = [table(("Person", "Ground", "Told, agreed, consented"), (1, 1.9, 1.6), lines)]
    return section("Basis for sharing", laid if lines else [], "No basis for sharing is recorded.")


def _chronology(making: _Making) -> list[Flowable]:
    lines = making.content.chronology
    laid = [parts.chronology(lines, making.names)] if lines else []
    return section("Chronology of all agencies", laid, "Nothing is recorded.")


def _contributions(making: _Making) -> list[Flowable]:
    pieces = [_contribution(each, making) for each in making.content.contributions]
    return section("What each agency brought", pieces, "No agency has been asked.")


def _contribution(each: Contribution, making: _Making) -> Table:
    state = "not returned"
    if each.returned_at:
        by = f" by {each.returned_by}" if each.returned_by else ""
        state = f"returned {wording.moment(each.returned_at, making.zone)}{by}"
    searched = ", ".join(each.searched)
    found = words(searched) if searched else aside("no search recorded")
    lines: list[tuple[Sequence[Flowable], Sequence[Flowable]]] = [([labelled("Searched")], [found])]
    lines += [_finding(finding, making) for finding in each.findings]
    if each.view or each.view_level:
        view: list[Flowable] = [words(each.view)] if each.view else []
        level = [parts.level_chip(each.view_level)] if each.view_level else []
        lines.append(([strong("Its view"), Spacer(1, 2), *level], view or [Spacer(1, 1)]))
    if each.without:
        lines.append(([strong("Went on without")], [words(each.without)]))
    return group(each.agency, [words(fitted(state, 8.2, ROOM), styles().small)], lines, before=9)


def _finding(finding: Finding, making: _Making) -> tuple[Sequence[Flowable], Sequence[Flowable]]:
    said = [
        ("Involvement", finding.involvement),
        ("Risks", finding.risks),
        ("Strengths", finding.strengths),
        ("Reason for refusing", finding.refusal),
    ]
    texts: list[Flowable] = [labelled(label, text) for label, text in said if text]
    who = strong(making.names.full(finding.person))
    # What it holds may stand in the chronology, or stay at the table: beside *known* its absence is said.
    if not texts:
        told = finding.known is Known.KNOWN
        texts.append(aside("no involvement, risk or strength in this copy") if told else Spacer(1, 1))
    return [who, Spacer(1, 2), parts.known_chip(finding.known)], texts


def _voices(making: _Making) -> list[Flowable]:
    def line(person: str, text: str, source: str) -> tuple[Sequence[Flowable], ...]:
        heard = [words(source, styles().small)] if source else []
        return [strong(making.names.full(person))], [words(text), *heard]

    voices = making.content.voices
    heard_from = {voice.person for voice in voices}
    lines = [line(each.person, each.words, each.source) for each in voices]
    lines += [
        ([strong(person.name)], [aside("Not heard yet.")])
        for person in making.content.people
        if person.subject and person.key not in heard_from
    ]
    child = making.content.adult is None and making.content.referral.cohort == Cohort.CHILDREN.label
    title = f"Voice of the {'child' if child else 'adult'}"
    return section(title, [rows(lines)] if lines else [], "Not heard yet.")


def _analysis(making: _Making) -> list[Flowable]:
    analysis = making.content.analysis
    said = pairs(
        [
            ("Harm", analysis.harm),
            ("Likelihood", analysis.likelihood),
            ("Impact", analysis.impact),
            ("Protective factors", analysis.protective),
            ("What is not known", analysis.unknowns),
        ]
    )
    return section("Analysis", [rows(said)] if said else [], "No analysis is recorded.")


def _adult(making: _Making) -> list[Flowable]:
    adult = making.content.adult
    if adult is None:
        return []
    said = pairs(
        [
            ("Wishes and desired outcomes", adult.wishes),
            ("Consent, or why it is overridden", adult.consent),
            *((f"Capacity: {each.decision}", each.finding) for each in adult.capacity),
            ("Advocate", adult.advocate),
            ("Source of risk", adult.source_of_risk),
            ("Setting and place", adult.place),
            ("Conclusion", adult.conclusion),
            ("Risk", adult.risk_outcome),
        ]
    )
    return section("The adult’s enquiry", [rows(said)] if said else [], "Nothing is recorded.")


def _risk_tools(making: _Making) -> list[Flowable]:
    lines = []
    for each in making.content.risk_tools:
        score = "" if each.score is None else f"; score {each.score}"
        route: list[Flowable] = [labelled("Route to MARAC", each.route)] if each.route else []
        lines.append(([strong(each.tool)], [words(each.result + score), *route]))
    return section("Domestic abuse assessment", [rows(lines)]) if lines else []


def _dissent(making: _Making) -> list[Flowable]:
    lines = []
    for each in making.content.dissent:
        raised: list[Flowable] = [labelled("Escalation", each.escalation)] if each.escalation else []
        lines.append(([strong(each.agency)], [words(each.text), *raised]))
    return section("Dissent", [rows(lines)] if lines else [], "No agency dissented.")


def _withheld(making: _Making, profile: Profile) -> list[Flowable]:
    """Only the full copy says anything here, even that nothing is withheld."""
    if profile is not Profile.FULL:
        return []
    holds = "Holds material that is not in this summary."
    lines = [([strong(each.agency)], [words(f"{holds} {each.ground}")]) for each in making.content.withheld]
    none = "No agency has said that it withholds anything."
    return section("Withheld", [rows(lines)] if lines else [], none)


def _signature(making: _Making) -> list[Flowable]:
    signature = making.content.signature
    if signature is None:
        return section("Signature", [], "Not signed. This is a draft and decides nothing.")
    laid = [_signed_card(signature, making.zone), Spacer(1, 6)]
    relied = [
        (
            [words(f"[{each.number}]")],
            [words(each.summary) if each.summary else aside("not in this copy")],
            [aside(each.entry)],
        )
        for each in signature.relied_on
    ]
    if relied:
        laid.append(table(("", "Relied on", "Entry"), (0.3, 2.5, 2.1), relied))
    return section("Signature", [*laid, Spacer(1, 6), *_how_to_verify(signature)])


def _signed_card(signature: Signature, zone: str) -> Flowable:
    who: list[Flowable] = [
        words(signature.signer, styles().block),
        words(f"{signature.role}, {signature.agency}"),
        words(f"signed {wording.moment(signature.at, zone)}"),
    ]
    who += [words(f"drafted by {signature.drafted_by}", styles().small)] if signature.drafted_by else []
    proof = [
        labelled("Key", signature.key_id, styles().small),
        labelled("Decision entry", signature.decision_entry, styles().small),
        labelled("Log position", f"{signature.log_position:,} of {signature.log_size:,}", styles().small),
        labelled("Root of the log", signature.head_root, styles().small),
    ]
    return card([who, proof], (1, 1.6))


def _how_to_verify(signature: Signature) -> list[Flowable]:
    return [
        Headed(
            strong("How to verify"),
            words(
                "MASH Desktop checks, whenever the referral is opened, that the signature covers this "
                "decision and the entries named above, and that the log holds them under the root given "
                "here. Without the program, give the decision entry and the root to the hub’s information "
                "governance officer. A printed copy proves nothing by itself.",
                styles().small,
            ),
            gap=1,
        )
    ]
