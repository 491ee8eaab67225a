"""The service's own log: says what was done and what went wrong, and not a word about anybody."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import msgspec
import pytest

from mash_desktop.domain.acts import Draft
from mash_desktop.domain.entries.access import RecordViewed
from mash_desktop.domain.entries.contact import DocumentAttached
from sync.protocol import PeopleSearch, Presence, Push, SignIn
from tests.domain.story import OPERATOR
from tests.support.canary import hits
from tests.support.served_story import Cast, ServedStory
from tests.support.store import PASSWORD, REPOSITORY, Desk, ServedStore, another_instance

CANARY = "Zebedee Quillfeather"


def texts(value: object) -> Iterator[str]:
    """Everything in a message that somebody may have written: words, and names."""
    match value:
        case str() if " " in value or value.istitle():
            yield value
        case dict():
            for each in value.values():
                yield from texts(each)
        case list() | tuple():
            for each in value:
                yield from texts(each)


def send(desk: Desk, path: str, message: msgspec.Struct) -> httpx.Response:
    return desk.post(f"/v1/hubs/{desk.hub}/{path}", message)


def go_wrong(served: ServedStore, desk: Desk, story: ServedStory) -> None:
    """A fault inside the database that quotes what it was about."""
    engine = served.direct.engine
    with engine.begin() as db:
        db.exec_driver_sql(
            "create function quote() returns trigger language plpgsql as "
            f"$$ begin raise exception 'not this: {CANARY}'; end $$;"
            "create trigger quote before insert on acts for each row "
            f"when (new.hub = '{desk.hub}') execute function quote()"
        )
    try:
        viewed = RecordViewed(target=story.stream, screen="referral", at=datetime.now(UTC))
        parcel = desk.compose([Draft(f"access:{viewed.at.date()}", viewed)])
        answer = send(desk, "acts", Push(acts=(parcel,)))
        assert (answer.status_code, answer.json()["code"]) == (500, "hub-fault")
        assert CANARY not in answer.text
    finally:
        with engine.begin() as db:
            db.exec_driver_sql("drop function quote cascade")


@pytest.mark.parametrize("postgres", ["embedded"], indirect=True)
def test_a_whole_story_leaves_nobodys_name_and_no_word_of_it_in_the_log(
    served_store: ServedStore, tmp_path: Path
) -> None:
    with another_instance(served_store, tmp_path, "--log-level", "debug") as served:
        cast = Cast(served, served.new_hub())
        story = ServedStory(cast)
        story.taken().triaged().admitted().rated().asked().answered().tabled().drafted().signed().closed()
        desk = cast["priya"]
        content = f"A letter about {CANARY}.".encode()
        digest = hashlib.sha256(content).hexdigest()
        desk.client.put(f"/v1/hubs/{desk.hub}/chunks/{digest}", content=content)
        letter = DocumentAttached("d", CANARY, "application/pdf", len(content), digest, (digest,))
        story.push(OPERATOR, letter)
        for doing, status in ((CANARY, 400), ("looking", 204)):
            answer = send(desk, "presence", Presence(stream=story.stream, doing=doing))
            assert answer.status_code == status
        for surname, words in (("Quillfeather", ""), ("Carter", ""), ("", CANARY)):
            send(desk, "people", PeopleSearch(standing=desk.standing, surname=surname, text=words))
        with served.client() as stranger:
            wrong = SignIn(account=CANARY, password=f"{CANARY}!", code="123456", device=CANARY)
            stranger.post("/v1/sign-in", content=msgspec.json.encode(wrong))
            stranger.post("/v1/sign-in", content=f'{{"account": ["{CANARY}"]}}'.encode())
            stranger.get(f"/v1/hubs/{CANARY}/head?{CANARY}", headers={"Authorization": f"Bearer {CANARY}"})
            stranger.get(f"/{CANARY}")
            stranger.request("ZEBEDEE", "/healthz")
        go_wrong(served, desk, story)
        log = served.log.read_text()

    said = [json.loads(line) for line in log.splitlines()]
    assert {"answered", "request failed"} <= {each["event"] for each in said}
    assert "/v1/hubs/{hub}/acts" in {each.get("path") for each in said}
    people = served.desks
    written = {
        CANARY, "Quillfeather", "QUILLFEATHER", "Zebedee", "ZEBEDEE", PASSWORD,
        *(text for entry in story.entries for text in texts(msgspec.to_builtins(entry.body))),
        *(text for each in people for text in (each.enrolled.account, each.session.token, each.session.name)),
        *(each.totp_uri for each in people),
    }  # fmt: skip
    assert {"Mia", "Carter", "Three incidents at the address since June."} <= written
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "log").write_text(log)
    assert hits(tmp_path / "kept", written) == []


def test_what_libraries_say_is_logged_as_said_and_where_without_its_words() -> None:
    program = f"""
import logging
from sync.store.logs import configure
configure("debug")
logging.getLogger("asyncio").error("Task exception was never retrieved: %s", "{CANARY}")
logging.getLogger("asyncio").info("{CANARY}")
logging.getLogger("sync.store.admission").debug("commit tried again", extra={{"sqlstate": "40P01"}})
try:
    raise ValueError("{CANARY}")
except ValueError:
    logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=REPOSITORY, check=True
    )
    library, ours, server = map(json.loads, done.stderr.splitlines())
    assert (library["logger"], library["level"], library["where"]) == ("asyncio", "error", "<string>:5")
    assert (ours["event"], ours["sqlstate"]) == ("commit tried again", "40P01")
    assert (server["event"], server["error"]) == ("Exception in ASGI application", "ValueError")
    assert CANARY not in done.stderr
