"""What a desktop leaves behind: in its memory while unlocked and once locked, and on the disk beside it.

``python -m tests.faults.leftovers`` starts a real desktop program on a real keyring and encrypted cache,
types into it, locks it, and has ``gcore`` write its whole memory out each time. Counted are copies of the raw
cache key, of what the keyring keeps, of the passphrase and of case text, in each form in which they could
lie; then the same words in the profile and in the folders for temporary files, logs and the home.
"""

from __future__ import annotations

import argparse
import mmap
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import keyring
import keyring.core
import msgspec
import pytest

from mash_desktop.desk.profile import Account, Profile, Server
from mash_desktop.domain.entries.contact import NoteAdded
from mash_desktop.memory import overwrite_what_is_freed
from mash_desktop.vault.ring import SERVICE
from mash_desktop.vault.vault import Vault
from mash_desktop.vault.wrap import FILE
from sync.protocol import Standing
from tests.domain.story import KEY, OPERATOR, Story
from tests.support.canary import hits
from tests.support.desks import receive, receive_hub
from ui.demo.ring import running

STREAM = "referral:0"
KINDS = (
    "cache key, raw",
    "cache key, in hexadecimal",
    "keyring secret, raw",
    "keyring secret, in hexadecimal",
    "passphrase",
    "passphrase, UTF-16",
    "case text that was read",
    "case text that was read, UTF-16",
    "case text that was typed",
    "case text that was typed, UTF-16",
    "signing key",
)
STAGES = ("unlocked", "locked", "locked for a minute")


class Known(msgspec.Struct, frozen=True):
    """What the one who looks knows beforehand."""

    folder: str
    passphrase: str
    read: str
    typed: str


class Counted(msgspec.Struct, frozen=True):
    """Copies by kind at one stage, and files on the disk that hold a word in clear."""

    stage: str
    copies: dict[str, int]
    on_disk: tuple[str, ...]


