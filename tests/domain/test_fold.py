"""Folds: what stands, in which order, of how much; and what cannot be read."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from enum import Enum
from functools import cache
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mash_desktop.domain.codes import Cohort, Marker, Rag
from mash_desktop.domain.configuration import HubTimeline
from mash_desktop.domain.entries import KINDS, Body, Made, Unread, decode, encode
from mash_desktop.domain.entries.body import UPCASTS
from mash_desktop.domain.entries.body import kind as kind_of
from mash_desktop.domain.entries.contact import (
    AssessmentRecorded,
    ConcernRecorded,
    NoteAdded,
    RelationshipRecorded,
    SettingRecorded,
    SubjectRecorded,
    TellingRecorded,
)
from mash_desktop.domain.entries.gathering import RequestMade
from mash_desktop.domain.entries.hub import (
    HubConfigured,
    KeyEnrolled,
    KeyRevoked,
    MembershipEnded,
    MembershipGranted,
    PersonEnrolled,
)
from mash_desktop.domain.entries.identity import (
    HistoryRecorded,
    IdentityLinked,
    IdentityNotSame,
    IdentityUnlinked,
    MarkerCleared,
    MarkerSet,
)
from mash_desktop.domain.entries.outcome import EntryWithdrawn
from mash_desktop.domain.fold import Stage, fold, fold_hub, fold_identity
from mash_desktop.domain.fold.levels import levels
from mash_desktop.domain.fold.people import full_name, household_name, list_name, relationships
from mash_desktop.domain.fold.risk import routes_to_marac
from mash_desktop.domain.fold.stage import OPEN
from mash_desktop.domain.roles import Role

from .deriving import answers
from .proposing import made_by
from .refusing import but
from .sampling import SAMPLES
from .stories import OneVictim, admission, at, overseeing
from .story import CONSULTANT, OPERATOR, POLICE, START, Story, staffordshire, whole_story

MIA = SubjectRecorded(subject="mia", forenames="Mia", surname="Carter", of_concern=True)


# --- order


@given(st.permutations(range(24)), st.integers(0, 24))
def test_a_fold_is_in_position_order_whatever_order_entries_arrive_in(order: list[int], twice: int) -> None:
    story = whole_story()
    arrived = [story.entries[one] for one in order]
    again = fold([*arrived, *arrived[:twice]], story.timeline, whole=True)
    assert again.entries == tuple(story.entries)
    assert answers(again) == answers(story.referral)


def test_the_outbox_comes_after_what_is_confirmed_and_in_the_order_of_making() -> None:
    story = at(Stage.CONTACT)
    made = story.made(OPERATOR, NoteAdded(words="First."), NoteAdded(words="Second."))
    referral = fold([*reversed(made), *story.entries], story.timeline)
    assert [entry.body for entry in referral.entries[-2:]] == [
        NoteAdded(words="First."),
        NoteAdded(words="Second."),
    ]


def test_an_entry_that_is_waiting_and_confirmed_is_there_once_and_confirmed() -> None:
    story = at(Stage.CONTACT)
    waiting = but(story.entries[-1], position=None)
    referral = fold([waiting, *story.entries], story.timeline)
    assert referral.entries == tuple(story.entries)


def test_of_two_words_on_the_same_the_one_made_later_stands_though_it_arrive_first() -> None:
    story = at(Stage.CONTACT)
    late, early = (
        but(
            story.made(OPERATOR, but(MIA, forenames=name))[0],
            id=f"e-{name}",
            made_at=START + timedelta(hours=hours),
        )
        for name, hours in (("Mia Louise", 3), ("Mya", 2))
    )
    story.admit((late,))
    story.admit((early,))
    assert story.referral.subjects["mia"].body.forenames == "Mia Louise"
    standing = story.referral.told(MIA)
    assert standing is not None
    assert standing.id == late.id, "so it is what evidence may rest on"


def test_an_imported_section_gives_way_to_a_later_correction_whatever_its_id() -> None:
    """Ids of imported entries are made from content and do not sort by time."""
    story = at(Stage.CONTACT)
    imported = but(story.made(OPERATOR, but(MIA, forenames="MIA"))[0], id="ffffffff")
    story.admit((imported,))
    story.now += timedelta(minutes=1)
    story.tell(OPERATOR, but(MIA, forenames="Mia Louise"))
    assert story.referral.subjects["mia"].body.forenames == "Mia Louise"


def test_a_person_told_again_keeps_their_place() -> None:
    story = at(Stage.CONTACT)
    assert household_name(story.referral) == "Carter, Mia + 1"
    story.tell(OPERATOR, but(MIA, forenames="Mia Louise"))
    assert list(story.referral.subjects) == ["mia", "tyler", "joanne"]
    assert household_name(story.referral) == "Carter, Mia Louise + 1"


def test_a_fold_with_one_more_is_the_fold_of_one_more() -> None:
    story = Story()
    running = story.referral
    for entry in [*whole_story().entries]:
        running = running.then(entry)
        story.entries.append(entry)
        assert answers(running) == answers(story.referral)
        assert running.stream == "referral:0"
    withdrawal = made_by(
        CONSULTANT, EntryWithdrawn(entry=story.entries[3].id, reason="Wrong."), 99, running, story.now
    )
    after = running.then(but(withdrawal, position=99))
    assert after.get(story.entries[3].id) is None
    assert after.then(story.entries[5]).entries == after.entries


NAMED_BY = {"subject", "request", "escalation", "handover", "enquiry", "action", "entry"}


def otherwise(body: Body) -> Body:
    """Of the same thing, said in other words."""
    changed: dict[str, object] = {}
    for field in msgspec.structs.fields(body):
        said = getattr(body, field.name)
        if field.name in NAMED_BY or field.name in body.KEY:
            continue
        if isinstance(said, Enum):
            changed[field.name] = next(one for one in type(said) if one is not said)
        elif isinstance(said, bool):
            changed[field.name] = not said
        elif isinstance(said, str) and said:
            changed[field.name] = f"{said} Again"
        elif isinstance(said, datetime):
            changed[field.name] = said - timedelta(hours=1)
    return but(body, **changed)


@cache
def told_twice() -> list[Made[Body]]:
    """The children's story, in which everything free is told once more and then otherwise."""
    story = whole_story()
    free = [but(SAMPLES["request.made"], rag=Rag.GREEN, request="r-police", agency="police")]
    free += [body for body in SAMPLES.values() if body.guard is None and body.KIND != "entry.withdrawn"]
    told = [body for body in free for body in (body, otherwise(body))]
    more = [
        but(
            made_by(OPERATOR, body, 100 + number, story.referral, START + timedelta(minutes=60 + number)),
            position=100 + number,
        )
        for number, body in enumerate(told)
    ]
    return [*story.entries, *more]


