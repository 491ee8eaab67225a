"""Households to measure with: names that people have, households of two or three, a concern of some length.

`households` are contacts as a desk tells them; `filled` is a cache that holds many, as a feed brought them.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlcipher3.dbapi2 as sqlcipher
from uuid6 import uuid7

from mash_desktop.cache import Cache, open_engine
from mash_desktop.cache.engine import FILE_NAME
from mash_desktop.cache.feed import FeedRow
from mash_desktop.cache.reading import stamp
from mash_desktop.domain.acts import Draft, compose, read
from mash_desktop.domain.codes import Cohort, ContactChannel, Rag, SourceOfContact
from mash_desktop.domain.entries import Body
from mash_desktop.domain.entries.contact import (
    AddressRecorded,
    ConcernRecorded,
    ContactOpened,
    NoteAdded,
    SubjectRecorded,
)
from mash_desktop.domain.entries.outcome import ReferralClosed
from mash_desktop.domain.entries.triage import RagRated, ReferralAdmitted
from mash_desktop.domain.partial_date import PartialDate
from tests.domain.story import KEY, OPERATOR
from tests.support.desks import receive_hub

FORENAMES = (
    "Mia", "Tyler", "Siân", "Owen", "Aisha", "Zofia", "Kofi", "Harriet", "Leo", "Ava", "Noah", "Priya",
    "Imran", "Grace", "Jakub", "Ffion", "Ruby", "Callum", "Amira", "Dylan", "Elsie", "Mohammed", "Poppy",
    "Reece", "Chloé", "Ethan", "Niamh", "Jayden", "Freya", "Kieran", "Zainab",
)  # fmt: skip
_BEGINNINGS = (
    "Al", "Bram", "Col", "Dun", "Eard", "For", "Good", "Heath", "In", "Jen", "Kel", "Lov", "Mal", "Nor",
    "O'Br", "Pick", "Row", "Shel", "Tun", "Ward", "Whit", "Yar", "Hart", "Bagn",
)  # fmt: skip
_ENDINGS = (
    "der", "all", "clough", "nicliffe", "ley", "rester", "fellow", "cote", "gham", "kins", "sall", "att",
    "kin", "ton", "ien", "ering", "bottom", "don", "stall", "low", "more", "wood", "shorne", "well",
    "den", "by",
)  # fmt: skip
_STREETS = ("Mill Lane", "Church Road", "Station Street", "Weston Road", "The Green", "Park Avenue")
_CONCERN = (
    "She came in with a bruise on her arm and said that she had fallen on the stairs again this week. ",
    "He was collected late for the third time and had not eaten since breakfast, by his own account. ",
    "The neighbours heard shouting after ten and a door; the children were seen at the window. ",
)
NOTE = "Rang back: the health visitor has seen both children this week and will go again on Thursday. "
KEY_HEX = "5a" * 32


def surname(number: int) -> str:
    """One of some six hundred."""
    return _BEGINNINGS[number % len(_BEGINNINGS)] + _ENDINGS[number // len(_BEGINNINGS) % len(_ENDINGS)]


def received_at(number: int) -> datetime:
    return datetime.now(UTC) - timedelta(minutes=number % 400_000)


def household(stream: str, number: int, *, notes: int = 0) -> list[Draft]:
    """A contact about a household of two or three people at one address: five or six entries, and notes."""
    people = 2 + number % 2
    name = surname(number * 7)
    bodies: list[Body] = [
        ContactOpened(
            cohort=Cohort.CHILDREN,
            source=SourceOfContact.SCHOOLS,
            channel=ContactChannel.PHONE,
            received_at=received_at(number),
            local_authority="E10000028",
            owner="scc-children",
        ),
        ConcernRecorded(account="caller", words=_CONCERN[number % 3] * (3 + number % 4)),
    ]
    bodies += [
        SubjectRecorded(
            subject=f"person-{place}",
            forenames=FORENAMES[(number * 3 + place * 5) % len(FORENAMES)],
            surname=name,
            birth=PartialDate(2010 + number % 14 if place else 1988, 1 + number % 12, 1 + number % 28),
            relation="subject" if place == 1 else "mother" if not place else "brother",
            of_concern=place > 0,
        )
        for place in range(people)
    ]
    subjects = tuple(one.subject for one in bodies if isinstance(one, SubjectRecorded))
    line = f"{1 + number % 180} {_STREETS[number % len(_STREETS)]}"
    bodies.append(
        AddressRecorded(
            address="home", subjects=subjects, line=line, postcode=f"ST{1 + number % 20} {number % 9}LH"
        )
    )
    bodies += [NoteAdded(words=NOTE * (1 + turn % 3)) for turn in range(notes)]
    return [Draft(stream, body) for body in bodies]


def moved_on(stream: str, number: int) -> list[Draft]:
    """Of ten: six are contacts still, three are admitted and rated, one is closed."""
    if number % 10 < 6:
        return []
    if number % 10 == 9:
        return [Draft(stream, ReferralClosed(reason="Taken on by the team."))]
    admitted = ReferralAdmitted(threshold="child-in-need", purpose="To see whether they are safe.", scope=())
    rag = (Rag.RED, Rag.AMBER, Rag.GREEN)[number // 10 % 3]
    return [Draft(stream, admitted), Draft(stream, RagRated(rag=rag, reason="As told."))]


class Filling:
    """A cache brought to one size after another, as a feed brings it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.cache = Cache(open_engine(path, lambda: KEY_HEX))
        receive_hub(self.cache)
        self.referrals = self.people = self.entries = 0

    def fill(self, referrals: int, *, notes: int = 0, a_page: int = 200) -> None:
        """Bring it to so many referrals. Progress is shown."""
        while self.referrals < referrals:
            upto = min(referrals, self.referrals + a_page)
            rows = [row for number in range(self.referrals, upto) for row in self._rows(number, notes)]
            self.cache.receive(rows, [], self.cache.places())
            self.referrals = upto
            if sys.stderr.isatty() or upto % 10_000 == 0:
                print(f"\r  {upto:,} referrals in the cache", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)

    def _rows(self, number: int, notes: int) -> list[FeedRow]:
        stream = f"referral:{uuid7()}"
        drafts = household(stream, number, notes=notes) + moved_on(stream, number)
        parcel = compose("staffordshire", OPERATOR, drafts, KEY, received_at(number))
        bodies = {body.entry: body for body in parcel.bodies}
        self.people += sum(isinstance(draft.body, SubjectRecorded) for draft in drafts)
        rows = []
        for header in read(parcel.signed).entries:
            self.entries += 1
            rows.append(
                FeedRow(
                    "hub",
                    header.id,
                    True,
                    signed=parcel.signed,
                    body=bodies[header.id],
                    position=self.entries,
                    admitted_at=stamp(received_at(number)),
                )
            )
        return rows

    def close(self) -> None:
        self.cache.close()


def raw(path: Path) -> sqlcipher.Connection:
    """The file as the product opens it, with nothing between."""
    connection = sqlcipher.connect(str(path), isolation_level=None)
    for pragma in (
        f"key = \"x'{KEY_HEX}'\"",
        "journal_mode = WAL",
        "synchronous = FULL",
        "temp_store = MEMORY",
        "secure_delete = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")
    return connection


@contextmanager
def filling() -> Iterator[Filling]:
    with tempfile.TemporaryDirectory(prefix="mash-bench-") as folder:
        made = Filling(Path(folder) / FILE_NAME)
        try:
            yield made
        finally:
            made.close()
