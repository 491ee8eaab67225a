"""Who else has the case open, as the chair sees it: at their agency's seat, arriving, and gone again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from mash_desktop.desk import Desk
from mash_desktop.desk.company import Company
from mash_desktop.domain.acts import Author
from sync.protocol import LEFT, LOOKING, SILENT_SECONDS, Presence
from tests.domain.story import FACILITATOR, HEALTH
from tests.support.carter_table import gathered
from tests.support.desks import desk_of
from tests.ui.accessibility import nameless
from tests.ui.driven import Driven
from ui.referral_file import ReferralFile
from ui.requests import Requests
from ui.round_table import RoundTable
from ui.screen import Screen
from ui.work import Worker

STREAM = "referral:0"
Opened = Callable[..., Driven[Screen]]


@pytest.fixture
def opened(qtbot: QtBot, worker: Worker, tmp_path: Path) -> Iterator[Opened]:
    desks: list[Desk] = []

    def make(screen: Callable[[Desk, Worker], Screen], author: Author = FACILITATOR) -> Driven[Screen]:
        desks.append(desk_of(author, tmp_path, gathered().tabled()))
        driven = Driven(qtbot, worker, desks[-1], screen(desks[-1], worker), "elsewhere")
        driven.window.open(driven.screen.place_id, STREAM)
        driven.settle()
        return driven

    yield make
    qtbot.waitUntil(lambda: worker.waiting == 0)
    for desk in desks:
        desk.cache.close()


def hear(driven: Driven[Screen], person: str, name: str, agency: str, doing: str = LOOKING) -> None:
    """The hub says that somebody came or left."""
    driven.desk.heard(Presence(stream=STREAM, doing=doing, person=person, name=name, agency=agency))
    driven.settle()


def seat(driven: Driven[Screen], agency: str) -> str:
    return driven.find(f"table.seat.{agency}").accessibleName()


def test_whoever_opens_the_case_is_arriving_at_their_agencys_seat_until_they_leave(opened: Opened) -> None:
    driven = opened(RoundTable)
    assert "arriving now" not in seat(driven, "mpft")
    hear(driven, "iris", "Iris Bennion", "mpft")
    hear(driven, "ian", "Ian Moss", "mpft")
    assert "arriving now, Ian Moss and Iris Bennion" in seat(driven, "mpft")
    assert "Ian Moss and Iris Bennion" in driven.words()
    assert nameless(driven.window) == []
    hear(driven, "ian", "Ian Moss", "mpft", LEFT)
    assert "arriving now, Iris Bennion" in seat(driven, "mpft")


def test_once_they_are_recorded_as_present_they_have_it_open(opened: Opened) -> None:
    driven = opened(RoundTable)
    hear(driven, "iris", "Iris Bennion", "mpft")
    driven.find("table.seat.mpft").setFocus()
    driven.press("p")
    assert "has it open, Iris Bennion" in seat(driven, "mpft")
    assert "Present" in seat(driven, "mpft")


def test_who_has_no_seat_stands_below_the_seats(opened: Opened) -> None:
    driven = opened(RoundTable)
    assert "Also has the case open" not in driven.words()
    hear(driven, "karen", "Karen Shaw", "mash")
    assert "Also has the case open:\nKaren Shaw, MASH" in driven.words()


def test_of_whom_nothing_more_is_heard_they_are_gone_by_themselves(opened: Opened) -> None:
    driven = opened(RoundTable)
    now = 0.0
    driven.desk.company = Company(lambda: now)
    hear(driven, "iris", "Iris Bennion", "mpft")
    assert "arriving now" in seat(driven, "mpft")
    now = SILENT_SECONDS
    driven.qtbot.waitUntil(lambda: "arriving now" not in seat(driven, "mpft"))


def test_the_room_is_not_told_on_the_wall(opened: Opened) -> None:
    driven = opened(RoundTable)
    assert isinstance(driven.screen, RoundTable)
    driven.press("s")
    hear(driven, "iris", "Iris Bennion", "mpft")
    assert driven.screen.display is not None
    assert "Iris Bennion" not in driven.words(driven.screen.display)


@pytest.mark.parametrize(
    ("screen", "author"), [(RoundTable, FACILITATOR), (ReferralFile, FACILITATOR), (Requests, HEALTH)]
)
def test_one_has_a_case_open_as_long_as_a_screen_shows_it(
    opened: Opened, screen: Callable[[Desk, Worker], Screen], author: Author
) -> None:
    driven = opened(screen, author)
    said: list[str] = []
    driven.desk.say_where = said.append
    assert driven.desk.at == STREAM
    driven.window.go("elsewhere")
    driven.settle()
    assert (driven.desk.at, said) == ("", [""])
    driven.window.go(driven.screen.place_id)
    driven.settle()
    assert (driven.desk.at, said) == (STREAM, ["", STREAM])
