"""The words of law that a lawful basis is made of: gateways, articles, paragraphs and grounds.

Only words and shapes. Which of them a hub's sharing agreement offers is configuration
(``configuration.LawfulRow``); what the law allows and refuses is ``lawfulness``.
"""

from __future__ import annotations

import msgspec

from mash_desktop.domain.codes import Code


class Gateway(Code):
    """The statute that lets, or makes, an agency share for safeguarding."""

    CHILDREN_ACT_1989_S17 = "ca1989_s17", "Children Act 1989 s17"
    CHILDREN_ACT_1989_S27 = "ca1989_s27", "Children Act 1989 s27"
    CHILDREN_ACT_1989_S47 = "ca1989_s47", "Children Act 1989 s47"
    CHILDREN_ACT_2004_S10 = "ca2004_s10", "Children Act 2004 s10"
    CHILDREN_ACT_2004_S11 = "ca2004_s11", "Children Act 2004 s11"
    CHILDREN_ACT_2004_S16LA = "ca2004_s16la", "Children Act 2004 s16LA"
    CARE_ACT_2014_S42 = "care2014_s42", "Care Act 2014 s42"
    CARE_ACT_2014_S45 = "care2014_s45", "Care Act 2014 s45"
    CRIME_AND_DISORDER_ACT_1998_S115 = "cda1998_s115", "Crime and Disorder Act 1998 s115"

    @property
    def short(self) -> str:
        """The section alone: no two gateways share a number."""
        return self.label.rsplit(" ", 1)[1]


class Article6(Code):
    """UK GDPR Article 6(1): the lawful bases that safeguarding uses."""

    LEGAL_OBLIGATION = "c", "6(1)(c) legal obligation"
    VITAL_INTERESTS = "d", "6(1)(d) vital interests"
    PUBLIC_TASK = "e", "6(1)(e) public task"
    RECOGNISED_LEGITIMATE_INTEREST = "ea", "6(1)(ea) recognised legitimate interest"


class Article9(Code):
    """UK GDPR Article 9(2): the conditions for special category data that safeguarding uses."""

    VITAL_INTERESTS = "c", "9(2)(c) vital interests of a person who cannot consent"
    SUBSTANTIAL_PUBLIC_INTEREST = "g", "9(2)(g) substantial public interest"
    HEALTH_OR_SOCIAL_CARE = "h", "9(2)(h) health or social care"


class ScheduleParagraph(Code):
    """Data Protection Act 2018, Schedule 1."""

    HEALTH_OR_SOCIAL_CARE = "2", "Sch 1 p2 health or social care purposes"
    STATUTORY_PURPOSES = "6", "Sch 1 p6 statutory and government purposes"
    UNLAWFUL_ACTS = "10", "Sch 1 p10 preventing or detecting unlawful acts"
    SAFEGUARDING = "18", "Sch 1 p18 safeguarding of children and of individuals at risk"


class ScheduleGround(Code):
    """Why the Schedule 1 paragraph applies here; each paragraph names its own."""

    CONSENT_CANNOT_BE_GIVEN = "consent_cannot_be_given", "Consent cannot be given"
    CONSENT_CANNOT_BE_EXPECTED = (
        "consent_cannot_be_expected",
        "Consent cannot reasonably be expected to be obtained",
    )
    CONSENT_WOULD_PREJUDICE = "consent_would_prejudice", "Asking for consent would prejudice the protection"
    STATUTORY_FUNCTION = "statutory_function", "Necessary for a function that an enactment confers"


class Article10(Code):
    """UK GDPR Article 10 and section 10(5) of the Data Protection Act 2018: data about offences."""

    OFFICIAL_AUTHORITY = "official_authority", "10 under the control of official authority"
    SCHEDULE_1 = "schedule_1", "10 with a condition of Sch 1"


class Part3(Code):
    """Data Protection Act 2018, Part 3: processing by a competent authority for law enforcement."""

    TASK = "s35_2b", "Part 3 s35(2)(b)"
    STRICTLY_NECESSARY = "s35_5_sch8_p4", "Part 3 s35(5) and Sch 8 p4"


class CommonLaw(Code):
    """What lifts the common-law duty of confidence."""

    CONSENT = "consent", "consent"
    BEST_INTERESTS = "best_interests", "best interests of a person who lacks capacity"
    REQUIRED_BY_LAW = "required_by_law", "required by law"
    PUBLIC_INTEREST = "public_interest", "overriding public interest"


class Basis(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """On what one agency shares about one person. None means *not relied upon*."""

    gateway: Gateway
    article6: Article6 | None = None
    article9: Article9 | None = None
    schedule_paragraph: ScheduleParagraph | None = None
    schedule_ground: ScheduleGround | None = None
    article10: Article10 | None = None
    part3: Part3 | None = None
    common_law: CommonLaw | None = None
