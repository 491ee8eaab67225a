"""The bulk files of the demonstration, brought in by the door that everybody uses: ``mash-isl import``."""

from __future__ import annotations

import time
from importlib.resources import as_file, files
from pathlib import Path

import pyotp

import resources
from ui.demo.hub import DemoHub
from ui.demo.people import PASSPHRASE, PASSWORD
from ui.demo.telling import NotThere


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
        with as_file(files(resources) / "samples") as samples:
            names = [word if word.startswith("--") else str(samples / word) for word in more]
            return self._hub.command(
                "import", what, str(samples / file), *names,
                "--profile", str(self._folder), "--rejects", str(rejects), "--agency", "scc-children",
                environment={**self._environment, "MASH_TOTP": self._code()},
            ).strip()  # fmt: skip

    def _code(self) -> str:
        """A code of a step not used yet: the last, this or the next one, all of which are good now."""
        while True:
            now = int(time.time()) // 30
            step = max(self._step + 1, now - 1)
            if step <= now + 1:
                self._step = step
                return self._totp.at(step * 30)
            time.sleep(0.2)
