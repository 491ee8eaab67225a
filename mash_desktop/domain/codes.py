"""Closed code sets, each with the label a person reads.

The codes here are fixed by law, a census or the product itself: what hubs may differ in (ladders,
routes, limits, agencies) lives in the hub's configuration, and levels, stages and roles live with their
rules. Census wording follows the children in need census guide of the Department for Education.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Code(StrEnum):
    """A code whose value is stored and sent, and whose ``label`` is shown."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


class Cohort(Code):
    """Whose concern it is; it settles the owning agency and the ladder of levels."""

    CHILDREN = "children", "Children"
    ADULTS = "adults", "Adults"
    DOMESTIC_ABUSE = "domestic_abuse", "Domestic abuse"


class SourceOfContact(Code):
    """Children in need census: source of referral."""

    FAMILY = "1A", "Individual: family member, relative or carer"
    ACQUAINTANCE = "1B", "Individual: acquaintance, including neighbours and child minders"
    SELF = "1C", "Individual: self"
    OTHER_INDIVIDUAL = "1D", "Individual: other, including strangers and MPs"
    SCHOOLS = "2A", "Schools"
    EDUCATION_SERVICES = "2B", "Education services"
    GP = "3A", "Health services: GP"
    HEALTH_VISITOR = "3B", "Health services: health visitor"
    SCHOOL_NURSE = "3C", "Health services: school nurse"
    OTHER_PRIMARY_HEALTH = "3D", "Health services: other primary health services"
    EMERGENCY_DEPARTMENT = "3E", "Health services: A&E (emergency department)"
    OTHER_HEALTH = "3F", "Health services: other, such as a hospice"
    HOUSING = "4", "Housing: local authority housing or housing association"
    SOCIAL_CARE = "5A", "Local authority services: social care, such as adults' social care"
    OTHER_INTERNAL = "5B", "Local authority services: other internal, such as youth offending"
    OTHER_AUTHORITY = "5C", "Local authority services: external, such as another authority's social care"
    EARLY_HELP = "5D", "Local authority services: early help"
    POLICE = "6", "Police"
    OTHER_LEGAL = "7", "Other legal agency, including courts, probation, immigration, CAFCASS and prison"
    OTHER = "8", "Other, including children's centres, independent providers and voluntary organisations"
    ANONYMOUS = "9", "Anonymous"
    UNKNOWN = "10", "Unknown"


class PrimaryNeed(Code):
    """Children in need census: primary need code, in table order: where two fit, the higher is taken."""

    ABUSE_OR_NEGLECT = "N1", "Abuse or neglect"
    CHILDS_DISABILITY = "N2", "Child's disability or illness"
    PARENTAL_DISABILITY = "N3", "Parental disability or illness"
    ACUTE_STRESS = "N4", "Family in acute stress"
    FAMILY_DYSFUNCTION = "N5", "Family dysfunction"
    UNACCEPTABLE_BEHAVIOUR = "N6", "Socially unacceptable behaviour"
    LOW_INCOME = "N7", "Low income"
    ABSENT_PARENTING = "N8", "Absent parenting"
    OTHER_THAN_IN_NEED = "N9", "Cases other than children in need"
    NOT_STATED = "N0", "Not stated"


class Ethnicity(Code):
    """Ethnic group as the children in need and school censuses code it."""

    WHITE_BRITISH = "WBRI", "White: British"
    WHITE_IRISH = "WIRI", "White: Irish"
    IRISH_TRAVELLER = "WIRT", "White: Traveller of Irish heritage"
    WHITE_OTHER = "WOTH", "White: any other White background"
    GYPSY_ROMA = "WROM", "White: Gypsy or Roma"
    WHITE_AND_BLACK_CARIBBEAN = "MWBC", "Mixed: White and Black Caribbean"
    WHITE_AND_BLACK_AFRICAN = "MWBA", "Mixed: White and Black African"
    WHITE_AND_ASIAN = "MWAS", "Mixed: White and Asian"
    MIXED_OTHER = "MOTH", "Mixed: any other mixed background"
    INDIAN = "AIND", "Asian or Asian British: Indian"
    PAKISTANI = "APKN", "Asian or Asian British: Pakistani"
    BANGLADESHI = "ABAN", "Asian or Asian British: Bangladeshi"
    ASIAN_OTHER = "AOTH", "Asian or Asian British: any other Asian background"
    CARIBBEAN = "BCRB", "Black or Black British: Caribbean"
    AFRICAN = "BAFR", "Black or Black British: African"
    BLACK_OTHER = "BOTH", "Black or Black British: any other Black background"
    CHINESE = "CHNE", "Chinese"
    OTHER = "OOTH", "Any other ethnic group"
    REFUSED = "REFU", "Refused"
    NOT_YET_OBTAINED = "NOBT", "Information not yet obtained"


