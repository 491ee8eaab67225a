"""A store that lies: pages that a real store served, altered one at a time, and what each is called."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import msgspec
import pytest
from msgspec.structs import replace

from mash_desktop.cache.feed import FeedPlace
from mash_desktop.domain.acts import Author, Draft, Seen, SignedAct, compose, read
from mash_desktop.domain.entries.contact import NoteAdded
from mash_desktop.domain.entries.hub import KeyEnrolled, KeyRevoked
from mash_desktop.domain.fold import Directory
from mash_desktop.domain.fold.hub import Key
from mash_desktop.domain.roles import Role
from mash_desktop.proofs.feed_chain import START, link
from mash_desktop.proofs.head import Head, SignedHead
from mash_desktop.proofs.signature import SigningKey
from sync.client import Distrust, Unreachable
from sync.client.verification import (
    CheckedPage,
    Keys,
    Owed,
    check_growth,
    check_not_behind,
    check_place,
    check_seen,
    checked_answers,
    checked_head,
    checked_page,
)
from sync.protocol import Answer, Page, Path, Pushed, Row, feed_row_bytes
from tests.support.served_story import Cast, ServedStory
from tests.support.store import Desk

# Which PostgreSQL the store has is the same to a desk.
pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True)

Alteration = Callable[[Page], Page]


@pytest.fixture
def desk(told: Cast) -> Desk:
    return told["ruth"]


@pytest.fixture
def page(story: ServedStory, desk: Desk) -> Page:
    """All that a consultant has been sent so far, a new story at its end."""
    story.taken().triaged()
    found = desk.page()
    while found.more:
        more = desk.page(found.cursors)
        found = replace(more, rows=found.rows + more.rows)
    return found


def keys_of(desk: Desk) -> Keys:
    store_key = desk.enrolled.store_key
    return Keys(Directory(), (store_key,))


def checked(
    page: Page, desk: Desk, held: dict[str, FeedPlace] | None = None, keys: Keys | None = None
) -> CheckedPage:
    head = checked_head(page.head, desk.enrolled.store_key, desk.hub)
    return checked_page(page, held or {}, keys or keys_of(desk), head)


def agency_rows(page: Page) -> list[int]:
    """Where the rows of cases are, which are not the hub's own."""
    return [at for at, row in enumerate(page.rows) if row.audience != "hub" and row.signed is not None]


def with_row(page: Page, at: int, **changes: object) -> Page:
    rows = list(page.rows)
    rows[at] = replace(rows[at], **changes)
    return replace(page, rows=tuple(rows))


def chained(page: Page) -> Page:
    """The page with chains as they would be if it were so."""
    epochs = {cursor.audience: cursor.epoch for cursor in page.audiences}
    at: dict[str, tuple[int, bytes]] = {}
    rows = []
    for row in page.rows:
        n, chain = at.get(row.audience, (0, START))
        data = feed_row_bytes(row.audience, epochs[row.audience], n + 1, row.op, row.entry, row.because)
        at[row.audience] = n + 1, link(chain, data)
        rows.append(replace(row, n=n + 1, chain=at[row.audience][1]))
    return replace(page, rows=tuple(rows))


def last(page: Page) -> int:
    return agency_rows(page)[-1]


def signed(page: Page, at: int) -> SignedAct:
    found = page.rows[at].signed
    assert found is not None
    return found


def without(page: Page, at: int) -> Page:
    return replace(page, rows=page.rows[:at] + page.rows[at + 1 :])


def swapped(page: Page, one: int, other: int) -> Page:
    rows = list(page.rows)
    rows[one], rows[other] = rows[other], rows[one]
    return replace(page, rows=tuple(rows))


def altered_body(page: Page) -> Page:
    body = page.rows[last(page)].body
    assert body is not None
    return with_row(page, last(page), body=replace(body, body=body.body.replace(b"}", b" }", 1)))


def of_one_act(page: Page) -> tuple[int, int]:
    """Two rows of one act with different bodies."""
    by_act: dict[bytes, int] = {}
    for at in agency_rows(page):
        other = by_act.setdefault(signed(page, at).act, at)
        if page.rows[other].entry != page.rows[at].entry:
            return other, at
    raise AssertionError("no act of two entries")


