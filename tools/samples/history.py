"""A children in need census return of an invented authority's year, and the key file that lends it names.

Shapes of 2021 to 2026 stand side by side, as in an extract made over years by several systems; some
elements are wrong on purpose. The Carter family of the demonstration is in it, and a child who is not theirs.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

import msgspec

from .people import Family, Person, family

MADE_ON = date(2026, 10, 31)
UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
FAMILIES = 163

KEY_HEADING = (
    *("LAchildID", "forenames", "surname", "also_known_as", "sex", "address", "postcode"),
    *("relation1_forenames", "relation1_surname", "relation1_relation", "relation1_birth"),
    *("relation2_forenames", "relation2_surname", "relation2_relation", "relation2_birth"),
)
SOURCES = ("5D", "6", "2A", "3B", "3E", "1A", "3A", "5A", "4", "1D", "3C", "9", "7", "8", "2B", "3F")
NEEDS = ("N1", "N1", "N1", "N5", "N4", "N3", "N2", "N6", "N8", "N7", "N9")
FACTORS = (
    "3B",
    "4B",
    "1B",
    "2B",
    "16A",
    "17A",
    "4A",
    "18C",
    "6A",
    "5A",
    "7A",
    "14A",
    "15A",
    "3A",
    "11A",
    "24A",
)


class Known(msgspec.Struct, frozen=True):
    """A child of the return: ``episodes`` is XML."""

    number: str
    person: Person
    home: Family
    upn: str
    episodes: str
    shape: int
    also_known_as: str = ""


def history() -> tuple[str, str]:
    """The return and its key file."""
    random = Random(2026)
    known = [*_carters(), _cartwright(), *_others(random)]
    children = [*(_child(random, child) for child in known), *_wrong()]
    random.shuffle(children)
    # A second child of a number that is taken, which must come after the first.
    children.append(
        _wrong_child("<LAchildID>STF0041726</LAchildID><PersonBirthDate>2017-04-03</PersonBirthDate>")
    )
    return _HEAD + "".join(children) + "</Children>\n</Message>\n", _key(random, known)


# --- the family of the demonstration, and the child who is not of it ---


def _carters() -> tuple[Known, Known]:
    mia = Person("Mia Louise", "Carter", "F", date(2017, 4, 3))
    tyler = Person("Tyler", "Carter", "M", date(2020, 6, 17))
    mother = Person("Joanne", "Carter", "F", date(1988, 1, 1))
    home = Family(
        mother, None, False, (mia, tyler), "WBRI", "14 Mill Lane, Stafford", "ST16 2PL", "E07000197"
    )
    first = _episode(
        referred=date(2022, 11, 14),
        source="3B",
        need="N4",
        closed=date(2023, 1, 27),
        reason="RC8",
        assessed=(date(2022, 11, 16), date(2023, 1, 20), ("4B", "20")),
    )
    last = _episode(
        referred=date(2026, 2, 9),
        source="2A",
        need="N5",
        closed=date(2026, 8, 11),
        reason="RC7",
        assessed=(date(2026, 2, 11), date(2026, 4, 1), ("3B", "4B")),
        plan=(date(2026, 4, 9), date(2026, 8, 11)),
    )
    return (
        Known("STF0041726", mia, home, _upn("860", 2134, 21, 17), first + last, 2026),
        Known("STF0041733", tyler, home, "", last, 2026),
    )


def _cartwright() -> Known:
    mia = Person("Mia", "Cartwright", "F", date(2017, 3, 4))
    mother = Person("Helen", "Cartwright", "F", date(1985, 9, 22))
    home = Family(mother, None, False, (mia,), "WBRI", "52 Rowan Court, Cannock", "WS11 5TB", "E07000192")
    episode = _episode(
        referred=date(2021, 5, 19),
        source="3A",
        need="N2",
        closed=date(2021, 9, 30),
        reason="RC8",
        assessed=(date(2021, 5, 24), date(2021, 7, 8), ("6A",)),
    )
    return Known("STF0039918", mia, home, _upn("860", 2155, 21, 7), episode, 2021)


# --- everybody else ---


def _others(random: Random) -> Iterator[Known]:
    number = 50_000
    for _ in range(FAMILIES):
        home = family(random, youngest=date(2026, 10, 20), oldest=date(2009, 1, 1))
        shape = random.choice((2021, 2022, 2023, 2024, 2025, 2026, 2026))
        shared = _life(random, shape, home.children[-1].birth)
        for child in home.children:
            number += random.randrange(1, 40)
            at_school = child.birth < date(2021, 9, 1)
            upn = (
                _upn("860", random.randrange(2000, 4000), random.randrange(14, 26), number)
                if at_school
                else ""
            )
            episodes = shared if random.random() < 0.6 else _life(random, shape, child.birth)
            aka = f"{child.forenames} {home.man.surname}" if home.man and random.random() < 0.06 else ""
            yield Known(f"STF{number:07}", child, home, upn, episodes, shape, aka)


def _life(random: Random, shape: int, born: date) -> str:
    """One to three episodes, one after the other, the last perhaps open; the first may be before birth."""
    first = max(born - timedelta(days=90), date(2018, 1, 8))
    day = first + timedelta(days=random.randrange(max(1, (MADE_ON - first).days - 20)))
    episodes: list[str] = []
    for _ in range(random.choices((1, 2, 3), (76, 19, 5))[0]):
        if day > MADE_ON - timedelta(days=20):
            break
        length = random.choice((1, 1, 12, 38, 60, 95, 180, 320))
        closed = day + timedelta(days=length)
        open_still = closed > MADE_ON
        is_nfa = length == 1
        reason = "RC7"
        if length < 80:
            reason = random.choice(("RC8", "RC8", "RC9" if shape >= 2024 else "RC8", "RC5"))
        episodes.append(
            _episode(
                referred=day,
                source=random.choice(SOURCES if shape >= 2024 else SOURCES[1:]),
                need=random.choice(NEEDS),
                closed=None if open_still else closed,
                reason="" if open_still else reason,
                nfa=is_nfa,
                assessed=None if is_nfa else _assessed(random, day, closed),
                plan=_plan(day, closed) if length >= 95 and shape >= 2022 else None,
                protection=_protection(random, day, closed)
                if length >= 180 and random.random() < 0.45
                else "",
            )
        )
        if open_still:
            break
        day = closed + timedelta(days=random.randrange(20, 700))
    return "".join(episodes)


def _assessed(random: Random, day: date, closed: date) -> tuple[date, date | None, tuple[str, ...]]:
    start = day + timedelta(days=random.randrange(0, 4))
    end = min(start + timedelta(days=random.randrange(9, 62)), closed)
    factors = tuple(random.sample(FACTORS, random.randrange(1, 4)))
    return (start, end, factors) if end <= MADE_ON else (start, None, ())


def _plan(day: date, closed: date) -> tuple[date, date | None] | None:
    start = day + timedelta(days=50)
    if start > MADE_ON:
        return None
    return start, closed if closed <= MADE_ON else None


def _protection(random: Random, day: date, closed: date) -> str:
    enquiry = day + timedelta(days=4)
    conference = enquiry + timedelta(days=19)
    if conference > MADE_ON - timedelta(days=100):
        return ""
    category = random.choice(("NEG", "EMO", "PHY", "SAB"))
    ended = f"<CPPendDate>{closed}</CPPendDate>" if closed <= MADE_ON else ""
    review = conference + timedelta(days=88)
    return (
        f"<Section47><S47ActualStartDate>{enquiry}</S47ActualStartDate>"
        f"<InitialCPCtarget>{enquiry + timedelta(days=21)}</InitialCPCtarget>"
        f"<DateOfInitialCPC>{conference}</DateOfInitialCPC><ICPCnotRequired>false</ICPCnotRequired></Section47>\n"
        f"<ChildProtectionPlans><CPPstartDate>{conference}</CPPstartDate>{ended}"
        f"<InitialCategoryOfAbuse>{category}</InitialCategoryOfAbuse>"
        f"<LatestCategoryOfAbuse>{category}</LatestCategoryOfAbuse><NumberOfPreviousCPP>0</NumberOfPreviousCPP>"
        f"<Reviews><CPPreviewDate>{review}</CPPreviewDate></Reviews></ChildProtectionPlans>\n"
    )


# --- XML ---

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<Message>
<Header>
<CollectionDetails><Collection>CIN</Collection><Year>2026</Year><ReferenceDate>2026-10-31</ReferenceDate></CollectionDetails>
<Source><SourceLevel>L</SourceLevel><LEA>860</LEA><SoftwareCode>Sample</SoftwareCode><Release>1</Release>
<SerialNo>001</SerialNo><DateTime>2026-11-02T06:15:00</DateTime></Source>
<Content><CBDSLevels><CBDSLevel>Child</CBDSLevel></CBDSLevels></Content>
</Header>
<Children>
"""