def measure(rest_seconds: float = 60.0) -> list[Counted]:
    """The three stages of one desktop's day."""
    with (
        tempfile.TemporaryDirectory(prefix="mash-left-") as where,
        running() as service,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("DBUS_SESSION_BUS_ADDRESS", service.environment["DBUS_SESSION_BUS_ADDRESS"])
        keyring.core.init_backend()
        home = Path(where) / "home"
        known = Known(
            str(home / "profile"),
            f"quiet river {secrets.token_hex(8)}",
            f"brindled heron {secrets.token_hex(8)}",
            f"copper lantern {secrets.token_hex(8)}",
        )
        home.mkdir()
        (home / "tmp").mkdir()
        _profile(known)
        sought = _sought(known)
        found = []
        with _desktop(known, home) as next_stage:
            for stage in STAGES:
                process = next_stage()
                if stage == STAGES[-1]:
                    time.sleep(rest_seconds)
                words = (known.passphrase, known.read, known.typed)
                found.append(Counted(stage, _copies(process, sought, Path(where)), _in_clear(home, words)))
    return found


def _profile(known: Known) -> None:
    profile = Profile.create(
        Path(known.folder), known.passphrase, Server("https://isl.invalid", "", "staffordshire")
    )
    standing = Standing(agency=OPERATOR.agency, role=OPERATOR.role)
    account = Account(
        "staffordshire", OPERATOR.person, "priya.nair", "d", KEY.key_id, "Priya Nair", (standing,)
    )
    profile.cache.put_fact("account", msgspec.json.encode(account))
    profile.cache.put_fact("signing-key", KEY.to_bytes())
    receive_hub(profile.cache)
    receive(profile.cache, OPERATOR, Story().taken())
    profile.desk().act(STREAM, NoteAdded(words=known.read))
    profile.lock()


def _sought(known: Known) -> dict[str, bytes]:
    folder = Path(known.folder)
    vault = Vault.open(folder, known.passphrase)
    raw = bytes.fromhex(vault.cache_key.hex())
    profile = msgspec.json.decode((folder / FILE).read_bytes())["profile"]
    kept = keyring.get_password(SERVICE, profile) or ""
    values = (
        raw, raw.hex().encode(), bytes.fromhex(kept), kept.encode(),
        known.passphrase.encode(), known.passphrase.encode("utf-16-le"),
        known.read.encode(), known.read.encode("utf-16-le"),
        known.typed.encode(), known.typed.encode("utf-16-le"),
        KEY.to_bytes(),
    )  # fmt: skip
    return dict(zip(KINDS, values, strict=True))


def _copies(process: int, sought: Mapping[str, bytes], folder: Path) -> dict[str, int]:
    """How often each is found in the memory of a process."""
    core = folder / "core"
    subprocess.run(
        ["gcore", "-a", "-o", str(core), str(process)], check=True, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    file = folder / f"core.{process}"
    try:
        with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as memory:
            return {kind: _count(memory, value) for kind, value in sought.items()}
    finally:
        file.unlink()


def _count(memory: mmap.mmap, value: bytes) -> int:
    number, at = 0, memory.find(value)
    while at >= 0:
        number, at = number + 1, memory.find(value, at + len(value))
    return number


def _in_clear(home: Path, words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{file}: {word.split()[0]}" for file, word in hits(home, words))


@contextmanager
def _desktop(known: Known, home: Path) -> Iterator[Callable[[], int]]:
    """A desktop in a process of its own; each call brings it to the next stage and gives its id."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("XDG_")},
        "HOME": str(home),
        "TMPDIR": str(home / "tmp"),
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_RUNTIME_DIR": str(home / "tmp"),
    }
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.leftovers", "--desktop"],
            env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
        )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    # By a pipe: arguments and surroundings are part of a process's memory.
    process.stdin.write(msgspec.json.encode(msgspec.structs.replace(known, read="")).decode() + "\n")
    process.stdin.flush()

    begun: list[bool] = []

    def next_stage() -> int:
        assert process.stdin is not None
        assert process.stdout is not None
        if begun:
            process.stdin.write("\n")
            process.stdin.flush()
        begun.append(True)
        if not process.stdout.readline():
            raise RuntimeError((home / "log").read_text())
        return process.pid

    try:
        yield next_stage
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


# --- the desktop


def sit() -> None:
    """Be the desktop: unlock, read, type, search, lock; a line for each stage, and wait to be looked at."""
    from PySide6.QtCore import QEventLoop, Qt, QTimer
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    from ui.composition import PersonWindow
    from ui.run import application
    from ui.triage.page import ContactPage

    # Straight from the pipe: a text stream would keep what it has read.
    known = msgspec.json.decode(os.read(0, 4096), type=Known)
    folder, passphrase, typed = Path(known.folder), known.passphrase, known.typed
    application()
    person = PersonWindow(folder)
    person.start()
    person.window.resize(1366, 768)
    person.window.activateWindow()

    def until(ready: Callable[[], bool]) -> None:
        # A loop of its own, as the program has: only there is what was dropped deleted.
        loop, asking = QEventLoop(), QTimer()
        deadline = time.monotonic() + 60
        asking.timeout.connect(lambda: loop.quit() if ready() or time.monotonic() > deadline else None)
        asking.start(20)
        loop.exec()
        asking.stop()

    def keys(words: str) -> None:
        focused = QApplication.focusWidget()
        assert focused is not None
        QTest.keyClicks(focused, words)

    def looked_at(stage: str) -> None:
        print(stage, flush=True)
        sys.stdin.readline()

    until(person.window.isActiveWindow)
    person.window.unlock_page.passphrase.line.setFocus()
    keys(passphrase)
    QTest.keyClick(person.window.unlock_page.passphrase.line, Qt.Key.Key_Return)
    until(lambda: person.window.current_screen() is not None and person.worker.waiting == 0)
    person.window.open("file", STREAM)
    until(lambda: person.worker.waiting == 0)
    person.window.go("triage")
    until(lambda: person.worker.waiting == 0)
    QTest.keyClick(person.window.focusWidget(), Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    until(lambda: person.worker.waiting == 0)
    page = person.window.findChildren(ContactPage)[0]
    page.account.words.setFocus()
    del page
    keys(typed)
    begun = time.monotonic()
    until(lambda: person.worker.waiting == 0 and time.monotonic() > begun + 2)
    person.window.go("search")
    until(lambda: person.worker.waiting == 0)
    keys(typed)
    begun = time.monotonic()
    until(lambda: person.worker.waiting == 0 and time.monotonic() > begun + 2)
    known = None  # type: ignore[assignment]  # what this program knew, and a desktop does not
    passphrase = typed = ""
    looked_at("unlocked")
    person.lock()
    until(lambda: person.worker.waiting == 0)
    looked_at("locked")
    until(lambda: person.worker.waiting == 0)
    looked_at("locked for a minute")


def report(found: list[Counted]) -> Iterator[str]:
    """The figures as a table of the threat model."""
    yield "| copies of | " + " | ".join(one.stage for one in found) + " |"
    yield "|---|" + "--:|" * len(found)
    for kind in KINDS:
        yield f"| {kind} | " + " | ".join(str(one.copies[kind]) for one in found) + " |"
    for one in found:
        yield f"{one.stage}: in clear on the disk: {', '.join(one.on_disk) or 'nothing'}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.faults.leftovers")
    parser.add_argument("--desktop", action="store_true")
    parser.add_argument("--rest", type=float, default=60.0, help="seconds before the last look")
    asked = parser.parse_args()
    if asked.desktop:
        overwrite_what_is_freed()
        sit()
    else:
        print("\n".join(report(measure(asked.rest))))
