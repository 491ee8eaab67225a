"""The demonstration's hub: a central store in a process of its own, seeded with its people.

Started with the command that an administrator uses. Nothing of the store runs in this process.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from mash_desktop.desk.profile import Server
from ui.demo.people import ADMINISTRATOR, PEOPLE, DemoPerson
from ui.demo.telling import NotThere

HUB = "staffordshire"
_CODE = re.compile(r"code (\S+), good until")
_SERVING = re.compile(r"Serving (https://\S+), certificate SHA-256 (\S+)")


@dataclass
class DemoHub:
    """A served hub. ``codes`` are one-time enrolment codes by account."""

    folder: Path
    server: Server
    fingerprint: str
    codes: dict[str, str] = field(default_factory=dict)

    def command(self, *words: str, environment: dict[str, str] | None = None) -> str:
        """Run ``mash-isl`` on this hub's store; its output."""
        return _isl(*words, environment=environment)


def _isl(*words: str, environment: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "sync.cli", *words],
        capture_output=True,
        text=True,
        env={**os.environ, **(environment or {})},
        check=False,
    )
    if done.returncode:
        raise NotThere(f"mash-isl {words[0]} said: {done.stderr.strip().rstrip('.')}")
    return done.stdout


@contextmanager
def served_hub(folder: Path) -> Iterator[DemoHub]:
    """A new hub in ``folder``, served on a free port until the block ends; its log is ``store.log``."""
    store = folder / "store"
    made = _isl(
        "init", "--embedded", str(store), "--hub", HUB,
        "--name", ADMINISTRATOR.name, "--account", ADMINISTRATOR.account,
    )  # fmt: skip
    found = _CODE.search(made)
    if found is None:
        raise NotThere("the store gave no enrolment code")
    codes = {ADMINISTRATOR.account: found.group(1)} | _add(folder, store, PEOPLE)
    with (folder / "store.log").open("wb") as log:
        process = subprocess.Popen(
            [
                sys.executable, "-m", "sync.cli", "serve", "--embedded", str(store),
                "--listen", "127.0.0.1:0", "--make-cert", str(folder / "tls"),
            ],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )  # fmt: skip
    try:
        assert process.stdout is not None
        serving = next((s for line in process.stdout if (s := _SERVING.search(line))), None)
        if serving is None:
            raise NotThere("the store did not start")
        threading.Thread(target=_drain, args=(process.stdout,), daemon=True).start()
        certificate = (folder / "tls" / "tls.crt").read_text()
        yield DemoHub(store, Server(serving.group(1), certificate, HUB), serving.group(2), codes)
    finally:
        process.terminate()
        process.wait(120)


def _add(folder: Path, store: Path, people: tuple[DemoPerson, ...]) -> dict[str, str]:
    file = folder / "people.csv"
    file.write_text("".join(f"{one.account},{one.name},{' '.join(one.standings)}\n" for one in people))
    added = _isl("user", "add", "--embedded", str(store), "--file", str(file))
    return {account: code for _, code, account in (line.split("\t") for line in added.splitlines())}


def _drain(stream: object) -> None:
    for _ in stream:  # type: ignore[attr-defined]  # a text stream
        pass
