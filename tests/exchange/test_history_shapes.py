"""A census return of any year from 2021 to 2026 says the same of a child."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from mash_desktop.domain.codes import Ethnicity, PrimaryNeed, Sex, SourceOfContact
from mash_desktop.exchange import check_history
from mash_desktop.exchange.census_codes import AbuseCategory, AssessmentFactor, ClosureReason, Disability
from mash_desktop.exchange.records import Assessment, Enquiry, InNeedPlan, ProtectionPlan

from .returns import EPISODE, HEADER, IDENTIFIERS, child, episode, history, message

WHOLE = """<CINdetails>
  <CINreferralDate>2022-10-06</CINreferralDate><ReferralSource>1A</ReferralSource>
  <PrimaryNeedCode>N4</PrimaryNeedCode><CINclosureDate>2023-05-27</CINclosureDate>
  <ReasonForClosure>RC7</ReasonForClosure><DateOfInitialCPC>2022-11-06</DateOfInitialCPC>
  <Assessments>
    <AssessmentActualStartDate>2022-10-07</AssessmentActualStartDate>
    <AssessmentInternalReviewDate>2022-10-20</AssessmentInternalReviewDate>
    <AssessmentAuthorisationDate>2022-11-18</AssessmentAuthorisationDate>
    <FactorsIdentifiedAtAssessment>
      <AssessmentFactors>2A</AssessmentFactors><AssessmentFactors>2B</AssessmentFactors>
    </FactorsIdentifiedAtAssessment>
  </Assessments>
  <CINPlanDates>
    <CINPlanStartDate>2022-12-01</CINPlanStartDate><CINPlanEndDate>2023-05-27</CINPlanEndDate>
  </CINPlanDates>
  <Section47>
    <S47ActualStartDate>2022-10-10</S47ActualStartDate><InitialCPCtarget>2022-10-31</InitialCPCtarget>
    <DateOfInitialCPC>2022-11-06</DateOfInitialCPC><ICPCnotRequired>false</ICPCnotRequired>
  </Section47>
  <ReferralNFA>0</ReferralNFA>
  <ChildProtectionPlans>
    <CPPstartDate>2022-11-06</CPPstartDate><CPPendDate>2022-12-01</CPPendDate>
    <InitialCategoryOfAbuse>PHY</InitialCategoryOfAbuse><LatestCategoryOfAbuse>EMO</LatestCategoryOfAbuse>
    <NumberOfPreviousCPP>1</NumberOfPreviousCPP>
    <Reviews><CPPreviewDate>2022-11-20</CPPreviewDate><CPPreviewDate>2022-11-30</CPPreviewDate></Reviews>
  </ChildProtectionPlans>
