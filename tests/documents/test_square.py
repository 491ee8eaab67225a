"""The square that an authenticator's camera reads."""

from __future__ import annotations

from mash_desktop.documents.square import square

CORNER = (
    "1111111",
    "1000001",
    "1011101",
    "1011101",
    "1011101",
    "1000001",
    "1111111",
)
URI = "otpauth://totp/MASH:priya.nair?secret=ABCDEFGHIJKLMNOPQRSTUVWXYZ234567&issuer=MASH"


def test_a_square_has_its_three_corners_and_grows_with_what_it_says() -> None:
    drawn = square(URI)
    side = len(drawn)
    assert {len(row) for row in drawn} == {side}
    assert (side - 17) % 4 == 0
    for top, left in ((0, 0), (0, side - 7), (side - 7, 0)):
        rows = [row[left : left + 7] for row in drawn[top : top + 7]]
        assert tuple("".join(str(int(dark)) for dark in row) for row in rows) == CORNER
    assert len(square(URI + "&issuer=" + "x" * 100)) > side
    assert square(URI.replace("ABCD", "ABCE")) != drawn
