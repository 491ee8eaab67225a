"""What may be shared, and on what: the agreement's matrix and the law over it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from itertools import combinations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mash_desktop.domain.codes import AgencyKind, Cohort, DataKind, RefusalReason
from mash_desktop.domain.configuration import HubConfig
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.law import (
    Article6,
    Article9,
    Article10,
    Basis,
    CommonLaw,
    Gateway,
    Part3,
    ScheduleGround,
    ScheduleParagraph,
)
from mash_desktop.domain.law_rules import HEALTH_AND_SOCIAL_CARE, PUBLIC_AUTHORITIES, SENSITIVE
from mash_desktop.domain.lawfulness import check, check_withholding, offered, prefill, say
from mash_desktop.hub import load_preset

HUB = load_preset("staffordshire")
TODAY = date(2026, 11, 24)
FEBRUARY_2026 = date(2026, 2, 5)
DUTY_FROM = date(2027, 4, 1)
WITH_DUTY = msgspec.structs.replace(
    HUB, commencements=msgspec.structs.replace(HUB.commencements, information_sharing_duty=DUTY_FROM)
)
ALL_DATA = tuple(DataKind)

cohorts = st.sampled_from(list(Cohort))
agencies = st.sampled_from(list(AgencyKind))
data_kinds = st.sets(st.sampled_from(list(DataKind)), min_size=1)
days = st.dates(date(2018, 5, 25), date(2030, 12, 31))
bases = st.builds(
    Basis,
    gateway=st.sampled_from(list(Gateway)),
    article6=st.none() | st.sampled_from(list(Article6)),
    article9=st.none() | st.sampled_from(list(Article9)),
    schedule_paragraph=st.none() | st.sampled_from(list(ScheduleParagraph)),
    schedule_ground=st.none() | st.sampled_from(list(ScheduleGround)),
    article10=st.none() | st.sampled_from(list(Article10)),
    part3=st.none() | st.sampled_from(list(Part3)),
    common_law=st.none() | st.sampled_from(list(CommonLaw)),
)


def refused(
    basis: Basis,
    cohort: Cohort,
    agency: AgencyKind,
    data: Collection[DataKind],
    on: date,
    config: HubConfig = HUB,
) -> Refusal | None:
    try:
        check(config, basis, cohort, agency, data, on)
    except Refusal as refusal:
        return refusal
    return None


def sharing(
    basis: Basis,
    cohort: Cohort = Cohort.CHILDREN,
    agency: AgencyKind = AgencyKind.HEALTH_TRUST,
    data: tuple[DataKind, ...] = (DataKind.ORDINARY,),
    on: date = TODAY,
    config: HubConfig = HUB,
) -> str:
    """The code of the refusal, or ``lawful``."""
    refusal = refused(basis, cohort, agency, data, on, config)
    return refusal.code if refusal else "lawful"


def basis_for(
    cohort: Cohort = Cohort.CHILDREN,
    agency: AgencyKind = AgencyKind.HEALTH_TRUST,
    data: tuple[DataKind, ...] = (DataKind.ORDINARY,),
    **changes: object,
) -> Basis:
    """What the agreement prefills, with some fields changed."""
    return msgspec.structs.replace(prefill(HUB, cohort, agency, data, TODAY), **changes)


@given(cohorts, agencies, data_kinds, days)
def test_what_the_agreement_prefills_is_lawful(
    cohort: Cohort, agency: AgencyKind, data: set[DataKind], on: date
) -> None:
    check(WITH_DUTY, prefill(WITH_DUTY, cohort, agency, data, on), cohort, agency, data, on)


def _near(drawn: Basis, proposed: Basis, fields: set[str]) -> Basis:
    """A basis that differs from a lawful one in some fields only, so that many examples come close."""
    return msgspec.structs.replace(proposed, **{field: getattr(drawn, field) for field in fields})


@given(
    bases, st.sets(st.sampled_from(Basis.__struct_fields__), max_size=3), cohorts, agencies, data_kinds, days
)
def test_nothing_that_the_law_refuses_is_accepted(
    drawn: Basis, fields: set[str], cohort: Cohort, agency: AgencyKind, data: set[DataKind], on: date
) -> None:
    basis = _near(drawn, prefill(WITH_DUTY, cohort, agency, data, on), fields)
    if refused(basis, cohort, agency, data, on, WITH_DUTY):
        return
    children_act = basis.gateway.label.startswith("Children Act")
    care_act = basis.gateway.label.startswith("Care Act")
    assert not children_act or cohort is Cohort.CHILDREN
    assert not care_act or cohort is Cohort.ADULTS
    assert basis.gateway is not Gateway.CHILDREN_ACT_2004_S16LA or on >= DUTY_FROM
    assert (basis.article6 is None) == (basis.part3 is not None)
    assert basis.part3 is None or agency is AgencyKind.POLICE
    if basis.article6 is Article6.RECOGNISED_LEGITIMATE_INTEREST:
        assert on >= FEBRUARY_2026
        assert agency not in PUBLIC_AUTHORITIES
    if data & SENSITIVE:
        assert basis.article9 is not None or basis.part3 is Part3.STRICTLY_NECESSARY
    if basis.article9 is Article9.SUBSTANTIAL_PUBLIC_INTEREST:
        assert basis.schedule_paragraph is not None
        assert basis.schedule_paragraph.value in {"6", "10", "18"}
        assert basis.schedule_ground is not None
    if basis.article9 is Article9.HEALTH_OR_SOCIAL_CARE:
        assert basis.schedule_paragraph is ScheduleParagraph.HEALTH_OR_SOCIAL_CARE
        assert agency in HEALTH_AND_SOCIAL_CARE
    if DataKind.CRIMINAL_OFFENCE in data:
        assert basis.article10 is not None or basis.part3 is not None
    if DataKind.CONFIDENTIAL_HEALTH in data:
        assert basis.common_law is not None
    if cohort is Cohort.DOMESTIC_ABUSE:
        assert basis.gateway is Gateway.CRIME_AND_DISORDER_ACT_1998_S115
        assert basis.schedule_paragraph is not ScheduleParagraph.SAFEGUARDING


@given(bases, cohorts, agencies, data_kinds, days)
def test_every_refusal_of_any_basis_names_the_field_at_fault(
    basis: Basis, cohort: Cohort, agency: AgencyKind, data: set[DataKind], on: date
) -> None:
    refusal = refused(basis, cohort, agency, data, on)
    assert refusal is None or refusal.field in {*Basis.__struct_fields__, "data_kinds"}


def test_the_basis_says_itself_on_one_line() -> None:
    health = prefill(
        HUB, Cohort.CHILDREN, AgencyKind.CHILDRENS_SOCIAL_CARE, [DataKind.SPECIAL_CATEGORY], TODAY
    )
    assert say(health) == "s17, 6(1)(e), 9(2)(g), Sch 1 p18"
    everything = prefill(HUB, Cohort.DOMESTIC_ABUSE, AgencyKind.POLICE, ALL_DATA, TODAY)
    assert say(everything) == (
        "s115, 6(1)(e), 9(2)(g), Art 10, Sch 1 p10, confidence: overriding public interest"
    )
    enforcement = Basis(gateway=Gateway.CRIME_AND_DISORDER_ACT_1998_S115, part3=Part3.TASK)
    assert say(enforcement) == "s115, Part 3 s35(2)(b)"


def test_a_victim_without_care_needs_has_a_lawful_path_for_every_kind_of_data() -> None:
    basis = prefill(HUB, Cohort.DOMESTIC_ABUSE, AgencyKind.POLICE, ALL_DATA, TODAY)
    assert sharing(basis, Cohort.DOMESTIC_ABUSE, AgencyKind.POLICE, ALL_DATA) == "lawful"
    assert basis.schedule_paragraph is ScheduleParagraph.UNLAWFUL_ACTS
    under_part_3 = Basis(
        gateway=Gateway.CRIME_AND_DISORDER_ACT_1998_S115,
        part3=Part3.STRICTLY_NECESSARY,
        common_law=CommonLaw.PUBLIC_INTEREST,
    )
    assert sharing(under_part_3, Cohort.DOMESTIC_ABUSE, AgencyKind.POLICE, ALL_DATA) == "lawful"


def test_paragraph_18_does_not_stretch_to_a_victim_without_care_needs() -> None:
    basis = basis_for(
        Cohort.DOMESTIC_ABUSE,
        AgencyKind.POLICE,
        ALL_DATA,
        schedule_paragraph=ScheduleParagraph.SAFEGUARDING,
        schedule_ground=ScheduleGround.CONSENT_WOULD_PREJUDICE,
    )
    code = sharing(basis, Cohort.DOMESTIC_ABUSE, AgencyKind.POLICE, ALL_DATA)
    assert code == "paragraph-18-not-at-risk"


def test_a_gateway_protects_those_its_act_is_about() -> None:
    children = basis_for(gateway=Gateway.CARE_ACT_2014_S42)
    assert sharing(children) == "gateway-not-for-cohort"
    adults = basis_for(Cohort.ADULTS, gateway=Gateway.CHILDREN_ACT_1989_S47)
    assert sharing(adults, Cohort.ADULTS) == "gateway-not-for-cohort"


def test_section_27_does_not_name_police() -> None:
    basis = basis_for(agency=AgencyKind.POLICE, gateway=Gateway.CHILDREN_ACT_1989_S27)
    assert sharing(basis, agency=AgencyKind.POLICE) == "gateway-not-for-agency"


def test_section_16la_is_a_gateway_from_its_commencement() -> None:
    basis = basis_for(gateway=Gateway.CHILDREN_ACT_2004_S16LA, article6=Article6.LEGAL_OBLIGATION)
    assert sharing(basis) == "gateway-not-commenced"
    assert sharing(basis, on=date(2027, 3, 31), config=WITH_DUTY) == "gateway-not-commenced"
    assert sharing(basis, on=DUTY_FROM, config=WITH_DUTY) == "lawful"


def test_recognised_legitimate_interest_is_offered_from_february_2026_to_other_than_public_bodies() -> None:
    basis = basis_for(
        agency=AgencyKind.HOUSING,
        article6=Article6.RECOGNISED_LEGITIMATE_INTEREST,
    )
    assert sharing(basis, agency=AgencyKind.HOUSING, on=date(2026, 2, 4)) == "article-6-not-commenced"
    assert sharing(basis, agency=AgencyKind.HOUSING, on=FEBRUARY_2026) == "lawful"
    public = basis_for(article6=Article6.RECOGNISED_LEGITIMATE_INTEREST)
    assert sharing(public) == "article-6-not-for-public-authority"


def test_a_power_is_not_an_obligation() -> None:
    da, police, health = Cohort.DOMESTIC_ABUSE, AgencyKind.POLICE, (DataKind.CONFIDENTIAL_HEALTH,)
    obliged = basis_for(da, police, article6=Article6.LEGAL_OBLIGATION)
    assert sharing(obliged, da, police) == "power-not-obligation"
    required = basis_for(da, police, health, common_law=CommonLaw.REQUIRED_BY_LAW)
    assert sharing(required, da, police, health) == "power-not-requirement"


def test_a_basis_rests_on_article_6_or_on_part_3() -> None:
    assert sharing(basis_for(article6=None)) == "article-6-missing"
    both = basis_for(agency=AgencyKind.POLICE, part3=Part3.TASK)
    assert sharing(both, agency=AgencyKind.POLICE) == "regimes-mixed"


def test_part_3_is_for_police_and_strictly_necessary_for_special_category_data() -> None:
    special = (DataKind.SPECIAL_CATEGORY,)
    task = Basis(gateway=Gateway.CHILDREN_ACT_2004_S11, part3=Part3.TASK)
    assert sharing(task) == "part-3-not-police"
    assert sharing(task, agency=AgencyKind.POLICE) == "lawful"
    assert sharing(task, agency=AgencyKind.POLICE, data=special) == "part-3-schedule-8-missing"
    strict = msgspec.structs.replace(task, part3=Part3.STRICTLY_NECESSARY)
    assert sharing(strict, agency=AgencyKind.POLICE, data=special) == "lawful"


def test_special_category_data_need_an_article_9_condition_with_its_paragraph_and_ground() -> None:
    special = (DataKind.SPECIAL_CATEGORY,)
    bare = basis_for()
    assert sharing(bare, data=special) == "article-9-missing"
    condition = msgspec.structs.replace(bare, article9=Article9.SUBSTANTIAL_PUBLIC_INTEREST)
    assert sharing(condition, data=special) == "schedule-paragraph-missing"
    paragraph = msgspec.structs.replace(condition, schedule_paragraph=ScheduleParagraph.SAFEGUARDING)
    assert sharing(paragraph, data=special) == "schedule-ground-missing"
    wrong = msgspec.structs.replace(paragraph, schedule_ground=ScheduleGround.STATUTORY_FUNCTION)
    assert sharing(wrong, data=special) == "schedule-ground-missing"
    whole = msgspec.structs.replace(paragraph, schedule_ground=ScheduleGround.CONSENT_CANNOT_BE_GIVEN)
    assert sharing(whole, data=special) == "lawful"


def test_vital_interests_need_no_paragraph() -> None:
    special = (DataKind.SPECIAL_CATEGORY,)
    basis = basis_for(article9=Article9.VITAL_INTERESTS)
    assert sharing(basis, data=special) == "lawful"
    idle = msgspec.structs.replace(basis, schedule_paragraph=ScheduleParagraph.SAFEGUARDING)
    assert sharing(idle, data=special) == "schedule-paragraph-idle"
    ground = msgspec.structs.replace(basis, schedule_ground=ScheduleGround.CONSENT_CANNOT_BE_GIVEN)
    assert sharing(ground, data=special) == "schedule-ground-idle"


def test_9_2_h_is_for_health_and_social_care_with_paragraph_2() -> None:
    special = (DataKind.SPECIAL_CATEGORY,)
    basis = basis_for(
        article9=Article9.HEALTH_OR_SOCIAL_CARE, schedule_paragraph=ScheduleParagraph.HEALTH_OR_SOCIAL_CARE
    )
    assert sharing(basis, data=special) == "lawful"
    assert sharing(basis, agency=AgencyKind.POLICE, data=special) == "article-9-h-not-for-agency"
    elsewhere = msgspec.structs.replace(basis, schedule_paragraph=ScheduleParagraph.SAFEGUARDING)
    assert sharing(elsewhere, data=special) == "schedule-paragraph-missing"


def test_offence_data_need_article_10_or_part_3() -> None:
    offences = (DataKind.CRIMINAL_OFFENCE,)
    assert sharing(basis_for(), data=offences) == "article-10-missing"
    official = basis_for(article10=Article10.OFFICIAL_AUTHORITY)
    assert sharing(official, data=offences) == "lawful"
    housing = basis_for(agency=AgencyKind.HOUSING, article10=Article10.OFFICIAL_AUTHORITY)
    code = sharing(housing, agency=AgencyKind.HOUSING, data=offences)
    assert code == "article-10-no-official-authority"
    scheduled = basis_for(article10=Article10.SCHEDULE_1)
    assert sharing(scheduled, data=offences) == "schedule-paragraph-missing"
    police = Basis(gateway=Gateway.CHILDREN_ACT_2004_S11, part3=Part3.TASK)
    assert sharing(police, agency=AgencyKind.POLICE, data=offences) == "lawful"


def test_confidential_health_data_need_what_lifts_the_duty_of_confidence() -> None:
    health = (DataKind.CONFIDENTIAL_HEALTH,)
    assert sharing(basis_for(data=health, common_law=None), data=health) == "common-law-missing"
    assert sharing(basis_for(data=health, common_law=CommonLaw.CONSENT), data=health) == "lawful"


def test_what_the_law_allows_and_the_agreement_does_not_offer_is_refused() -> None:
    basis = basis_for(gateway=Gateway.CRIME_AND_DISORDER_ACT_1998_S115)
    assert sharing(basis) == "not-in-agreement"


def test_no_row_of_the_agreement_is_no_basis() -> None:
    before_the_act = date(2018, 5, 24)
    with pytest.raises(Refusal, match="no-lawful-basis"):
        prefill(HUB, Cohort.CHILDREN, AgencyKind.POLICE, ALL_DATA, before_the_act)
    with pytest.raises(Refusal, match="nothing-to-share"):
        prefill(HUB, Cohort.CHILDREN, AgencyKind.POLICE, [], TODAY)


def test_rows_with_nothing_in_common_offer_no_basis_together() -> None:
    row = next(row for row in HUB.lawfulness if AgencyKind.HEALTH_TRUST in row.agency_kinds)
    s11, s47 = Gateway.CHILDREN_ACT_2004_S11, Gateway.CHILDREN_ACT_1989_S47
    apart = (
        msgspec.structs.replace(row, data_kinds=(DataKind.ORDINARY,), gateways=(s11,)),
        msgspec.structs.replace(row, data_kinds=(DataKind.SPECIAL_CATEGORY,), gateways=(s47,)),
    )
    config = msgspec.structs.replace(HUB, lawfulness=apart)
    trust = AgencyKind.HEALTH_TRUST
    assert offered(config, Cohort.CHILDREN, trust, [DataKind.ORDINARY], TODAY).gateways == (s11,)
    with pytest.raises(Refusal, match="no-lawful-basis"):
        offered(config, Cohort.CHILDREN, trust, [DataKind.ORDINARY, DataKind.SPECIAL_CATEGORY], TODAY)


EVERY_MIXTURE = [kinds for number in range(1, 5) for kinds in combinations(DataKind, number)]


@pytest.mark.parametrize("data", EVERY_MIXTURE)
def test_an_agreement_of_part_3_alone_prefills_part_3(data: tuple[DataKind, ...]) -> None:
    row = next(row for row in HUB.lawfulness if row.part3)
    config = msgspec.structs.replace(HUB, lawfulness=(msgspec.structs.replace(row, article6=()),))
    basis = prefill(config, Cohort.CHILDREN, AgencyKind.POLICE, data, TODAY)
    assert basis.article6 is None
    assert (basis.part3 is Part3.STRICTLY_NECESSARY) is bool(SENSITIVE.intersection(data))
    check(config, basis, Cohort.CHILDREN, AgencyKind.POLICE, data, TODAY)


@pytest.mark.parametrize("reason", RefusalReason)
def test_once_sharing_is_a_duty_withholding_about_a_child_has_two_grounds(reason: RefusalReason) -> None:
    check_withholding(WITH_DUTY, True, reason, date(2027, 3, 31))
    check_withholding(WITH_DUTY, False, reason, DUTY_FROM)
    if reason in {RefusalReason.NOT_RELEVANT, RefusalReason.MORE_DETRIMENTAL}:
        check_withholding(WITH_DUTY, True, reason, DUTY_FROM)
    else:
        with pytest.raises(Refusal, match="withholding-not-excepted"):
            check_withholding(WITH_DUTY, True, reason, DUTY_FROM)
