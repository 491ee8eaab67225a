"""Pushes that share a commit, in one service or at two: what befalls one of them is not its neighbours'.

The head's row is held by the test, so that pushes come together for certain and not by chance.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import msgspec
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError
from uuid6 import uuid7

from mash_desktop.domain.acts import Draft, Parcel, Seen, compose, read
from mash_desktop.domain.entries.access import RecordViewed
from mash_desktop.domain.entries.contact import ConcernRecorded, NoteAdded, SubjectRecorded
from mash_desktop.domain.entries.hub import PersonEnrolled
from mash_desktop.domain.entries.identity import HistoryRecorded, IdentityLinked
from mash_desktop.domain.errors import Refusal
from mash_desktop.proofs.signature import SigningKey
from sync.protocol import Answer
from sync.store.authoring import hub_act
from sync.store.composition import Store
from sync.store.database import connect
from sync.store.sealing import Secrets
from tests.domain.story import OPERATOR
from tests.support.held import head_held, until
from tests.support.served_story import Cast, ServedStory
from tests.support.store import ServedStore

pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True)


@pytest.fixture
def store(served_store: ServedStore) -> Iterator[Store]:
    """A service of its own on the same database, with nothing in memory yet."""
    made = Store(connect(served_store.database, 8), served_store.direct.secrets)
    yield made
    made.close()


@pytest.fixture
def second(served_store: ServedStore) -> Iterator[Store]:
    made = Store(connect(served_store.database, 8), served_store.direct.secrets)
    yield made
    made.close()


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as pool:
        yield pool


class Pushing:
    """Pushes of one person to one service, each in a thread."""

    def __init__(self, store: Store, cast: Cast, person: str, threads: ThreadPoolExecutor) -> None:
        self._store, self._hub, self._threads = store, cast.hub, threads
        self._person = cast[person].enrolled.person

    def __call__(self, *parcels: Parcel) -> Future[list[Answer]]:
        return self._threads.submit(
            lambda: self._store.admission.push(self._hub, self._person, parcels).answers
        )

    def queued(self, *parcels: Parcel) -> Future[list[Answer]]:
        """A push that has come to wait for the commit before it."""
        before = self._waiting()
        pushed = self(*parcels)
        until(lambda: self._waiting() == before + 1)
        return pushed

    def _waiting(self) -> int:
        return len(self._store.admission._queues[self._hub]._waiting)


@pytest.fixture
def pushing(store: Store, told: Cast, threads: ThreadPoolExecutor) -> Pushing:
    return Pushing(store, told, "priya", threads)


@contextmanager
def spoilt(served: ServedStore, hub: str, position: int, sealed: bytes | None = b"\x00") -> Iterator[None]:
    """Another body than the one that was sealed, or none, until the test is over."""
    place = {"hub": hub, "at": position}

    def change(sealed: bytes | None) -> bytes | None:
        with served.direct.engine.begin() as db:
            was: bytes | None = db.scalar(
                text("delete from bodies where hub = :hub and position = :at returning sealed"), place
            )
            if sealed is not None:
                again = text("insert into bodies values (:hub, :at, :sealed)")
                db.execute(again, {**place, "sealed": sealed})
        return was

    was = change(sealed)
    try:
        yield
    finally:
        change(was)


@contextmanager
def not_taken(served: ServedStore, which: str, state: str) -> Iterator[None]:
    """Acts that the database refuses in this way, until the test is over."""
    engine = served.direct.engine
    with engine.begin() as db:
        db.exec_driver_sql(
            "create function put_off() returns trigger language plpgsql as "
            f"$$ begin raise exception 'not now' using errcode = '{state}'; end $$;"
            "create trigger put_off before insert on acts for each row "
            f"when ({which}) execute function put_off()"
        )
    try:
        yield
    finally:
        with engine.begin() as db:
            db.exec_driver_sql("drop function put_off cascade")


def note(story: ServedStory, words: str = "The school rang again.") -> Parcel:
    return story.parcel(OPERATOR, NoteAdded(words=words))


def seen(cast: Cast, target: str) -> Parcel:
    now = datetime.now(UTC)
    viewed = RecordViewed(target=target, screen="referral", at=now)
    return cast["priya"].compose([Draft(f"access:{now.date()}", viewed)])


def test_one_refusal_takes_nobody_with_it_from_a_commit_that_pushes_share(
    story: ServedStory, told: Cast, served_store: ServedStore, pushing: Pushing
) -> None:
    story.taken()
    with head_held(served_store, told.hub) as held:
        first = pushing(note(story))
        held.wait_for(1)
        one = pushing.queued(note(story))
        bad = pushing.queued(story.parcel(OPERATOR, ConcernRecorded(account="a", words=" ")))
        other = pushing.queued(note(story))
    answers = [pushed.result()[0] for pushed in (first, one, bad, other)]
    assert [answer.state for answer in answers] == ["admitted", "admitted", "refused", "admitted"]
    assert answers[1].admitted_at == answers[3].admitted_at
    assert answers[3].positions[0] == answers[1].positions[0] + 1


def test_acts_beyond_what_one_commit_takes_wait_for_the_next(
    story: ServedStory,
    told: Cast,
    served_store: ServedStore,
    pushing: Pushing,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    story.taken()
    monkeypatch.setattr("sync.store.admission.MOST_TOGETHER", 3)
    with head_held(served_store, told.hub) as held:
        first = pushing(note(story))
        held.wait_for(1)
        pairs = [pushing.queued(note(story), note(story)) for _ in range(2)]
        whole = pushing.queued(*(note(story) for _ in range(5)))
    assert first.result()[0].state == "admitted"
    commits = [{answer.admitted_at for answer in pushed.result()} for pushed in (*pairs, whole)]
    # A push is never divided, however large.
    assert [len(times) for times in commits] == [1, 1, 1]
    assert len(set.union(*commits)) == 3


def test_a_fault_in_one_push_is_not_its_neighbours(
    story: ServedStory, told: Cast, served_store: ServedStore, pushing: Pushing
) -> None:
    story.taken()
    other = ServedStory(told)
    other.taken()
    with spoilt(served_store, told.hub, other.answers[0].positions[0]):
        with head_held(served_store, told.hub) as held:
            first = pushing(note(story))
            held.wait_for(1)
            good, bad, last = (pushing.queued(note(each)) for each in (story, other, story))
        assert [pushed.result()[0].state for pushed in (first, good, last)] == ["admitted"] * 3
        assert [(one.state, one.code) for one in bad.result()] == [("refused", "record-damaged")]
    assert pushing(note(other)).result()[0].state == "admitted"


@pytest.mark.parametrize("sealed", [b"\x00", None], ids=["changed", "gone"])
def test_an_act_on_a_record_that_does_not_open_takes_no_other_of_its_push_with_it(
    story: ServedStory, told: Cast, served_store: ServedStore, pushing: Pushing, sealed: bytes | None
) -> None:
    """By a service that has not read the record before, as after a restart."""
    story.taken()
    other = ServedStory(told)
    other.taken()
    acts = note(story), note(other), note(story), seen(told, other.stream)
    with spoilt(served_store, told.hub, other.answers[0].positions[0], sealed):
        answers = pushing(*acts).result()
        assert [one.state for one in answers] == ["admitted", "refused", "admitted", "admitted"]
        assert (answers[1].code, answers[1].sentence[-1]) == ("record-damaged", ".")
        again = pushing(*acts).result()
        assert [one.state for one in again] == ["known", "refused", "known", "known"]
    assert pushing(acts[1]).result() == [answers[1]], "refused for good"
    assert pushing(note(other)).result()[0].state == "admitted"


def test_an_act_that_the_database_does_not_take_keeps_no_other_push_out(
    story: ServedStory, told: Cast, served_store: ServedStore, pushing: Pushing
) -> None:
    story.taken()
    bad = note(story)
    with not_taken(served_store, f"new.act = '{read(bad.signed).id}'", "P0001"):
        with head_held(served_store, told.hub) as held:
            first = pushing(note(story))
            held.wait_for(1)
            good, refused, last = (pushing.queued(one) for one in (note(story), bad, note(story)))
        assert [pushed.result()[0].state for pushed in (first, good, last)] == ["admitted"] * 3
        with pytest.raises(DBAPIError):
            refused.result()
    assert pushing(bad).result()[0].state == "admitted"


def test_a_lost_connection_is_told_to_all_who_shared_the_commit_and_sent_again_all_is_admitted_once(
    story: ServedStory, told: Cast, served_store: ServedStore, pushing: Pushing
) -> None:
    story.taken()
    parcels = [note(story) for _ in range(3)]
    with head_held(served_store, told.hub) as held:
        first = pushing(parcels[0])
        held.wait_for(1)
        rest = [pushing.queued(parcel) for parcel in parcels[1:]]
        held.hang_up_on_who_waits()
        with pytest.raises(OperationalError):
            first.result()
        held.hang_up_on_who_waits()
        for pushed in rest:
            with pytest.raises(OperationalError):
                pushed.result()
    answers = [pushing(parcel).result()[0] for parcel in (*parcels, *parcels)]
    assert [answer.state for answer in answers] == ["admitted"] * 3 + ["known"] * 3


@pytest.mark.parametrize(("state", "raised"), [("40001", Refusal), ("P0001", DBAPIError)])
def test_a_commit_that_the_database_puts_off_again_and_again_is_busy_and_any_other_fault_is_a_fault(
    served_store: ServedStore, a_hub: str, store: Store, state: str, raised: type[Exception]
) -> None:
    act = hub_act(
        a_hub, store.secrets, [PersonEnrolled(person=str(uuid7()), name="A N Other")], datetime.now(UTC)
    )
    with not_taken(served_store, f"new.hub = '{a_hub}'", state), pytest.raises(raised) as fault:
        store.admission.admit_own(a_hub, act)
    assert isinstance(fault.value, DBAPIError) or getattr(fault.value, "code", "") == "busy"
    # What the database says of the values is nobody's to read.
    assert "A N Other" not in str(fault.value)
    assert store.admission.admit_own(a_hub, act).state == "admitted"


def test_an_act_sent_to_two_services_at_once_is_admitted_by_one_and_known_to_the_other(
    told: Cast,
    served_store: ServedStore,
    pushing: Pushing,
    second: Store,
    threads: ThreadPoolExecutor,
) -> None:
    """Of a look at a record, for which no stream is locked: only its id tells the second that it is known."""
    parcel = seen(told, "hub")
    with head_held(served_store, told.hub) as held:
        both = pushing(parcel), Pushing(second, told, "priya", threads)(parcel)
        held.wait_for(2)
    answers = [pushed.result()[0] for pushed in both]
    assert {answer.state for answer in answers} == {"admitted", "known"}
    assert answers[0].positions == answers[1].positions


def test_of_two_services_that_begin_a_day_of_accesses_at_once_both_write_to_it(
    told: Cast,
    served_store: ServedStore,
    pushing: Pushing,
    second: Store,
    threads: ThreadPoolExecutor,
) -> None:
    """Each gives the day a key; who comes second goes by the first one's."""
    at = datetime.now(UTC) - timedelta(days=2000)
    desk, viewed = told["priya"], RecordViewed(target="hub", screen="referral", at=at)
    draft = Draft(f"access:{at.date()}", viewed)
    one, other = (compose(told.hub, desk.only, [draft], desk.key, at) for _ in range(2))
    with head_held(served_store, told.hub) as held:
        both = pushing(one), Pushing(second, told, "priya", threads)(other)
        held.wait_for(2)
    assert [pushed.result()[0].state for pushed in both] == ["admitted", "admitted"]
    held_now = told["gwen"].holds()
    for parcel in (one, other):
        assert held_now[parcel.bodies[0].entry].body is not None


