"""Reads a coverage report and says how much was run; fails if a locked file was not run in full.

Locked files are those where an untried branch could show a case to the wrong person, lose an act or
accept a false one. `tools/locked-files.txt` names them, one pattern a line.
"""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec

ROOT = Path(__file__).parents[1]
LOCKED = ROOT / "tools" / "locked-files.txt"


class Summary(msgspec.Struct, frozen=True):
    covered_lines: int
    num_statements: int
    covered_branches: int
    num_branches: int

    @property
    def share(self) -> float:
        whole = self.num_statements + self.num_branches
        return 100 * (self.covered_lines + self.covered_branches) / whole if whole else 100.0


class File(msgspec.Struct, frozen=True):
    summary: Summary
    missing_lines: list[int]
    missing_branches: list[tuple[int, int]]

    @property
    def gaps(self) -> str:
        lines = [str(line) for line in self.missing_lines]
        branches = [
            f"{start}→{'exit' if end < 0 else end}"
            for start, end in self.missing_branches
            if abs(end) not in self.missing_lines
        ]
        return ", ".join(lines + branches)


class Report(msgspec.Struct, frozen=True):
    totals: Summary
    files: dict[str, File]


def patterns() -> list[str]:
    lines = (line.split("#")[0].strip() for line in LOCKED.read_text().splitlines())
    return [line for line in lines if line]


def locked_files(pattern: str) -> list[str]:
    return sorted(str(path.relative_to(ROOT)) for path in ROOT.glob(pattern) if path.suffix == ".py")


def main(report_file: str) -> int:
    report = msgspec.json.decode(Path(report_file).read_bytes(), type=Report)
    complaints = []
    locked = set()
    for pattern in patterns():
        files = locked_files(pattern)
        locked.update(files)
        if not files:
            complaints.append(f"{pattern}: no such file; mend tools/locked-files.txt")
    for name in sorted(locked):
        file = report.files.get(name)
        if file is None:
            complaints.append(f"{name}: never imported by a test")
        elif file.summary.share < 100:
            complaints.append(f"{name}: {file.summary.share:.1f} %, not run: {file.gaps}")
    for top in ("mash_desktop", "sync", "ui"):
        parts = [file.summary for name, file in report.files.items() if name.startswith(f"{top}/")]
        print(f"coverage: {top}: {_share(parts):.1f} %")
    print(f"coverage: in all {report.totals.share:.1f} % of lines and branches")
    for complaint in complaints:
        print(f"coverage: {complaint}")
    print(f"coverage: {len(locked)} locked files, {len(complaints)} complaints")
    return 1 if complaints else 0


def _share(parts: list[Summary]) -> float:
    whole = sum(part.num_statements + part.num_branches for part in parts)
    covered = sum(part.covered_lines + part.covered_branches for part in parts)
    return 100 * covered / whole if whole else 100.0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
