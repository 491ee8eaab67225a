"""A child whom several people looked at, and a governance officer who asks who did."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import text
from uuid6 import uuid7

from mash_desktop.domain.acts import Author, Draft
from mash_desktop.domain.entries import Body
from mash_desktop.domain.entries.access import DocumentPrinted, GlassBroken, RecordsExported, RecordViewed
from mash_desktop.domain.entries.identity import IdentityLinked
from mash_desktop.domain.roles import Role
from sync.importing import Device
from sync.protocol import PeopleSearch, Session, SignIn
from tests.support.served_story import Cast, ServedStory
from tests.support.store import ServedStore
from tests.sync.importing.conftest import Importer

GOVERNANCE = (("mash", Role.INFORMATION_GOVERNANCE),)
TODAY = datetime.now(UTC).date()


class Officer(Importer):
    """Gwen, at a computer that asks."""

    def __init__(self, served: ServedStore, hub: str, folder: Path) -> None:
        super().__init__(served, hub, folder, "Gwen Price", GOVERNANCE)

    def question(self, **options: object) -> Namespace:
        """As the command line would have understood it."""
        found: dict[str, object] = {
            "person": "",
            "since": (TODAY - timedelta(days=1)).isoformat(),
            "until": (TODAY + timedelta(days=1)).isoformat(),
            "terms": [],
            "profile": self.profile,
            "agency": None,
            "json": False,
            "keep": None,
            "check": None,
            "store_key": None,
            "handed_on": None,
        }
        return Namespace(**{**found, **options})


@dataclass
class Looking:
    """``child`` is an identity linked with a child of two referrals; ``references`` are what these are
    called. ``other`` is a referral that has nothing to do with it."""

    officer: Officer
    cast: Cast
    child: str
    streams: tuple[str, str]
    references: tuple[str, str]
    other: str
    device: Device
    session: Session
    author: Author


def access(cast: Cast, person: str, body: Body) -> int:
    desk = cast[person]
    answer = desk.act(Draft(f"access:{datetime.now(UTC).date().isoformat()}", body))
    assert answer.state == "admitted", answer
    return answer.positions[0]


def reference(served: ServedStore, hub: str, stream: str) -> str:
    with served.direct.engine.connect() as db:
        found = db.scalar(
            text("select reference from referrals where hub = :hub and referral = :stream"),
            {"hub": hub, "stream": stream},
        )
    assert isinstance(found, str)
    return found


@pytest.fixture(scope="module")
def looking(
    served_store: ServedStore, secret_service: object, tmp_path_factory: pytest.TempPathFactory
) -> Looking:
    return looked(served_store, tmp_path_factory.mktemp("auditing"))


def looked(served_store: ServedStore, folder: Path) -> Looking:
    hub = served_store.new_hub()
    cast = Cast(served_store, hub)
    stories = [ServedStory(cast), ServedStory(cast), ServedStory(cast)]
    for story in stories:
        story.taken()
    first, second, other = (story.stream for story in stories)
    child = f"identity:{uuid7()}"
    links = [Draft(child, IdentityLinked(referral=one, subject="mia")) for one in (first, second)]
    assert cast["ruth"].act(*links).state == "admitted"
    names = tuple(reference(served_store, hub, one) for one in (first, second))
    now = datetime.now(UTC)
    access(cast, "ruth", RecordViewed(target=first, screen="referral file", at=now, reference=names[0]))
    access(cast, "priya", DocumentPrinted(target=second, profile="full", at=now))
    access(cast, "priya", RecordViewed(target=other, screen="referral file", at=now))
    access(
        cast, "karen", GlassBroken(target=first, reason="A child is missing.", until=now + timedelta(hours=1))
    )
    access(cast, "ruth", RecordsExported(what=f"{names[1]}, all of it", count=1, at=now))
    asked = PeopleSearch(standing=cast["ruth"].standing, forenames="Mia", surname="Carter", because=first)
    assert cast["ruth"].post(f"/v1/hubs/{hub}/people", asked).status_code == 200
    wrong = SignIn(
        account=cast["priya"].enrolled.account, password="no", code="1", device=cast["priya"].device
    )
    with served_store.client() as client:
        assert client.post("/v1/sign-in", content=msgspec.json.encode(wrong)).status_code == 401
    officer = Officer(served_store, hub, folder)
    device, session = officer.signed_in()
    author = device.author(session, Role.INFORMATION_GOVERNANCE, None)
    return Looking(
        officer, cast, child, (first, second), (names[0], names[1]), other, device, session, author
    )
