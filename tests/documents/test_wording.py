from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.lib.colors import Color

from mash_desktop.documents import lettering, style, wording
from mash_desktop.documents.content import CivilDate


@pytest.mark.parametrize(
    ("date", "words"),
    [
        (CivilDate(2026, 11, 12), "12 Nov 2026"),
        (CivilDate(2026, 9, estimated=True), "c. Sept 2026"),
        (CivilDate(2025, 3), "Mar 2025"),
        (CivilDate(1988), "1988"),
        (CivilDate(2026, 10, 31, at=time(22, 40)), "31 Oct 2026, 22:40"),
        (CivilDate(2026, 6, 2, until=CivilDate(2026, 10, 31)), "2 Jun – 31 Oct 2026"),
        (CivilDate(2025, 12, 30, until=CivilDate(2026, 1, 2)), "30 Dec 2025 – 2 Jan 2026"),
        (CivilDate(2025, until=CivilDate(2026)), "2025 – 2026"),
    ],
)
def test_a_date_reads_as_people_say_it(date: CivilDate, words: str) -> None:
    assert wording.civil(date) == words


def test_a_moment_is_shown_in_the_hubs_time_summer_and_winter() -> None:
    assert wording.moment(datetime(2026, 7, 1, 13, 2, tzinfo=UTC), "Europe/London") == "1 Jul 2026, 14:02"
    assert wording.moment(datetime(2026, 11, 12, 14, 2, tzinfo=UTC), "Europe/London") == "12 Nov 2026, 14:02"


@given(st.text())
def test_plain_text_holds_nothing_invisible(text: str) -> None:
    shown = wording.plain(text)
    assert not [each for each in shown if each != "\n" and unicodedata.category(each) in ("Cc", "Cf")]
    assert wording.plain(shown) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a < b & c", "a &lt; b &amp; c"),
        ("one\ntwo", "one<br/>two"),
        ("Иван", '<font face="DejaVu">Иван</font>'),
        ("王", "<i>[1 CJK letter: see the file]</i>"),
        ("🙂🙂", "<i>[2 symbols: see the file]</i>"),
        ("Zoë Łukasz O’Neill", "Zoë Łukasz O’Neill"),
    ],
)
def test_text_becomes_markup_that_cannot_act(text: str, shown: str) -> None:
    assert lettering.markup(text) == shown


def brightness(colour: Color) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (colour.red, colour.green, colour.blue)
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize(
    ("ink", "ground"),
    [*style.INKS.values(), *((ink, style.RAISED) for ink in (style.INK, style.INK_2, style.INK_3))],
)
def test_every_ink_can_be_read_on_its_ground(ink: Color, ground: Color) -> None:
    dark, light = sorted((brightness(ink), brightness(ground)))
    assert (light + 0.05) / (dark + 0.05) >= 4.5


@given(st.text(max_size=80), st.floats(20, 300))
def test_a_fitted_text_fits(text: str, room: float) -> None:
    assert lettering.width(lettering.fitted(text, 8, room), 8) <= room
