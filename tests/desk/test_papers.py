"""Papers: what each copy says of a referral, what it never says, and the record that it was made."""

from __future__ import annotations

import hashlib
import io
import os
import stat
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader

from mash_desktop.desk import Desk, papers, referral_file
from mash_desktop.desk.papers.gathered import risk_tools
from mash_desktop.domain.codes import Rag, ToolAnswer
from mash_desktop.domain.entries.contact import (
    AddressRecorded,
    AssessmentRecorded,
    ReferrerRecorded,
    SubjectRecorded,
)
from mash_desktop.domain.entries.gathering import ReleaseWithdrawn
from mash_desktop.domain.entries.outcome import OutcomeAccepted, OutcomeReturned, OutcomeSent, SummaryMade
from mash_desktop.domain.entries.table import AnalysisRecorded
from mash_desktop.domain.entries.triage import RagRated
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.partial_date import PartialDate
from tests.domain.story import (
    CONSULTANT,
    EARLY_HELP,
    FACILITATOR,
    GATEWAY,
    MANAGER,
    OPERATOR,
    POLICE,
    Story,
    staffordshire,
    with_blue,
)
from tests.support.carters import SUPPRESSED, Carters, at_sign_off, carters
from tests.support.desks import desk_of
from tests.support.other_cohorts import POLICE_INTAKE, SUPERVISOR, domestic_abuse

STREAM = "referral:0"


def words(pdf: bytes, password: str | None = None) -> str:
    """All that a PDF says, each run of white space as one space."""
    reader = PdfReader(io.BytesIO(pdf), password=password)
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def consultant(folder: Path, story: Story | None = None) -> Desk:
    return desk_of(CONSULTANT, folder, story or at_sign_off().signed())


def withheld() -> Carters:
    story = carters()
    story.taken().triaged().admitted().rated()
    story.asked().answered()
    story.refused_by_police().tabled().drafted()
    story.signed()
    return story


def test_the_full_copy_tells_the_whole_of_it(tmp_path: Path) -> None:
    said = words(papers.make_paper(consultant(tmp_path), STREAM, "full"))
    for part in (
        "Mia Louise Carter, 9",
        "stepped up",
        "Section 47 enquiry, joint with police",
        "Helen Marsh",
        "Children Act 1989",
        "Three reports of arguments at the address",
        "nothing held",
        "Two unexplained injuries in five weeks; child afraid of an adult at home.",
        "“I don’t like it when Dean picks me up.”",
        "Ruth Okafor",
        "drafted by Dee Lowe",
    ):
        assert part in said, part


def test_a_suppressed_address_stands_in_no_copy(tmp_path: Path) -> None:
    desk = consultant(tmp_path)
    for copy in papers.COPIES:
        said = words(papers.make_paper(desk, STREAM, copy))
        assert SUPPRESSED not in said
        assert "ST14 7QP" not in said
    assert "address suppressed" in words(papers.make_paper(desk, STREAM, "full"))


@pytest.mark.parametrize("until", [None, PartialDate(2026, 10)], ids=["told first", "left since"])
def test_every_suppressed_address_of_somebody_is_kept_out_and_not_the_last_alone(
    until: PartialDate | None, tmp_path: Path
) -> None:
    story = carters().taken()
    refuge = AddressRecorded(
        address="refuge", subjects=("joanne",), line="Rose Cottage, 3 Abbey Row", postcode="ST18 0AA",
        suppressed=True, lived_to=until,
    )  # fmt: skip
    sister = AddressRecorded(address="sister", subjects=("joanne",), line="8 Foregate Street")
    story.tell(OPERATOR, refuge, sister)
    story.triaged().admitted().rated()
    story.asked().answered().tabled()
    words_on_it = "He found Rose Cottage, ST180AA, and rang from Abbey Row; she went to Foregate Street."
    story.tell(FACILITATOR, AnalysisRecorded(part="impact", words=words_on_it))
    story.drafted().signed()
    desk = consultant(tmp_path, story)
    for copy in papers.COPIES:
        said = words(papers.make_paper(desk, STREAM, copy))
        assert not [one for one in ("Rose Cottage", "Abbey Row", "ST180AA", "ST18 0AA") if one in said], copy
    full = words(papers.make_paper(desk, STREAM, "full"))
    assert ("8 Foregate Street" in full) == (until is not None), "where she lives now is shown if it may be"