</CINdetails>"""


def test_everything_said_of_a_child_is_read(tmp_path: Path) -> None:
    said = child(
        "<LAchildID>A1</LAchildID><UPN>E860213421017</UPN><FormerUPN>Q860215521007</FormerUPN>"
        "<PersonBirthDate>2017-04-03</PersonBirthDate><GenderCurrent>2</GenderCurrent>"
        "<PersonDeathDate>2024-01-02</PersonDeathDate>",
        "<ChildCharacteristics><Ethnicity>MWBC</Ethnicity><Disabilities><Disability>HAND</Disability>"
        "<Disability>AUT</Disability></Disabilities></ChildCharacteristics>" + WHOLE,
    )
    (found,), rejects = history(tmp_path, message(said))
    assert rejects == []
    assert (found.authority, found.la_child_id, found.line) == ("860", "A1", 1)
    assert (found.upn, found.former_upn, found.upn_unknown) == ("E860213421017", "Q860215521007", None)
    assert (found.birth_on, found.expected_birth_on) == (date(2017, 4, 3), None)
    assert (found.died_on, found.sex) == (date(2024, 1, 2), Sex.FEMALE)
    assert found.ethnicity is Ethnicity.WHITE_AND_BLACK_CARIBBEAN
    assert found.disabilities == (Disability.HAND, Disability.AUTISM)
    (known,) = found.episodes
    assert known.referred_on == date(2022, 10, 6)
    assert known.source is SourceOfContact.FAMILY
    assert known.primary_need is PrimaryNeed.ACUTE_STRESS
    assert (known.closed_on, known.reason_closed) == (date(2023, 5, 27), ClosureReason.SERVICES_CEASED)
    assert (known.conference_on, known.no_further_action) == (date(2022, 11, 6), False)
    assert known.assessments == (
        Assessment(
            started_on=date(2022, 10, 7),
            review_due_on=date(2022, 10, 20),
            authorised_on=date(2022, 11, 18),
            factors=(AssessmentFactor.DRUGS_CHILD, AssessmentFactor.DRUGS_PARENT),
        ),
    )
    assert known.in_need_plans == (InNeedPlan(date(2022, 12, 1), date(2023, 5, 27)),)
    assert known.enquiries == (Enquiry(date(2022, 10, 10), date(2022, 10, 31), date(2022, 11, 6), False),)
    assert known.protection_plans == (
        ProtectionPlan(
            started_on=date(2022, 11, 6),
            ended_on=date(2022, 12, 1),
            initial_category=AbuseCategory.PHYSICAL,
            latest_category=AbuseCategory.EMOTIONAL,
            previous_plans=1,
            reviewed_on=(date(2022, 11, 20), date(2022, 11, 30)),
        ),
    )


YEARS = {
    "2021 has gender by number and no plan dates": (
        "<GenderCurrent>1</GenderCurrent>",
        "<ReasonForClosure>RC8</ReasonForClosure><ReferralNFA>1</ReferralNFA>",
        Sex.MALE,
    ),
    "2022 has plan dates": (
        "<GenderCurrent>2</GenderCurrent>",
        "<ReasonForClosure>RC8</ReasonForClosure><CINPlanDates><CINPlanStartDate>2025-02-01</CINPlanStartDate>"
        "</CINPlanDates><ReferralNFA>true</ReferralNFA>",
        Sex.FEMALE,
    ),
    "2022 has criminal exploitation as a factor": (
        "<GenderCurrent>0</GenderCurrent>",
        "<Assessments><AssessmentActualStartDate>2025-01-07</AssessmentActualStartDate>"
        "<FactorsIdentifiedAtAssessment><AssessmentFactors>24A</AssessmentFactors>"
        "</FactorsIdentifiedAtAssessment></Assessments><ReferralNFA>FALSE</ReferralNFA>",
        Sex.UNKNOWN,
    ),
    "2024 has early help as a closure and may leave the factors empty": (
        "<GenderCurrent>9</GenderCurrent>",
        "<ReasonForClosure>RC9</ReasonForClosure><Assessments><AssessmentActualStartDate>2025-01-07</AssessmentActualStartDate>"
        "<FactorsIdentifiedAtAssessment/></Assessments>",
        Sex.UNKNOWN,
    ),
    "2025 has sex by letter": ("<Sex>M</Sex>", "<ReferralNFA>false</ReferralNFA>", Sex.MALE),
    "2026 has groups that are not read here": (
        "<Sex>F</Sex>",
        "<PreProceedingsandFGDM><PPStartDate>2026-09-09</PPStartDate></PreProceedingsandFGDM>",
        Sex.FEMALE,
    ),
    "a system that puts the old numbers into the new element": ("<Sex>1</Sex>", "", Sex.MALE),
    "a system that says neither": ("", "", None),
}


@pytest.mark.parametrize(("sex", "inside", "expected"), YEARS.values(), ids=YEARS)
def test_a_return_of_any_year_is_read(tmp_path: Path, sex: str, inside: str, expected: Sex | None) -> None:
    identifiers = f"<LAchildID>A1</LAchildID><PersonBirthDate>2017-04-03</PersonBirthDate>{sex}"
    (found,), rejects = history(tmp_path, message(child(identifiers, episode(inside))))
    assert rejects == []
    assert found.sex is expected


def test_an_unborn_child_has_the_date_it_is_expected(tmp_path: Path) -> None:
    said = child(
        "<LAchildID>A1</LAchildID><UPNunknown>un4</UPNunknown>"
        "<ExpectedPersonBirthDate>2027-02-14</ExpectedPersonBirthDate><Sex>U</Sex>"
    )
    (found,), rejects = history(tmp_path, message(said))
    assert rejects == []
    assert (found.birth_on, found.expected_birth_on) == (None, date(2027, 2, 14))
    assert (found.upn, found.upn_unknown) == (None, "UN4")


def test_a_child_can_have_several_episodes(tmp_path: Path) -> None:
    said = child(rest=EPISODE + episode("", referred="2023-05-01") + episode("", referred="2025-06-01"))
    (found,), _ = history(tmp_path, message(said))
    assert [known.referred_on.isoformat() for known in found.episodes] == [
        "2025-01-06",
        "2023-05-01",
        "2025-06-01",
    ]


def test_a_group_that_is_repeated_is_read_as_one(tmp_path: Path) -> None:
    said = (
        "<Child><ChildIdentifiers><LAchildID>A1</LAchildID></ChildIdentifiers>"
        "<ChildIdentifiers><LAchildID>A1</LAchildID><PersonBirthDate>2017-04-03</PersonBirthDate>"
        "</ChildIdentifiers><ChildCharacteristics><Disabilities><Disability>LD</Disability></Disabilities>"
        "</ChildCharacteristics><ChildCharacteristics><Disabilities><Disability>LD</Disability>"
        f"<Disability>VIS</Disability><Disability/></Disabilities></ChildCharacteristics>{EPISODE}</Child>"
    )
    (found,), rejects = history(tmp_path, message(said))
    assert rejects == []
    assert found.disabilities == (Disability.LEARNING, Disability.VISION)


def test_text_that_strays_between_elements_says_nothing(tmp_path: Path) -> None:
    said = child(
        "\n  <LAchildID>\n A1 \t</LAchildID><UPNunknown>UN3</UPNunknown>PersonBirthDate\n"
        "<!-- moved --><PersonBirthDate>\n2017-04-03\n</PersonBirthDate><Sex> f </Sex><UPN>  </UPN>",
        f"stray{EPISODE}stray",
    )
    (found,), rejects = history(tmp_path, message("stray", said, "stray"))
    assert rejects == []
    assert (found.la_child_id, found.birth_on, found.sex, found.upn) == (
        "A1",
        date(2017, 4, 3),
        Sex.FEMALE,
        None,
    )


@pytest.mark.parametrize(
    "written", ["2017-04-03Z", "2017-04-03+01:00", "2017-04-03T00:00:00", "2017-04-03T00:00:00.000"]
)
def test_a_date_may_carry_a_midnight_or_a_zone(tmp_path: Path, written: str) -> None:
    (found,), rejects = history(tmp_path, message(child(IDENTIFIERS.replace("2017-04-03", written))))
    assert rejects == []
    assert found.birth_on == date(2017, 4, 3)


@pytest.mark.parametrize(
    "root",
    [
        '<Message xmlns="urn:example:cin">{}</Message>',
        '<c:Message xmlns:c="urn:example:cin">{}</c:Message>',
        '<?xml version="1.0" encoding="utf-8"?>\n<Message>{}</Message>',
        "\ufeff<Message>{}</Message>",
        '<Message a="1"><Other><Child/></Other>{}</Message>',
    ],
)
def test_a_namespace_a_declaration_or_a_byte_order_mark_changes_nothing(tmp_path: Path, root: str) -> None:
    inside = f"{HEADER}<Children>{child()}</Children>"
    if "<c:" in root:
        inside = inside.replace("</", "</c:").replace("<", "<c:").replace("<c:/c:", "</c:")
    (found,), rejects = history(tmp_path, root.format(inside))
    assert rejects == []
    assert found.la_child_id == "A1"


def test_lines_are_those_of_the_file_however_long_it_is(tmp_path: Path) -> None:
    gap = "\n" * 100_000
    said = child(rest=f"{gap}{EPISODE}\n<CINdetails/>")
    (found,), (reject,) = history(tmp_path, message(said))
    assert found.episodes[0].line == 100_001
    assert (reject.line, reject.field) == (100_002, "CINdetails/CINreferralDate")


def test_a_sound_return_says_whose_it_is(tmp_path: Path) -> None:
    path = tmp_path / "history.xml"
    path.write_text(message(child(), child("")))
    checked = check_history(path)
    assert (checked.authority, checked.year, checked.children) == ("860", 2026, 2)
    assert checked.reference_on == date(2026, 3, 31)


def test_a_header_that_dates_nothing_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "history.xml"
    details = "<CollectionDetails><ReferenceDate>soon</ReferenceDate></CollectionDetails>"
    header = f"<Header>{details}<Source><LEA>861</LEA></Source></Header>"
    path.write_text(message(child(), header=header))
    checked = check_history(path)
    assert (checked.authority, checked.year, checked.reference_on) == ("861", None, None)
