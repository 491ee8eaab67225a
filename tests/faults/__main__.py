"""`python -m tests.faults [--schedules N] [--processes N] [--seed S]`: many schedules; ends where one fails.

Each block of schedules has a seed of its own, printed before it runs: the same seed runs the same block.
With `--broken` the product is broken in one way after another, and what does not fail in N schedules is told.
"""

from __future__ import annotations

import argparse
import gc
import sys
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.faults.broken import BREAKS
from tests.faults.machine import Schedule, ground
from tests.faults.processes import a_mortal_store, context, run_schedule
from tests.support.postgres import embedded

BLOCK = 25
HOW = settings(
    max_examples=BLOCK,
    stateful_step_count=20,
    deadline=None,
    database=None,
    # What fails is replayed by its seed, and not made smaller: a schedule takes seconds.
    phases=[Phase.generate],
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)


def run_schedules(count: int, first: int) -> None:
    """``count`` schedules in this process, in blocks seeded ``first`` and on."""
    with embedded() as postgres, tempfile.TemporaryDirectory(prefix="mash-faults-") as folder:
        for number in range(-(-count // BLOCK)):
            began = time.monotonic()
            print(f"seed {first + number}: {BLOCK} schedules", end="", flush=True)
            home = Path(folder) / str(number)
            home.mkdir()
            with ground(postgres, home) as Schedule.ground:
                run_state_machine_as_test(seed(first + number)(Schedule), settings=HOW)
            print(f", held, {time.monotonic() - began:.0f} s", flush=True)


def run_broken(count: int, first: int) -> int:
    """Every way of breaking the product, each until a schedule fails. Returns how many went unnoticed."""
    unnoticed = 0
    with embedded() as postgres, tempfile.TemporaryDirectory(prefix="mash-faults-") as folder:
        for breaks in BREAKS:
            print(f"{breaks.__name__}:", end=" ", flush=True)
            for number in range(first, first + -(-count // BLOCK)):
                home = Path(folder) / f"{breaks.__name__}-{number}"
                home.mkdir()
                try:
                    with pytest.MonkeyPatch.context() as patch, ground(postgres, home) as Schedule.ground:
                        breaks(patch)
                        run_state_machine_as_test(seed(number)(Schedule), settings=HOW)
                except Exception as error:
                    why = " ".join(str(error).split())
                    which = f"schedule {Schedule.ground.held + 1} of seed {number}"
                    print(f"noticed in {which}: {type(error).__name__} {why:.100}", flush=True)
                    break
                finally:
                    # What it left half done is not to be collected in the midst of the next.
                    gc.collect()
            else:
                unnoticed += 1
                print("not noticed", flush=True)
    return unnoticed


def run_processes(count: int, first: int) -> None:
    """``count`` schedules of real processes, seeded ``first`` and on."""
    with embedded() as postgres, tempfile.TemporaryDirectory(prefix="mash-faults-") as folder:
        name = postgres.new_database()
        with a_mortal_store(postgres.url(name), Path(folder)) as store:
            processes = context()
            for number in range(first, first + count):
                began = time.monotonic()
                print(f"seed {number}: processes", end="", flush=True)
                killed = run_schedule(store, Path(folder) / str(number), number, processes)
                print(f", {killed} killed, held, {time.monotonic() - began:.0f} s", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench-faults", description="Schedules of faults.")
    parser.add_argument("--schedules", type=int, default=1000, metavar="N", help="in one process each")
    parser.add_argument("--processes", type=int, default=50, metavar="N", help="of real processes")
    parser.add_argument("--seed", type=int, default=int(time.time()), metavar="S")
    parser.add_argument("--broken", action="store_true", help="break the product, and see it noticed")
    asked = parser.parse_args()
    if asked.broken:
        return min(1, run_broken(asked.schedules, asked.seed))
    run_schedules(asked.schedules, asked.seed)
    run_processes(asked.processes, asked.seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
