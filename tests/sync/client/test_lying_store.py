"""A store that lies to a desk that syncs: the desk says so, stops, and holds what it held."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace as changed

import msgspec
import pytest
from msgspec.structs import replace
from uuid6 import uuid7

from mash_desktop.cache import Cache
from mash_desktop.cache.feed import FeedRow
from mash_desktop.cache.reading import stamp
from mash_desktop.domain.acts import Draft, Seen, compose
from mash_desktop.domain.entries.contact import NoteAdded
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.roles import Role
from mash_desktop.proofs.head import Head, SignedHead
from mash_desktop.proofs.signature import SigningKey
from sync.client import Unreachable
from sync.client.evidence import Found, evidence, settle, unsettled
from sync.protocol import Page, Path, Pushed
from tests.support.relay import Alter, Answered, Asked
from tests.sync.client.conftest import Networked, Office, until
from tests.sync.client.test_synchroniser import attach

# Which PostgreSQL the store has is the same to a desk.
pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True)

OPERATOR = ("scc-children", Role.TRIAGE_OPERATOR)


def referral() -> str:
    return f"referral:{uuid7()}"


class Deceived:
    """Priya's desk behind a relay, and Ruth's at the store itself."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.relay = office.relay()
        self.priya = office.sit("Priya Nair", *OPERATOR, server=self.relay.server)
        self.ruth = office.sit("Ruth Okafor", "scc-children", Role.CONSULTANT_SOCIAL_WORKER)
        self.priya.until_online()
        self.ruth.until_online()

    @property
    def store_key(self) -> SigningKey:
        return self.office.served.direct.secrets.signing_key(self.office.hub)

    def signed(self, head: Head) -> SignedHead:
        return SignedHead.sign(head, self.store_key)

    def until_distrust(self, code: str, caplog: pytest.LogCaptureFixture) -> None:
        until(lambda: bool(self.priya.status.distrust), code)
        assert f"does not hold together: {code}" in caplog.text
        assert not self.priya.status.online


@pytest.fixture
def deceived(office: Office) -> Deceived:
    return Deceived(office)


def pages(alter: Callable[[Page], Page]) -> Alter:
    """Alter every page that brings a case."""

    def altered(asked: Asked, answered: Answered) -> Answered:
        if not asked.path.endswith("/feed"):
            return answered
        page = msgspec.json.decode(answered.body, type=Page)
        if not any(row.signed is not None for row in page.rows):
            return answered
        return changed(answered, body=msgspec.json.encode(alter(page)))

    return altered


def first_row(page: Page, **changes: object) -> Page:
    return replace(page, rows=(replace(page.rows[0], **changes), *page.rows[1:]))


def other_words(page: Page) -> Page:
    body = page.rows[0].body
    assert body is not None
    return first_row(page, body=replace(body, body=body.body + b" "))


def at_another_time(page: Page) -> Page:
    at = page.rows[0].admitted_at
    assert at is not None
    return replace(page, rows=tuple(replace(row, admitted_at=at.replace(year=2020)) for row in page.rows))


def without_content(page: Page) -> Page:
    return first_row(page, signed=None, body=None, position=None, admitted_at=None)