def test_a_release_taken_back_since_the_signature_is_not_said_in_a_receiving_teams_copy(
    tmp_path: Path,
) -> None:
    story = at_sign_off().signed()
    story.tell(FACILITATOR, OutcomeSent(agency="scc-children", team="social-work-gateway"))
    story.tell(POLICE, ReleaseWithdrawn(contribution="c-police", reason="About another Joanne."))
    said = words(papers.make_paper(consultant(tmp_path, story), STREAM, "receiving_team"))
    assert "not in this copy" in said
    assert "Three reports of arguments" not in said
    assert "bruise on her left forearm" in said, "what no agency keeps to the table is still said"


def test_that_something_is_withheld_stands_in_the_full_copy_alone(tmp_path: Path) -> None:
    desk = consultant(tmp_path, withheld())
    full = words(papers.make_paper(desk, STREAM, "full"))
    assert "Sharing would prejudice an investigation" in full
    for copy in ("receiving_team", "referrer", "round_table"):
        said = words(papers.make_paper(desk, STREAM, copy))
        assert "prejudice" not in said
        assert "refused" not in said
        assert "Withheld" not in said


def test_the_receiving_teams_copy_is_addressed_to_it_and_names_the_referrer_to_the_owner_only(
    tmp_path: Path,
) -> None:
    own, other = at_sign_off().signed(), at_sign_off("referral:1", first=200).signed()
    own.tell(FACILITATOR, OutcomeSent(agency="scc-children", team="social-work-gateway"))
    other.tell(FACILITATOR, OutcomeSent(agency="police", team="domestic-abuse"))
    desk = desk_of(CONSULTANT, tmp_path, own, other)
    said = words(papers.make_paper(desk, STREAM, "receiving_team"))
    assert "Copy for Social Work Gateway, Children's social care" in said
    assert "Helen Marsh, deputy head" in said
    elsewhere = words(papers.make_paper(desk, "referral:1", "receiving_team"))
    assert "Helen Marsh, deputy head" not in elsewhere
    assert "Name kept by the owning agency" in elsewhere


def test_each_receiving_team_has_its_own_copy_and_the_full_one_says_where_everybody_is(
    tmp_path: Path,
) -> None:
    story = at_sign_off().signed()
    mia, _ = story.tell(
        FACILITATOR,
        OutcomeSent(agency="scc-children", team="child-protection", subjects=("mia",)),
        OutcomeSent(agency="scc-children", team="social-work-gateway", subjects=("tyler",)),
    )
    desk = consultant(tmp_path, story)
    assert [label for _, label in papers.teams(desk, STREAM)] == [
        "Child protection duty, Children's social care: Mia",
        "Social Work Gateway, Children's social care: Tyler",
    ]
    hers = words(papers.make_paper(desk, STREAM, "receiving_team", sending=mia))
    assert "Copy for Child protection duty, Children's social care, about Mia Louise Carter" in hers
    assert "Section 47 enquiry" in hers
    assert "Child in need plan" not in hers, "what was decided for her brother is his team's"
    his = papers.make_and_record(desk, STREAM, "receiving_team")
    assert "Child in need plan" in words(his.content)
    assert "Section 47 enquiry" not in words(his.content)
    assert his.name.endswith("mash-summary-social-work-gateway-receiving-team.pdf")
    full = words(papers.make_paper(desk, STREAM, "full"))
    for said in ("Section 47 enquiry", "Child in need plan", "Outcome for each person", "not accepted yet"):
        assert said in full


def test_who_was_returned_is_with_no_team_and_who_was_accepted_says_when(tmp_path: Path) -> None:
    story = at_sign_off().signed()
    mia, tyler = story.tell(
        FACILITATOR,
        OutcomeSent(agency="scc-children", team="social-work-gateway", subjects=("mia",)),
        OutcomeSent(agency="scc-children", team="early-help-gateway", subjects=("tyler",)),
    )
    story.tell(GATEWAY, OutcomeAccepted(sent=mia))
    story.tell(EARLY_HELP, OutcomeReturned(sent=tyler, reason="He needs a social worker."))
    full = words(papers.make_paper(consultant(tmp_path, story), STREAM, "full"))
    assert "accepted 12 Nov 2026" in full
    assert "with no receiving team" in full
    assert "returned by a receiving team" in full


