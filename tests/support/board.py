"""Invented referrals at several stages on one desk, for screens that list them."""

from __future__ import annotations

from datetime import datetime, timedelta

from mash_desktop.domain.codes import (
    AnswerResult,
    Cohort,
    ContactChannel,
    DataKind,
    Rag,
    RefusalReason,
    SourceOfContact,
    Voice,
)
from mash_desktop.domain.entries.contact import (
    AddressRecorded,
    ConcernRecorded,
    ContactOpened,
    HistorySearched,
    ReferrerRecorded,
    Statement,
    SubjectRecorded,
)
from mash_desktop.domain.entries.gathering import (
    RequestAcknowledged,
    RequestAnswered,
    RequestMade,
)
from mash_desktop.domain.entries.outcome import FeedbackGiven, ReferralClosed
from mash_desktop.domain.entries.triage import (
    ContactTriaged,
    InScope,
    RagRated,
    ReferralAdmitted,
    SubjectLevel,
    TriageOverseen,
)
from mash_desktop.domain.lawfulness import prefill
from mash_desktop.domain.partial_date import PartialDate
from tests.domain.story import CONSULTANT, HEALTH, MANAGER, OPERATOR, POLICE, START, Story

USUAL = (DataKind.ORDINARY, DataKind.SPECIAL_CATEGORY)


def told(
    stream: str,
    first: int,
    received: datetime,
    surname: str,
    *children: tuple[str, PartialDate],
    adults: tuple[tuple[str, str], ...] = (),
    words: str = "Two of the children came to school without coats or breakfast again.",
    danger: bool = False,
) -> Story:
    """A contact about a family, as a school's call is taken."""
    story = Story(f"referral:{stream}", first=first)
    story.now = received
    story.tell(
        OPERATOR,
        ContactOpened(
            cohort=Cohort.CHILDREN,
            source=SourceOfContact.SCHOOLS,
            channel=ContactChannel.PHONE,
            received_at=received,
            local_authority="E10000028",
            owner="scc-children",
        ),
    )
    first_sentence = words.split(". ", 1)[0] + "."
    names = [f"{stream}-{number}" for number in range(len(children))]
    story.tell(
        OPERATOR,
        ReferrerRecorded(name="Helen Marsh", capacity="deputy head", organisation="St Chad’s Primary"),
        ConcernRecorded(
            account="a1",
            words=words,
            statements=(Statement(first_sentence, Voice.SEEN),) if first_sentence in words else (),
            where_now="At school with the caller until 15:15",
            next_access="Today 15:15, collection",
            immediate_danger=danger,
        ),
        *(
            SubjectRecorded(
                subject=subject,
                forenames=forename,
                surname=surname,
                birth=birth,
                relation="subject" if number == 0 else "sibling",
                of_concern=True,
                school="St Chad’s Primary",
            )
            for number, (subject, (forename, birth)) in enumerate(zip(names, children, strict=True))
        ),
        *(
            SubjectRecorded(
                subject=f"{stream}-adult-{number}",
                forenames=forename,
                surname=surname if "mother" in relation or "father" in relation else "",
                aliases=() if "mother" in relation or "father" in relation else (forename,),
                relation=relation,
                parental_responsibility="partner" not in relation,
                alleged_to_cause_harm="partner" in relation,
                unsafe_to_contact="partner" in relation,
                ground="carer" if "partner" not in relation else "alleged to cause harm",
            )
            for number, (forename, relation) in enumerate(adults)
        ),
        AddressRecorded(
            address="home", subjects=tuple(names), line="14 Mill Lane, Stafford", postcode="ST16 2AA"
        ),
    )
    return story


def triaged(story: Story, level: str, route: str, *, found: int = 0, danger: bool = False) -> Story:
    story.tell(OPERATOR, HistorySearched(found=found))
    story.tell(
        OPERATOR,
        ContactTriaged(
            route=route,
            levels=tuple(SubjectLevel(subject, level) for subject in story.referral.of_concern),
            rationale="Second unexplained injury this month, and the account does not fit it.",
            history_searched=True,
            immediate_danger=danger,
        ),
    )
    return story


def admitted(story: Story, level: str = "child_in_need") -> Story:
    basis = prefill(
        story.config, Cohort.CHILDREN, story.config.agency("scc-children").kind, USUAL, START.date()
    )
    referral = story.referral
    story.tell(
        CONSULTANT,
        TriageOverseen(
            decision="admit",
            levels=tuple(SubjectLevel(one, level) for one in referral.of_concern),
            reason="Threshold met.",
        ),
        ReferralAdmitted(
            threshold=level,
            purpose="To find out whether the children are safe at home.",
            scope=tuple(
                InScope(subject, made.body.ground or "subject of the concern", USUAL, basis)
                for subject, made in referral.subjects.items()
            ),
        ),
    )
    return story


def asked(story: Story, rag: Rag, *agencies: str, reason: str = "Injury to a child under ten.") -> Story:
    story.tell(MANAGER, RagRated(rag=rag, reason=reason))
    if agencies:
        story.tell(
            MANAGER,
            *(
                RequestMade(
                    request=f"{story.stream}-{agency}",
                    agency=agency,
                    subjects=tuple(one.subject for one in story.referral.scope),
                    minimum_concern="Injury to a child.",
                )
                for agency in agencies
            ),
        )
    return story


