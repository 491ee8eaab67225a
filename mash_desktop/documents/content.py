"""What the documents are made of: one immutable shape for each document, filled by the desk.

This module holds no rule about who may see what (that is ``profiles``) and draws nothing. Every text is
plain text as people wrote it: markup has no meaning here. Moments are aware; they are shown in
``Letterhead.time_zone``. People are named by a ``key`` that is unique inside one document.
"""

from __future__ import annotations

from datetime import datetime, time
from enum import StrEnum

from msgspec import Struct


class Profile(StrEnum):
    """Whose copy of the MASH summary it is."""

    FULL = "full"
    RECEIVING_TEAM = "receiving_team"
    REFERRER = "referrer"


class Tone(StrEnum):
    """The colour of meaning behind a word, as on the screens."""

    PLAIN = "plain"
    ACCENT = "accent"
    RED = "red"
    AMBER = "amber"
    GREEN = "green"
    VIOLET = "violet"


class Rating(StrEnum):
    RED = "red"
    AMBER = "amber"
    GREEN = "green"
    BLUE = "blue"


class Sex(StrEnum):
    MALE = "male"
    FEMALE = "female"
    UNKNOWN = "unknown"


class Movement(StrEnum):
    """The final level beside the level at admission."""

    UP = "up"
    DOWN = "down"
    CONFIRMED = "confirmed"


class Evidence(StrEnum):
    """What a line of the chronology rests on."""

    FACT = "fact"
    SEEN = "seen"
    OPINION = "opinion"
    TOLD = "told"
    INTELLIGENCE = "intelligence"


class Union(StrEnum):
    """How two adults stand to each other in the genogram."""

    TOGETHER = "together"
    SEPARATED = "separated"
    DIVORCED = "divorced"


class Known(StrEnum):
    """An agency's answer about one person."""

    KNOWN = "known"
    NOT_KNOWN = "not_known"
    NOTHING_HELD = "nothing_held"
    REFUSED = "refused"
    NOT_RETURNED = "not_returned"


class Position(StrEnum):
    """Where an agency stood on the decision."""

    AGREED = "agreed"
    DISSENTED = "dissented"
    NO_VIEW = "no_view"


class CivilDate(Struct, frozen=True):
    """A date as people know it: parts may be missing, it may be estimated, it may be a span."""

    year: int
    month: int | None = None
    day: int | None = None
    estimated: bool = False
    at: time | None = None
    until: CivilDate | None = None


class Letterhead(Struct, frozen=True):
    """What stands on every page of a document, and who made this copy."""

    hub: str
    reference: str
    made_at: datetime
    made_by: str
    time_zone: str = "Europe/London"
    marking: str = "OFFICIAL-SENSITIVE"
    hub_word: str = "MASH"
    contact: str = ""


class Address(Struct, frozen=True):
    """A suppressed address is given here so that it can be kept out of every text; it is never shown."""

    text: str
    suppressed: bool = False
    note: str = ""


