"""What a desktop checks of everything that a store sends: chains, signatures, commitments, heads, places.

A store that rewrites, drops, reorders, withholds or forges is caught here and told as :class:`Distrust`,
which is not an ordinary refusal: the desktop stops syncing and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from mash_desktop.cache.feed import FeedPlace, FeedRow
from mash_desktop.cache.outbox import ANSWER
from mash_desktop.cache.reading import stamp
from mash_desktop.domain.acts import Act, Parcel, Seen, SignedAct, check_body, check_signature, read
from mash_desktop.domain.entries import decode
from mash_desktop.domain.entries.hub import KeyEnrolled, KeyRevoked
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.fold.hub import Directory, Key
from mash_desktop.proofs.feed_chain import START, link
from mash_desktop.proofs.head import BadHead, Head, SignedHead
from mash_desktop.proofs.merkle import leaf_hash, verify_consistency, verify_inclusion
from mash_desktop.proofs.signature import key_id

from .. import protocol
from .connection import Unreachable

CALL = "Stop, and tell your information governance officer."


class Distrust(Exception):
    """The store's word does not hold together. ``sentence`` is for a manager to read."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = sentence


# --- heads


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
            f"The store's log no longer contains the history that this desktop has seen. {CALL}",
        )


def check_not_behind(old: Head, new: Head) -> None:
    """Within an epoch a log only grows. Raises ``Distrust``."""
    if new.epoch < old.epoch or (new.epoch == old.epoch and new.size < old.size):
        raise Distrust("log-shrunk", f"The store's log is shorter than it was. {CALL}")


class Place(msgspec.Struct, frozen=True):
    """Where an act begins in the log by the store's word, so that the log can be asked for proof."""

    position: int
    admitted_at: datetime
    signed: SignedAct
    seen: Seen | None
    """What its author had verified of the log."""


def check_place(place: Place, head: Head, path: protocol.Path) -> None:
    """The log under ``head`` has this act from there on, admitted then. Raises ``Distrust``."""
    digest = protocol.act_digest(place.signed)
    leaf = leaf_hash(protocol.leaf_bytes(place.position, place.admitted_at, digest, 0))
    if not verify_inclusion(leaf, place.position - 1, head.size, path.path, head.root):
        raise Distrust("entry-unlogged", f"The store told of an entry that its log does not have. {CALL}")


def check_seen(seen: Seen, head: Head, path: protocol.Path) -> None:
    """What another desktop had verified is the beginning of the log under ``head``. Raises ``Distrust``."""
    try:
        root = bytes.fromhex(seen.root)
    except ValueError:
        root = b""
    if not verify_consistency(seen.size, head.size, root, head.root, path.path):
        raise Distrust(
            "history-differs", f"The store has shown another history to somebody else in this hub. {CALL}"
        )


# --- answers to a push


def checked_answers(
    parcels: Sequence[Parcel], pushed: protocol.Pushed, head: Head
) -> tuple[tuple[str, protocol.Answer], ...]:
    """The answer to each act, by its id. Raises ``Unreachable`` for what is no answer, and ``Distrust``."""
    if len(pushed.answers) != len(parcels):
        raise Unreachable("not the answer of a store")
    found = []
    for parcel, answer in zip(parcels, pushed.answers, strict=True):
        act = read(parcel.signed)
        # A store that could not read the act does not know its id.
        unread = answer.state == "refused" and not answer.act
        if not (answer.act == act.id or unread) or answer.state not in {"admitted", "known", "refused"}:
            raise Unreachable("not the answer of a store")
        if answer.code == "history-differs":
            raise Distrust(answer.code, answer.sentence)
        if answer.state != "refused":
            first = answer.positions[0] if answer.positions else 0
            placed = tuple(range(first, first + len(act.entries)))
            if (
                answer.positions != placed
                or not 0 < first <= placed[-1] <= head.size
                or not answer.admitted_at
            ):
                raise Distrust(
                    "answer-wrong", "The store says that it admitted what its log has no place for."
                )
        found.append((act.id, answer))
    return tuple(found)


# --- feeds


