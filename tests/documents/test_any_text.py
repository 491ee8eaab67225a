"""Whatever people typed, a document comes out: markup, control characters, other scripts, endless words."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle
from typing import Any

import msgspec
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from mash_desktop.documents import render_codes, render_downtime, render_round_table, render_summary
from mash_desktop.documents.content import AtTable, Brought, Evidence, Profile
from tests.documents.carter import SUMMARY
from tests.documents.carter_table import CODES, DOWNTIME, ROUND_TABLE
from tests.documents.reading import text

KEYS = {"key", "person", "about", "one", "other", "child", "parents", "time_zone"}
HARD = (
    "<b>bold</b> & <font color='red'>red</font> <para><br/></unclosed",
    "&nbsp;&#0;&lt;",
    "\x00\x07\x1b[31m\u202eevil\u2066\ufeff\ud7ff",
    "x" * 2500,
    "\n" * 80 + "after" + "\n\n\n\n" + "\t\ttabbed",
    "محمد علي and נועה and Ωμέγα and Иван and 王小明 and 🙂🙂",
    "line one\r\nline two\u2028line three\x0bline four",
    "e\u0301" * 300,
    "",
    "   ",
    "\u00a0" * 500,
    "long text. " * 500,
)


def rewritten(value: Any, texts: Iterator[str]) -> Any:
    """The same content with every text that is not a key replaced by the next one."""
    if isinstance(value, msgspec.Struct):
        fields = {
            name: getattr(value, name) if name in KEYS else rewritten(getattr(value, name), texts)
            for name in value.__struct_fields__
        }
        return msgspec.structs.replace(value, **fields)
    if isinstance(value, tuple):
        return tuple(rewritten(each, texts) for each in value)
    return next(texts) if type(value) is str else value


# A failing document takes seconds to draw, so that making it smaller would take an hour.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
anything = st.lists(st.one_of(st.text(max_size=60), st.sampled_from(HARD)), min_size=4, max_size=12)


@pytest.mark.unmeasured
@settings(max_examples=8, phases=PHASES)
@given(anything, st.sampled_from(Profile))
def test_a_summary_of_any_text_is_made(texts: list[str], profile: Profile) -> None:
    assert render_summary(rewritten(SUMMARY, cycle(texts)), profile).startswith(b"%PDF")


@pytest.mark.unmeasured
@settings(max_examples=8, phases=PHASES)
@given(anything)
def test_a_round_table_record_and_a_list_of_any_text_are_made(texts: list[str]) -> None:
    assert render_round_table(rewritten(ROUND_TABLE, cycle(texts))).startswith(b"%PDF")
    assert render_downtime(rewritten(DOWNTIME, cycle(texts))).startswith(b"%PDF")
    assert render_codes(rewritten(CODES, cycle(texts))).startswith(b"%PDF")


@pytest.mark.parametrize("words", HARD)
def test_each_hard_text_in_every_field_at_once_is_made(words: str) -> None:
    assert render_summary(rewritten(SUMMARY, cycle([words])), Profile.FULL).startswith(b"%PDF")
    assert render_round_table(rewritten(ROUND_TABLE, cycle([words]))).startswith(b"%PDF")
    assert render_codes(rewritten(CODES, cycle([words]))).startswith(b"%PDF")


@pytest.mark.parametrize("count", range(690, 760, 10))
def test_a_text_that_just_fills_a_page_or_just_does_not_is_made(count: int) -> None:
    lines = "remark\n" * (count // 13)
    brought = (AtTable("mia", (Brought("Police", lines, Evidence.FACT),) * 2),)
    tall = msgspec.structs.replace(ROUND_TABLE, tabled=brought, place="x " * count * 6)
    read = text(render_round_table(tall))
    assert read.count("remark") == 2 * (count // 13)


def test_markup_that_someone_typed_is_printed_as_typed() -> None:
    concern = msgspec.structs.replace(SUMMARY.referral, concern="She wrote <b>help</b> & <i>left</i>")
    read = text(render_summary(msgspec.structs.replace(SUMMARY, referral=concern), Profile.FULL))
    assert "She wrote <b>help</b> & <i>left</i>" in read


def test_letters_beyond_the_typefaces_are_counted_where_they_stood() -> None:
    concern = msgspec.structs.replace(
        SUMMARY.referral, concern="Her uncle محمد علي rang. Łukasz and Иван too."
    )
    read = text(render_summary(msgspec.structs.replace(SUMMARY, referral=concern), Profile.FULL))
    assert "Her uncle [7 Arabic letters: see the file] rang. Łukasz and Иван too." in read


def test_the_end_of_a_text_longer_than_pages_is_there() -> None:
    long = "He said it again. " * 1500 + "The last words."
    lines = (msgspec.structs.replace(SUMMARY.chronology[0], what=long),)
    read = text(render_summary(msgspec.structs.replace(SUMMARY, chronology=lines), Profile.FULL))
    assert "The last words." in read
    assert read.count("He said it again.") == 1500
