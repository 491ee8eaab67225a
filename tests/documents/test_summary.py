from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from io import BytesIO

import msgspec
import pytest
from pypdf import PdfReader
from pypdf.generic import Destination

from mash_desktop.documents import file_name, render_summary
from mash_desktop.documents.content import (
    Address,
    AdultMatters,
    Capacity,
    Contribution,
    Finding,
    Known,
    Profile,
    Rating,
    Referrer,
    RiskTool,
    SummaryContent,
)
from mash_desktop.domain.errors import Refusal
from tests.documents.carter import DEAN, JOANNE, SUMMARY, TABLE_ONLY, WITHHELD_GROUND
from tests.documents.reading import everything, pages, text

PROFESSIONAL = (Profile.FULL, Profile.RECEIVING_TEAM)


def changed(**fields: object) -> SummaryContent:
    return msgspec.structs.replace(SUMMARY, **fields)


@pytest.mark.parametrize("profile", PROFESSIONAL)
@pytest.mark.parametrize(
    "words",
    [
        "ISL-26-04417",
        "Local authority Staffordshire",
        "Cohort Children",
        "Received 12 Nov 2026, 13:58",
        "Mia Louise Carter, 9",
        "child in need s17 at admission",
        "child protection s47 final",
        "stepped up",
        "= confirmed",
        "closed with advice [4]",
        "“Dean”, surname unknown",
        "born c. 1988",
        "unsafe to contact",
        "Amber 12 Nov 2026, 14:22",
        "Red 12 Nov 2026, 14:36",
        "Children Act 1989 s47",
        "Not told: raises risk",
        "c. Sept 2026 Health Joanne GP notes low mood",
        "2 Jun – 31 Oct 2026 Police",
        "31 Oct 2026, 22:40",
        "Account does not fit the injury.",
        "Searched Niche, PND, Domestic abuse log",
        "Strengths Joanne worked openly with the plan",
        "nothing held",
        "Reason for refusing More detrimental to share",
        "Went on without The school’s written chronology",
        "I want Nan to get me",
        "Protective factors School and grandmother",
        "What is not known Dean’s full name",
        "Tyler should be within the section 47 enquiry",
        "Safe collection from school Helen Marsh, St Chad’s Primary 12 Nov 2026, 15:15",
        "Staffordshire Police Receiving team’s copy not sent yet",
        "Key k-7f3a-91c2-okafor-desk-04",
        "Log position 88,214 of 88,231",
        "019a7f1c-03aa-7e10-8b6f-d2a1c5e07f11",
        "drafted by Dawn Lowe",
        "How to verify",
        "Genogram. Square: male; circle: female; heavy outline: subject",
    ],
)
def test_a_professional_copy_says(profile: Profile, words: str, read: dict[Profile, str]) -> None:
    assert words in read[profile]


@pytest.fixture(scope="module")
def copies() -> dict[Profile, bytes]:
    return {profile: render_summary(SUMMARY, profile) for profile in Profile}


@pytest.fixture(scope="module")
def read(copies: dict[Profile, bytes]) -> dict[Profile, str]:
    return {profile: text(copies[profile]) for profile in Profile}


@pytest.mark.parametrize("profile", Profile)
def test_every_page_is_marked_top_and_bottom_and_numbered(
    profile: Profile, copies: dict[Profile, bytes]
) -> None:
    read = pages(copies[profile])
    for number, page in enumerate(read, 1):
        assert page.count("OFFICIAL-SENSITIVE") == 2
        assert f"ISL-26-04417 · page {number} of {len(read)}" in page


def test_the_full_copy_says_that_material_is_withheld_and_by_whom(copies: dict[Profile, bytes]) -> None:
    assert f"Withheld Probation Holds material that is not in this summary. {WITHHELD_GROUND}" in text(
        copies[Profile.FULL]
    )


@pytest.mark.parametrize("profile", [Profile.RECEIVING_TEAM, Profile.REFERRER])
def test_no_other_copy_says_that_anything_is_withheld(profile: Profile, copies: dict[Profile, bytes]) -> None:
    read = everything(copies[profile])
    assert "Withheld" not in read
    assert "withh" not in read
    assert WITHHELD_GROUND not in read


def test_no_other_copy_differs_when_something_is_withheld(copies: dict[Profile, bytes]) -> None:
    without = changed(withheld=())
    for profile in (Profile.RECEIVING_TEAM, Profile.REFERRER):
        assert render_summary(without, profile) == copies[profile]


