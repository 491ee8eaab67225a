"""The same file twice names the same records, so that the second import adds nothing."""

from __future__ import annotations

from pathlib import Path
from uuid import RFC_4122, UUID

import pytest

from mash_desktop.exchange.records import record_id

from .returns import HEADER, IDENTIFIERS, ROW, child, episode, history, intake, message, table

NAMES = "LAchildID,forenames,surname\nA1,Mia,Carter\n"


def test_an_id_is_a_uuid_of_version_8() -> None:
    read = UUID(record_id("history", "860", "A1"))
    assert (read.version, read.variant) == (8, RFC_4122)


def test_an_id_keeps_its_parts_apart() -> None:
    ids = {record_id("a", "bc"), record_id("ab", "c"), record_id("a", "b", "c"), record_id("a", ["b", "c"])}
    assert len(ids) == 4


def test_ids_made_before_are_made_again() -> None:
    """A known answer: an id that changed would import every file anew."""
    assert record_id("identity", "860", "STF0041726") == "8cbc8e00-0663-851a-8046-3531709f1210"


def test_the_same_return_twice_gives_the_same_records(tmp_path: Path) -> None:
    text = message(child())
    assert history(tmp_path, text, names=NAMES) == history(tmp_path, text, names=NAMES)


def test_white_space_order_of_children_and_other_children_do_not_make_another_record(tmp_path: Path) -> None:
    (first,), _ = history(tmp_path, message(child()))
    other = child(IDENTIFIERS.replace("A1", "A2"))
    (_, second), _ = history(tmp_path, message(other, child().replace("><", ">\n  <")))
    assert (second.record_id, second.identity_id) == (first.record_id, first.identity_id)
    assert second.episodes[0].record_id == first.episodes[0].record_id


@pytest.mark.parametrize(
    "changed",
    [
        child(IDENTIFIERS.replace(">F<", ">M<")),
        child(rest=episode("<CINclosureDate>2025-03-01</CINclosureDate>")),
        child(rest=episode("") + episode("", referred="2026-02-01")),
    ],
)
def test_a_child_said_differently_is_another_record_of_the_same_identity(
    tmp_path: Path, changed: str
) -> None:
    (first,), _ = history(tmp_path, message(child()))
    (second,), _ = history(tmp_path, message(changed))
    assert second.identity_id == first.identity_id
    assert second.record_id != first.record_id


def test_names_make_another_record_of_the_same_identity_and_episodes(tmp_path: Path) -> None:
    (first,), _ = history(tmp_path, message(child()))
    (second,), _ = history(tmp_path, message(child()), names=NAMES)
    assert second.identity_id == first.identity_id
    assert second.record_id != first.record_id
    assert second.episodes == first.episodes


def test_the_same_number_of_two_authorities_is_two_children(tmp_path: Path) -> None:
    (first,), _ = history(tmp_path, message(child()))
    (second,), _ = history(tmp_path, message(child(), header=HEADER.replace("860", "861")))
    assert second.identity_id != first.identity_id
    assert second.record_id != first.record_id


def test_the_same_list_twice_gives_the_same_contacts(tmp_path: Path) -> None:
    rows = [ROW, ROW | {"concern": "Again on Friday."}]
    first, _ = intake(tmp_path, table(*rows))
    second, _ = intake(tmp_path, table(*reversed(rows)))
    assert {contact.record_id for contact in first} == {contact.record_id for contact in second}
    assert len({contact.record_id for contact in first}) == 2


def test_columns_left_out_or_in_another_order_do_not_make_another_contact(tmp_path: Path) -> None:
    (first,), _ = intake(tmp_path, table(ROW))
    short = ",".join(reversed(ROW)) + "\n" + ",".join(f'"{cell}"' for cell in reversed(ROW.values())) + "\n"
    (second,), _ = intake(tmp_path, short)
    assert second.record_id == first.record_id