def test_who_does_not_hold_the_referrer_does_not_call_them_anonymous(tmp_path: Path) -> None:
    desk = desk_of(FACILITATOR, tmp_path, at_sign_off().signed())
    said = words(papers.make_paper(desk, STREAM, "full"))
    assert "Not held by who made this copy" in said
    assert "Anonymous" not in said


def test_an_unsigned_copy_says_that_it_decides_nothing(tmp_path: Path) -> None:
    said = words(papers.make_paper(consultant(tmp_path, at_sign_off()), STREAM, "full"))
    assert "This is a draft and decides nothing" in said


def test_the_letter_says_what_was_written_and_nothing_that_was_found(tmp_path: Path) -> None:
    desk = consultant(tmp_path)
    default = papers.default_letter(desk, STREAM)
    assert default.endswith("Staffordshire children's social care is now working with the family.")
    said = words(papers.make_paper(desk, STREAM, "referrer", "We are working with the family now."))
    assert "We are working with the family now." in said
    assert "M.L.C." in said or "M.C. and T.C." in said
    for never in ("Carter", "Dean", "police", "injur", "s47", "protection"):
        assert never not in said


def test_that_a_paper_was_made_is_told_beside_it(tmp_path: Path) -> None:
    desk = consultant(tmp_path)
    assert {one.made for one in papers.choices(desk, STREAM)} == {""}
    papers.make_and_record(desk, STREAM, "full")
    made = {one.id: one.made for one in papers.choices(desk, STREAM)}
    assert made.pop("full").endswith(" by R. Okafor.")
    assert set(made.values()) == {""}
    file = referral_file.read_file(desk, STREAM)
    assert file is not None
    assert file.on_paper == len(file.documents) + 1


def test_an_anonymous_referrer_gets_no_letter(tmp_path: Path) -> None:
    story = carters().taken()
    story.tell(OPERATOR, ReferrerRecorded(anonymous=True))
    story.triaged().admitted().rated()
    story.asked().answered().tabled().drafted()
    story.signed()
    desk = consultant(tmp_path, story)
    why = {one.id: one.why_not for one in papers.choices(desk, STREAM)}
    assert why["referrer"] == "The referrer is anonymous."
    assert why["full"] == ""
    with pytest.raises(Refusal, match="anonymous"):
        papers.make_paper(desk, STREAM, "referrer")


def test_a_summary_has_a_row_for_each_tool_and_says_that_a_repeat_alone_is_high(tmp_path: Path) -> None:
    story = domestic_abuse()
    dash = AssessmentRecorded(subject="leanne", tool="dash-2009", answers={"1": ToolAnswer.YES})
    dara = AssessmentRecorded(subject="leanne", tool="dara-2022", answers={}, last_marac_on=date(2026, 3, 2))
    story.admit(story.made(POLICE_INTAKE, dash, dara))
    desk = desk_of(SUPERVISOR, tmp_path, story)
    assert [
        (one.tool, one.result, one.score, one.route) for one in risk_tools(desk.referral(story.stream))
    ] == [
        ("DASH 2009", "Not high by this tool", 1, ""),
        ("DARA 2022", "High risk", None, "Repeat within 12 months of the last referral"),
    ]


def test_where_several_were_assessed_each_row_names_its_person(tmp_path: Path) -> None:
    story = domestic_abuse()
    daughter = SubjectRecorded(subject="ellie", forenames="Ellie", surname="Price")
    asked = [
        AssessmentRecorded(subject=who, tool=tool, answers={})
        for who, tool in (("leanne", "dash-2009"), ("ellie", "dash-2009"), ("ellie", "dash-2040"))
    ]
    story.admit(story.made(POLICE_INTAKE, daughter, *asked))
    assert [one.tool for one in risk_tools(desk_of(SUPERVISOR, tmp_path, story).referral(story.stream))] == [
        "DASH 2009, Leanne Price",
        "DASH 2009, Ellie Price",
        "dash-2040, Ellie Price",
    ]


