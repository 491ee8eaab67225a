"""What is wrong in a return is left out, no more than it must be, and said by line, field and reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from mash_desktop.exchange import census

from .returns import EPISODE, IDENTIFIERS, child, episode, history, message

BORN = "<PersonBirthDate>2017-04-03</PersonBirthDate>"
NUMBER = "<LAchildID>A1</LAchildID>"

CHILDREN = {
    "no number": (BORN, "ChildIdentifiers/LAchildID", "missing"),
    "a number that a spreadsheet would run": (
        f"<LAchildID>=A1</LAchildID>{BORN}",
        "ChildIdentifiers/LAchildID",
        "bad-identifier",
    ),
    "two numbers": (f"{NUMBER}<LAchildID>A2</LAchildID>{BORN}", "ChildIdentifiers/LAchildID", "repeated"),
    "no birth date": (NUMBER, "ChildIdentifiers/PersonBirthDate", "no-birth-date"),
    "a birth date the wrong way round": (
        f"{NUMBER}<PersonBirthDate>03/04/2017</PersonBirthDate>",
        "ChildIdentifiers/PersonBirthDate",
        "bad-date",
    ),
    "a birth date of another age": (
        f"{NUMBER}<PersonBirthDate>1066-10-14</PersonBirthDate>",
        "ChildIdentifiers/PersonBirthDate",
        "bad-date",
    ),
    "a birth date to come": (
        f"{NUMBER}<PersonBirthDate>2026-11-24</PersonBirthDate>",
        "ChildIdentifiers/PersonBirthDate",
        "in-the-future",
    ),
    "an expected date that is no date": (
        f"{NUMBER}<ExpectedPersonBirthDate>2027-02-30</ExpectedPersonBirthDate>",
        "ChildIdentifiers/ExpectedPersonBirthDate",
        "bad-date",
    ),
}


@pytest.mark.parametrize(("identifiers", "field", "code"), CHILDREN.values(), ids=CHILDREN)
def test_a_child_nobody_could_know_is_left_out(
    tmp_path: Path, identifiers: str, field: str, code: str
) -> None:
    children, (reject,) = history(tmp_path, message("\n", child(identifiers)))
    assert children == []
    assert (reject.source, reject.line, reject.field) == ("history.xml", 2, field)
    assert (reject.code, reject.left_out) == (code, "child")
    assert reject.reason.endswith(".")


def test_a_child_with_no_episode_has_no_history(tmp_path: Path) -> None:
    children, (reject,) = history(tmp_path, message(child(rest="")))
    assert children == []
    assert (reject.field, reject.code, reject.left_out) == ("CINdetails", "no-episode", "child")


def test_the_second_child_of_the_same_number_is_left_out(tmp_path: Path) -> None:
    children, (reject,) = history(tmp_path, message(child(), "\n", child()))
    assert len(children) == 1
    assert (reject.line, reject.code, reject.left_out) == (2, "repeated", "child")
    assert "line 1, character" in reject.reason


def test_in_a_return_of_one_line_a_child_is_known_again_and_every_fault_has_its_place(
    tmp_path: Path,
) -> None:
    other = child(IDENTIFIERS.replace("A1", "A2"), "")
    text = message(child(), child(), other)
    children, rejects = history(tmp_path, text)
    assert [one.la_child_id for one in children] == ["A1"]
    first = text.index("<Child>") + 1
    assert [(one.code, one.line) for one in rejects] == [("repeated", 1), ("no-episode", 1)]
    assert [text[one.character - 1 :].startswith("<Child>") for one in rejects] == [True, True]
    assert rejects[0].reason == f"The return already has this child at line 1, character {first}."
    assert rejects[0].character < rejects[1].character


def test_a_child_too_large_to_be_one_is_left_out_and_the_next_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(census, "MOST_ELEMENTS", 50)
    monkeypatch.setattr(census, "MOST_TEXT", 5_000)
    next_one = child(IDENTIFIERS.replace("A1", "A2"))
    many = child(rest="<Deep><Deeper/></Deep>" * 60 + EPISODE)
    long = child(IDENTIFIERS.replace("A1", "x" * 6_000), EPISODE)
    children, rejects = history(tmp_path, message(many, long, next_one))
    assert [known.la_child_id for known in children] == ["A2"]
    assert [reject.code for reject in rejects] == ["child-too-large", "child-too-large"]


EPISODES = {
    "no referral date": ("<CINdetails/>", "CINdetails/CINreferralDate", "missing"),
    "a referral date that is none": (
        episode("", referred="last spring"),
        "CINdetails/CINreferralDate",
        "bad-date",
    ),
    "a referral to come": (episode("", referred="2027-01-01"), "CINdetails/CINreferralDate", "in-the-future"),
    "a closure that cannot be read": (
        episode("<CINclosureDate>2025</CINclosureDate>"),
        "CINdetails/CINclosureDate",
        "bad-date",
    ),
    "a closure before the referral": (
        episode("<CINclosureDate>2024-12-31</CINclosureDate>"),
        "CINdetails/CINclosureDate",
        "dates-contradict",
    ),
    "the same episode again": (EPISODE, "CINdetails", "repeated"),
}


@pytest.mark.parametrize(("wrong", "field", "code"), EPISODES.values(), ids=EPISODES)
def test_an_episode_that_cannot_stand_is_left_out_alone(
    tmp_path: Path, wrong: str, field: str, code: str
) -> None:
    (found,), (reject,) = history(tmp_path, message(child(rest=f"{EPISODE}\n{wrong}")))
    assert len(found.episodes) == 1
    assert (reject.line, reject.field, reject.code, reject.left_out) == (2, field, code, "episode")


GROUPS = {
    "an assessment with no start": ("Assessments", "", "AssessmentActualStartDate", "missing"),
    "an assessment that ends before it starts": (
        "Assessments",
        "<AssessmentActualStartDate>2025-02-02</AssessmentActualStartDate>"
        "<AssessmentAuthorisationDate>2025-02-01</AssessmentAuthorisationDate>",
        "AssessmentAuthorisationDate",
        "dates-contradict",
    ),
    "a plan with a start that is no date": (
        "CINPlanDates",
        "<CINPlanStartDate>x</CINPlanStartDate>",
        "CINPlanStartDate",
        "bad-date",
    ),
    "a plan that ends before it starts": (
        "CINPlanDates",
        "<CINPlanStartDate>2025-02-02</CINPlanStartDate><CINPlanEndDate>2025-02-01</CINPlanEndDate>",
        "CINPlanEndDate",
        "dates-contradict",
    ),
    "an enquiry with no start": ("Section47", "", "S47ActualStartDate", "missing"),
    "a protection plan that ends before it starts": (
        "ChildProtectionPlans",
        "<CPPstartDate>2025-02-02</CPPstartDate><CPPendDate>2025-02-01</CPPendDate>",
        "CPPendDate",
        "dates-contradict",
    ),
}


@pytest.mark.parametrize(("group", "inside", "tag", "code"), GROUPS.values(), ids=GROUPS)
def test_a_group_that_cannot_stand_is_left_out_of_its_episode(
    tmp_path: Path, group: str, inside: str, tag: str, code: str
) -> None:
    said = child(rest=episode(f"<{group}>{inside}</{group}>"))
    (found,), (reject,) = history(tmp_path, message(said))
    (known,) = found.episodes
    assert (known.assessments, known.in_need_plans, known.enquiries, known.protection_plans) == (
        (),
        (),
        (),
        (),
    )
    assert (reject.field, reject.code, reject.left_out) == (f"CINdetails/{group}/{tag}", code, "group")


VALUES = {
    "ChildIdentifiers/UPN": ("<UPN>A860213421017</UPN>", "upn-check"),
    "ChildIdentifiers/FormerUPN": ("<FormerUPN>12</FormerUPN>", "upn-shape"),
    "ChildIdentifiers/UPNunknown": ("<UPNunknown>none</UPNunknown>", "unknown-code"),
    "ChildIdentifiers/Sex": ("<Sex>girl</Sex>", "unknown-code"),
    "ChildIdentifiers/GenderCurrent": ("<GenderCurrent>7</GenderCurrent>", "unknown-code"),
    "ChildIdentifiers/PersonDeathDate": ("<PersonDeathDate>2016-01-01</PersonDeathDate>", "dates-contradict"),
}
OF_EPISODES = {
    "CINdetails/ReferralSource": ("<ReferralSource>11</ReferralSource>", "unknown-code"),
    "CINdetails/PrimaryNeedCode": ("<PrimaryNeedCode>N10</PrimaryNeedCode>", "unknown-code"),
    "CINdetails/ReasonForClosure": ("<ReasonForClosure>RC10</ReasonForClosure>", "unknown-code"),
    "CINdetails/ReferralNFA": ("<ReferralNFA>maybe</ReferralNFA>", "bad-yes-or-no"),
    "CINdetails/DateOfInitialCPC": ("<DateOfInitialCPC>soon</DateOfInitialCPC>", "bad-date"),
    "CINdetails/ChildProtectionPlans/NumberOfPreviousCPP": (
        "<ChildProtectionPlans><CPPstartDate>2025-02-02</CPPstartDate>"
        "<NumberOfPreviousCPP>-1</NumberOfPreviousCPP></ChildProtectionPlans>",
        "bad-number",
    ),
    "CINdetails/Assessments/FactorsIdentifiedAtAssessment/AssessmentFactors": (
        "<Assessments><AssessmentActualStartDate>2025-02-02</AssessmentActualStartDate>"
        "<FactorsIdentifiedAtAssessment><AssessmentFactors>RB</AssessmentFactors>"
        "<AssessmentFactors>3B</AssessmentFactors></FactorsIdentifiedAtAssessment></Assessments>",
        "unknown-code",
    ),
}


@pytest.mark.parametrize(("field", "wrong", "code"), [(field, *case) for field, case in VALUES.items()])
def test_a_value_that_is_wrong_costs_itself(tmp_path: Path, field: str, wrong: str, code: str) -> None:
    (found,), (reject,) = history(tmp_path, message(child(NUMBER + BORN + wrong)))
    assert (found.upn, found.former_upn, found.upn_unknown, found.died_on) == (None, None, None, None)
    assert (reject.field, reject.code, reject.left_out) == (field, code, "value")


@pytest.mark.parametrize(("field", "wrong", "code"), [(field, *case) for field, case in OF_EPISODES.items()])
def test_a_value_that_is_wrong_leaves_its_episode(tmp_path: Path, field: str, wrong: str, code: str) -> None:
    (found,), (reject,) = history(tmp_path, message(child(rest=episode(wrong))))
    assert len(found.episodes) == 1
    assert (reject.field, reject.code, reject.left_out) == (field, code, "value")


def test_of_two_values_that_differ_the_first_is_kept(tmp_path: Path) -> None:
    twice = "<UPN>E860213421017</UPN><UPN>Q860215521007</UPN><UPN>E860213421017</UPN>"
    (found,), (reject,) = history(tmp_path, message(child(IDENTIFIERS + twice)))
    assert found.upn == "E860213421017"
    assert (reject.field, reject.code, reject.left_out) == ("ChildIdentifiers/UPN", "repeated", "value")


def test_a_reject_never_repeats_what_it_is_about(tmp_path: Path) -> None:
    secret = "Ella-Salt-of-Kiln-Lane"
    said = child(f"{IDENTIFIERS}<UPN>{secret}</UPN>", episode(f"<ReferralSource>{secret}</ReferralSource>"))
    _, rejects = history(tmp_path, message(said))
    assert [reject.value for reject in rejects] == ["text, length 22", "text, length 22"]
    assert not any(secret in str(reject) for reject in rejects)
