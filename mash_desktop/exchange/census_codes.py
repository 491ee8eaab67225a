"""Code sets that only the children in need census has, with the words a person reads.

As in the census guides of the Department for Education for 2021 to 2026; a code of an earlier year is
kept, since history is read as it was written. Code sets that the hub itself uses are in ``domain.codes``.
"""

from __future__ import annotations

from mash_desktop.domain.codes import Code


class ClosureReason(Code):
    ADOPTED = "RC1", "Adopted"
    DIED = "RC2", "Died"
    CHILD_ARRANGEMENTS_ORDER = "RC3", "Child arrangements order"
    SPECIAL_GUARDIANSHIP_ORDER = "RC4", "Special guardianship order"
    TRANSFERRED = "RC5", "Transferred to another local authority"
    TO_ADULT_SERVICES = "RC6", "Transferred to adult social care"
    SERVICES_CEASED = "RC7", "Services ceased, including child no longer in need"
    NO_FURTHER_ACTION = "RC8", "Closed after assessment, no further action"
    TO_EARLY_HELP = "RC9", "Closed after assessment, referred to early help"


class AbuseCategory(Code):
    """Category of abuse of a child protection plan."""

    NEGLECT = "NEG", "Neglect"
    PHYSICAL = "PHY", "Physical abuse"
    SEXUAL = "SAB", "Sexual abuse"
    EMOTIONAL = "EMO", "Emotional abuse"
    MULTIPLE = "MUL", "Multiple"


class Disability(Code):
    NONE = "NONE", "No disability"
    MOBILITY = "MOB", "Mobility"
    HAND = "HAND", "Hand function"
    PERSONAL_CARE = "PC", "Personal care"
    INCONTINENCE = "INC", "Incontinence"
    COMMUNICATION = "COMM", "Communication"
    LEARNING = "LD", "Learning"
    HEARING = "HEAR", "Hearing"
    VISION = "VIS", "Vision"
    BEHAVIOUR = "BEH", "Behaviour"
    CONSCIOUSNESS = "CON", "Consciousness"
    AUTISM = "AUT", "Autism or Asperger syndrome"
    OTHER = "DDA", "Other, under the Equality Act"


class AssessmentFactor(Code):
    """Factors identified at the end of an assessment.

    18A and 19A were split into B and C by 2021; children of earlier years still carry them.
    """

    ALCOHOL_CHILD = "1A", "Alcohol misuse: child"
    ALCOHOL_PARENT = "1B", "Alcohol misuse: parent or carer"
    ALCOHOL_OTHER = "1C", "Alcohol misuse: another in the household"
    DRUGS_CHILD = "2A", "Drug misuse: child"
    DRUGS_PARENT = "2B", "Drug misuse: parent or carer"
    DRUGS_OTHER = "2C", "Drug misuse: another in the household"
    DOMESTIC_ABUSE_CHILD = "3A", "Domestic abuse: child the subject"
    DOMESTIC_ABUSE_PARENT = "3B", "Domestic abuse: parent or carer the subject"
    DOMESTIC_ABUSE_OTHER = "3C", "Domestic abuse: another in the household the subject"
    MENTAL_HEALTH_CHILD = "4A", "Mental health: child"
    MENTAL_HEALTH_PARENT = "4B", "Mental health: parent or carer"
    MENTAL_HEALTH_OTHER = "4C", "Mental health: another in the household"
    LEARNING_DISABILITY_CHILD = "5A", "Learning disability: child"
    LEARNING_DISABILITY_PARENT = "5B", "Learning disability: parent or carer"
    LEARNING_DISABILITY_OTHER = "5C", "Learning disability: another in the household"
    PHYSICAL_DISABILITY_CHILD = "6A", "Physical disability or illness: child"
    PHYSICAL_DISABILITY_PARENT = "6B", "Physical disability or illness: parent or carer"
    PHYSICAL_DISABILITY_OTHER = "6C", "Physical disability or illness: another in the household"
    YOUNG_CARER = "7A", "Young carer"
    FOSTERED_RETURNING = "8B", "Privately fostered: from overseas, to return"
    FOSTERED_STAYING = "8C", "Privately fostered: from overseas, to stay"
    FOSTERED_EDUCATION = "8D", "Privately fostered: in an educational placement"
    FOSTERED_FAMILY = "8E", "Privately fostered: alternative family arrangements"
    FOSTERED_OTHER = "8F", "Privately fostered: other"
    UNACCOMPANIED = "9A", "Unaccompanied asylum-seeking child"
    MISSING = "10A", "Going missing"
    SEXUAL_EXPLOITATION = "11A", "Child sexual exploitation"
    TRAFFICKING = "12A", "Trafficking"
    GANGS = "13A", "Gangs"
    BEHAVIOUR = "14A", "Socially unacceptable behaviour"
    SELF_HARM = "15A", "Self-harm"
    NEGLECT = "16A", "Neglect"
    EMOTIONAL_ABUSE = "17A", "Emotional abuse"
    PHYSICAL_ABUSE = "18A", "Physical abuse"
    PHYSICAL_ABUSE_BY_CHILD = "18B", "Physical abuse: child on child"
    PHYSICAL_ABUSE_BY_ADULT = "18C", "Physical abuse: adult on child"
    SEXUAL_ABUSE = "19A", "Sexual abuse"
    SEXUAL_ABUSE_BY_CHILD = "19B", "Sexual abuse: child on child"
    SEXUAL_ABUSE_BY_ADULT = "19C", "Sexual abuse: adult on child"
    OTHER = "20", "Other"
    NONE_IDENTIFIED = "21", "No factors identified"
    GENITAL_MUTILATION = "22A", "Female genital mutilation"
    FAITH_OR_BELIEF = "23A", "Abuse linked to faith or belief"
    CRIMINAL_EXPLOITATION = "24A", "Child criminal exploitation"