def test_what_an_agency_keeps_to_the_table_is_in_the_full_copy_only(copies: dict[Profile, bytes]) -> None:
    assert text(copies[Profile.FULL]).count(TABLE_ONLY) == 2
    assert TABLE_ONLY not in everything(copies[Profile.RECEIVING_TEAM])
    assert "Housing" not in everything(copies[Profile.RECEIVING_TEAM])


def test_a_relied_on_entry_kept_to_the_table_is_named_without_its_words() -> None:
    kept = tuple(
        msgspec.structs.replace(line, onward_agreed=False) if line.relied_on == 2 else line
        for line in SUMMARY.chronology
    )
    read = text(render_summary(changed(chronology=kept), Profile.RECEIVING_TEAM))
    assert "019a7f1c-0c51-7b02-a1d4-6617be20c9f3" in read
    assert "Education, 9 Oct 2026: bruise" not in read


def test_the_referrer_gets_one_page_that_says_what_became_of_the_contact(
    copies: dict[Profile, bytes],
) -> None:
    (letter,) = pages(copies[Profile.REFERRER])
    assert "Dear Mrs Marsh" in letter
    assert "You contacted us on 12 Nov 2026 at 13:58." in letter
    assert "children’s social care will look into this without delay" in letter
    assert "Keep your own notes" in letter


def test_the_referrer_is_told_nothing_of_anyone(copies: dict[Profile, bytes]) -> None:
    read = everything(copies[Profile.REFERRER])
    for person in SUMMARY.people:
        assert person.name not in read
        assert person.name.split()[0] not in read
        if person.address:
            assert person.address.text not in read
    told = [line.what for line in SUMMARY.chronology]
    told += [finding.involvement for each in SUMMARY.contributions for finding in each.findings]
    told += [voice.words for voice in SUMMARY.voices]
    told += [decision.rationale for decision in SUMMARY.decisions]
    told += [SUMMARY.referral.concern, SUMMARY.analysis.harm, *(each.what for each in SUMMARY.actions)]
    assert not [words for words in told if words and words in read]


def test_a_referrers_copy_without_written_feedback_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        render_summary(changed(feedback=None), Profile.REFERRER)
    assert refused.value.code == "no-feedback-written"


def test_an_unsigned_summary_calls_itself_a_draft() -> None:
    read = pages(render_summary(changed(signature=None), Profile.FULL))
    assert all("Full copy, draft" in page for page in read)
    assert "Not signed. This is a draft and decides nothing." in " ".join(read)


def test_an_empty_referral_says_what_is_missing_rather_than_nothing() -> None:
    bare = SummaryContent(letterhead=SUMMARY.letterhead, referral=SUMMARY.referral, people=())
    read = text(render_summary(bare, Profile.FULL))
    for sentence in (
        "No decision has been drafted.",
        "No action is recorded.",
        "No one is recorded.",
        "Not rated.",
        "No basis for sharing is recorded.",
        "No agency has been asked.",
        "Not heard yet.",
        "No analysis is recorded.",
        "No agency dissented.",
        "No agency has said that it withholds anything.",
    ):
        assert sentence in read


def test_a_person_without_a_ground_is_shown_without_one() -> None:
    read = text(render_summary(SUMMARY, Profile.FULL))
    assert "Pauline Reeve no ground recorded" in read


def test_title_and_author_name_the_reference_and_the_hub_and_nobody_else(
    copies: dict[Profile, bytes],
) -> None:
    reader = PdfReader(BytesIO(copies[Profile.FULL]))
    metadata = reader.metadata
    assert metadata is not None
    assert metadata.title == "MASH summary ISL-26-04417"
    assert metadata.author == "Staffordshire MASH"
    assert metadata.subject == "OFFICIAL-SENSITIVE"
    assert str(metadata["/CreationDate"]).startswith("D:20261112162000")
    assert str(reader.root_object["/Lang"]) == "en-GB"
    assert "Carter" not in " ".join(str(value) for value in metadata.values())


def test_a_file_name_holds_the_reference_and_the_profile() -> None:
    name = file_name("ISL-26-04417", "mash-summary", Profile.RECEIVING_TEAM)
    assert name == "ISL-26-04417-mash-summary-receiving-team.pdf"
    assert file_name("../ISL 26/04417", "round-table") == "ISL-26-04417-round-table.pdf"


@pytest.mark.parametrize("profile", Profile)
def test_the_same_content_gives_the_same_bytes(profile: Profile, copies: dict[Profile, bytes]) -> None:
    assert render_summary(SUMMARY, profile) == copies[profile]


