"""An instance's live connections when something is amiss: notices lost or senseless, readers slow or gone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from mash_desktop.domain.acts import Draft
from mash_desktop.domain.entries.contact import NoteAdded
from mash_desktop.domain.entries.hub import PersonEnrolled
from mash_desktop.domain.roles import Role
from sync import cli
from sync.protocol import LOOKING, Presence
from sync.store import live as module
from sync.store.admission import Admission
from sync.store.database import connect
from sync.store.live import MOST_WAITING, Event, Listener, Live
from sync.store.sealing import read_secrets, write_secrets
from sync.store.sign_in.provider import Provider
from sync.store.streams import Shelf
from tests.support.served_story import Cast, ServedStory
from tests.support.store import Desk, ServedStore

pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True)

NEVER = 1e9


@contextmanager
def instance(served: ServedStore) -> Iterator[Live]:
    """One more instance's live connections."""
    live = Live(served.direct.engine, served.direct.sessions, served.direct.secrets)
    live.start()
    try:
        yield live
    finally:
        live.stop()


def listener(served: ServedStore, desk: Desk) -> Listener:
    caller = served.direct.sessions.caller(desk.session.token)
    return Listener(caller, served.direct.audiences(caller), asyncio.get_running_loop())


async def next_event(one: Listener, wanted: Callable[[Event | None], bool] = lambda _: True) -> Event | None:
    async with asyncio.timeout(60):
        async for event in one.events():
            if wanted(event):
                return event
    raise AssertionError("the stream ended")


def admit_unannounced(served: ServedStore, desk: Desk, stream: str) -> None:
    parcel = desk.compose([Draft(stream, NoteAdded(words="The school rang."))])
    unheard = Admission(served.direct.engine, served.direct.secrets, Shelf())
    (answer,) = unheard.push(desk.hub, desk.enrolled.person, [parcel]).answers
    assert answer.state == "admitted"


def test_growth_whose_notice_was_lost_is_found_by_looking(
    story: ServedStory, told: Cast, served_store: ServedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "POLL_SECONDS", 0.1)
    story.taken()

    async def follow(live: Live) -> None:
        one = listener(served_store, told["ruth"])
        await asyncio.to_thread(live.add, one)
        first = await next_event(one)
        await asyncio.to_thread(admit_unannounced, served_store, told["priya"], story.stream)
        await next_event(one, lambda event: event not in {first, None})

    with instance(served_store) as live:
        asyncio.run(follow(live))


def test_a_notice_that_cannot_be_sent_or_read_keeps_no_other_from_being_heard(
    story: ServedStory, told: Cast, served_store: ServedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "POLL_SECONDS", NEVER)
    monkeypatch.setattr(module, "_LONGEST_NOTICE", NEVER)
    story.taken()

    async def follow(live: Live, other: Live) -> None:
        one = listener(served_store, told["ruth"])
        await asyncio.to_thread(live.add, one)
        first = await next_event(one)
        other.announce("more than a notice holds " * 1000)
        with served_store.direct.engine.begin() as db:
            db.execute(text("select pg_notify('mash_isl', 'nonsense')"))
        await asyncio.to_thread(admit_unannounced, served_store, told["priya"], story.stream)
        await asyncio.sleep(0.2)
        other.announce(told.hub)
        await next_event(one, lambda event: event not in {first, None})

    with instance(served_store) as live, instance(served_store) as other:
        asyncio.run(follow(live, other))


def test_a_notice_longer_than_postgresql_takes_spoils_none_that_is_sent_with_it(
    served_store: ServedStore, a_hub: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "POLL_SECONDS", NEVER)
    monkeypatch.setattr(module, "CHECK_SECONDS", NEVER)
    desk = served_store.desk(a_hub, "Sam Iqbal", ("police", Role.RESEARCHER))
    other = Live(served_store.direct.engine, served_store.direct.sessions, served_store.direct.secrets)

    async def follow(live: Live) -> None:
        one = listener(served_store, desk)
        await asyncio.to_thread(live.add, one)
        await asyncio.to_thread(desk.client.post, "/v1/sign-out")
        other.announce("more than a notice holds " * 1000)
        other.ended(a_hub)
        await next_event(one, lambda event: event is not None and event.name == "locked")

    with instance(served_store) as live:
        asyncio.run(follow(live))
    assert "notice too long" in caplog.messages


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("device", "revoke", "--key", "KEY", "--reason", "Lost."), "device-revoked"),
        (("user", "leave", "--account", "ACCOUNT", "--reason", "Moved."), "device-revoked"),
        (("user", "link", "--account", "ACCOUNT", "--subject", "sam"), "session-ended"),
    ],
    ids=["revoke", "leave", "link"],
)
def test_whom_a_command_shuts_out_is_locked_before_anybody_looks(
    served_store: ServedStore,
    a_hub: str,
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
    code: str,
) -> None:
    monkeypatch.setattr(module, "POLL_SECONDS", NEVER)
    monkeypatch.setattr(module, "CHECK_SECONDS", NEVER)
    desk = served_store.desk(a_hub, "Sam Iqbal", ("police", Role.RESEARCHER))
    served_store.direct.directories.set(
        a_hub, Provider("Council sign-in", "https://login.example.gov.uk", "mash"), 300
    )
    named = {"KEY": desk.enrolled.key, "ACCOUNT": desk.enrolled.account}
    words = [named.get(word, word) for word in command]
    where = ["--hub", a_hub, "--database", served_store.database, "--secrets", str(served_store.secrets_file)]

    async def follow(live: Live) -> None:
        one = listener(served_store, desk)
        await asyncio.to_thread(live.add, one)
        assert await asyncio.to_thread(cli.main, [*words, *where]) == 0
        locked = await next_event(one, lambda event: event is not None and event.name == "locked")
        assert locked is not None
        assert code.encode() in locked.data

    with instance(served_store) as live:
        asyncio.run(follow(live))