class Sex(Code):
    MALE = "M", "Male"
    FEMALE = "F", "Female"
    UNKNOWN = "U", "Unknown"


class AbuseType(Code):
    """Adult safeguarding: the kinds of the care and support statutory guidance, and sexual exploitation."""

    PHYSICAL = "physical", "Physical"
    SEXUAL = "sexual", "Sexual"
    PSYCHOLOGICAL = "psychological", "Psychological"
    FINANCIAL = "financial_or_material", "Financial or material"
    DISCRIMINATORY = "discriminatory", "Discriminatory"
    ORGANISATIONAL = "organisational", "Organisational"
    NEGLECT = "neglect_and_acts_of_omission", "Neglect and acts of omission"
    DOMESTIC = "domestic_abuse", "Domestic abuse"
    SEXUAL_EXPLOITATION = "sexual_exploitation", "Sexual exploitation"
    MODERN_SLAVERY = "modern_slavery", "Modern slavery"
    SELF_NEGLECT = "self_neglect", "Self-neglect"


class Rag(Code):
    """The hub's rating of a referral. Shown by shape and letter too: colour alone tells nobody everything."""

    RED = "red", "Red"
    AMBER = "amber", "Amber"
    GREEN = "green", "Green"
    BLUE = "blue", "Blue"
    """Untimed; only of hubs that offer it (``HubConfig.ratings``)."""

    @property
    def shape(self) -> str:
        return {Rag.RED: "◆", Rag.AMBER: "▲", Rag.GREEN: "●", Rag.BLUE: "■"}[self]

    @property
    def letter(self) -> str:
        return self.label[0]


class Voice(Code):
    """How the writer came by a statement."""

    FACT = "fact", "Fact"
    SEEN = "seen", "Seen"
    OPINION = "opinion", "Opinion"
    TOLD = "told", "Told"


class Significance(Code):
    """How much a line of the chronology weighs."""

    LOW = "low", "Low"
    MEDIUM = "medium", "Medium"
    HIGH = "high", "High"


class ContactChannel(Code):
    PHONE = "phone", "Phone"
    ONLINE_FORM = "online_form", "Online form"
    EMAIL = "email", "E-mail"
    POLICE_FEED = "police_feed", "Police feed"
    LETTER = "letter", "Letter"
    IN_PERSON = "in_person", "In person"
    OTHER_SYSTEM = "other_system", "Other system"


class AnswerResult(Code):
    """What an agency answered about one person."""

    FINDINGS = "findings", "Findings"
    NOTHING_HELD = "nothing_held", "Nothing held"
    REFUSED = "refused", "Refused"


class NotToldReason(Code):
    """Why a person was not told that information about them is shared."""

    RAISES_RISK = "raises_risk", "Telling them raises the risk to someone"
    PREJUDICES_INVESTIGATION = "prejudices_investigation", "Telling them prejudices an investigation"
    LOSES_EVIDENCE = "loses_evidence", "Telling them could lose evidence"
    DELAY = "delay", "Finding and telling them would cause harmful delay"


class RefusalReason(Code):
    """Why an agency will not share what it holds.

    Once section 16LA of the Children Act 2004 is in force, what is held about a child may be withheld
    only as *not relevant* or *more detrimental to share*: see ``is_16la``.
    """

    NOT_RELEVANT = "not_relevant", "Not relevant to the welfare of the child"
    MORE_DETRIMENTAL = "more_detrimental", "Sharing would be more detrimental than withholding"
    NO_LAWFUL_BASIS = "no_lawful_basis", "No lawful basis to share"
    CONFIDENTIALITY = "confidentiality", "Duty of confidence is not outweighed"
    PREJUDICES_INVESTIGATION = "prejudices_investigation", "Sharing would prejudice an investigation"
    COURT_RESTRICTION = "court_restriction", "A court restricts disclosure"
    NOT_OURS_TO_SHARE = "not_ours_to_share", "Held for another agency, which must agree"
    CONDITIONS_NOT_MET = "conditions_not_met", "Handling conditions on the material are not met"

    @property
    def is_16la(self) -> bool:
        return self in (RefusalReason.NOT_RELEVANT, RefusalReason.MORE_DETRIMENTAL)


class IntelligenceSource(Code):
    """Police intelligence report, 3x5x2: the source."""

    RELIABLE = "1", "Reliable"
    UNTESTED = "2", "Untested"
    NOT_RELIABLE = "3", "Not reliable"


