"""What a desktop checks of everything that a store sends: chains, signatures, commitments, heads.

A store that rewrites, drops, reorders or forges is caught here and told as :class:`Distrust`, which is not
an ordinary refusal: the desktop stops syncing and says so.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from mash_desktop.cache.feed import FeedPlace, FeedRow
from mash_desktop.cache.reading import stamp
from mash_desktop.domain.acts import Act, check_bodies, check_signature, read
from mash_desktop.domain.entries import decode
from mash_desktop.domain.entries.hub import KeyEnrolled, KeyRevoked
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.fold.hub import Directory, Key
from mash_desktop.proofs.feed_chain import START, link
from mash_desktop.proofs.head import BadHead, Head, SignedHead
from mash_desktop.proofs.merkle import verify_consistency

from .. import protocol


class Distrust(Exception):
    """The store's word does not hold together. ``sentence`` is for a manager to read."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = sentence


def checked_head(signed: SignedHead, store_key: bytes, hub: str) -> Head:
    """The head, signed by the hub's store. Raises ``Distrust``."""
    try:
        head = signed.verify(store_key)
    except BadHead as error:
        raise Distrust(
            "head-forged", "The store's account of its log is not signed by this hub's store."
        ) from error
    if head.hub != hub:
        raise Distrust("head-foreign", "The store answered for another hub.")
    return head


def check_growth(old: Head, new: Head, path: protocol.Path) -> None:
    """The new head's log begins with the old head's. Raises ``Distrust``."""
    if not verify_consistency(old.size, new.size, old.root, new.root, path.path):
        raise Distrust(
            "history-rewritten",
            "The store's log no longer contains the history that this desktop has seen. "
            "Stop, and tell your information governance officer.",
        )


def check_not_behind(old: Head, new: Head) -> None:
    """Within an epoch a log only grows. Raises ``Distrust``."""
    if new.epoch < old.epoch or (new.epoch == old.epoch and new.size < old.size):
        raise Distrust(
            "log-shrunk",
            "The store's log is shorter than it was. Stop, and tell your information governance officer.",
        )


class Keys:
    """The keys that acts are checked against: the directory's, and those that arrive in the same page."""

    def __init__(self, directory: Directory, store_key_id: str, store_key: bytes) -> None:
        self._keys: dict[str, Key] = dict(directory.keys)
        self._store = store_key_id
        self._store_key = store_key

    def learn(self, row: protocol.Row, act: Act) -> None:
        """Take note of a key that a row of the hub's stream enrols or revokes."""
        header = next(one for one in act.entries if one.id == row.entry)
        if header.stream != "hub" or row.body is None:
            return
        body = decode(header.kind, header.v, row.body.body)
        if isinstance(body, KeyEnrolled):
            self._keys.setdefault(
                body.key, Key(body.key, body.person, body.device, body.public, row.position)
            )
        elif isinstance(body, KeyRevoked) and body.key in self._keys:
            self._keys[body.key] = msgspec.structs.replace(self._keys[body.key], revoked=row.position)

    def public(self, act: Act, position: int) -> bytes:
        """The public key that must have signed ``act``. Raises ``Distrust``."""
        if act.key == self._store:
            return self._store_key
        key = self._keys.get(act.key)
        if key is None or key.person != act.author:
            raise Distrust(
                "key-unknown", "The store sent an act signed by a key that this hub has not enrolled."
            )
        if (key.enrolled or 0) > position or (key.revoked is not None and key.revoked < position):
            raise Distrust("key-not-valid", "The store sent an act signed by a key that was not valid then.")
        return bytes.fromhex(key.public)


def checked_rows(
    page: protocol.Page, at: Mapping[str, FeedPlace], keys: Keys
) -> tuple[tuple[FeedRow, ...], tuple[FeedPlace, ...]]:
    """The rows of a page as the cache takes them, and where each feed has come to. Raises ``Distrust``."""
    epochs = {cursor.audience: cursor.epoch for cursor in page.audiences}
    places = {audience: place for audience, place in at.items() if epochs.get(audience) == place.epoch}
    acts: dict[str, Act] = {}
    brought = [row for row in page.rows if row.signed is not None]
    for row in brought:
        assert row.signed is not None
        acts[row.entry] = _read(row)
    for row in sorted(brought, key=lambda row: row.position or 0):
        keys.learn(row, acts[row.entry])
    done: set[str] = set()
    rows: list[FeedRow] = []
    for row in page.rows:
        place = places.get(row.audience) or FeedPlace(row.audience, epochs.get(row.audience, 0), 0, START)
        if row.n != place.n + 1:
            raise Distrust("feed-gap", "The store left something out of what this desk should receive.")
        data = protocol.feed_row_bytes(row.audience, place.epoch, row.n, row.op, row.entry, row.because)
        chain = link(place.chain, data)
        if chain != row.chain:
            raise Distrust("feed-altered", "The store changed what this desk should receive.")
        places[row.audience] = FeedPlace(row.audience, place.epoch, row.n, chain)
        if row.signed is not None:
            _check(row, acts[row.entry], keys, done)
        rows.append(
            FeedRow(
                audience=row.audience,
                entry=row.entry,
                grant=row.op == "grant",
                signed=row.signed,
                body=row.body,
                disposed=row.disposed,
                position=row.position,
                admitted_at=stamp(row.admitted_at) if row.admitted_at else None,
            )
        )
    return tuple(rows), tuple(places.values())


def _read(row: protocol.Row) -> Act:
    assert row.signed is not None
    try:
        act = read(row.signed)
    except Refusal as error:
        raise Distrust("act-unreadable", "The store sent an act that cannot be read.") from error
    if all(header.id != row.entry for header in act.entries) or row.position is None:
        raise Distrust("act-foreign", "The store sent an entry with an act that it is no part of.")
    return act


def _check(row: protocol.Row, act: Act, keys: Keys, done: set[str]) -> None:
    assert row.signed is not None
    try:
        if act.id not in done:
            check_signature(row.signed, keys.public(act, row.position or 0))
            done.add(act.id)
        if row.body is not None:
            check_bodies(act, [row.body], whole=False)
    except Refusal as error:
        raise Distrust(error.code, f"The store sent something that was altered: {error.sentence}") from error
