"""Objects that are not the asker's: another hub's anything, another person's act or device, a part of an act,
a place in the log or a clock that somebody made up. Beside what ``test_admission`` tries."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from uuid6 import uuid7

from mash_desktop.domain.acts import Draft, Parcel, SignedAct, compose
from mash_desktop.domain.codes import Rag
from mash_desktop.domain.entries.access import GlassBroken, RecordViewed
from mash_desktop.domain.entries.contact import NoteAdded, ReferrerRecorded, SubjectRecorded
from mash_desktop.domain.entries.decision import DecisionDrafted, SubjectDecision
from mash_desktop.domain.entries.gathering import ContributionRecorded, ContributionReleased
from mash_desktop.domain.entries.identity import HistoryRecorded, IdentityLinked
from mash_desktop.domain.entries.triage import RagRated
from mash_desktop.domain.roles import Role
from mash_desktop.proofs.canonical import canonical
from mash_desktop.proofs.commitment import commit
from mash_desktop.proofs.signature import ACT
from sync.protocol import PeopleSearch, Presence, RecipientsAsked
from sync.store.describing import OPERATIONS
from tests.domain.story import FACILITATOR, MANAGER, OPERATOR, POLICE
from tests.support.ear import listening
from tests.support.served_story import Cast, ServedStory
from tests.support.store import PASSWORD, Desk, ServedStore

pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True)

WORDS = NoteAdded(words="The school rang again.")


def note(story: ServedStory, entry_id: str = "") -> Draft:
    return Draft(story.stream, WORDS, id=entry_id)


# --- another hub's anything ---


@pytest.fixture(scope="module")
def elsewhere(served_store: ServedStore) -> ServedStory:
    """A referral of another hub, with somebody in it who is nowhere else."""
    story = ServedStory(Cast(served_store, served_store.new_hub()))
    story.taken()
    story.tell(OPERATOR, SubjectRecorded(subject="z", forenames="Zebedee", surname="Quillfeather"))
    return story


IN_A_HUB = [where for where, operation in OPERATIONS.items() if "{hub}" in where[1] and operation.signed_in]


@pytest.mark.parametrize(("method", "path"), IN_A_HUB)
def test_a_session_opens_nothing_in_another_hub(
    method: str, path: str, told: Cast, elsewhere: ServedStory
) -> None:
    operation = OPERATIONS[method, path]
    content = operation.asks if isinstance(operation.asks, bytes) else msgspec.json.encode(operation.asks)
    answer = told["gwen"].client.request(
        method,
        path.format(hub=elsewhere.cast.hub, chunk="0" * 64),
        content=content if operation.asks is not None else None,
        params=dict.fromkeys(operation.numbers, 1),
    )
    assert (answer.status_code, answer.json()["code"]) == (404, "hub-unknown")


def test_another_hubs_records_are_not_there_whatever_is_made_of_them(
    told: Cast, elsewhere: ServedStory
) -> None:
    desk, now = told["ruth"], datetime.now(UTC)
    day = f"access:{now.date().isoformat()}"
    assert desk.act(note(elsewhere)).code == "not-opened"
    link = IdentityLinked(referral=elsewhere.stream, subject="mia")
    assert desk.act(Draft(f"identity:{uuid7()}", link)).code == "subject-unknown"
    glass = GlassBroken(target=elsewhere.stream, reason="She is missing.", until=now + timedelta(hours=1))
    assert desk.act(Draft(day, glass)).code == "not-found"
    at = desk.post(f"/v1/hubs/{told.hub}/presence", Presence(stream=elsewhere.stream, doing="looking"))
    assert (at.status_code, at.json()["code"]) == (404, "not-found")


def test_another_hubs_people_receivers_and_documents_are_found_by_nobody_here(
    told: Cast, elsewhere: ServedStory
) -> None:
    content = b"%PDF-1.7 of another hub"
    digest = hashlib.sha256(content).hexdigest()
    theirs = elsewhere.cast["priya"]
    assert theirs.client.put(f"/v1/hubs/{theirs.hub}/chunks/{digest}", content=content).status_code == 204
    priya, gwen = told["priya"], told["gwen"]
    search = PeopleSearch(standing=priya.standing, forenames="Zebedee", surname="Quillfeather")
    assert priya.post(f"/v1/hubs/{told.hub}/people", search).json()["found"] == []
    found = theirs.post(
        f"/v1/hubs/{theirs.hub}/people", msgspec.structs.replace(search, standing=theirs.standing)
    )
    assert len(found.json()["found"]) == 1
    entry = RecipientsAsked(standing=gwen.standing, entry=elsewhere.entries[0].id)
    assert gwen.post(f"/v1/hubs/{told.hub}/recipients", entry).json()["recipients"] == []
    here = priya.client.get(f"/v1/hubs/{told.hub}/chunks/{digest}")
    assert (here.status_code, here.json()["code"]) == (404, "chunk-unknown")


# --- another person's act, device and standing ---


def test_an_act_is_sent_by_its_author_and_by_nobody_who_holds_it(story: ServedStory, told: Cast) -> None:
    story.taken()
    act = told["priya"].compose([note(story)])
    assert told["ruth"].push(act)[0].code == "author-wrong"
    assert told["priya"].push(act)[0].state == "admitted"
    row = told["ruth"].holds()[act.bodies[0].entry]
    assert row.signed is not None
    assert row.body is not None
    assert told["ruth"].push(Parcel(row.signed, (row.body,)))[0].code == "author-wrong"


def test_nobody_signs_in_at_anothers_device(served_store: ServedStore, a_hub: str) -> None:
    sam, iris = (served_store.appoint(a_hub, name, ("police", Role.RESEARCHER)) for name in ("Sam", "Iris"))
    for person, device in ((sam, "of-sam"), (iris, "of-iris")):
        served_store.enrol(person.code, device=device)
    with served_store.client() as client:
        asked = {"account": sam.account, "password": PASSWORD, "code": "000000", "device": "of-iris"}
        answer = client.post("/v1/sign-in", content=json.dumps(asked))
    assert (answer.status_code, answer.json()["code"]) == (401, "sign-in-refused")


def test_a_key_signs_for_its_own_device_only(served_store: ServedStore, a_hub: str) -> None:
    desk = served_store.desk(a_hub, "Sam Iqbal", ("police", Role.RESEARCHER))
    code, _ = served_store.code(a_hub, desk.enrolled.account)
    _, other = served_store.enrol(code, device="second")
    draft = Draft(f"referral:{uuid7()}", WORDS)
    parcel = compose(a_hub, desk.only, [draft], other, datetime.now(UTC))
    assert desk.push(parcel)[0].code == "signature-wrong"


def test_feeds_are_those_of_a_standing_that_one_has(told: Cast) -> None:
    asked = {"standing": {"agency": "police", "role": "researcher"}}
    answer = told["priya"].client.post(f"/v1/hubs/{told.hub}/feed", content=json.dumps(asked))
    assert (answer.status_code, answer.json()["code"]) == (403, "standing-not-held")


# --- a part of an act, a place and a clock that somebody made up ---


def test_a_part_of_an_act_is_not_the_act(story: ServedStory, told: Cast) -> None:
    story.taken()
    desk, act_id = told["priya"], str(uuid7())
    first, second = (note(story, str(uuid7())) for _ in range(2))

    def sent(*drafts: Draft, under: str) -> str:
        parcel = compose(desk.hub, desk.only, drafts, desk.key, datetime.now(UTC), act_id=under)
        return desk.push(parcel)[0].code

    assert sent(first, second, under=act_id) == ""
    assert sent(first, under=act_id) == "act-taken"
    assert sent(second, first, under=act_id) == "act-taken"
    assert sent(second, under=str(uuid7())) == "entry-taken"
    assert sent(note(story), second, under=str(uuid7())) == "entry-taken"


def resigned(desk: Desk, parcel: Parcel, change: Callable[[Any], None]) -> Parcel:
    """The same act with something of its envelope changed, and signed well."""
    act = json.loads(parcel.signed.act)
    change(act)
    signed = canonical(act)
    return Parcel(SignedAct(signed, desk.key.sign(signed, ACT)), parcel.bodies)


@pytest.mark.parametrize(
    "change",
    [
        lambda act: act.update(position=1),
        lambda act: act["entries"][0].update(position=1),
        lambda act: act.update(admitted_at="2020-01-01T00:00:00Z"),
        lambda act: act.update(device="another"),
        lambda act: act.update(team="social-work-gateway"),
        lambda act: act.update(role="emperor"),
        lambda act: act.pop("made_at"),
    ],
    ids=["position", "position of an entry", "admission", "device", "team", "role", "no clock"],
)
def test_an_act_says_nothing_that_is_the_stores_to_say(
    change: Callable[[Any], None], story: ServedStory, told: Cast
) -> None:
    story.taken()
    desk = told["priya"]
    forged = resigned(desk, desk.compose([note(story)]), change)
    assert desk.push(forged)[0].code == "act-unreadable"


def test_a_number_beyond_every_calendar_is_refused_alone(story: ServedStory, told: Cast) -> None:
    story.taken()
    desk = told["priya"]
    parcel = desk.compose([Draft(story.stream, SubjectRecorded(subject="x", surname="Carter"))])
    body = canonical({"subject": "x", "surname": "Carter", "birth": {"year": 2017, "month": 2**40}})
    opened = msgspec.structs.replace(parcel.bodies[0], body=body)
    commitment = commit(body, opened.salt).hex()
    forged = resigned(desk, parcel, lambda act: act["entries"][0].update(commitment=commitment))
    answers = desk.push(Parcel(forged.signed, (opened,)), desk.compose([note(story)]))
    assert [answer.code for answer in answers] == ["body-misshapen", ""]


def test_an_offset_does_not_excuse_a_clock_that_is_ahead(story: ServedStory, told: Cast) -> None:
    story.taken()
    desk = told["priya"]
    for offset in (0, -3_600_000, 3_600_000, -(2**53) + 1):
        ahead = compose(
            desk.hub,
            desk.only,
            [note(story)],
            desk.key,
            datetime.now(UTC) + timedelta(hours=1),
            clock_offset_ms=offset,
        )
        assert desk.push(ahead)[0].code == "from-the-future"


def test_a_base_is_the_last_link_of_this_chain_and_of_no_other(story: ServedStory, told: Cast) -> None:
    story.taken().triaged().admitted()
    other = ServedStory(told).taken().triaged().admitted()
    (theirs,) = other.tell(MANAGER, RagRated(rag=Rag.AMBER, reason="Two injuries."))
    (first,) = story.tell(MANAGER, RagRated(rag=Rag.AMBER, reason="Two injuries."))
    (last,) = story.tell(MANAGER, RagRated(rag=Rag.RED, reason="He is on his way home."))
    again = RagRated(rag=Rag.GREEN, reason="He was arrested.")
    for base in (None, theirs, first, story.entries[0].id, str(uuid7())):
        answer = told["karen"].act(Draft(story.stream, again, base=base))
        assert (answer.code, answer.moved_by) == ("moved-on", last), base
    assert told["karen"].act(Draft(story.stream, again, base=last)).state == "admitted"


# --- what an act rests on ---


def test_what_its_author_may_not_see_is_to_an_act_as_if_it_were_not_there(
    story: ServedStory, told: Cast, elsewhere: ServedStory
) -> None:
    """A facilitator holds the referral, but neither who referred nor what police have yet to release."""
    story.taken().triaged().admitted().rated().asked().answered().tabled()
    other = ServedStory(told).taken()
    (said,) = story.tell(POLICE, NoteAdded(words="The officer's own note."))
    for _ in range(2):
        # The second takes the first one's place, so that the first is superseded besides.
        told_of = story.tell(OPERATOR, ReferrerRecorded(name="Helen Marsh", capacity="deputy head"))
    referrers = [one for one in story.ids(ReferrerRecorded) if one not in told_of]
    own = story.ids(ContributionRecorded)
    draft = DecisionDrafted(
        subjects=tuple(
            SubjectDecision(who, "child_in_need", "Child in need plan.", "Two injuries.")
            for who in ("mia", "tyler")
        )
    )

    def answer(*relied: str) -> tuple[str, str, str | None]:
        said = told["dee"].push(story.parcel(FACILITATOR, draft, relies_on=relied))[0]
        return said.code, said.sentence, said.field

    nowhere = answer(str(uuid7()))
    assert nowhere[0] == "evidence-gone"
    good = story.ids(ContributionReleased)[0]
    for hidden in (
        other.entries[0].id, elsewhere.entries[0].id, said, own[0], *told_of, *referrers, story.stream, "",
    ):  # fmt: skip
        assert answer(hidden) == nowhere, hidden
        assert answer(good, hidden) == nowhere, hidden
    assert answer(good)[0] == ""


def test_whatever_is_written_rests_on_its_own_stream_and_on_what_its_author_holds(
    story: ServedStory, told: Cast, elsewhere: ServedStory
) -> None:
    story.taken()
    priya, known = told["priya"], f"identity:{uuid7()}"
    history = HistoryRecorded(
        agency="scc-children",
        source_system="Care Director",
        record="1",
        cohort="children",
        surname="Carter",
    )
    viewed = RecordViewed(target=story.stream, screen="referral", at=datetime.now(UTC))
    first = str(uuid7())
    for stream, body in (
        (story.stream, WORDS), (known, history), (f"access:{datetime.now(UTC).date().isoformat()}", viewed)
    ):  # fmt: skip
        strange = [elsewhere.entries[0].id, str(uuid7())]
        strange += [story.entries[0].id] if stream != story.stream else []
        for relied in strange:
            assert priya.act(Draft(stream, body, relies_on=(relied,))).code == "evidence-gone", stream
    own = priya.act(Draft(known, history, id=first), Draft(known, history, relies_on=(first,)))
    assert own.state == "admitted"
    assert priya.act(Draft(story.stream, WORDS, relies_on=(story.entries[0].id,))).state == "admitted"


# --- another hub's live stream ---


def test_nothing_of_one_hub_is_heard_in_another(
    told: Cast, elsewhere: ServedStory, story: ServedStory
) -> None:
    """Both hubs have the same agencies, so that their audiences go by the same names."""
    story.taken()
    theirs, colleague = elsewhere.cast["priya"], elsewhere.cast["ruth"]
    here, there = (f"/v1/hubs/{hub}/live" for hub in (told.hub, elsewhere.cast.hub))
    for desk, path in ((told["priya"], there), (theirs, here)):
        answer = desk.client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "hub-unknown")
    with listening(told.served, told["priya"]) as ear, listening(told.served, colleague) as other:
        elsewhere.tell(OPERATOR, NoteAdded(words="The school rang again."))
        presence = Presence(stream=elsewhere.stream, doing="looking")
        at = theirs.post(f"/v1/hubs/{theirs.hub}/presence", presence)
        assert at.status_code == 204
        leaving = told.served.desk(elsewhere.cast.hub, "Dan Pell", ("scc-children", Role.SOCIAL_WORKER))
        leaving.client.post("/v1/sign-out")
        assert other.next("presence")["name"] == "Priya Nair"
        assert ear.hears_nothing(1.5)
