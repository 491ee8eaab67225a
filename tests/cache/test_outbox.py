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
from mash_desktop.cache.outbox import Clash
from mash_desktop.cache.reading import stamp
from mash_desktop.domain.acts import Draft, Parcel, compose, read
from mash_desktop.domain.codes import Rag
from mash_desktop.domain.entries.access import RecordViewed
from mash_desktop.domain.entries.contact import ConcernRecorded, DocumentAttached, NoteAdded
from mash_desktop.domain.entries.triage import RagRated
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.fold import Stage
from tests.domain.story import CONSULTANT, KEY, MANAGER, OPERATOR, START, Story
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


def test_what_waits_says_which_streams_it_is_on(cache: Cache) -> None:
    drafts = [Draft(stream, NoteAdded(words="both")) for stream in ("referral:1", "referral:2")]
    cache.save(compose("staffordshire", OPERATOR, drafts, KEY, START))
    cache.save(note("referral:1", "one"))
    assert [one.streams for one in cache.waiting()] == [{"referral:1", "referral:2"}, {"referral:1"}]


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


# --- what became of an act is decided once


def two(stream: str = "referral:1") -> Parcel:
    drafts = [Draft(stream, NoteAdded(words="one")), Draft(stream, NoteAdded(words="two"))]
    return compose("staffordshire", OPERATOR, drafts, KEY, START)


def row_of(parcel: Parcel, place: int, position: int, audience: str = "agency:scc-children") -> FeedRow:
    body = parcel.bodies[place]
    return FeedRow(
        audience,
        body.entry,
        True,
        signed=parcel.signed,
        body=body,
        position=position,
        admitted_at=stamp(START),
    )


def test_an_answer_undoes_nothing_that_has_been_decided(cache: Cache) -> None:
    parcel = note("referral:1", "a")
    cache.save(parcel)
    act = act_of(parcel)
    cache.admitted(act, (41,), START)
    assert not cache.admitted(act, (42,), START)
    assert not cache.refused(act, "not-permitted", "It cannot be done.", None, None, None)
    with pytest.raises(Refusal) as told:
        cache.let_go(act)
    assert told.value.code == "act-gone"
    assert [entry.position for entry in cache.entries("referral:1")] == [41]


def test_a_feed_that_shows_part_of_an_act_settles_the_whole_of_it(cache: Cache) -> None:
    parcel = two()
    cache.save(parcel)
    cache.receive([row_of(parcel, 1, 8)], [], cache.places())
    assert cache.waiting() == ()
    assert [entry.position for entry in cache.entries("referral:1")] == [7, 8]
    row = cache.row("referral:1")
    assert row is not None
    assert not row.pending
    cache.receive([], [], cache.places(), read_to=8)
    assert [entry.position for entry in cache.entries("referral:1")] == [8]


def test_what_was_answered_is_held_until_the_feeds_have_been_read_so_far(cache: Cache) -> None:
    parcel = two()
    cache.save(parcel)
    cache.admitted(act_of(parcel), (7, 8), START)
    cache.receive([], [], cache.places(), read_to=6)
    assert len(cache.entries("referral:1")) == 2
    change = cache.receive([], [], cache.places(), read_to=8)
    assert change.streams == {"referral:1"}
    assert cache.entries("referral:1") == ()


def test_two_acts_do_not_stand_at_one_position(cache: Cache) -> None:
    first, second = note("referral:1", "a"), note("referral:1", "b")
    cache.save(first)
    cache.save(second)
    cache.admitted(act_of(first), (7,), START)
    with pytest.raises(Clash):
        cache.admitted(act_of(second), (7,), START)
    assert [one.act for one in cache.waiting()] == [act_of(second)]
    with pytest.raises(Clash):
        cache.receive([row_of(note("referral:2", "c"), 0, 7)], [], cache.places())
    assert cache.entries("referral:2") == ()


def test_an_act_made_again_goes_where_the_old_one_would_have_gone(cache: Cache) -> None:
    first, second = note("referral:1", "a"), note("referral:1", "b")
    for parcel in (first, second):
        cache.save(parcel)
    cache.refused(act_of(first), "not-permitted", "It cannot be done.", None, None, None)
    again = note("referral:1", "a again")
    cache.save(again, instead_of=act_of(first))
    assert [act_of(p) for p in cache.outgoing("priya", 10)] == [act_of(again), act_of(second)]
    assert [e.body for e in cache.entries("referral:1")] == [NoteAdded(words="a again"), NoteAdded(words="b")]
    with pytest.raises(Refusal) as told:
        cache.save(note("referral:1", "a third time"), instead_of=act_of(first))
    assert told.value.code == "act-gone"
    assert len(cache.waiting()) == 2