def test_who_was_linked_while_an_act_waited_is_judged_with_it(
    story: ServedStory,
    told: Cast,
    served_store: ServedStore,
    pushing: Pushing,
    second: Store,
    threads: ThreadPoolExecutor,
) -> None:
    story.taken()
    identity = f"identity:{uuid7()}"
    subject = next(e.body.subject for e in story.entries if isinstance(e.body, SubjectRecorded))
    history = HistoryRecorded(
        agency="scc-children", source_system="Care Director", record="1", cohort="children", surname="Carter"
    )
    link = IdentityLinked(referral=story.stream, subject=subject)
    linking = told["priya"].compose([Draft(identity, history), Draft(identity, link)])
    with head_held(served_store, told.hub) as held:
        linked = Pushing(second, told, "priya", threads)(linking)
        held.wait_for(1)
        noted = pushing(note(story))
        held.wait_for(2)
    assert linked.result()[0].state == "admitted"
    assert noted.result()[0].state == "admitted"
    assert noted.result()[0].positions > linked.result()[0].positions


def test_a_service_that_has_just_started_judges_heads_that_it_never_showed(
    story: ServedStory, told: Cast, pushing: Pushing
) -> None:
    story.taken()
    desk = told["priya"]
    head = desk.head()
    story.tell(OPERATOR, NoteAdded(words="Later."))
    true = Seen(epoch=head.epoch, size=head.size, root=head.root.hex())
    words = [Draft(story.stream, NoteAdded(words="The school rang again."))]
    answers = pushing(
        desk.compose(words, seen=true), desk.compose(words, seen=Seen(head.epoch, head.size, "00" * 32))
    ).result()
    assert [(answer.state, answer.code) for answer in answers] == [
        ("admitted", ""),
        ("refused", "history-differs"),
    ]