def neighbours_body(page: Page) -> Page:
    one, other = of_one_act(page)
    return with_row(page, one, body=page.rows[other].body)


def another_acts(page: Page) -> int:
    return next(at for at in agency_rows(page) if signed(page, at).act != signed(page, last(page)).act)


def shifted(page: Page, by: int) -> Page:
    """Every row of the last act moved along together."""
    act = signed(page, last(page)).act
    for at in agency_rows(page):
        if signed(page, at).act == act:
            page = with_row(page, at, position=(page.rows[at].position or 0) + by)
    return page


def forged(page: Page) -> Page:
    act = signed(page, last(page))
    other = SignedAct(act.act, bytes(reversed(act.signature)))
    for at in agency_rows(page):
        if signed(page, at) == act:
            page = with_row(page, at, signed=other)
    return page


LIES: dict[str, tuple[Alteration, str]] = {
    "a row left out": (lambda p: without(p, agency_rows(p)[1]), "feed-gap"),
    "the first row left out": (lambda p: without(p, 0), "feed-gap"),
    "two rows in another order": (lambda p: swapped(p, last(p) - 1, last(p)), "feed-gap"),
    "a row told twice": (lambda p: replace(p, rows=(*p.rows, p.rows[-1])), "feed-gap"),
    "another entry": (lambda p: with_row(p, last(p), entry=p.rows[0].entry), "act-foreign"),
    "another cause": (lambda p: with_row(p, last(p), because=1), "feed-altered"),
    "another chain": (lambda p: with_row(p, last(p), chain=bytes(32)), "feed-altered"),
    "a grant made a withdrawal": (lambda p: with_row(p, last(p), op="withdraw"), "feed-altered"),
    "a thing that is neither": (lambda p: chained(with_row(p, last(p), op="hide")), "feed-altered"),
    "other words": (altered_body, "commitment-wrong"),
    "the words of a neighbour": (neighbours_body, "body-foreign"),
    "the words of a stranger": (
        lambda p: with_row(p, last(p), body=p.rows[another_acts(p)].body),
        "body-foreign",
    ),
    "no words": (lambda p: with_row(p, last(p), body=None), "body-withheld"),
    "words that are said to be disposed of": (lambda p: with_row(p, last(p), disposed=True), "body-withheld"),
    "an act that is no act": (lambda p: with_row(p, last(p), signed=SignedAct(b"{}", b"")), "act-unreadable"),
    "another act": (lambda p: with_row(p, last(p), signed=signed(p, another_acts(p))), "act-foreign"),
    "a forged signature": (forged, "signature-wrong"),
    "no position": (lambda p: with_row(p, last(p), position=None), "act-foreign"),
    "no time": (lambda p: with_row(p, last(p), admitted_at=None), "act-foreign"),
    "one entry of an act elsewhere": (
        lambda p: with_row(p, of_one_act(p)[1], position=(p.rows[of_one_act(p)[1]].position or 0) + 1),
        "position-wrong",
    ),
    "one entry of an act at another time": (
        lambda p: with_row(
            p,
            of_one_act(p)[1],
            admitted_at=p.rows[of_one_act(p)[1]].admitted_at - timedelta(hours=1),  # type: ignore[operator]  # it was admitted
        ),
        "position-wrong",
    ),
    "an act beyond the end of the log": (lambda p: shifted(p, 1_000_000), "position-wrong"),
    "an act before its beginning": (lambda p: shifted(p, -1_000_000), "position-wrong"),
    "what is not for this desk": (
        lambda p: replace(p, audiences=tuple(a for a in p.audiences if a.audience == "hub")),
        "feed-foreign",
    ),
}


@pytest.mark.parametrize("lie", LIES)
def test_what_a_store_alters_is_caught_and_called_by_its_name(lie: str, page: Page, desk: Desk) -> None:
    checked(page, desk)
    alter, code = LIES[lie]
    with pytest.raises(Distrust) as told:
        checked(alter(page), desk)
    assert told.value.code == code
    assert told.value.sentence.endswith(".")


def test_words_that_were_disposed_of_leave_their_entry(page: Page, desk: Desk) -> None:
    gone = checked(with_row(page, last(page), body=None, disposed=True), desk)
    assert gone.rows[last(page)].disposed
    assert gone.rows[last(page)].body is None


