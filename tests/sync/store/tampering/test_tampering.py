"""Rows changed directly by a host: what `mash-isl verify` says, what a desktop says that had seen the log as
it was, and what one says that comes anew. Where one of them cannot notice, the table says so."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from mash_desktop.domain.acts import Author, Draft, Parcel, Seen, compose
from mash_desktop.domain.entries import Body
from mash_desktop.domain.entries.contact import NoteAdded
from mash_desktop.domain.entries.hub import EpochOpened, KeyEnrolled
from mash_desktop.domain.roles import Role
from mash_desktop.proofs.head import SignedHead
from mash_desktop.proofs.merkle import Frontier, frontier_of
from mash_desktop.proofs.signature import SigningKey
from sync import cli
from sync.store.authoring import hub_act
from sync.store.log import nodes_of, read_head, signed_head
from tests.support.served_story import Cast, ServedStory
from tests.support.store import ServedStore
from tests.sync.client.conftest import Networked, Office, until
from tests.sync.store.tampering.host import Host, put_back

# Which PostgreSQL the store has is the same to who tampers.
pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True, scope="session")

CHILDREN = "agency:scc-children"


@dataclass
class Log:
    """A log with four notes at its end: Ruth's, Priya's, Ruth's who had seen what was before it, Priya's."""

    cast: Cast
    story: ServedStory
    notes: tuple[int, int, int, int]
    folder: Path
    head: SignedHead
    earlier: SignedHead
    """The head before the last note."""

    @property
    def hub(self) -> str:
        return self.cast.hub

    @property
    def served(self) -> ServedStore:
        return self.cast.served

    def forged(self, key: SigningKey) -> Parcel:
        """Words that Ruth never said."""
        ruth = self.cast["ruth"]
        author = Author(ruth.enrolled.person, "scc-children", Role.CONSULTANT_SOCIAL_WORKER, key.key_id)
        note = Draft(self.story.stream, NoteAdded(words="There is nothing to worry about."))
        return compose(self.hub, author, [note], key, datetime.now(UTC))


@pytest.fixture(scope="module")
def log(served_store: ServedStore, tmp_path_factory: pytest.TempPathFactory) -> Log:
    folder = tmp_path_factory.mktemp("tampering")
    cast = Cast(served_store, served_store.new_hub())
    story = ServedStory(cast)
    story.taken()
    places: list[int] = []
    for person, words in (("ruth", "first"), ("priya", "second"), ("ruth", "third"), ("priya", "fourth")):
        desk, seen = cast[person], None
        if words == "third":
            head = desk.head()
            seen = Seen(head.epoch, head.size, head.root.hex())
        earlier = served_store.direct.head(cast.hub)
        note = Draft(story.stream, NoteAdded(words=f"The {words} note."))
        (answer,) = desk.push(desk.compose([note], seen=seen))
        places += answer.positions
    first, second, third, fourth = places
    with Office(served_store, cast.hub, folder) as office:
        priya = office.sit("Priya Nair", "scc-children", Role.TRIAGE_OPERATOR, signed=cast["priya"])
        priya.until_holding(story.stream, "note.added")
        priya.until_online()
    head_now = served_store.direct.head(cast.hub)
    return Log(cast, story, (first, second, third, fourth), priya.folder, head_now, earlier)


class Desks:
    """Priya's desktop as it was when the log was sound, and a new one of hers that has nothing yet."""

    def __init__(self, log: Log, office: Office, folder: Path) -> None:
        self._log, self._office, self._folder = log, office, folder

    def standing(self) -> Networked:
        shutil.copytree(self._log.folder, self._folder / "standing")
        return self._sit(self._folder / "standing")

    def new(self) -> Networked:
        return self._sit(self._folder / "new")

    def _sit(self, folder: Path) -> Networked:
        signed = self._log.cast["priya"]
        return self._office.sit(
            "Priya Nair", "scc-children", Role.TRIAGE_OPERATOR, signed=signed, folder=folder
        )


@pytest.fixture
def desks(log: Log, tmp_path: Path) -> Iterator[Desks]:
    with Office(log.served, log.hub, tmp_path) as office:
        yield Desks(log, office, tmp_path)


def said_by(desk: Networked, caplog: pytest.LogCaptureFixture) -> tuple[str, str]:
    """The code that a desktop logs and the sentence that it shows, once it has looked; empty where it is
    content."""
    until(lambda: bool(desk.status.distrust or desk.status.synced_at or desk.status.trouble), "an answer")
    desk.network.stop()
    assert not desk.status.trouble
    codes = [r.args[0] for r in caplog.records if isinstance(r.args, tuple) and "hold together" in r.msg]
    return (str(codes[0]) if codes else ""), desk.status.distrust


