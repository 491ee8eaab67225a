"""Whatever a file holds, it is read or refused: nothing else ever happens."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from mash_desktop.domain.errors import Refusal
from mash_desktop.exchange import Reject, check_history, check_intake, read_history, read_intake
from mash_desktop.exchange.entries import history_entry, intake_entries
from mash_desktop.exchange.intake import COLUMNS
from mash_desktop.exchange.names import COLUMNS as KEY_COLUMNS
from mash_desktop.exchange.records import HistoryChild, IntakeContact
from mash_desktop.hub import load_preset

from .returns import EPISODE, IDENTIFIERS, NOW, ROW, child, message, table

CONFIG = load_preset("staffordshire")
SOUND = message(child(), child(IDENTIFIERS.replace("A1", "A2"), EPISODE * 2)).encode()
SOUND_LIST = table(ROW, ROW | {"concern": 'two\r\nlines, "quoted"'}).encode()
TAGS = sorted(
    {tag.strip("</>") for tag in SOUND.decode().replace("<", " <").replace(">", "> ").split() if "<" in tag}
    | {"UPN", "GenderCurrent", "ExpectedPersonBirthDate", "CINclosureDate", "Assessments", "Section47"}
    | {"AssessmentActualStartDate", "CPPstartDate", "ChildProtectionPlans", "Reviews", "CPPreviewDate"}
)
DATES = st.dates().map(str) | st.sampled_from(["0001-01-01", "9999-12-31", "2017-04-03", "2024-02-30"])
WORDS = DATES | st.text(max_size=12) | st.sampled_from(["M", "1", "RC8", "2A", "N1", "true", "A1", "860"])


def over(content: bytes, use: Callable[[Path], None]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(content)
        use(path)


def read_all(read: Iterator[HistoryChild | IntakeContact | Reject]) -> bool:
    """Read to the end and make entries; whether the file was sound."""
    try:
        for found in read:
            if isinstance(found, HistoryChild):
                history_entry(found, "scc-children")
            elif isinstance(found, IntakeContact):
                # Of another authority, which the hub says apart.
                with suppress(Refusal):
                    intake_entries(found, CONFIG)
    except Refusal:
        return False
    return True


def sound(check: Callable[[Path], object], path: Path) -> bool:
    try:
        check(path)
    except Refusal:
        return False
    return True


def either(path: Path) -> None:
    assert read_all(read_history(path, now=NOW)) == sound(check_history, path)
    assert read_all(read_intake(path, now=NOW)) == sound(check_intake, path)


def spoilt(good: bytes) -> st.SearchStrategy[bytes]:
    """A sound file with a stretch of it replaced."""
    return st.builds(
        lambda start, length, put: good[:start] + put + good[start + length :],
        st.integers(0, len(good)),
        st.integers(0, 40),
        st.binary(max_size=12) | st.sampled_from([b"<", b"&", b"]]>", b'"', b"\n", b"<!DOCTYPE a>", b"\xff"]),
    )


@given(st.binary(max_size=200) | spoilt(SOUND) | spoilt(SOUND_LIST))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    over(content, either)


def element(inside: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(
        lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>",
        st.sampled_from(TAGS),
        st.lists(inside, max_size=5),
    )


def escaped(text: str) -> str:
    return "".join(
        letter for letter in text if letter.isprintable() and letter not in "<>&" and letter.isascii()
    )


TREES = st.recursive(WORDS.map(escaped), element, max_leaves=25)


@given(st.lists(TREES, max_size=6), st.lists(TREES, max_size=4))
def test_any_tree_of_elements_is_read_or_refused(identifiers: list[str], rest: list[str]) -> None:
    said = child("".join([IDENTIFIERS, *identifiers]), "".join([EPISODE, *rest]))

    def use(path: Path) -> None:
        assert read_all(read_history(path, now=NOW))

    over(message(said).encode(), use)


@given(st.dictionaries(st.sampled_from(COLUMNS), WORDS, max_size=12))
def test_any_row_is_taken_or_rejected(cells: dict[str, str]) -> None:
    def use(path: Path) -> None:
        read_all(read_intake(path, now=NOW))

    over(table(ROW | cells).encode("utf-8", "replace"), use)


@given(st.lists(st.lists(WORDS, max_size=8), max_size=4))
def test_any_key_file_is_read_or_refused(rows: list[list[str]]) -> None:
    text = ",".join(KEY_COLUMNS) + "\n" + "\n".join(",".join(row) for row in rows)

    def use(path: Path) -> None:
        names = path.with_name("names.csv")
        names.write_bytes(text.encode("utf-8", "replace"))
        read_all(read_history(path, names=names, now=NOW))

    over(SOUND, use)
