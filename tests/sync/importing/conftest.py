"""Somebody who imports, on a computer of their own, into a served store; and small files to import."""

from __future__ import annotations

import csv
import io
import re
import time
from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import pyotp
import pytest

from mash_desktop.domain.roles import Role
from mash_desktop.proofs.head import Head
from sync.client import Server
from sync.importing import Device
from sync.protocol import Session
from tests.support.desks import PASSPHRASE
from tests.support.relay import Relay
from tests.support.store import PASSWORD, REPOSITORY, ServedStore

SAMPLES = REPOSITORY / "resources" / "samples"


PRIYA = (("scc-children", Role.TRIAGE_OPERATOR), ("mash", Role.HUB_MANAGER))


class Importer:
    """Priya, or somebody else, with a code for a device that commands use."""

    def __init__(
        self,
        served: ServedStore,
        hub: str,
        folder: Path,
        name: str = "Priya Nair",
        roles: Sequence[tuple[str, Role]] = PRIYA,
    ) -> None:
        self.served, self.hub, self.folder = served, hub, folder
        appointed = served.appoint(hub, name, *roles)
        self.account, self.code = appointed.account, appointed.code
        self.profile = folder / "importing"
        self.totp = ""
        self.relays: list[Relay] = []
        self._steps: set[int] = set()

    @property
    def server(self) -> Server:
        return Server(self.served.base_url, self.served.cert.read_text(), "")

    def relay(self) -> Relay:
        self.relays.append(Relay(self.server, self.folder / f"relay-{len(self.relays)}"))
        return self.relays[-1]

    def enrol(self, server: Server | None = None) -> Device:
        device, answer = Device.enrol(self.profile, PASSPHRASE, server or self.server, self.code, PASSWORD)
        self.totp = answer.totp_uri or self.totp
        return device

    def totp_code(self) -> str:
        """A code that was not used yet, and is good for half a minute at least. There are two at a time."""
        totp = pyotp.parse_uri(self.totp)
        assert isinstance(totp, pyotp.TOTP)
        now = int(time.time()) // 30
        step = next(one for one in (now, now + 1) if one not in self._steps)
        self._steps.add(step)
        return totp.at(step * 30)

    def signed_in(self, server: Server | None = None) -> tuple[Device, Session]:
        device = self.enrol(server)
        return device, device.sign_in(PASSWORD, self.totp_code())

    def asked(self, what: str, file: Path | None = None, **options: object) -> Namespace:
        """As the command line would have understood it."""
        found: dict[str, object] = {
            "what": what,
            "file": file,
            "names": None,
            "rejects": None,
            "dry_run": False,
            "profile": self.profile,
            "url": None,
            "fingerprint": None,
            "code": None,
            "role": Role.TRIAGE_OPERATOR.value,
            "agency": None,
        }
        return Namespace(**{**found, **options})

    def log_size(self) -> int:
        return msgspec.json.decode(self.served.direct.head(self.hub).head, type=Head).size


@pytest.fixture
def importer(
    served_store: ServedStore, a_hub: str, tmp_path: Path, secret_service: object, loops_apart: None
) -> Iterator[Importer]:
    made = Importer(served_store, a_hub, tmp_path)
    yield made
    for relay in made.relays:
        relay.close()


def intake(folder: Path, rows: slice, name: str = "intake.csv", **changes: str) -> Path:
    """Some rows of the sample list; ``changes`` are made to the first of them."""
    with (SAMPLES / "intake.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    some = table[rows]
    some[0] = {**some[0], **changes}
    out = io.StringIO()
    writer = csv.DictWriter(out, list(table[0]))
    writer.writeheader()
    writer.writerows(some)
    path = folder / name
    path.write_text(out.getvalue(), encoding="utf-8", newline="")
    return path


def history(folder: Path, children: int) -> Path:
    """The first children of the sample return."""
    text = (SAMPLES / "history-2026.xml").read_text(encoding="utf-8")
    blocks = re.findall(r"<Child>.*?</Child>", text, re.DOTALL)
    begins, ends = text.index(blocks[0]), text.rindex("</Children>")
    path = folder / "history.xml"
    path.write_text(text[:begins] + "\n".join(blocks[:children]) + text[ends:], encoding="utf-8")
    return path
