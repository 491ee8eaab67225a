"""Families that a triage desk may find again: what was known before the call."""

from __future__ import annotations

from datetime import UTC, datetime

from mash_desktop.desk import Desk
from mash_desktop.domain.acts import Draft
from mash_desktop.domain.codes import Cohort, ContactChannel, Sex, SourceOfContact
from mash_desktop.domain.entries.contact import (
    AddressRecorded,
    ConcernRecorded,
    ContactOpened,
    SubjectRecorded,
)
from mash_desktop.domain.entries.identity import HistoryRecorded, PastEpisode
from mash_desktop.domain.entries.outcome import FeedbackGiven, ReferralClosed
from mash_desktop.domain.entries.triage import ContactTriaged, SubjectLevel, TriageOverseen
from mash_desktop.domain.partial_date import PartialDate
from tests.domain.story import CONSULTANT, OPERATOR, Story

BEFORE = "referral:0190f2b0-0000-7000-8000-00000000aaaa"
KNOWN = "identity:0190f2b0-0000-7000-8000-00000000bbbb"


def earlier_carter(first: int = 200) -> Story:
    """Mia Louise Carter, referred in August and closed as a child in need."""
    story = Story(BEFORE, first=first)
    received = datetime(2026, 8, 11, 9, 12, tzinfo=UTC)
    story.tell(
        OPERATOR,
        ContactOpened(
            cohort=Cohort.CHILDREN,
            source=SourceOfContact.HEALTH_VISITOR,
            channel=ContactChannel.PHONE,
            received_at=received,
            local_authority="E10000028",
            owner="scc-children",
        ),
        ConcernRecorded(account="august", words="Mia had not been brought to two appointments."),
        SubjectRecorded(
            subject="mia-louise",
            forenames="Mia Louise",
            surname="Carter",
            birth=PartialDate(2017, 4, 3),
            sex=Sex.FEMALE,
            relation="subject",
            of_concern=True,
        ),
        AddressRecorded(
            address="mill-lane",
            subjects=("mia-louise",),
            line="14 Mill Lane",
            postcode="ST16 2LH",
            lived_to=PartialDate(2025, 11),
        ),
    )
    story.tell(
        OPERATOR,
        ContactTriaged(
            route="social-work-gateway",
            levels=(SubjectLevel("mia-louise", "child_in_need"),),
            rationale="Missed appointments and a cold house.",
            history_searched=True,
            immediate_danger=False,
        ),
    )
    story.tell(
        CONSULTANT,
        TriageOverseen(
            decision="reroute",
            levels=(SubjectLevel("mia-louise", "child_in_need"),),
            reason="A plan without the hub is enough.",
            route="family-hub",
        ),
    )
    story.tell(CONSULTANT, FeedbackGiven(how="Telephoned the health visitor."))
    story.tell(CONSULTANT, ReferralClosed(reason="The family hub took it up."))
    return story


def known_before(desk: Desk) -> None:
    """What children's social care knew of another girl of nearly the same name."""
    desk.save(
        [
            Draft(
                KNOWN,
                HistoryRecorded(
                    agency="scc-children",
                    source_system="census",
                    record="4711",
                    cohort="children",
                    forenames="Mia",
                    surname="Cartwright",
                    birth=PartialDate(2017, 3, 4),
                    episodes=(
                        PastEpisode(
                            referred_on=PartialDate(2023, 2, 6),
                            closed_on=PartialDate(2023, 5, 1),
                            level="child_in_need",
                            summary="Child in need plan. Found: neglect; mental health of a parent",
                        ),
                    ),
                ),
            )
        ]
    )
