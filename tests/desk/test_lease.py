"""How long a desk may be read without the hub: when that ends, what ends it sooner, and who extends it."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import msgspec
import pytest

from mash_desktop.cache import Cache, open_engine
from mash_desktop.cache.feed import FeedPlace, FeedRow
from mash_desktop.cache.reading import stamp
from mash_desktop.desk import Desk, Me
from mash_desktop.desk.lease import FACT, Lease, Slip, code_of, may_extend, sign_extension
from mash_desktop.domain.acts import Author, Draft, Parcel, compose, read
from mash_desktop.domain.entries import Body
from mash_desktop.domain.entries.access import LeaseExtended, SearchMade
from mash_desktop.domain.entries.hub import KeyEnrolled, KeyRevoked, MembershipEnded
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.roles import Role
from mash_desktop.proofs.feed_chain import START as CHAIN_START
from mash_desktop.proofs.signature import SigningKey
from tests.domain.story import CONSULTANT, KEY, MANAGER, OPERATOR, POLICE, START
from tests.support.desks import NAMES, desk_of

HOUR = timedelta(hours=1)
KEYS = {one.person: SigningKey.generate() for one in (OPERATOR, CONSULTANT, MANAGER, POLICE)}
PUBLIC = [
    KeyEnrolled(key=key.key_id, person=person, device="d", public=key.public.hex())
    for person, key in KEYS.items()
]


@dataclass
class Time:
    """A clock that anybody may set, and the time that goes by whatever it shows."""

    now: datetime = START
    gone: float = 0.0

    def passes(self, by: timedelta) -> None:
        self.now += by
        self.gone += by.total_seconds()


@dataclass
class Sitting:
    """A person at a desk of their own, with its lease."""

    author: Author
    folder: Path
    time: Time = field(default_factory=Time)

    def __post_init__(self) -> None:
        key = KEYS[self.author.person]
        self.author = msgspec.structs.replace(self.author, key=key.key_id)
        self.cache = desk_of(self.author, self.folder).cache
        self.told = 0
        self.hears(*PUBLIC)
        me = Me("staffordshire", self.author.person, NAMES[self.author.person], self.author, (self.author,))
        self.desk = Desk(self.cache, me, key, now=lambda: self.time.now, prove_passphrase=lambda _: None)
        self.starts()

    def starts(self) -> None:
        """The program is started anew: what has gone by is counted from nought again."""
        began = self.time.gone
        self.lease = Lease(self.cache, lambda: self.time.now, lambda: self.time.gone - began)

    def hears(self, *bodies: Body) -> None:
        """The hub's stream goes on with these."""
        root = Author("root", "mash", Role.ADMINISTRATOR, KEY.key_id)
        parcel = compose("staffordshire", root, [Draft("hub", body) for body in bodies], KEY, START)
        rows = []
        for body in parcel.bodies:
            self.told += 1
            at = self.told - 50
            rows.append(
                FeedRow("hub", body.entry, True, signed=parcel.signed, body=body, position=at,
                        admitted_at=stamp(START))
            )  # fmt: skip
        self.cache.receive(rows, [FeedPlace("hub", 1, 100 + self.told, CHAIN_START)], ["hub"])

    def why_not(self) -> str:
        refusal = self.lease.over()
        return refusal.code if refusal is not None else ""


@pytest.fixture
def priya(tmp_path: Path) -> Sitting:
    return Sitting(OPERATOR, tmp_path)


@pytest.fixture
def officers(tmp_path: Path) -> tuple[Sitting, Sitting]:
    return Sitting(CONSULTANT, tmp_path), Sitting(MANAGER, tmp_path)


def signed(priya: Sitting, *officers: Sitting) -> list[str]:
    return [sign_extension(one.desk, code_of(priya.desk.me), "The line is cut.").text for one in officers]


def refused(asked: Callable[[], object]) -> tuple[str, str | None]:
    with pytest.raises(Refusal) as told:
        asked()
    return told.value.code, told.value.field


# --- how long


