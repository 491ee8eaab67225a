"""What is admitted, what is known already, and what is refused: by whom, in which role, on which chain."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from uuid6 import uuid7

from mash_desktop.domain.acts import Author, Draft, OpenBody, Parcel, Seen, SignedAct, compose, read
from mash_desktop.domain.codes import Rag
from mash_desktop.domain.entries.access import RecordViewed
from mash_desktop.domain.entries.contact import ConcernRecorded, DocumentAttached, NoteAdded, SubjectRecorded
from mash_desktop.domain.entries.hub import HubConfigured, KeyRevoked, MembershipGranted, PersonEnrolled
from mash_desktop.domain.entries.identity import HistoryRecorded, IdentityLinked
from mash_desktop.domain.entries.triage import RagRated
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.roles import Role
from mash_desktop.hub import load_preset
from mash_desktop.proofs.signature import SigningKey
from sync.protocol import Push
from sync.store.examining import LARGEST_BODY
from tests.domain.story import CONSULTANT, MANAGER, OPERATOR, POLICE
from tests.support.served_story import Cast, ServedStory
from tests.support.store import Desk, ServedStore


def note(story: ServedStory, words: str = "The school rang again.") -> Draft:
    return Draft(story.stream, NoteAdded(words=words))


def test_an_act_is_admitted_with_a_position_for_each_of_its_entries(story: ServedStory) -> None:
    story.taken()
    opened, rest = story.answers
    assert len(opened.positions) == 1
    assert rest.positions == tuple(range(rest.positions[0], rest.positions[0] + 5))
    assert rest.admitted_at is not None
    assert rest.admitted_at.utcoffset() == timedelta(0)


def test_an_act_sent_twice_gets_the_same_answer_and_changes_nothing(story: ServedStory, told: Cast) -> None:
    story.taken()
    desk = told["priya"]
    parcel = desk.compose([note(story)])
    first, again = desk.push(parcel)[0], desk.push(parcel)[0]
    assert (first.state, again.state) == ("admitted", "known")
    assert (again.positions, again.admitted_at) == (first.positions, first.admitted_at)
    both = desk.push(other := desk.compose([note(story)]), other)
    assert [answer.state for answer in both] == ["admitted", "known"]
    assert both[0].positions == both[1].positions


def test_another_act_under_a_known_id_is_refused(story: ServedStory, told: Cast) -> None:
    story.taken()
    desk = told["priya"]
    now, act_id = datetime.now(UTC), str(uuid7())
    first, second = (
        compose(desk.hub, desk.only, [note(story, words)], desk.key, now, act_id=act_id)
        for words in ("One.", "Two.")
    )
    assert desk.push(first)[0].state == "admitted"
    assert desk.push(second)[0].code == "act-taken"


def test_an_entry_id_is_used_once_for_ever(story: ServedStory, told: Cast) -> None:
    story.taken()
    desk = told["priya"]
    taken = story.entries[0].id
    draft = Draft(story.stream, NoteAdded(words="The same id."), id=taken)
    assert desk.act(draft).code == "entry-taken"


def test_one_refusal_never_takes_its_neighbours(story: ServedStory, told: Cast) -> None:
    story.taken()
    desk = told["priya"]
    answers = desk.push(
        desk.compose([note(story, "First.")]),
        desk.compose([note(story, "With"), Draft(story.stream, ConcernRecorded(account="a", words=" "))]),
        desk.compose([note(story, "Last.")]),
    )
    assert [answer.state for answer in answers] == ["admitted", "refused", "admitted"]
    assert answers[1].field == "words"
    assert answers[2].positions[0] == answers[0].positions[0] + 1


def test_a_refused_act_names_the_entry_and_the_field(story: ServedStory, told: Cast) -> None:
    story.taken()
    desk = told["priya"]
    bad = Draft(story.stream, SubjectRecorded(subject="x"), id=str(uuid7()))
    answer = desk.act(note(story), bad)
    assert (answer.state, answer.entry, answer.field) == ("refused", bad.id, "name")
    assert answer.sentence


def test_who_moves_second_is_told_who_moved_first(story: ServedStory, told: Cast) -> None:
    story.taken().triaged().admitted()
    (rated,) = story.tell(MANAGER, RagRated(rag=Rag.AMBER, reason="Two injuries in five weeks."))
    late = Draft(story.stream, RagRated(rag=Rag.RED, reason="He is on his way home."))
    answer = told["karen"].act(late)
    assert (answer.state, answer.code, answer.moved_by) == ("refused", "moved-on", rated)


def test_rules_run_on_the_whole_referral_and_not_on_what_the_author_holds(
    story: ServedStory, told: Cast
) -> None:
    story.taken()
    answer = story.push(CONSULTANT, RagRated(rag=Rag.RED, reason="He is on his way home."))
    assert answer.code == "not-permitted"
    assert story.push(MANAGER, RagRated(rag=Rag.RED, reason="Red.")).code == "not-permitted"


# --- forgeries ---


def forged(desk: Desk, story: ServedStory, **changed: object) -> str:
    """The code with which the store refuses an act whose author says something untrue of themselves."""
    author = msgspec.structs.replace(desk.only, **changed)
    return desk.push(desk.compose([note(story)], author))[0].code


def test_a_forged_author_role_agency_or_key_is_refused(story: ServedStory, told: Cast) -> None:
    story.taken()
    priya, ruth = told["priya"], told["ruth"]
    assert forged(priya, story, person=ruth.enrolled.person) == "author-wrong"
    assert forged(priya, story, role=Role.CONSULTANT_SOCIAL_WORKER) == "role-not-held"
    assert forged(priya, story, agency="police") == "role-not-held"
    assert forged(priya, story, role=Role.STORE, agency="store") == "role-not-held"
    assert forged(priya, story, key=ruth.enrolled.key) == "key-unknown"
    assert forged(priya, story, key="0" * 32) == "key-unknown"


def test_nobody_passes_for_the_store(story: ServedStory, told: Cast) -> None:
    story.taken()
    desk = told["priya"]
    own = Author("store", "store", Role.STORE, desk.enrolled.key)
    assert desk.push(desk.compose([note(story)], own))[0].code == "author-wrong"


def test_the_stores_own_acts_are_signed_with_the_stores_own_key(
    served_store: ServedStore, a_hub: str
) -> None:
    other = SigningKey.generate()
    body = PersonEnrolled(person=str(uuid7()), name="A N Other")
    author = Author("store", "store", Role.STORE, other.key_id)
    parcel = compose(a_hub, author, [Draft("hub", body)], other, datetime.now(UTC))
    with pytest.raises(Refusal) as refused:
        served_store.direct.admission.admit_own(a_hub, parcel)
    assert refused.value.code == "key-unknown"


def test_a_signature_that_is_not_the_keys_is_refused(story: ServedStory, told: Cast) -> None:
    story.taken()
    desk = told["priya"]
    parcel = desk.compose([note(story)])
    other = compose(desk.hub, desk.only, [note(story)], SigningKey.generate(), datetime.now(UTC))
    assert desk.push(other)[0].code == "signature-wrong"
    changed = parcel.signed.act.replace(b'"agency":"scc-children"', b'"agency":"scc-childrem"')
    assert changed != parcel.signed.act
    tampered = Parcel(SignedAct(changed, parcel.signed.signature), parcel.bodies)
    assert desk.push(tampered)[0].code == "signature-wrong"


def test_a_body_that_was_not_signed_is_missing_or_belongs_to_another_act_is_refused(
    story: ServedStory, told: Cast
) -> None:
    story.taken()
    desk = told["priya"]
    parcel = desk.compose([note(story, "As signed."), note(story, "And this.")])
    first, second = parcel.bodies
    swapped = OpenBody(first.entry, b'{"words":"Not as signed."}', first.salt)
    assert desk.push(Parcel(parcel.signed, (swapped, second)))[0].code == "commitment-wrong"
    assert desk.push(Parcel(parcel.signed, (first,)))[0].code == "body-missing"
    foreign = OpenBody(str(uuid7()), second.body, second.salt)
    assert desk.push(Parcel(parcel.signed, (first, foreign)))[0].code == "body-foreign"
    assert desk.push(parcel)[0].state == "admitted"


def test_a_forged_base_or_guard_is_refused(story: ServedStory, told: Cast) -> None:
    story.taken()
    desk = told["priya"]
    free = Draft(story.stream, NoteAdded(words="A note."), base=story.entries[0].id)
    assert desk.act(free).code == "guard-wrong"


def test_a_head_that_the_log_never_had_is_refused(story: ServedStory, told: Cast) -> None:
    story.taken()
    desk = told["priya"]
    head = desk.head()
    true = Seen(epoch=head.epoch, size=head.size, root=head.root.hex())
    assert desk.push(desk.compose([note(story)], seen=true))[0].state == "admitted"
    for seen in (
        msgspec.structs.replace(true, root="00" * 32),
        msgspec.structs.replace(true, size=head.size + 1_000),
    ):
        assert desk.push(desk.compose([note(story)], seen=seen))[0].code == "history-differs"


def test_a_head_of_an_epoch_before_is_not_judged_and_one_of_an_epoch_that_never_began_is_refused(
    served_store: ServedStore, a_hub: str
) -> None:
    """Who saw a later epoch shows that this log was put back to an earlier one behind everybody's back."""
    cast = Cast(served_store, a_hub)
    story = ServedStory(cast)
    story.taken()
    desk = cast["priya"]
    head = desk.head()
    before, later = (Seen(epoch=head.epoch + n, size=head.size, root="00" * 32) for n in (-1, 1))
    assert desk.push(desk.compose([note(story)], seen=before))[0].state == "admitted"
    assert desk.push(desk.compose([note(story)], seen=later))[0].code == "history-differs"