@given(st.integers(0, 2**32), st.sampled_from((1.0, 0.7, 0.3)))
def test_what_is_free_comes_to_the_same_in_any_order_of_arrival_and_for_whoever_holds_a_part(
    seed: int, share: float
) -> None:
    rnd = Random(seed)
    log = [entry for entry in told_twice() if rnd.random() < share]
    free = [entry for entry in log if entry.guard is None]
    places = iter(rnd.sample([entry.position for entry in free], len(free)))
    moved = [entry if entry.guard is not None else but(entry, position=next(places)) for entry in log]
    timeline = HubTimeline(((1, staffordshire()),))
    assert answers(fold(moved, timeline)) == answers(fold(log, timeline))


# --- what is missing, withdrawn, or cannot be read


def test_nothing_says_nothing() -> None:
    nothing = fold((), HubTimeline(((1, staffordshire()),)))
    assert answers(nothing) == {}
    assert (nothing.stream, nothing.stage, nothing.reference) == ("", Stage.NONE, None)
    assert household_name(nothing) == "no one named yet"


def test_entries_say_what_they_can_before_the_hubs_configuration_has_come() -> None:
    story = at(Stage.TABLE)
    early = fold(story.entries, HubTimeline(()))
    assert (early.stage, early.ladder) == (Stage.TABLE, None)
    assert not any(what[0] == "due" for what in answers(early))


