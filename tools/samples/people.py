"""Families who do not exist, in places that do.

Names are drawn at random from lists; telephone numbers are from the ranges that Ofcom keeps for drama.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import msgspec

GIRLS = (
    *("Amelia", "Ava", "Chloe", "Daisy", "Ella", "Erin", "Evie", "Freya", "Grace", "Hannah", "Holly", "Isla"),
    *("Jasmine", "Keira", "Lacey", "Layla", "Lexi", "Lily", "Lola", "Maisie", "Megan", "Millie", "Niamh"),
    *("Phoebe", "Poppy", "Ruby", "Scarlett", "Skye", "Sophie", "Summer", "Tia", "Willow"),
)
BOYS = (
    *("Aaron", "Alfie", "Archie", "Billy", "Callum", "Charlie", "Connor", "Corey", "Dylan", "Ellis", "Ethan"),
    *(
        "Finley",
        "Harley",
        "Harvey",
        "Jack",
        "Jake",
        "Jayden",
        "Jenson",
        "Kai",
        "Kian",
        "Leo",
        "Lewis",
        "Liam",
    ),
    *("Logan", "Mason", "Max", "Noah", "Oliver", "Owen", "Reece", "Riley", "Toby", "Zac"),
)
WOMEN = (
    *("Amy", "Becky", "Carla", "Charlene", "Claire", "Donna", "Emma", "Gemma", "Hayley", "Jade", "Jodie"),
    *("Karen", "Kelly", "Kirsty", "Laura", "Leanne", "Lisa", "Michelle", "Natalie", "Nicola", "Rachel"),
    *("Samantha", "Sarah", "Shelley", "Stacey", "Tracey", "Vicky", "Zoe"),
)
MEN = (
    *("Adam", "Andrew", "Ben", "Carl", "Craig", "Dale", "Darren", "Gareth", "Gary", "Ian", "Jamie", "Jason"),
    *("Karl", "Kevin", "Lee", "Mark", "Martin", "Matthew", "Neil", "Paul", "Ricky", "Ross", "Scott", "Shaun"),
    *("Simon", "Steven", "Stuart", "Wayne"),
)
SURNAMES = (
    *(
        "Adderley",
        "Alcock",
        "Arrowsmith",
        "Bagnall",
        "Baddeley",
        "Barlow",
        "Beech",
        "Bloor",
        "Bourne",
        "Brough",
    ),
    *(
        "Burgess",
        "Cartledge",
        "Chell",
        "Clewlow",
        "Colclough",
        "Cope",
        "Deakin",
        "Dutton",
        "Eardley",
        "Fallows",
    ),
    *(
        "Finney",
        "Forrester",
        "Gater",
        "Goodfellow",
        "Hancock",
        "Harding",
        "Heath",
        "Hulme",
        "Jervis",
        "Keeling",
    ),
    *("Kirkham", "Leese", "Lovatt", "Machin", "Mayer", "Mellor", "Moss", "Mountford", "Oakes", "Pointon"),
    *("Proctor", "Rhodes", "Rowley", "Salt", "Sherratt", "Shufflebotham", "Skerratt", "Snape", "Stanway"),
    *("Swinnerton", "Tams", "Tunnicliffe", "Turnock", "Wardle", "Whalley", "Wilshaw", "Wooliscroft"),
)


class Culture(msgspec.Struct, frozen=True):
    """Names that go together, and the census code of the ethnic group."""

    ethnicity: str
    weight: int
    girls: tuple[str, ...]
    boys: tuple[str, ...]
    women: tuple[str, ...]
    men: tuple[str, ...]
    surnames: tuple[str, ...]


CULTURES = (
    Culture("WBRI", 76, GIRLS, BOYS, WOMEN, MEN, SURNAMES),
    Culture(
        ethnicity="WOTH",
        weight=7,
        girls=("Zuzanna", "Maja", "Oliwia", "Andreea", "Daria"),
        boys=("Jakub", "Filip", "Szymon", "Matei", "Luca"),
        women=("Agnieszka", "Katarzyna", "Ioana", "Magda"),
        men=("Tomasz", "Piotr", "Marius", "Pawel"),
        surnames=("Kowalczyk", "Nowicka", "Zielinski", "Popescu", "Wrona"),
    ),
    Culture(
        ethnicity="APKN",
        weight=7,
        girls=("Aisha", "Hafsa", "Maryam", "Zainab", "Inaya"),
        boys=("Ibrahim", "Hamza", "Zayn", "Yusuf", "Bilal"),
        women=("Nasreen", "Shazia", "Rukhsana", "Saima"),
        men=("Imran", "Tariq", "Khalid", "Nadeem"),
        surnames=("Akhtar", "Mahmood", "Hussain", "Rafiq", "Bashir"),
    ),
    Culture(
        ethnicity="MWBC",
        weight=6,
        girls=("Tiana", "Shanice", "Amara", "Kiara"),
        boys=("Tyrese", "Marcus", "Jaden", "Malachi"),
        women=("Denise", "Simone", "Natasha", "Cheryl"),
        men=("Leroy", "Errol", "Delroy", "Curtis"),
        surnames=("Campbell", "Grant", "Francis", "Gayle", "Bennett"),
    ),
    Culture(
        ethnicity="BAFR",
        weight=4,
        girls=("Chiamaka", "Adaeze", "Rutendo", "Hiwot"),
        boys=("Tendai", "Emeka", "Kwame", "Yonas"),
        women=("Ngozi", "Blessing", "Tsitsi", "Abeba"),
        men=("Chidi", "Farai", "Kofi", "Dawit"),
        surnames=("Okonkwo", "Moyo", "Mensah", "Tesfaye", "Adeyemi"),
    ),
)


class Place(msgspec.Struct, frozen=True):
    town: str
    outward: str
    gss: str
    weight: int


PLACES = (
    Place("Stafford", "ST16", "E07000197", 16),
    Place("Stone", "ST15", "E07000197", 5),
    Place("Newcastle-under-Lyme", "ST5", "E07000195", 16),
    Place("Kidsgrove", "ST7", "E07000195", 5),
    Place("Cannock", "WS11", "E07000192", 13),
    Place("Rugeley", "WS15", "E07000192", 6),
    Place("Burton upon Trent", "DE14", "E07000193", 14),
    Place("Uttoxeter", "ST14", "E07000193", 4),
    Place("Lichfield", "WS13", "E07000194", 7),
    Place("Burntwood", "WS7", "E07000194", 4),
    Place("Tamworth", "B79", "E07000199", 11),
    Place("Leek", "ST13", "E07000198", 6),
    Place("Cheadle", "ST10", "E07000198", 4),
    Place("Codsall", "WV8", "E07000196", 4),
    Place("Wombourne", "WV5", "E07000196", 4),
    Place("Stoke-on-Trent", "ST4", "E06000021", 1),
)
STREETS = (
    *(
        "Abbey Road",
        "Albert Terrace",
        "Ash Grove",
        "Beech Crescent",
        "Bramble Close",
        "Brook Street",
        "Canal Row",
    ),
    *(
        "Chapel Lane",
        "Church View",
        "Coppice Road",
        "Dale Avenue",
        "Elm Close",
        "Foundry Street",
        "Furlong Drive",
    ),
    *(
        "George Street",
        "Hawthorn Way",
        "Heath Road",
        "High Bank",
        "Kiln Lane",
        "Lime Tree Walk",
        "Maple Drive",
    ),
    *(
        "Meadow Lane",
        "Newport Street",
        "Orchard Close",
        "Park Avenue",
        "Pottery Row",
        "Queensway",
        "Rowan Court",
    ),
    *("Sandon Terrace", "School Lane", "Station Road", "Sycamore Road", "Trent View", "Victoria Street"),
    *("Wharf Lane", "Wood Street"),
)
INWARD = "ABDEFGHJLNPQRSTUWXYZ"


class Person(msgspec.Struct, frozen=True):
    forenames: str
    surname: str
    sex: str
    birth: date


class Family(msgspec.Struct, frozen=True):
    mother: Person
    man: Person | None
    """The father or the mother's partner."""
    man_is_father: bool
    children: tuple[Person, ...]
    ethnicity: str
    address: str
    postcode: str
    gss: str


