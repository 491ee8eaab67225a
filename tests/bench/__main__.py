"""`python -m tests.bench [--section store|desktop|hub] [--what WORD]`: measure, print, and write
`bench/latest.json`.

Exits with 1 if a figure misses what it should reach.
"""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import sys
import time
from pathlib import Path

from tests import bench
from tests.bench import SECTIONS, Row, Section, measurements

LATEST = Path("bench/latest.json")


def as_json(section: Section, row: Row) -> dict[str, object]:
    return {
        "section": section,
        "what": row.what,
        "value": row.value,
        "unit": row.unit,
        "beside": row.beside,
        "ratio": row.ratio,
        "reach": row.reach,
        "ok": row.ok,
    }


def as_line(row: Row) -> str:
    beside = "" if row.ratio is None else f"  beside {row.beside:,.4g} {row.unit}: {row.ratio:.3g} ×"
    reach = "" if row.reach is None else f"  ({row.reach}: {'reached' if row.ok else 'missed'})"
    return f"  {row.what}: {row.value:,.4g} {row.unit}{beside}{reach}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description="Measure, and write bench/latest.json.")
    parser.add_argument("--section", choices=SECTIONS)
    parser.add_argument("--what", default="", help="only those measurements with this word in their name")
    asked = parser.parse_args()
    for module in pkgutil.walk_packages(bench.__path__, "tests.bench."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    rows = []
    for of, measurement in measurements(asked.section):
        started, name = time.monotonic(), measurement.__name__.replace("_", " ")
        if asked.what not in name:
            continue
        print(f"{of}: {name}", flush=True)
        for row in measurement():
            print(as_line(row), flush=True)
            rows.append(as_json(of, row))
        print(f"  took {time.monotonic() - started:.1f} s", flush=True)
    LATEST.parent.mkdir(exist_ok=True)
    LATEST.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n")
    missed = sum(not row["ok"] for row in rows)
    print(f"{len(rows)} figures in {LATEST}, {missed} missed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