LIES: dict[str, tuple[Callable[[Page], Page], str]] = {
    "drops a row": (
        lambda page: replace(page, rows=page.rows[1:]),
        "feed-gap",
    ),
    "puts rows in another order": (lambda page: replace(page, rows=page.rows[::-1]), "feed-gap"),
    "alters words": (other_words, "commitment-wrong"),
    "keeps words back": (lambda page: first_row(page, body=None), "body-withheld"),
    "keeps a granted entry back": (without_content, "content-withheld"),
    "tells of another time": (at_another_time, "entry-unlogged"),
    "sends the head of a forger": (
        lambda page: replace(page, head=replace(page.head, signature=bytes(64))),
        "head-forged",
    ),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_desk_that_is_lied_to_says_so_and_stops(
    deceived: Deceived, caplog: pytest.LogCaptureFixture, lie: str
) -> None:
    alter, code = LIES[lie]
    priya, case = deceived.priya, referral()
    deceived.ruth.contact(case)
    priya.until_holding(case, "contact.opened")
    held = priya.desk.cache.places()
    deceived.relay.alter = pages(alter)
    deceived.ruth.desk.act(case, NoteAdded(words="The school rang."), NoteAdded(words="They ring back."))
    deceived.until_distrust(code, caplog)
    assert priya.desk.referral(case).all(NoteAdded) == ()
    assert priya.desk.cache.places() == held
    # What is made from now on is kept and not sent.
    priya.network.stop()
    asked = len(deceived.relay.asked)
    priya.desk.act(case, NoteAdded(words="Kept here."))
    assert [one.state for one in priya.desk.cache.waiting()] == ["waiting"]
    assert len(deceived.relay.asked) == asked
    with pytest.raises(Unreachable):
        priya.network.fetch_chunk("00")


def heads(alter: Callable[[Head], SignedHead]) -> Alter:
    """Alter the head of every page."""

    def altered(asked: Asked, answered: Answered) -> Answered:
        if not asked.path.endswith("/feed"):
            return answered
        page = msgspec.json.decode(answered.body, type=Page)
        head = msgspec.json.decode(page.head.head, type=Head)
        return changed(answered, body=msgspec.json.encode(replace(page, head=alter(head))))

    return altered


def test_a_log_that_shrinks_is_caught(deceived: Deceived, caplog: pytest.LogCaptureFixture) -> None:
    deceived.relay.alter = heads(lambda head: deceived.signed(replace(head, size=1)))
    deceived.ruth.contact(referral())
    deceived.ruth.until_sent()
    deceived.priya.network.wake()
    deceived.until_distrust("log-shrunk", caplog)


def test_a_log_that_forks_is_caught(deceived: Deceived, caplog: pytest.LogCaptureFixture) -> None:
    deceived.relay.alter = heads(lambda head: deceived.signed(replace(head, root=bytes(32))))
    deceived.priya.network.wake()
    deceived.until_distrust("history-rewritten", caplog)


def test_a_store_that_lied_is_asked_nothing_more_until_somebody_has_looked_into_it(
    deceived: Deceived, caplog: pytest.LogCaptureFixture
) -> None:
    priya, honest = deceived.priya, deceived.relay.alter
    good = msgspec.json.decode(priya.desk.cache.fact("head") or b"", type=SignedHead)
    deceived.relay.alter = heads(lambda head: deceived.signed(replace(head, root=bytes(32))))
    priya.network.wake()
    deceived.until_distrust("history-rewritten", caplog)
    found = unsettled(priya.desk.cache)
    assert found is not None
    assert (found.code, found.head) == ("history-rewritten", good)
    assert found.shown is not None
    assert found.shown.verify(deceived.store_key.public).root == bytes(32)
    deceived.relay.alter = honest
    priya.network.stop()
    asked, said = len(deceived.relay.asked), len(priya.statuses)
    priya.connect(deceived.relay.server)
    until(lambda: len(priya.statuses) > said, "what was found")
    priya.network.stop()
    assert priya.status.distrust == found.sentence
    assert priya.status.since == found.at
    assert not [one.path for one in deceived.relay.asked[asked:] if "presence" not in one.path]

    settle(priya.desk.cache, "Anita Rao")
    priya.connect(deceived.relay.server)
    priya.until_online()
    assert priya.status.distrust == ""
    deceived.relay.alter = heads(lambda head: deceived.signed(replace(head, size=1)))
    priya.network.wake()
    deceived.until_distrust("log-shrunk", caplog)
    settle(priya.desk.cache, "Ada Byrne")
    told = [(one.code, one.settled_by) for one in evidence(priya.desk.cache)]
    assert told == [("history-rewritten", "Anita Rao"), ("log-shrunk", "Ada Byrne")]
    assert unsettled(priya.desk.cache) is None


def test_a_full_disk_does_not_hide_that_a_store_lied(
    deceived: Deceived, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(cache: Cache, found: Found) -> None:
        raise Refusal("disk-full", "The disk of this computer is full.")

    monkeypatch.setattr("sync.client.evidence.keep", full)
    deceived.relay.alter = heads(lambda head: deceived.signed(replace(head, size=1)))
    deceived.priya.network.wake()
    deceived.until_distrust("log-shrunk", caplog)
    assert "was not kept: disk-full" in caplog.text


def test_a_store_that_proves_nothing_of_what_it_says_is_caught(
    deceived: Deceived, caplog: pytest.LogCaptureFixture
) -> None:
    refusal = b'{"code": "proof-outside", "sentence": "The log is not as long as that."}'
    deceived.relay.before = lambda asked: Answered(400, refusal) if "inclusion" in asked.path else asked
    deceived.ruth.contact(referral())
    deceived.until_distrust("proof-refused", caplog)


def seen_by(networked: Networked) -> Seen:
    head = networked.signed.head()
    return Seen(head.epoch, head.size, head.root.hex())


def test_a_desk_that_was_shown_another_history_is_told_so_by_the_store(
    deceived: Deceived, caplog: pytest.LogCaptureFixture
) -> None:
    ruth, case = deceived.ruth, referral()
    ruth.contact(case)
    ruth.until_sent()
    ruth.desk.seen = replace(seen_by(ruth), root="00" * 32)
    ruth.desk.act(case, NoteAdded(words="Seen otherwise."))
    until(lambda: "another history" in ruth.status.distrust, "distrust at Ruth's")
    assert [one.state for one in ruth.desk.cache.waiting()] == ["waiting"]


def test_two_histories_are_caught_once_acts_of_both_cross(
    deceived: Deceived, caplog: pytest.LogCaptureFixture
) -> None:
    ruth, priya, case = deceived.ruth, deceived.priya, referral()
    ruth.contact(case)
    ruth.until_sent()
    ruth.desk.seen = seen = seen_by(ruth)
    ruth.desk.act(case, NoteAdded(words="The school rang."))
    priya.until_holding(case, "note.added")
    priya.until_online()
    assert any(f"consistency?old={seen.size}&" in asked.path for asked in deceived.relay.asked)
    no_proof = msgspec.json.encode(Path(path=(bytes(32),), size=1))
    deceived.relay.alter = lambda asked, answered: (
        changed(answered, body=no_proof) if f"consistency?old={seen.size}&" in asked.path else answered
    )
    ruth.desk.act(case, NoteAdded(words="They ring back."))
    deceived.until_distrust("history-differs", caplog)
    assert len(priya.desk.referral(case).all(NoteAdded)) == 1


def test_an_answer_that_cannot_be_true_takes_nothing_out_of_the_outbox(
    deceived: Deceived, caplog: pytest.LogCaptureFixture
) -> None:
    def boasts(asked: Asked, answered: Answered) -> Answered:
        if not asked.path.endswith("/acts"):
            return answered
        pushed = msgspec.json.decode(answered.body, type=Pushed)
        answers = tuple(replace(one, positions=(10_000,)) for one in pushed.answers)
        return changed(answered, body=msgspec.json.encode(replace(pushed, answers=answers)))

    deceived.relay.alter = boasts
    deceived.priya.contact(referral())
    deceived.until_distrust("answer-wrong", caplog)
    assert [one.state for one in deceived.priya.desk.cache.waiting()] == ["waiting"]


def test_two_entries_at_one_place_are_caught(deceived: Deceived, caplog: pytest.LogCaptureFixture) -> None:
    """The cache holds an entry that this log never had, at a place that the log then gives away."""
    priya = deceived.priya
    case = referral()
    priya.wire.cut()
    parcel = compose(
        deceived.office.hub,
        priya.desk.me.author,
        [Draft(case, NoteAdded(words="From another history."))],
        priya.signed.key,
        priya.desk.now(),
    )
    position = deceived.office.served.direct.head(deceived.office.hub)
    size = msgspec.json.decode(position.head, type=Head).size
    row = FeedRow(
        "agency:scc-children",
        parcel.bodies[0].entry,
        True,
        signed=parcel.signed,
        body=parcel.bodies[0],
        position=size + 1,
        admitted_at=stamp(priya.desk.now()),
    )
    priya.desk.cache.receive([row], [], priya.desk.cache.places())
    deceived.ruth.contact(case)
    deceived.ruth.until_sent()
    priya.wire.mend()
    deceived.until_distrust("position-taken", caplog)


def test_a_document_that_was_altered_is_caught(deceived: Deceived, caplog: pytest.LogCaptureFixture) -> None:
    case, content = referral(), b"%PDF-1.7 chronology"
    deceived.ruth.contact(case)
    digest = attach(deceived.ruth, case, content)
    priya = deceived.priya
    priya.until_holding(case, "document.attached")
    assert priya.network.fetch_chunk(digest).result(10) == content
    deceived.relay.alter = lambda asked, answered: (
        changed(answered, body=b"%PDF-1.7 another") if "/chunks/" in asked.path else answered
    )
    with pytest.raises(Refusal) as told:
        priya.network.fetch_chunk(digest).result(10)
    assert told.value.code == "document-altered"
    deceived.until_distrust("chunk-altered", caplog)


def test_a_head_of_another_hub_at_the_start_is_caught(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    priya = office.sit("Priya Nair", *OPERATOR, start=False)
    key = office.served.direct.secrets.signing_key(office.hub)
    head = msgspec.json.decode(office.served.direct.head(office.hub).head, type=Head)
    foreign = SignedHead.sign(replace(head, hub="another"), key)
    priya.desk.cache.put_fact("head", msgspec.json.encode(foreign))
    priya.network.start()
    until(lambda: bool(priya.status.distrust), "distrust")
    assert "head-foreign" in caplog.text