def test_a_desk_is_read_for_as_long_as_the_hub_gives_and_no_longer(priya: Sitting) -> None:
    priya.time.passes(72 * HOUR - timedelta(minutes=2))
    assert priya.why_not() == ""
    priya.time.passes(timedelta(minutes=3))
    assert priya.why_not() == "lease-over"
    refusal = priya.lease.over()
    assert refusal is not None
    assert "more than 72 hours" in refusal.sentence
    assert "what you had not sent is kept" in refusal.sentence


def test_each_answer_of_the_hub_starts_the_time_anew(priya: Sitting) -> None:
    priya.time.passes(100 * HOUR)
    assert priya.why_not() == "lease-over"
    priya.lease.renew()
    assert priya.why_not() == ""
    priya.time.passes(71 * HOUR)
    assert priya.why_not() == ""
    assert priya.lease.until == START + 172 * HOUR


def test_the_time_goes_on_while_the_program_is_not_running(priya: Sitting) -> None:
    priya.time.passes(73 * HOUR)
    priya.starts()
    assert priya.why_not() == "lease-over"


def test_answers_in_quick_succession_are_not_each_written_down(priya: Sitting) -> None:
    priya.time.passes(HOUR)
    priya.lease.renew()
    kept = priya.cache.fact(FACT)
    priya.time.passes(timedelta(seconds=30))
    priya.lease.renew()
    assert priya.cache.fact(FACT) == kept


def test_before_the_hubs_configuration_has_come_there_is_time_enough_to_fetch_it(priya: Sitting) -> None:
    empty = Cache(open_engine(priya.folder / "empty.db", lambda: "5a" * 32))
    assert Lease(empty, lambda: START).until == START + 72 * HOUR


# --- the clock


def test_a_clock_set_back_while_the_program_runs_gains_no_time(priya: Sitting) -> None:
    priya.time.passes(71 * HOUR)
    priya.time.now -= timedelta(minutes=9)
    assert priya.why_not() == "", "clocks are put right by some minutes every day"
    priya.time.passes(HOUR)
    assert priya.why_not() == "lease-over"


def test_a_clock_set_back_further_is_asked_about_before_anything_is_read(priya: Sitting) -> None:
    priya.time.passes(10 * HOUR)
    priya.time.now -= 2 * HOUR
    assert priya.why_not() == "clock-set-back"
    priya.time.now += 2 * HOUR
    assert priya.why_not() == "", "once it is right again"


def test_a_clock_set_back_between_two_starts_is_noticed(priya: Sitting) -> None:
    priya.time.passes(60 * HOUR)
    assert priya.why_not() == ""
    priya.time.now = START
    priya.starts()
    assert priya.why_not() == "clock-set-back"


def test_reaching_the_hub_settles_what_a_wrong_clock_had_said(priya: Sitting) -> None:
    priya.time.now += 10_000 * HOUR
    assert priya.why_not() == "lease-over"
    priya.time.now = START + HOUR
    assert priya.why_not() == "clock-set-back"
    priya.lease.renew()
    assert priya.why_not() == ""


# --- two officers


def test_two_officers_extend_it_and_each_of_them_records_that(
    priya: Sitting, officers: tuple[Sitting, Sitting]
) -> None:
    for one in (priya, *officers):
        one.time.passes(80 * HOUR)
    assert priya.why_not() == "lease-over"
    until = priya.lease.extend(priya.desk.me, signed(priya, *officers))
    assert until == START + 152 * HOUR
    assert priya.why_not() == ""
    priya.starts()
    assert priya.why_not() == "", "it is kept"
    priya.time.passes(72 * HOUR)
    assert priya.why_not() == "lease-over"
    for officer in officers:
        (waiting,) = officer.cache.waiting()
        (entry,) = waiting.entries
        assert isinstance(entry.body, LeaseExtended)
        assert (entry.body.person, entry.body.reason) == ("priya", "The line is cut.")
        assert entry.stream.startswith("access:")


