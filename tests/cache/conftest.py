"""What tests of the cache share."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real disk of one megabyte, full once that is written; mounting it takes root."""
    folder = tmp_path / "small disk"
    folder.mkdir()
    options = ("-t", "tmpfs", "-o", "size=1m", "none", str(folder))
    if os.name != "posix" or subprocess.run(["mount", *options], check=False, capture_output=True).returncode:
        pytest.skip("a disk cannot be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
