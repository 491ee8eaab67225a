"""The live stream: told when a feed has grown, who else is there, and when to lock."""

from __future__ import annotations

import contextlib
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import msgspec
import pytest
from uuid6 import uuid7

from mash_desktop.domain.acts import Draft
from mash_desktop.domain.entries.contact import NoteAdded
from mash_desktop.domain.entries.hub import KeyRevoked, PersonEnrolled
from mash_desktop.domain.roles import Role
from sync.protocol import Presence, Push
from sync.store.serving import DRAIN_SECONDS
from tests.support.ear import grown_to, listening
from tests.support.held import head_held, until
from tests.support.served_story import Cast, ServedStory
from tests.support.store import Desk, ServedStore, another_instance

pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True)


def test_a_desk_hears_when_its_feed_has_grown(story: ServedStory, told: Cast) -> None:
    story.taken()
    with listening(told.served, told["ruth"]) as ear:
        answer = told["priya"].act(Draft(story.stream, NoteAdded(words="The school rang.")))
        ear.next("grown", grown_to(answer.positions[0]))


def test_a_desk_hears_nothing_of_what_is_not_in_its_feeds(story: ServedStory, told: Cast) -> None:
    story.taken()
    with listening(told.served, told["iris"]) as ear:
        time.sleep(0.3)
        while not ear.nothing("grown", 0.6):
            pass
        told["priya"].act(Draft(story.stream, NoteAdded(words="The school rang.")))
        assert ear.nothing("grown")


def test_a_revoked_device_is_locked_at_once(served_store: ServedStore, a_hub: str) -> None:
    administrator = served_store.desk(a_hub, "Noor Haddad", ("mash", Role.ADMINISTRATOR))
    lost = served_store.desk(a_hub, "Sam Iqbal", ("police", Role.RESEARCHER))
    with listening(served_store, lost) as ear, listening(served_store, administrator) as other:
        administrator.act(Draft("hub", KeyRevoked(key=lost.enrolled.key, reason="Left on a train.")))
        problem = ear.next("locked")
        assert problem["code"] == "device-revoked"
        assert ear.ended.wait(10)
        assert other.nothing("locked")


def test_signing_out_locks_the_live_stream_of_that_session(served_store: ServedStore, a_hub: str) -> None:
    desk = served_store.desk(a_hub, "Sam Iqbal", ("police", Role.RESEARCHER))
    with listening(served_store, desk) as ear:
        desk.client.post("/v1/sign-out")
        assert ear.next("locked")["code"] == "session-ended"


def presence(desk: Desk, stream: str) -> httpx.Response:
    return desk.post(f"/v1/hubs/{desk.hub}/presence", Presence(stream=stream, doing="looking"))


def test_presence_is_told_only_between_people_who_may_both_see_the_referral(
    story: ServedStory, told: Cast
) -> None:
    story.taken()
    with listening(told.served, told["ruth"]) as colleague, listening(told.served, told["sam"]) as other:
        assert presence(told["priya"], story.stream).status_code == 204
        heard = colleague.next("presence")
        assert (heard["stream"], heard["name"], heard["doing"]) == (story.stream, "Priya Nair", "looking")
        assert other.nothing("presence")


def test_nobody_is_present_at_what_they_may_not_see(story: ServedStory, told: Cast) -> None:
    story.taken()
    for stream in (story.stream, f"referral:{uuid7()}"):
        answer = presence(told["sam"], stream)
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


def test_wakes_presence_and_locks_cross_from_one_instance_to_another(
    served_store: ServedStore, told: Cast, tmp_path: Path, story: ServedStory
) -> None:
    """A second service on the same database: what happens at the first, the second's listeners hear."""
    story.taken()
    leaving = served_store.desk(told.hub, "Dan Pell", ("scc-children", Role.CONSULTANT_SOCIAL_WORKER))
    with (
        another_instance(served_store, tmp_path) as second,
        listening(second, told["ruth"]) as ear,
        listening(second, leaving) as other,
    ):
        answer = told["priya"].act(Draft(story.stream, NoteAdded(words="The school rang.")))
        ear.next("grown", grown_to(answer.positions[0]))
        presence(told["priya"], story.stream)
        assert ear.next("presence")["name"] == "Priya Nair"
        leaving.client.post("/v1/sign-out")
        assert other.next("locked")["code"] == "session-ended"
        assert ear.nothing("locked")


def test_what_goes_to_everybody_wakes_everybody(served_store: ServedStore, a_hub: str) -> None:
    administrator = served_store.desk(a_hub, "Noor Haddad", ("mash", Role.ADMINISTRATOR))
    other = served_store.desk(a_hub, "Sam Iqbal", ("police", Role.RESEARCHER))
    with listening(served_store, other) as ear:
        answer = administrator.act(Draft("hub", PersonEnrolled(person=str(uuid7()), name="A N Other")))
        ear.next("grown", grown_to(answer.positions[0]))


def test_a_service_told_to_stop_hangs_up_and_does_not_wait_for_its_listeners(
    served_store: ServedStore, told: Cast, tmp_path: Path
) -> None:
    with contextlib.ExitStack() as stack:
        with another_instance(served_store, tmp_path) as second:
            ear = stack.enter_context(listening(second, told["ruth"]))
            began = time.monotonic()
        assert ear.ended.wait(20)
        assert not ear.broken
        assert time.monotonic() - began < DRAIN_SECONDS


def test_a_service_told_to_stop_answers_what_it_was_asked_before(
    served_store: ServedStore, told: Cast, tmp_path: Path, story: ServedStory
) -> None:
    story.taken()
    parcel = told["priya"].compose([Draft(story.stream, NoteAdded(words="The school rang."))])
    with another_instance(served_store, tmp_path) as second, ThreadPoolExecutor(1) as pool:

        def push() -> httpx.Response:
            with second.client(told["priya"].session.token) as client:
                return client.post(
                    f"/v1/hubs/{told.hub}/acts", content=msgspec.json.encode(Push(acts=(parcel,)))
                )

        with head_held(served_store, told.hub) as held:
            pushed = pool.submit(push)
            held.wait_for(1)
            second.process.terminate()
            until(lambda: "told to stop" in second.log.read_text())
            with pytest.raises(httpx.ConnectError), second.client() as late:
                until(lambda: late.get("/healthz").status_code != 200)
        answer = pushed.result()
        assert (answer.status_code, answer.json()["answers"][0]["state"]) == (200, "admitted")
        assert second.process.wait(30) == 0