class Keys:
    """The keys that acts are checked against: the directory's, and those that arrive in the same page."""

    def __init__(self, directory: Directory, store_keys: Sequence[bytes]) -> None:
        self._keys: dict[str, Key] = dict(directory.keys)
        self._store = {key_id(key): key for key in store_keys}

    def learn(self, row: protocol.Row, act: Act, place: int) -> None:
        """Take note of a key that a row, the act's entry at ``place``, enrols or revokes in the hub."""
        header = act.entries[place]
        if header.stream != "hub" or row.body is None:
            return
        try:
            body = decode(header.kind, header.v, row.body.body)
        except msgspec.DecodeError:
            return  # whatever it says, it makes no key good
        if isinstance(body, KeyEnrolled):
            self._keys.setdefault(
                body.key, Key(body.key, body.person, body.device, body.public, row.position)
            )
        elif isinstance(body, KeyRevoked) and body.key in self._keys:
            self._keys[body.key] = msgspec.structs.replace(self._keys[body.key], revoked=row.position)

    def public(self, act: Act, first: int) -> bytes:
        """The public key that must have signed ``act``, admitted from position ``first`` on.

        Raises ``Distrust``.
        """
        key = self._keys.get(act.key)
        if act.key in self._store:
            # The store vouches for its own keys, each until it handed on to the next.
            if key is not None and key.revoked is not None and key.revoked < first:
                raise Distrust(
                    "key-not-valid", "The store sent an act signed by a key that was not valid then."
                )
            return self._store[act.key]
        if key is None or key.person != act.author:
            raise Distrust(
                "key-unknown", "The store sent an act signed by a key that this hub has not enrolled."
            )
        # An act does not enrol the key that it is signed with.
        if (key.enrolled or 0) >= first or (key.revoked is not None and key.revoked < first):
            raise Distrust("key-not-valid", "The store sent an act signed by a key that was not valid then.")
        return bytes.fromhex(key.public)


class CheckedPage(msgspec.Struct, frozen=True):
    """A page as the cache takes it. ``at`` are the feeds that have moved or begun."""

    rows: tuple[FeedRow, ...]
    at: tuple[FeedPlace, ...]
    places: tuple[Place, ...]
    """Of the acts that it brought."""


def checked_page(page: protocol.Page, held: Mapping[str, FeedPlace], keys: Keys, head: Head) -> CheckedPage:
    """The rows of a page and where each feed has come to. Raises ``Distrust`` or ``Unreachable``."""
    if page.more and not page.rows:
        raise Unreachable("a page that brings nothing and promises more")
    places = {
        one.audience: held[one.audience]
        if one.audience in held and held[one.audience].epoch == one.epoch
        else FeedPlace(one.audience, one.epoch, 0, START)
        for one in page.audiences
    }
    acts = _acts(page.rows, head)
    for row in sorted((row for row in page.rows if row.signed is not None), key=_position):
        brought = acts[row.entry]
        keys.learn(row, brought.act, brought.places[row.entry])
    rows = []
    for row in page.rows:
        place = places.get(row.audience)
        if place is None:
            raise Distrust("feed-foreign", "The store sent what is not for this desk.")
        places[row.audience] = _linked(place, row)
        rows.append(_row(row, acts.get(row.entry)))
    return CheckedPage(
        tuple(rows),
        tuple(place for audience, place in places.items() if held.get(audience) != place),
        _signed(acts, keys),
    )


def checked_early(found: protocol.UrgentFound, keys: Keys, head: Head) -> CheckedPage:
    """What is shown ahead of the feeds, as the cache takes it: held on the store's answer until these tell.

    Raises ``Distrust``.
    """
    if not all(row.signed is not None and row.op == "grant" for row in found.rows):
        raise Distrust("act-foreign", "The store sent an entry with an act that it is no part of.")
    acts = _acts(found.rows, head)
    rows = tuple(
        msgspec.structs.replace(_row(row, acts.get(row.entry)), audience=ANSWER) for row in found.rows
    )
    return CheckedPage(rows, (), _signed(acts, keys))


class _Brought(msgspec.Struct, frozen=True):
    """An act of a page, its first position, and when it was admitted."""

    act: Act
    signed: SignedAct
    first: int
    admitted_at: datetime
    stamped: int
    """The same time, as the cache keeps it."""
    places: dict[str, int]
    """Of its entries, by their ids."""


def _position(row: protocol.Row) -> int:
    return row.position or 0