def test_growth_is_heard_although_the_database_fell_over_as_it_was_told(
    story: ServedStory, told: Cast, served_store: ServedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "POLL_SECONDS", 0.1)
    story.taken()
    engine = connect(served_store.database, 3, generation="falling")
    live = Live(engine, served_store.direct.sessions, served_store.direct.secrets)

    async def follow() -> None:
        one = listener(served_store, told["ruth"])
        await asyncio.to_thread(live.add, one)
        first = await next_event(one)
        await asyncio.to_thread(admit_unannounced, served_store, told["priya"], story.stream)
        with served_store.direct.engine.begin() as db:
            db.execute(
                text(
                    "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
                    " where application_name like '%falling'"
                )
            )
        # Before the connection that listens is there, which would notice first.
        await asyncio.to_thread(live.announce, told.hub)
        live.start()
        await next_event(one, lambda event: event not in {first, None})

    try:
        asyncio.run(follow())
    finally:
        live.stop()
        engine.dispose()


def test_a_session_that_runs_out_is_locked_though_nothing_happens(
    served_store: ServedStore, a_hub: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHECK_SECONDS", 0.1)
    desk = served_store.desk(a_hub, "Sam Iqbal", ("police", Role.RESEARCHER))

    async def follow(live: Live) -> None:
        one = listener(served_store, desk)
        await asyncio.to_thread(live.add, one)
        with served_store.direct.engine.begin() as db:
            db.execute(text("update sessions set expires_at = now() where hub = :hub"), {"hub": a_hub})
        locked = await next_event(one, lambda event: event is not None and event.name == "locked")
        assert locked is not None
        assert b"session-ended" in locked.data

    with instance(served_store) as live:
        asyncio.run(follow(live))


def test_a_reader_hears_that_the_line_is_good_loses_only_presence_when_slow_and_is_ended_when_all_is_told(
    told: Cast, served_store: ServedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "HEARTBEAT_SECONDS", 0.05)

    async def follow() -> None:
        one = listener(served_store, told["ruth"])
        beats = 0
        async for event in one.events():
            assert event is None
            beats += 1
            if beats == 2:
                break
        for number in range(MOST_WAITING + 10):
            one.tell(Event("presence", b"%d" % number))
        for size in (7, 8):
            one.grew(size)
        one.end()
        told_all = [event async for event in one.events()]
        assert told_all[0] == Event("grown", b'{"size":8}')
        assert [event.data for event in told_all[1:] if event] == [b"%d" % n for n in range(MOST_WAITING)]

    asyncio.run(follow())


def test_who_comes_while_a_service_leaves_is_told_to_go_elsewhere(
    told: Cast, served_store: ServedStore
) -> None:
    async def follow(live: Live) -> None:
        live.hang_up()
        late = listener(served_store, told["ruth"])
        await asyncio.to_thread(live.add, late)
        async with asyncio.timeout(60):
            assert [event.name async for event in late.events() if event] == ["grown"]

    with instance(served_store) as live:
        asyncio.run(follow(live))


def test_a_reader_whose_loop_has_ended_keeps_nobody_else_from_hearing(
    served_store: ServedStore, a_hub: str
) -> None:
    desk = served_store.desk(a_hub, "Noor Haddad", ("mash", Role.ADMINISTRATOR))

    async def gone() -> Listener:
        return listener(served_store, desk)

    async def follow(live: Live, dead: Listener) -> None:
        one = listener(served_store, desk)
        for each in (dead, one):
            await asyncio.to_thread(live.add, each)
        first = await next_event(one)
        await asyncio.to_thread(desk.act, Draft("hub", PersonEnrolled(person=a_hub, name="A N Other")))
        await next_event(one, lambda event: event not in {first, None})
        live.remove(dead)
        assert live.connections == 1

    with instance(served_store) as live:
        asyncio.run(follow(live, asyncio.run(gone())))


def test_what_an_instance_with_other_secrets_sealed_is_passed_over(
    story: ServedStory, told: Cast, served_store: ServedStore, tmp_path: Path
) -> None:
    story.taken()
    write_secrets(tmp_path / "other.json")
    other = Live(
        served_store.direct.engine, served_store.direct.sessions, read_secrets(tmp_path / "other.json")
    )
    presence = Presence(stream=story.stream, doing=LOOKING)

    async def follow(live: Live) -> None:
        one, priya = listener(served_store, told["ruth"]), listener(served_store, told["priya"]).caller
        await asyncio.to_thread(live.add, one)
        for at in (other, live):
            await asyncio.to_thread(at.present, priya, presence, datetime.now(UTC))
        heard = await next_event(one, lambda event: event is not None and event.name == "presence")
        assert heard is not None
        one.end()
        assert [event.name async for event in one.events() if event and event.name == "presence"] == []

    other.start()
    try:
        with instance(served_store) as live:
            asyncio.run(follow(live))
    finally:
        other.stop()
