"""The bulk files of the demonstration, brought in by the door that everybody uses: ``mash-isl import``."""

from __future__ import annotations

import time
from pathlib import Path

import pyotp

from resources import FOLDER
from ui.demo.hub import DemoHub
from ui.demo.people import PASSPHRASE, PASSWORD
from ui.demo.telling import NotThere

_STEP, _GOOD_FOR = 30, 20
"""Seconds of one step of an authenticator, and how long a code must still be good when it is taken."""


class Importer:
    """One person's importing device."""

    def __init__(self, hub: DemoHub, folder: Path, account: str) -> None:
        self._hub, self._folder = hub, folder / "importing"
        self._environment = {"MASH_PASSPHRASE": PASSPHRASE, "MASH_PASSWORD": PASSWORD}
        told = hub.command(
            "import", "enrol", "--profile", str(self._folder), "--url", hub.server.url,
            "--fingerprint", hub.fingerprint, "--code", hub.codes[account],
            environment=self._environment,
        )  # fmt: skip
        totp = pyotp.parse_uri("otpauth://" + told.partition("otpauth://")[2].strip())
        if not isinstance(totp, pyotp.TOTP):
            raise NotThere("the authenticator's address is not a TOTP one")
        self._totp = totp
        self._step = 0

    def bring(self, what: str, file: str, rejects: Path, *more: str) -> str:
        """Import one of the samples; what the command said of it."""
        samples = FOLDER / "samples"
        names = [word if word.startswith("--") else str(samples / word) for word in more]
        return self._hub.command(
            "import", what, str(samples / file), *names,
            "--profile", str(self._folder), "--rejects", str(rejects), "--agency", "scc-children",
            environment={**self._environment, "MASH_TOTP": self._code()},
        ).strip()  # fmt: skip

    def _code(self) -> str:
        """A code not used yet: of this step or the next, or of the last while it is good for long enough."""
        while True:
            now = time.time()
            # Good until the end of the step after its own, which the program has to reach the store within.
            step = max(self._step + 1, int((now + _GOOD_FOR) // _STEP) - 1)
            if step <= now // _STEP + 1:
                self._step = step
                return self._totp.at(step * _STEP)
            time.sleep(0.2)
