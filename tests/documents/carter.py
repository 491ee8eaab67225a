"""The Carter family as the documents get it: a referral of realistic size, with something of everything.

Invented people. The suppressed address, the withheld statement and what stays at the table are named here,
so that tests can look for them in every copy.
"""

from __future__ import annotations

from datetime import UTC, datetime, time

from mash_desktop.documents.content import (
    Action,
    Address,
    Analysis,
    Basis,
    ChronologyLine,
    CivilDate,
    Contribution,
    Dissent,
    Evidence,
    Feedback,
    Finding,
    Known,
    Letterhead,
    Level,
    Movement,
    Parentage,
    Partnership,
    Person,
    Rated,
    Rating,
    Recipient,
    Referral,
    Referrer,
    ReliedOn,
    Sex,
    Signature,
    SubjectDecision,
    SummaryContent,
    Tone,
    Union,
    Voice,
    Withheld,
)

SUPPRESSED = "27 Larkspur Close, Uttoxeter, ST14 7QP"
TABLE_ONLY = "Told the housing officer that he has moved twice since May."
WITHHELD_BY = "Probation"
WITHHELD_GROUND = "Sharing it now would prejudice an investigation. Review on 26 Nov 2026."


def at(day: int, hour: int, minute: int) -> datetime:
    """A moment in November 2026."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


LETTERHEAD = Letterhead(
    hub="Staffordshire MASH",
    reference="ISL-26-04417",
    made_at=at(12, 16, 20),
    made_by="Ruth Okafor",
    contact="Tipping Street, Stafford · 01785 555 0100 · weekdays 08:30 to 17:00",
)

MIA = Person(
    key="mia",
    name="Mia Louise Carter",
    sex=Sex.FEMALE,
    born=CivilDate(2017, 4, 3),
    age="9",
    relation="daughter of Joanne and Lee",
    in_scope="subject of concern",
    subject=True,
    address=Address("14 Mill Lane, Stafford, ST16 2QB", note="with her mother"),
    identifiers=(("NHS", "943 476 5919"), ("UPN", "H801200001001")),
    details=(("School", "St Chad’s Primary, year 4"),),
)
TYLER = Person(
    key="tyler",
    name="Tyler Carter",
    sex=Sex.MALE,
    born=CivilDate(2020, 9, 19),
    age="6",
    relation="son of Joanne and Lee",
    in_scope="sibling in the household",
    subject=True,
    address=Address("14 Mill Lane, Stafford, ST16 2QB"),
    details=(("School", "St Chad’s Primary, year 1"),),
)
JOANNE = Person(
    key="joanne",
    name="Joanne Carter",
    sex=Sex.FEMALE,
    born=CivilDate(1988, estimated=True),
    age="38",
    relation="mother, parental responsibility",
    in_scope="main carer",
    address=Address("14 Mill Lane, Stafford, ST16 2QB"),
    details=(("Language", "English"),),
)
DEAN = Person(
    key="dean",
    name="“Dean”, surname unknown",
    sex=Sex.MALE,
    relation="mother’s partner since June 2026",
    in_scope="alleged to cause harm",
    identity_unknown=True,
    markers=("unsafe to contact",),
)
LEE = Person(
    key="lee",
    name="Lee Carter",
    sex=Sex.MALE,
    born=CivilDate(1986, 2, 11),
    age="40",
    relation="father, parental responsibility; separated 2023",
    in_scope="parent living elsewhere",
    address=Address(SUPPRESSED, suppressed=True),
    markers=("not for disclosure to subject",),
)
PAULINE = Person(
    key="pauline",
    name="Pauline Reeve",
    sex=Sex.FEMALE,
    born=CivilDate(1961, 1),
    age="65",
    relation="maternal grandmother",
    in_scope="cares for the children on Saturdays",
    address=Address("3 Corporation Street, Stafford, ST16 3LG"),
)

PEOPLE = (MIA, TYLER, JOANNE, DEAN, LEE, PAULINE)
PARTNERSHIPS = (
    Partnership("lee", "joanne", Union.DIVORCED),
    Partnership("joanne", "dean", Union.TOGETHER, "since June"),
)
PARENTAGES = (
    Parentage("mia", ("joanne", "lee")),
    Parentage("tyler", ("joanne", "lee")),
    Parentage("joanne", ("pauline",)),
)

S17, S47 = Level("child in need s17", Tone.AMBER), Level("child protection s47", Tone.RED)

DECISIONS = (
    SubjectDecision(
        person="mia",
        indicative=S17,
        admission=S17,
        final=S47,
        movement=Movement.UP,
        intervention="Section 47 enquiry, joint with police. Strategy discussion today 15:00. Mia stays at "
        "school with Mrs Marsh until a safe adult collects her.",
        rationale="Two unexplained injuries in five weeks [1][2], a child afraid of an adult in the "
        "household [1], police incidents at the address since June [3]. Earlier contact in August was "
        "closed with advice [4].",
    ),
    SubjectDecision(
        person="tyler",
        indicative=S17,
        admission=S17,
        final=S17,
        movement=Movement.CONFIRMED,
        intervention="Child in need assessment, to be seen alone at school on 13 Nov 2026.",
        rationale="No injury and no disclosure; lives in the same household and shares its risks.",
    ),
)

ACTIONS = (
    Action(
        "Strategy discussion with police and health", "Ruth Okafor, children’s social care", at(12, 15, 0)
    ),
    Action("Safe collection from school", "Helen Marsh, St Chad’s Primary", at(12, 15, 15)),
    Action("Child protection medical for Mia", "Dr Anil Rao, community paediatrics", at(13, 12, 0)),
    Action("Find Dean’s full name and history", "PC Laura Finch, Staffordshire Police", at(13, 17, 0)),
)

CHRONOLOGY = (
    ChronologyLine(
        CivilDate(2025, 3),
        "Social care",
        ("mia",),
        "Child in need plan closed, goals met",
        Evidence.FACT,
        "Known to services; the family worked with them.",
    ),
    ChronologyLine(
        CivilDate(2026, 6, 2, until=CivilDate(2026, 10, 31)),
        "Police",
        ("joanne", "dean"),
        "Three reports of arguments at the address, no offences disclosed",
        Evidence.FACT,
        "Began when Dean moved in.",
        relied_on=3,
    ),
    ChronologyLine(
        CivilDate(2026, 6, 2),
        "Police",
        ("dean",),
        "Held by police: ask the police representative",
        Evidence.INTELLIGENCE,
    ),
    ChronologyLine(
        CivilDate(2026, 8, 11),
        "Social care",
        ("mia",),
        "Contact from grandmother about a new partner; advice given, closed",
        Evidence.FACT,
        relied_on=4,
    ),
    ChronologyLine(
        CivilDate(2026, 9, estimated=True),
        "Health",
        ("joanne",),
        "GP notes low mood, missed two appointments",
        Evidence.OPINION,
    ),
    ChronologyLine(
        CivilDate(2026, 9, 20), "Housing", ("lee",), TABLE_ONLY, Evidence.FACT, onward_agreed=False
    ),
    ChronologyLine(
        CivilDate(2026, 10, 9),
        "Education",
        ("mia",),
        "Bruise to upper arm noticed in PE, no account given",
        Evidence.SEEN,
        "First of two injuries in five weeks.",
        relied_on=2,
    ),
    ChronologyLine(
        CivilDate(2026, 10, 31, at=time(22, 40)),
        "Police",
        ("joanne", "dean"),
        "Verbal argument reported by neighbour; no offences",
        Evidence.FACT,
    ),
    ChronologyLine(
        CivilDate(2026, 11, 6),
        "Education",
        ("mia",),
        "Absent three days, no contact from home",
        Evidence.FACT,
    ),
    ChronologyLine(
        CivilDate(2026, 11, 12),
        "Education",
        ("mia",),
        "Bruise to left forearm about 4 cm. Mia said she fell on the stairs; later that she did not want to "
        "go home with Dean",
        Evidence.SEEN,
        "Account does not fit the injury.",
        relied_on=1,
    ),
)

CONTRIBUTIONS = (
    Contribution(
        agency="Children’s social care",
        searched=("Liquidlogic", "early help module"),
        returned_at=at(12, 10, 40),
        returned_by="Dawn Lowe",
        findings=(
            Finding(
                "mia",
                Known.KNOWN,
                involvement="Child in need plan 2024–25, closed March 2025. One contact in August 2026.",
                strengths="Joanne worked openly with the plan; grandmother is a steady presence.",
            ),
        ),
        view="Threshold for a section 47 enquiry is met for Mia.",
        view_level=S47,
    ),
    Contribution(
        agency="Staffordshire Police",
        searched=("Niche", "PND", "Domestic abuse log"),
        returned_at=at(12, 11, 2),
        returned_by="PC Laura Finch",
        findings=(
            Finding(
                "joanne",
                Known.KNOWN,
                involvement="Three incidents at the address since June 2026, all verbal, no offences.",
                risks="Each call was made by a neighbour, none by the family.",
            ),
            Finding("dean", Known.NOT_KNOWN, involvement="No record can be matched without a surname."),
        ),
        view="Joint enquiry.",
        view_level=S47,
    ),
    Contribution(
        agency="Health (MPFT)",
        searched=("RiO", "GP summary care record"),
        returned_at=at(12, 14, 34),
        returned_by="Sunita Iqbal",
        findings=(
            Finding(
                "mia",
                Known.KNOWN,
                involvement="Two A&E attendances in 2026: wrist sprain in July, cut lip in September.",
                risks="Different explanations given to triage nurse and to doctor in September.",
            ),
            Finding("joanne", Known.KNOWN, involvement="Low mood since September, missed two appointments."),
        ),
    ),
    Contribution(
        agency="Housing",
        searched=("Northgate",),
        returned_at=at(12, 12, 10),
        returned_by="Colin Peake",
        findings=(Finding("lee", Known.KNOWN, involvement=TABLE_ONLY, onward_agreed=False),),
        onward_agreed=False,
    ),
    Contribution(
        agency="Probation",
        searched=("nDelius",),
        returned_at=at(12, 13, 20),
        returned_by="Marcus Webb",
        findings=(
            Finding("lee", Known.NOTHING_HELD),
            Finding(
                "joanne",
                Known.REFUSED,
                refusal="More detrimental to share than not: record of a third party. Review on 26 Nov 2026.",
            ),
        ),
    ),
    Contribution(
        agency="Education (St Chad’s Primary)",
        without="The school’s written chronology is not needed for today’s decision.",
    ),
)

FEEDBACK = Feedback(
    to=("Helen Marsh", "Deputy head", "St Chad’s Primary School", "Stafford"),
    about="M. C., aged 9",
    contacted_at=at(12, 13, 58),
    salutation="Dear Mrs Marsh",
    outcome="A consultant social worker has decided that children’s social care will look into this without "
    "delay. A social worker will be in touch with you today about the end of the school day.",
    next_steps=(
        "Keep your own notes of what you saw and what was said, with times.",
        "Do not ask the child further questions, and do not tell anyone at home about this letter.",
    ),
    signed_by="Ruth Okafor",
    role="Consultant social worker",
)

SUMMARY = SummaryContent(
    letterhead=LETTERHEAD,
    copy_for="Stafford district team 2",
    referral=Referral(
        cohort="Children",
        local_authority="Staffordshire",
        owner="Children’s social care",
        received_at=at(12, 13, 58),
        entered_at=at(12, 14, 9),
        admitted_at=at(12, 14, 20),
        decided_at=at(12, 14, 47),
        referrer=Referrer("2A Schools", "Helen Marsh", "deputy head, St Chad’s Primary", confidential=False),
        concern="Mia came in with a bruise on her left forearm, says she “fell on the stairs”. Second time "
        "this month. Mum’s new partner collects her. Mia did not want to go home with him on Friday.",
        facts=(
            ("Where Mia is now", "At school with the caller until 15:15"),
            ("Next access by Dean", "Today 15:15, collection"),
            ("Parents informed", "No: would raise the risk before collection"),
            ("Linked referrals", "ISL-26-03102 (11 Aug 2026, closed with advice). Repeat within 12 months"),
        ),
    ),
    people=PEOPLE,
    partnerships=PARTNERSHIPS,
    parentages=PARENTAGES,
    ratings=(
        Rated(Rating.AMBER, at(12, 14, 22), "Karen Shaw", "Injury with an account; child safe until 15:15"),
        Rated(
            Rating.RED,
            at(12, 14, 36),
            "Karen Shaw",
            "Health returned two A&E attendances; collection at 15:15",
        ),
    ),
    bases=(
        *(
            Basis(
                child,
                "Children Act 1989 s47",
                ("UK GDPR Article 6(1)(c) and (e)", "Article 9(2)(g), Schedule 1 paragraph 18"),
                told="Not told: raises risk",
                agrees_to_service="Not asked",
                consent="Not relied on",
                confirmed_by="Ruth Okafor",
            )
            for child in ("mia", "tyler")
        ),
        *(
            Basis(
                adult,
                "Children Act 2004 s10 and s11",
                (
                    "UK GDPR Article 6(1)(e)",
                    "Article 10, offence data",
                    "DPA 2018 Part 3 for police",
                ),
                told="Not told: prejudices an investigation",
                confirmed_by="Ruth Okafor",
            )
            for adult in ("joanne", "dean", "lee")
        ),
    ),
    chronology=CHRONOLOGY,
    contributions=CONTRIBUTIONS,
    voices=(
        Voice(
            "mia",
            "“I fell on the stairs. I don’t want to go with Dean, I want Nan to get me.”",
            "Heard by Helen Marsh, 12 Nov 2026, in the deputy head’s office; words written down at once.",
        ),
        Voice("tyler", "Not spoken to yet; to be seen alone at school on 13 Nov 2026."),
    ),
    analysis=Analysis(
        harm="Two unexplained injuries in five weeks; child afraid of an adult at home.",
        likelihood="High while Dean collects her: next access is today 15:15.",
        impact="Physical harm; fear of going home; missed school.",
        protective="School and grandmother. Joanne has worked with services before.",
        unknowns="Dean’s full name and history. Who was at home on 8 October and on 11 November.",
    ),
    decisions=DECISIONS,
    dissent=(
        Dissent(
            "Health (MPFT)",
            "Tyler should be within the section 47 enquiry: same household, younger, not yet seen.",
            "Raised at stage 1 on 12 Nov 2026; answered: to be reviewed when he has been seen.",
        ),
    ),
    actions=ACTIONS,
    distribution=(
        Recipient("Stafford district team 2", "Receiving team’s copy", at(12, 16, 20)),
        Recipient("Helen Marsh, St Chad’s Primary", "Feedback to the referrer", at(12, 16, 25)),
        Recipient("Staffordshire Police", "Receiving team’s copy"),
    ),
    withheld=(Withheld(WITHHELD_BY, WITHHELD_GROUND),),
    signature=Signature(
        signer="Ruth Okafor",
        role="Consultant social worker",
        agency="Staffordshire County Council",
        at=at(12, 14, 47),
        key_id="k-7f3a-91c2-okafor-desk-04",
        decision_entry="019a7f2e-5b10-7c44-9d31-2f6d0a4be917",
        relied_on=(
            ReliedOn(
                1, "019a7f1c-03aa-7e10-8b6f-d2a1c5e07f11", "Education, 12 Nov 2026: bruise, left forearm"
            ),
            ReliedOn(2, "019a7f1c-0c51-7b02-a1d4-6617be20c9f3", "Education, 9 Oct 2026: bruise, upper arm"),
            ReliedOn(3, "019a7f20-77b8-7d3e-93c0-5ab4f19e2d06", "Police, 2 Jun – 31 Oct 2026: three reports"),
            ReliedOn(4, "019a7f0e-1d92-7a65-bf58-08c3e7714ba2", "Social care, 11 Aug 2026: earlier contact"),
        ),
        log_position=88_214,
        log_size=88_231,
        head_root="9c1f7e04b2a85d36f0e1c47a3b9d2856e7f4410c9ab35d82716ef0c3d4a5b697",
        drafted_by="Dawn Lowe",
    ),
    feedback=FEEDBACK,
)