def family(random: Random, *, youngest: date, oldest: date, with_man: bool = False) -> Family:
    """A family whose children were born between the two dates; some have no man in the house."""
    culture = random.choices(CULTURES, [culture.weight for culture in CULTURES])[0]
    place = random.choices(PLACES, [place.weight for place in PLACES])[0]
    surname = random.choice(culture.surnames)
    children = []
    for _ in range(random.choices((1, 2, 3, 4), (46, 32, 16, 6))[0]):
        is_girl = random.random() < 0.5
        forenames = " ".join(
            random.sample(culture.girls if is_girl else culture.boys, random.choice((1, 1, 2)))
        )
        born = oldest + timedelta(days=random.randrange((youngest - oldest).days))
        children.append(Person(forenames, surname, "F" if is_girl else "M", born))
    first_born = min(child.birth for child in children)
    is_father = random.random() < 0.55
    man_surname = surname if is_father and random.random() < 0.7 else random.choice(culture.surnames)
    mother = Person(random.choice(culture.women), surname, "F", _years_before(random, first_born, 17, 36))
    man = Person(random.choice(culture.men), man_surname, "M", _years_before(random, first_born, 18, 42))
    return Family(
        mother=mother,
        man=man if with_man or random.random() < 0.72 else None,
        man_is_father=is_father,
        children=tuple(sorted(children, key=lambda child: child.birth)),
        ethnicity=culture.ethnicity if random.random() < 0.94 else "NOBT",
        address=f"{random.randrange(1, 148)} {random.choice(STREETS)}, {place.town}",
        postcode=postcode(random, place.outward),
        gss=place.gss,
    )


def postcode(random: Random, outward: str) -> str:
    return f"{outward} {random.randrange(1, 10)}{random.choice(INWARD)}{random.choice(INWARD)}"


def phone(random: Random) -> str:
    """From the ranges kept for drama: 07700 900xxx and 01632 960xxx."""
    return random.choice(("07700 900", "01632 960")) + f"{random.randrange(1000):03}"


def _years_before(random: Random, day: date, least: int, most: int) -> date:
    return day - timedelta(days=random.randrange(least * 365, most * 365))
