"""What the law offers and refuses, rule by rule, whatever a hub's agreement says.

Each rule names its source, and either is silent or raises a ``Refusal`` that names the field of ``Basis`` at
fault. What a hub's partners agreed among themselves is ``lawfulness``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from mash_desktop.domain.codes import AgencyKind, Cohort, DataKind
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

CHILDREN = frozenset({Cohort.CHILDREN})
ADULTS = frozenset({Cohort.ADULTS})
EVERYONE = frozenset(Cohort)

COHORTS_OF: dict[Gateway, frozenset[Cohort]] = {
    Gateway.CHILDREN_ACT_1989_S17: CHILDREN,
    Gateway.CHILDREN_ACT_1989_S27: CHILDREN,
    Gateway.CHILDREN_ACT_1989_S47: CHILDREN,
    Gateway.CHILDREN_ACT_2004_S10: CHILDREN,
    Gateway.CHILDREN_ACT_2004_S11: CHILDREN,
    Gateway.CHILDREN_ACT_2004_S16LA: CHILDREN,
    Gateway.CARE_ACT_2014_S42: ADULTS,
    Gateway.CARE_ACT_2014_S45: ADULTS,
    Gateway.CRIME_AND_DISORDER_ACT_1998_S115: EVERYONE,
}
"""Whom a gateway protects: the Children Acts children, the Care Act adults with care and support needs."""

NOT_OF: dict[Gateway, frozenset[AgencyKind]] = {
    Gateway.CHILDREN_ACT_1989_S27: frozenset({AgencyKind.POLICE, AgencyKind.PROBATION, AgencyKind.OTHER}),
    Gateway.CHILDREN_ACT_2004_S10: frozenset({AgencyKind.OTHER}),
    Gateway.CHILDREN_ACT_2004_S11: frozenset({AgencyKind.OTHER}),
}
"""Agencies that a gateway does not name: see ``gateway_names_the_agency``."""

PUBLIC_AUTHORITIES = frozenset(AgencyKind) - {AgencyKind.EDUCATION, AgencyKind.HOUSING, AgencyKind.OTHER}
"""Kinds that are always public authorities. Schools and landlords can be either."""

HEALTH_AND_SOCIAL_CARE = frozenset(
    {
        AgencyKind.CHILDRENS_SOCIAL_CARE,
        AgencyKind.ADULT_SOCIAL_CARE,
        AgencyKind.HEALTH_TRUST,
        AgencyKind.MENTAL_HEALTH_TRUST,
        AgencyKind.AMBULANCE,
    }
)

SENSITIVE = frozenset({DataKind.SPECIAL_CATEGORY, DataKind.CONFIDENTIAL_HEALTH})
"""Confidential health data are also special category data."""

PARAGRAPHS_OF: dict[Article9, frozenset[ScheduleParagraph]] = {
    Article9.SUBSTANTIAL_PUBLIC_INTEREST: frozenset(
        {
            ScheduleParagraph.STATUTORY_PURPOSES,
            ScheduleParagraph.UNLAWFUL_ACTS,
            ScheduleParagraph.SAFEGUARDING,
        }
    ),
    Article9.HEALTH_OR_SOCIAL_CARE: frozenset({ScheduleParagraph.HEALTH_OR_SOCIAL_CARE}),
    Article9.VITAL_INTERESTS: frozenset(),
}

GROUNDS_OF: dict[ScheduleParagraph, frozenset[ScheduleGround]] = {
    ScheduleParagraph.HEALTH_OR_SOCIAL_CARE: frozenset(),
    ScheduleParagraph.STATUTORY_PURPOSES: frozenset({ScheduleGround.STATUTORY_FUNCTION}),
    ScheduleParagraph.UNLAWFUL_ACTS: frozenset({ScheduleGround.CONSENT_WOULD_PREJUDICE}),
    ScheduleParagraph.SAFEGUARDING: frozenset(
        {
            ScheduleGround.CONSENT_CANNOT_BE_GIVEN,
            ScheduleGround.CONSENT_CANNOT_BE_EXPECTED,
            ScheduleGround.CONSENT_WOULD_PREJUDICE,
        }
    ),
}


class Sharing(NamedTuple):
    """What is to be shared, whose it is, and when."""

    config: HubConfig
    cohort: Cohort
    agency_kind: AgencyKind
    data_kinds: frozenset[DataKind]
    on: date

    @property
    def sensitive(self) -> bool:
        return bool(self.data_kinds & SENSITIVE)

    @property
    def offences(self) -> bool:
        return DataKind.CRIMINAL_OFFENCE in self.data_kinds

    @property
    def confidential(self) -> bool:
        return DataKind.CONFIDENTIAL_HEALTH in self.data_kinds


def gateway_protects_the_cohort(basis: Basis, sharing: Sharing) -> None:
    """Children Act 1989 ss17, 27, 47 and Children Act 2004 ss10, 11, 16LA serve functions towards children.

    Care Act 2014 ss42 and 45 serve those towards adults with needs for care and support. Crime and Disorder
    Act 1998 s115 serves its own purposes, whoever is protected; for a victim without such needs it is the
    gateway.
    """
    if sharing.cohort not in COHORTS_OF[basis.gateway]:
        raise Refusal(
            "gateway-not-for-cohort",
            f"{basis.gateway.label} does not cover {sharing.cohort.label.lower()}. Choose another gateway.",
            "gateway",
        )


def gateway_names_the_agency(basis: Basis, sharing: Sharing) -> None:
    """Children Act 1989 s27(3); Children Act 2004 s10(4) and s11(1): the bodies that each section names.

    Section 27 names local authorities, housing authorities and health bodies, not police or probation; a
    body outside the public sector is in none of the three lists.
    """
    if sharing.agency_kind in NOT_OF.get(basis.gateway, frozenset()):
        raise Refusal(
            "gateway-not-for-agency",
            f"{basis.gateway.label} does not name this kind of agency. Choose another gateway.",
            "gateway",
        )


def sharing_duty_has_commenced(basis: Basis, sharing: Sharing) -> None:
    """Children Act 2004 s16LA is relied upon from its commencement only."""
    duty = sharing.config.sharing_duty_in_force(sharing.on)
    if basis.gateway is Gateway.CHILDREN_ACT_2004_S16LA and not duty:
        raise Refusal(
            "gateway-not-commenced",
            "Children Act 2004 s16LA is not in force on that day. Choose another gateway.",
            "gateway",
        )


def regimes_are_not_mixed(basis: Basis, sharing: Sharing) -> None:
    """Data Protection Act 2018 s4 and UK GDPR Article 2: law enforcement processing has a regime of its own.

    A sharing rests on Article 6, with 9 and 10 where they apply, or on Part 3: one of the two.
    """
    if basis.part3 is None and basis.article6 is None:
        raise Refusal("article-6-missing", "Choose the Article 6 basis for sharing.", "article6")
    conditions = (basis.article9, basis.schedule_paragraph, basis.schedule_ground, basis.article10)
    if basis.part3 and any((basis.article6, *conditions)):
        raise Refusal(
            "regimes-mixed",
            "Part 3 of the Data Protection Act stands alone: clear the UK GDPR articles, or clear Part 3.",
            "part3",
        )


def part3_is_for_police(basis: Basis, sharing: Sharing) -> None:
    """Data Protection Act 2018 ss30, 31: Part 3 is for the law enforcement of a competent authority.

    In a hub that is the police.
    """
    if basis.part3 and sharing.agency_kind is not AgencyKind.POLICE:
        raise Refusal(
            "part-3-not-police",
            "Only police share under Part 3 of the Data Protection Act. Choose an Article 6 basis.",
            "part3",
        )


def sensitive_processing_is_strictly_necessary(basis: Basis, sharing: Sharing) -> None:
    """Data Protection Act 2018 s35(3)-(5), (8): sensitive processing needs a Schedule 8 condition too."""
    if basis.part3 is Part3.TASK and sharing.sensitive:
        raise Refusal(
            "part-3-schedule-8-missing",
            "Special category data under Part 3 must be strictly necessary and meet Schedule 8. "
            "Choose s35(5) and Sch 8 p4.",
            "part3",
        )


def legitimate_interest_is_offered(basis: Basis, sharing: Sharing) -> None:
    """UK GDPR Article 6(1)(ea), by the Data (Use and Access) Act 2025 s70.

    In force from the day in configuration (February 2026), and never for a public authority performing its
    tasks.
    """
    if basis.article6 is not Article6.RECOGNISED_LEGITIMATE_INTEREST:
        return
    if not sharing.config.legitimate_interest_in_force(sharing.on):
        raise Refusal(
            "article-6-not-commenced",
            "Article 6(1)(ea) is not in force on that day. Choose (c), (d) or (e).",
            "article6",
        )
    if sharing.agency_kind in PUBLIC_AUTHORITIES:
        raise Refusal(
            "article-6-not-for-public-authority",
            "Article 6(1)(ea) is not open to a public authority. Choose (c), (d) or (e).",
            "article6",
        )


def power_is_not_an_obligation(basis: Basis, sharing: Sharing) -> None:
    """Crime and Disorder Act 1998 s115 gives a power to disclose.

    A power makes neither a legal obligation under UK GDPR Article 6(1)(c) and (3) nor a disclosure that the
    common law sees as required by law.
    """
    if basis.gateway is not Gateway.CRIME_AND_DISORDER_ACT_1998_S115:
        return
    if basis.article6 is Article6.LEGAL_OBLIGATION:
        raise Refusal(
            "power-not-obligation",
            "Section 115 is a power, not an obligation: choose (d) or (e), or a gateway that is a duty.",
            "article6",
        )
    if basis.common_law is CommonLaw.REQUIRED_BY_LAW:
        raise Refusal(
            "power-not-requirement",
            "Section 115 permits disclosure without requiring it. Choose another ground for confidence.",
            "common_law",
        )


def special_category_has_a_condition(basis: Basis, sharing: Sharing) -> None:
    """UK GDPR Article 9(1): special category data, health among them, need a condition of Article 9(2)."""
    if sharing.sensitive and basis.article9 is None and basis.part3 is None:
        raise Refusal("article-9-missing", "Special category data need an Article 9 condition.", "article9")


def health_condition_is_for_health_and_social_care(basis: Basis, sharing: Sharing) -> None:
    """UK GDPR Article 9(2)(h) and (3); Data Protection Act 2018 s11(1): by, or under, those professionals."""
    if basis.article9 is Article9.HEALTH_OR_SOCIAL_CARE and sharing.agency_kind not in HEALTH_AND_SOCIAL_CARE:
        raise Refusal(
            "article-9-h-not-for-agency",
            "Article 9(2)(h) is for health and social care agencies. Choose (g) or (c).",
            "article9",
        )


def condition_has_its_paragraph(basis: Basis, sharing: Sharing) -> None:
    """Data Protection Act 2018 s10(2), (3), (5): the Schedule 1 paragraph that each condition must meet.

    9(2)(g) takes paragraph 6, 10 or 18, 9(2)(h) paragraph 2, and offence data outside official authority
    any of these; 9(2)(c) takes none.
    """
    takes = PARAGRAPHS_OF[basis.article9] if basis.article9 else frozenset[ScheduleParagraph]()
    if takes and basis.schedule_paragraph not in takes:
        wanted = " or ".join(f"p{paragraph.value}" for paragraph in ScheduleParagraph if paragraph in takes)
        raise Refusal(
            "schedule-paragraph-missing",
            f"This Article 9 condition needs Schedule 1 {wanted}.",
            "schedule_paragraph",
        )
    if takes:
        return
    by_schedule = basis.article10 is Article10.SCHEDULE_1
    if by_schedule and basis.schedule_paragraph is None:
        raise Refusal(
            "schedule-paragraph-missing",
            "Offence data on this ground need a paragraph of Schedule 1.",
            "schedule_paragraph",
        )
    if basis.schedule_paragraph and not by_schedule:
        raise Refusal(
            "schedule-paragraph-idle",
            "A Schedule 1 paragraph supports 9(2)(g), 9(2)(h) or Article 10. Choose one or clear it.",
            "schedule_paragraph",
        )


def paragraph_has_its_ground(basis: Basis, sharing: Sharing) -> None:
    """Data Protection Act 2018, Schedule 1 paragraphs 6(1), 10(1) and 18(1)-(2): the ground of each."""
    paragraph = basis.schedule_paragraph
    grounds = GROUNDS_OF[paragraph] if paragraph else frozenset[ScheduleGround]()
    if grounds and basis.schedule_ground not in grounds:
        raise Refusal(
            "schedule-ground-missing",
            "Say why this paragraph of Schedule 1 applies: choose one of its grounds.",
            "schedule_ground",
        )
    if not grounds and basis.schedule_ground:
        raise Refusal(
            "schedule-ground-idle", "No paragraph here takes a ground. Clear the ground.", "schedule_ground"
        )


def safeguarding_paragraph_protects_those_at_risk(basis: Basis, sharing: Sharing) -> None:
    """Data Protection Act 2018, Schedule 1 paragraph 18(1), (3), (4): a child, or an adult with care needs.

    A victim of domestic abuse without needs for care and support is not *at risk* in its sense: paragraph 10
    or 6, or Part 3 for police, is the way.
    """
    if basis.schedule_paragraph is ScheduleParagraph.SAFEGUARDING and sharing.cohort is Cohort.DOMESTIC_ABUSE:
        raise Refusal(
            "paragraph-18-not-at-risk",
            "Paragraph 18 protects children and adults with care and support needs. Choose p10 or p6.",
            "schedule_paragraph",
        )


def offence_data_are_authorised(basis: Basis, sharing: Sharing) -> None:
    """UK GDPR Article 10; Data Protection Act 2018 s10(5), s11(2), or Part 3.

    Under the control of official authority, which only a public authority has, or on a condition of
    Schedule 1.
    """
    if sharing.offences and basis.article10 is None and basis.part3 is None:
        raise Refusal(
            "article-10-missing", "Data about offences need Article 10, or Part 3 for police.", "article10"
        )
    official = basis.article10 is Article10.OFFICIAL_AUTHORITY
    if official and sharing.agency_kind not in PUBLIC_AUTHORITIES:
        raise Refusal(
            "article-10-no-official-authority",
            "This kind of agency does not act under official authority. Choose a condition of Schedule 1.",
            "article10",
        )


def confidence_is_lifted(basis: Basis, sharing: Sharing) -> None:
    """The common-law duty of confidence (W v Egdell [1990] Ch 359; GMC, *Confidentiality*, 2017).

    Confidential health information is disclosed with consent, in the best interests of one who lacks
    capacity, where law requires it or where the public interest overrides; a data protection basis does not
    lift the duty.
    """
    if sharing.confidential and basis.common_law is None:
        raise Refusal(
            "common-law-missing",
            "Confidential health information needs the ground that lifts the duty of confidence.",
            "common_law",
        )


RULES: tuple[Callable[[Basis, Sharing], None], ...] = (
    gateway_protects_the_cohort,
    gateway_names_the_agency,
    sharing_duty_has_commenced,
    regimes_are_not_mixed,
    part3_is_for_police,
    sensitive_processing_is_strictly_necessary,
    legitimate_interest_is_offered,
    power_is_not_an_obligation,
    special_category_has_a_condition,
    health_condition_is_for_health_and_social_care,
    safeguarding_paragraph_protects_those_at_risk,
    condition_has_its_paragraph,
    paragraph_has_its_ground,
    offence_data_are_authorised,
    confidence_is_lifted,
)
