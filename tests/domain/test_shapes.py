"""Shapes worked out beforehand, since a process may end in which two threads work one out at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec

from mash_desktop.domain import shapes
from mash_desktop.domain.acts import Act
from mash_desktop.domain.entries import KINDS
from mash_desktop.domain.entries.hub import HubConfigured
from tests.domain.story import staffordshire

READING = """
import pathlib, sys, threading
import msgspec
from mash_desktop.domain import shapes
from mash_desktop.domain.entries.hub import HubConfigured

raw = pathlib.Path(sys.argv[1]).read_bytes()
shapes.settle()
sys.setswitchinterval(1e-6)
ready = threading.Barrier(8)

def read():
    ready.wait()
    msgspec.json.decode(raw, type=HubConfigured)

threads = [threading.Thread(target=read) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""
"""Without ``settle`` this ends in a fault of memory about every other time."""


def test_every_shape_of_the_program_is_worked_out() -> None:
    found = shapes.settle()
    assert {Act, *KINDS.values()} <= set(found)
    assert len(found) == len(set(found))


def test_threads_read_a_shape_side_by_side_once_it_is_settled(tmp_path: Path) -> None:
    file = tmp_path / "hub.json"
    file.write_bytes(msgspec.json.encode(HubConfigured(config=staffordshire())))
    for _ in range(5):
        subprocess.run([sys.executable, "-c", READING, file], check=True, timeout=60)
