"""The triage desk without its window: sections leave, people come in a line, history is found and judged."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from mash_desktop.desk import Desk, triage
from mash_desktop.desk.attachments import attach, attached_to
from mash_desktop.desk.triage import guide, history, routing
from mash_desktop.domain.acts import Author, Draft
from mash_desktop.domain.codes import Cohort, Voice
from mash_desktop.domain.entries.contact import (
    AcknowledgementSent,
    AdviceGiven,
    AssessmentRecorded,
    ConcernRecorded,
    HistorySearched,
    NoteAdded,
    ReferrerRecorded,
)
from mash_desktop.domain.entries.identity import IdentityLinked
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.fold import Referral, Stage
from mash_desktop.matching import Band
from tests.domain.stories import ADULT_OPERATOR
from tests.domain.story import CONSULTANT, KEY, OPERATOR, START, Story, staffordshire
from tests.support.desks import desk_of
from tests.support.families import BEFORE, KNOWN, earlier_carter, known_before
from tests.support.other_cohorts import SUPERVISOR

STAFFORDSHIRE = "E10000028"
HOUSEHOLD, CHILD, ALLEGED = "adult in the household", "child in the household", "alleged to cause harm"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return desk_of(OPERATOR, tmp_path)


def opened(desk: Desk, cohort: Cohort = Cohort.CHILDREN) -> str:
    return triage.begin(desk, cohort, STAFFORDSHIRE)


def account(words: str = "Mia came in with a bruise; she says she fell.", **fields: Any) -> triage.Account:
    return triage.Account(words=words, **fields)


def test_a_contact_is_a_stream_from_its_first_line(desk: Desk) -> None:
    stream = opened(desk)
    referral = desk.referral(stream)
    assert referral.stage is Stage.CONTACT
    assert referral.owner == "scc-children"
    assert triage.at_desk(desk).current == stream


def test_an_authority_that_nobody_here_serves_is_refused_before_anything_is_kept(desk: Desk) -> None:
    with pytest.raises(Refusal) as refused:
        triage.begin(desk, Cohort.CHILDREN, "E06000021")
    assert refused.value.field == "local_authority"
    assert triage.at_desk(desk).opened == ()


def test_a_section_leaves_as_an_entry_and_ends_its_draft(desk: Desk) -> None:
    stream = opened(desk)
    form = triage.Caller(who="Helen Marsh, deputy head", organisation="St Chad’s", may_know="yes")
    triage.keep(desk, stream, [form])
    triage.leave(desk, stream, form)
    (made,) = desk.referral(stream).all(ReferrerRecorded)
    assert (made.body.name, made.body.capacity, made.body.confidential) == (
        "Helen Marsh",
        "deputy head",
        False,
    )
    assert desk.cache.drafts(f"triage/{stream}/") == {}


def test_the_family_may_not_know_who_called_until_the_caller_agrees(desk: Desk) -> None:
    stream = opened(desk)
    triage.leave(desk, stream, triage.Caller(who="Helen Marsh"))
    assert desk.referral(stream).all(ReferrerRecorded)[0].body.confidential


def test_a_section_that_says_nothing_new_makes_no_entry(desk: Desk) -> None:
    stream = opened(desk)
    for _ in range(2):
        triage.leave(desk, stream, account(incident_on="10/11/26"))
    (made,) = desk.referral(stream).all(ConcernRecorded)
    assert made.body.incident_on is not None
    assert made.body.incident_on.display() == "10 Nov 2026"


def test_what_cannot_be_read_stays_as_typed(desk: Desk) -> None:
    stream = opened(desk)
    form = account(incident_on="the other day")
    triage.keep(desk, stream, [form])
    with pytest.raises(Refusal) as refused:
        triage.leave(desk, stream, form)
    assert refused.value.field == "incident_on"
    assert triage.view(desk, stream).account == form


def test_marks_travel_with_the_words(desk: Desk) -> None:
    stream = opened(desk)
    triage.leave(desk, stream, account(marks=(triage.Mark("she says she fell", "seen"),)))
    (made,) = desk.referral(stream).all(ConcernRecorded)
    assert made.body.statements[0].voice is Voice.SEEN
    assert triage.view(desk, stream).account.marks == (triage.Mark("she says she fell", "seen"),)


def test_a_changed_time_of_receipt_keeps_the_day_and_refuses_the_future(desk: Desk) -> None:
    stream = opened(desk)
    arrival = triage.view(desk, stream).arrival
    assert arrival.received == "13:58"
    triage.leave(desk, stream, msgspec.structs.replace(arrival, source="2A", received="11 Nov 2026 16:05"))
    assert triage.view(desk, stream).aside == "phone · received 11 Nov 2026 16:05"
    with pytest.raises(Refusal) as refused:
        triage.leave(desk, stream, msgspec.structs.replace(arrival, received="23:59"))
    assert refused.value.code == "from-the-future"


@pytest.mark.parametrize(
    ("line", "name", "born", "relation", "why"),
    [
        ("Mia Carter 3 Apr 2017 subject", "Mia Carter", "3 Apr 2017 (9)", "subject", "subject of concern"),
        ("Joanne Carter 1988 est mother PR", "Joanne Carter", "1988, estimated", "mother, PR", "carer"),
        ("“Dean” mother's partner", "“Dean”, surname unknown", "–", "mother's partner", HOUSEHOLD),
        ("Dean Foster mum's boyfriend alleged", "Dean Foster", "–", "mum's boyfriend", ALLEGED),
        ("Carter, Tyler Lee 3/4/2014 brother", "Tyler Lee Carter", "3 Apr 2014 (12)", "brother", CHILD),
        ("Jan van der Berg age 38 father", "Jan van der Berg", "1988, estimated", "father", "carer"),
        ("mother of the caller", "mother of the caller", "–", "mother of the caller", "carer"),
    ],
)  # fmt: skip
def test_a_line_says_a_person(desk: Desk, line: str, name: str, born: str, relation: str, why: str) -> None:
    stream = opened(desk)
    triage.add_person(desk, stream, "Someone Else 2019 subject")
    triage.add_person(desk, stream, line)
    row = triage.view(desk, stream).rows[-1]
    assert (row.name, row.born, row.relation, row.why) == (name, born, relation, why)


def test_the_first_person_named_is_who_it_is_about(desk: Desk) -> None:
    stream = opened(desk)
    triage.add_person(desk, stream, "Mia Carter 3 Apr 2017")
    assert triage.view(desk, stream).rows[0].of_concern


def test_an_empty_line_is_refused_at_its_field(desk: Desk) -> None:
    stream = opened(desk)
    with pytest.raises(Refusal) as refused:
        triage.add_person(desk, stream, "  ")
    assert refused.value.field == "line"


def test_an_edited_person_is_recorded_again_under_the_same_id(desk: Desk) -> None:
    stream = opened(desk)
    subject = triage.add_person(desk, stream, "Mia Carter 3 Apr 2017 subject")
    form = triage.person(desk, stream, subject)
    triage.leave(
        desk, stream, msgspec.structs.replace(form, school="St Chad’s Primary", nhs_number="943 476 5919")
    )
    made = desk.referral(stream).subjects[subject].body
    assert (made.school, made.nhs_number) == ("St Chad’s Primary", "9434765919")
    with pytest.raises(Refusal) as refused:
        triage.leave(desk, stream, msgspec.structs.replace(form, nhs_number="943 476 5918"))
    assert refused.value.field == "nhs_number"


def test_the_familys_address_is_everybodys_but_the_person_alleged(desk: Desk) -> None:
    stream = opened(desk)
    mia = triage.add_person(desk, stream, "Mia Carter 2017 subject")
    triage.add_person(desk, stream, "“Dean” partner alleged")
    triage.leave(desk, stream, triage.Home(line="14 Mill Lane", postcode="st162lh"))
    tyler = triage.add_person(desk, stream, "Tyler Carter 2014 brother")
    (home,) = triage.view(desk, stream).homes
    assert (home.postcode, home.subjects) == ("ST16 2LH", (mia, tyler))
    triage.lives_at(desk, stream, home.address, tyler, False)
    assert triage.view(desk, stream).homes[0].subjects == (mia,)


def test_who_was_not_told_needs_a_reason(desk: Desk) -> None:
    stream = opened(desk)
    triage.add_person(desk, stream, "Mia Carter 2017 subject")
    mother = triage.add_person(desk, stream, "Joanne Carter mother PR")
    assert triage.view(desk, stream).telling.subject == mother
    with pytest.raises(Refusal) as refused:
        triage.leave(desk, stream, triage.Telling(subject=mother, told="no"))
    assert refused.value.field == "not_told_reason"
    triage.leave(
        desk, stream, triage.Telling(subject=mother, told="no", reason="raises_risk", text="He is at home.")
    )
    assert triage.view(desk, stream).telling.told == "no"


def test_history_says_why_it_may_be_the_same_person_and_what_happened_before(tmp_path: Path) -> None:
    desk = desk_of(OPERATOR, tmp_path, earlier_carter())
    known_before(desk)
    stream = opened(desk)
    found = history.of_line(desk, stream, "Mia Carter 3 Apr 2017")
    likely, possible = found.matches
    assert likely.title == "Mia Louise Carter, 3 Apr 2017"
    assert likely.band is Band.VERY_LIKELY
    assert "middle name added" in likely.reasons
    assert likely.earlier == "1 earlier referral · last 12 Nov 2026, child in need (s17), closed"
    assert likely.repeat
    assert possible.title == "Mia Cartwright, 4 Mar 2017"
    assert possible.earlier == "1 earlier referral · last 1 May 2023, child in need plan, closed"
    assert not possible.repeat
    assert found.timing.startswith("cache ")


def test_same_links_both_to_one_identity_and_later_records_of_it_are_one_card(tmp_path: Path) -> None:
    desk = desk_of(OPERATOR, tmp_path, earlier_carter())
    stream = opened(desk)
    mia = triage.add_person(desk, stream, "Mia Carter 3 Apr 2017 subject")
    (match,) = history.of_person(desk, stream, triage.person(desk, stream, mia)).matches
    history.decide(desk, stream, mia, match, history.SAME)
    (identity,) = desk.cache.linked_identities(stream)
    assert identity.linked == {(stream, mia), (BEFORE, "mia-louise")}
    (match,) = history.of_person(desk, stream, triage.person(desk, stream, mia)).matches
    assert match.said == history.SAME
    third = opened(desk)
    (both,) = history.of_line(desk, third, "Mia Carter 3 Apr 2017").matches
    assert both.earlier.startswith("2 earlier referrals · last 12 Nov 2026")


def test_not_the_same_is_kept_and_can_be_taken_back(tmp_path: Path) -> None:
    desk = desk_of(OPERATOR, tmp_path)
    known_before(desk)
    stream = opened(desk)
    mia = triage.add_person(desk, stream, "Mia Cartwright 4 Mar 2017 subject")

    def match() -> history.Match:
        return history.of_person(desk, stream, triage.person(desk, stream, mia)).matches[0]

    history.decide(desk, stream, mia, match(), history.NOT_SAME)
    assert desk.cache.identity(KNOWN).not_same == {(stream, mia)}
    assert match().said == history.NOT_SAME
    history.decide(desk, stream, mia, match(), history.SAME)
    assert match().said == history.SAME


def test_unsure_is_a_note_and_leaves_the_match_open(tmp_path: Path) -> None:
    desk = desk_of(OPERATOR, tmp_path)
    known_before(desk)
    stream = opened(desk)
    mia = triage.add_person(desk, stream, "Mia Cartwright 2017 subject")
    found = history.of_person(desk, stream, triage.person(desk, stream, mia))
    history.decide(desk, stream, mia, found.matches[0], history.UNSURE)
    (note,) = desk.referral(stream).all(NoteAdded)
    assert note.body.words == "Unsure whether Mia Cartwright is Mia Cartwright, 4 Mar 2017."
    (again,) = history.of_person(desk, stream, triage.person(desk, stream, mia)).matches
    assert (again.said, again.undecided) == (history.UNSURE, True)


def test_a_search_is_recorded_once_for_what_it_found(desk: Desk) -> None:
    stream = opened(desk)
    for found in (2, 2, 3):
        history.note_search(desk, stream, found, "cache")
    assert [made.body.found for made in desk.referral(stream).all(HistorySearched)] == [2, 3]


def test_the_guide_reminds_of_what_was_typed_and_says_which_word(desk: Desk) -> None:
    stream = opened(desk)
    triage.add_person(desk, stream, "Mia Carter 3 Apr 2017 subject")
    found = guide.remind(desk, stream, account(), repeat=True)
    assert [(one.words, one.says, one.because) for one in found] == [
        ("Injury, with an account of it", "s17 – s47", "bruise"),
        ("Repeat within 12 months", "raise", ""),
        ("Not asked: is medical attention needed?", "ask", "bruise"),
    ]
    assert (
        guide.remind(desk, stream, account(words="Mia is always hungry; the GP knows."), repeat=False)[0].says
        == "s17"
    )


def test_a_mark_on_a_baby_is_another_matter(desk: Desk) -> None:
    stream = opened(desk)
    triage.add_person(desk, stream, "Ava Carter 1 Aug 2026 subject")
    assert guide.remind(desk, stream, account(words="A bruise on her cheek."), repeat=False)[0].says == "s47"


def test_what_is_still_to_ask_shrinks_as_it_is_answered(desk: Desk) -> None:
    stream = opened(desk)
    assert triage.view(desk, stream).to_ask[:2] == ("What happened?", "Who is it about?")
    triage.add_person(desk, stream, "Mia Carter 3 Apr 2017 subject")
    triage.leave(desk, stream, account(danger="no", where_now="At school", next_access="15:15"))
    assert triage.view(desk, stream).to_ask[:3] == (
        "Were the parents told?",
        "Where do they live?",
        "Anyone else at home?",
    )


def test_a_route_is_offered_at_once_and_asks_for_words_and_for_somebody_to_be_about(desk: Desk) -> None:
    stream = opened(desk)
    assert not any(choice.why_not for choice in triage.view(desk, stream).routes)
    with pytest.raises(Refusal) as refused:
        routing.prepared(desk, stream, "direct-line")
    assert (refused.value.field, refused.value.sentence) == ("words", "Write what happened before routing.")
    triage.leave(desk, stream, account())
    with pytest.raises(Refusal) as refused:
        routing.prepared(desk, stream, "direct-line")
    assert (refused.value.field, refused.value.sentence) == ("line", "Name the person the concern is about.")
    triage.add_person(desk, stream, "Mia Carter 2017 subject")
    choices = triage.view(desk, stream).routes
    assert not any(choice.why_not for choice in choices)
    assert [(c.id, c.kind) for c in choices if c.kind != "plain"] == [
        ("social-work-gateway", "primary"),
        ("direct-line", "urgent"),
    ]
    assert choices[-1].key == "Alt+0, Alt+0"


def test_a_route_is_taken_with_the_level_it_usually_means(desk: Desk) -> None:
    stream = opened(desk)
    triage.leave(desk, stream, account(danger="yes"))
    mia = triage.add_person(desk, stream, "Mia Carter 2017 subject")
    history.note_search(desk, stream, 0, "cache")
    form = routing.prepared(desk, stream, "social-work-gateway")
    assert form.history_searched
    assert form.levels == {mia: "child_in_need"}
    with pytest.raises(Refusal) as refused:
        routing.take_route(desk, stream, form)
    assert refused.value.field == "rationale"
    said = routing.take_route(desk, stream, msgspec.structs.replace(form, rationale="Second injury."))
    triaged = desk.referral(stream).triaged
    assert triaged is not None
    assert triaged.body.immediate_danger
    assert said == "Routed to Social Work Gateway. It waits for a qualified decision."
    assert not triage.view(desk, stream).open


OPERATORS = {
    Cohort.CHILDREN: OPERATOR,
    Cohort.ADULTS: ADULT_OPERATOR,
    Cohort.DOMESTIC_ABUSE: SUPERVISOR,
}


def routed(
    folder: Path, cohort: Cohort, route: str, level: str, *, percent: int, found: int = 0
) -> tuple[str, Referral]:
    """What the author of a contact is told as they route it in a hub that samples so many; the contact."""
    hub = staffordshire()
    oversight = msgspec.structs.replace(hub.oversight, sampled_percent=percent)
    desk = desk_of(OPERATORS[cohort], folder, hub=msgspec.structs.replace(hub, oversight=oversight))
    stream = opened(desk, cohort)
    triage.leave(desk, stream, account())
    about = triage.add_person(desk, stream, "Kim Doyle 1994 subject")
    history.note_search(desk, stream, found, "cache")
    form = routing.prepared(desk, stream, route)
    said = routing.take_route(
        desk, stream, msgspec.structs.replace(form, levels={about: level}, rationale="It is enough.")
    )
    return said, desk.referral(stream)


@pytest.mark.parametrize(
    ("cohort", "route", "level", "team", "follows"),
    [
        (
            Cohort.CHILDREN,
            "early-help-gateway",
            "early_help",
            "early-help-gateway",
            "with Early Help Gateway",
        ),
        (Cohort.CHILDREN, "family-hub", "early_help", "family-hub", "with Family Hubs"),
        (Cohort.CHILDREN, "advice", "advice", "", "waits in oversight to be sent on or closed"),
        (Cohort.ADULTS, "adult-safeguarding", "s42_enquiry", "", "waits for a qualified decision"),
        (Cohort.DOMESTIC_ABUSE, "police-domestic-abuse", "high", "", "waits for a qualified decision"),
        (Cohort.DOMESTIC_ABUSE, "police-domestic-abuse", "standard", "domestic-abuse", "is with "),
    ],
)
def test_triage_sends_on_what_needs_no_decision_and_says_what_follows(
    tmp_path: Path, cohort: Cohort, route: str, level: str, team: str, follows: str
) -> None:
    said, referral = routed(tmp_path, cohort, route, level, percent=0)
    assert follows in said
    assert [one.team for one in referral.sent] == ([team] if team else [])


def test_what_matches_history_or_is_sampled_is_looked_at_before_it_is_sent(tmp_path: Path) -> None:
    early = (Cohort.CHILDREN, "early-help-gateway", "early_help")
    for folder, percent, found, follows in (
        ("matched", 0, 2, "It waits for a qualified decision."),
        ("sampled", 100, 0, "It is one of the sample: it waits for a decision maker to look at it."),
    ):
        (tmp_path / folder).mkdir()
        said, referral = routed(tmp_path / folder, *early, percent=percent, found=found)
        assert referral.stage is Stage.TRIAGED
        assert said == f"Routed to Early Help Gateway. {follows}"


def test_who_does_not_own_the_contact_leaves_it_to_the_owner_to_send(tmp_path: Path) -> None:
    hub = staffordshire()
    oversight = msgspec.structs.replace(hub.oversight, sampled_percent=0)
    desk = desk_of(ADULT_OPERATOR, tmp_path, hub=msgspec.structs.replace(hub, oversight=oversight))
    stream = opened(desk)
    triage.leave(desk, stream, account())
    triage.add_person(desk, stream, "Mia Carter 2017 subject")
    history.note_search(desk, stream, 0, "cache")
    form = routing.prepared(desk, stream, "early-help-gateway")
    said = routing.take_route(desk, stream, msgspec.structs.replace(form, rationale="Support."))
    assert said.endswith("It waits in oversight to be sent on or closed.")
    assert desk.referral(stream).stage is Stage.TRIAGED


def test_a_level_left_open_is_named(desk: Desk) -> None:
    stream = opened(desk, Cohort.ADULTS)
    triage.leave(desk, stream, account())
    triage.add_person(desk, stream, "Alma Whitfield 1941 subject")
    form = routing.prepared(desk, stream, "adult-assessment")
    with pytest.raises(Refusal) as refused:
        routing.take_route(desk, stream, msgspec.structs.replace(form, rationale="Needs support."))
    assert refused.value.sentence == "Choose a level for Alma Whitfield."


def test_a_route_whose_usual_level_is_on_another_ladder_is_still_offered(desk: Desk) -> None:
    stream = opened(desk, Cohort.DOMESTIC_ABUSE)
    triage.leave(desk, stream, account())
    kim = triage.add_person(desk, stream, "Kim Doyle 1994 victim")
    advice = triage.view(desk, stream).routes[0]
    assert (advice.id, advice.why_not) == ("advice", "")
    assert routing.prepared(desk, stream, "advice").levels == {kim: ""}


def test_an_adults_wishes_are_kept_and_asked_for(desk: Desk) -> None:
    stream = opened(desk, Cohort.ADULTS)
    assert "What does the person want to happen?" in triage.view(desk, stream).to_ask
    form = triage.Adult(wishes="To stay at home.", consent="no", override_reason="Others are at risk.")
    with pytest.raises(Refusal) as refused:
        triage.leave(desk, stream, form)
    assert refused.value.code == "nobody-of-concern"
    triage.add_person(desk, stream, "Alma Whitfield 1941 subject")
    triage.leave(desk, stream, form)
    assert triage.view(desk, stream).adult == form


def result(form: triage.Assessed) -> tuple[str, bool]:
    return triage.result_words(form, START.date(), 12)


def test_a_repeat_within_the_hubs_months_is_a_route_to_marac(desk: Desk) -> None:
    form = triage.Assessed(tool="dash-2009", last_marac="12 Nov 2025")
    assert result(form) == (
        "0 yes · 0 of 27 asked · high: repeat within 12 months of the last referral",
        True,
    )
    assert not result(msgspec.structs.replace(form, last_marac="11 Nov 2025"))[1]
    assert not result(msgspec.structs.replace(form, last_marac="12 Nov 20"))[1]


def test_judgement_raises_a_score_below_fourteen(desk: Desk) -> None:
    stream = opened(desk, Cohort.DOMESTIC_ABUSE)
    triage.add_person(desk, stream, "Kim Doyle 1994 victim")
    nine = {str(number): "yes" for number in range(1, 10)}
    form = triage.Assessed(tool="dash-2009", answers=nine)
    assert result(form) == ("9 yes · 9 of 27 asked", False)
    judged = msgspec.structs.replace(form, judgement=True)
    with pytest.raises(Refusal) as refused:
        triage.leave(desk, stream, judged)
    assert refused.value.field == "judgement_reason"
    judged = msgspec.structs.replace(judged, judgement_reason="He has found her new address.")
    triage.leave(desk, stream, judged)
    assert triage.view(desk, stream).assessed == judged
    assert result(judged) == ("9 yes · 9 of 27 asked · high: professional judgement", True)


def test_the_consultants_advice_is_shown_and_named_in_the_routing(tmp_path: Path) -> None:
    story = Story().taken()
    story.tell(CONSULTANT, AdviceGiven(words="Ask who collects her today."))
    desk = desk_of(OPERATOR, tmp_path, story)
    (advice,) = triage.view(desk, story.stream).advice
    assert (advice.name, advice.words) == ("Ruth Okafor", "Ask who collects her today.")
    assert routing.prepared(desk, story.stream, "advice").advised_by == CONSULTANT.person


def test_a_colleagues_contact_waits_in_the_queue_and_can_be_taken_up_and_parked(tmp_path: Path) -> None:
    story = Story().taken()
    desk = desk_of(OPERATOR, tmp_path, story)
    mine = opened(desk)
    rows = {row.stream: row for row in triage.waiting(desk)}
    assert (rows[mine].mine, rows[story.stream].mine) == (True, False)
    assert rows[story.stream].who == "Carter, Mia + 1"
    assert triage.take_up(desk, story.stream).current == story.stream
    assert triage.park(desk).current == ""
    assert len(triage.at_desk(desk).opened) == 2
    assert triage.put_down(desk, story.stream).opened[0].stream == mine


def test_a_contact_can_be_acknowledged_passed_on_or_named_a_duplicate(tmp_path: Path) -> None:
    desk = desk_of(OPERATOR, tmp_path, earlier_carter())
    first, second = opened(desk), opened(desk)
    routing.acknowledge(desk, first, "By telephone, during the call")
    assert desk.referral(first).all(AcknowledgementSent)[0].body.how == "By telephone, during the call"
    routing.pass_on(desk, first, "Dan Whitmore", "Open case.")
    assert desk.referral(first).stage is Stage.CLOSED
    with pytest.raises(Refusal) as refused:
        routing.name_duplicate(desk, second, "ISL-26-99999", "Same call.")
    assert refused.value.field == "of"
    reference = desk.referral(BEFORE).reference
    assert reference is not None
    routing.name_duplicate(desk, second, reference, "The same call, written down twice.")
    assert desk.referral(second).stage is Stage.CLOSED


def test_another_cohort_takes_the_contact_up_again_with_all_that_was_told(desk: Desk) -> None:
    stream = opened(desk)
    triage.leave(desk, stream, triage.Caller(who="Helen Marsh"))
    triage.leave(desk, stream, account())
    triage.add_person(desk, stream, "Alma Whitfield 1941 subject")
    other = routing.reopen_as(desk, stream, Cohort.ADULTS, STAFFORDSHIRE)
    now = triage.view(desk, other)
    assert (now.cohort, now.caller.who, now.rows[0].name) == (Cohort.ADULTS, "Helen Marsh", "Alma Whitfield")
    assert desk.referral(other).owner == "scc-adults"
    assert desk.referral(stream).stage is Stage.CLOSED


def test_a_corrected_authority_keeps_the_assessment_the_notes_the_documents_and_who_they_are(
    tmp_path: Path,
) -> None:
    desk = desk_of(OPERATOR, tmp_path, earlier_carter())
    stream = opened(desk, Cohort.DOMESTIC_ABUSE)
    kim = triage.add_person(desk, stream, "Kim Doyle 1994 victim")
    form = triage.Assessed(tool="dash-2009", answers={str(one): "yes" for one in range(1, 16)})
    triage.leave(desk, stream, triage.Assessed(tool="dash-2009", answers={"1": "no"}))
    triage.leave(desk, stream, form)
    desk.act(stream, NoteAdded(words="She rings from her sister's."))
    routing.acknowledge(desk, stream, "By telephone, during the call")
    (tmp_path / "letter.pdf").write_bytes(b"%PDF-1.7 a letter")
    attach(desk, stream, str(tmp_path / "letter.pdf"), "Her letter", (kim,))
    link = IdentityLinked(referral=stream, subject=kim)
    desk.save(
        [Draft("identity:1", link), Draft("identity:2", IdentityLinked(referral=BEFORE, subject="mia"))]
    )
    other = routing.reopen_as(desk, stream, Cohort.CHILDREN, STAFFORDSHIRE)
    again = routing.reopen_as(desk, other, Cohort.DOMESTIC_ABUSE, STAFFORDSHIRE)
    now = desk.referral(again)
    assert triage.view(desk, again).assessed == form
    assert len(now.all(AssessmentRecorded)) == 1
    assert triage.view(desk, again).acknowledged == "By telephone, during the call"
    assert [made.body.words for made in now.all(NoteAdded)] == ["She rings from her sister's."]
    assert [(one.title, one.missing) for one in attached_to(desk, again)] == [("Her letter", ())]
    assert {one for one in desk.cache.identity("identity:1").linked if one[0] == again} == {(again, kim)}
    # What the same contact was before is nobody's history, and calls for no decision.
    assert history.of_everybody(desk, again)[kim].matches == ()
    assert desk.cache.identity("identity:2").linked == {(BEFORE, "mia")}


def test_advice_goes_along_under_the_name_of_whoever_gave_it(tmp_path: Path) -> None:
    story = Story().taken()
    story.tell(CONSULTANT, AdviceGiven(words="Ask who collects her today."))
    desk = desk_of(OPERATOR, tmp_path, story)
    other = routing.reopen_as(desk, story.stream, Cohort.ADULTS, STAFFORDSHIRE)
    (note,) = desk.referral(other).all(NoteAdded)
    assert note.body.words == "Ruth Okafor: Ask who collects her today."


def test_what_was_typed_is_there_after_the_desk_is_made_anew(tmp_path: Path) -> None:
    desk = desk_of(OPERATOR, tmp_path)
    stream = opened(desk)
    triage.keep(desk, stream, [account(words="She was cry")])
    triage.keep_line(desk, stream, "line", "Mia Car")
    again = Desk(desk.cache, desk.me, KEY, now=lambda: START + timedelta(hours=1), prove_passphrase=print)
    shown = triage.view(again, triage.at_desk(again).current)
    assert (shown.account.words, shown.line) == ("She was cry", "Mia Car")


def test_who_may_not_take_contacts_is_offered_no_route(tmp_path: Path) -> None:
    story = Story().taken()
    other = Author(CONSULTANT.person, "police", CONSULTANT.role, KEY.key_id)
    desk = desk_of(CONSULTANT, tmp_path, story)
    me = msgspec.structs.replace(desk.me, author=other, standings=(other,))
    foreign = Desk(desk.cache, me, KEY, now=desk.now, prove_passphrase=print)
    assert all(choice.why_not for choice in triage.view(foreign, story.stream).routes)
