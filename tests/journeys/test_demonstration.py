"""The whole product on real parts, as `mash-desktop demo` shows it, and what it leaves on the disk."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.canary import hits

CANARIES = (
    "Carter",
    "Mia Louise",
    "Mill Lane",
    "bruise on her left forearm",
    "Pickering",
    "Lauren Tully",
    "Stalking has begun",
    "Verbal argument",
    "child crying",
)
"""Names, addresses and notes of the journey."""

PLACES = (
    "triage-queue",
    "triage",
    "triage-routing",
    "oversight",
    "hub-board",
    "requests",
    "round-table",
    "sign-off",
    "signed",
    "inbox-carter",
    "offline",
    "refused",
    "sync-and-attention",
    "search",
    "referral-file",
    "figures",
    "governance",
    "administration",
    "settings",
    "locked",
)

SHOWN = """
import sys
from pathlib import Path
from ui.demo.run import run
sys.exit(run(Path(sys.argv[1]), None, Path(sys.argv[2])))
"""


@pytest.mark.timeout(600)
def test_the_whole_journey_is_shown_and_leaves_nothing_in_clear(tmp_path: Path) -> None:
    output, folder, temporary = tmp_path / "output", tmp_path / "folder", tmp_path / "temporary"
    for made in (folder, temporary):
        made.mkdir()
    environment = {
        **{name: value for name, value in os.environ.items() if name != "DBUS_SESSION_BUS_ADDRESS"},
        "QT_QPA_PLATFORM": "offscreen",
        "TMPDIR": str(temporary),
    }
    shown = subprocess.run(
        [sys.executable, "-c", SHOWN, str(output), str(folder)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert shown.returncode == 0, shown.stdout[-2000:] + shown.stderr[-2000:]
    for place in PLACES:
        for size in ("1366x768", "1920x1080"):
            for mode in ("light", "dark"):
                assert (output / f"{place}-{size}-{mode}.png").stat().st_size > 10_000, place
    for story in ("children", "adult", "domestic-abuse"):
        for copy in ("receiving-team", "referrer", "full", "round-table"):
            assert (output / f"{story}-{copy}.pdf").read_bytes().startswith(b"%PDF-")
    assert "Traceback" not in shown.stdout + shown.stderr
    assert hits(folder / "profiles", CANARIES) == []
    assert hits(folder / "store", CANARIES) == []
    assert hits(temporary, CANARIES) == []
    assert not [word for word in CANARIES if word in shown.stderr]
