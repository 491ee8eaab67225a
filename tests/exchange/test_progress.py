"""An import says how far it has come, never backwards, in little memory."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mash_desktop.exchange import Progress, check_history, check_intake, read_history, read_intake

from .returns import IDENTIFIERS, NOW, ROW, child, message, table


def write_history(path: Path) -> None:
    wide = "\n" + " " * 400
    children = (
        child(IDENTIFIERS.replace("A1", f"A{n}")).replace("><", f">{wide}<") + wide * 5 for n in range(60)
    )
    path.write_text(message(*children, child("")))


def write_intake(path: Path) -> None:
    path.write_text(
        table(*(ROW | {"concern": f"{n} {'again ' * 800}"} for n in range(60)), ROW | {"source": "x"})
    )


@pytest.mark.parametrize(
    ("write", "read", "check"),
    [(write_history, read_history, check_history), (write_intake, read_intake, check_intake)],
    ids=["history", "intake"],
)
def test_progress_rises_to_the_end_and_counts(
    tmp_path: Path,
    write: Callable[[Path], None],
    read: Callable[..., Iterator[object]],
    check: Callable[..., object],
) -> None:
    path = tmp_path / "file"
    write(path)
    size = path.stat().st_size
    heard: list[Progress] = []
    assert sum(1 for _ in read(path, progress=heard.append, now=NOW)) == 61
    assert [report.done for report in heard] == sorted(report.done for report in heard)
    assert {report.total for report in heard} == {2 * size}
    assert heard[0].stage == "checking"
    assert heard[-1] == Progress("reading", 2 * size, 2 * size, accepted=60, rejected=1)
    assert len(heard) > 6
    heard.clear()
    check(path, progress=heard.append)
    assert heard[-1] == Progress("checking", size, 2 * size)


MEASURE = """
import resource, sys
from pathlib import Path
from mash_desktop.exchange import read_history, read_intake
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
count = sum(1 for _ in {read}(Path(sys.argv[1])))
print(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


SIZE = 60_000_000


def many_children(path: Path) -> None:
    before, after = message("|").split("|")
    with path.open("w") as file:
        file.write(before)
        for number in range(20_000):
            text = child(IDENTIFIERS.replace("A1", f"A{number}"))
            file.write(text.replace("><", f">\n{' ' * 240}<"))
        file.write(after)


def one_endless_child(path: Path) -> None:
    before, after = message("|").split("|")
    text = f"<Note>{'never ending ' * 80}</Note>"
    path.write_text(before + f"<Child>{text * (SIZE // len(text) + 1)}</Child>" + after)


def many_contacts(path: Path) -> None:
    row = table(ROW | {"concern": "{} " + "again " * 1_650}).splitlines(keepends=True)[1]
    with path.open("w") as file:
        file.write(table())
        for number in range(6_000):
            file.write(row.replace("{}", str(number), 1))


@pytest.mark.unmeasured
@pytest.mark.parametrize(
    ("write", "read", "count"),
    [
        (many_children, "read_history", 20_000),
        (one_endless_child, "read_history", 1),
        (many_contacts, "read_intake", 6_000),
    ],
    ids=["history", "one endless child", "intake"],
)
def test_a_file_of_60_megabytes_takes_less_than_20_to_read(
    tmp_path: Path, write: Callable[[Path], None], read: str, count: int
) -> None:
    path = tmp_path / "file"
    write(path)
    assert path.stat().st_size > SIZE
    measured = subprocess.run(
        [sys.executable, "-c", MEASURE.format(read=read), str(path)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    path.unlink()
    found, kilobytes = map(int, measured.stdout.split())
    assert found == count
    assert kilobytes < 20_000
