"""What goes wrong on a day: a line that is cut, somebody who was quicker, a desktop killed in mid-work."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from ui.demo.seat import Seat
from ui.demo.short import route, take
from ui.demo.steps import admit, rate
from ui.demo.telling import NotThere

if TYPE_CHECKING:
    from ui.demo.day import Day

CASE = "Hartshorne, Ivy"


def tell(day: Day) -> None:
    day.telling.part("Faults: a cut line, two at once, a killed desktop")
    _cut_and_refused(day)
    _killed(day)


def _cut_and_refused(day: Day) -> None:
    """Cut off, the deputy rates; online, the manager rated first. The deputy's words are kept and shown."""
    wire = day.wire()
    priya, ruth, karen = day.seat("priya"), day.seat("ruth"), day.seat("karen")
    neil = day.seat("neil", wire.server.url)
    _contact(priya)
    ruth.go("oversight")
    ruth.pick("oversight.table", CASE)
    admit(ruth, purpose="To find out whether Ivy is safe.", reason="Threshold met: s17.")
    neil.go("hub")
    neil.pick("hub.table", CASE)
    wire.cut()
    neil.wait(lambda: not neil.person_window.shown.status.online, "the line lost")
    rate(neil, "Green", "No injury; school will see her daily.")
    neil.sees("waiting to send")
    day.telling.step("Neil Bloor's line is cut. He goes on working; what he does waits, and he is told so.")
    day.picture(neil, "offline")
    karen.go("hub")
    karen.pick("hub.table", CASE)
    rate(karen, "Amber", "Third contact in a year.")
    karen.sent()
    wire.mend()
    neil.wait(lambda: neil.person_window.shown.status.online, "the line mended")
    neil.find("hub.again")
    neil.sees("No injury; school will see her daily.")
    day.telling.step(
        "Mended, he catches up. Karen Shaw had rated first: his act is refused, his words are kept."
    )
    day.picture(neil, "refused")
    neil.go("sync")
    day.picture(neil, "sync-and-attention")
    neil.go("hub")
    neil.press("hub.let_go")


def _contact(priya: Seat) -> None:
    take(
        priya,
        "Children",
        ("Moira Salt, health visitor", "Stafford health visiting", "3B"),
        "Ivy was left alone on Tuesday evening, a neighbour says.",
        ("Ivy Hartshorne 2 Jul 2021 subject",),
    )
    route(priya, "social-work-gateway", "Left alone at five; third contact.")


def _killed(day: Day) -> None:
    """Another desktop, in a process of its own, is killed with SIGKILL right after a save."""
    person = day.person("dan")
    process = subprocess.Popen(
        [
            sys.executable, "-m", "ui.demo.killed", person.account, str(day.folder / "profiles"),
            day.hub.server.url, day.hub.fingerprint, day.hub.codes[person.account],
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )  # fmt: skip
    assert process.stdout is not None
    saved = next((line for line in process.stdout if line.startswith("saved")), None)
    process.send_signal(signal.SIGKILL)
    process.stdout.close()
    process.wait()
    if saved is None:
        raise NotThere("the other desktop did not save")
    day.telling.step(f"{person.name}'s desktop is killed with SIGKILL right after a save.")
    dan = day.take_up("dan")
    dan.go("triage")
    dan.find("triage.account.words")
    dan.wait(lambda: "a child crying" in dan.written("triage.account.words"), "the words typed before")
    day.telling.step("Started again and unlocked, it has lost nothing.")
