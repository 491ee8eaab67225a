from __future__ import annotations

import msgspec
import pytest

from mash_desktop.documents import render_round_table, render_summary
from mash_desktop.documents.content import Feedback, Profile
from mash_desktop.documents.profiles import ADDRESS_SUPPRESSED, without_suppressed_addresses
from tests.documents.carter import FEEDBACK, LEE, SUMMARY, SUPPRESSED
from tests.documents.carter_table import ROUND_TABLE
from tests.documents.reading import everything, text

SECRETS = ("27 Larkspur", "Larkspur Close", "ST14 7QP", "ST147QP", "st14 7qp")
WAYS = (
    "He lives at 27 Larkspur Close, Uttoxeter, ST14 7QP now.",
    "he lives at 27  LARKSPUR\nCLOSE now",
    "Seen near Larkspur Close.",
    "Post goes to ST147QP, or st14 7qp.",
    "Hidden 27\u200b Larkspur Close by an invisible space",
)


@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize("words", WAYS)
def test_a_suppressed_address_is_nowhere_however_it_was_written(profile: Profile, words: str) -> None:
    content = msgspec.structs.replace(
        SUMMARY,
        referral=msgspec.structs.replace(SUMMARY.referral, concern=words),
        chronology=tuple(msgspec.structs.replace(each, what=words) for each in SUMMARY.chronology),
        decisions=tuple(msgspec.structs.replace(each, rationale=words) for each in SUMMARY.decisions),
        feedback=Feedback((words,), words, FEEDBACK.contacted_at, words, words, (words,), words, words),
        copy_for=words,
    )
    read = everything(render_summary(content, profile))
    assert not [secret for secret in SECRETS if secret in read]


def test_the_round_table_record_holds_no_suppressed_address() -> None:
    content = msgspec.structs.replace(ROUND_TABLE, discussion=f"Lee is at {SUPPRESSED}.", place=SUPPRESSED)
    read = everything(render_round_table(content))
    assert not [secret for secret in SECRETS if secret in read]
    assert f"Lee is at {ADDRESS_SUPPRESSED}." in read


def test_a_suppressed_address_shows_as_suppressed_in_the_table_of_people() -> None:
    assert "address suppressed" in text(render_summary(SUMMARY, Profile.FULL))


def test_other_addresses_stay() -> None:
    kept = without_suppressed_addresses(
        "3 Corporation Street, Uttoxeter, ST16 3LG; 127 Larkspur Close", (LEE,)
    )
    assert kept == f"3 Corporation Street, Uttoxeter, ST16 3LG; 127 {ADDRESS_SUPPRESSED}"
