"""The whole demonstration: every step seen to happen, what should be left is, what should not be is not.

The parts are real: a store in its own process on an embedded PostgreSQL, a Secret Service, seventeen
desktops.
"""

from __future__ import annotations

import csv
import json
import re
import statistics
import struct
from pathlib import Path

import pypdf
import pytest
from PySide6.QtGui import QImage

from tests.journeys.conftest import LONGEST, Walked
from tests.support.canary import hits
from ui.demo.children import ANALYSIS, DECISIONS, WORDS
from ui.demo.people import PASSPHRASE, PASSWORD

pytestmark = pytest.mark.timeout(LONGEST)

STEPS = (
    "A central ISL store is made, with the hub of Staffordshire and its people.",
    "in a process of its own; desktops pin its certificate.",
    "history-2026.xml: 309 added, 0 there already, 25 rejected.",
    "intake.csv: 517 added, 0 there already, 28 rejected.",
    "intake.csv once more: 0 added, 517 there already, 28 rejected.",
    "Priya Nair takes a call from a school and types as she listens.",
    "Two earlier records of the family are found while she types.",
    "She records *child in need* for both children and routes to the Social Work Gateway.",
    "Ruth Okafor agrees and admits it: lawful basis and each person in scope confirmed.",
    "Karen Shaw, hub manager, rates it amber.",
    "She asks police, health and probation about named people, with the minimum concern.",
    "Dee Lowe, facilitator, brings the case to the round table.",
    "Police answer; their words reach the round table by themselves, conditions kept.",
    "Probation hold nothing, and say which system they searched.",
    "Health refuse, with a reason and a day on which it is reviewed.",
    "She records attendance, views, analysis and actions.",
    "The second display shows the room what everybody present may see.",
    "Decided: Mia is stepped up to child protection, Tyler is confirmed at child in need.",
    "Ruth Okafor returns the draft once, with a reason.",
    "Dee Lowe amends it and drafts again.",
    "Ruth Okafor signs exactly this text, with her passphrase.",
    "Mia goes to child protection and Tyler to the Social Work Gateway; the referrer is told the outcome.",
    "A summary for each receiving team and the feedback to the referrer are made.",
    "Tom Hartley accepts Tyler for the Social Work Gateway, and records the first action.",
    "Bel Osei accepts Mia for child protection; now that both are taken on, it closes.",
    "Leila Farouk signs a section 42 enquiry; the adult team accept and close.",
    "Nine yes answers of the DASH questions; professional judgement raises the case to high.",
    "Joan Fletcher signs: high, to MARAC on professional judgement below 14.",
    "Neil Bloor's line is cut. He goes on working; what he does waits, and he is told so.",
    "Mended, he catches up. Karen Shaw had rated first: his act is refused, his words are kept.",
    "Dan Whitmore's desktop is killed with SIGKILL right after a save.",
    "Started again and unlocked, it has lost nothing.",
    "Search, the file, figures, governance, administration and settings; a desktop locks and opens.",
)
SCREENS = (
    "administration", "command-palette", "enrol", "figures", "governance", "hub-board", "inbox-carter",
    "inbox-empty", "inbox-pickering", "inbox-tully", "keys", "locked", "offline", "oversight", "paper",
    "referral-file", "refused", "requests", "round-table", "search", "sending", "settings", "sign-in",
    "sign-off", "signed", "sync-and-attention", "triage", "triage-adult", "triage-domestic-abuse",
    "triage-queue", "triage-routing",
)  # fmt: skip
LOCK = ".lockfile"
"""The embedded PostgreSQL's: empty, and for every store of a machine the same."""
SIZES = ((1366, 768), (1920, 1080))
LOOKS = {(screen, look) for screen in SCREENS for look in ("light", "dark")}
LOOKS |= {(screen, "high-contrast") for screen in ("triage", "hub-board", "round-table", "sign-off")}
# The display for the room is dark whatever the desks are.
LOOKS |= {("second-display", "dark")}
CASES = ("children", "adult", "domestic-abuse")
COPIES = ("full", "receiving-team", "referrer", "round-table")
# What was typed about people, what the bulk files say of others, and the secrets that were typed at doors.
TYPED = (
    "Joanne", "Carter", "14 Mill Lane", "St Chad's Primary", WORDS[:40], ANALYSIS["harm"],
    DECISIONS["Tyler"].rationale, "Verbal argument reported by a neighbour",
    "George Pickering", "Dr Anna Lowndes", "Missed two dietitian appointments",
    "Lauren Tully", "Craig Hobson", "Stalking has begun",
)  # fmt: skip
BROUGHT = ("Jade Deakin", "67 Ash Grove", "two men who did the roof")
# Not on paper: nobody had sent it yet, or it is nobody else's.
UNPRINTED = ("01785 555 0142", "Beth Salt", "Shouting through the wall again")
SECRETS = (PASSWORD, PASSPHRASE)
CANARIES = (*TYPED, *BROUGHT, *UNPRINTED, *SECRETS)


