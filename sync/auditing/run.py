"""Gathering an answer: the trail of accesses to its end, what of it is about somebody, and the proofs.

The asking is in the trail itself before there is an answer. The head that was seen the last time is kept in
the device's folder, and the log must have grown from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from mash_desktop.cache.feed import FeedRow
from mash_desktop.domain.acts import Author
from mash_desktop.domain.audiences import GOVERNANCE, HUB
from mash_desktop.domain.entries import Body, Made
from mash_desktop.domain.fold import fold_hub
from mash_desktop.proofs.head import Head, SignedHead
from mash_desktop.vault.files import replace_file

from .. import protocol
from ..client.verification import check_growth, check_not_behind
from ..importing.device import Device
from ..importing.run import Hub
from ..proving import made, prove, prove_hub
from .evidence import Evidence, Question
from .trail import at, by, concerns

SEEN = "audit-head"
"""The file, in the device's folder, with the last head that was seen."""


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
        answer = _answer(rows, about, asked)
        head = await _head(hub, folder, signed)
        await hub.tell(author, f"Who looked at {asked.person}", len(answer))
        keys, people = {entry.key for _, entry in answer}, {by(entry)[0] for _, entry in answer}
        return Evidence(
            asked=asked,
            about=about,
            head=signed,
            store_keys=await hub.store_keys(),
            hub=await prove_hub(hub.connection, head, rows, keys, people),
            entries=tuple([await prove(hub.connection, head, row) for row, _ in answer]),
        )
    finally:
        await hub.close()


def _answer(
    rows: Sequence[FeedRow], about: protocol.AboutFound, asked: Question
) -> list[tuple[FeedRow, Made[Body]]]:
    """The accesses that answer, in position order."""
    found = [(row, entry) for row in rows if (entry := made(row)) is not None]
    config = fold_hub(entry for row, entry in found if row.audience == HUB).timeline.at(None)
    answer = [
        (row, entry)
        for row, entry in found
        if entry.stream.startswith("access:")
        and concerns(entry, about, asked.terms)
        and asked.since <= config.day(at(entry)) <= asked.until
    ]
    return sorted(answer, key=lambda one: one[1].order)


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
