"""A passphrase is long enough, spelt one way whatever the keyboard, and dear to guess."""

from __future__ import annotations

import pytest

from mash_desktop.domain.errors import Refusal
from mash_desktop.vault.passphrase import Cost, require_strong, stretched

CHEAP = Cost(passes=1, memory_kib=8, lanes=1)
SALT = bytes(16)


@pytest.mark.parametrize(
    ("cost", "expected"),
    [
        (Cost(2, 256, 1), "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe"),
        (Cost(2, 256, 2), "6d093c501fd5999645e0ea3bf620d7b8be7fd2db59c20d9fff9539da2bf57037"),
    ],
)
def test_the_stretching_is_argon2id_as_its_reference_has_it(cost: Cost, expected: str) -> None:
    assert stretched("password", b"somesalt", cost).hex() == expected


@pytest.mark.parametrize("passphrase", ["", "eleven char", "  eleven char  ", "cafe\u0301 cafe\u0301 c"])
def test_a_passphrase_of_fewer_than_12_characters_is_refused(passphrase: str) -> None:
    with pytest.raises(Refusal, match="at least 12 characters") as refusal:
        require_strong(passphrase)
    assert refusal.value.code == "passphrase-too-short"
    assert refusal.value.field == "passphrase"


@pytest.mark.parametrize("passphrase", ["twelve chars", "a dŵr oer iawn"])
def test_a_passphrase_of_12_characters_is_enough(passphrase: str) -> None:
    require_strong(passphrase)


def test_an_accent_typed_as_one_character_or_as_two_is_the_same_passphrase() -> None:
    assert stretched("Si\u00e2n", SALT, CHEAP) == stretched("Sia\u0302n", SALT, CHEAP)


@pytest.mark.parametrize("other", ["siân", "Siân ", "Sian", "\ud83d", ""])
def test_anything_else_is_another_passphrase(other: str) -> None:
    assert stretched(other, SALT, CHEAP) != stretched("Siân", SALT, CHEAP)


def test_another_salt_or_cost_gives_other_bytes() -> None:
    made = {
        stretched("Siân", SALT, CHEAP),
        stretched("Siân", bytes([1]) + SALT[1:], CHEAP),
        stretched("Siân", SALT, Cost(2, 8, 1)),
        stretched("Siân", SALT, Cost(1, 16, 1)),
        stretched("Siân", SALT, Cost(1, 16, 2)),
    }
    assert len(made) == 5


def test_the_dearer_of_two_costs_is_taken_in_each_respect() -> None:
    assert Cost(1, 64, 2).raised_to(Cost(3, 32, 1)) == Cost(3, 64, 2)