def test_an_honest_page_says_where_each_feed_has_come_to(page: Page, desk: Desk) -> None:
    found = checked(page, desk)
    assert len(found.rows) == len(page.rows)
    at = {place.audience: place for place in found.at}
    assert set(at) == {cursor.audience for cursor in page.audiences}
    ends = {row.audience: row for row in page.rows}
    assert all((at[a].n, at[a].chain) == (row.n, row.chain) for a, row in ends.items())
    nothing = checked(desk.page(page.cursors), desk, at)
    assert nothing == CheckedPage((), (), ())


def test_a_page_goes_on_where_the_last_one_ended(story: ServedStory, page: Page, desk: Desk) -> None:
    at = {place.audience: place for place in checked(page, desk).at}
    story.admitted()
    following = desk.page(page.cursors)
    assert following.rows
    known = Keys(Directory(), (desk.enrolled.store_key,))
    checked(page, desk, keys=known)
    assert {place.audience for place in checked(following, desk, at, known).at} == {
        row.audience for row in following.rows
    }
    with pytest.raises(Distrust) as told:
        checked(following, desk, {**at, following.rows[0].audience: replace_chain(at, following)}, known)
    assert told.value.code == "feed-altered"


def replace_chain(at: dict[str, FeedPlace], page: Page) -> FeedPlace:
    return replace(at[page.rows[0].audience], chain=bytes(32))


def test_feeds_of_a_new_epoch_begin_anew(page: Page, desk: Desk) -> None:
    old = {place.audience: place for place in checked(page, desk).at}
    newer = replace(page, audiences=tuple(replace(one, epoch=one.epoch + 1) for one in page.audiences))
    found = checked(chained(newer), desk, old)
    assert {place.epoch for place in found.at} == {one.epoch for one in newer.audiences}


def test_a_page_that_brings_nothing_and_promises_more_is_no_answer(page: Page, desk: Desk) -> None:
    with pytest.raises(Unreachable):
        checked(replace(page, rows=(), more=True), desk)


# --- keys


def hub_act(desk: Desk, key: SigningKey, author: str, *bodies: KeyEnrolled | KeyRevoked) -> list[Row]:
    """Rows as a store that forges the hub's own stream would send them."""
    who = Author(author, "mash", Role.ADMINISTRATOR, key.key_id)
    parcel = compose(desk.hub, who, [Draft("hub", body) for body in bodies], key, desk.head().at)
    return [
        Row(
            audience="hub",
            n=0,
            op="grant",
            entry=body.entry,
            because=1,
            chain=b"",
            position=1 + place,
            admitted_at=desk.head().at,
            signed=parcel.signed,
            body=body,
        )
        for place, body in enumerate(parcel.bodies)
    ]


def only(page: Page, *rows: Row) -> Page:
    return chained(replace(page, rows=tuple(rows)))


def enrolling(key: SigningKey, person: str) -> KeyEnrolled:
    return KeyEnrolled(key=key.key_id, person=person, device="d", public=key.public.hex())


def test_a_key_that_nobody_enrolled_signs_nothing(page: Page, desk: Desk) -> None:
    stranger = SigningKey.generate()
    with pytest.raises(Distrust) as told:
        checked(only(page, *hub_act(desk, stranger, "someone", enrolling(SigningKey.generate(), "x"))), desk)
    assert told.value.code == "key-unknown"


def test_an_act_does_not_enrol_the_key_that_it_is_signed_with(page: Page, desk: Desk) -> None:
    stranger = SigningKey.generate()
    with pytest.raises(Distrust) as told:
        checked(only(page, *hub_act(desk, stranger, "someone", enrolling(stranger, "someone"))), desk)
    assert told.value.code == "key-not-valid"


