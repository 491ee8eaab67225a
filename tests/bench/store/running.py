"""What the measurements of the store share: one on a durable PostgreSQL, lines to it, contacts to push."""

from __future__ import annotations

import http.client
import random
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec
from uuid6 import uuid7

from mash_desktop.domain.acts import Draft, Parcel
from mash_desktop.domain.entries.contact import (
    AddressRecorded,
    ConcernRecorded,
    SubjectRecorded,
)
from mash_desktop.domain.partial_date import PartialDate
from mash_desktop.domain.roles import Role
from sync.protocol import VERSION, VERSION_HEADER, Push, Pushed
from tests.support.contacts import opened_now
from tests.support.postgres import PostgresServer, embedded
from tests.support.store import Desk, ServedStore, serving

OPERATOR = ("scc-children", Role.TRIAGE_OPERATOR)
_FORENAMES = (
    "Ada", "Amir", "Beth", "Callum", "Daisy", "Ellis", "Fatima", "Grace", "Harvey", "Isla", "Jakub", "Kira",
    "Liam", "Maya", "Noah", "Olivia", "Poppy", "Reece", "Sofia", "Tyler", "Uzma", "Violet", "Will", "Zara",
)  # fmt: skip
_SURNAMES = tuple(
    f"{first}{last}"
    for first in (
        "Al", "Bram", "Col", "Dun", "Eard", "For", "Good", "Hath", "Ing", "Kel", "Led", "Mor", "Nor", "Pem",
        "Rad", "Shel", "Thorn", "Wat", "Whit", "York",
    )
    for last in (
        "bert", "clough", "den", "field", "gate", "hall", "ington", "ley", "man", "north", "over", "ridge",
        "shaw", "stone", "ton", "wick", "worth", "yard",
    )
)  # fmt: skip
_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
NOTE = 6 * ("Rang back: the health visitor has seen both children this week and will go again on Thursday. ")
_WORDS = "She came in with a bruise on her arm and said that she had fallen on the stairs again this week. "

T = TypeVar("T")


@contextmanager
def a_server() -> Iterator[PostgresServer]:
    with embedded(durable=True) as server:
        yield server


@contextmanager
def a_store(server: PostgresServer) -> Iterator[ServedStore]:
    """Served over HTTPS by another process, on a new database."""
    name = server.new_database()
    with (
        tempfile.TemporaryDirectory(prefix="mash-bench-") as folder,
        serving(server.url(name), Path(folder), program="sync.cli") as served,
    ):
        yield served
    server.drop_database(name)


class Line:
    """A kept connection of a desk to the store, with as little of a client around it as there can be."""

    def __init__(self, served: ServedStore, desk: Desk) -> None:
        address = urlsplit(served.base_url)
        assert address.hostname is not None
        self._connection = http.client.HTTPSConnection(
            address.hostname, address.port, context=served.context(), timeout=120
        )
        self._path = f"/v1/hubs/{desk.hub}"
        self._headers = {
            VERSION_HEADER: str(VERSION),
            "Content-Type": "application/json",
            "Authorization": f"Bearer {desk.session.token}",
        }

    def post(self, path: str, content: bytes) -> bytes:
        self._connection.request("POST", self._path + path, content, self._headers)
        answer = self._connection.getresponse()
        body = answer.read()
        assert answer.status == 200, body
        return body

    def close(self) -> None:
        self._connection.close()


def contact(stream: str, number: int) -> list[Draft]:
    """The four entries with which a contact begins: how it came, the concern, a child and where she lives."""
    opened = opened_now()
    # Names, days and places are as many as in a county: who shares one is few, however many there are.
    some = random.Random(number)
    child = SubjectRecorded(
        subject="child",
        forenames=f"{some.choice(_FORENAMES)} {some.choice(_FORENAMES)}",
        surname=some.choice(_SURNAMES),
        birth=PartialDate(some.randint(2010, 2023), some.randint(1, 12), some.randint(1, 28)),
        relation="subject",
        of_concern=True,
    )
    postcode = f"ST{some.randint(1, 21)} {some.randint(1, 9)}{some.choice(_LETTERS)}{some.choice(_LETTERS)}"
    home = AddressRecorded(address="home", subjects=("child",), line=f"{number} Mill Lane", postcode=postcode)
    return [
        Draft(stream, opened),
        Draft(stream, ConcernRecorded(account="caller", words=_WORDS * 5)),
        Draft(stream, child),
        Draft(stream, home),
    ]


def contacts(desk: Desk, numbers: range) -> list[Parcel]:
    return [desk.compose(contact(f"referral:{uuid7()}", number)) for number in numbers]


def pushes(parcels: Sequence[Parcel], acts: int) -> list[bytes]:
    """The bodies of pushes of so many acts each."""
    return [
        msgspec.json.encode(Push(acts=tuple(parcels[at : at + acts]))) for at in range(0, len(parcels), acts)
    ]


def pushed(lines: Sequence[Line], work: Sequence[Sequence[bytes]]) -> float:
    """Seconds that it takes these lines, side by side, to push all of it; every act must be admitted."""

    def one(line: Line, bodies: Sequence[bytes]) -> list[bytes]:
        return [line.post("/acts", body) for body in bodies]

    seconds, answers = side_by_side([partial(one, a, b) for a, b in zip(lines, work, strict=True)])
    states = {
        answer.state
        for line in answers
        for body in line
        for answer in msgspec.json.decode(body, type=Pushed).answers
    }
    assert states == {"admitted"}, states
    return seconds


def side_by_side(works: Sequence[Callable[[], T]]) -> tuple[float, list[T]]:
    """Seconds from the first start to the last end of these, each in a thread of its own; what they gave."""
    ready = threading.Barrier(len(works) + 1)
    results: dict[int, T] = {}

    def run(place: int, work: Callable[[], T]) -> None:
        ready.wait()
        results[place] = work()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    ready.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    assert len(results) == len(works), "one of them failed; its reason is above"
    return time.perf_counter() - began, [results[place] for place in range(len(works))]


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
