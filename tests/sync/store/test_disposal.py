"""Disposal as two officers do it over HTTPS: proposed, agreed by the other, and the keys are gone."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import httpx
import msgspec
import pytest
from sqlalchemy import Table, delete, func, select
from uuid6 import uuid7

from mash_desktop.domain.acts import Draft, Parcel, compose
from mash_desktop.domain.entries import Body
from mash_desktop.domain.entries.access import RecordViewed
from mash_desktop.domain.entries.contact import (
    ContactPassed,
    DocumentAttached,
    NoteAdded,
    SubjectRecorded,
)
from mash_desktop.domain.entries.identity import HistoryRecorded, IdentityLinked, IdentityUnlinked
from mash_desktop.domain.entries.keeping import (
    DisposalAgreed,
    DisposalDeclined,
    DisposalProposed,
    HoldLifted,
    HoldSet,
)
from sync.protocol import Answer, DueAsked, DueFound, DueRecord, PeopleSearch, Problem
from sync.store import tables
from sync.store.composition import Store
from sync.store.database import connect
from sync.store.retention import due_records
from sync.store.sign_in.sessions import Caller
from sync.store.streams import Shelf, current_directory
from sync.store.verifying import verify
from tests.domain.story import OPERATOR
from tests.support.served_story import Cast, ServedStory
from tests.support.store import ServedStore

# What is destroyed is the same rows in either PostgreSQL.
pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True)

STALE = "It was recorded about the wrong house."


def decide(cast: Cast, person: str, body: Body, target: str) -> Answer:
    return cast[person].act(Draft(f"keeping:{target}", body))


def entry_of(cast: Cast, answer: Answer) -> str:
    """The id of the only entry that was admitted so."""
    assert answer.state == "admitted", (answer.code, answer.sentence)
    t = tables.entries
    with cast.served.direct.engine.connect() as db:
        at = t.c.hub == cast.hub, t.c.position == answer.positions[0]
        return str(db.scalars(select(t.c.entry).where(*at)).one())


def disposed(cast: Cast, target: str, entry: str | None = None) -> str:
    """Proposed by one, agreed by the other: the id of the agreement."""
    proposed = decide(cast, "gwen", DisposalProposed(target=target, entry=entry, reason=STALE), target)
    proposal = entry_of(cast, proposed)
    agreed = DisposalAgreed(target=target, entry=entry, proposal=proposal)
    return entry_of(cast, decide(cast, "hal", agreed, target))


def faults(cast: Cast) -> list[str]:
    store = cast.served.direct
    return [one.sentence for one in verify(Store(store.engine, store.secrets), cast.hub).faults]


def left(cast: Cast, table: Table, **where: str | int) -> int:
    query = select(func.count()).select_from(table).where(table.c.hub == cast.hub)
    for name, value in where.items():
        query = query.where(table.c[name] == value)
    with cast.served.direct.engine.connect() as db:
        return db.scalar(query) or 0


def test_one_body_disposed_of_is_a_stub_to_everybody_who_held_it(story: ServedStory) -> None:
    cast = story.cast
    story.taken()
    (note,) = story.tell(OPERATOR, NoteAdded(words="A word too many."))
    at = story.answers[-1].positions[0]
    agreement = disposed(cast, story.stream, note)
    held = cast["ruth"].holds()
    assert (held[note].disposed, held[note].body) == (True, None)
    assert held[agreement].body is not None
    assert [left(cast, tables.body_keys, position=one) for one in (at - 1, at)] == [1, 0]
    assert faults(cast) == []
    assert story.push(OPERATOR, NoteAdded(words="After it.")).state == "admitted"


def test_a_referral_disposed_of_is_held_by_nobody_and_the_log_still_verifies(story: ServedStory) -> None:
    cast, stream = story.cast, story.stream
    story.taken()
    before = {row.entry for row in cast["ruth"].holds().values()}
    assert left(cast, tables.people, stream=stream)
    agreement = disposed(cast, stream)
    held = cast["ruth"].holds()
    ids = {entry.id for entry in story.entries}
    assert ids <= before
    assert not ids & held.keys()
    assert agreement in held
    for table in (tables.people, tables.stream_keys, tables.links):
        column = "stream" if table is not tables.links else "referral"
        assert left(cast, table, **{column: stream}) == 0
    assert left(cast, tables.referrals, referral=stream) == 0
    assert faults(cast) == []
    for person, body in ((OPERATOR, NoteAdded(words="Late.")), (OPERATOR, story.entries[0].body)):
        assert story.push(person, body).code == "disposed"


def test_nobody_finds_who_was_told_of_there(served_store: ServedStore) -> None:
    # In a hub where nobody else of that name was told of: a search names only the best matches.
    cast = Cast(served_store, served_store.new_hub())
    story = ServedStory(cast)
    story.taken()
    told = next(e.body for e in story.entries if isinstance(e.body, SubjectRecorded))
    search = PeopleSearch(
        standing=cast["priya"].standing, forenames=told.forenames, surname=told.surname, birth=told.birth
    )

    def found() -> bytes:
        return cast["priya"].post(f"/v1/hubs/{cast.hub}/people", search).content

    assert story.stream.encode() in found()
    disposed(cast, story.stream)
    assert story.stream.encode() not in found()


def test_who_proposed_does_not_agree_and_a_declined_proposal_is_closed(story: ServedStory) -> None:
    cast, stream = story.cast, story.stream
    story.taken()
    proposed = DisposalProposed(target=stream, reason=STALE)
    proposal = entry_of(cast, decide(cast, "gwen", proposed, stream))
    agreed = DisposalAgreed(target=stream, proposal=proposal)
    assert decide(cast, "gwen", agreed, stream).code == "second-person"
    assert decide(cast, "hal", proposed, stream).code == "proposed-already"
    declined = DisposalDeclined(target=stream, proposal=proposal, reason="It is still needed.")
    assert decide(cast, "hal", declined, stream).state == "admitted"
    assert decide(cast, "hal", agreed, stream).code == "proposal-unknown"
    assert story.push(OPERATOR, NoteAdded(words="Still here.")).state == "admitted"


def test_a_legal_hold_stops_a_disposal_that_was_proposed_before_it(story: ServedStory) -> None:
    cast, stream = story.cast, story.stream
    story.taken()
    proposal = entry_of(cast, decide(cast, "gwen", DisposalProposed(target=stream, reason=STALE), stream))
    hold = entry_of(cast, decide(cast, "gwen", HoldSet(target=stream, reason="An inquest."), stream))
    agreed = DisposalAgreed(target=stream, proposal=proposal)
    assert decide(cast, "hal", agreed, stream).code == "on-hold"
    lifted = HoldLifted(target=stream, hold=hold, reason="It has ended.")
    assert decide(cast, "hal", lifted, stream).state == "admitted"
    assert decide(cast, "hal", agreed, stream).state == "admitted"


def test_outside_governance_nobody_proposes_or_learns_what_is_proposed(story: ServedStory) -> None:
    cast, stream = story.cast, story.stream
    story.taken()
    proposed = DisposalProposed(target=stream, reason=STALE)
    assert decide(cast, "ruth", proposed, stream).code == "not-permitted"
    proposal = entry_of(cast, decide(cast, "gwen", proposed, stream))
    assert proposal in cast["hal"].holds()
    assert proposal not in cast["ruth"].holds()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"target": f"referral:{uuid7()}", "reason": STALE}, "stream-wrong"),
        ({"record": "contact"}, "not-due"),
        ({"reason": " "}, "field-empty"),
        ({"reason": STALE, "entry": str(uuid7())}, "entry-unknown"),
    ],
    ids=["another-stream", "not-due", "no-reason", "no-such-entry"],
)
def test_what_may_not_be_proposed_is_refused(story: ServedStory, body: dict[str, str], code: str) -> None:
    story.taken()
    proposed = DisposalProposed(**({"target": story.stream} | body))
    assert decide(story.cast, "gwen", proposed, story.stream).code == code


def test_an_entry_that_moved_the_referral_on_goes_only_with_the_whole(story: ServedStory) -> None:
    story.taken()
    opened = story.entries[0].id
    proposed = DisposalProposed(target=story.stream, entry=opened, reason=STALE)
    assert decide(story.cast, "gwen", proposed, story.stream).code == "chain-entry"


def test_a_record_that_is_not_there_or_that_nobody_keeps_so_is_refused(told: Cast) -> None:
    for target, code in (
        (f"referral:{uuid7()}", "target-unknown"),
        ("access:2020-01-01", "target-unknown"),
        ("hub", "stream-unknown"),
    ):
        answer = decide(told, "gwen", DisposalProposed(target=target, reason=STALE), target)
        assert answer.code == code


def test_pieces_of_a_document_go_with_the_last_entry_that_names_them(story: ServedStory) -> None:
    cast = story.cast
    story.taken()
    content = b"%PDF-1.7 " + uuid7().bytes
    chunk = hashlib.sha256(content).hexdigest()
    desk = cast["priya"]
    assert desk.client.put(f"/v1/hubs/{cast.hub}/chunks/{chunk}", content=content).status_code == 204
    attached = DocumentAttached(
        document=str(uuid7()),
        title="Letter",
        media_type="application/pdf",
        size=len(content),
        digest=chunk,
        chunks=(chunk,),
    )
    first, second = story.tell(OPERATOR, attached)[0], story.tell(OPERATOR, attached)[0]
    disposed(cast, story.stream, first)
    assert left(cast, tables.chunk_keys, chunk=chunk) == 1
    disposed(cast, story.stream, second)
    for table in (tables.chunk_keys, tables.chunks, tables.attachments):
        assert left(cast, table, chunk=chunk) == 0


def test_a_history_is_kept_as_long_as_it_is_linked_and_goes_when_it_is_not(story: ServedStory) -> None:
    cast = story.cast
    story.taken()
    subject = next(iter(story.referral.subjects))
    stream = f"identity:{uuid7()}"
    desk = cast["ruth"]
    known = HistoryRecorded(
        agency="scc-children", source_system="Care", record="77", cohort="children", surname="Oldcastle"
    )
    assert desk.act(Draft(stream, known)).state == "admitted"
    link = Draft(stream, IdentityLinked(referral=story.stream, subject=subject))
    assert desk.act(link).state == "admitted"
    proposed = DisposalProposed(target=stream, reason="The person asked, and it was right.")
    assert decide(cast, "gwen", proposed, stream).code == "still-linked"
    unlinked = IdentityUnlinked(referral=story.stream, subject=subject, reason="Another person.")
    assert desk.act(Draft(stream, unlinked)).state == "admitted"
    disposed(cast, stream)
    assert left(cast, tables.people, stream=stream) == 0
    assert desk.act(Draft(stream, known)).code == "disposed"
    assert faults(cast) == []


def test_a_history_linked_with_nothing_but_what_is_disposed_of_may_go_too(story: ServedStory) -> None:
    cast = story.cast
    story.taken()
    subject = next(iter(story.referral.subjects))
    stream = f"identity:{uuid7()}"
    link = Draft(stream, IdentityLinked(referral=story.stream, subject=subject))
    assert cast["ruth"].act(link).state == "admitted"
    disposed(cast, story.stream)
    disposed(cast, stream)
    assert faults(cast) == []


def test_a_disposal_in_the_same_push_as_what_comes_after_it_is_seen_by_it(story: ServedStory) -> None:
    cast, stream = story.cast, story.stream
    story.taken()
    proposal = entry_of(cast, decide(cast, "gwen", DisposalProposed(target=stream, reason=STALE), stream))
    hal = cast["hal"]
    agreed = hal.compose([Draft(f"keeping:{stream}", DisposalAgreed(target=stream, proposal=proposal))])
    again = hal.compose([Draft(f"keeping:{stream}", HoldSet(target=stream, reason="Too late."))])
    assert [answer.code for answer in hal.push(agreed, again)] == ["", "disposed"]


def test_a_refused_agreement_beside_others_destroys_nothing(story: ServedStory) -> None:
    """The first entry of the act would have been a disposal; the second is refused, and so is all of it."""
    cast, stream = story.cast, story.stream
    story.taken()
    proposal = entry_of(cast, decide(cast, "gwen", DisposalProposed(target=stream, reason=STALE), stream))
    answer = cast["hal"].act(
        Draft(f"keeping:{stream}", DisposalAgreed(target=stream, proposal=proposal)),
        Draft(f"keeping:{stream}", HoldSet(target=stream, reason="Too late.")),
    )
    assert answer.code == "disposed"
    assert left(cast, tables.stream_keys, stream=stream) == 1
    assert cast["ruth"].holds().keys() >= {entry.id for entry in story.entries}


def looked_on(cast: Cast, person: str, at: datetime) -> Parcel:
    """A look at a record that was taken then, by somebody who was offline."""
    desk, viewed = cast[person], RecordViewed(target="hub", screen="triage", at=at)
    return compose(cast.hub, desk.only, [Draft(f"access:{at:%Y-%m-%d}", viewed)], desk.key, at)


def test_nothing_is_added_to_a_day_of_accesses_that_was_disposed_of(
    served_store: ServedStore, told: Cast
) -> None:
    at = datetime.now(UTC) - timedelta(days=3000)
    day = f"access:{at:%Y-%m-%d}"
    fresh, knows = (Store(connect(served_store.database, 2), served_store.direct.secrets) for _ in range(2))
    ruth = told["ruth"]
    assert ruth.push(looked_on(told, "ruth", at))[0].state == "admitted"
    person = ruth.enrolled.person
    (answer,) = knows.admission.push(told.hub, person, [looked_on(told, "ruth", at)]).answers
    assert answer.state == "admitted"
    disposed(told, day)
    today = looked_on(told, "ruth", datetime.now(UTC))
    for store in (served_store.direct, fresh, knows):
        answers = store.admission.push(told.hub, person, [looked_on(told, "ruth", at), today]).answers
        assert [one.code for one in answers] == ["disposed", ""]
    for store in (fresh, knows):
        store.close()
    assert left(told, tables.stream_keys, stream=day) == 0
    assert faults(told) == []


def test_a_day_of_accesses_is_not_disposed_of_while_it_goes_on(told: Cast) -> None:
    now = datetime.now(UTC)
    day = f"access:{now:%Y-%m-%d}"
    assert told["ruth"].push(looked_on(told, "ruth", now))[0].state == "admitted"
    proposed = DisposalProposed(target=day, reason=STALE)
    assert decide(told, "gwen", proposed, day).code == "day-going-on"


def ago(years: int) -> datetime:
    return datetime.now(UTC) - timedelta(days=366 * years)


def what_is_due(cast: Cast, person: str) -> httpx.Response:
    return cast[person].post(f"/v1/hubs/{cast.hub}/due", DueAsked(standing=cast[person].standing))


def passed_on(story: ServedStory, at: datetime) -> None:
    """Closed then, as somebody who was offline tells later."""
    desk = story.cast["ruth"]
    passed = ContactPassed(worker="Alex Reed", reason="She knows the family.")
    draft = Draft(story.stream, passed, base=story.referral.chains["stage"])
    assert desk.push(compose(desk.hub, desk.only, [draft], desk.key, at))[0].state == "admitted"


def test_what_does_not_open_keeps_nothing_else_from_being_due(served_store: ServedStore) -> None:
    cast = Cast(served_store, served_store.new_hub())
    sound, spoilt = ServedStory(cast), ServedStory(cast)
    for story in (sound, spoilt):
        story.taken()
        passed_on(story, ago(7))
    store, gwen = served_store.direct, cast["gwen"]
    with store.engine.begin() as db:
        b = tables.bodies
        db.execute(delete(b).where(b.c.hub == cast.hub, b.c.position == spoilt.answers[0].positions[0]))
        held = current_directory(db, store.shelf, store.secrets, cast.hub).directory
    caller = Caller(cast.hub, gwen.enrolled.person, gwen.device, gwen.enrolled.key, b"", held)
    asked = DueAsked(standing=gwen.standing)
    found = due_records(store.engine, store.secrets, Shelf(), caller, asked, datetime.now(UTC))
    assert [one.target for one in found.due] == [sound.stream]


def test_what_is_due_is_told_to_governance_and_goes_once_two_agree(story: ServedStory) -> None:
    cast, stream = story.cast, story.stream
    story.taken()
    desk, day = cast["ruth"], f"access:{ago(8):%Y-%m-%d}"
    passed_on(story, ago(7))
    nearly = ServedStory(cast)
    nearly.taken()
    passed_on(nearly, datetime.now(UTC) - timedelta(days=6 * 365 - 1))
    looked = RecordViewed(target=stream, screen="triage", at=ago(8))
    assert (
        desk.push(compose(cast.hub, desk.only, [Draft(day, looked)], desk.key, ago(8)))[0].state == "admitted"
    )

    def due() -> dict[str, DueRecord]:
        found = msgspec.json.decode(what_is_due(cast, "gwen").content, type=DueFound)
        assert found.next is None
        return {one.target: one for one in found.due}

    assert due().keys() >= {day, stream}
    assert nearly.stream not in due()
    assert (due()[stream].record, due()[stream].action) == ("contact", "Dispose of")
    for target, record in ((day, "access"), (stream, "contact")):
        proposed = DisposalProposed(target=target, record=record)
        proposal = entry_of(cast, decide(cast, "gwen", proposed, target))
        agreed = DisposalAgreed(target=target, proposal=proposal)
        assert decide(cast, "hal", agreed, target).state == "admitted"
    assert not due().keys() & {day, stream}
    assert faults(cast) == []
    refused = msgspec.json.decode(what_is_due(cast, "ruth").content, type=Problem)
    assert refused.code == "not-permitted"