@pytest.mark.parametrize(
    ("held", "code"),
    [
        (None, "key-unknown"),
        (("another", 0, None), "key-unknown"),
        (("mine", 10**9, None), "key-not-valid"),
        (("mine", 0, 1), "key-not-valid"),
    ],
)
def test_an_act_is_signed_by_a_key_its_author_had_then(
    page: Page, desk: Desk, held: tuple[str, int, int | None] | None, code: str
) -> None:
    cases = replace(page, rows=tuple(page.rows[at] for at in agency_rows(page)))
    act = read(signed(cases, 0))
    directory = Directory()
    if held is not None:
        person = act.author if held[0] == "mine" else "somebody else"
        directory = Directory(keys={act.key: Key(act.key, person, "d", "00", held[1], held[2])})
    store_key = desk.enrolled.store_key
    with pytest.raises(Distrust) as told:
        checked(chained(cases), desk, keys=Keys(directory, (store_key,)))
    assert told.value.code == code


def test_a_key_is_good_up_to_the_position_of_its_revocation(desk: Desk) -> None:
    store_key, old = desk.enrolled.store_key, SigningKey.generate()
    keys = Keys(Directory(), (store_key,))
    (row,) = hub_act(desk, old, "someone", enrolling(old, "someone"))
    keys.learn(row, read(row.signed), 0)  # type: ignore[arg-type]  # it is there
    (end,) = hub_act(desk, old, "someone", KeyRevoked(key=old.key_id, reason="Lost."))
    assert end.signed is not None
    keys.learn(replace(end, position=20), read(end.signed), 0)
    act = read(end.signed)
    assert keys.public(act, 20) == old.public
    with pytest.raises(Distrust):
        keys.public(act, 21)


def test_what_a_hubs_entry_does_not_say_plainly_makes_no_key_good(page: Page, desk: Desk) -> None:
    keys = keys_of(desk)
    row = next(row for row in page.rows if row.audience == "hub" and row.signed is not None)
    assert row.signed is not None
    assert row.body is not None
    keys.learn(replace(row, body=replace(row.body, body=b"{")), read(row.signed), 0)
    keys.learn(replace(row, body=None), read(row.signed), 0)
    assert keys._keys == {}


# --- content that is owed


def test_an_entry_granted_without_its_content_is_withdrawn_by_the_end(page: Page, desk: Desk) -> None:
    bare = with_row(page, last(page), signed=None, body=None, position=None, admitted_at=None)
    found = checked(bare, desk)
    owed = Owed()
    owed.note(found.rows)
    audience = page.rows[last(page)].audience
    owed.check({"agency:another"})
    with pytest.raises(Distrust) as told:
        owed.check({audience})
    assert told.value.code == "content-withheld"
    owed.note([replace(found.rows[last(page)], grant=False)])
    owed.check({audience})


# --- heads and proofs


def signed_by_store(told: Cast, head: Head) -> SignedHead:
    return SignedHead.sign(head, told.served.direct.secrets.signing_key(told.hub))


def test_a_head_is_signed_by_this_hubs_store(page: Page, desk: Desk, told: Cast) -> None:
    key = desk.enrolled.store_key
    head = checked_head(page.head, key, desk.hub)
    for other in (
        replace(page.head, signature=bytes(64)),
        replace(page.head, head=page.head.head.replace(b"epoch", b"epock")),
        SignedHead.sign(head, SigningKey.generate()),
    ):
        with pytest.raises(Distrust) as said:
            checked_head(other, key, desk.hub)
        assert said.value.code == "head-forged"
    with pytest.raises(Distrust) as said:
        checked_head(signed_by_store(told, replace(head, hub="another")), key, desk.hub)
    assert said.value.code == "head-foreign"


def test_a_log_only_grows_and_keeps_its_beginning(story: ServedStory, page: Page, desk: Desk) -> None:
    old = checked_head(page.head, desk.enrolled.store_key, desk.hub)
    story.admitted()
    new = desk.head()
    path = proof(desk, "consistency", old=old.size, new=new.size)
    check_growth(old, new, path)
    check_not_behind(old, new)
    check_not_behind(new, replace(old, epoch=new.epoch + 1))
    for size, epoch in ((new.size - 1, new.epoch), (new.size + 1, new.epoch - 1)):
        with pytest.raises(Distrust) as said:
            check_not_behind(new, replace(new, size=size, epoch=epoch))
        assert said.value.code == "log-shrunk"
    for other in (replace(new, root=bytes(32)), replace(old, root=bytes(32))):
        with pytest.raises(Distrust) as said:
            check_growth(old, other, path if other.size == new.size else Path(path=(), size=0))
        assert said.value.code == "history-rewritten"


