"""What each sort of access says in words, and whom it names as the one who did it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mash_desktop.domain.acts import Author, Draft, compose, entries_of, read
from mash_desktop.domain.entries import Body, Made
from mash_desktop.domain.entries.access import (
    GlassBroken,
    PurgeConfirmed,
    RecoveryCodesMade,
    RecoveryCodeUsed,
    RestrictedMet,
    SearchMade,
    SignInFailed,
)
from mash_desktop.domain.entries.contact import NoteAdded
from mash_desktop.domain.fold import Directory
from mash_desktop.domain.roles import Role
from mash_desktop.hub import load_preset
from mash_desktop.proofs.signature import SigningKey
from sync.auditing.trail import Looked, told

NOW = datetime(2026, 11, 29, 9, 30, tzinfo=UTC)
KEY = SigningKey.from_bytes(b"k" * 32)
DIRECTORY = Directory(people={"ruth": "Ruth Okafor"}, configs=((1, load_preset("staffordshire")),))


def made(body: Body, role: Role = Role.STORE, agency: str = "store") -> Made[Body]:
    author = Author("store" if role is Role.STORE else "ruth", agency, role, KEY.key_id)
    parcel = compose("staffordshire", author, [Draft("access:2026-11-29", body)], KEY, NOW)
    (entry,) = entries_of(read(parcel.signed), {one.entry: one for one in parcel.bodies})
    return entry


def words(body: Body, role: Role = Role.STORE, agency: str = "store") -> tuple[str, str, str, str]:
    found: Looked = told(made(body, role, agency), DIRECTORY)
    assert found.at == NOW
    return found.who, found.agency, found.what, found.detail


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            SearchMade(terms="Mia Carter", found=2, at=NOW, by="ruth", agency="police"),
            ("Ruth Okafor", "Staffordshire Police", "Searched for people", "Mia Carter, 2 found"),
        ),
        (
            RestrictedMet(target="identity:1", by="ruth", agency="police", at=NOW, readers=()),
            ("Ruth Okafor", "Staffordshire Police", "Came upon a restricted record", ""),
        ),
        (
            SignInFailed(account_digest="00", address="10.0.0.1", at=NOW),
            ("nobody signed in", "", "Sign-in refused", "10.0.0.1"),
        ),
        (RecoveryCodesMade(person="ruth", at=NOW), ("Ruth Okafor", "", "New recovery codes", "")),
        (RecoveryCodeUsed(person="ruth", left=3, at=NOW), ("Ruth Okafor", "", "Used a recovery code", "")),
    ],
)
def test_what_the_store_writes_names_whom_it_is_about(body: Body, said: tuple[str, str, str, str]) -> None:
    assert words(body) == said


def test_what_a_person_did_names_them_and_an_agency_that_is_no_longer_known_by_its_id() -> None:
    broken = GlassBroken(target="referral:1", reason="A child is missing.", until=NOW)
    said = "Ruth Okafor", "Staffordshire Police", "Broke the glass", "A child is missing."
    assert words(broken, Role.HUB_MANAGER, "police") == said
    purged = PurgeConfirmed(target="referral:1", disposal="d", entries=3, at=NOW)
    gone = "Ruth Okafor", "the-old-trust", "Purged what was disposed of", ""
    assert words(purged, Role.RESEARCHER, "the-old-trust") == gone


def test_a_kind_that_is_no_access_is_told_by_its_name() -> None:
    assert words(NoteAdded(words="Not to be shown."), Role.RESEARCHER, "police")[2:] == ("note.added", "")