def _episode(
    *,
    referred: date,
    source: str,
    need: str,
    closed: date | None,
    reason: str,
    nfa: bool = False,
    assessed: tuple[date, date | None, tuple[str, ...]] | None = None,
    plan: tuple[date, date | None] | None = None,
    protection: str = "",
) -> str:
    xml = (
        f"<CINdetails><CINreferralDate>{referred}</CINreferralDate><ReferralSource>{source}</ReferralSource>"
    )
    xml += f"<PrimaryNeedCode>{need}</PrimaryNeedCode>"
    if closed:
        xml += f"<CINclosureDate>{closed}</CINclosureDate><ReasonForClosure>{reason}</ReasonForClosure>"
    xml += "\n"
    if assessed:
        start, end, factors = assessed
        xml += f"<Assessments><AssessmentActualStartDate>{start}</AssessmentActualStartDate>"
        if end:
            each = "".join(f"<AssessmentFactors>{factor}</AssessmentFactors>" for factor in factors)
            xml += f"<AssessmentAuthorisationDate>{end}</AssessmentAuthorisationDate>"
            xml += f"<FactorsIdentifiedAtAssessment>{each}</FactorsIdentifiedAtAssessment>"
        xml += "</Assessments>\n"
    if plan:
        xml += f"<CINPlanDates><CINPlanStartDate>{plan[0]}</CINPlanStartDate>"
        xml += f"<CINPlanEndDate>{plan[1]}</CINPlanEndDate>" if plan[1] else ""
        xml += "</CINPlanDates>\n"
    section_47, _, plans = protection.partition("\n")
    return f"{xml}{section_47}<ReferralNFA>{'true' if nfa else 'false'}</ReferralNFA>{plans}</CINdetails>\n"


