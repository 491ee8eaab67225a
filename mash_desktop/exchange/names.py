"""An authority's key file: who each ``LAchildID`` of its census return is.

The census identifies a child by number, birth date and sex alone. Names, the address and known relations
come from this second file, made by the same authority, and are read with the same care.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from pathlib import Path

from . import values
from .files import opened
from .records import KeyedChild, KnownRelation, Reject, record_id
from .table import Cells, Layout, rows

KEY_LARGEST = 100_000_000
"""Bytes. A key file is held in memory while its return is read."""

RELATIONS = range(1, 5)
RELATION = ("forenames", "surname", "relation", "birth")
LAYOUT = Layout(
    needed=("LAchildID", "forenames", "surname"),
    optional=(
        *("also_known_as", "sex", "address", "postcode"),
        *(f"relation{number}_{what}" for number in RELATIONS for what in RELATION),
    ),
)
COLUMNS = (*LAYOUT.needed, *LAYOUT.optional)


class Key:
    """The rows of a key file, by ``LAchildID``."""

    def __init__(self, name: str = "", children: Mapping[str, KeyedChild] | None = None) -> None:
        self.name = name
        self.children = dict(children or {})

    def of(self, la_child_id: str) -> KeyedChild | None:
        return self.children.get(la_child_id)

    def unused(self, taken: Collection[str]) -> Iterator[Reject]:
        """A reject for every row about nobody in the return."""
        for la_child_id, child in self.children.items():
            if la_child_id not in taken:
                reason = "The return has no child of this number, or none that could be taken."
                yield Reject(self.name, child.line, "LAchildID", "", "not-in-return", reason, "row")


def read_key(path: Path, authority: str, today: date) -> tuple[Key, list[Reject]]:
    """The whole key file of ``authority``. Raises ``Refusal`` as ``files.opened`` and ``table.rows`` do."""
    children: dict[str, KeyedChild] = {}
    rejected: list[Reject] = []
    with opened(path, limit=KEY_LARGEST) as source:
        for row in rows(source, LAYOUT, _unmoved):
            if isinstance(row, Reject):
                rejected.append(row)
                continue
            cells = Cells(source.name, row)
            child = _child(cells, authority, today)
            if child is not None and (first := children.setdefault(child.la_child_id, child)) is not child:
                cells.fault("LAchildID", "repeated", f"Line {first.line} is already about this child.")
            rejected.extend(cells.faults)
    return Key(path.name, children), rejected


def _unmoved(_: int) -> None:
    """A key file is small beside its return: it reports no progress of its own."""


def _child(cells: Cells, authority: str, today: date) -> KeyedChild | None:
    la_child_id = cells.needed("LAchildID", values.identifier)
    forenames = cells.needed("forenames", values.name)
    surname = cells.needed("surname", values.name)
    relations = [_relation(cells, f"relation{number}", today) for number in RELATIONS]
    child = KeyedChild(
        record_id=record_id("key", authority, [cells.text(column) for column in COLUMNS]),
        line=cells.row.line,
        la_child_id=la_child_id or "",
        forenames=forenames or "",
        surname=surname or "",
        also_known_as=tuple(name.strip() for name in cells.text("also_known_as").split(";") if name.strip()),
        sex=cells.read("sex", values.sex),
        address=cells.text("address"),
        postcode=cells.read("postcode", values.postcode) or "",
        relations=tuple(relation for relation in relations if relation is not None),
    )
    return None if cells.faults else child


def _relation(cells: Cells, prefix: str, today: date) -> KnownRelation | None:
    said = [cells.text(f"{prefix}_{what}") for what in RELATION]
    if not any(said):
        return None
    return KnownRelation(
        forenames=cells.read(f"{prefix}_forenames", values.name) or "",
        surname=cells.read(f"{prefix}_surname", values.name) or "",
        relation=cells.needed(f"{prefix}_relation", values.name) or "",
        birth=cells.read(f"{prefix}_birth", values.partial(today)),
    )
