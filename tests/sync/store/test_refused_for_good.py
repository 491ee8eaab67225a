"""What was refused is refused for good: a copy that arrives later is answered alike, whatever has changed.

Its author may have read the refusal and taken the act back by then.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from sqlalchemy import select, update
from uuid6 import uuid7

from mash_desktop.domain.acts import Author, Draft, OpenBody, Parcel, SignedAct, compose
from mash_desktop.domain.codes import Rag
from mash_desktop.domain.entries.access import RecordViewed
from mash_desktop.domain.entries.contact import DocumentAttached, NoteAdded
from mash_desktop.domain.entries.hub import MembershipGranted, PersonEnrolled
from mash_desktop.domain.entries.triage import ContactTriaged, RagRated, SubjectLevel
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.roles import Role
from mash_desktop.proofs.signature import SigningKey
from sync.protocol import Push, act_digest
from sync.store import tables
from sync.store.authoring import hub_act
from sync.store.composition import Store
from sync.store.database import connect
from tests.domain.story import MANAGER, OPERATOR, POLICE
from tests.support.contacts import opened_now
from tests.support.served_story import Cast, ServedStory
from tests.support.store import Desk
from tests.sync.store.test_shared_commits import spoilt

# What is remembered are the same rows in either PostgreSQL.
pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True)

Change = Callable[[], None]


@pytest.fixture
def far(told: Cast) -> ServedStory:
    story = ServedStory(told)
    story.taken().triaged().admitted().rated()
    return story


def kept(cast: Cast) -> set[bytes]:
    """Hashes of the acts that the store remembers to have refused."""
    t = tables.refusals
    with cast.served.direct.engine.connect() as db:
        return set(db.scalars(select(t.c.digest).where(t.c.hub == cast.hub)))


def a_document_unsent(story: ServedStory) -> tuple[Desk, Callable[[], Parcel], Change]:
    desk, page = story.cast["priya"], f"%PDF-1.7 {uuid7()}".encode()
    digest = hashlib.sha256(page).hexdigest()
    attached = DocumentAttached(
        document="d",
        title="Body map",
        media_type="application/pdf",
        size=len(page),
        digest=digest,
        chunks=(digest,),
    )

    def send() -> None:
        sent = desk.client.put(f"/v1/hubs/{desk.hub}/chunks/{digest}", content=page)
        assert sent.status_code == 204

    return desk, lambda: story.parcel(OPERATOR, attached), send


def an_agency_not_asked(story: ServedStory) -> tuple[Desk, Callable[[], Parcel], Change]:
    note = NoteAdded(words="We know him.")

    def ask() -> None:
        story.asked()

    return story.cast["sam"], lambda: story.parcel(POLICE, note), ask


def a_role_not_held(story: ServedStory) -> tuple[Desk, Callable[[], Parcel], Change]:
    desk = story.cast.served.desk(story.cast.hub, "Noel Frost", ("mash", Role.ADMINISTRATOR))
    author = Author(desk.enrolled.person, "mash", Role.INFORMATION_GOVERNANCE, desk.enrolled.key)
    given = MembershipGranted(person=author.person, agency=author.agency, role=author.role)

    def look() -> Parcel:
        now = datetime.now(UTC)
        viewed = RecordViewed(target="hub", screen="administration", at=now)
        return desk.compose([Draft(f"access:{now.date()}", viewed)], author)

    def give() -> None:
        assert desk.act(Draft("hub", given)).state == "admitted"

    return desk, look, give


@pytest.mark.parametrize("case", [a_document_unsent, an_agency_not_asked, a_role_not_held])
def test_a_refused_act_that_arrives_again_is_refused_alike_though_it_would_be_admitted_now(
    far: ServedStory, case: Callable[[ServedStory], tuple[Desk, Callable[[], Parcel], Change]]
) -> None:
    desk, make, change = case(far)
    old = make()
    first = desk.push(old)[0]
    assert first.state == "refused"
    change()
    assert desk.push(make())[0].state == "admitted", "made anew it is in order now"
    assert desk.push(old)[0] == first
    fresh = Store(connect(far.cast.served.database, 2), far.cast.served.direct.secrets)
    assert fresh.admission.push(desk.hub, desk.enrolled.person, [old]).answers == [first]
    fresh.close()


def test_who_moved_first_is_named_again(far: ServedStory) -> None:
    base = far.referral.chains["rating"]
    far.tell(MANAGER, RagRated(rag=Rag.RED, reason="Two injuries."))
    desk = far.cast["karen"]
    late = desk.compose([Draft(far.stream, RagRated(rag=Rag.GREEN, reason="He is away."), base=base)])
    first = desk.push(late)[0]
    assert (first.code, first.moved_by) == ("moved-on", far.referral.chains["rating"])
    far.tell(MANAGER, RagRated(rag=Rag.AMBER, reason="He is not."))
    assert desk.push(late)[0] == first


def test_an_act_twice_in_one_push_is_not_admitted_by_what_stands_between(told: Cast) -> None:
    story = ServedStory(told)
    desk = told["priya"]
    note = desk.compose([Draft(story.stream, NoteAdded(words="She rang."))])
    opens = story.parcel(
        OPERATOR,
        opened_now(),
    )
    answers = desk.push(note, opens, note)
    assert [one.state for one in answers] == ["refused", "admitted", "refused"]
    assert answers[2] == answers[0]


def test_nobody_keeps_an_act_out_by_sending_something_under_its_id(story: ServedStory, told: Cast) -> None:
    story.taken()
    priya, ruth, now, act_id = told["priya"], told["ruth"], datetime.now(UTC), str(uuid7())
    draft = Draft(story.stream, NoteAdded(words="The school rang."), id=str(uuid7()))
    own = compose(priya.hub, priya.only, [draft], priya.key, now, act_id=act_id)
    bad = Draft(story.stream, NoteAdded(words=" "), id=draft.id)
    assert ruth.push(compose(ruth.hub, ruth.only, [bad], ruth.key, now, act_id=act_id))[0].state == "refused"
    assert ruth.push(own)[0].code == "author-wrong"
    forged = Parcel(SignedAct(own.signed.act, bytes(64)), own.bodies)
    assert priya.push(forged)[0].code == "signature-wrong"
    (body,) = own.bodies
    swapped = OpenBody(body.entry, b'{"words":"Not as signed."}', body.salt)
    assert priya.push(Parcel(own.signed, (swapped,)))[0].code == "commitment-wrong"
    assert priya.push(own)[0].state == "admitted"


def test_only_what_is_signed_and_its_authors_own_is_remembered(story: ServedStory, told: Cast) -> None:
    story.taken()
    priya, before = told["priya"], kept(told)
    other, note = SigningKey.generate(), Draft(story.stream, NoteAdded(words="She rang."))
    unknown = Author(priya.only.person, "scc-children", Role.TRIAGE_OPERATOR, other.key_id)
    stranger = compose(told.hub, unknown, [note], other, datetime.now(UTC))
    assert priya.push(stranger)[0].code == "key-unknown"
    theirs = priya.compose([Draft(story.stream, NoteAdded(words=" "))])
    assert told["ruth"].push(theirs)[0].code == "author-wrong"
    with told.served.client("no session") as client:
        pushed = msgspec.json.encode(Push(acts=(theirs,)))
        assert client.post(f"/v1/hubs/{told.hub}/acts", content=pushed).status_code == 401
    assert priya.push(Parcel(SignedAct(theirs.signed.act, bytes(64)), theirs.bodies))[0].code
    assert kept(told) == before
    assert priya.push(theirs)[0].field == "words"
    assert kept(told) == before | {act_digest(theirs.signed)}


def test_a_row_shows_no_word_of_what_was_answered(story: ServedStory, told: Cast) -> None:
    """A sentence may repeat what an act named."""
    story.taken()
    before = kept(told)
    triaged = ContactTriaged(
        route="Ottilie Quince",
        levels=(SubjectLevel("mia", "child_in_need"),),
        rationale="Second injury.",
        history_searched=True,
        immediate_danger=False,
    )
    answer = story.push(OPERATOR, triaged)
    assert "Ottilie Quince" in answer.sentence
    (new,) = kept(told) - before
    t = tables.refusals
    with told.served.direct.engine.connect() as db:
        row = db.execute(select(t.c.answer, t.c.refused_at).where(t.c.digest == new)).one()
    assert b"Ottilie" not in row.answer
    assert answer.code.encode() not in row.answer
    assert abs(datetime.now(UTC) - row.refused_at) < timedelta(minutes=5)


def test_a_refusal_that_does_not_open_is_one_all_the_same(story: ServedStory, told: Cast) -> None:
    priya = told["priya"]
    note = priya.compose([Draft(story.stream, NoteAdded(words="She rang."))])
    assert priya.push(note)[0].code == "not-opened"
    t = tables.refusals
    with told.served.direct.engine.begin() as db:
        db.execute(update(t).where(t.c.digest == act_digest(note.signed)).values(answer=b"spoilt"))
    story.taken()
    answer = priya.push(note)[0]
    assert (answer.state, answer.code) == ("refused", "refused-before")


def test_an_act_that_could_not_be_judged_is_refused_for_good_and_one_that_is_there_is_known(
    story: ServedStory, told: Cast
) -> None:
    """By a service that has not read the record before, as after a restart."""
    story.taken()
    priya = told["priya"]
    there, late = (story.parcel(OPERATOR, NoteAdded(words="She rang.")) for _ in range(2))
    admitted = priya.push(there)[0]
    store = Store(connect(told.served.database, 2), told.served.direct.secrets)
    with spoilt(told.served, told.hub, story.answers[0].positions[0]):
        answers = store.admission.push(told.hub, priya.enrolled.person, [there, late]).answers
        assert [one.code or one.state for one in answers] == ["known", "record-damaged"]
        assert answers[0].positions == admitted.positions
        again = msgspec.structs.replace(priya.only, agency="police")
        other = compose(
            told.hub, again, [Draft(story.stream, NoteAdded(words="X."))], priya.key, datetime.now(UTC),
            act_id=admitted.act,
        )  # fmt: skip
        taken = store.admission.push(told.hub, priya.enrolled.person, [other]).answers
        assert taken[0].code == "act-taken"
    assert priya.push(late)[0] == answers[1]
    assert priya.push(there)[0].state == "known"
    store.close()


def test_what_nobody_is_told_is_not_remembered(told: Cast) -> None:
    """The store's own acts, and what a restore puts back before desktops have come."""
    store, before = told.served.direct, kept(told)
    nobody = PersonEnrolled(person=str(uuid7()), name=" ")
    with pytest.raises(Refusal):
        store.admission.admit_own(told.hub, hub_act(told.hub, store.secrets, [nobody], store.clock()))
    story, priya = ServedStory(told), told["priya"]
    note = story.parcel(OPERATOR, NoteAdded(words="She rang."))
    answers = store.admission.push(told.hub, priya.enrolled.person, [note], told=False).answers
    assert answers[0].code == "not-opened"
    assert kept(told) == before
    story.taken()
    assert priya.push(note)[0].state == "admitted"
