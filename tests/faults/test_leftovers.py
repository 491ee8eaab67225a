"""What a desktop leaves behind once it is locked, looked for in its whole memory and on the disk."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial

import pytest

from mash_desktop import app
from tests.faults.leftovers import STAGES, measure, report


def test_a_locked_desktop_holds_no_key_no_passphrase_and_none_of_the_case() -> None:
    unlocked, *locked = measure(rest_seconds=0)
    print("\n".join(report([unlocked, *locked])))
    assert [unlocked.stage, *(one.stage for one in locked)] == list(STAGES)
    for kind in ("cache key, raw", "signing key", "case text that was read", "case text that was typed"):
        assert unlocked.copies[kind], f"{kind}: what looks finds what is there"
    for one in locked:
        left = {kind: copies for kind, copies in one.copies.items() if copies}
        assert not any(kind for kind in left if not kind.startswith("case text")), left
        # How much of the text lies in stacks and pages of libraries is not in this program's hands.
        assert sum(left.values()) <= 3, left
    assert not any(one.on_disk for one in (unlocked, *locked))


_SAYS = """
import ctypes, os, sys
from mash_desktop.memory import overwrite_what_is_freed, write_no_dump
overwrite_what_is_freed()
began = open("/proc/self/environ").read().count("perturb")
write_no_dump()
print(os.getpid(), sys.argv[1:], "PYTHONMALLOC" in os.environ, began, ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asked of Linux alone")
def test_the_program_starts_itself_anew_once_and_passes_what_it_asked_for_to_nobody() -> None:
    program = [sys.executable, "-c", _SAYS, "--profile", "a folder"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True, env=dict(os.environ)) as process:
        said, _ = process.communicate(timeout=60)
    assert said.split("[")[0].strip() == str(process.pid), "the same process"
    assert "['--profile', 'a folder'] False" in said
    assert said.strip().endswith(" 1 0"), "asked for as the process began; and nobody may have it dumped"


@pytest.mark.parametrize(
    ("said", "anew"),
    [
        (["--profile", "demo"], True),
        (["--hub", "https://hub.example", "--profile", "demo"], True),
        ([], True),
        (["demo"], False),
    ],
)
def test_whoever_opens_a_profile_has_freed_memory_overwritten_whatever_its_folder_is_called(
    said: list[str], anew: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ends(how: str, *_: object) -> None:
        raise SystemExit(how)

    monkeypatch.setattr(app, "overwrite_what_is_freed", partial(ends, "anew"))
    monkeypatch.setattr(app, "asked_for", partial(ends, "as it began"))
    monkeypatch.setattr(sys, "argv", ["mash-desktop", *said])
    with pytest.raises(SystemExit) as ended:
        app.main()
    assert ended.value.code == ("anew" if anew else "as it began")