def test_the_round_tables_record_says_who_was_there_and_what_each_brought(tmp_path: Path) -> None:
    story = carters()
    story.taken().triaged().admitted().rated()
    story.asked().answered().tabled().dissenting().drafted()
    said = words(papers.make_paper(consultant(tmp_path, story), STREAM, "round_table"))
    for part in (
        "Room 2, Tipping Street",
        "Sam Iqbal",
        "Wendy Tams",
        "Dee Lowe",
        "dissented",
        "He lives with the same adult.",
        "Child in need plan alone.",
        "Safe collection",
    ):
        assert part in said, part


def test_a_paper_that_cannot_be_made_yet_says_why(tmp_path: Path) -> None:
    story = Story().taken().triaged()
    why = {one.id: one.why_not for one in papers.choices(consultant(tmp_path, story), STREAM)}
    assert why["round_table"] == "There has been no round table."
    assert why["referrer"] == "Nothing has been decided yet."
    asked = desk_of(POLICE, tmp_path, at_sign_off("referral:1", first=200))
    assert all(one.why_not for one in papers.choices(asked, "referral:1"))


def test_making_one_is_recorded_by_its_digest_and_its_name_holds_nobodys(tmp_path: Path) -> None:
    desk = consultant(tmp_path)
    made = papers.make_and_record(desk, STREAM, "full")
    recorded = desk.referral(STREAM).last(SummaryMade)
    assert recorded is not None
    assert recorded.body.digest == hashlib.sha256(made.content).hexdigest()
    assert made.name == "ISL-26-00002-mash-summary-full.pdf"


def test_before_the_signature_a_draft_is_made_without_an_entry(tmp_path: Path) -> None:
    desk = consultant(tmp_path, at_sign_off())
    papers.make_and_record(desk, STREAM, "round_table")
    assert desk.referral(STREAM).last(SummaryMade) is None


# --- leaving the program


def test_a_copy_is_saved_for_its_person_alone_and_recorded(tmp_path: Path) -> None:
    desk = consultant(tmp_path)
    folder = tmp_path / "chosen"
    folder.mkdir()
    made = papers.make_and_record(desk, STREAM, "full")
    path = papers.save_to(desk, made, str(folder))
    assert path.read_bytes() == made.content
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [key.split("/")[1] for key in desk.cache.drafts("access/")] == ["document.printed"]
    with pytest.raises(Refusal) as refused:
        papers.save_to(desk, made, str(folder))
    assert refused.value.code == "file-there"
    assert os.listdir(folder) == [made.name]


@pytest.mark.parametrize("folder", ["", "  ", "/no/such/folder"])
def test_a_copy_goes_only_into_a_folder_that_is_there(folder: str, tmp_path: Path) -> None:
    desk = consultant(tmp_path)
    made = papers.make_and_record(desk, STREAM, "full")
    with pytest.raises(Refusal) as refused:
        papers.save_to(desk, made, folder)
    assert refused.value.field == "folder"


def test_a_password_of_twelve_characters_locks_the_copy(tmp_path: Path) -> None:
    made = papers.make_and_record(consultant(tmp_path), STREAM, "full")
    with pytest.raises(Refusal, match="at least 12"):
        papers.protected(made, "short")
    locked = papers.protected(made, "nine blue herons")
    assert PdfReader(io.BytesIO(locked.content)).is_encrypted
    assert "Mia Louise Carter" in words(locked.content, "nine blue herons")


def test_a_blue_rating_stands_in_the_history_by_its_word(tmp_path: Path) -> None:
    story = Story(config=with_blue(staffordshire())).taken().triaged().admitted().rated()
    story.tell(MANAGER, RagRated(rag=Rag.BLUE, reason="She lives with her aunt now."))
    story.asked().answered().tabled().drafted().signed()
    said = words(papers.make_paper(desk_of(CONSULTANT, tmp_path, story, hub=story.config), STREAM, "full"))
    assert "Blue 12 Nov 2026" in said
    assert "She lives with her aunt now." in said
