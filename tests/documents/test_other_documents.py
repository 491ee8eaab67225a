from __future__ import annotations

from io import BytesIO

import msgspec
import pikepdf
import pytest

from mash_desktop.documents import protect, render_downtime, render_round_table, render_summary
from mash_desktop.documents.content import Attendee, Profile
from mash_desktop.domain.errors import Refusal
from tests.documents.carter import SUMMARY
from tests.documents.carter_table import DOWNTIME, ROUND_TABLE
from tests.documents.reading import pages, text, uncompressed

PASSWORD = "copper lantern nine"


def test_a_table_that_nobody_came_to_says_so_once_and_keeps_to_what_there_is() -> None:
    nobody = msgspec.structs.replace(
        ROUND_TABLE, present=(), observers=(), discussion="", options=(), stances=()
    )
    record = render_round_table(nobody)
    said = text(record)
    assert "No meeting was held: nobody is recorded as present." in said
    assert "Opened 12 Nov 2026, 14:00" in said
    assert "Tenancy summary, received 12:10" in said
    for never in ("Observers", "Discussion", "Options considered", "Agreement and dissent", "Held"):
        assert never not in said, never


@pytest.mark.parametrize(
    "words",
    [
        "Held 12 Nov 2026, 14:00 to 14:31",
        "Place MASH, Stafford, table 2, and by video",
        "Chair Dawn Lowe",
        "Staffordshire Police PC Laura Finch MASH researcher",
        "Housing Colin Peake Tenancy summary, received 12:10",
        "Ambulance Service sent nothing",
        "Observers Agency Name Role Children’s social care Amara Bello",
        "Each agency owns what it brought",
        "Education Bruise to left forearm seen today",
        "Police asked that Dean is not spoken to",
        "Section 47 enquiry, joint Two injuries, a frightened child None put",
        "stepped up",
        "Health (MPFT) dissented Would include Tyler",
        "Probation no view",
        "Safe collection from school",
        "All agencies present Round-table record 12 Nov 2026, 16:30",
    ],
)
def test_the_round_table_record_says(words: str, record: str) -> None:
    assert words in record


@pytest.fixture(scope="module")
def record() -> str:
    return text(render_round_table(ROUND_TABLE))


def test_the_round_table_record_is_marked_on_every_page() -> None:
    assert all(page.count("OFFICIAL-SENSITIVE") == 2 for page in pages(render_round_table(ROUND_TABLE)))


def test_the_list_of_open_reds_shows_the_first_due_first() -> None:
    read = text(render_downtime(DOWNTIME))
    assert "2 open at 12 Nov 2026, 13:00" in read
    assert read.index("ISL-26-04409") < read.index("ISL-26-04417")
    assert "waits for health’s answer" in read


def test_a_protected_document_opens_with_its_password_only_and_hides_its_metadata() -> None:
    plain = render_summary(SUMMARY, Profile.FULL)
    sealed = protect(plain, PASSWORD)
    assert b"ISL-26-04417" not in sealed
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(BytesIO(sealed))
    with pikepdf.open(BytesIO(sealed), password=PASSWORD) as opened:
        assert opened.encryption.R == 6
        assert opened.encryption.bits == 256
        assert len(opened.pages) == len(pages(plain))


def test_a_short_password_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        protect(b"", "short")
    assert refused.value.code == "password-too-short"
    assert refused.value.field == "password"


def test_no_document_holds_script_or_attachment() -> None:
    opened = uncompressed(render_summary(SUMMARY, Profile.FULL))
    assert not [name for name in (b"/JavaScript", b"/EmbeddedFile", b"/Launch", b"/URI") if name in opened]


def test_who_came_is_said_to_be_unrecorded_where_no_name_was_given() -> None:
    came = (Attendee(agency="Staffordshire Police", name="", role=""),)
    read = text(render_round_table(msgspec.structs.replace(ROUND_TABLE, present=came)))
    assert "Staffordshire Police not recorded not recorded" in read
