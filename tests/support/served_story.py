"""A referral told over HTTPS by people signed in at their own desks: `Story`, with the store as its judge.

`told` is the cast of one hub, signed in once a session; each test tells stories of its own in it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from uuid6 import uuid7

from mash_desktop.domain.acts import Author, Draft, Parcel, entries_of, read
from mash_desktop.domain.entries import Body, Made
from mash_desktop.domain.entries.decision import DecisionDrafted
from mash_desktop.domain.roles import Role
from sync.protocol import Answer
from sync.store import tables
from sync.store.log import read_head
from tests.domain.story import Story
from tests.support.store import Desk, ServedStore

ROLES: dict[str, tuple[str, tuple[str, Role] | tuple[str, Role, str]]] = {
    "priya": ("Priya Nair", ("scc-children", Role.TRIAGE_OPERATOR)),
    "ruth": ("Ruth Okafor", ("scc-children", Role.CONSULTANT_SOCIAL_WORKER)),
    "karen": ("Karen Shaw", ("mash", Role.HUB_MANAGER)),
    "dee": ("Dee Lowe", ("mash", Role.FACILITATOR)),
    "sam": ("Sam Iqbal", ("police", Role.RESEARCHER)),
    "iris": ("Iris Bennion", ("mpft", Role.RESEARCHER)),
    "tom": ("Tom Hartley", ("scc-children", Role.GATEWAY_WORKER, "social-work-gateway")),
    "ada": ("Ada Osei", ("scc-adults", Role.TRIAGE_OPERATOR)),
    "neil": ("Neil Barker", ("scc-adults", Role.SAFEGUARDING_MANAGER)),
    "noor": ("Noor Haddad", ("mash", Role.ADMINISTRATOR)),
    "gwen": ("Gwen Price", ("mash", Role.INFORMATION_GOVERNANCE)),
    "hal": ("Hal Winter", ("police", Role.INFORMATION_GOVERNANCE)),
}


class Cast:
    """The people of one hub, each at a desk; a desk is made when it is first asked for."""

    def __init__(self, served: ServedStore, hub: str) -> None:
        self.served = served
        self.hub = hub
        self._desks: dict[str, Desk] = {}

    def __getitem__(self, person: str) -> Desk:
        if person not in self._desks:
            name, role = ROLES[person]
            self._desks[person] = self.served.desk(self.hub, name, role)
        return self._desks[person]


def stretch(served: ServedStore, hub: str) -> int:
    """Let a stretch of time be over, at whose end the store looks whether what was typed is restricted; the
    next is over when this is called again, and not before. How far what was typed is settled then."""
    w, now = tables.watches, datetime.now(UTC)

    def put(looked_at: datetime) -> None:
        with served.direct.engine.begin() as db:
            db.execute(update(w).where(w.c.hub == hub).values(looked_at=looked_at))

    put(now - timedelta(hours=1))
    looked_at, settled = now - timedelta(hours=1), 0
    while looked_at < now:
        # The service may be the one that looks.
        served.direct.due.watching.look(hub, datetime.now(UTC))
        with served.direct.engine.connect() as db:
            looked_at, settled = db.execute(select(w.c.looked_at, w.c.settled).where(w.c.hub == hub)).one()
    put(now + timedelta(days=1))
    return settled


def settle(served: ServedStore, hub: str) -> None:
    """Let as many stretches be over as it takes: each writes one alert, and other tests may leave some."""
    with served.direct.engine.connect() as db:
        size = read_head(db, hub).size
    while stretch(served, hub) < size:
        pass


class ServedStory(Story):
    """One referral. `tell` pushes from the author's desk; what the store refuses fails the test."""

    def __init__(self, cast: Cast) -> None:
        super().__init__(f"referral:{uuid7()}")
        self.cast = cast
        self.answers: list[Answer] = []

    def drafts(self, *bodies: Body, relies_on: tuple[str, ...] = ()) -> list[Draft]:
        """What an act of these bodies is made of, on the chains as they stand."""
        chains = dict(self.referral.chains)
        drafts = []
        for body in bodies:
            entry_id = str(uuid7())
            drafts.append(
                Draft(
                    self.stream,
                    body,
                    base=chains.get(body.guard) if body.guard else None,
                    relies_on=relies_on if isinstance(body, DecisionDrafted) else (),
                    id=entry_id,
                )
            )
            if body.guard:
                chains[body.guard] = entry_id
        return drafts

    def parcel(self, author: Author, *bodies: Body, relies_on: tuple[str, ...] = ()) -> Parcel:
        """An act as `author` would make it now."""
        return self.cast[author.person].compose(self.drafts(*bodies, relies_on=relies_on))

    def push(self, author: Author, *bodies: Body, relies_on: tuple[str, ...] = ()) -> Answer:
        """What the store answers; an act that is admitted becomes part of the story."""
        parcel = self.parcel(author, *bodies, relies_on=relies_on)
        answer = self.cast[author.person].push(parcel)[0]
        if answer.state == "admitted":
            self.keep(parcel, answer)
        return answer

    def keep(self, parcel: Parcel, answer: Answer) -> tuple[Made[Body], ...]:
        act = read(parcel.signed)
        positions = dict(zip((header.id for header in act.entries), answer.positions, strict=True))
        made = entries_of(
            act, {b.entry: b for b in parcel.bodies}, positions=positions, admitted_at=answer.admitted_at
        )
        self.entries.extend(made)
        self.answers.append(answer)
        return made

    def tell(self, author: Author, *bodies: Body, relies_on: tuple[str, ...] = ()) -> tuple[str, ...]:
        self.now = datetime.now(UTC)
        before = len(self.entries)
        answer = self.push(author, *bodies, relies_on=relies_on)
        assert answer.state == "admitted", (answer.code, answer.sentence)
        return tuple(entry.id for entry in self.entries[before:])

    def ids(self, kind: type[Body]) -> list[str]:
        return [entry.id for entry in self.entries if isinstance(entry.body, kind)]


@pytest.fixture(scope="session")
def told(served_store: ServedStore) -> Cast:
    """The cast of a hub that tests share; streams are each test's own."""
    return Cast(served_store, served_store.new_hub())


@pytest.fixture
def story(told: Cast) -> ServedStory:
    return ServedStory(told)
