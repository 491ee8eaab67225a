"""Admitting acts: each push examined by itself, those that come together committed together.

Pushes share a commit, since positions are given one commit after another anyway: of the threads that wait,
one commits for all of them. Judging and writing are in ``committing``.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from http import HTTPStatus

from msgspec.structs import replace
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, OperationalError

from mash_desktop.domain.acts import Parcel
from mash_desktop.domain.errors import Refusal
from sync.protocol import Answer

from .committing import LinkedMeanwhile, commit, refuse, refused
from .examining import STORE, Candidate, examine
from .log import LogHead, read_head
from .refusals import status_of
from .sealing import Secrets
from .streams import Shelf, current_directory

logger = logging.getLogger(__name__)

MOST_TRIES = 5
MOST_TOGETHER = 100
"""Acts in one commit; a push is never divided."""
_WORTH_ANOTHER_TRY = frozenset({"40P01", "40001", "23505"})
"""Deadlock, serialization failure, and an id that another instance admitted, or a key that it gave a day of
accesses, at the same moment."""
_DAMAGED = Refusal(
    "record-damaged",
    "Something in this record, or in one linked with it, is damaged at the hub: nothing is added to it now. "
    "Your words are kept. Tell the hub's administrator.",
)


class Outcome:
    """What a push came to. ``grew`` says whether the log did."""

    def __init__(self, answers: list[Answer], head: LogHead, grew: bool) -> None:
        self.answers = answers
        self.head = head
        self.grew = grew


class _Job:
    """The acts of one push that wait to be committed, and what came of them."""

    def __init__(self, candidates: list[Candidate]) -> None:
        self.candidates = candidates
        self.answers: list[Answer] = []
        self.head: LogHead | None = None
        self.fault: BaseException | None = None

    @property
    def done(self) -> bool:
        return self.head is not None or self.fault is not None


class _Queue:
    """Pushes to one hub that wait, and whose turn it is to commit."""

    def __init__(self) -> None:
        self.turn = threading.Lock()
        self._lock = threading.Lock()
        self._waiting: list[_Job] = []

    def add(self, job: _Job) -> None:
        with self._lock:
            self._waiting.append(job)

    def take(self) -> list[_Job]:
        """The longest waiting, as many as go into one commit."""
        with self._lock:
            count, acts = 0, 0
            for job in self._waiting:
                acts += len(job.candidates)
                if count and acts > MOST_TOGETHER:
                    break
                count += 1
            taken, self._waiting = self._waiting[:count], self._waiting[count:]
            return taken


class Admission:
    """Admits pushes to the hubs of one database."""

    def __init__(
        self,
        engine: Engine,
        secrets: Secrets,
        shelf: Shelf,
        *,
        announce: Callable[[str], None] = lambda hub: None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.engine = engine
        self.secrets = secrets
        self.shelf = shelf
        self._announce = announce
        self._clock = clock
        self._queues: dict[str, _Queue] = {}
        self._lock = threading.Lock()

    def push(self, hub: str, person: str, parcels: Sequence[Parcel], *, told: bool = True) -> Outcome:
        """Admit the acts of ``person`` in order, each answered alone. ``Refusal``: *hub-unknown*, *busy*.

        What is refused and ``told`` is refused for good, however often it arrives.
        """
        with self.engine.connect() as db:
            directory = current_directory(db, self.shelf, self.secrets, hub).directory
        answers: dict[int, Answer] = {}
        candidates: dict[int, Candidate] = {}
        for place, parcel in enumerate(parcels):
            try:
                candidates[place] = replace(examine(parcel, hub, person, directory, self.secrets), told=told)
            except Refusal as refusal:
                answers[place] = refused(parcel, refusal)
        if candidates:
            head = self._together(hub, candidates, answers)
        else:
            with self.engine.connect() as db:
                head = read_head(db, hub)
        grew = any(answer.state == "admitted" for answer in answers.values())
        if grew:
            self._announce(hub)
        return Outcome([answers[place] for place in range(len(parcels))], head, grew)

    def admit_own(self, hub: str, parcel: Parcel) -> Answer:
        """Admit an act of the store's own. Raises ``Refusal`` where a person would be refused."""
        answer = self.push(hub, STORE, [parcel], told=False).answers[0]
        if answer.state == "refused":
            raise Refusal(answer.code, answer.sentence, answer.field)
        return answer

    def _together(self, hub: str, candidates: dict[int, Candidate], answers: dict[int, Answer]) -> LogHead:
        """Wait for a turn; whoever has it commits what waits, so most find theirs done by then."""
        with self._lock:
            queue = self._queues.setdefault(hub, _Queue())
        job = _Job(list(candidates.values()))
        queue.add(job)
        while not job.done:
            with queue.turn:
                if not job.done:
                    self._commit(hub, queue.take())
        if job.fault is not None:
            raise job.fault
        assert job.head is not None
        answers.update(zip(candidates, job.answers, strict=True))
        return job.head

    def _commit(self, hub: str, jobs: list[_Job]) -> None:
        try:
            answers, head = self._answered(hub, [one for job in jobs for one in job.candidates])
        except BaseException as error:
            if len(jobs) == 1 or isinstance(error, OperationalError) or not isinstance(error, Exception):
                # A database that does not answer one push would not answer the next.
                for job in jobs:
                    job.fault = error
            else:
                # A fault of one push is not its neighbours': each goes by itself.
                for job in jobs:
                    self._commit(hub, [job])
            return
        for job in jobs:
            count = len(job.candidates)
            job.answers, answers = answers[:count], answers[count:]
            job.head = head

    def _answered(self, hub: str, candidates: list[Candidate]) -> tuple[list[Answer], LogHead]:
        """As :meth:`_tried`. An act that cannot be judged, since something that it bears upon does not open,
        is refused by itself."""
        try:
            return self._tried(hub, candidates)
        except Refusal as refusal:
            if status_of(refusal) == HTTPStatus.SERVICE_UNAVAILABLE:
                raise
            if len(candidates) == 1:
                told = _DAMAGED if refusal.code == "sealed-wrong" else refusal
                answers = [refuse(self.engine, self.secrets, hub, candidates[0], told, self._clock())]
            else:
                half = len(candidates) // 2
                halves = candidates[:half], candidates[half:]
                answers = [answer for some in halves for answer in self._answered(hub, some)[0]]
        with self.engine.connect() as db:
            return answers, read_head(db, hub)

    def _tried(self, hub: str, candidates: list[Candidate]) -> tuple[list[Answer], LogHead]:
        for _ in range(MOST_TRIES):
            try:
                return commit(self.engine, self.secrets, self.shelf, hub, candidates, self._clock())
            except LinkedMeanwhile:
                logger.info("streams were linked meanwhile")
            except DBAPIError as error:
                state = getattr(error.orig, "sqlstate", "")
                if state not in _WORTH_ANOTHER_TRY:
                    raise
                logger.info("commit tried again", extra={"sqlstate": state})
        raise Refusal("busy", "The hub is busy with these records. Send again in a moment.")
