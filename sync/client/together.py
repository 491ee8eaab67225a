"""A cache and a store kept together: what waits is sent, what is new is brought, and more is listened for.

Push and pull take turns in one loop, woken by a save, by the live stream or by the clock; a second task
reads the live stream. Whatever comes is verified before it is kept. It never sleeps less than the backoff
says and never has two attempts under way. Which thread this runs on is the synchroniser's.
"""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager
from datetime import UTC, datetime
from random import Random, SystemRandom

import msgspec

from mash_desktop.cache import Cache, ChangeSet
from mash_desktop.cache.feed import FeedPlace, Moved
from mash_desktop.cache.outbox import Clash
from mash_desktop.cache.schema import READ_ONCE
from mash_desktop.domain.acts import Parcel, Seen, read
from mash_desktop.domain.audiences import HUB
from mash_desktop.domain.entries.contact import DocumentAttached
from mash_desktop.domain.errors import Refusal
from mash_desktop.faults import kind_and_place
from mash_desktop.proofs.head import SignedHead

from .. import protocol
from . import evidence
from .backoff import Backoff
from .connection import Connection, TooSlow, Unreachable
from .heads import Verified
from .status import Status
from .verification import CALL, Distrust, Owed, Place, checked_answers

_log = logging.getLogger(__name__)

POLL_SECONDS = 30.0
"""How often to look without being told: it covers a lost notice."""
WOKEN_SECONDS = 5.0
"""The longest wait after a failure once there is something to do, unless the store asked for a longer one."""
STEADY_SECONDS = 10.0
"""A live stream that held for so long may be opened again at once."""
PUSH_ACTS = 20
FEWEST_ROWS = 50
"""Of a page, however slow the line is."""
SESSION_OVER = frozenset({"session-ended"})
ACCESS_OVER = frozenset({"device-revoked", "directory-left"})
"""Refusals after which a desktop locks."""
KEY_OVER = "device-revoked"
"""That after which nothing that waits can be sent as it was signed."""
UNFIT = frozenset({"body-too-large", "request-unreadable", "chunk-size", "chunk-wrong"})
"""Refusals of a whole request for what is in it: sent again it would be refused again."""
FAULT = "Something went wrong in this program while it talked to the hub. Your work is kept; it tries again."
NO_ROLE = "You hold no role in this hub now. Ask an administrator for one, then sign in again."


