"""The outbox: what is saved is kept, sent in order, and never silently gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mash_desktop.cache import Cache, open_engine
from mash_desktop.cache.feed import FeedRow
from mash_desktop.cache.reading import stamp
from mash_desktop.domain.acts import Draft, Parcel, compose, read
from mash_desktop.domain.codes import Rag
from mash_desktop.domain.entries.contact import ConcernRecorded, NoteAdded
from mash_desktop.domain.entries.triage import RagRated
from mash_desktop.domain.fold import Stage
from tests.domain.story import KEY, MANAGER, OPERATOR, START, Story
from tests.support.desks import receive, receive_hub


def cache_key() -> str:
    return "5a" * 32


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    made = Cache(open_engine(tmp_path / "cache.db", cache_key))
    receive_hub(made)
    return made


def note(stream: str, words: str) -> Parcel:
    return compose("staffordshire", OPERATOR, [Draft(stream, NoteAdded(words=words))], KEY, START)


def act_of(parcel: Parcel) -> str:
    return read(parcel.signed).id


def test_acts_leave_in_the_order_in_which_they_were_saved(cache: Cache) -> None:
    parcels = [note("referral:1", str(number)) for number in range(5)]
    for parcel in parcels:
        cache.save(parcel)
    assert [act_of(p) for p in cache.outgoing("priya", 3)] == [act_of(p) for p in parcels[:3]]


def test_what_is_sent_is_byte_for_byte_what_was_signed(cache: Cache) -> None:
    parcel = note("referral:1", "as it was")
    cache.save(parcel)
    assert cache.outgoing("priya", 1) == (parcel,)


def test_an_outbox_belongs_to_its_author(cache: Cache) -> None:
    cache.save(note("referral:1", "mine"))
    assert cache.outgoing("ruth", 10) == ()


def test_an_act_behind_a_refused_one_waits_for_its_person(cache: Cache) -> None:
    first, second, other = note("referral:1", "a"), note("referral:1", "b"), note("referral:2", "c")
    for parcel in (first, second, other):
        cache.save(parcel)
    cache.refused(act_of(first), "not-permitted", "It cannot be done.", None, None, None)
    assert [act_of(p) for p in cache.outgoing("priya", 10)] == [act_of(other)]
    cache.let_go(act_of(first))
    assert [act_of(p) for p in cache.outgoing("priya", 10)] == [act_of(second), act_of(other)]


def test_a_refused_act_loses_its_effect_and_keeps_its_words(cache: Cache) -> None:
    parcel = note("referral:1", "worth keeping")
    cache.save(parcel)
    change = cache.refused(act_of(parcel), "moved-on", "Someone else moved this on.", None, None, "x")
    assert change.outbox
    assert change.streams == {"referral:1"}
    assert cache.entries("referral:1") == ()
    (waiting,) = cache.waiting()
    assert waiting.conflicting
    assert [entry.body for entry in waiting.entries] == [NoteAdded(words="worth keeping")]


def test_an_admitted_act_has_its_positions_and_leaves_the_outbox(cache: Cache) -> None:
    parcel = note("referral:1", "a")
    cache.save(parcel)
    cache.admitted(act_of(parcel), (41,), datetime(2026, 11, 12, 14, tzinfo=UTC))
    assert cache.waiting() == ()
    (entry,) = cache.entries("referral:1")
    assert entry.position == 41


def test_the_feed_settles_an_act_whose_answer_was_lost(cache: Cache) -> None:
    parcel = note("referral:1", "a")
    cache.save(parcel)
    row = FeedRow(
        "agency:scc-children",
        parcel.bodies[0].entry,
        True,
        signed=parcel.signed,
        body=parcel.bodies[0],
        position=7,
        admitted_at=stamp(START),
    )
    cache.receive([row], [], cache.places())
    assert cache.waiting() == ()
    assert [entry.position for entry in cache.entries("referral:1")] == [7]


def test_an_act_taken_back_leaves_nothing(cache: Cache) -> None:
    parcel = note("referral:1", "a")
    cache.save(parcel)
    cache.let_go(act_of(parcel))
    assert cache.waiting() == ()
    assert cache.entries("referral:1") == ()


def test_access_lost_sets_work_aside_and_drops_none(cache: Cache) -> None:
    cache.save(note("referral:1", "a"))
    assert cache.quarantine("priya").outbox
    assert cache.outgoing("priya", 10) == ()
    assert [one.state for one in cache.waiting()] == ["quarantined"]


def test_pending_work_lies_over_what_is_confirmed(cache: Cache) -> None:
    story = Story("referral:1").taken().triaged().admitted()
    receive(cache, MANAGER, story)
    assert cache.referral("referral:1").stage is Stage.ADMITTED
    rated = compose(
        "staffordshire", MANAGER, [Draft("referral:1", RagRated(rag=Rag.RED, reason="Injury."))], KEY, START
    )
    cache.save(rated)
    assert cache.referral("referral:1").rag is Rag.RED
    cache.refused(act_of(rated), "moved-on", "Someone else rated first.", None, None, None)
    assert cache.referral("referral:1").rag is None


def test_a_draft_ends_with_the_act_that_it_became(cache: Cache) -> None:
    cache.put_draft("triage/1/words", "Mia came in")
    parcel = compose(
        "staffordshire",
        OPERATOR,
        [Draft("referral:1", ConcernRecorded(account="a", words="Mia came in"))],
        KEY,
        START,
    )
    change = cache.save(parcel, forget_drafts=["triage/1/words"])
    assert change.drafts == {"triage/1/words"}
    assert cache.draft("triage/1/words") is None


KILLED = """
import sys
from pathlib import Path
from tests.cache.test_outbox import cache_key, note
from mash_desktop.cache import Cache, open_engine

cache = Cache(open_engine(Path(sys.argv[1]), cache_key))
for number in range(10_000):
    cache.save(note("referral:1", f"note {number}"))
    print(number, flush=True)
"""


def test_a_killed_desktop_has_lost_nothing_that_it_had_saved(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    made = Cache(open_engine(path, cache_key))
    receive_hub(made)
    made.close()
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(path)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": "."},
    )
    assert process.stdout is not None
    said = -1
    for line in process.stdout:
        said = int(line)
        if said >= 25:
            process.send_signal(signal.SIGKILL)
            break
    process.stdout.close()
    process.wait()
    again = Cache(open_engine(path, cache_key))
    kept = [
        entry.body.words
        for waiting in again.waiting()
        for entry in waiting.entries
        if isinstance(entry.body, NoteAdded)
    ]
    assert kept[: said + 1] == [f"note {number}" for number in range(said + 1)]
    again.close()