def test_what_is_withdrawn_is_as_if_it_had_not_been_told() -> None:
    story = at(Stage.CONTACT)
    before = answers(story.referral)
    (extra,) = story.tell(OPERATOR, SubjectRecorded(subject="rose", forenames="Rose", of_concern=True))
    assert story.referral.of_concern == ("mia", "tyler", "rose")
    story.tell(CONSULTANT, EntryWithdrawn(entry=extra, reason="A neighbour's child."))
    assert answers(story.referral) == before
    assert story.referral.all(EntryWithdrawn)


@pytest.mark.parametrize("why", ["newer", "withheld", "disposed"])
def test_what_cannot_be_read_is_kept_and_moves_nothing_else(why: str) -> None:
    story = at(Stage.SIGNED)
    story.entries = [but(one, body=Unread(why=why)) for one in story.entries]
    referral = story.referral
    assert len(referral.entries) == len(story.entries)
    assert referral.read_only is (why == "newer")
    assert referral.chains["stage"] == [one.id for one in story.entries if one.guard == "stage"][-1]
    assert referral.stage is Stage.NONE


def test_links_that_name_each_other_in_a_ring_end() -> None:
    story = at(Stage.ADMITTED)
    story.entries = [
        but(one, base=story.entries[-1].id) for one in story.entries if one.kind != "triage.overseen"
    ]
    assert story.referral.admitting is None
    story.entries = [but(one, base=one.id) for one in story.entries]
    assert story.referral.admitting is None


def test_a_level_at_admission_is_not_taken_from_another_oversight_than_the_one_it_followed() -> None:
    story = at(Stage.TRIAGED)
    story.tell(CONSULTANT, overseeing("admit", "child_protection"))
    assert {one.admission for one in levels(story.referral).values()} == {None}, "not admitted yet"
    (followed,) = story.tell(CONSULTANT, overseeing("admit"))
    story.tell(CONSULTANT, admission(story))
    assert {one.admission for one in levels(story.referral).values()} == {"child_in_need"}
    part = fold([one for one in story.entries if one.id != followed], story.timeline)
    assert {one.admission for one in levels(part).values()} == {None}
    assert {one.movement for one in levels(part).values()} == {None}


def test_an_agency_that_was_asked_knows_the_case_by_its_request() -> None:
    story = at(Stage.GATHERING)
    told = [one for one in story.entries if isinstance(one.body, RequestMade)]
    part = fold(told, story.timeline)
    assert (part.reference, part.cohort, part.rag) == (story.referral.reference, Cohort.CHILDREN, Rag.AMBER)
    assert (part.owner, part.origin, part.local_authority, part.source, part.channel, part.area) == (
        None,
    ) * 6
    assert (part.received_at, part.scope, part.amendments, part.addresses) == (None, (), (), ())
    bare = fold(
        [but(one, body=but(one.body, reference="", cohort=None, rag=None)) for one in told], story.timeline
    )
    assert (bare.reference, bare.cohort, bare.rag) == (None, None, None)


def test_every_stage_has_words_and_a_rank() -> None:
    assert [stage.rank for stage in Stage] == list(range(len(Stage)))
    assert len({stage.label for stage in Stage}) == len(Stage)
    assert set(Stage) - OPEN == {Stage.NONE, Stage.CLOSED}


def test_a_tool_that_this_program_does_not_know_opens_nothing() -> None:
    story = at(Stage.CONTACT)
    story.admit(story.made(OPERATOR, AssessmentRecorded(subject="joanne", tool="dash-2040", answers={})))
    assert routes_to_marac(story.referral) == {"joanne": frozenset()}


# --- people in words


def test_people_are_called_by_what_is_known_of_them() -> None:
    assert full_name(MIA) == "Mia Carter"
    assert full_name(SubjectRecorded(subject="d", aliases=("Dean",), relation="partner")) == "“Dean”"
    assert full_name(SubjectRecorded(subject="d", relation="mother's partner")) == "mother's partner"
    assert full_name(SubjectRecorded(subject="d")) == "name not known"
    assert list_name(MIA) == "Carter, Mia"
    assert list_name(but(MIA, surname=" ")) == "Mia"


def test_a_household_without_anybody_of_concern_is_called_by_its_first() -> None:
    story = at(Stage.NONE)
    story.tell(OPERATOR, at(Stage.CONTACT).entries[0].body, but(MIA, of_concern=False))
    assert household_name(story.referral) == "Carter, Mia"