def _linked(place: FeedPlace, row: protocol.Row) -> FeedPlace:
    """Where the feed has come to with this row."""
    if row.n != place.n + 1:
        raise Distrust("feed-gap", "The store left something out of what this desk should receive.")
    data = protocol.feed_row_bytes(row.audience, place.epoch, row.n, row.op, row.entry, row.because)
    chain = link(place.chain, data)
    if chain != row.chain or row.op not in {"grant", "withdraw"}:
        raise Distrust("feed-altered", "The store changed what this desk should receive.")
    return FeedPlace(row.audience, place.epoch, row.n, chain)


def _acts(rows: Sequence[protocol.Row], head: Head) -> dict[str, _Brought]:
    """The acts that the rows bring, by each row's entry; every row of an act tells the same of it."""
    by_bytes: dict[bytes, _Brought] = {}
    found: dict[str, _Brought] = {}
    for row in rows:
        if row.signed is None:
            continue
        brought = by_bytes.get(row.signed.act)
        act = brought.act if brought is not None else _read(row.signed)
        places = brought.places if brought is not None else {one.id: at for at, one in enumerate(act.entries)}
        index = places.get(row.entry)
        if index is None or row.position is None or row.admitted_at is None:
            raise Distrust("act-foreign", "The store sent an entry with an act that it is no part of.")
        first = row.position - index
        if brought is None:
            brought = _Brought(act, row.signed, first, row.admitted_at, stamp(row.admitted_at), places)
            by_bytes[row.signed.act] = brought
        here = (row.signed.signature, first, row.admitted_at)
        if here != (brought.signed.signature, brought.first, brought.admitted_at) or not (
            0 < brought.first <= brought.first + len(brought.places) - 1 <= head.size
        ):
            raise Distrust(
                "position-wrong", "The store gave an entry a place that it cannot have in the log."
            )
        found[row.entry] = brought
    return found


class Owed:
    """Entries granted without their content, as those are that the same feed withdraws further on."""

    def __init__(self) -> None:
        self._owed: set[tuple[str, str]] = set()

    def note(self, rows: Iterable[FeedRow]) -> None:
        for row in rows:
            if row.grant and row.signed is None:
                self._owed.add((row.audience, row.entry))
            else:
                self._owed.discard((row.audience, row.entry))

    def check(self, audiences: Iterable[str]) -> None:
        """These feeds have been read to their end. Raises ``Distrust`` where content is still owed."""
        ended = frozenset(audiences)
        if any(audience in ended for audience, _ in self._owed):
            raise Distrust("content-withheld", "The store kept back entries that it granted to this desk.")


def _read(signed: SignedAct) -> Act:
    try:
        return read(signed)
    except Refusal as error:
        raise Distrust("act-unreadable", "The store sent an act that cannot be read.") from error


def _row(row: protocol.Row, brought: _Brought | None) -> FeedRow:
    """The row as the cache takes it, its body the one that was signed."""
    if row.signed is not None and brought is not None:
        if (row.body is None) is not (row.disposed or row.damaged):
            raise Distrust("body-withheld", "The store kept back the words of an entry that it granted.")
        if row.body is not None:
            if row.body.entry != row.entry:
                raise Distrust("body-foreign", "The store sent the words of one entry with another.")
            try:
                check_body(brought.act.entries[(row.position or 0) - brought.first], row.body)
            except Refusal as error:
                raise _altered(error) from error
    return FeedRow(
        audience=row.audience,
        entry=row.entry,
        grant=row.op == "grant",
        signed=row.signed,
        body=row.body,
        disposed=row.disposed,
        position=row.position,
        admitted_at=brought.stamped if brought is not None else None,
        act=brought.act if brought is not None else None,
    )


def _signed(acts: Mapping[str, _Brought], keys: Keys) -> tuple[Place, ...]:
    """Where the acts of these entries are, once each is seen to be signed."""
    brought = {id(one): one for one in acts.values()}.values()
    for one in brought:
        _check_signature(one, keys)
    return tuple(Place(one.first, one.admitted_at, one.signed, one.act.seen) for one in brought)


def _check_signature(brought: _Brought, keys: Keys) -> None:
    try:
        check_signature(brought.signed, keys.public(brought.act, brought.first))
    except Refusal as error:
        raise _altered(error) from error


def _altered(error: Refusal) -> Distrust:
    return Distrust(error.code, f"The store sent something that was altered: {error.sentence}")