class Together:
    """Keeps a cache and a store together, for one signed-in person, over one connection."""

    def __init__(
        self,
        cache: Cache,
        connection: Connection,
        session: protocol.Session,
        store_key: bytes,
        *,
        on_change: Callable[[ChangeSet], None],
        on_status: Callable[[Status], None],
        on_presence: Callable[[protocol.Presence], None],
        on_seen: Callable[[Seen], None],
        chance: Random | None = None,
    ) -> None:
        self._cache = cache
        self._chance = chance or SystemRandom()
        self._connection = connection
        self._hub = connection.server.hub
        self._feed = f"/v1/hubs/{self._hub}/feed"
        self._session = session
        self._on_change, self._on_status = on_change, on_status
        self._on_presence = on_presence
        self._verified = Verified(
            cache,
            self._hub,
            store_key,
            self._chance,
            on_seen=on_seen,
            on_verified=lambda at, size: self._say(verified_at=at, log_size=size),
            began_epoch=self._begin_epoch,
        )
        found = evidence.unsettled(cache)
        self.status = Status(
            first_sync=cache.fact(READ_ONCE) is None,
            distrust=found.sentence if found else "",
            since=found.at if found else None,
        )
        self._audiences: dict[protocol.Standing, frozenset[str]] = {}
        self._owed = Owed()
        self._most_acts, self._most_rows = PUSH_ACTS, protocol.MOST_ROWS
        """Of one request: less on a line that is too slow for so much."""
        self._ahead: tuple[protocol.Pull, asyncio.Task[protocol.Page]] | None = None
        """The next page, asked for while the last is being kept."""
        self._woken = asyncio.Event()
        self._looked = False
        """Whether the log has been looked at before anything was sent to it."""

    def _begin_epoch(self) -> None:
        """The store was restored: feeds begin anew, and owe nothing of what they had granted before."""
        self._owed = Owed()
        self._on_change(self._cache.begin_epoch(self._session.person))
        self._say(first_sync=True, fetched=0)

    def wake(self) -> None:
        """Look at once. To be called on the loop that :meth:`run` runs on."""
        self._woken.set()

    @property
    def _over(self) -> bool:
        """Nothing that could go on."""
        return bool(self.status.distrust or self.status.signed_out)

    async def run(self) -> None:
        """Until the session is over, the store is not to be trusted, or it is cancelled."""
        if self._over:
            # What was found before has yet to be looked into.
            self._on_status(self.status)
            return
        live = asyncio.create_task(self._listen())
        try:
            await self._keep_together()
        finally:
            live.cancel()
            # Once round the loop: what was asked beside has its task by then, and is cancelled with the rest.
            (ended,) = await asyncio.gather(live, return_exceptions=True)
            if isinstance(ended, Exception):
                log_fault(ended)

    async def _keep_together(self) -> None:
        backoff = Backoff(self._chance)
        while not self._over:
            self._woken.clear()
            asked_for: float | None = None
            try:
                await self._verified.take_kept(self._connection)
                unsent = await self._pushed()
                await self._pull()
                if unsent is not None and not self._over:
                    raise unsent
            except Unreachable as error:
                asked_for = error.retry_after
                self._say(online=False, trouble="")
            except Exception as error:
                self.failed(error)
            else:
                if not self._over:
                    backoff.reset()
                    self._say(online=True, synced_at=datetime.now(UTC), trouble="")
                    await self._wait(POLL_SECONDS, woken=0.0)
                continue
            await self._wait(backoff.next(asked_for), woken=None if asked_for else WOKEN_SECONDS)

    async def _wait(self, seconds: float, *, woken: float | None) -> None:
        """Wait; once woken no longer than ``woken`` from then on, where that is not ``None``."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while not self._over and (left := until - loop.time()) > 0:
            try:
                async with asyncio.timeout(left):
                    await self._woken.wait()
            except TimeoutError:
                return
            self._woken.clear()
            if woken is not None:
                until = min(until, loop.time() + woken)

    # --- sending

    async def _pushed(self) -> Refusal | TooSlow | None:
        """Send what waits; why some of it does not go, where that keeps nothing from being brought: whoever
        may no longer send it may no longer hold what it belongs to either."""
        try:
            await self._push()
        except (Refusal, TooSlow) as error:
            if isinstance(error, Refusal) and error.code in SESSION_OVER | ACCESS_OVER:
                raise
            return error
        return None

    async def _push(self) -> None:
        path = f"/v1/hubs/{self._hub}/acts"
        most = self._most_acts
        if not self._looked:
            # Of a store that was restored meanwhile: what it had admitted is offered before what waits, which
            # may rest on it, and what is most urgent is brought first. No session outlives a restore, so once
            # is enough.
            head = await self._connection.get(f"/v1/hubs/{self._hub}/head", SignedHead)
            await self._verified.check_head(self._connection, head)
        self._looked = True
        while parcels := self._cache.outgoing(self._session.person, most):
            try:
                # An act that attaches a document is taken only once the document is there.
                await self._send_chunks(parcels)
                pushed = await self._connection.ask(protocol.Push(acts=parcels), path, protocol.Pushed)
            except TooSlow:
                self._most_acts = max(1, len(parcels) // 4)
                raise
            except Refusal as refusal:
                if refusal.code not in UNFIT:
                    raise
                if len(parcels) > 1:
                    most = len(parcels) // 2
                    continue
                only = read(parcels[0].signed).id
                change = self._cache.refused(only, refusal.code, refusal.sentence, refusal.field, None, None)
            else:
                self._most_acts = min(PUSH_ACTS, 2 * self._most_acts)
                change = await self._settle(parcels, pushed)
            self._on_change(change)
            if not change:
                return

    async def _send_chunks(self, parcels: Sequence[Parcel]) -> None:
        unsent = set(self._cache.unsent_chunks())
        for parcel in parcels if unsent else ():
            for digest in _pieces(parcel):
                content = self._cache.chunk(digest) if digest in unsent else None
                if content is not None:
                    await self._connection.put_chunk(digest, content)
                    self._cache.mark_sent(digest)
                    unsent.discard(digest)

    async def _settle(self, parcels: Sequence[Parcel], pushed: protocol.Pushed) -> ChangeSet:
        """Keep what the store answered, once it is shown that it can be so."""
        head = await self._verified.check_head(self._connection, pushed.head)
        answers = checked_answers(parcels, pushed, head)
        admitted = [
            Place(answer.positions[0], answer.admitted_at, parcel.signed, read(parcel.signed).seen)
            for parcel, (_, answer) in zip(parcels, answers, strict=True)
            if answer.admitted_at is not None
        ]
        await self._verified.check_some(self._connection, head, admitted)
        change = ChangeSet()
        for act, answer in answers:
            if answer.admitted_at is None:
                change |= self._cache.refused(
                    act, answer.code, answer.sentence, answer.field, answer.entry, answer.moved_by
                )
            else:
                change |= self._cache.admitted(act, answer.positions, answer.admitted_at)
        return change

    # --- bringing

    async def _pull(self) -> None:
        """Read the feeds of every standing to their end."""
        ends: list[int] = []
        for standing in self._session.standings:
            try:
                if self.status.first_sync:
                    await self._look_first(standing)
                ends.append(await self._read_feeds(standing))
            except Refusal as refusal:
                if refusal.code != "standing-not-held":
                    raise
                # What came by this role alone goes; the other roles are as they were.
                self._audiences[standing] = frozenset()
        if not ends:
            self._say(online=False, signed_out=NO_ROLE, barred="role-missing")
        if ends:
            await self._verified.check_restored(self._connection)
        self._on_change(self._cache.receive([], [], self._named(), read_to=min(ends, default=None)))
        if ends and self.status.first_sync:
            self._cache.put_fact(READ_ONCE, b"yes")
            self._say(first_sync=False)

    async def _look_first(self, standing: protocol.Standing) -> None:
        """Bring what is open and most urgent, once people, keys and configuration are here to read it by."""
        while (await self._read_page(standing, HUB)).more:
            pass
        asked = protocol.Urgent(standing=standing)
        try:
            found = await self._connection.ask(asked, f"/v1/hubs/{self._hub}/urgent", protocol.UrgentFound)
        except Refusal as refusal:
            if refusal.code != "not-found":
                raise
            return  # an older store, whose feeds bring it all the same
        head = await self._verified.check_head(self._connection, found.head)
        checked = await self._verified.check_early(self._connection, found, head)
        await self._verified.check_some(self._connection, head, checked.places)
        if checked.rows:
            self._on_change(self._cache.receive(checked.rows, (), self._cache.places()))

    async def _read_feeds(self, standing: protocol.Standing) -> int:
        """Read the feeds of one standing to their end; the size of the log under which that was."""
        try:
            while True:
                page = await self._read_page(standing)
                if self.status.first_sync:
                    self._say(fetched=self.status.fetched + len(page.rows), to_fetch=page.left)
                if not page.more:
                    return self.status.log_size
        finally:
            await self._forget_ahead()

    async def _read_page(self, standing: protocol.Standing, *only: str) -> protocol.Page:
        """Bring the next page of a standing's feeds, or of ``only`` some of them, and keep it."""
        held = self._cache.places()
        try:
            page = await self._ask_page(self._pulling(standing, held, only))
        except TooSlow:
            self._most_rows = max(FEWEST_ROWS, self._most_rows // 4)
            raise
        self._most_rows = min(protocol.MOST_ROWS, 2 * self._most_rows)
        head = await self._verified.check_head(self._connection, page.head)
        with _uncollected():
            checked = await self._verified.check_page(self._connection, page, held, head)
        await self._verified.check_some(self._connection, head, checked.places)
        named = frozenset(cursor.audience for cursor in page.audiences)
        if not only:
            self._audiences[standing] = named
        self._owed.note(checked.rows)
        if not page.more:
            self._owed.check(named)
        if page.more and not only:
            then = held | {place.audience: place for place in checked.at}
            message = self._pulling(standing, then, only)
            asked, sent = self._connection.ask_ahead(message, self._feed, protocol.Page)
            self._ahead = message, asked
            await sent.wait()
        if checked.rows or checked.at:
            try:
                with _uncollected():
                    change = self._cache.receive(checked.rows, checked.at, self._named(), asked_from=held)
            except Moved:
                return await self._read_page(standing, *only)
            self._on_change(change)
        return page

    def _pulling(
        self, standing: protocol.Standing, held: Mapping[str, FeedPlace], only: tuple[str, ...]
    ) -> protocol.Pull:
        cursors = (protocol.Cursor(one.audience, one.epoch, one.n) for _, one in sorted(held.items()))
        return protocol.Pull(standing=standing, cursors=tuple(cursors), limit=self._most_rows, only=only)

    async def _ask_page(self, message: protocol.Pull) -> protocol.Page:
        """The page, which has been asked for already where its place was known beforehand."""
        if self._ahead is not None and self._ahead[0] == message:
            (_, asked), self._ahead = self._ahead, None
            return await asked
        await self._forget_ahead()
        return await self._connection.ask(message, self._feed, protocol.Page)

    async def _forget_ahead(self) -> None:
        """Nobody waits for it any more."""
        if self._ahead is not None:
            (_, asked), self._ahead = self._ahead, None
            asked.cancel()
            await asyncio.gather(asked, return_exceptions=True)

    def _named(self) -> frozenset[str]:
        """Audiences to keep: once every standing has been heard, those that they named; all until then."""
        named = frozenset[str]().union(*self._audiences.values())
        if len(self._audiences) < len(self._session.standings):
            return named | frozenset(self._cache.places())
        return named

    # --- listening

    async def _listen(self) -> None:
        backoff, loop = Backoff(self._chance), asyncio.get_running_loop()
        while not self._over:
            opened, asked_for = loop.time(), None
            try:
                async with aclosing(self._connection.live()) as events:
                    async for event, data in events:
                        self._heard(event, data)
            except Unreachable as error:
                asked_for = error.retry_after
            except Exception as error:
                self.failed(error)
            if loop.time() - opened > STEADY_SECONDS:
                # It had held, so the line was lost just now: look at once how things stand.
                backoff.reset()
                self._woken.set()
            await asyncio.sleep(backoff.next(asked_for))

    def _heard(self, event: str, data: str) -> None:
        if event == "grown":
            self._woken.set()
        elif event == "presence":
            self._on_presence(msgspec.json.decode(data, type=protocol.Presence))
        elif event == "locked":
            problem = msgspec.json.decode(data, type=protocol.Problem)
            raise Refusal(problem.code, problem.sentence)

    # --- telling

    def failed(self, error: Exception) -> None:
        """Say what went wrong, and end what cannot go on."""
        if isinstance(error, Clash):
            error = Distrust("position-taken", f"The store gave two entries one place in its log. {CALL}")
        if isinstance(error, Distrust):
            _log.error("the store's word does not hold together: %s", error.code)
            self._keep(error)
            self._say(online=False, distrust=error.sentence, trouble="")
        elif isinstance(error, Refusal) and error.code in SESSION_OVER | ACCESS_OVER:
            if error.code == KEY_OVER:
                self._set_aside()
            barred = error.code if error.code in ACCESS_OVER else ""
            self._say(online=False, signed_out=error.sentence, barred=barred)
        elif isinstance(error, Refusal):
            _log.warning("not together with the store: %s", error.code)
            self._say(online=False, trouble=error.sentence)
        else:
            log_fault(error)
            self._say(online=False, trouble=FAULT)
        if self._over:
            self._woken.set()

    def _keep(self, error: Distrust) -> None:
        found = evidence.Found(
            error.code, error.sentence, datetime.now(UTC), self._verified.shown, self._verified.held
        )
        try:
            evidence.keep(self._cache, found)
        except Refusal as refusal:
            _log.error("what does not hold together was not kept: %s", refusal.code)

    def _set_aside(self) -> None:
        try:
            self._on_change(self._cache.quarantine(self._session.person))
        except Refusal as refusal:
            # It stays where it is; whoever signs in here next finds it made under a key that is no good.
            _log.error("what waits was not set aside: %s", refusal.code)

    def _say(self, **changes: object) -> None:
        if "online" in changes and (changes["online"] != self.status.online or self.status.since is None):
            changes["since"] = datetime.now(UTC)
        status = msgspec.structs.replace(self.status, **changes)
        if status == self.status:
            return
        self.status = status
        try:
            self._on_status(status)
        except Exception as error:
            # Whoever listens badly ends nothing.
            log_fault(error)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Thousands of values at once, none of which holds itself: a collector would look for cycles in vain."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def log_fault(error: Exception) -> None:
    _log.error("the network failed: %s", kind_and_place(error))


def _pieces(parcel: Parcel) -> tuple[str, ...]:
    """The chunks of the documents that an act attaches."""
    bodies = {body.entry: body.body for body in parcel.bodies}
    found: tuple[str, ...] = ()
    for header in read(parcel.signed).entries:
        if header.kind == DocumentAttached.KIND:
            found += msgspec.json.decode(bodies[header.id], type=DocumentAttached).chunks
    return found