def test_the_future_is_refused(story: ServedStory, told: Cast) -> None:
    story.taken()
    desk = told["priya"]
    ahead = datetime.now(UTC) + timedelta(hours=1)
    assert (
        desk.push(compose(desk.hub, desk.only, [note(story)], desk.key, ahead))[0].code == "from-the-future"
    )


def test_what_is_not_an_act_is_refused_alone(story: ServedStory, told: Cast) -> None:
    story.taken()
    desk = told["priya"]
    nonsense = Parcel(SignedAct(b"{}", bytes(64)), ())
    answers = desk.push(nonsense, desk.compose([note(story)]))
    assert [answer.code for answer in answers] == ["act-unreadable", ""]


@pytest.mark.parametrize(
    ("stream", "code"),
    [
        ("referral:1", "stream-unknown"),
        ("hub", "stream-wrong"),
        ("identity:01936f5e-0000-7000-8000-000000000001", "stream-wrong"),
        ("access:2026-13-01", "stream-unknown"),
        ("access:20260101", "stream-unknown"),
        ("x", "stream-unknown"),
    ],
)
def test_an_entry_belongs_to_a_stream_of_its_family(told: Cast, stream: str, code: str) -> None:
    assert told["priya"].act(Draft(stream, NoteAdded(words="Where is this?"))).code == code


