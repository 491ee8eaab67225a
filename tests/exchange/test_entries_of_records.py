"""Records become the entries that a hub admits: history on identities, contacts from their opening."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from mash_desktop.domain.acts import Author, Draft, compose, entries_of, read
from mash_desktop.domain.codes import Cohort, Sex, SourceOfContact
from mash_desktop.domain.configuration import HubTimeline
from mash_desktop.domain.entries import encode
from mash_desktop.domain.entries.contact import (
    AddressRecorded,
    ConcernRecorded,
    ContactOpened,
    ReferrerRecorded,
    SubjectRecorded,
)
from mash_desktop.domain.entries.identity import HistoryRecorded, PastEpisode
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.fold import fold
from mash_desktop.domain.partial_date import PartialDate
from mash_desktop.domain.roles import Role
from mash_desktop.domain.rules import judge_act
from mash_desktop.exchange.entries import history_entry, intake_entries
from mash_desktop.hub import load_preset
from mash_desktop.proofs.signature import SigningKey

from .returns import IDENTIFIERS, NOW, ROW, child, episode, history, intake, message, table

CONFIG = load_preset("staffordshire")
KEY = SigningKey.generate()
OPERATOR = Author("priya", "scc-children", Role.TRIAGE_OPERATOR, KEY.key_id)
HEADING = (
    "LAchildID,forenames,surname,also_known_as,sex,address,postcode,"
    "relation1_forenames,relation1_relation,relation1_birth\n"
)


def told(tmp_path: Path, said: str, names: str | None = None) -> HistoryRecorded:
    (found,), _ = history(tmp_path, message(said), names=names)
    draft = history_entry(found, "scc-children")
    assert draft.stream == f"identity:{found.identity_id}"
    assert draft.id == found.record_id
    assert isinstance(draft.body, HistoryRecorded)
    return draft.body


def test_a_child_of_a_return_is_history_on_an_identity(tmp_path: Path) -> None:
    names = HEADING + 'A1,Mia Louise,Carter,Mya,F,"14 Mill Lane, Stafford",ST16 2PL,Joanne,mother,c. 1988\n'
    plan = (
        "<ReferralSource>2A</ReferralSource><PrimaryNeedCode>N5</PrimaryNeedCode>"
        "<CINclosureDate>2026-08-11</CINclosureDate><ReasonForClosure>RC7</ReasonForClosure>"
        "<Assessments><AssessmentActualStartDate>2026-02-11</AssessmentActualStartDate>"
        "<FactorsIdentifiedAtAssessment><AssessmentFactors>16A</AssessmentFactors>"
        "<AssessmentFactors>4B</AssessmentFactors></FactorsIdentifiedAtAssessment></Assessments>"
        "<CINPlanDates><CINPlanStartDate>2026-04-09</CINPlanStartDate></CINPlanDates>"
    )
    body = told(tmp_path, child(rest=episode(plan, referred="2026-02-09")), names)
    assert body == HistoryRecorded(
        agency="scc-children",
        source_system="Children in need census",
        record="A1",
        cohort=Cohort.CHILDREN,
        forenames="Mia Louise",
        surname="Carter",
        aliases=("Mya",),
        birth=PartialDate(2017, 4, 3),
        sex=Sex.FEMALE,
        address="14 Mill Lane, Stafford",
        postcode="ST16 2PL",
        relations=("mother: Joanne, born 1988, estimated",),
        episodes=(
            PastEpisode(
                referred_on=PartialDate(2026, 2, 9),
                closed_on=PartialDate(2026, 8, 11),
                source="2A",
                primary_need="N5",
                level="child_in_need",
                reason_closed="Services ceased, including child no longer in need",
                summary="Child in need plan. Found: Neglect; Mental health: parent or carer",
            ),
        ),
    )


def test_an_unborn_child_is_expected(tmp_path: Path) -> None:
    said = "<LAchildID>A1</LAchildID><ExpectedPersonBirthDate>2027-02-14</ExpectedPersonBirthDate>"
    body = told(tmp_path, child(said))
    assert body.birth == PartialDate(2027, 2, 14, expected=True)
    assert (body.forenames, body.surname, body.relations) == ("", "", ())


CPP = "<ChildProtectionPlans><CPPstartDate>2025-02-01</CPPstartDate>{}</ChildProtectionPlans>"
LEVELS = {
    "a protection plan": (
        CPP.format("<LatestCategoryOfAbuse>NEG</LatestCategoryOfAbuse>")
        + "<ReasonForClosure>RC8</ReasonForClosure>",
        "child_protection",
        "Child protection plan (neglect)",
    ),
    "a protection plan of no category": (CPP.format(""), "child_protection", "Child protection plan"),
    "a conference": (
        "<DateOfInitialCPC>2025-02-01</DateOfInitialCPC>",
        "child_protection",
        "Child protection conference, no plan",
    ),
    "an enquiry": (
        "<Section47><S47ActualStartDate>2025-02-01</S47ActualStartDate></Section47>",
        "child_in_need",
        "Section 47 enquiry, no conference",
    ),
    "closed to early help": (
        "<ReasonForClosure>RC9</ReasonForClosure>",
        "early_help",
        "Closed after assessment, referred to early help",
    ),
    "closed after assessment": (
        "<ReasonForClosure>RC8</ReasonForClosure>",
        "no_further_action",
        "Closed after assessment, no further action",
    ),
    "no further action": ("<ReferralNFA>1</ReferralNFA>", "no_further_action", "No further action"),
    "nothing more said": ("", "child_in_need", "Child in need"),
}


@pytest.mark.parametrize(("inside", "level", "summary"), LEVELS.values(), ids=LEVELS)
def test_an_episode_has_the_level_it_came_to(tmp_path: Path, inside: str, level: str, summary: str) -> None:
    (past,) = told(tmp_path, child(rest=episode(inside))).episodes
    assert (past.level, past.summary) == (level, summary)
    ladder = CONFIG.ladder(Cohort.CHILDREN, date(2026, 11, 23))
    assert level in ladder


def contact(tmp_path: Path, row: dict[str, str]) -> tuple[Draft, ...]:
    (found,), _ = intake(tmp_path, table(row))
    return intake_entries(found, CONFIG)


FAMILY = ROW | {
    "person2_forenames": "Jo",
    "person2_surname": "Salt",
    "person2_relationship": "mother",
    "person3_forenames": "Dean",
    "person3_relationship": "mother's partner",
    "person3_role": "alleged",
    "person4_forenames": "Alf",
    "person4_role": "other",
    "person4_address": "9 Wharf Lane, Stone",
}


def test_a_contact_is_opened_and_told_one_entry_a_thing(tmp_path: Path) -> None:
    drafts = contact(tmp_path, FAMILY)
    bodies = [draft.body for draft in drafts]
    assert [type(body) for body in bodies] == [
        ContactOpened,
        ReferrerRecorded,
        ConcernRecorded,
        *[SubjectRecorded] * 4,
        *[AddressRecorded] * 2,
    ]
    opened = bodies[0]
    assert isinstance(opened, ContactOpened)
    assert (opened.owner, opened.local_authority, opened.area) == ("scc-children", "E10000028", "E07000197")
    assert opened.received_at == datetime(2026, 11, 3, 21, 14, tzinfo=UTC)
    subjects = [body for body in bodies if isinstance(body, SubjectRecorded)]
    assert [(one.forenames, one.of_concern, one.alleged_to_cause_harm) for one in subjects] == [
        ("Ella", True, False),
        ("Jo", False, False),
        ("Dean", False, True),
        ("Alf", False, False),
    ]
    assert [one.relation for one in subjects] == ["", "mother", "mother's partner", ""]
    homes = [body for body in bodies if isinstance(body, AddressRecorded)]
    assert [(home.line, home.postcode) for home in homes] == [
        ("3 Kiln Lane, Stafford", "ST16 2PL"),
        ("9 Wharf Lane, Stone", ""),
    ]
    assert [home.subjects for home in homes] == [
        (subjects[0].subject, subjects[1].subject),
        (subjects[3].subject,),
    ], "who is alleged to cause harm is not put at the family's address"


def test_a_contact_without_an_address_has_none(tmp_path: Path) -> None:
    drafts = contact(tmp_path, ROW | {"address": "", "postcode": ""})
    assert not any(isinstance(draft.body, AddressRecorded) for draft in drafts)


def test_an_anonymous_caller_is_anonymous(tmp_path: Path) -> None:
    body = contact(tmp_path, ROW | {"source": SourceOfContact.ANONYMOUS.value})[1].body
    assert isinstance(body, ReferrerRecorded)
    assert body.anonymous


def test_a_contact_is_admitted_by_the_rules_of_the_hub(tmp_path: Path) -> None:
    drafts = contact(tmp_path, FAMILY)
    parcel = compose("hub", OPERATOR, drafts, KEY, NOW)
    act = read(parcel.signed)
    made = entries_of(act, {body.entry: body for body in parcel.bodies})
    nothing = fold([], HubTimeline(((1, CONFIG),)), whole=True)
    verdict, referral = judge_act(OPERATOR, made, nothing, CONFIG, NOW)
    assert verdict, verdict
    assert len(referral.entries) == len(drafts)


def test_a_contact_imported_twice_makes_the_same_entries(tmp_path: Path) -> None:
    first, second = contact(tmp_path, FAMILY), contact(tmp_path, FAMILY)
    assert [(draft.id, draft.stream, encode(draft.body)) for draft in first] == [
        (draft.id, draft.stream, encode(draft.body)) for draft in second
    ]
    assert len({draft.id for draft in first}) == len(first)


@pytest.mark.parametrize(("area", "code"), [("E06000021", "no-owning-agency"), ("E09000001", "unknown-area")])
def test_a_contact_of_another_authority_is_not_this_hubs(tmp_path: Path, area: str, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        contact(tmp_path, ROW | {"area": area})
    assert refusal.value.code == code


def test_an_area_that_is_not_known_is_left_unknown(tmp_path: Path) -> None:
    body = contact(tmp_path, ROW | {"area": ""})[0].body
    assert isinstance(body, ContactOpened)
    assert (body.local_authority, body.area, body.owner) == ("", None, "scc-children")


def test_every_identifier_of_a_child_is_told(tmp_path: Path) -> None:
    body = told(
        tmp_path, child(IDENTIFIERS + "<UPN>E860213421017</UPN><PersonDeathDate>2024-01-02</PersonDeathDate>")
    )
    assert (body.upn, body.died_on) == ("E860213421017", date(2024, 1, 2))