def test_an_act_signed_again_stands_where_the_old_one_stood_and_as_that_stood(cache: Cache) -> None:
    def two(first: str, second: str) -> Parcel:
        drafts = [Draft("referral:1", NoteAdded(words=words)) for words in (first, second)]
        return compose("staffordshire", OPERATOR, drafts, KEY, START)

    base, old, after = note("referral:1", "a"), two("b", "c"), note("referral:1", "d")
    for parcel in (base, old, after):
        cache.save(parcel)
    at_fault = read(old.signed).entries[1].id
    cache.refused(act_of(old), "evidence-gone", "It is gone.", "relies_on", at_fault, "another")
    before = cache.waiting()[1]
    anew, again = two("b", "c"), note("referral:1", "a")
    change = cache.save(again, instead_of=act_of(base), resting=[(act_of(old), anew)])
    assert change.streams == {"referral:1"}
    assert [one.act for one in cache.waiting()] == [act_of(again), act_of(anew), act_of(after)]
    stands = cache.waiting()[1]
    assert (stands.state, stands.code, stands.field, stands.moved_by) == (
        before.state, before.code, before.field, before.moved_by,
    )  # fmt: skip
    assert stands.entry == read(anew.signed).entries[1].id
    assert stands.queued_at == before.queued_at
    assert [e.body for e in cache.entries("referral:1")] == [NoteAdded(words="a"), NoteAdded(words="d")]
    with pytest.raises(Refusal, match="act-gone"):
        cache.save(note("referral:1", "e"), resting=[(act_of(old), two("b", "c"))])
    assert len(cache.waiting()) == 3


def test_who_looked_at_what_waits_for_no_other_act(cache: Cache) -> None:
    def looked(target: str) -> Parcel:
        body = RecordViewed(target=target, screen="triage", at=START)
        return compose("staffordshire", OPERATOR, [Draft("access:2026-11-12", body)], KEY, START)

    first, second = looked("referral:1"), looked("referral:2")
    cache.save(first)
    cache.save(second)
    cache.refused(act_of(first), "role-not-held", "You do not hold that role.", None, None, None)
    assert [act_of(p) for p in cache.outgoing("priya", 10)] == [act_of(second)]


def test_no_more_is_sent_at_a_time_than_a_request_may_hold(cache: Cache) -> None:
    parcels = [note(f"referral:{number}", "x" * 1_500_000) for number in range(4)]
    big = note("referral:9", "x" * 5_000_000)
    for parcel in (*parcels, big):
        cache.save(parcel)
    assert len(cache.outgoing("priya", 20)) == 2
    for parcel in parcels:
        cache.let_go(act_of(parcel))
    assert [act_of(p) for p in cache.outgoing("priya", 20)] == [act_of(big)]


def test_how_much_waits_is_known_without_reading_it(cache: Cache) -> None:
    parcels = [note("referral:1", str(number)) for number in range(3)]
    for parcel in parcels:
        cache.save(parcel)
    cache.refused(act_of(parcels[1]), "not-permitted", "It cannot be done.", None, None, None)
    assert cache.waiting_counts() == {"waiting": 2, "refused": 1}


# --- access lost and given back


def test_what_was_set_aside_waits_again_and_what_was_refused_does_not(cache: Cache) -> None:
    refused, kept = note("referral:1", "not to be"), note("referral:2", "whichever key signed it")
    cache.save(refused)
    cache.save(kept)
    cache.refused(act_of(refused), "not-permitted", "It cannot be done.", None, None, None)
    cache.quarantine("priya")
    assert cache.outgoing("priya", 10) == ()
    cache.release("priya")
    assert [one.state for one in cache.waiting()] == ["refused", "waiting"]
    assert cache.outgoing("priya", 10) == (kept,)


# --- documents


def attaching(digest: str, stream: str = "referral:1") -> Parcel:
    body = DocumentAttached(
        document="d1",
        title="School chronology",
        media_type="application/pdf",
        size=6,
        digest=digest,
        chunks=(digest,),
    )
    return compose("staffordshire", OPERATOR, [Draft(stream, body)], KEY, START)


