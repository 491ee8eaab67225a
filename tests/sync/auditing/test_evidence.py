"""An answer proves itself: whatever is changed in it, the check names it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from mash_desktop.domain.acts import SignedAct
from mash_desktop.domain.entries.access import RecordViewed
from mash_desktop.domain.entries.contact import NoteAdded
from mash_desktop.domain.entries.outcome import EntryWithdrawn
from mash_desktop.domain.errors import Refusal
from mash_desktop.proofs.head import Head, SignedHead
from mash_desktop.proofs.signature import SigningKey
from sync import protocol
from sync.auditing import run
from sync.auditing.command import keep
from sync.auditing.evidence import Evidence, Question, check
from sync.auditing.run import SEEN, gather
from sync.client import Distrust
from sync.proving import Proven
from tests.domain.story import OPERATOR
from tests.support.served_story import ServedStory
from tests.sync.auditing.conftest import TODAY, Looking
from tests.sync.store.test_disposal import disposed

pytestmark = [
    pytest.mark.parametrize("postgres", ["embedded"], indirect=True, scope="session"),
    pytest.mark.usefixtures("loops_apart"),
]

DAY = timedelta(days=1)


def asked(looking: Looking, person: str, since: date = TODAY - DAY, *terms: str) -> Evidence:
    question = Question(person, since, TODAY + DAY, terms)
    folder = looking.officer.profile
    return asyncio.run(gather(folder, looking.device, looking.session, looking.author, question))


def kinds(evidence: Evidence) -> list[str]:
    return [entry.kind for entry in check(evidence).entries]


@pytest.fixture(scope="module")
def evidence(looking: Looking) -> Evidence:
    # Before the fixtures of any one test: see ``loops_apart``.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asked, looking, looking.child).result()


def test_a_person_is_named_by_identity_by_reference_or_as_one_of_a_referral(looking: Looking) -> None:
    second = looking.references[1]
    only = kinds(asked(looking, second.lower()))
    assert only[:2] == ["document.printed", "records.exported"]
    assert "glass.broken" not in only
    assert "glass.broken" in kinds(asked(looking, f"{second}#mia"))
    assert kinds(asked(looking, f"{looking.streams[0]}#nobody"))[:2] == ["record.viewed", "glass.broken"]
    assert "glass.broken" in kinds(asked(looking, looking.child.partition(":")[2]))
    with pytest.raises(Refusal, match="knows nobody"):
        asked(looking, "ISL-26-99999")


def test_searches_are_found_by_the_words_typed_too(looking: Looking) -> None:
    assert kinds(asked(looking, looking.other)) == ["record.viewed"]
    assert "search.made" in kinds(asked(looking, looking.other, TODAY - DAY, "cartER"))


def test_only_the_days_asked_for_are_answered(looking: Looking) -> None:
    assert asked(looking, looking.child, TODAY + DAY).entries == ()


def test_of_somebody_who_works_here_it_answers_what_they_did_and_who_tried_to_be_them(
    looking: Looking,
) -> None:
    ruth, priya = (looking.cast[one].enrolled.person for one in ("ruth", "priya"))
    did = {"record.viewed", "records.exported", "search.made", "recovery_codes.made"}
    assert set(kinds(asked(looking, ruth))) == did
    checked = check(asked(looking, priya))
    assert {"sign_in.failed", "document.printed"} <= {entry.kind for entry in checked.entries}


def test_what_was_disposed_of_stops_no_answer(looking: Looking) -> None:
    story = ServedStory(looking.cast)
    story.taken()
    (note,) = story.tell(OPERATOR, NoteAdded(words="Of another family."))
    story.tell(OPERATOR, EntryWithdrawn(entry=note, reason="Misfiled."))
    disposed(looking.cast, story.stream)
    assert "record.viewed" in kinds(asked(looking, looking.child))


def test_nobody_but_information_governance_is_answered(looking: Looking) -> None:
    for person in ("ruth", "noor", "karen"):
        desk = looking.cast[person]
        answer = desk.post(
            f"/v1/hubs/{desk.hub}/about", protocol.AboutAsked(standing=desk.standing, person=looking.child)
        )
        assert answer.status_code == 403
        assert answer.json()["code"] == "not-permitted"


def first(evidence: Evidence, **changes: object) -> Evidence:
    return replace(evidence, entries=(replace(evidence.entries[0], **changes), *evidence.entries[1:]))


def other_signature(evidence: Evidence) -> Evidence:
    one = evidence.entries[0].signed
    return first(evidence, signed=SignedAct(one.act, bytes(64)))


def other_words(evidence: Evidence) -> Evidence:
    said = evidence.entries[0].said
    words = msgspec.Raw(bytes(said.body).replace(b"referral file", b"somewhere else"))
    return first(evidence, said=replace(said, body=words))


def other_author(evidence: Evidence) -> Evidence:
    said = evidence.entries[0].said
    return first(evidence, said=replace(said, author="somebody else"))


def without_key(evidence: Evidence) -> Evidence:
    own = tuple(one for one in evidence.hub if b"key.enrolled" not in one.signed.act)
    return replace(evidence, hub=own)


def asked_until(evidence: Evidence, until: date) -> Question:
    assert evidence.asked is not None
    return replace(evidence.asked, until=until)


UNPROVEN: dict[str, Callable[[Evidence], Evidence]] = {
    "other words": other_words,
    "another signature": other_signature,
    "another position": lambda found: first(found, position=found.entries[0].position + 1),
    "another time": lambda found: first(found, admitted_at=found.entries[0].admitted_at + DAY),
    "another way": lambda found: first(found, path=found.entries[1].path),
    "the body of another": lambda found: first(found, said=found.entries[1].said),
    "another author": other_author,
    "no salt": lambda found: first(found, salt=None),
    "no act": lambda found: first(found, signed=SignedAct(b"{}", b"")),
    "told twice": lambda found: replace(found, entries=(*found.entries, found.entries[0])),
    "what was not asked": lambda found: replace(found, entries=(*found.entries, found.hub[-1])),
    "another day": lambda found: replace(found, asked=asked_until(found, TODAY - DAY)),
    "no head": lambda found: replace(found, head=SignedHead(b"", b"", "")),
    "no keys": lambda found: replace(found, store_keys=protocol.StoreKeys(keys=(), handed_on=(), retired=())),
}


@pytest.mark.parametrize("change", UNPROVEN)
def test_what_was_changed_in_an_answer_is_named(evidence: Evidence, change: str) -> None:
    check(evidence)
    with pytest.raises(Refusal) as told:
        check(UNPROVEN[change](evidence))
    assert told.value.code == "evidence-wrong"
    assert ("position" in told.value.sentence) is (change not in {"no head", "no keys", "told twice"})


def test_an_answer_under_a_forged_head_or_of_a_key_that_nobody_enrolled_is_not_trusted(
    evidence: Evidence,
) -> None:
    forged = replace(evidence, head=replace(evidence.head, signature=bytes(64)))
    with pytest.raises(Distrust) as told:
        check(forged)
    assert told.value.code == "head-forged"
    with pytest.raises(Distrust) as told:
        check(without_key(evidence))
    assert told.value.code == "key-unknown"
    with pytest.raises(Refusal) as refused:
        check(evidence, SigningKey.generate().public)
    assert (refused.value.code, refused.value.field) == ("evidence-of-another-key", "store_key")


def test_a_log_that_has_not_grown_from_what_was_seen_the_last_time_is_not_answered_from(
    looking: Looking, evidence: Evidence
) -> None:
    file = looking.officer.profile / SEEN
    kept = file.read_bytes()
    key = looking.officer.served.direct.secrets.signing_key(looking.officer.hub)
    head = msgspec.json.decode(evidence.head.head, type=Head)
    before = replace(head, epoch=0, root=bytes(32))
    file.write_bytes(msgspec.json.encode(SignedHead.sign(before, key)))
    assert asked(looking, looking.child).entries
    for other, code in (
        (replace(head, size=head.size + 10_000), "log-shrunk"),
        (replace(head, root=bytes(32)), "history-rewritten"),
    ):
        file.write_bytes(msgspec.json.encode(SignedHead.sign(other, key)))
        with pytest.raises(Distrust) as told:
            asked(looking, looking.child)
        assert told.value.code == code
    file.write_bytes(kept)
    assert asked(looking, looking.child).entries


def test_where_the_asking_cannot_be_recorded_there_is_no_answer(looking: Looking) -> None:
    stranger = replace(looking.author, key=SigningKey.generate().key_id)
    question = Question(looking.child, TODAY - DAY, TODAY + DAY)
    with pytest.raises(Refusal) as told:
        asyncio.run(gather(looking.officer.profile, looking.device, looking.session, stranger, question))
    assert told.value.code == "key-unknown"


def test_an_answer_is_kept_as_it_was_and_reads_the_same(evidence: Evidence) -> None:
    again = msgspec.json.decode(msgspec.json.encode(evidence), type=Evidence)
    assert msgspec.json.encode(again) == msgspec.json.encode(evidence)
    assert isinstance(again.entries[0], Proven)
    assert isinstance(check(again).entries[0].body, RecordViewed)


def test_an_answer_that_cannot_be_kept_or_checked_says_so(
    looking: Looking, evidence: Evidence, tmp_path: Path
) -> None:
    with pytest.raises(Refusal, match="cannot be written") as told:
        keep(tmp_path / "nowhere" / "answer.json", evidence)
    assert (told.value.code, told.value.field) == ("file-unwritable", "keep")
    keep(tmp_path / "answer.json", evidence)
    with pytest.raises(Refusal, match="64 hex digits"):
        run(looking.officer.question(check=tmp_path / "answer.json", store_key="zz"))