class Stopped(Secrets, frozen=True):
    """Secrets of a service that stops where it would sign the new head: all is locked by then."""

    came: ClassVar[threading.Event]
    goes_on: ClassVar[threading.Event]

    def signing_key(self, hub: str) -> SigningKey:
        self.came.set()
        assert self.goes_on.wait(60)
        return super().signing_key(hub)


def test_a_service_that_stops_in_the_middle_of_a_commit_does_not_hold_the_others_up_for_ever(
    story: ServedStory,
    told: Cast,
    served_store: ServedStore,
    second: Store,
    threads: ThreadPoolExecutor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    story.taken()
    Stopped.came, Stopped.goes_on = threading.Event(), threading.Event()
    secrets = Stopped(**msgspec.structs.asdict(served_store.direct.secrets))
    stopping = Store(connect(served_store.database, 2), secrets)
    stuck, other = note(story), note(story)
    with monkeypatch.context() as patch:
        patch.setattr("sync.store.committing.MOST_IDLE", 3)
        held = Pushing(stopping, told, "priya", threads)(stuck)
        assert Stopped.came.wait(60)
    assert Pushing(second, told, "priya", threads)(other).result()[0].state == "admitted"
    Stopped.goes_on.set()
    with pytest.raises(DBAPIError):
        held.result()
    assert Pushing(stopping, told, "priya", threads)(stuck).result()[0].state == "admitted"
    stopping.close()