def test_what_a_hub_cannot_keep_is_refused(story: ServedStory, told: Cast) -> None:
    story.taken()
    desk, one = told["priya"], str(uuid7())
    words = NoteAdded(words="The school rang again.")
    strange, twice = [Draft(story.stream, words, id="1")], [Draft(story.stream, words, id=one)] * 2
    assert desk.act(*strange).code == "ids-wrong"
    assert desk.act(*twice).code == "ids-wrong"
    assert desk.act(note(story, "x" * LARGEST_BODY)).code == "body-size"
    assert desk.act(note(story, "A character\0that nobody typed")).code == "text-wrong"


# --- other people's referrals, other hubs ---


def test_an_agency_that_was_not_asked_can_add_nothing(story: ServedStory, told: Cast) -> None:
    story.taken()
    assert story.push(POLICE, NoteAdded(words="We know him.")).code == "not-permitted"


def test_an_act_made_for_another_hub_is_refused(served_store: ServedStore, told: Cast) -> None:
    desk = told["priya"]
    other = served_store.new_hub()
    story = ServedStory(told)
    story.taken()
    parcel = compose(other, desk.only, [note(story)], desk.key, datetime.now(UTC))
    assert desk.push(parcel)[0].code == "hub-wrong"
    answer = desk.post(f"/v1/hubs/{other}/acts", Push(acts=(parcel,)))
    assert answer.status_code == 404
    assert answer.json()["code"] == "hub-unknown"


def test_another_hub_and_no_hub_look_the_same(served_store: ServedStore, told: Cast) -> None:
    desk = told["priya"]
    other = served_store.new_hub()
    for path in ("head", "live", "inclusion?position=1&size=1", "consistency?old=1&new=1"):
        answers = [desk.client.get(f"/v1/hubs/{hub}/{path}") for hub in (other, "nowhere")]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].json() == answers[1].json()


# --- people and devices ---


def test_a_revoked_device_is_refused_from_the_next_request_on(served_store: ServedStore, a_hub: str) -> None:
    administrator = served_store.desk(a_hub, "Noor Haddad", ("mash", Role.ADMINISTRATOR))
    lost = served_store.desk(a_hub, "Sam Iqbal", ("police", Role.RESEARCHER))
    answer = administrator.act(Draft("hub", KeyRevoked(key=lost.enrolled.key, reason="Left on a train.")))
    assert answer.state == "admitted", answer
    refused = lost.client.get(f"/v1/hubs/{a_hub}/head")
    assert (refused.status_code, refused.json()["code"]) == (401, "device-revoked")


def test_a_revoked_key_signs_nothing_more_even_in_a_good_session(
    served_store: ServedStore, a_hub: str
) -> None:
    """The same person's other device is signed in; the act was signed with the lost one."""
    administrator = served_store.desk(a_hub, "Noor Haddad", ("mash", Role.ADMINISTRATOR))
    lost = administrator.enrolled.key
    code, _ = served_store.code(a_hub, administrator.enrolled.account)
    second, key = served_store.enrol(code, device="second")
    author = msgspec.structs.replace(administrator.only, key=second.key)
    revoke = Draft("hub", KeyRevoked(key=lost, reason="Replaced."))
    parcel = compose(a_hub, author, [revoke], key, datetime.now(UTC))
    late = administrator.compose([Draft("hub", PersonEnrolled(person=str(uuid7()), name="A N Other"))])
    answers = administrator.push(parcel, late)
    assert [answer.code for answer in answers] == ["", "key-revoked"]