def test_an_organisational_concern_is_called_by_its_setting_and_not_by_somebody_in_it() -> None:
    story = OneVictim()
    story.organisational = True
    story.taken()
    assert household_name(story.referral) == "Whitfield, Alma", "until the setting is named"
    story.tell(story.operator, SettingRecorded(setting="s1", name="Hawthorn House"))
    assert household_name(story.referral) == "Hawthorn House"
    family = at(Stage.CONTACT)
    family.tell(OPERATOR, SettingRecorded(setting="s1", name="St Chad's Primary"))
    assert household_name(family.referral) == "Carter, Mia + 1", "a setting named beside a family"


def test_a_relation_is_told_once_for_each_two_and_by_its_last_word() -> None:
    story = at(Stage.CONTACT)
    parent = RelationshipRecorded(first="joanne", second="mia", relation="parent")
    story.tell(OPERATOR, parent, RelationshipRecorded(first="mia", second="tyler", relation="sibling"))
    story.tell(OPERATOR, RelationshipRecorded(first="mia", second="joanne", relation="other"))
    assert [one.relation for one in relationships(story.referral)] == ["other", "sibling"]
    for first, second in (("mia", "mia"), ("mia", "nobody"), ("nobody", "mia")):
        story.admit(story.made(OPERATOR, RelationshipRecorded(first=first, second=second, relation="other")))
    assert len(relationships(story.referral)) == 2


# --- versions of bodies


@pytest.fixture
def older() -> Iterator[type[Body]]:
    """A kind that has had three versions: ``said`` became ``words``, and then had a voice."""

    @kind_of("test.told", version=3)
    class TestTold(Body, frozen=True):
        words: str
        voice: str

    UPCASTS["test.told", 1] = lambda plain: {"words": plain["said"]}
    UPCASTS["test.told", 2] = lambda plain: {**plain, "voice": "told"}
    yield TestTold
    del KINDS["test.told"], UPCASTS["test.told", 1], UPCASTS["test.told", 2]


def test_an_older_body_is_read_as_what_it_would_be_today(older: type[Body]) -> None:
    now = decode("test.told", 3, b'{"words":"She fell.","voice":"told"}')
    assert decode("test.told", 1, b'{"said":"She fell."}') == now
    assert decode("test.told", 2, b'{"words":"She fell."}') == now
    assert isinstance(now, older)
    assert encode(now) == {"words": "She fell.", "voice": "told"}


def test_a_body_of_a_newer_version_or_an_unknown_kind_is_kept_unread(older: type[Body]) -> None:
    assert decode("test.told", 4, b'{"words":"She fell.","voice":"told","grade":"A"}') == Unread(why="newer")
    assert decode("test.foretold", 1, b"not even JSON") == Unread(why="newer")
    assert older.VERSION == 3


@pytest.mark.parametrize("raw", [b"", b"[]", b"null", b'{"words":"a"}', b"[" * 100_000])
def test_what_only_claims_to_be_an_older_version_is_misshapen(older: type[Body], raw: bytes) -> None:
    for version in (1, 0, -1):
        with pytest.raises(msgspec.ValidationError):
            decode(older.KIND, version, raw)


