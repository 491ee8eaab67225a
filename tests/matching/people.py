"""An invented town of families, and what becomes of people's particulars when they are told again."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from msgspec.structs import replace

from mash_desktop.domain.codes import Sex
from mash_desktop.domain.partial_date import PartialDate
from mash_desktop.matching import PersonFacts, Residence

_GIRLS = """
Mia Olivia Amelia Isla Ava Freya Lily Florence Poppy Ella Charlotte Siân Zofia Aaliyah Chloe Jessica Joanne
Elizabeth Catherine Margaret Susan Karen Donna Tracey Priya Fatima Agnieszka Bethany Rebecca Victoria Samantha
"""
_BOYS = """
Oliver George Arthur Noah Leo Oscar Tyler Jayden Kai Mason Muhammad Lee Dean Darren Wayne Stephen Michael
Robert William Thomas James Christopher Anthony Daniel Matthew Jakub Piotr Tolu Rajesh Imran Seán Benjamin
"""
_SURNAMES = """
Smith Jones Taylor Brown Williams Wilson Johnson Davies Patel Wright Walker White Edwards Hughes Carter
Cartwright Bennett Adeyemi Whitfield Price Lindqvist Marsh Okafor Shaw Lowe Iqbal Nair Khan Kowalski O'Brien
McDonald Begum Ali Hussain Clarke Clark Colclough Bloor Machin Sherratt Tunnicliffe Brindley Mellor Heath Salt
"""
GIRLS, BOYS, SURNAMES = _GIRLS.split(), _BOYS.split(), _SURNAMES.split()
STREETS = ("Mill Lane", "Elm Road", "Church Street", "Oak Close", "Canal Terrace", "St Chad's Road")
SCHOOLS = ("St Chad's Primary", "Oakfield Primary School", "Hillside Academy", "Trentside High School")

_SHORT = {
    "Elizabeth": "Lizzie", "Catherine": "Kate", "Margaret": "Maggie", "Robert": "Bob", "William": "Billy",
    "Thomas": "Tom", "Michael": "Mick", "Christopher": "Chris", "Rebecca": "Becky", "Victoria": "Vicky",
    "Samantha": "Sam", "Benjamin": "Ben",
}  # fmt: skip


def town(random: Random, families: int) -> list[PersonFacts]:
    """Households of one or two adults and up to three children: some twins, some a father's namesake."""
    people = []
    for number in range(families):
        street = f"{random.randint(1, 120)} {random.choice(STREETS)}"
        home = PersonFacts(
            surname=random.choice(SURNAMES),
            addresses=(Residence(street, f"ST{number % 21 + 1} {number % 9 + 1}AB"),),
            school=random.choice(SCHOOLS),
        )
        names = {Sex.FEMALE: random.sample(GIRLS, len(GIRLS)), Sex.MALE: random.sample(BOYS, len(BOYS))}
        father = _born(random, replace(home, school=""), names, Sex.MALE, random.randint(1965, 2000))
        people.append(_born(random, replace(home, school=""), names, Sex.FEMALE, random.randint(1965, 2000)))
        if random.random() < 0.6:
            people.append(father)
        year = random.randint(2009, 2019)
        for child in range(random.randint(1, 3)):
            born = _born(random, home, names, random.choice((Sex.MALE, Sex.FEMALE)), year + 2 * child)
            if child and random.random() < 0.1:
                born = replace(born, birth=people[-1].birth)
            if born.sex is Sex.MALE and random.random() < 0.03:
                born = replace(born, forenames=father.forenames)
            people.append(born)
    return people


def _born(random: Random, home: PersonFacts, names: dict[Sex, list[str]], sex: Sex, year: int) -> PersonFacts:
    birth = PartialDate.of(date(year, 1, 1) + timedelta(days=random.randint(0, 364)))
    return replace(home, forenames=f"{names[sex].pop()} {names[sex].pop()}", birth=birth, sex=sex)


def told_again(random: Random, person: PersonFacts) -> PersonFacts:
    """The same person in another caller's words: less of it, some of it wrong."""
    first = person.forenames.split()[0]
    told = replace(person, forenames=random.choice((first, first, person.forenames)))
    if random.random() < 0.12:
        told = replace(told, forenames=_SHORT.get(first, first))
    if random.random() < 0.10:
        told = replace(told, surname=_misspelt(random, told.surname))
    elif random.random() < 0.06:
        told = replace(told, surname=random.choice(SURNAMES))
    if random.random() < 0.30:
        told = replace(told, birth=_misdated(random, person.birth))
    if random.random() < 0.25:
        told = replace(told, addresses=())
    elif random.random() < 0.30:
        told = replace(told, addresses=(Residence(f"{random.randint(1, 99)} Bridge Street", "ST4 2XY"),))
    if random.random() < 0.5:
        told = replace(told, school="")
    return replace(told, sex=None) if random.random() < 0.2 else told


def _misspelt(random: Random, name: str) -> str:
    place = random.randrange(1, len(name) - 1)
    if random.random() < 0.5:
        return name[:place] + name[place + 1] + name[place] + name[place + 2 :]
    return name[:place] + name[place + 1 :]


def _misdated(random: Random, birth: PartialDate | None) -> PartialDate | None:
    if birth is None or birth.month is None or birth.day is None:
        return birth
    way = random.random()
    if way < 0.25:
        return None
    if way < 0.60:
        return PartialDate(birth.year + random.choice((-1, 0, 1)), estimated=True)
    if way < 0.80 and birth.day <= 12:
        return PartialDate(birth.year, birth.day, birth.month)
    return PartialDate(birth.year, birth.month, birth.day % 28 + 1)