def test_an_officer_whose_own_time_is_over_signs_all_the_same(
    priya: Sitting, officers: tuple[Sitting, Sitting]
) -> None:
    for one in (priya, *officers):
        one.time.passes(80 * HOUR)
    assert officers[0].why_not() == "lease-over"
    priya.lease.extend(priya.desk.me, signed(priya, *officers))
    assert priya.why_not() == ""


def test_what_is_signed_names_for_whom_and_until_when(
    priya: Sitting, officers: tuple[Sitting, Sitting]
) -> None:
    slip = sign_extension(officers[0].desk, f" {code_of(priya.desk.me).upper()} ", "The line is cut.")
    assert (slip.person, slip.until) == ("Priya Nair", START + 72 * HOUR)


def test_the_officers_clocks_say_what_time_it_is_where_this_computers_ran_ahead(
    priya: Sitting, officers: tuple[Sitting, Sitting]
) -> None:
    priya.time.now += 10_000 * HOUR
    assert priya.why_not() == "lease-over"
    priya.time.now = START
    assert priya.why_not() == "clock-set-back"
    priya.lease.extend(priya.desk.me, signed(priya, *officers))
    assert priya.why_not() == ""


def test_an_extension_serves_once(priya: Sitting, officers: tuple[Sitting, Sitting]) -> None:
    slips = signed(priya, *officers)
    priya.lease.extend(priya.desk.me, slips)
    assert refused(lambda: priya.lease.extend(priya.desk.me, slips)) == ("slip-used", None)


def test_an_extension_that_is_over_is_told(priya: Sitting, officers: tuple[Sitting, Sitting]) -> None:
    slips = signed(priya, *officers)
    priya.time.passes(73 * HOUR)
    assert refused(lambda: priya.lease.extend(priya.desk.me, slips)) == ("slip-over", None)


def test_one_officer_is_not_two(priya: Sitting, officers: tuple[Sitting, Sitting]) -> None:
    one = signed(priya, officers[0])
    twice = signed(priya, officers[0], officers[0])
    for slips in (one, twice, []):
        assert refused(partial(priya.lease.extend, priya.desk.me, slips))[0] == "officers-missing"
    assert priya.lease.until == START + 72 * HOUR


def test_who_is_no_officer_extends_nothing(priya: Sitting, tmp_path: Path) -> None:
    sam = Sitting(POLICE, tmp_path)
    assert not may_extend(sam.desk)
    assert refused(lambda: signed(priya, sam)) == ("not-permitted", None)


def test_what_an_officer_types_wrong_is_said_at_its_field(officers: tuple[Sitting, Sitting]) -> None:
    ruth, karen = (one.desk for one in officers)
    assert may_extend(ruth)
    assert refused(lambda: sign_extension(ruth, "00000000", "Why.")) == ("code-unknown", "code")
    assert refused(lambda: sign_extension(ruth, "", "Why.")) == ("code-unknown", "code")
    assert refused(lambda: sign_extension(ruth, code_of(ruth.me), "Why.")) == ("officer-own", "code")
    assert refused(lambda: sign_extension(ruth, code_of(karen.me), "  ")) == ("field-empty", "reason")
    assert ruth.cache.waiting() == ()


def test_a_revoked_desktop_is_not_extended(priya: Sitting, officers: tuple[Sitting, Sitting]) -> None:
    for one in officers:
        one.hears(KeyRevoked(key=KEYS["priya"].key_id, reason="Left on a train."))
    assert refused(lambda: signed(priya, officers[0])) == ("code-unknown", "code")


NO_OFFICER = {
    "whose key was revoked": KeyRevoked(key=KEYS["karen"].key_id, reason="Lost."),
    "who has left": MembershipEnded(person="karen", agency="mash", role=Role.HUB_MANAGER, reason="Left."),
}


@pytest.mark.parametrize("who", NO_OFFICER)
def test_the_word_of_an_officer_who_is_one_no_more_does_not_count(
    priya: Sitting, officers: tuple[Sitting, Sitting], who: str
) -> None:
    slips = signed(priya, *officers)
    priya.hears(NO_OFFICER[who])
    assert refused(lambda: priya.lease.extend(priya.desk.me, slips)) == ("slip-wrong", None)