def answered(story: Story, agency: str, result: AnswerResult = AnswerResult.NOTHING_HELD) -> Story:
    author = POLICE if agency == "police" else HEALTH
    request = f"{story.stream}-{agency}"
    story.tell(author, RequestAcknowledged(request=request))
    refused = result is AnswerResult.REFUSED
    story.tell(
        author,
        *(
            RequestAnswered(
                request=request,
                subject=one.subject,
                result=result,
                systems_searched=() if refused else ("RiO" if author is HEALTH else "Niche",),
                refusal_reason=RefusalReason.CONFIDENTIALITY if refused else None,
                refusal_text="The patient has not agreed." if refused else "",
                review_on=(story.now + timedelta(days=14)).date() if refused else None,
            )
            for one in story.referral.scope
        ),
    )
    return story


def born(year: int, month: int = 4, day: int = 3) -> PartialDate:
    return PartialDate(year, month, day)


def morning(hour: int, minute: int, days_ago: int = 0) -> datetime:
    """A time on the day of the story, 12 Nov 2026 (in winter the hub's time is UTC)."""
    return START.replace(hour=hour, minute=minute) - timedelta(days=days_ago)


def busy_board() -> tuple[Story, ...]:
    """Referrals in the hub as a manager sees them at 14:02: late, waiting, ready, to rate."""
    carter = told(
        "carter", 4409, morning(10, 40), "Carter", ("Mia", born(2017)), ("Tyler", born(2020, 9, 1)),
        adults=(("Joanne", "mother"), ("Dean", "mother’s partner")),
        words="Mia came in with a bruise on her left forearm. She says she “fell on the stairs”. "
        "Mum’s new partner collects her. Mia did not want to go home with him on Friday.",
    )  # fmt: skip
    admitted(triaged(carter, "child_in_need", "social-work-gateway", found=2))
    asked(carter, Rag.RED, "police", "mpft", "education")
    answered(carter, "police", AnswerResult.FINDINGS)
    bennett = told("bennett", 4509, morning(9, 38), "Bennett", ("Ruby", born(2024)), ("Alfie", born(2019)),
                   ("Grace", born(2015)), adults=(("Kelly", "mother"),))  # fmt: skip
    admitted(triaged(bennett, "child_protection", "direct-line"), "child_protection")
    asked(bennett, Rag.RED, "police", "mpft", "education", reason="Injury to an under-one.")
    answered(answered(bennett, "police", AnswerResult.FINDINGS), "mpft", AnswerResult.FINDINGS)
    adeyemi = told("adeyemi", 4601, morning(15, 10, 1), "Adeyemi", ("Tolu", born(2012)))
    admitted(triaged(adeyemi, "child_in_need", "social-work-gateway"))
    asked(adeyemi, Rag.AMBER, "police", "mpft")
    answered(adeyemi, "mpft", AnswerResult.REFUSED)
    hughes = told("hughes", 4698, morning(11, 20, 1), "Hughes", ("Evie", born(2016)), ("Rhys", born(2018)))
    admitted(triaged(hughes, "child_in_need", "social-work-gateway"))
    asked(hughes, Rag.GREEN, "police", "mpft")
    answered(answered(hughes, "police"), "mpft", AnswerResult.FINDINGS)
    lindqvist = told("lindqvist", 4788, morning(14, 5, 1), "Lindqvist", ("Nora", born(2014)))
    admitted(triaged(lindqvist, "child_in_need", "social-work-gateway"))
    asked(lindqvist, Rag.GREEN, "mpft", "housing")
    price = told("price", 4817, morning(13, 30), "Price", ("Callum", born(2011)))
    admitted(triaged(price, "child_in_need", "social-work-gateway"))
    osei = told("osei", 4907, morning(9, 0, 2), "Osei", ("Ama", born(2013)))
    admitted(triaged(osei, "child_in_need", "social-work-gateway"))
    asked(osei, Rag.AMBER, "police", "probation")
    answered(osei, "police")
    return carter, bennett, adeyemi, hughes, lindqvist, price, osei


def waiting_contacts() -> tuple[Story, ...]:
    """Contacts before admission as a consultant social worker sees them at 14:02."""
    direct = told("khan", 5010, morning(13, 40), "Khan", ("Zara", born(2025, 12, 1)), danger=True,
                  adults=(("Sana", "mother"),),
                  words="The health visitor saw bruises on both arms. Mother could not say how.")  # fmt: skip
    triaged(direct, "child_protection", "direct-line", danger=True)
    carter = told(
        "carter", 5110, morning(13, 58), "Carter", ("Mia", born(2017)), ("Tyler", born(2020, 9, 1)),
        adults=(("Joanne", "mother"), ("Dean", "mother’s partner")),
        words="Mia came in with a bruise on her left forearm. She says she “fell on the stairs”. "
        "Second time this month. Mum’s new partner collects her. Mia did not want to go home with him on "
        "Friday.",
    )  # fmt: skip
    triaged(carter, "child_in_need", "social-work-gateway", found=2)
    earlier = told("earlier", 5210, morning(10, 0, 90), "Carter", ("Mia Louise", born(2017)))
    triaged(earlier, "advice", "advice")
    earlier.tell(
        CONSULTANT,
        TriageOverseen(
            decision="reroute",
            route="advice",
            levels=tuple(SubjectLevel(one, "advice") for one in earlier.referral.of_concern),
            reason="A grandmother’s worry about a new partner; nothing seen.",
        ),
        FeedbackGiven(how="Telephoned the grandmother."),
        ReferralClosed(reason="Advice given."),
    )
    wood = told("wood", 5310, morning(9, 15), "Wood", ("Jack", born(2010)))
    triaged(wood, "early_help", "early-help-gateway")
    malik = told("malik", 5410, morning(16, 20, 1), "Malik", ("Aisha", born(2016)))
    triaged(malik, "child_in_need", "social-work-gateway")
    taking = told("taking", 5510, morning(14, 0), "Doyle", ("Finn", born(2019)))
    return direct, carter, earlier, wood, malik, taking