class IntelligenceGrade(Code):
    """Police intelligence report, 3x5x2: how the source knows."""

    KNOWN_DIRECTLY = "A", "Known directly to the source"
    CORROBORATED = "B", "Known indirectly to the source but corroborated"
    KNOWN_INDIRECTLY = "C", "Known indirectly to the source"
    NOT_KNOWN = "D", "Not known"
    SUSPECTED_FALSE = "E", "Suspected to be false"


class IntelligenceHandling(Code):
    """Police intelligence report, 3x5x2: who may have it."""

    SHARING_PERMITTED = "P", "Lawful sharing permitted"
    WITH_CONDITIONS = "C", "Lawful sharing permitted with conditions"


class DataKind(Code):
    """Kinds of personal data that the law treats apart."""

    ORDINARY = "ordinary", "Ordinary"
    SPECIAL_CATEGORY = "special_category", "Special category"
    CRIMINAL_OFFENCE = "criminal_offence", "Criminal offence"
    CONFIDENTIAL_HEALTH = "confidential_health", "Confidential health"


class AgencyKind(Code):
    CHILDRENS_SOCIAL_CARE = "childrens_social_care", "Children's social care"
    ADULT_SOCIAL_CARE = "adult_social_care", "Adult social care"
    POLICE = "police", "Police"
    HEALTH_TRUST = "health_trust", "Health trust"
    MENTAL_HEALTH_TRUST = "mental_health_trust", "Mental health trust"
    PROBATION = "probation", "Probation"
    EDUCATION = "education", "Education"
    HOUSING = "housing", "Housing"
    AMBULANCE = "ambulance", "Ambulance"
    YOUTH_OFFENDING = "youth_offending", "Youth offending"
    HUB = "hub", "Hub"
    OTHER = "other", "Other"


class EscalationStage(Code):
    """The rungs of a professional disagreement."""

    PRACTITIONERS = "1", "Stage 1: between practitioners"
    MANAGERS = "2", "Stage 2: between their managers"
    SENIOR_MANAGERS = "3", "Stage 3: between senior managers"
    PARTNERSHIP = "4", "Stage 4: before the safeguarding partnership or board"


class RiskOutcome(Code):
    """Adult safeguarding enquiry: what became of the risk."""

    REMOVED = "removed", "Risk removed"
    REDUCED = "reduced", "Risk reduced"
    REMAINED = "remained", "Risk remained"


class Marker(Code):
    """Standing warnings on an identity; they hold wherever the person appears."""

    RESTRICTED = "restricted", "Restricted record"
    ADDRESS_SUPPRESSED = "address_suppressed", "Address suppressed"
    NOT_FOR_DISCLOSURE_TO_SUBJECT = "not_for_disclosure_to_subject", "Not for disclosure to subject"
    UNSAFE_TO_CONTACT = "unsafe_to_contact", "Unsafe to contact"
    REFERRER_ANONYMOUS = "referrer_anonymous", "Referrer anonymous"


class Marking(Code):
    """Government security classification, with its handling caveat."""

    OFFICIAL = "OFFICIAL", "OFFICIAL"
    OFFICIAL_SENSITIVE = "OFFICIAL-SENSITIVE", "OFFICIAL-SENSITIVE"


class ToolAnswer(Code):
    """Answer to one question of a domestic abuse tool."""

    YES = "yes", "Yes"
    NO = "no", "No"
    DONT_KNOW = "dont_know", "Don't know"


class MaracRoute(Code):
    """What brings a case to MARAC; any one is enough."""

    SCORE = "score", "Visible high risk by score"
    PROFESSIONAL_JUDGEMENT = "professional_judgement", "Professional judgement"
    ESCALATION = "escalation", "Escalation: three events in 12 months"
    REPEAT = "repeat", "Repeat within 12 months of the last referral"


class RetentionTrigger(Code):
    """What starts the retention period of a record."""

    RECORDED = "recorded", "When it was recorded"
    CONTACT_CLOSED = "contact_closed", "When a contact that went no further was closed"
    REFERRAL_CLOSED = "referral_closed", "When the referral was closed"
    LAST_INVOLVEMENT = "last_involvement", "When the hub was last involved with the person"
    DATE_OF_BIRTH = "date_of_birth", "The person's date of birth"
    DATE_OF_DEATH = "date_of_death", "The person's date of death"
    SHARING_AGREEMENT_ENDED = "sharing_agreement_ended", "When the sharing agreement ended"


class RetentionAction(Code):
    """What happens when the period is over."""

    DISPOSE = "dispose", "Dispose of"
    REVIEW = "review", "Review"
    KEEP = "keep", "Keep permanently"


class Attendance(Code):
    """How an agency took part in a round table or strategy discussion."""

    PRESENT = "present", "Present"
    APOLOGIES = "apologies", "Apologies"
    SENT_INFORMATION = "sent_information", "Sent information"
    OBSERVER = "observer", "Observer"
