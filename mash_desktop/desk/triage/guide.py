"""Reminders while a contact is taken: the threshold guide, and what is still to ask.

Both are worked out from what was typed and recorded, and decide nothing. The guide's table is a resource that
a hub can read; what is still to ask follows from what the process records.
"""

from __future__ import annotations

import re
import tomllib
from datetime import date
from functools import cache

import msgspec

from resources import FOLDER

from ...domain.assessments import QUESTION_SETS
from ...domain.codes import Cohort
from ...domain.entries.contact import AdultRecorded, SettingRecorded, TellingRecorded
from ...domain.fold import Referral
from ..desk import Desk
from .forms import Account, Assessed, Clock

SCHOOL_AGES = range(4, 18)


class Reminder(msgspec.Struct, frozen=True, rename={"also": "and"}):
    """One line of the guide's table; every condition that it names must hold."""

    words: str
    says: str
    cohorts: tuple[Cohort, ...]
    tone: str = "amber"
    any: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    under: int | None = None
    repeat: bool = False
    danger: bool = False


class Reminded(msgspec.Struct, frozen=True):
    """A reminder that holds: its words, what it points at, and the typed word that brought it."""

    words: str
    says: str
    tone: str
    because: str = ""


@cache
def reminders() -> tuple[Reminder, ...]:
    """The guide's table."""
    table = tomllib.loads((FOLDER / "threshold-guide.toml").read_text(encoding="utf-8"))
    return msgspec.convert(table["reminders"], tuple[Reminder, ...])


def reminded(referral: Referral, account: Account, repeat: bool, today: date) -> tuple[Reminded, ...]:
    """The reminders that hold for a contact with these words typed so far."""
    words = account.words.lower().replace("’", "'")
    youngest = _youngest(referral, today)
    found = []
    for one in reminders():
        if referral.cohort not in one.cohorts:
            continue
        because = _word_in(one.any, words)
        holds = (
            (not one.any or because)
            and (not one.also or _word_in(one.also, words))
            and not (one.without and _word_in(one.without, words))
            and (one.under is None or (youngest is not None and youngest < one.under))
            and (not one.repeat or repeat)
            and (not one.danger or account.danger == "yes")
        )
        if holds:
            found.append(Reminded(one.words, one.says, one.tone, because))
    return tuple(found)


def remind(desk: Desk, stream: str, account: Account, repeat: bool) -> tuple[Reminded, ...]:
    """The reminders of a contact at this desk, for the words as they stand in its field."""
    return reminded(desk.referral(stream), account, repeat, Clock.of(desk).today)


def _word_in(stems: tuple[str, ...], words: str) -> str:
    """The first word typed that begins with one of the stems."""
    for stem in stems:
        at = re.search(rf"(?<![\w]){re.escape(stem)}[\w']*", words)
        if at is not None:
            return at.group()
    return ""


def _youngest(referral: Referral, today: date) -> int | None:
    ages = []
    for subject in referral.of_concern:
        birth = referral.subjects[subject].body.birth
        age = birth.age_on(today) if birth else None
        if age is not None:
            ages.append(age[0])
    return min(ages, default=None)


def still_to_ask(
    referral: Referral, cohort: Cohort, account: Account, assessed: Assessed, today: date
) -> tuple[str, ...]:
    """What the process records and nobody has been asked yet, the most pressing first."""
    children = cohort is Cohort.CHILDREN
    setting = referral.opened is not None and referral.opened.body.organisational
    subjects = [made.body for made in referral.subjects.values()]
    concerned = [body for body in subjects if body.of_concern]
    asked: list[tuple[bool, str]] = [
        (not account.words.strip(), "What happened?"),
        (not concerned, "Who is it about?"),
        (not account.danger, "Is anyone in immediate danger?"),
        (not account.where_now.strip(), "Where is the child now?" if children else "Where are they now?"),
        (not account.next_access.strip(), "When is the next access?"),
        (
            not referral.all(TellingRecorded),
            "Were the parents told?" if children else "Does the person know of this call?",
        ),
        (any(body.birth is None for body in concerned), "Date of birth?"),
        (setting and not referral.all(SettingRecorded), "Which setting?"),
        (not setting and not referral.addresses, "Where do they live?"),
        (not setting and bool(subjects) and len(subjects) == len(concerned), "Anyone else at home?"),
        (
            children and any(_at_school(body.birth, today) and not body.school for body in concerned),
            "Which school?",
        ),
        (not account.incident_on.strip(), "When did it happen?"),
    ]
    if cohort is Cohort.ADULTS:
        recorded = referral.all(AdultRecorded)
        asked.insert(
            3, (not any(one.body.wishes for one in recorded), "What does the person want to happen?")
        )
        asked.insert(4, (all(one.body.consent is None for one in recorded), "Do they consent?"))
        asked.insert(5, (not account.abuse_types, "Which kinds of abuse?"))
    elif children:
        asked.append((not account.primary_need, "Primary need?"))
    else:
        tool = QUESTION_SETS.get(assessed.tool)
        left = len(tool.questions) - len(assessed.answers) if tool else 0
        asked.insert(3, (left > 0, f"{left} questions of {tool.tool}" if tool else ""))
    return tuple(words for missing, words in asked if missing)


def _at_school(birth: object, today: date) -> bool:
    age = getattr(birth, "age_on", lambda _day: None)(today)
    return age is None or age[0] in SCHOOL_AGES
