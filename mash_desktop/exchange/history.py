"""Reading a children in need census return: what children's social care already knew, child by child.

The Department for Education's XML of 2021 to 2026. A fault costs as little as it can: a value, a group, an
episode or a child, each reported. Nothing is yielded before the whole file has been found sound. A return
holds no names; an authority's key file (``names``) can lend them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from mash_desktop.domain.errors import Refusal

from . import values
from .census import Element, Part, parts
from .child import read_child, within
from .files import LARGEST, Report, Source, Tally, opened, unreported
from .names import Key, read_key
from .records import HistoryChild, HistoryFile, Reject
from .values import BadValueError


def check_history(path: Path, *, progress: Report = unreported, limit: int = LARGEST) -> HistoryFile:
    """Read the whole return for soundness alone, and say whose it is and how many children it has.

    Raises ``Refusal`` as :func:`read_history` does.
    """
    with opened(path, limit=limit) as source:
        return _check(source, Tally(source.size, progress).checked)


def read_history(
    path: Path,
    *,
    progress: Report = unreported,
    names: Path | None = None,
    limit: int = LARGEST,
    now: datetime | None = None,
) -> Iterator[HistoryChild | Reject]:
    """Every child of the return in the order of the file, and a reject for each thing left out.

    ``names`` is the authority's key file. ``limit`` is in bytes; ``now`` is aware and refuses the future.
    Raises ``Refusal`` before the first record where the file is not a sound return: the codes of
    ``files.opened`` and ``census.parts``, and *history-no-authority*, *history-other-return*,
    *history-no-children*; for the key file those of ``names``.
    """
    today = (now or datetime.now(UTC)).date()
    with opened(path, limit=limit) as source:
        tally = Tally(source.size, progress)
        file = _check(source, tally.checked)
        key = Key()
        if names is not None:
            key, rejected = read_key(names, file.authority, today)
            yield from map(tally.counted, rejected)
        taken: dict[str, str] = {}
        for part in parts(source, tally.read):
            if part.root.tag == "Child":
                yield from map(tally.counted, _take(part, source.name, file.authority, today, key, taken))
        yield from map(tally.counted, key.unused(taken))
        tally.read(source.size)


def _take(
    part: Part, name: str, authority: str, today: date, key: Key, taken: dict[str, str]
) -> Iterator[HistoryChild | Reject]:
    child, rejected = read_child(part, name, authority, today, key.of)
    yield from rejected
    if child is None:
        return
    root, number = part.root, child.la_child_id
    if number in taken:
        reason = f"The return already has this child at {taken[number]}."
        field = "ChildIdentifiers/LAchildID"
        yield Reject(name, root.line, field, "", "repeated", reason, "child", root.column)
        return
    taken[number] = f"line {root.line}, character {root.column}"
    yield child


# --- the file as a whole ---


def _check(source: Source, moved: Callable[[int], None]) -> HistoryFile:
    header: Element | None = None
    authority, children = "", 0
    for part in parts(source, moved):
        if part.root.tag == "Header":
            header = header or part.root
            continue
        if not children:
            authority = _authority(source.name, header)
        children += 1
    if header is None or not children:
        raise Refusal("history-no-children", f"{source.name} is a return with no children in it.")
    details = within([header], "CollectionDetails")
    return HistoryFile(authority, _year(details), _reference_on(details), children)


def _authority(name: str, header: Element | None) -> str:
    """The three digits that a child's id belongs to: without them the ids of two authorities would mix."""
    headers = [header] if header else []
    collections = [element.text for element in within(within(headers, "CollectionDetails"), "Collection")]
    if collections and collections[0].upper() != "CIN":
        raise Refusal(
            "history-other-return", f"{name} is a return of another collection than children in need."
        )
    codes = [element.text for element in within(within(headers, "Source"), "LEA")]
    if not codes or re.fullmatch(r"[0-9]{3}", codes[0]) is None:
        raise Refusal(
            "history-no-authority",
            f"{name} does not say before its children which authority it comes from: the LEA of its header.",
        )
    return codes[0]


def _year(details: list[Element]) -> int | None:
    years = [element.text for element in within(details, "Year")]
    return int(years[0]) if years and re.fullmatch(r"[0-9]{4}", years[0]) else None


def _reference_on(details: list[Element]) -> date | None:
    days = [element.text for element in within(details, "ReferenceDate")]
    try:
        return values.day(days[0]) if days else None
    except BadValueError:
        return None