def verified(log: Log, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, list[str]]:
    """The exit code of `mash-isl verify` and what it complains of, the first bad position first."""
    where = ["--database", log.served.database, "--secrets", str(log.served.secrets_file)]
    code = cli.main(["verify", *where, "--hub", log.hub, *more])
    return code, capsys.readouterr().err.splitlines()


def kept(log: Log, folder: Path) -> str:
    """The head that somebody kept, as `mash-isl audit` writes it."""
    file = folder / "kept.json"
    file.write_bytes(msgspec.json.encode({"head": log.head}))
    return str(file)


NOT_SIGNED = "A body in this act is not the one that was signed."
NOT_IN_TREE = "The act, its time or its place here is not what the tree was made of."
NEW_KEY = SigningKey.from_bytes(b"k" * 32)
HISTORY = "The store's log no longer contains the history that this desktop has seen."
SHORTER = "The store's log is shorter than it was."


@dataclass
class Way:
    """One way of tampering. ``at`` is the note at which `verify` must point first (counted from 0), and
    ``says`` how; ``standing`` and ``new`` are the codes of two desktops, empty where that desktop cannot
    notice."""

    name: str
    do: Callable[[Host, Log], None]
    at: int | None
    says: str
    standing: str = ""
    new: str = ""
    by_chance: bool = False
    """The new desktop has the place of an act proved that it picks itself: it may pick another."""


def swap_places(host: Host, log: Log) -> None:
    first, second = log.notes[:2]
    host.move({first: second, second: first})
    host.rechain()


def swap_signatures(host: Host, log: Log) -> None:
    first, third = (host.act(log.notes[i]) for i in (0, 2))
    for row, other in ((first, third), (third, first)):
        host.run("update acts set signature = :s where hub = :hub and act = :a", s=other.signature, a=row.act)


def change_agency(host: Host, log: Log) -> None:
    row = host.act(log.notes[0])
    raw = row.bytes.replace(b"scc-children", b"scc-childrem")
    host.run("update acts set bytes = :b where hub = :hub and act = :a", b=raw, a=row.act)


def antedate(which: int, *, rebuild: bool) -> Callable[[Host, Log], None]:
    def do(host: Host, log: Log) -> None:
        host.run(
            "update acts set admitted_at = admitted_at - interval '1 day' where hub = :hub and first = :at",
            at=log.notes[which],
        )
        if rebuild:
            host.rebuild()

    return do


def cut(which: int, *, rebuild: bool) -> Callable[[Host, Log], None]:
    def do(host: Host, log: Log) -> None:
        host.cut(log.notes[which])
        if rebuild:
            host.rebuild()

    return do


def leave_out(which: int) -> Callable[[Host, Log], None]:
    def do(host: Host, log: Log) -> None:
        host.run(
            "delete from feeds where hub = :hub and audience = :a and position = :at",
            a=CHILDREN,
            at=log.notes[which],
        )
        host.rechain()

    return do


def roll_back(host: Host, log: Log) -> None:
    size = log.notes[3] - 1
    peaks = nodes_of(host.db, log.hub, lambda node: list(frontier_of(size, node).peaks))
    host.run(
        "update heads set head = :h, signature = :s, size = :n, peaks = :p where hub = :hub",
        h=log.earlier.head,
        s=log.earlier.signature,
        n=size,
        p=b"".join(peaks),
    )