def test_pieces_of_a_document_go_with_the_last_entry_that_names_them(cache: Cache) -> None:
    one, other = "aa" * 32, "bb" * 32
    for digest in (one, other):
        cache.put_chunk(digest, b"a page")
    first, again, second = attaching(one), attaching(one, "referral:2"), attaching(other)
    for parcel in (first, again, second):
        cache.save(parcel)
    cache.let_go(act_of(first))
    assert cache.chunk(one) == b"a page"
    cache.let_go(act_of(again))
    assert cache.chunk(one) is None
    assert cache.unsent_chunks() == (other,)


def test_pieces_of_a_document_are_not_kept_beyond_the_right_to_it(cache: Cache) -> None:
    digest = "aa" * 32
    parcel = attaching(digest)
    cache.receive([row_of(parcel, 0, 7)], [], cache.places())
    cache.put_chunk(digest, b"a page")
    cache.mark_sent(digest)
    assert cache.holdings().documents == 1
    cache.receive([FeedRow("agency:scc-children", parcel.bodies[0].entry, False)], [], cache.places())
    assert cache.chunk(digest) is None


def test_a_document_that_the_hub_lacks_is_sent_again_when_it_is_done_again(cache: Cache) -> None:
    digest = "aa" * 32
    cache.put_chunk(digest, b"a page")
    cache.mark_sent(digest)
    parcel = attaching(digest)
    cache.save(parcel)
    cache.refused(act_of(parcel), "document-unsent", "A piece has not been sent yet.", "chunks", None, None)
    assert cache.unsent_chunks() == (digest,)
    again = attaching(digest)
    cache.save(again, instead_of=act_of(parcel))
    assert cache.unsent_chunks() == (digest,)


# --- a store restored from a backup


def test_what_its_author_holds_whole_is_offered_to_a_restored_store_before_all_else(cache: Cache) -> None:
    mine, part, theirs, waiting = (
        two(),
        two("referral:2"),
        Story("referral:3", first=50).taken(),
        note("referral:1", "waits"),
    )
    digest = "aa" * 32
    document = attaching(digest)
    cache.put_chunk(digest, b"a page")
    cache.mark_sent(digest)
    cache.receive([row_of(mine, 0, 7), row_of(mine, 1, 8)], [], cache.places())
    cache.receive([row_of(part, 0, 9), row_of(document, 0, 11)], [], cache.places())
    receive(cache, CONSULTANT, theirs)
    cache.save(waiting)
    change = cache.begin_epoch("priya")
    assert change.outbox
    assert {"referral:1", "referral:2", "referral:3"} <= change.streams
    offered = [act_of(parcel) for parcel in (mine, document)]
    ours = [act for act, parcel in theirs.parcels.items() if read(parcel.signed).author == "priya"]
    assert {one.act for one in cache.waiting()} == {*offered, *ours, act_of(waiting)}
    assert [one.act for one in cache.waiting()][:2] == offered
    assert cache.waiting()[-1].act == act_of(waiting)
    assert cache.outgoing("priya", 1) == (mine,)
    assert cache.unsent_chunks() == (digest,)
    assert cache.places() == {}
    assert cache.entries("referral:2") == ()
    # Until the configuration has come again nothing of a case can be told; then it is.
    assert cache.row("referral:1") is None
    receive_hub(cache)
    row = cache.row("referral:1")
    assert row is not None
    assert row.pending
    assert not cache.begin_epoch("nobody").streams - {"hub"}


def test_a_store_restored_again_while_some_of_it_still_waits_is_offered_all_of_it(cache: Cache) -> None:
    first, second = note("referral:1", "one"), note("referral:1", "two")
    cache.receive([row_of(first, 0, 7), row_of(second, 0, 8)], [], cache.places())
    cache.begin_epoch("priya")
    cache.admitted(act_of(first), (7,), START)
    assert [one.act for one in cache.waiting()] == [act_of(second)]
    cache.begin_epoch("priya")
    assert [one.act for one in cache.waiting()] == [act_of(first), act_of(second)]
    last = note("referral:1", "three")
    cache.save(last)
    assert cache.outgoing("priya", 9) == (first, second, last)


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