def test_the_bytes_do_not_depend_on_the_run_that_made_them(copies: dict[Profile, bytes]) -> None:
    program = (
        "import hashlib; from mash_desktop.documents import render_summary;"
        "from mash_desktop.documents.content import Profile; from tests.documents.carter import SUMMARY;"
        "print(hashlib.sha256(render_summary(SUMMARY, Profile.FULL)).hexdigest())"
    )
    surroundings = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"}
    made = subprocess.run([sys.executable, "-c", program], env=surroundings, capture_output=True, check=True)
    assert made.stdout.decode().strip() == hashlib.sha256(copies[Profile.FULL]).hexdigest()


def test_importing_the_documents_does_not_load_the_drawing_library() -> None:
    program = "import sys, mash_desktop.documents; sys.exit('reportlab' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_readers_contents_lists_the_sections(copies: dict[Profile, bytes]) -> None:
    outline = PdfReader(BytesIO(copies[Profile.FULL])).outline
    titles = [one.title for one in outline if isinstance(one, Destination)]
    assert titles[:4] == ["Decision", "Actions", "Referral", "People and household"]
    assert titles[-2:] == ["Withheld", "Signature"]


def test_an_adults_summary_has_what_a_childs_has_not() -> None:
    content = changed(
        adult=AdultMatters(
            wishes="To stay in her own home with her cat.",
            consent="Overridden: others at risk",
            capacity=(Capacity("where to live", "has capacity, assessed 3 Nov 2026"),),
            advocate="Hannah Bright, independent advocate",
        ),
        risk_tools=(RiskTool("DASH 2009", "medium", 11, "Professional judgement"),),
    )
    read = text(render_summary(content, Profile.FULL))
    assert "Voice of the adult" in read
    assert "To stay in her own home with her cat." in read
    assert "Capacity: where to live has capacity, assessed 3 Nov 2026" in read
    assert "DASH 2009 medium; score 11 Route to MARAC Professional judgement" in read


def test_a_person_known_of_whom_nothing_is_told_is_not_called_nothing_further() -> None:
    brought = Contribution(
        agency="Health", findings=(Finding("dean", Known.KNOWN), Finding("joanne", Known.NOTHING_HELD))
    )
    read = text(render_summary(changed(contributions=(brought,)), Profile.FULL))
    assert "known no involvement, risk or strength in this copy" in read
    assert read.count("no involvement, risk or strength in this copy") == 1
    assert "nothing held" in read


def test_a_confidential_referrer_is_marked_so() -> None:
    referrer = Referrer("1B Acquaintance", "Olive Stone", "neighbour", confidential=True)
    content = changed(referral=msgspec.structs.replace(SUMMARY.referral, referrer=referrer))
    assert "Olive Stone, neighbour. Identity confidential: not to be told to the family" in text(
        render_summary(content, Profile.FULL)
    )


@pytest.mark.parametrize(("rating", "word"), [(Rating.GREEN, "Green"), (Rating.BLUE, "Blue")])
def test_a_rating_is_a_word_and_not_a_colour_alone(rating: Rating, word: str) -> None:
    rated = msgspec.structs.replace(SUMMARY.ratings[0], rating=rating)
    assert f"{word} 12 Nov 2026, 14:22" in text(render_summary(changed(ratings=(rated,)), Profile.FULL))


def test_two_people_of_the_same_first_name_are_told_apart_in_the_chronology() -> None:
    other = msgspec.structs.replace(DEAN, key="dean-two", name="Dean Carter", address=Address("not known"))
    lines = (msgspec.structs.replace(SUMMARY.chronology[0], about=("dean-two", "joanne")),)
    content = changed(
        people=(msgspec.structs.replace(DEAN, name="Dean Marlow"), other, JOANNE), chronology=lines
    )
    assert "Dean Carter, Joanne" in text(render_summary(content, Profile.FULL))


@pytest.mark.parametrize(("cohort", "whose"), [("Children", "child"), ("Domestic abuse", "adult")])
def test_whose_voice_it_is_follows_the_cohort(cohort: str, whose: str) -> None:
    referral = msgspec.structs.replace(SUMMARY.referral, cohort=cohort)
    assert f"Voice of the {whose}" in text(render_summary(changed(referral=referral), Profile.FULL))


def test_more_marks_than_fit_beside_each_other_go_on_below() -> None:
    marks = tuple(f"known to service {number}" for number in range(9))
    people = tuple(msgspec.structs.replace(one, markers=marks) for one in SUMMARY.people)
    found = text(render_summary(changed(people=people), Profile.FULL))
    assert all(found.count(mark) == len(people) for mark in marks)