def test_a_role_granted_counts_at_once(served_store: ServedStore, a_hub: str) -> None:
    administrator = served_store.desk(a_hub, "Noor Haddad", ("mash", Role.ADMINISTRATOR))
    person = administrator.enrolled.person
    grant = MembershipGranted(person=person, agency="mash", role=Role.INFORMATION_GOVERNANCE)
    assert administrator.act(Draft("hub", grant)).state == "admitted"
    today = datetime.now(UTC).date().isoformat()
    viewed = RecordViewed(target="hub", screen="administration", at=datetime.now(UTC))
    author = msgspec.structs.replace(administrator.only, role=Role.INFORMATION_GOVERNANCE)
    assert administrator.act(Draft(f"access:{today}", viewed), author=author).state == "admitted"


def test_only_an_administrator_moves_the_hub(told: Cast) -> None:
    body = PersonEnrolled(person=str(uuid7()), name="A N Other")
    assert told["karen"].act(Draft("hub", body)).code == "not-permitted"
    assert told["noor"].act(Draft("hub", body)).state == "admitted"
    strange = MembershipGranted(person=body.person, agency="nowhere", role=Role.RESEARCHER)
    assert told["noor"].act(Draft("hub", strange)).code == "unknown-agency"
    as_store = MembershipGranted(person=body.person, agency="mash", role=Role.STORE)
    assert told["noor"].act(Draft("hub", as_store)).code == "not-permitted"


def test_a_configuration_that_makes_no_sense_is_refused(served_store: ServedStore, a_hub: str) -> None:
    administrator = served_store.desk(a_hub, "Noor Haddad", ("mash", Role.ADMINISTRATOR))
    good = msgspec.structs.replace(load_preset("staffordshire"), id=a_hub, name="Staffordshire and Stoke")
    empty = msgspec.structs.replace(good, name=" ")
    other = msgspec.structs.replace(good, id="elsewhere")
    assert administrator.act(Draft("hub", HubConfigured(config=empty))).code == "configuration-wrong"
    assert administrator.act(Draft("hub", HubConfigured(config=other))).code == "hub-wrong"
    assert administrator.act(Draft("hub", HubConfigured(config=good))).state == "admitted"


def test_accesses_are_governances_alone_and_under_their_own_day(told: Cast, story: ServedStory) -> None:
    story.taken()
    now = datetime.now(UTC)
    viewed = RecordViewed(target=story.stream, screen="referral", at=now)
    day = f"access:{now.date().isoformat()}"
    assert told["priya"].act(Draft("access:2026-01-01", viewed)).code == "day-wrong"
    draft = Draft(day, viewed, id=str(uuid7()))
    assert told["priya"].act(draft).state == "admitted"
    assert draft.id in told["gwen"].holds()
    for other in ("priya", "karen", "noor"):
        assert draft.id not in told[other].holds()


def test_an_agency_records_its_own_history_and_links_who_it_may_see(told: Cast, story: ServedStory) -> None:
    story.taken()
    identity = f"identity:{uuid7()}"
    history = HistoryRecorded(
        agency="scc-children", source_system="Care Director", record="1", cohort="children", surname="Carter"
    )
    theirs = msgspec.structs.replace(history, agency="police")
    priya, ada = told["priya"], told["ada"]
    assert priya.act(Draft(identity, theirs)).code == "agency-wrong"
    draft = Draft(identity, history, id=str(uuid7()))
    assert priya.act(draft).state == "admitted"
    assert draft.id in told["ruth"].holds()
    assert draft.id not in told["karen"].holds()
    link = IdentityLinked(referral=story.stream, subject="mia")
    assert ada.act(Draft(identity, link)).code == "subject-unknown"
    assert priya.act(Draft(identity, link)).state == "admitted"
    assert priya.act(Draft(identity, link)).code == "linked-already"


def test_a_document_is_attached_only_by_who_has_sent_it(told: Cast, story: ServedStory) -> None:
    story.taken()
    unsent = DocumentAttached(
        document="d",
        title="Body map",
        media_type="application/pdf",
        size=1,
        digest="0" * 64,
        chunks=("0" * 64,),
    )
    assert story.push(OPERATOR, unsent).code == "document-unsent"


def test_the_envelope_is_kept_as_received(story: ServedStory, told: Cast) -> None:
    story.taken()
    desk = told["priya"]
    parcel = desk.compose([note(story)])
    desk.push(parcel)
    row = desk.holds()[read(parcel.signed).entries[0].id]
    assert row.signed == parcel.signed
    assert row.body == parcel.bodies[0]
