"""Several people at one computer: whose profiles are there, and how one that opens no more is set aside."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from mash_desktop.cache import saved
from mash_desktop.desk import owed, profiles
from mash_desktop.desk.profile import UNSENT, Profile, Server
from mash_desktop.domain.errors import Refusal
from mash_desktop.profile_folder import ASIDE, PEOPLE, WHOSE, any_aside, several
from tests.support.desks import PASSPHRASE

pytestmark = pytest.mark.usefixtures("secret_service")
TODAY = date(2026, 11, 29)


def made(folder: Path, name: str = "") -> Profile:
    profile = Profile.create(folder, PASSPHRASE, Server("https://isl.invalid", "", "staffordshire"))
    if name:
        (folder / WHOSE).write_text(name, "utf-8")
    return profile


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def test_a_computer_without_profiles_has_its_first_in_the_home_folder(home: Path) -> None:
    assert profiles.found(home) == ()
    assert not several(home)
    assert profiles.new_folder(home) == home


def test_each_further_person_has_a_folder_of_their_own(home: Path) -> None:
    made(home, "Priya Nair").lock()
    assert not several(home)
    second = profiles.new_folder(home)
    assert second.parent == home / PEOPLE
    made(second, "Anna Żółć").lock()
    assert several(home)
    assert profiles.new_folder(home) != second
    assert profiles.found(home) == (
        profiles.Found(str(second), "Anna Żółć"),
        profiles.Found(str(home), "Priya Nair"),
    )


def test_whose_name_is_not_known_is_told_last(home: Path) -> None:
    made(home).lock()
    second = profiles.new_folder(home)
    made(second, "Priya Nair").lock()
    third = profiles.new_folder(home)
    made(third).lock()
    (third / WHOSE).write_bytes(b"\xff\xfe")
    assert [one.name for one in profiles.found(home)] == ["Priya Nair", "", ""]


def test_how_many_acts_waited_is_known_without_opening(home: Path) -> None:
    assert profiles.unsent(home) is None
    made(home).lock()
    assert profiles.unsent(home) == 0
    (home / UNSENT).write_bytes(b"nonsense")
    assert profiles.unsent(home) is None


def test_a_profile_set_aside_is_whole_and_opens_where_it_lies_if_the_half_comes_back(home: Path) -> None:
    profile = made(home, "Priya Nair")
    profile.cache.put_fact("mine", b"kept")
    profile.lock()
    aside = profiles.set_aside(home, home, TODAY)
    assert profiles.found(home) == ()
    assert profiles.found_aside(home) == (profiles.Found(str(aside), "Priya Nair", TODAY),)
    assert profiles.new_folder(home) == home
    again = Profile.open(aside, PASSPHRASE)
    assert again.cache.fact("mine") == b"kept"
    again.lock()


def test_a_profile_is_taken_back_to_where_it_was_or_beside_who_has_come_since(home: Path) -> None:
    assert profiles.found_aside(home) == ()
    made(home, "Priya Nair").lock()
    back = profiles.take_back(home, profiles.set_aside(home, home, TODAY))
    assert (back, profiles.found_aside(home), any_aside(home)) == (home, (), False)
    Profile.open(back, PASSPHRASE).lock()
    aside = profiles.set_aside(home, home, TODAY)
    made(home, "Ruth Okafor").lock()
    profiles.set_aside(home, home, TODAY)
    made(home, "Ruth Okafor").lock()
    back = profiles.take_back(home, aside)
    assert back.parent == home / PEOPLE
    assert [one.name for one in profiles.found(home)] == ["Priya Nair", "Ruth Okafor"]
    assert [one.name for one in profiles.found_aside(home)] == ["Ruth Okafor"]
    Profile.open(back, PASSPHRASE).lock()


def test_setting_one_aside_leaves_the_others_as_they_are(home: Path) -> None:
    made(home, "Priya Nair").lock()
    second = profiles.new_folder(home)
    made(second, "Ruth Okafor").lock()
    profiles.set_aside(home, home, TODAY)
    assert [one.name for one in profiles.found(home)] == ["Ruth Okafor"]
    profiles.set_aside(home, second, TODAY)
    assert profiles.found(home) == ()
    assert len(list((home / ASIDE).iterdir())) == 2


def test_a_profile_that_is_open_is_not_set_aside(home: Path) -> None:
    profile = made(home)
    with pytest.raises(Refusal) as told:
        profiles.set_aside(home, home, TODAY)
    assert told.value.code == "profile-in-use"
    profile.lock()


def test_what_cannot_be_moved_is_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(home).lock()

    def busy(*_: object) -> None:
        raise OSError(16, "Device or resource busy")

    monkeypatch.setattr("os.replace", busy)
    with pytest.raises(Refusal) as told:
        profiles.set_aside(home, home, TODAY)
    assert (told.value.code, "resource busy" in told.value.sentence) == ("profile-not-writable", True)


def test_what_is_told_once_is_owed_until_it_was_shown(tmp_path: Path) -> None:
    owed.keep(tmp_path, Refusal("wrong-passphrase", "It does not open."))
    owed.keep(tmp_path / "gone", saved.cut_short(1))
    assert owed.owed(tmp_path) is owed.owed(tmp_path / "gone") is None
    owed.keep(tmp_path, saved.cut_short(1))
    untold = owed.owed(tmp_path)
    assert untold is not None
    assert (untold.code, untold.sentence) == ("cache-cut-short", saved.cut_short(1).sentence)
    owed.told(tmp_path)
    assert owed.owed(tmp_path) is None
    owed.told(tmp_path)
    (tmp_path / owed.FILE).write_text("half a")
    assert owed.owed(tmp_path) is None
