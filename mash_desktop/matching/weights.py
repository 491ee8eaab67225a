"""The one table of how much each agreement and disagreement is worth, and where the bands begin.

The model is Fellegi and Sunter's (*A Theory for Record Linkage*, 1969). For each level of each comparison
``m`` is how often it is seen between two accounts of one person and ``u`` how often between accounts of
two people; a level is worth log2(m/u) bits, and what is not known on either side is worth nothing. The
levels of one comparison shut each other out, so that each column adds up to one.

Where the numbers come from:
- ``u`` of birth dates is counting: a birthday among 365, birth years spread over about 40, and the share of
  dates that a swap or a slip can reach.
- ``u`` of names is how often two people share one: about one pair in a thousand has the same surname (Smith
  alone, 1.2 % of people, gives one in seven thousand), and about three in a thousand the same forename.
- ``u`` of addresses, schools and identifiers is household, street and school size within an index of about
  100,000 people; that of an identifier, the chance of a wrong number that passes its check.
- ``m`` is judgement, within what linkage studies of English health and education records report for the
  fields (nine in ten or more agree exactly), with room for what hubs meet: changed surnames, moves, ages
  guessed. A hub that has links confirmed by people can count its own.
"""

from __future__ import annotations

from math import log2
from typing import NamedTuple


class Odds(NamedTuple):
    m: float
    u: float

    @property
    def bits(self) -> float:
        return log2(self.m / self.u)


TABLES: dict[str, dict[str, Odds]] = {
    "forename": {
        "same": Odds(0.610, 0.0030),
        "middle": Odds(0.220, 0.0020),  # the first alike, and one account has more forenames
        "first": Odds(0.020, 0.0020),  # the first alike, and other ones after it
        "short": Odds(0.060, 0.0030),  # Liz for Elizabeth
        "close": Odds(0.035, 0.0050),  # spelt or sounding nearly alike
        "order": Odds(0.015, 0.0040),  # known by a later forename
        "initial": Odds(0.010, 0.0100),
        "swapped": Odds(0.005, 0.0001),  # forename and surname changed places
        "different": Odds(0.025, 0.9709),
    },
    "surname": {
        "same": Odds(0.830, 0.0010),
        "part": Odds(0.040, 0.0005),  # one of two surnames alike
        "close": Odds(0.040, 0.0040),
        "begins": Odds(0.010, 0.0080),
        "swapped": Odds(0.005, 0.0001),
        "different": Odds(0.075, 0.9864),  # marriage, parting, adoption, another parent's name
    },
    "birth_day": {
        "same": Odds(0.9200, 0.00007),
        "swapped": Odds(0.0100, 0.00003),
        "slip": Odds(0.0300, 0.00170),
        "other_year": Odds(0.0080, 0.00120),
        "different": Odds(0.0310, 0.49700),
        "generation": Odds(0.0010, 0.50000),
    },
    "birth_month": {
        "same": Odds(0.940, 0.0021),
        "different": Odds(0.057, 0.4979),
        "generation": Odds(0.003, 0.5000),
    },
    "birth_year": {
        "same": Odds(0.700, 0.0250),
        "fits": Odds(0.200, 0.1000),  # within the slack of an estimate
        "different": Odds(0.098, 0.3750),
        "generation": Odds(0.002, 0.5000),
    },
    "birth_expected": {
        "fits": Odds(0.930, 0.0040),
        "different": Odds(0.070, 0.9960),
    },
    "sex": {"same": Odds(0.985, 0.50), "different": Odds(0.015, 0.50)},
    "nhs_number": {"same": Odds(0.970, 0.0000002), "different": Odds(0.030, 0.9999998)},
    "upn": {"same": Odds(0.950, 0.000001), "different": Odds(0.050, 0.999999)},
    "address": {
        "same": Odds(0.50, 0.00004),
        "postcode": Odds(0.06, 0.00040),
        "different": Odds(0.44, 0.99956),
    },
    "school": {"same": Odds(0.60, 0.005), "different": Odds(0.40, 0.995)},
}

BITS: dict[str, dict[str, float]] = {
    table: {level: odds.bits for level, odds in levels.items()} for table, levels in TABLES.items()
}

# Two people of an index of 100,000 are one person about once in 2^17 pairs, so that many bits make even odds.
VERY_LIKELY, LIKELY, POSSIBLE = 25.0, 20.0, 10.0

JUST_UNDER = 0.001
"""A score that is held under a band stops this far short of it."""