def test_every_step_of_the_day_is_seen_to_happen_in_its_order(walked: Walked) -> None:
    assert (walked.code, walked.complained) == (0, ""), walked.said[-2000:]
    assert [step for step in STEPS if step not in walked.said] == []
    at = [walked.said.index(step) for step in STEPS]
    assert at == sorted(at)
    told = [line for line in walked.said.splitlines() if line.endswith(STEPS)]
    assert all(re.match(r" +\d+\.\d s  ", line) for line in told)


def test_a_picture_of_every_screen_is_left_at_both_sizes_and_in_each_theme(walked: Walked) -> None:
    wanted = {f"{screen}-{w}x{h}-{look}.png": (w, h) for screen, look in LOOKS for w, h in SIZES}
    assert {path.name for path in walked.output.glob("*.png")} == set(wanted)
    assert {name: _size(walked.output / name) for name in wanted} == wanted


def test_the_documents_show_the_round_table(walked: Walked) -> None:
    shown = (walked.folder / "docs" / "screenshot.png").read_bytes()
    assert shown == (walked.output / "round-table-1366x768-light.png").read_bytes()


def test_a_dark_picture_is_dark_and_a_light_one_light(walked: Walked) -> None:
    shades = {
        name: _shade(walked.output / name)
        for screen in SCREENS
        for name in (f"{screen}-1366x768-light.png", f"{screen}-1366x768-dark.png")
    }
    assert {n for n, shade in shades.items() if shade > 128} == {n for n in shades if "-light" in n}


def test_the_papers_of_every_case_say_what_was_told_and_decided(walked: Walked) -> None:
    papers = {f"{case}-{copy}.pdf" for case in CASES for copy in COPIES}
    # Siblings went to two teams, and each has its copy.
    assert {path.name for path in walked.output.glob("*.pdf")} == papers | {"children-receiving-team-2.pdf"}
    assert "about Mia Carter" in _text(walked.output / "children-receiving-team.pdf")
    assert "about Tyler Carter" in _text(walked.output / "children-receiving-team-2.pdf")
    said = " ".join(_text(walked.output / f"{case}-full.pdf") for case in CASES)
    # And so the words that are looked for below were really there to be left.
    assert [words for words in TYPED if words not in said] == []
    assert "Stepped up" in said or "stepped up" in said


def test_what_was_refused_of_the_bulk_files_is_told_by_line_field_and_reason(walked: Walked) -> None:
    for name, rows in (("history-rejects.csv", 25), ("intake-rejects.csv", 28)):
        with (walked.output / name).open(newline="") as file:
            told = list(csv.DictReader(file))
        assert len(told) == rows, name
        assert all(row["line"].isdigit() and row["reason"] for row in told)
        # What is wrong with a row as a whole has no field.
        assert all(row["field"] or row["code"] in {"repeated", "wrong-cell-count"} for row in told)
    assert [words for words in CANARIES if words in (walked.output / "intake-rejects.csv").read_text()] == []


@pytest.mark.parametrize("place", ["home", "tmp", "run", "kept/profiles", "kept/importing", "kept/store"])
def test_nothing_of_a_case_and_no_secret_lies_in_clear_after_the_day(walked: Walked, place: str) -> None:
    assert hits(walked.folder / place, CANARIES) == []


def test_nothing_lies_in_clear_beside_open_desktops_and_one_just_killed(walked: Walked) -> None:
    logs = {path.parent.name for path in walked.in_the_midst.rglob("*-wal") if path.stat().st_size}
    assert "dan.whitmore" in logs
    assert len(logs) > 10
    assert hits(walked.in_the_midst, CANARIES) == []


def test_the_stores_logs_and_what_the_programs_complained_of_name_nobody(walked: Walked) -> None:
    log = walked.kept / "store.log"
    assert [json.loads(line)["level"] for line in log.read_text().splitlines()]
    assert "ready to accept connections" in (walked.kept / "store" / "postgres" / "log").read_text()
    people = [line.split(",")[1] for line in (walked.kept / "people.csv").read_text().splitlines()]
    said = log.read_text() + walked.complained
    assert [words for words in (*CANARIES, *people) if words in said] == []


def test_nothing_is_left_running_or_in_the_folder_for_temporary_files(walked: Walked) -> None:
    assert walked.left_running == []
    assert [path.name for path in (walked.folder / "tmp").iterdir() if path.name != LOCK] == []


def test_the_log_that_the_day_left_verifies_from_its_first_line(walked: Walked) -> None:
    # How far it has come is told as well, beside what it found.
    assert re.match(
        r"\d+ entries, \d+ acts and \d+ feed rows of staffordshire are as signed.\n"
        r"The feeds of \d+ records and days bring what they should.\n",
        walked.verified,
    )


def _size(path: Path) -> tuple[int, int]:
    """Width and height in pixels, as a PNG's head says them."""
    width, height = struct.unpack(">II", path.read_bytes()[16:24])
    return width, height


def _shade(path: Path) -> float:
    """The mean lightness of a picture, 0 to 255."""
    picture = QImage(str(path))
    assert not picture.isNull(), path.name
    small = picture.convertToFormat(QImage.Format.Format_Grayscale8).scaled(64, 36)
    return statistics.mean(small.constBits())


def _text(path: Path) -> str:
    """What a paper says, on one line."""
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(path).pages).split())
