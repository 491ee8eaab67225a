"""The log: positions without gaps in the order of commits, and a head that proves itself."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import msgspec
from uuid6 import uuid7

from mash_desktop.domain.acts import Draft
from mash_desktop.domain.entries.contact import ConcernRecorded, NoteAdded
from mash_desktop.proofs.merkle import leaf_hash, verify_consistency, verify_inclusion
from sync.protocol import Cursor, Path, Row, act_digest, leaf_bytes
from tests.support.served_story import Cast, ServedStory
from tests.support.store import Desk

PUSHERS = 8
ACTS_EACH = 12


def push_between(desk: Desk, first: str, second: str, cast: Cast) -> list[int]:
    """Push acts that touch two streams in one order, over a connection of one's own; their positions."""
    positions: list[int] = []
    with cast.served.client(desk.session.token) as client:
        mine = Desk(client, desk.enrolled, desk.session, desk.key, desk.device, desk.totp_uri, desk.hub)
        for turn in range(ACTS_EACH):
            drafts = [Draft(stream, NoteAdded(words=f"Turn {turn}.")) for stream in (first, second)]
            blank = Draft(first, ConcernRecorded(account="a", words=" "))
            answers = mine.push(mine.compose(drafts), mine.compose([blank]), mine.compose(drafts))
            assert [answer.state for answer in answers] == ["admitted", "refused", "admitted"]
            positions += [position for answer in answers for position in answer.positions]
    return positions


class Follower(threading.Thread):
    """Reads a feed as it grows, and notes every row that comes behind a head already read to the end."""

    def __init__(self, cast: Cast, desk: Desk) -> None:
        super().__init__(name="follower")
        self._cast = cast
        self._desk = desk
        self.over = threading.Event()
        self.passed: list[Row] = []
        self.seen: list[int] = []

    def run(self) -> None:
        desk, read_to = self._desk, 0
        cursors: tuple[Cursor, ...] = ()
        with self._cast.served.client(desk.session.token) as client:
            mine = Desk(client, desk.enrolled, desk.session, desk.key, desk.device, desk.totp_uri, desk.hub)
            while True:
                last = self.over.is_set()
                page = mine.page(cursors)
                size = page.head.verify(desk.enrolled.store_key).size
                for row in page.rows:
                    assert row.because <= size
                    if row.because <= read_to:
                        self.passed.append(row)
                    if row.position is not None:
                        self.seen.append(row.position)
                cursors = page.cursors
                if not page.more:
                    read_to = size
                    if last:
                        return


def test_positions_have_no_gaps_and_no_reader_passes_one_that_comes_later(told: Cast) -> None:
    one, other = ServedStory(told), ServedStory(told)
    one.taken()
    other.taken()
    desk = told["priya"]
    follower = Follower(told, told["ruth"])
    before = desk.head().size
    follower.start()
    try:
        with ThreadPoolExecutor(PUSHERS) as pool:
            orders = [(one, other), (other, one)] * (PUSHERS // 2)
            pushed = list(
                pool.map(lambda pair: push_between(desk, pair[0].stream, pair[1].stream, told), orders)
            )
    finally:
        follower.over.set()
        follower.join()
    positions = sorted(position for each in pushed for position in each)
    assert positions == list(range(before + 1, before + 1 + PUSHERS * ACTS_EACH * 4))
    assert all(each == sorted(each) for each in pushed)
    assert follower.passed == []
    assert set(positions) <= set(follower.seen)


def test_every_entry_is_proven_to_be_in_the_log_under_the_signed_head(story: ServedStory, told: Cast) -> None:
    story.taken().triaged()
    desk = told["priya"]
    rows = desk.holds()
    head = desk.head()
    for entry in story.entries:
        row = rows[entry.id]
        assert row.signed is not None
        assert row.admitted_at is not None
        assert row.position == entry.position
        place = [one.id for one in story.entries if one.act == entry.act].index(entry.id)
        leaf = leaf_hash(leaf_bytes(row.position or 0, row.admitted_at, act_digest(row.signed), place))
        path = get(desk, f"inclusion?position={row.position}&size={head.size}").path
        assert verify_inclusion(leaf, (row.position or 0) - 1, head.size, path, head.root)
        assert not verify_inclusion(leaf, row.position or 0, head.size, path, head.root)


def test_each_head_extends_every_head_before_it(story: ServedStory, told: Cast) -> None:
    desk = told["priya"]
    story.taken()
    heads = [desk.head()]
    for _ in range(4):
        pushed = desk.pushed(desk.compose([Draft(story.stream, NoteAdded(words="More."))]))
        heads.append(pushed.head.verify(desk.enrolled.store_key))
    for old in heads:
        for new in heads:
            if old.size <= new.size:
                path = get(desk, f"consistency?old={old.size}&new={new.size}").path
                assert verify_consistency(old.size, new.size, old.root, new.root, path)
    assert [head.at for head in heads] == sorted(head.at for head in heads)


def test_a_proof_outside_the_log_is_refused(told: Cast) -> None:
    desk = told["priya"]
    size = desk.head().size
    for path in (
        "inclusion?position=0&size=1",
        f"inclusion?position=1&size={size + 1_000}",
        "inclusion?position=2&size=1",
        f"consistency?old=1&new={size + 1_000}",
        "consistency?old=3&new=2",
        "consistency?old=-1&new=2",
    ):
        answer = desk.client.get(f"/v1/hubs/{desk.hub}/{path}")
        assert (answer.status_code, answer.json()["code"]) == (400, "proof-outside")


def test_a_new_referral_has_a_reference_from_its_first_position(story: ServedStory) -> None:
    story.taken()
    assert story.referral.reference == f"ISL-26-{story.answers[0].positions[0]:05d}"


def get(desk: Desk, path: str) -> Path:
    answer = desk.client.get(f"/v1/hubs/{desk.hub}/{path}")
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=Path)


def test_streams_are_what_they_are_however_often_they_are_forgotten(story: ServedStory, told: Cast) -> None:
    """What another instance would read from the database is what this one has in memory."""
    from sync.store.streams import Shelf, current_directory, load

    story.taken().triaged().admitted().rated().asked()
    store = told.served.direct
    with store.engine.connect() as db:
        shelf = Shelf()
        directory = current_directory(db, shelf, store.secrets, told.hub).directory
        (held,) = load(db, shelf, store.secrets, told.hub, {story.stream: 1}).values()
    assert [entry.id for entry in held.entries] == [entry.id for entry in story.entries]
    assert [entry.body for entry in held.entries] == [entry.body for entry in story.entries]
    assert held.referral(directory).stage == story.referral.stage
    assert str(uuid7()) not in held.audiences