def _child(random: Random, child: Known) -> str:
    born = child.person.birth
    is_unborn = _is_unborn(child.person)
    said = [f"<LAchildID>{child.number}</LAchildID>"]
    if child.upn:
        said.append(f"<UPN>{child.upn}</UPN>")
        if random.random() < 0.04:
            former = _upn("861", random.randrange(2000, 4000), 19, random.randrange(1000))
            said.append(f"<FormerUPN>{former}</FormerUPN>")
    else:
        # Some systems leave the name of the next element behind as text.
        stray = "PersonBirthDate" if random.random() < 0.05 else ""
        said.append(f"<UPNunknown>{'UN3' if born.year > 2021 else 'UN4'}</UPNunknown>{stray}")
    if is_unborn:
        said.append(f"<ExpectedPersonBirthDate>{born + timedelta(days=180)}</ExpectedPersonBirthDate>")
    else:
        written = random.choices(("{}", "{}Z", "{}T00:00:00", "\n  {}\n  "), (91, 3, 3, 3))[0]
        said.append(f"<PersonBirthDate>{written.format(born)}</PersonBirthDate>")
    if child.shape >= 2025:
        said.append(f"<Sex>{'U' if is_unborn else child.person.sex}</Sex>")
    else:
        said.append(
            f"<GenderCurrent>{'0' if is_unborn else {'M': '1', 'F': '2'}[child.person.sex]}</GenderCurrent>"
        )
    identifiers = f"<ChildIdentifiers>{''.join(said)}</ChildIdentifiers>\n"
    disabled = random.choices(("", "NONE", "AUT", "LD", "MOB"), (50, 40, 5, 3, 2))[0]
    disabilities = f"<Disabilities><Disability>{disabled}</Disability></Disabilities>" if disabled else ""
    characteristics = (
        f"<ChildCharacteristics><Ethnicity>{child.home.ethnicity}</Ethnicity>{disabilities}</ChildCharacteristics>\n"
        if random.random() < 0.97
        else ""
    )
    xml = f"<Child>\n{identifiers}{characteristics}{child.episodes}</Child>\n"
    # One of the systems puts every element on a line of its own.
    return xml.replace("><", ">\n <") if random.random() < 0.04 else xml


def _is_unborn(person: Person) -> bool:
    """Whether the return was made before this birth, which is put off for the purpose."""
    return person.birth > MADE_ON - timedelta(days=160)


