"""What no committed file may hold, and what documents must not claim."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]
# Spelt in halves, so that this file does not hold what it forbids.
REGISTRIES = re.compile(
    "|".join(
        re.escape(first + last)
        for first, last in [
            ("pypi.", "org"),
            ("pythonhosted", ".org"),
            ("npmjs.", "org"),
            ("npmjs.", "com"),
            ("yarnpkg.", "com"),
            ("deb.debian.", "org"),
            ("security.debian.", "org"),
            ("crates.", "io"),
        ]
    )
)
OF_ONE_MACHINE = re.compile(r"(?<![\w.])/(?:work|home/\w+|Users/\w+)/|/tmp/(?:brief|infra)")
UNFINISHED = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|X" r"XX)\b")
LONGEST = 600


def committed() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    assert paths
    return [path for path in paths if path.is_file()]


def texts() -> list[tuple[str, str]]:
    found = []
    for path in committed():
        raw = path.read_bytes()
        if b"\0" not in raw:
            found.append((str(path.relative_to(ROOT)), raw.decode("utf-8", "replace")))
    return found


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name}:{number}: {line.strip()[:120]}"
        for name, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_committed_file_names_a_package_registry() -> None:
    assert lines_with(REGISTRIES) == []


def test_no_committed_file_names_a_path_of_one_machine() -> None:
    assert lines_with(OF_ONE_MACHINE) == []


def test_nothing_is_left_for_later() -> None:
    assert lines_with(UNFINISHED) == []


def test_a_long_module_becomes_a_folder() -> None:
    long = {
        name: lines
        for name, text in texts()
        if name.endswith(".py") and (lines := len(text.splitlines())) > LONGEST
    }
    assert long == {}


def test_every_test_that_the_threat_model_names_is_there() -> None:
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs" / "threat-model.md").read_text()))
    written = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE)
    }
    assert named
    assert named - written == set()


def test_the_lock_installs_from_any_mirror() -> None:
    for lock in (ROOT / "requirements").glob("*.txt"):
        text = lock.read_text()
        assert "://" not in text
        assert "--hash=sha256:" in text
