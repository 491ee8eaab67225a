"""The declared table asked of a store over HTTPS, cell by cell, by people signed in at their own desks.

One referral is told from its first line to closing, such that each of six agencies stands to it in one way
only. At each stage the cells that stand there are tried: one person an agency, who holds every role that a
person can, makes an act of two entries in the role of the cell. The second is one that no store admits, so
that nothing is written, and which of the two is refused says what the store made of the first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from itertools import islice
from typing import NamedTuple

import msgspec
from uuid6 import uuid7

from mash_desktop.domain.acts import Author, Draft, Parcel
from mash_desktop.domain.entries import Body
from mash_desktop.domain.entries.contact import NoteAdded
from mash_desktop.domain.entries.decision import DecisionSigned
from mash_desktop.domain.entries.outcome import EntryWithdrawn
from mash_desktop.domain.fold import Stage
from mash_desktop.domain.permissions import Relation, relations
from mash_desktop.domain.roles import Role
from sync.protocol import MOST_ACTS
from tests.domain.apart import AGENCIES, CELLS, TELLERS, Cell, told_apart
from tests.domain.sampling import SAMPLES
from tests.domain.stories import admission
from tests.domain.story import CONSULTANT, FACILITATOR, GATEWAY, HEALTH, MANAGER, OPERATOR, POLICE
from tests.support.served_story import Cast, ServedStory
from tests.support.store import Desk, ServedStore

PICTURE = b"%PDF-1.7 a body map"
DIGEST = sha256(PICTURE).hexdigest()
PEOPLE = tuple(role for role in Role if role is not Role.STORE)


class Said(NamedTuple):
    """What the store said to a cell: with which code it refused, and whether already the first entry."""

    code: str
    at_once: bool

    @property
    def judged_well(self) -> bool:
        """Nothing was wrong with the entry of the cell."""
        return not self.at_once


ALLOWED = frozenset(cell for cell in CELLS if cell.allowed and cell.role is not Role.STORE)


def _refused() -> Iterator[Cell]:
    """One cell that says no for each kind, role and relation, where there is one: at the stages in turn, so
    that each has its share. Before the first line nothing is permitted but opening. Nobody is the store."""
    no = defaultdict[tuple[str, Role, Relation], list[Cell]](list)
    for cell in CELLS:
        if cell not in ALLOWED and cell.stage is not Stage.NONE:
            no[cell[:3]].append(cell)
    for number, cells in enumerate(no.values()):
        yield cells[number % len(cells)]


REFUSED = frozenset(_refused())
_TELLING = (OPERATOR, CONSULTANT, MANAGER, FACILITATOR, POLICE, HEALTH, GATEWAY)


class AllRoles(Cast):
    """One person an agency, in every role: whom the story asks for is the one of that agency in that role."""

    def __init__(self, served: ServedStore, hub: str) -> None:
        super().__init__(served, hub)
        self._of: dict[str, Desk] = {}

    def __getitem__(self, person: str) -> Desk:
        author = next(one for one in _TELLING if one.person == person)
        return self.acting(TELLERS.get(person, author.agency), author.role)

    def acting(self, agency: str, role: Role) -> Desk:
        """The person of this agency, acting in this role."""
        if agency not in self._of:
            self._of[agency] = self.served.desk(self.hub, "Sam Iqbal", *((agency, one) for one in PEOPLE))
        desk = self._of[agency]
        mine = sorted(desk.session.standings, key=lambda standing: standing.role is not role)
        return replace(desk, session=msgspec.structs.replace(desk.session, standings=tuple(mine)))


def _never_admitted(stream: str) -> Draft:
    return Draft(stream, NoteAdded(words=" "), id=str(uuid7()))


def ask(desk: Desk, acts: Iterable[tuple[Author, Draft]]) -> Iterator[Said]:
    """What the store says to each of these entries, each in an act of its own that is never admitted."""
    waiting = iter(acts)
    while batch := list(islice(waiting, MOST_ACTS)):
        firsts, parcels = [], list[Parcel]()
        for author, draft in batch:
            firsts.append(draft.id)
            parcels.append(desk.compose([draft, _never_admitted(f"referral:{uuid7()}")], author))
        for first, answer in zip(firsts, desk.push(*parcels), strict=True):
            assert answer.state == "refused", answer
            yield Said(answer.code, answer.entry in {None, first})


class Walk(ServedStory):
    """The referral on its way, and what the store said at each cell."""

    def __init__(self, cast: AllRoles) -> None:
        super().__init__(cast)
        self.desks = cast
        self.said: dict[Cell, Said] = {}
        self.grown = 0
        """Entries that the log has beyond those of the story; what is refused adds none."""

    def walk(self) -> Walk:
        for agency in (*AGENCIES.values(), "mpft"):
            client = self.desks.acting(agency, Role.RESEARCHER).client
            sent = client.put(f"/v1/hubs/{self.desks.hub}/chunks/{DIGEST}", content=PICTURE)
            assert sent.status_code == 204
        before = self.desks["karen"].head().size
        for stage in told_apart(self):
            assert self.referral.stage is stage
            for relation, agency in AGENCIES.items():
                self._try(stage, relation, agency)
        self.grown = self.desks["karen"].head().size - before - len(self.entries)
        return self

    def _try(self, stage: Stage, relation: Relation, agency: str) -> None:
        cells = sorted(one for one in ALLOWED | REFUSED if (one.relation, one.stage) == (relation, stage))
        if not cells:
            return
        assert relations(self.referral, agency, self.config) == {relation, Relation.NONE}
        desk = self.desks.acting(agency, Role.RESEARCHER)
        bodies, chains = self._bodies(), self.referral.chains
        acts = (
            (
                desk.author(agency, cell.role),
                Draft(
                    self.stream,
                    body := bodies[cell.kind],
                    base=chains.get(body.guard) if body.guard else None,
                    relies_on=self._evidence if cell.kind == "decision.drafted" else (),
                    id=str(uuid7()),
                ),
            )
            for cell in cells
        )
        self.said.update(zip(cells, ask(desk, acts), strict=True))

    @property
    def _evidence(self) -> tuple[str, ...]:
        return tuple(entry.id for entry in self.entries if entry.kind == "concern.recorded")

    def _bodies(self) -> dict[str, Body]:
        """A body of every kind, about what there is in this referral now."""
        draft, now = self.referral.draft, datetime.now(UTC)
        about: tuple[Body, ...] = (
            msgspec.structs.replace(SAMPLES["contact.opened"], received_at=now),
            msgspec.structs.replace(SAMPLES["contact.corrected"], received_at=now),
            msgspec.structs.replace(SAMPLES["first_action.recorded"], done_at=now),
            msgspec.structs.replace(
                SAMPLES["document.attached"],
                size=len(PICTURE),
                digest=DIGEST,
                chunks=(DIGEST,),
            ),
            EntryWithdrawn(entry=self.entries[-1].id if self.entries else "", reason="Misfiled."),
            *((DecisionSigned(draft=draft.id, commitment=draft.commitment),) if draft else ()),
            *((admission(self),) if self.referral.owner else ()),
        )
        return SAMPLES | {body.KIND: body for body in about}
