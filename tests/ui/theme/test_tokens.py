"""The colours of the three themes."""

from __future__ import annotations

import pytest

from ui.theme import THEMES, Mode, Tone, contrast
from ui.theme.tokens import PAIRS_GRAPHIC, PAIRS_TEXT


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("pair", PAIRS_TEXT, ids=" on ".join)
def test_text_can_be_read_on_every_surface_it_stands_on(mode: Mode, pair: tuple[str, str]) -> None:
    tokens = THEMES[mode]
    assert contrast(getattr(tokens, pair[0]), getattr(tokens, pair[1])) >= 4.5


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("pair", PAIRS_GRAPHIC, ids=" on ".join)
def test_edges_bars_and_marks_can_be_seen(mode: Mode, pair: tuple[str, str]) -> None:
    tokens = THEMES[mode]
    assert contrast(getattr(tokens, pair[0]), getattr(tokens, pair[1])) >= 3.0


def test_contrast_agrees_with_the_known_answers_of_the_guideline() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert contrast("#FFFFFF", "#FFFFFF") == pytest.approx(1.0)


@pytest.mark.parametrize("mode", Mode)
def test_every_tone_has_an_ink_and_a_wash(mode: Mode) -> None:
    for tone in Tone:
        assert THEMES[mode].tone(tone).startswith("#")
        assert THEMES[mode].wash(tone).startswith("#")