@given(st.sampled_from(sorted(KINDS)), st.binary(max_size=60))
def test_no_bytes_of_any_kind_do_worse_than_not_fit(kind: str, raw: bytes) -> None:
    try:
        body = decode(kind, KINDS[kind].VERSION, raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return
    assert isinstance(body, KINDS[kind])


# --- identities


def identity(*bodies: Body) -> list[Made[Body]]:
    nothing = fold((), HubTimeline(()))
    return [
        but(made_by(OPERATOR, body, number, nothing, START + timedelta(minutes=number)), position=number)
        for number, body in enumerate(bodies, 1)
    ]


HERE = {"referral": "referral:0", "subject": "mia"}
MIA_HERE = frozenset({("referral:0", "mia")})
KNOWN = HistoryRecorded(agency="scc-children", source_system="census", record="1", cohort="children")


def test_an_identity_is_linked_unlinked_and_said_not_to_be_the_same() -> None:
    story = identity(IdentityNotSame(**HERE), IdentityLinked(**HERE), KNOWN)
    found = fold_identity(story)
    assert (found.linked, found.not_same) == (MIA_HERE, frozenset())
    assert [made.body for made in found.history] == [KNOWN]
    assert found.stream == story[0].stream
    found = fold_identity(identity(IdentityLinked(**HERE), IdentityUnlinked(**HERE, reason="Another Mia.")))
    assert (found.linked, found.not_same) == (frozenset(), frozenset())
    found = fold_identity(identity(IdentityLinked(**HERE), IdentityNotSame(**HERE)))
    assert (found.linked, found.not_same) == (frozenset(), MIA_HERE)
    assert fold_identity(()).stream == ""


def test_a_marker_holds_until_it_is_cleared() -> None:
    restricted = MarkerSet(marker=Marker.RESTRICTED, reason="A colleague.", readers=("ruth",))
    assert fold_identity(identity(restricted)).restricted_to == frozenset({"ruth"})
    cleared = MarkerCleared(marker=Marker.RESTRICTED, reason="No longer.")
    assert fold_identity(identity(restricted, cleared)).restricted_to is None
    assert fold_identity(identity(cleared, NoteAdded(words="x"))).markers == {}


@given(st.permutations(range(5)))
def test_what_is_said_of_an_identity_comes_to_the_same_in_any_order_of_arrival(order: list[int]) -> None:
    told = identity(
        IdentityLinked(**HERE),
        MarkerSet(marker=Marker.UNSAFE_TO_CONTACT, reason="He answers."),
        IdentityNotSame(**HERE),
        IdentityLinked(**HERE),
        MarkerCleared(marker=Marker.UNSAFE_TO_CONTACT, reason="He has left."),
    )
    moved = [but(told[one], position=place) for place, one in enumerate(order)]
    found = fold_identity(moved)
    assert (found.linked, found.not_same, found.markers) == (MIA_HERE, frozenset(), {})


OF_IDENTITIES: tuple[Body, ...] = (
    KNOWN,
    *(
        body
        for here in (HERE, {"referral": "referral:1", "subject": "rose"})
        for body in (
            IdentityLinked(**here),
            IdentityUnlinked(**here, reason="Another one."),
            IdentityNotSame(**here),
        )
    ),
    *(MarkerSet(marker=marker, reason="Asked for.", readers=("ruth",)) for marker in Marker),
    *(MarkerCleared(marker=marker, reason="Over.") for marker in Marker),
    Unread(why="newer"),
    NoteAdded(words="of no meaning here"),
)


@given(st.lists(st.sampled_from(OF_IDENTITIES), max_size=12), st.sets(st.integers(0, 11)))
def test_any_part_of_an_identity_says_only_what_somebody_said(told: list[Body], missing: set[int]) -> None:
    part = [made for place, made in enumerate(identity(*told)) if place not in missing]
    bodies = [made.body for made in part]
    found = fold_identity(part)
    assert found.linked <= {(one.referral, one.subject) for one in bodies if isinstance(one, IdentityLinked)}
    assert found.not_same <= {
        (one.referral, one.subject) for one in bodies if isinstance(one, IdentityNotSame)
    }
    assert not found.linked & found.not_same
    for marker, made in found.markers.items():
        words = [one for one in bodies if isinstance(one, (MarkerSet, MarkerCleared))]
        assert made.body == [one for one in words if one.marker is marker][-1]
    assert (found.restricted_to is None) is (Marker.RESTRICTED not in found.markers)


# --- the hub


OF_THE_HUB: tuple[Body, ...] = (
    HubConfigured(config=staffordshire()),
    *(PersonEnrolled(person=person, name=person.title()) for person in ("ruth", "dan")),
    *(
        body
        for role in (Role.SOCIAL_WORKER, Role.ADMINISTRATOR)
        for body in (
            MembershipGranted(person="ruth", agency="mash", role=role),
            MembershipEnded(person="ruth", agency="mash", role=role, reason="Left."),
        )
    ),
    *(KeyEnrolled(key=key, person="ruth", device="desk 4", public="aa") for key in ("k1", "k2")),
    *(KeyRevoked(key=key, reason="Lost.") for key in ("k1", "k2", "k3")),
    Unread(why="newer"),
)


@given(st.lists(st.sampled_from(OF_THE_HUB), max_size=12), st.sets(st.integers(0, 11)))
def test_any_part_of_the_hubs_stream_lets_nobody_act_as_what_they_were_last_not(
    told: list[Body], missing: set[int]
) -> None:
    part = [made for place, made in enumerate(identity(*told)) if place not in missing]
    directory = fold_hub(part)
    for role in Role:
        words = [
            made.body
            for made in part
            if isinstance(made.body, (MembershipGranted, MembershipEnded)) and made.body.role is role
        ]
        may = directory.may_act("ruth", "mash", role) is not None
        assert may is bool(words and isinstance(words[-1], MembershipGranted))
    for key in ("k1", "k2", "k3"):
        last = [made for made in part if getattr(made.body, "key", "") == key]
        enrolled = [made.position for made in last if isinstance(made.body, KeyEnrolled)]
        assert (key in directory.keys) is bool(enrolled)
        if enrolled:
            assert directory.keys[key].enrolled == enrolled[-1]
            assert (directory.keys[key].revoked is not None) is isinstance(last[-1].body, KeyRevoked)


def test_the_hubs_stream_says_who_may_act_as_what_and_which_keys_are_good() -> None:
    granted = MembershipGranted(
        person="ruth", agency="scc-children", role=Role.CONSULTANT_SOCIAL_WORKER, since=date(2024, 1, 1)
    )
    story = identity(
        HubConfigured(config=staffordshire()),
        PersonEnrolled(person="ruth", name="Ruth Okafor"),
        granted,
        KeyEnrolled(key="k1", person="ruth", device="desk 4", public="aa"),
        KeyRevoked(key="k1", reason="Lost."),
        KeyRevoked(key="k9", reason="Never was."),
        NoteAdded(words="of no meaning here"),
    )
    directory = fold_hub(story)
    assert directory.name("ruth") == "Ruth Okafor"
    assert directory.name("somebody") == "someone no longer listed"
    assert directory.may_act("ruth", "scc-children", Role.CONSULTANT_SOCIAL_WORKER) is not None
    assert directory.may_act("ruth", "scc-children", Role.TRIAGE_OPERATOR) is None
    assert [one.agency for one in directory.roles_of("ruth")] == ["scc-children"]
    assert (directory.keys["k1"].enrolled, directory.keys["k1"].revoked) == (4, 5)
    assert directory.timeline.at(9).id == "staffordshire"
    ended = MembershipEnded(
        person="ruth", agency="scc-children", role=Role.CONSULTANT_SOCIAL_WORKER, reason="Retired."
    )
    (end,) = (but(one, id="e20", position=20) for one in identity(ended))
    assert fold_hub([*story, end]).memberships == ()


# --- size


def _long(length: int) -> list[Made[Body]]:
    story = at(Stage.GATHERING)
    more: list[Body] = [
        body
        for number in range(length // 4)
        for body in (
            ConcernRecorded(account=f"a{number}", words="Seen again."),
            SubjectRecorded(subject=f"s{number % 40}", forenames="Sam", surname="Hale"),
            TellingRecorded(subject="mia", told=True),
            NoteAdded(words="Rang."),
        )
    ]
    entries = [
        but(
            made_by(POLICE, body, 100 + number, story.referral, START + timedelta(seconds=number)),
            position=100 + number,
        )
        for number, body in enumerate(more)
    ]
    return [*story.entries, *entries]


def test_a_fold_of_ten_times_as_much_takes_about_ten_times_as_long() -> None:
    timeline = HubTimeline(((1, staffordshire()),))

    def steps(entries: list[Made[Body]]) -> int:
        """Calls made on the way, which a busy machine does not change."""
        counted = 0

        def count(*_: object) -> None:
            nonlocal counted
            counted += 1

        sys.setprofile(count)
        try:
            answers(fold(entries, timeline, whole=True))
        finally:
            sys.setprofile(None)
        return counted

    short, long = _long(200), _long(2000)
    steps(short)  # calendars are worked out once
    assert steps(long) < 12 * steps(short)
