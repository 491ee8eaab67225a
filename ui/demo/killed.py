"""A desktop in a process of its own that begins a contact, saves, and waits to be killed."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from ui.demo.people import PEOPLE
from ui.demo.seat import Seat
from ui.run import application


def main() -> None:
    account, folder, url, fingerprint, code = sys.argv[1:]
    application()
    person = next(one for one in PEOPLE if one.account == account)
    seat = Seat(person, Path(folder), url)
    seat.enrol(fingerprint, code)
    seat.go("triage")
    seat.press("triage.new")
    seat.type("triage.caller.who", "Beth Salt, neighbour")
    seat.type("triage.account.words", "Shouting through the wall again last night, and a child crying.")
    seat.wait(lambda: seat.has_saved("a child crying"), "what was typed to be saved")
    print("saved", flush=True)
    time.sleep(60)


if __name__ == "__main__":
    try:
        main()
    finally:
        # Its threads would keep a process that failed alive, and its parent waiting.
        os._exit(1)