def proof(desk: Desk, kind: str, **of: int) -> Path:
    asked = "&".join(f"{name}={value}" for name, value in of.items())
    return msgspec.json.decode(desk.client.get(f"/v1/hubs/{desk.hub}/{kind}?{asked}").content, type=Path)


def test_an_act_stands_in_the_log_where_and_when_the_store_says(page: Page, desk: Desk) -> None:
    head = checked_head(page.head, desk.enrolled.store_key, desk.hub)
    place = checked(page, desk).places[-1]
    path = proof(desk, "inclusion", position=place.position, size=head.size)
    check_place(place, head, path)
    for other in (
        replace(place, position=place.position - 1),
        replace(place, admitted_at=place.admitted_at - timedelta(hours=1)),
        replace(place, signed=SignedAct(place.signed.act, bytes(64))),
    ):
        with pytest.raises(Distrust) as said:
            check_place(other, head, path)
        assert said.value.code == "entry-unlogged"


def test_what_another_desk_had_seen_is_the_beginning_of_the_log(
    story: ServedStory, page: Page, desk: Desk
) -> None:
    old = checked_head(page.head, desk.enrolled.store_key, desk.hub)
    story.admitted()
    head = desk.head()
    path = proof(desk, "consistency", old=old.size, new=head.size)
    check_seen(Seen(old.epoch, old.size, old.root.hex()), head, path)
    for root in ("00" * 32, "no root at all"):
        with pytest.raises(Distrust) as said:
            check_seen(Seen(old.epoch, old.size, root), head, path)
        assert said.value.code == "history-differs"


# --- answers


def test_only_an_answer_that_can_be_true_is_taken(story: ServedStory, told: Cast) -> None:
    story.taken()
    desk = told["priya"]
    parcel = desk.compose(
        [Draft(story.stream, NoteAdded(words="a")), Draft(story.stream, NoteAdded(words="b"))]
    )
    pushed = desk.pushed(parcel)
    head = pushed.head.verify(desk.enrolled.store_key)
    (answer,) = pushed.answers
    act = read(parcel.signed).id
    assert checked_answers([parcel], pushed, head) == ((act, answer),)
    unread = Answer(act="", state="refused", code="act-unreadable", sentence="It cannot be read.")
    assert checked_answers([parcel], Pushed(answers=(unread,), head=pushed.head), head) == ((act, unread),)

    def refused(*answers: Answer) -> str:
        with pytest.raises((Distrust, Unreachable)) as said:
            checked_answers([parcel], Pushed(answers=answers, head=pushed.head), head)
        return said.value.code if isinstance(said.value, Distrust) else "unreachable"

    first = answer.positions[0]
    assert refused() == "unreachable"
    assert refused(answer, answer) == "unreachable"
    assert refused(replace(answer, act="another")) == "unreachable"
    assert refused(replace(answer, act="")) == "unreachable"
    assert refused(replace(answer, state="perhaps")) == "unreachable"
    assert refused(replace(answer, positions=())) == "answer-wrong"
    assert refused(replace(answer, positions=(first,))) == "answer-wrong"
    assert refused(replace(answer, positions=(first, first + 2))) == "answer-wrong"
    assert refused(replace(answer, positions=(head.size, head.size + 1))) == "answer-wrong"
    assert refused(replace(answer, positions=(0, 1))) == "answer-wrong"
    assert refused(replace(answer, admitted_at=None)) == "answer-wrong"
    differs = replace(unread, act=act, code="history-differs")
    assert refused(differs) == "history-differs"


def test_a_key_that_the_store_has_handed_on_is_good_up_to_there(desk: Desk) -> None:
    own = SigningKey.generate()
    known = Key(own.key_id, "store", "store", own.public.hex(), 1, 20)
    keys = Keys(Directory(keys={own.key_id: known}), (own.public, SigningKey.generate().public))
    (row,) = hub_act(desk, own, "store", KeyRevoked(key=own.key_id, reason="Handed on."))
    act = read(row.signed)  # type: ignore[arg-type]  # it is there
    assert keys.public(act, 20) == own.public
    with pytest.raises(Distrust, match="key-not-valid"):
        keys.public(act, 21)
