"""Gathering an answer: the trail of accesses to its end, what of it is about somebody, and the proofs.

The asking is in the trail itself before there is an answer. The head that was seen the last time is kept in
the device's folder, and the log must have grown from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from mash_desktop.cache.feed import FeedRow
from mash_desktop.cache.reading import moment
from mash_desktop.domain.acts import Author, OpenBody, SignedAct, entries_of, read
from mash_desktop.domain.audiences import GOVERNANCE, HUB
from mash_desktop.domain.entries import Body, Made
from mash_desktop.domain.fold import fold_hub
from mash_desktop.proofs.head import Head, SignedHead
from mash_desktop.vault.files import replace_file

from .. import protocol
from ..client.verification import check_growth, check_not_behind
from ..importing.device import Device
from ..importing.run import Hub
from .evidence import Evidence, Proven, Question, needed
from .trail import at, by, concerns

SEEN = "audit-head"
"""The file, in the device's folder, with the last head that was seen."""


class _Found(msgspec.Struct, frozen=True):
    """An entry as the feed brought it."""

    entry: Made[Body]
    signed: SignedAct
    body: OpenBody


async def gather(
    folder: Path, device: Device, session: protocol.Session, author: Author, asked: Question
) -> Evidence:
    """Raises ``Refusal``, ``Unreachable`` or ``Distrust``."""
    standing = protocol.Standing(agency=author.agency, role=author.role, team=author.team)
    hub = Hub(device, session)
    try:
        about = await hub.ask(
            protocol.AboutAsked(standing=standing, person=asked.person), "about", protocol.AboutFound
        )
        rows, signed = await hub.feeds(standing, HUB, GOVERNANCE)
        own, accesses = _answer(rows, about, asked)
        head = await _head(hub, folder, signed)
        await hub.tell(author, f"Who looked at {asked.person}", len(accesses))
        wanted = needed(
            {one.entry.key for one in accesses},
            {by(one.entry)[0] for one in accesses},
            [one.entry for one in own],
        )
        return Evidence(
            asked,
            about,
            signed,
            await hub.store_keys(),
            tuple([await _proven(hub, head, one) for one in own if one.entry.position in wanted]),
            tuple([await _proven(hub, head, one) for one in accesses]),
        )
    finally:
        await hub.close()


def _answer(
    rows: Sequence[FeedRow], about: protocol.AboutFound, asked: Question
) -> tuple[list[_Found], list[_Found]]:
    """The hub's own entries, and the accesses that answer, in position order."""
    own: list[_Found] = []
    accesses: list[_Found] = []
    for row in rows:
        found = _found(row)
        if found is None:
            continue
        if row.audience == HUB:
            own.append(found)
        elif found.entry.stream.startswith("access:") and concerns(found.entry, about, asked.terms):
            accesses.append(found)
    config = fold_hub(one.entry for one in own).timeline.at(None)
    answer = [one for one in accesses if asked.since <= config.day(at(one.entry)) <= asked.until]
    return own, sorted(answer, key=lambda one: one.entry.order)


def _found(row: FeedRow) -> _Found | None:
    """What a row brings; ``None`` where it has been taken back or disposed of."""
    if row.signed is None or row.body is None:
        return None
    made = entries_of(
        read(row.signed),
        {row.entry: row.body},
        positions={row.entry: row.position or 0},
        admitted_at=moment(row.admitted_at),
    )
    entry = next(one for one in made if one.id == row.entry)
    return _Found(entry, row.signed, row.body)


async def _head(hub: Hub, folder: Path, signed: SignedHead) -> Head:
    """The head of the answer, once the log is shown to have grown from the one that was seen before."""
    head = hub.keys.kept_head(signed)
    file = folder / SEEN
    if file.exists():
        old = msgspec.json.decode(msgspec.json.decode(file.read_bytes(), type=SignedHead).head, type=Head)
        check_not_behind(old, head)
        if old.epoch == head.epoch:
            check_growth(old, head, await hub.connection.proof("consistency", old=old.size, new=head.size))
    replace_file(file, msgspec.json.encode(signed))
    return head


async def _proven(hub: Hub, head: Head, one: _Found) -> Proven:
    position, admitted_at = one.entry.position, one.entry.admitted_at
    assert position is not None
    assert admitted_at is not None
    path = await hub.connection.proof("inclusion", position=position, size=head.size)
    return Proven(position, admitted_at, one.signed, one.body, path.path)