WAYS = [
    Way(
        "a body is changed and sealed again",
        lambda host, log: host.reseal(log.notes[0], b"first", b"worst"),
        0, NOT_SIGNED, new="commitment-wrong",
    ),
    Way("the bytes of an act are changed", change_agency, 0, NOT_IN_TREE, new="signature-wrong"),
    Way("signatures are swapped", swap_signatures, 0, NOT_IN_TREE, new="signature-wrong"),
    Way(
        "an entry is dropped and the positions closed up",
        cut(0, rebuild=False),
        0, NOT_IN_TREE, new="entry-unlogged",
    ),
    Way(
        "two entries are swapped",
        swap_places,
        0, NOT_IN_TREE, new="entry-unlogged", by_chance=True,
    ),
    Way(
        "an act is made up in a person's name",
        lambda host, log: host.append(log.forged(NEW_KEY), CHILDREN),
        4, "The act's key was not its author's at that position.", "key-unknown", "key-unknown",
    ),
    Way(
        "the time of an admission is changed",
        antedate(0, rebuild=False),
        0, NOT_IN_TREE, new="entry-unlogged", by_chance=True,
    ),
    Way(
        "history is rewritten under a head signed anew",
        antedate(0, rebuild=True),
        None, "The log was another up to", "history-rewritten", "history-differs",
    ),
    Way(
        "an entry is dropped from history under a head signed anew",
        cut(0, rebuild=True),
        None, "The log was another up to", "log-shrunk", "history-differs",
    ),
    Way(
        "a feed row is left out and the feed chained anew",
        leave_out(0),
        0, f"The feed of {CHILDREN} leaves out that the entry at",
    ),
    Way(
        "a feed is given a row that nothing grants",
        lambda host, log: host.feed("agency:police", log.notes[0]),
        0, "The feed of agency:police should not say that the entry at",
    ),
    Way(
        "the head is rolled back to an earlier one",
        roll_back, 3, "The head says", "log-shrunk", "position-wrong",
    ),
    Way(
        "who holds an entry is widened",
        lambda host, log: host.run(
            "update grants set audiences = audiences || array['agency:police']"
            " where hub = :hub and position = :at",
            at=log.notes[0],
        ),
        0, "Who holds this entry now is not what the feeds have granted.",
    ),
    Way(
        "the key of a body is destroyed though nobody agreed",
        lambda host, log: host.run(
            "delete from body_keys where hub = :hub and position = :at", at=log.notes[0]
        ),
        0, "The key of this entry is gone, and nobody agreed to dispose of it.",
    ),
    Way(
        "the head is signed with another key",
        lambda host, log: host.sign_head(NEW_KEY),
        -1, "The head does not verify", "head-forged", "head-forged",
    ),
]  # fmt: skip


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name.replace(" ", "-"))
def test_what_is_tampered_with_is_named_by_verify_and_stops_the_desktops_that_can_know(
    log: Log,
    desks: Desks,
    way: Way,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    with put_back(log.served.direct, log.hub):
        with log.served.direct.engine.begin() as db:
            way.do(Host(db, log.served.direct, log.hub), log)
        code, complaints = verified(log, capsys)
        assert code == 1
        begins = position(log, way)
        assert complaints[0].startswith(f"Position {begins}: "), complaints
        assert any(one.startswith(f"Position {begins}: {way.says}") for one in complaints), complaints
        for sit, expected in ((desks.standing, {way.standing}), (desks.new, news(way))):
            caplog.clear()
            desk = sit()
            told, sentence = said_by(desk, caplog)
            assert told in expected, sentence
            assert bool(sentence) is bool(told) is not desk.status.online
    assert verified(log, capsys) == (0, [])


def news(way: Way) -> set[str]:
    return {way.new, ""} if way.by_chance else {way.new}


def position(log: Log, way: Way) -> int:
    if way.at is None:
        # Nobody had seen anything that could be compared before Ruth's second note.
        return 1
    return 0 if way.at < 0 else (*log.notes, log.notes[3] + 1)[way.at]


@pytest.mark.parametrize(
    ("do", "standing", "sentence"),
    [
        (antedate(3, rebuild=True), "history-rewritten", HISTORY),
        (cut(3, rebuild=True), "log-shrunk", SHORTER),
    ],
    ids=["changed", "dropped"],
)
def test_an_end_that_nobody_has_built_on_can_be_rewritten_but_for_those_who_kept_the_head(
    log: Log,
    desks: Desks,
    do: Callable[[Host, Log], None],
    standing: str,
    sentence: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    with put_back(log.served.direct, log.hub):
        with log.served.direct.engine.begin() as db:
            do(Host(db, log.served.direct, log.hub), log)
        assert verified(log, capsys) == (0, [])
        seen = log.notes[1] + 1
        words = f"Position {seen}: The log was another up to {log.notes[3]} when the head was kept."
        assert verified(log, capsys, "--kept", kept(log, tmp_path)) == (1, [words])
        assert said_by(desks.new(), caplog) == ("", "")
        caplog.clear()
        told = said_by(desks.standing(), caplog)
        assert told == (standing, f"{sentence} Stop, and tell your information governance officer.")
    assert verified(log, capsys, "--kept", kept(log, tmp_path)) == (0, [])


def test_a_key_that_the_store_makes_good_for_somebody_signs_and_stands_in_the_log_for_everybody_to_see(
    log: Log, desks: Desks, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody's proof fails: the store is believed about whose key is whose. It cannot do it unseen."""
    store, ruth = log.served.direct, log.cast["ruth"].enrolled.person
    key = KeyEnrolled(key=NEW_KEY.key_id, person=ruth, device="the host's", public=NEW_KEY.public.hex())
    with put_back(store, log.hub):
        with store.engine.begin() as db:
            host = Host(db, store, log.hub)
            host.append(hub_act(log.hub, store.secrets, [key], datetime.now(UTC)), "hub")
            host.append(log.forged(NEW_KEY), CHILDREN)
        assert verified(log, capsys) == (0, [])
        desk = desks.standing()
        assert said_by(desk, caplog) == ("", "")
        assert desk.desk.cache.directory().keys[NEW_KEY.key_id].person == ruth
        assert desk.desk.referral(log.story.stream).all(NoteAdded)[-1].key == NEW_KEY.key_id


def signed_otherwise(host: Host, log: Log) -> None:
    head = read_head(host.db, log.hub)
    peaks = tuple(bytes(32) for _ in head.frontier.peaks)
    key = log.served.direct.secrets.signing_key(log.hub)
    new = signed_head(log.hub, head.epoch, Frontier(head.size, peaks), head.at, key)
    host.run(
        "update heads set head = :h, signature = :s where hub = :hub",
        h=new.signed.head,
        s=new.signed.signature,
    )


def told_by_store(body: Body) -> Callable[[Host, Log], None]:
    def do(host: Host, log: Log) -> None:
        host.append(hub_act(log.hub, log.served.direct.secrets, [body], datetime.now(UTC)), "hub")

    return do


def statement(words: str, **values: object) -> Callable[[Host, Log], None]:
    return lambda host, log: host.run(words, **{**values, "at": log.notes[0]} if ":at" in words else values)


AMISS: dict[str, tuple[Callable[[Host, Log], None], str]] = {
    "an act is gone": (
        statement("delete from acts where hub = :hub and first = :at"),
        "The act of this entry is gone.",
    ),
    "an act is no act": (
        statement("update acts set bytes = 'nothing' where hub = :hub and first = :at"),
        "This act is not in a shape that the hub can read.",
    ),
    "an act under another's name": (
        statement("update entries set entry = 'other' where hub = :hub and position = :at"),
        "This entry is not the one that its act signs.",
    ),
    "the head's row is no head": (
        statement("update heads set size = size * 2 + 1 where hub = :hub"),
        "The head's row does not hold together.",
    ),
    "the head's row is of another epoch": (
        statement("update heads set epoch = epoch + 1 where hub = :hub"),
        "The signed head is not the one in its row.",
    ),
    "the head's row would go on otherwise": (
        statement("update heads set peaks = set_byte(peaks, 0, get_byte(peaks, 0) # 1) where hub = :hub"),
        "The head's row would not go on from where the log ends.",
    ),
    "the head is of another root": (signed_otherwise, "The log's root is not the one that the head signs."),
    "a key that is none": (
        told_by_store(KeyEnrolled(key="k", person="store", device="d", public="zz")),
        "An entry key.enrolled cannot be read.",
    ),
    "a restore from another log": (
        told_by_store(EpochOpened(epoch=2, size=1, root="00" * 32, backed_up_at=datetime.now(UTC))),
        "This restore began from a log that is not the one before it.",
    ),
    "feeds in another order": (
        lambda host, log: swap_rows(host, log),
        "Feeds bring the entries of a record in another order than they were granted in.",
    ),
}


def swap_rows(host: Host, log: Log) -> None:
    for old, new in ((log.notes[0], -1), (log.notes[1], 10_000)):
        host.run(
            "update feeds set n = :n where hub = :hub and audience = :a and position = :at",
            n=new, a=CHILDREN, at=old,
        )  # fmt: skip
    host.rechain()


@pytest.mark.parametrize("way", AMISS)
def test_whatever_else_is_amiss_is_a_sentence_and_exit_1(
    log: Log, way: str, capsys: pytest.CaptureFixture[str]
) -> None:
    do, sentence = AMISS[way]
    with put_back(log.served.direct, log.hub):
        with log.served.direct.engine.begin() as db:
            do(Host(db, log.served.direct, log.hub), log)
        code, complaints = verified(log, capsys)
        assert code == 1
        assert any(one.endswith(sentence) for one in complaints), complaints


def test_a_head_that_somebody_kept_has_to_be_this_hubs(
    log: Log, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "kept.json"
    file.write_text("{}")
    assert verified(log, capsys, "--kept", str(file)) == (1, [f"{file} holds no signed head."])
    forged = SignedHead(log.head.head, log.head.signature, NEW_KEY.key_id)
    file.write_bytes(msgspec.json.encode({"head": forged}))
    code, complaints = verified(log, capsys, "--kept", str(file))
    assert code == 1
    assert complaints[0].startswith("Position 0: The head that was kept is not this hub's")