class Person(Struct, frozen=True):
    """One person in scope, as told in this referral.

    ``relation`` and ``in_scope`` are words ("mother, parental responsibility"; "carer"). ``identifiers``
    are label and value pairs. ``identity_unknown`` draws a dashed outline in the genogram.
    ``hidden_addresses`` are suppressed ones beside the one shown, former ones too: given so that they can be
    kept out of every text, and never shown.
    """

    key: str
    name: str
    sex: Sex = Sex.UNKNOWN
    born: CivilDate | None = None
    age: str = ""
    relation: str = ""
    in_scope: str = ""
    subject: bool = False
    identity_unknown: bool = False
    unborn: bool = False
    deceased: bool = False
    address: Address | None = None
    hidden_addresses: tuple[str, ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()
    details: tuple[tuple[str, str], ...] = ()
    markers: tuple[str, ...] = ()


class Partnership(Struct, frozen=True):
    """Two people by key; ``note`` is a few words on the line, such as "since June"."""

    one: str
    other: str
    union: Union = Union.TOGETHER
    note: str = ""


class Parentage(Struct, frozen=True):
    """One child and one or two parents, by key."""

    child: str
    parents: tuple[str, ...]


class Referrer(Struct, frozen=True):
    """Who told the hub. ``name`` is empty when the referrer is anonymous."""

    source: str
    name: str = ""
    role: str = ""
    confidential: bool = False


class Referral(Struct, frozen=True):
    """``concern`` is in the referrer's words; ``facts`` are further label and text pairs, in order."""

    cohort: str
    local_authority: str
    received_at: datetime
    referrer: Referrer
    concern: str
    owner: str = ""
    entered_at: datetime | None = None
    admitted_at: datetime | None = None
    decided_at: datetime | None = None
    facts: tuple[tuple[str, str], ...] = ()


class Rated(Struct, frozen=True):
    rating: Rating
    at: datetime
    by: str
    reason: str


class Basis(Struct, frozen=True):
    """The confirmed ground for sharing about one person, by key.

    ``conditions`` are further lines: Articles 6, 9 and 10, schedule paragraphs, the common-law ground.
    Telling, agreeing to a service and data-protection consent are three separate things.
    """

    person: str
    gateway: str
    conditions: tuple[str, ...] = ()
    told: str = ""
    agrees_to_service: str = ""
    consent: str = ""
    confirmed_by: str = ""


class ChronologyLine(Struct, frozen=True):
    """``about`` holds keys of people. ``relied_on`` is the number under which the decision cites it.

    ``onward_agreed`` is false where the agency that owns the line has not agreed to its use beyond the
    table: then the receiving team's copy leaves it out.
    """

    when: CivilDate
    agency: str
    about: tuple[str, ...]
    what: str
    evidence: Evidence
    significance: str = ""
    relied_on: int | None = None
    onward_agreed: bool = True


class Finding(Struct, frozen=True):
    """What one agency answered about one person, by key. ``refusal`` is the reason of a refusal."""

    person: str
    known: Known
    involvement: str = ""
    risks: str = ""
    strengths: str = ""
    refusal: str = ""
    onward_agreed: bool = True


class Level(Struct, frozen=True):
    label: str
    tone: Tone = Tone.PLAIN


class Contribution(Struct, frozen=True):
    """One agency at the table. ``without`` is the recorded reason for going on without its answer."""

    agency: str
    searched: tuple[str, ...] = ()
    returned_at: datetime | None = None
    returned_by: str = ""
    findings: tuple[Finding, ...] = ()
    view: str = ""
    view_level: Level | None = None
    without: str = ""
    onward_agreed: bool = True


class Voice(Struct, frozen=True):
    """What a child or adult says, wants and fears, by key; ``source`` is who heard it, how and when."""

    person: str
    words: str
    source: str = ""


class Analysis(Struct, frozen=True):
    harm: str = ""
    likelihood: str = ""
    impact: str = ""
    protective: str = ""
    unknowns: str = ""


class Capacity(Struct, frozen=True):
    decision: str
    finding: str


class AdultMatters(Struct, frozen=True):
    """What an adult's enquiry has beside a child's."""

    wishes: str = ""
    consent: str = ""
    capacity: tuple[Capacity, ...] = ()
    advocate: str = ""
    source_of_risk: str = ""
    place: str = ""
    conclusion: str = ""
    risk_outcome: str = ""


class RiskTool(Struct, frozen=True):
    """A domestic abuse assessment: the tool with its version, its result, and the route to MARAC if any."""

    tool: str
    result: str
    score: int | None = None
    route: str = ""


class SubjectDecision(Struct, frozen=True):
    """The three levels of one subject, by key, and what is to happen."""

    person: str
    final: Level | None = None
    indicative: Level | None = None
    admission: Level | None = None
    movement: Movement | None = None
    intervention: str = ""
    rationale: str = ""


class Outcome(Struct, frozen=True):
    """Where one subject, by key, is now: ``team`` is empty for who is with none.

    ``answer`` is what became of the sending in words, and ``answered_at`` when.
    """

    person: str
    team: str = ""
    sent_at: datetime | None = None
    answer: str = ""
    answered_at: datetime | None = None


class Dissent(Struct, frozen=True):
    agency: str
    text: str
    escalation: str = ""


class Action(Struct, frozen=True):
    what: str
    owner: str
    due: datetime | None = None


class Recipient(Struct, frozen=True):
    who: str
    copy: str
    sent_at: datetime | None = None


class Withheld(Struct, frozen=True):
    """Says that material is withheld and by whom, never what it is."""

    agency: str
    ground: str


class ReliedOn(Struct, frozen=True):
    number: int
    entry: str
    summary: str


class Signature(Struct, frozen=True):
    """What makes the decision verifiable: the key, the exact entries and the head of the log."""

    signer: str
    role: str
    agency: str
    at: datetime
    key_id: str
    decision_entry: str
    relied_on: tuple[ReliedOn, ...]
    log_position: int
    log_size: int
    head_root: str
    drafted_by: str = ""


class Feedback(Struct, frozen=True):
    """All that a referrer is told. Nothing else of a referral reaches the referrer's letter.

    ``to`` is the address block, a line each. ``about`` says whom the contact was about in a form fit for
    post (initials). ``outcome`` and ``next_steps`` are written for the referrer.
    """

    to: tuple[str, ...]
    about: str
    contacted_at: datetime
    outcome: str
    salutation: str = ""
    next_steps: tuple[str, ...] = ()
    signed_by: str = ""
    role: str = ""


class SummaryContent(Struct, frozen=True):
    """The MASH summary. ``copy_for`` names the team that a receiving team's copy is for, and ``copy_about``,
    by key, those sent to it: all who were decided about, where it names nobody."""

    letterhead: Letterhead
    referral: Referral
    people: tuple[Person, ...]
    partnerships: tuple[Partnership, ...] = ()
    parentages: tuple[Parentage, ...] = ()
    ratings: tuple[Rated, ...] = ()
    bases: tuple[Basis, ...] = ()
    chronology: tuple[ChronologyLine, ...] = ()
    contributions: tuple[Contribution, ...] = ()
    voices: tuple[Voice, ...] = ()
    analysis: Analysis = Analysis()
    adult: AdultMatters | None = None
    risk_tools: tuple[RiskTool, ...] = ()
    decisions: tuple[SubjectDecision, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    dissent: tuple[Dissent, ...] = ()
    actions: tuple[Action, ...] = ()
    distribution: tuple[Recipient, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    signature: Signature | None = None
    feedback: Feedback | None = None
    copy_for: str = ""
    copy_about: tuple[str, ...] = ()


class Attendee(Struct, frozen=True):
    agency: str
    name: str
    role: str = ""


class Apology(Struct, frozen=True):
    """``sent`` says what information the agency sent in its absence; empty when none came."""

    agency: str
    name: str = ""
    sent: str = ""


class Brought(Struct, frozen=True):
    agency: str
    text: str
    evidence: Evidence | None = None


class AtTable(Struct, frozen=True):
    """One person, by key, and what each agency brought about them."""

    person: str
    brought: tuple[Brought, ...]


class Option(Struct, frozen=True):
    what: str
    in_favour: str = ""
    against: str = ""


class Stance(Struct, frozen=True):
    agency: str
    position: Position
    reason: str = ""


class RoundTableContent(Struct, frozen=True):
    letterhead: Letterhead
    held_at: datetime
    place: str
    chair: str
    confidentiality: str
    people: tuple[Person, ...]
    ended_at: datetime | None = None
    rating: Rating | None = None
    present: tuple[Attendee, ...] = ()
    apologies: tuple[Apology, ...] = ()
    observers: tuple[Attendee, ...] = ()
    tabled: tuple[AtTable, ...] = ()
    discussion: str = ""
    options: tuple[Option, ...] = ()
    decisions: tuple[SubjectDecision, ...] = ()
    stances: tuple[Stance, ...] = ()
    actions: tuple[Action, ...] = ()
    circulation: tuple[Recipient, ...] = ()


class OpenRed(Struct, frozen=True):
    """One open red for the list that a hub works from when the program is down."""

    reference: str
    who: str
    stage: str
    waits_for: str
    due_at: datetime
    lead: str
    telephone: str = ""


class DowntimeContent(Struct, frozen=True):
    """``Letterhead.reference`` is the list's own, such as "Open reds 12 Nov 2026 14:00"."""

    letterhead: Letterhead
    reds: tuple[OpenRed, ...]


class CodeSlip(Struct, frozen=True):
    """One person's code; ``until`` is when it is good no more, ``linked`` whom a directory signs in."""

    name: str
    account: str
    code: str
    until: str
    linked: bool = False


class CodeSheetContent(Struct, frozen=True):
    """Codes to be cut apart and handed out, with what else has to be typed once on each computer."""

    letterhead: Letterhead
    url: str
    fingerprint: str
    slips: tuple[CodeSlip, ...]
