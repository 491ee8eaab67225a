from __future__ import annotations

import msgspec

from mash_desktop.documents import render_summary
from mash_desktop.documents.content import Action, ChronologyLine, CivilDate, Evidence, Profile
from tests.documents.carter import CONTRIBUTIONS, SUMMARY
from tests.documents.reading import pages

LINES = tuple(
    ChronologyLine(
        CivilDate(2020 + n // 12, n % 12 + 1, n % 27 + 1),
        ("Education", "Police", "Health", "Social care")[n % 4],
        (("mia",), ("joanne", "dean"), ("tyler",))[n % 3],
        f"Line {n + 1}. " + "What was seen, said and done about it. " * (n % 5 + 1),
        tuple(Evidence)[n % 4],
        "Why it matters." if n % 3 == 0 else "",
    )
    for n in range(60)
)


def test_a_chronology_of_sixty_lines_repeats_its_head_and_keeps_its_order() -> None:
    content = msgspec.structs.replace(SUMMARY, chronology=tuple(reversed(LINES)))
    read = pages(render_summary(content, Profile.FULL))
    assert 8 <= len(read) <= 13
    holding = [page for page in read if "Line " in page]
    assert len(holding) >= 4
    assert all("When From About What, and its significance Kind" in page for page in holding)
    whole = " ".join(read)
    positions = [whole.index(f"Line {n + 1}.") for n in range(60)]
    assert positions == sorted(positions)


def test_no_page_ends_with_a_heading_that_belongs_to_the_next() -> None:
    first = ("Decision", "Actions", "Referral", "People and household", "Rating and its history")
    second = ("Basis for sharing", "Chronology of all agencies", "What each agency brought", "Analysis")
    titles = (*first, *second, "Dissent", "Distribution", "Withheld", "Signature")
    for count in range(0, 16, 3):
        actions = tuple(Action(f"Action {n}", "Owner") for n in range(count))
        for page in pages(render_summary(msgspec.structs.replace(SUMMARY, actions=actions), Profile.FULL)):
            body = page.split("ISL-26-04417 · page")[0].strip()
            assert not body.endswith(titles)


def test_an_agencys_name_is_repeated_where_its_rows_go_on() -> None:
    police = CONTRIBUTIONS[1]
    many = msgspec.structs.replace(police, findings=police.findings * 20)
    content = msgspec.structs.replace(SUMMARY, contributions=(many,))
    holding = [page for page in pages(render_summary(content, Profile.FULL)) if "No record can be" in page]
    assert len(holding) >= 3
    assert all("returned 12 Nov 2026, 11:02 by PC Laura Finch" in page for page in holding)


def test_a_row_that_a_page_could_hold_is_not_cut_in_two() -> None:
    for short in range(6, 24, 6):
        lines = [msgspec.structs.replace(LINES[0], what=f"Line {n + 1}.") for n in range(short)]
        words = "Begins here. " + "What was seen, said and done about it. " * 18 + "Ends here."
        long = msgspec.structs.replace(LINES[0], what=words)
        content = msgspec.structs.replace(SUMMARY, chronology=(*lines, long))
        (holding,) = [page for page in pages(render_summary(content, Profile.FULL)) if "Begins here" in page]
        assert "Ends here." in holding