def _upn(authority: str, school: int, year: int, serial: int) -> str:
    """A unique pupil number with its check letter."""
    digits = f"{authority}{school:04}{year:02}{serial % 1000:03}"
    total = sum(int(digit) * place for place, digit in enumerate(digits, 2))
    return UPN_LETTERS[total % 23] + digits


# --- what is wrong on purpose, one kind each ---


GOOD = _episode(referred=date(2024, 3, 4), source="6", need="N1", closed=date(2024, 4, 2), reason="RC8")


def _wrong_child(identifiers: str, episodes: str = GOOD) -> str:
    return f"<Child>\n<ChildIdentifiers>{identifiers}</ChildIdentifiers>\n{episodes}</Child>\n"


def _wrong() -> Iterator[str]:
    good, child = GOOD, _wrong_child
    born = "<PersonBirthDate>2013-05-06</PersonBirthDate><Sex>F</Sex>"
    number = (f"<LAchildID>STF009{count:04}</LAchildID>" for count in range(100))
    yield child(born)
    yield child(f"<LAchildID>=STF0090000</LAchildID>{born}")
    yield child(next(number) + "<Sex>M</Sex>")
    yield child(next(number) + "<PersonBirthDate>06/05/2013</PersonBirthDate><Sex>M</Sex>")
    yield child(next(number) + "<PersonBirthDate>2013-02-30</PersonBirthDate><Sex>M</Sex>")
    yield child(next(number) + "<PersonBirthDate>2126-05-06</PersonBirthDate><Sex>M</Sex>")
    yield child(next(number) + born, "")
    yield child(next(number) + "<UPN>A860213421017</UPN>" + born)
    yield child(next(number) + "<UPN>86021342</UPN>" + born)
    yield child(next(number) + "<PersonBirthDate>2013-05-06</PersonBirthDate><Sex>X</Sex>")
    yield child(
        next(number)
        + "<PersonBirthDate>2013-05-06</PersonBirthDate><PersonDeathDate>2012-01-01</PersonDeathDate>"
    )
    yield child(next(number) + born, good.replace("2024-04-02", "2023-04-02"))
    yield child(next(number) + born, good.replace(">6<", ">6Z<") + good.replace("2024-03-04", ""))
    yield child(next(number) + born, good.replace("RC8", "RC88"))
    yield child(next(number) + born, good + good)
    yield child(
        next(number) + born,
        _episode(
            referred=date(2024, 3, 4),
            source="6",
            need="N1",
            closed=None,
            reason="",
            assessed=(date(2024, 3, 5), date(2024, 4, 1), ("RB", "3B")),
            plan=(date(2024, 5, 1), date(2024, 4, 1)),
        ),
    )
    yield child(
        next(number) + born,
        good.replace(
            "</CINdetails>",
            "<ChildProtectionPlans><InitialCategoryOfAbuse>NEG</InitialCategoryOfAbuse></ChildProtectionPlans>"
            "</CINdetails>",
        ).replace(">false<", ">perhaps<"),
    )


# --- the key file ---


def _key(random: Random, known: list[Known]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(KEY_HEADING)
    for child in known:
        home = child.home
        relations = [(home.mother, "mother")]
        if home.man is not None:
            relations.append((home.man, "father" if home.man_is_father else "mother's partner"))
        cells = [
            child.number,
            child.person.forenames,
            child.person.surname,
            child.also_known_as,
            child.person.sex,
        ]
        cells += [home.address, home.postcode]
        for person, relation in relations:
            cells += [person.forenames, person.surname, relation, _said(random, person)]
        writer.writerow(cells + [""] * (len(KEY_HEADING) - len(cells)))
    for wrong in (
        ("STF0999999", "Nobody", "Inthereturn", "", "F", "", ""),
        ("STF0041726", "Mia", "Carter", "", "F", "", ""),
        ("STF0999998", "Leo", "Salt", "", "male or so", "", ""),
    ):
        writer.writerow([*wrong, *[""] * (len(KEY_HEADING) - len(wrong))])
    return out.getvalue()


def _said(random: Random, person: Person) -> str:
    """A birth date as far as an authority knows an adult's: often the year alone."""
    if (person.forenames, person.surname) == ("Joanne", "Carter"):
        return "1988, estimated"
    return str(random.choice((person.birth, person.birth.year, f"{person.birth.year}, estimated")))
