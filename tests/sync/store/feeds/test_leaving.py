"""An agency leaves the hub (Stoke, March 2023): its desktops are emptied, what it brought stays its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import msgspec
import pytest

from mash_desktop.domain.acts import Draft, read
from mash_desktop.domain.entries.contact import SubjectRecorded
from mash_desktop.domain.entries.gathering import ContributionReleased, RequestMade
from mash_desktop.domain.entries.hub import HubConfigured, MembershipEnded
from mash_desktop.hub import load_preset
from sync.protocol import Pull
from tests.domain.story import MANAGER, POLICE
from tests.support.served_story import Cast, ServedStory
from tests.support.store import Desk, ServedStore
from tests.sync.client.conftest import Office, until
from tests.sync.store.feeds.conftest import House, Instance

pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True)


@pytest.fixture
def own(served_store: ServedStore, a_hub: str, tmp_path: Path) -> Iterator[House]:
    """A hub of the test's own, which agencies may leave."""
    with Office(served_store, a_hub, tmp_path) as office:
        yield House(office, Cast(served_store, a_hub))


def member_until(cast: Cast, agency: str, days_from_now: int) -> None:
    """The administrator writes an agency's last day."""
    config = msgspec.structs.replace(load_preset("staffordshire"), id=cast.hub)
    last = config.day(datetime.now(UTC)) + timedelta(days=days_from_now)
    agencies = tuple(
        msgspec.structs.replace(one, until=last) if one.id == agency else one for one in config.agencies
    )
    left = HubConfigured(config=msgspec.structs.replace(config, agencies=agencies))
    answer = cast["noor"].act(Draft("hub", left))
    assert answer.state == "admitted", answer


def ended(desk: Desk) -> list[MembershipEnded]:
    """Memberships that the store itself has ended, as everybody's feed tells them."""
    found = []
    for row in desk.holds().values():
        assert row.signed is not None
        act = read(row.signed)
        header = next(one for one in act.entries if one.id == row.entry)
        if header.kind == MembershipEnded.KIND and act.author == "store" and row.body is not None:
            found.append(msgspec.json.decode(row.body.body, type=MembershipEnded))
    return found


def test_from_the_day_after_its_last_its_desktops_are_empty_and_what_it_brought_stays_attributed(
    own: House,
) -> None:
    cast = own.cast
    story = ServedStory(cast)
    story.taken().triaged().admitted().rated().asked().answered().tabled()
    sam, karen = own.sit("sam"), own.sit("karen")
    mia, (released,) = story.ids(SubjectRecorded)[0], story.ids(ContributionReleased)
    sam.until_holding(story.stream, mia, released)
    member_until(cast, "police", -1)
    sam.until_freed(story.stream)
    assert "no role in this hub" in sam.networked.status.signed_out
    refused = cast["sam"].post(f"/v1/hubs/{cast.hub}/feed", Pull(standing=cast["sam"].standing))
    assert (refused.status_code, refused.json()["code"]) == (403, "standing-not-held")
    # Nobody does anything: the store writes in the hub's own stream what the day itself has ended.
    until(lambda: len(ended(cast["karen"])) == 1, "the store to write it")
    (one,) = ended(cast["karen"])
    assert (one.person, one.agency, one.role) == (
        cast["sam"].enrolled.person,
        "police",
        POLICE.role,
    )
    person = cast["sam"].enrolled.person
    until(lambda: not karen.networked.desk.directory().roles_of(person), "everybody to be told")
    made = next(entry for entry in karen.cache.entries(story.stream) if entry.id == released)
    desk = karen.networked.desk
    assert (desk.name(made.author), made.agency, desk.agency_name(made.agency)) == (
        "Sam Iqbal",
        "police",
        "Police",
    )
    asked = RequestMade(request="r-9", agency="police", subjects=("mia",), minimum_concern="Injury.")
    assert story.push(MANAGER, asked).code == "agency-not-member"


def test_on_its_last_day_it_is_a_member_and_after_midnight_the_store_ends_each_role_once(
    own: House,
) -> None:
    cast = own.cast
    iris, noor, served = cast["iris"], cast["noor"], cast.served
    member_until(cast, "mpft", 0)
    assert iris.page().audiences
    Instance(served, cast.hub, timedelta()).write()
    assert ended(noor) == []
    tomorrow = [Instance(served, cast.hub, timedelta(days=1)) for _ in range(3)]
    threads = [Thread(target=one.write) for one in tomorrow]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in tomorrow:
        one.write()
    (only,) = ended(noor)
    assert (only.person, only.agency) == (iris.enrolled.person, "mpft")


def test_the_last_administrator_stays_though_their_agency_has_left(own: House) -> None:
    cast = own.cast
    gwen, noor, karen = cast["gwen"], cast["noor"], cast["karen"]
    member_until(cast, "mash", 0)
    tomorrow = Instance(cast.served, cast.hub, timedelta(days=1))
    tomorrow.write()
    tomorrow.write()
    people = {gwen.enrolled.person, karen.enrolled.person}
    assert {one.person for one in ended(noor)} == people
