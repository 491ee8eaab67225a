"""Seven weeks of new contacts as a contact centre and the police send them, some of them wrong.

An earlier contact about the Carter family of the demonstration is in it, under a name spelt otherwise.
"""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from .people import MEN, SURNAMES, WOMEN, Family, Person, family, phone

FIRST, LAST = datetime(2026, 10, 1, 0, 20), datetime(2026, 11, 19, 23, 40)
GOOD_ROWS = 520
SCHOOLS = (
    "St Chad's Primary",
    "Oakfield Primary",
    "Weaver Hill Junior",
    "Brindley Academy",
    "Trentside High",
)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
AROUND_THE_CLOCK = ("6", "3E", "1A", "1B", "9")
COHORTS = ("children", "domestic_abuse", "adults")
HEADING = [
    "received_at",
    "channel",
    "source",
    "cohort",
    "referrer_name",
    "referrer_role",
    "referrer_organisation",
    "referrer_phone",
    "referrer_confidential",
    "concern",
    "area",
    "address",
    "postcode",
]
for _number in range(1, 7):
    for _what in ("forenames", "surname", "birth", "sex", "relationship", "role", "address", "postcode"):
        HEADING.append(f"person{_number}_{_what}")

Cells = dict[str, str]
Rows = list[tuple[datetime, Cells]]


def intake() -> str:
    random = Random(119)
    texts = tomllib.loads((Path(__file__).parent / "intake.toml").read_text("utf-8"))
    minutes = int((LAST - FIRST).total_seconds() // 60)
    rows: Rows = []
    while len(rows) < GOOD_ROWS - 1:
        moment = FIRST + timedelta(minutes=random.randrange(minutes))
        rows.append(_contact(random, moment, texts))
    rows.append((datetime.fromisoformat(texts["carters"]["received_at"]), texts["carters"]))
    rows.extend(_wrong(random, rows, texts["wrong"]))
    rows.sort(key=lambda row: row[0])
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADING, restval="")
    writer.writeheader()
    writer.writerows(cells for _, cells in rows)
    # One row lost its commas on the way, as happens when a list is mended by hand.
    return out.getvalue() + "2026-11-19 23:55,phone,6,children,short row\r\n"


def _contact(random: Random, moment: datetime, texts: dict[str, Any]) -> tuple[datetime, Cells]:
    cohort = random.choices(COHORTS, (70, 18, 12))[0]
    home = family(
        random, youngest=date(2026, 6, 1), oldest=date(2009, 6, 1), with_man=cohort == "domestic_abuse"
    )
    could_be_said = [
        (said, child)
        for said in texts[cohort]
        for child in home.children
        if (home.man or "{man}" not in said["words"]) and _of_age(child, said.get("ages", (0, 17)))
    ]
    concern, child = random.choice(could_be_said)
    names = {
        "child": child.forenames.split()[0],
        "mother": home.mother.forenames,
        "day": random.choice(DAYS),
        "school": random.choice(SCHOOLS),
    }
    if home.man is not None:
        names["man"] = home.man.forenames
    if cohort == "children":
        people = _household(home, child, man_is_alleged="{man}" in concern["words"])
    elif home.man is not None and cohort == "domestic_abuse":
        people = [_adult(random, home.mother, "", "subject"), _adult(random, home.man, "partner", "alleged")]
    else:
        adult = _someone(random)
        names["adult"] = f"{adult.forenames} {adult.surname}"
        people = [_adult(random, adult, "", "subject")]
    if concern["source"] not in AROUND_THE_CLOCK:
        moment = moment.replace(hour=8 + moment.hour % 10)
    cells = {
        "received_at": moment.strftime(
            "%d/%m/%Y %H:%M" if concern["channel"] == "email" else "%Y-%m-%d %H:%M"
        ),
        "channel": concern["channel"],
        "source": concern["source"],
        "cohort": cohort,
        "referrer_role": concern.get("capacity", ""),
        "referrer_organisation": concern.get("organisation", "").format(**names),
        "referrer_confidential": "yes"
        if concern["source"] in ("1A", "1B", "9")
        else random.choice(("no", "no", "")),
        "concern": concern["words"].format(**names),
        "area": home.gss if random.random() < 0.95 else "",
        "address": home.address,
        "postcode": home.postcode,
    }
    if concern["source"] != "9":
        number = phone(random)
        caller = random.choice(WOMEN if concern["source"] == "1A" else (*WOMEN, *MEN))
        cells["referrer_name"] = f"{caller} {random.choice(SURNAMES)}"
        if concern["source"] == "1C":
            cells["referrer_name"] = f"{home.mother.forenames} {home.mother.surname}"
        cells["referrer_phone"] = f"+44 {number[1:]}" if random.random() < 0.1 else number
    for place, person in enumerate(people, 1):
        cells.update({f"person{place}_{what}": text for what, text in person.items()})
    return moment, cells


def _of_age(child: Person, ages: Sequence[int]) -> bool:
    return ages[0] <= (LAST.date() - child.birth).days // 365 <= ages[1]


def _household(home: Family, subject: Person, *, man_is_alleged: bool) -> list[Cells]:
    people = [_said(subject, str(subject.birth), "", "subject")]
    for child in home.children:
        if child is not subject:
            people.append(_said(child, str(child.birth), "sibling", "household"))
    people.append(_said(home.mother, str(home.mother.birth.year), "mother", "household"))
    if home.man is not None:
        relation = "father" if home.man_is_father else "mother's partner"
        people.append(_said(home.man, "", relation, "alleged" if man_is_alleged else "household"))
    return people


def _adult(random: Random, person: Person, relation: str, role: str) -> Cells:
    birth = random.choice((str(person.birth), f"{person.birth:%d/%m/%Y}", f"c. {person.birth.year}", ""))
    return _said(person, birth, relation, role)


def _someone(random: Random) -> Person:
    is_woman = random.random() < 0.6
    forenames = random.choice(WOMEN if is_woman else MEN)
    birth = date(random.randrange(1933, 1975), random.randrange(1, 13), random.randrange(1, 29))
    return Person(forenames, random.choice(SURNAMES), "F" if is_woman else "M", birth)


def _said(person: Person, birth: str, relationship: str, role: str) -> Cells:
    return {
        "forenames": person.forenames,
        "surname": person.surname,
        "birth": birth,
        "sex": person.sex,
        "relationship": relationship,
        "role": role,
    }


def _wrong(random: Random, rows: Rows, faults: list[Cells]) -> Rows:
    """Copies of good rows with one thing wrong in each, and two rows sent twice."""
    of_children = [row for row in rows if row[1]["cohort"] == "children"]
    spoilt = random.sample(of_children, len(faults))
    return [
        *((moment, {**cells, **fault}) for (moment, cells), fault in zip(spoilt, faults, strict=True)),
        *random.sample(rows, 2),
    ]
