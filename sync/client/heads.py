"""The store's log as this desktop has verified it: the last head, and the keys that may sign the next.

Every head that comes is checked against the last, and kept before anything that stands under it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from random import Random

import msgspec

from mash_desktop.cache import Cache
from mash_desktop.cache.feed import FeedPlace
from mash_desktop.domain.acts import Seen
from mash_desktop.domain.entries.hub import EpochOpened
from mash_desktop.domain.errors import Refusal
from mash_desktop.proofs.head import Head, SignedHead

from .. import protocol
from .connection import Connection
from .store_keys import StoreKeys
from .verification import (
    CALL,
    CheckedPage,
    Distrust,
    Keys,
    Place,
    check_growth,
    check_not_behind,
    check_place,
    check_seen,
    checked_early,
    checked_page,
)

_log = logging.getLogger(__name__)

STORE_KEYS = "store-keys"
"""The fact that keeps which keys of the store are trusted."""
HEAD = "head"
"""The fact that keeps the last verified head."""
HEADS_BEFORE = "heads-before"
"""The fact that keeps the last one before each restore of the hub, until its person has seen that it was."""
HEAD_UNCHECKED = "head-unchecked"
"""The fact that keeps the last one before a restore, until it is known what became of the log under it."""


class Verified:
    """What is known of one hub's log. ``began_epoch`` is called before a head of a new epoch is kept."""

    def __init__(
        self,
        cache: Cache,
        hub: str,
        store_key: bytes,
        chance: Random,
        *,
        on_seen: Callable[[Seen], None],
        on_verified: Callable[[datetime, int], None],
        began_epoch: Callable[[], None],
    ) -> None:
        self._cache = cache
        self._hub = hub
        self._chance = chance
        self._store_keys = StoreKeys(hub, (store_key,))
        self._head: Head | None = None
        self._before: Head | None = None
        """The last head of another epoch, until it is known what became of the log under it."""
        self.shown: SignedHead | None = None
        """The last head that the store showed, whether it held or not."""
        self._on_seen, self._on_verified, self._began_epoch = on_seen, on_verified, began_epoch

    async def take_kept(self, connection: Connection) -> None:
        """Go on from the head that was kept, unless that has been done. Raises ``Distrust``, and as
        ``Connection.get`` does.

        Whoever enrolled anew was given the store's key of now, which may be another than signed that head:
        the store then shows how one was handed on to the other.
        """
        if self._head is not None:
            return
        known = msgspec.json.decode(self._cache.fact(STORE_KEYS) or b"[]", type=tuple[bytes, ...])
        if self._store_keys.present in known:
            self._store_keys = StoreKeys(self._hub, known)
        before, head = self._signed(HEAD_UNCHECKED), self._signed(HEAD)
        if not all(self._store_keys.know(signed) for signed in (before, head) if signed is not None):
            await self._learn_keys(connection)
        self._before = None if before is None else self._store_keys.kept_head(before)
        if head is not None:
            self._take(self._store_keys.kept_head(head))

    def _signed(self, fact: str) -> SignedHead | None:
        kept = self._cache.fact(fact)
        return None if kept is None else msgspec.json.decode(kept, type=SignedHead)

    @property
    def held(self) -> SignedHead | None:
        """The last head that held, as the store signed it."""
        return self._signed(HEAD if self._before is None else HEAD_UNCHECKED)

    async def check_head(self, connection: Connection, signed: SignedHead) -> Head:
        """The head, once the log under it is shown to begin with the last one's. Raises ``Distrust``."""
        self.shown = signed
        trusted = self._store_keys.keys
        head = await self._store_keys.head(connection, signed)
        if self._store_keys.keys != trusted:
            self._keep_keys()
        old = self._head
        if old is not None:
            check_not_behind(old, head)
            if old.epoch != head.epoch:
                _log.warning("the store began epoch %d at %d entries", head.epoch, head.size)
                self._keep_before(old)
                self._began_epoch()
            elif (old.size, old.root) == (head.size, head.root):
                self._on_verified(datetime.now(UTC), head.size)
                return head
            else:
                check_growth(old, head, await proof(connection, "consistency", old=old.size, new=head.size))
        self._cache.put_fact(HEAD, msgspec.json.encode(signed))
        self._take(head)
        self._on_verified(datetime.now(UTC), head.size)
        return head

    async def check_restored(self, connection: Connection) -> None:
        """The feeds of an epoch have been read to their end: the log says that it was restored, and from how
        much. Where that is no less than this desktop had seen, it is all there still. Raises ``Distrust``."""
        before, head = self._before, self._head
        if before is None or head is None:
            return
        told = [entry.body for entry in self._cache.entries_of_kinds("hub", EpochOpened.KIND)]
        sizes = [
            body.size
            for body in told
            if isinstance(body, EpochOpened) and before.epoch < body.epoch <= head.epoch
        ]
        if not sizes:
            raise Distrust(
                "epoch-unexplained",
                f"The store began its log anew and does not say that it was restored from a backup. {CALL}",
            )
        if min(sizes) >= before.size:
            path = await proof(connection, "consistency", old=before.size, new=head.size)
            check_growth(before, head, path)
        self._cache.put_facts({HEAD_UNCHECKED: None})
        self._before = None

    async def check_some(self, connection: Connection, head: Head, places: Sequence[Place]) -> None:
        """Have the log prove the place of the last act and of one more, and that it contains what the author
        of one had seen: which ones, the store cannot know beforehand.

        Wherever something before it was dropped or put in, the last act is at another place.
        """
        if not places:
            return
        for place in {max(places, key=lambda one: one.position), self._chance.choice(places)}:
            check_place(
                place, head, await proof(connection, "inclusion", position=place.position, size=head.size)
            )
        heads = [one.seen for one in places if one.seen is not None and one.seen.epoch == head.epoch]
        if heads:
            seen = self._chance.choice(heads)
            check_seen(seen, head, await proof(connection, "consistency", old=seen.size, new=head.size))

    async def check_page(
        self, connection: Connection, page: protocol.Page, held: Mapping[str, FeedPlace], head: Head
    ) -> CheckedPage:
        """A page as the cache takes it. Raises ``Distrust`` or ``Unreachable``."""
        return await self._with_keys(connection, lambda keys: checked_page(page, held, keys, head))

    async def check_early(
        self, connection: Connection, found: protocol.UrgentFound, head: Head
    ) -> CheckedPage:
        """What came ahead of the feeds, as the cache takes it. Raises ``Distrust``."""
        return await self._with_keys(connection, lambda keys: checked_early(found, keys, head))

    async def _with_keys(self, connection: Connection, checked: Callable[[Keys], CheckedPage]) -> CheckedPage:
        """What is checked, if need be once it is known which keys the store had before."""
        directory = self._cache.directory()
        try:
            return checked(Keys(directory, self._store_keys.keys))
        except Distrust as error:
            if error.code not in {"key-unknown", "key-not-valid"} or not await self._learn_keys(connection):
                raise
        return checked(Keys(directory, self._store_keys.keys))

    async def _learn_keys(self, connection: Connection) -> bool:
        grown = await self._store_keys.learn(connection)
        self._keep_keys()
        return grown

    def _keep_keys(self) -> None:
        self._cache.put_fact(STORE_KEYS, msgspec.json.encode(self._store_keys.keys))

    def _keep_before(self, old: Head) -> None:
        """The last head before a restore: to tell its person of, and to check the log by where that has been
        checked by all before."""
        signed = self._signed(HEAD)
        kept = {HEADS_BEFORE: msgspec.json.encode((*heads_before(self._cache), signed))}
        if self._before is None:
            self._before = old
            kept[HEAD_UNCHECKED] = msgspec.json.encode(signed)
        self._cache.put_facts(kept)

    def _take(self, head: Head) -> None:
        self._head = head
        self._on_seen(Seen(head.epoch, head.size, head.root.hex()))


def heads_before(cache: Cache) -> tuple[SignedHead, ...]:
    """The last head before each restore of which the person has not been told, the earliest first."""
    return msgspec.json.decode(cache.fact(HEADS_BEFORE) or b"[]", type=tuple[SignedHead, ...])


async def proof(connection: Connection, kind: str, **of: int) -> protocol.Path:
    try:
        return await connection.proof(kind, **of)
    except Refusal as refusal:
        if refusal.code != "proof-outside":
            raise
        raise Distrust(
            "proof-refused", f"The store does not prove what it says of its own log. {CALL}"
        ) from refusal