def forged(officer: Sitting, body: Body, **author: object) -> str:
    """An extension as a hostile program would make it."""
    who = msgspec.structs.replace(officer.author, **author)
    made = compose("staffordshire", who, [Draft("access:x", body)], KEYS["karen"], START)
    return as_slip(made)


def as_slip(parcel: Parcel) -> str:
    return f"MASH Desktop extension\n{base64.b64encode(msgspec.json.encode(parcel)).decode()}\n"


def opened(slip: str) -> Parcel:
    return msgspec.json.decode(base64.b64decode(slip.splitlines()[1]), type=Parcel)


def test_what_is_forged_or_for_somebody_else_does_not_count(
    priya: Sitting, officers: tuple[Sitting, Sitting]
) -> None:
    ruth, karen = officers
    good = signed(priya, ruth)
    mine = LeaseExtended(key=KEYS["priya"].key_id, person="priya", until=START + HOUR, reason="r")
    other = msgspec.structs.replace(mine, key=KEYS["sam"].key_id, person="sam")
    for slip, code in (
        (forged(karen, mine, person="ruth"), "slip-wrong"),
        (forged(karen, mine, key="f" * 64), "slip-wrong"),
        (forged(karen, mine, role=Role.RESEARCHER), "slip-wrong"),
        (forged(karen, mine, role=Role.ADMINISTRATOR), "slip-wrong"),
        (forged(karen, mine, person="ruth", key=ruth.author.key, role=ruth.author.role,
                agency=ruth.author.agency), "signature-wrong"),
        (forged(karen, other), "slip-wrong"),
        (forged(karen, SearchMade(terms="x", found=0, at=START)), "slip-wrong"),
    ):  # fmt: skip
        assert refused(partial(priya.lease.extend, priya.desk.me, [*good, slip]))[0] == code
    assert priya.lease.until == START + 72 * HOUR


def test_another_hubs_extension_and_ones_own_do_not_count(
    priya: Sitting, officers: tuple[Sitting, Sitting]
) -> None:
    slips = signed(priya, *officers)
    elsewhere = msgspec.structs.replace(priya.desk.me, hub="leicestershire")
    assert refused(lambda: priya.lease.extend(elsewhere, slips))[0] == "slip-wrong"
    ruth = officers[0]
    own = LeaseExtended(key=ruth.author.key, person="ruth", until=START + HOUR, reason="r")
    slip = as_slip(compose("staffordshire", ruth.author, [Draft("access:x", own)], KEYS["ruth"], START))
    assert refused(lambda: ruth.lease.extend(ruth.desk.me, [slip]))[0] == "slip-wrong"


def test_a_file_that_is_no_extension_or_was_altered_is_told(
    priya: Sitting, officers: tuple[Sitting, Sitting]
) -> None:
    good = signed(priya, officers[0])[0]
    whole = opened(good)
    (body,) = whole.bodies
    longer = msgspec.structs.replace(body, body=body.body.replace(b"2026", b"2036"))
    two = compose(
        "staffordshire",
        officers[1].author,
        [Draft("access:x", SearchMade(terms="x", found=0, at=START))] * 2,
        KEYS["karen"],
        START,
    )
    for slip in (
        "",
        "a shopping list",
        "MASH Desktop extension\nnot base 64",
        "MASH Desktop extension\n" + base64.b64encode(b"{}").decode(),
        as_slip(msgspec.structs.replace(whole, bodies=())),
        as_slip(msgspec.structs.replace(whole, bodies=(longer,))),
        as_slip(two),
    ):
        assert refused(partial(priya.lease.extend, priya.desk.me, [slip]))[0] == "slip-unreadable"


def test_the_shape_of_what_an_officer_gives_is_a_text_for_a_file(
    priya: Sitting, officers: tuple[Sitting, Sitting]
) -> None:
    slip = sign_extension(officers[0].desk, code_of(priya.desk.me), "The line is cut.")
    assert isinstance(slip, Slip)
    assert read(opened(slip.text).signed).author == "ruth"
    assert len(slip.text) < 4096
