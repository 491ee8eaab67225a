"""Sign-off: what waits, the draft as it is read, signing and returning it, and what follows."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from mash_desktop.desk import Desk, sign_off
from mash_desktop.desk.drafts import keep, kept
from mash_desktop.desk.refused import Refused, refused_acts, take_up_again
from mash_desktop.desk.sign_off import Decision, form_key
from mash_desktop.domain.codes import MaracRoute
from mash_desktop.domain.entries.contact import ReferrerRecorded
from mash_desktop.domain.entries.decision import (
    DecisionAmended,
    DecisionDrafted,
    DecisionReturned,
    DecisionSigned,
    SubjectDecision,
)
from mash_desktop.domain.entries.gathering import ReleaseWithdrawn
from mash_desktop.domain.entries.outcome import (
    AgenciesTold,
    FeedbackGiven,
    OutcomeAccepted,
    OutcomeReturned,
    OutcomeSent,
)
from mash_desktop.domain.entries.table import TableOpened
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.fold.levels import levels
from mash_desktop.domain.fold.stage import Stage
from tests.domain.story import CONSULTANT, EDUCATION, FACILITATOR, GATEWAY, WORKER, Story
from tests.support.carters import at_sign_off, carters
from tests.support.desks import PASSPHRASE, crowd, desk_of, receive
from tests.support.other_cohorts import SAFEGUARDING_MANAGER, SUPERVISOR, abuse_decided, adult

STREAM = "referral:0"


def signer(folder: Path, story: Story | None = None) -> Desk:
    return desk_of(CONSULTANT, folder, story or at_sign_off())


def read(desk: Desk) -> Decision:
    found = sign_off.read_decision(desk, STREAM)
    assert found is not None
    return found


def signed(folder: Path) -> Desk:
    desk = signer(folder)
    sign_off.sign(desk, read(desk), PASSPHRASE)
    return desk


# --- what is read


def test_what_was_signed_just_now_is_listed_behind_hundreds_that_are_finished(tmp_path: Path) -> None:
    old = at_sign_off("referral:1", first=200).signed()
    old.tell(FACILITATOR, OutcomeSent(agency="scc-children", team="social-work-gateway"))
    old.tell(GATEWAY, OutcomeAccepted())
    old.tell(CONSULTANT, FeedbackGiven(how="Telephoned Mrs Marsh."))
    draft = at_sign_off("referral:2", first=600)
    desk = desk_of(CONSULTANT, tmp_path, old, draft, at_sign_off(first=400).signed())
    crowd(desk, "referral:1", 220)
    crowd(desk, "referral:2", 220)
    shown = sign_off.waiting(desk)
    assert sum(one.to_sign for one in shown) == 221
    assert [(one.stream, one.note) for one in shown if not one.to_sign] == [(STREAM, "to be sent")]


def test_drafts_come_before_what_is_signed_and_not_finished(tmp_path: Path) -> None:
    other = at_sign_off("referral:1", first=200).signed()
    desk = desk_of(CONSULTANT, tmp_path, at_sign_off(), other)
    shown = sign_off.waiting(desk)
    assert [(one.stream, one.note) for one in shown] == [
        (STREAM, "drafted by D. Lowe"),
        ("referral:1", "to be sent"),
    ]
    assert shown[0].clock is not None


def test_the_draft_shows_each_persons_levels_and_how_they_moved(tmp_path: Path) -> None:
    mia, tyler = read(signer(tmp_path)).subjects
    assert mia.who == "Mia Louise Carter, 9"
    assert [face.text for face in (mia.admission, mia.final, mia.movement) if face] == [
        "s17",
        "s47",
        "▲ stepped up",
    ]
    assert mia.final is not None
    assert mia.final.tone == "red"
    assert tyler.movement is not None
    assert tyler.movement.text == "= confirmed"


def test_evidence_is_numbered_as_the_draft_cites_it(tmp_path: Path) -> None:
    shown = read(signer(tmp_path))
    assert [(one.number, one.source) for one in shown.evidence] == [
        (1, "Education"),
        (2, "Education"),
        (3, "Police"),
        (4, "Schools, as told"),
    ]
    assert shown.evidence[0].line == "12 Nov 2026 · S. Whitlock · about Mia"
    assert shown.evidence[0].kind.text == "seen"
    assert not any(one.gone for one in shown.evidence)
    assert shown.entries > len(shown.evidence)


def test_what_arrived_after_the_draft_is_shown_and_said_once(tmp_path: Path) -> None:
    (news,) = read(signer(tmp_path)).since
    assert news.words.startswith("MPFT released about Mia, 14:")
    assert news.words.endswith("Two A&E attendances in 2026.")


def test_who_held_nothing_or_was_not_there_stands_below_the_dissent(tmp_path: Path) -> None:
    shown = read(signer(tmp_path))
    assert shown.dissent == ()
    assert "Probation: nothing held." in shown.quiet
    assert "Housing: apologies." in shown.quiet


def test_a_view_that_dissents_is_shown_with_its_reason(tmp_path: Path) -> None:
    story = carters().taken().triaged().admitted().rated()
    story = carters()
    story.taken().triaged().admitted().rated()
    story.asked().answered().tabled().dissenting().drafted()
    assert read(signer(tmp_path, story)).dissent == ("Police about Tyler: He lives with the same adult.",)


def test_evidence_taken_back_since_says_so(tmp_path: Path) -> None:
    story = at_sign_off()
    story.tell(EDUCATION, ReleaseWithdrawn(contribution="c-october", reason="Another child’s entry."))
    assert [one.gone for one in read(signer(tmp_path, story)).evidence] == [
        "",
        "It was replaced or taken back since.",
        "",
        "",
    ]


def test_opening_a_decision_is_kept_as_a_view_and_reading_it_again_is_not(tmp_path: Path) -> None:
    desk = signer(tmp_path)
    sign_off.open_decision(desk, STREAM)
    sign_off.read_decision(desk, STREAM)
    assert len(desk.cache.drafts("access/")) == 1


SENT_APART = {
    "team.mia": "scc-children/child-protection",
    "team.tyler": "scc-children/social-work-gateway",
    "words": "See her today.",
}


# --- signing and returning


def test_signing_signs_exactly_the_draft_that_was_read(tmp_path: Path) -> None:
    desk = signer(tmp_path)
    shown = read(desk)
    sign_off.sign(desk, shown, PASSPHRASE)
    made = desk.referral(STREAM).signed
    assert made is not None
    assert (made.body.draft, made.body.commitment) == (shown.draft, shown.commitment)
    assert desk.referral(STREAM).stage is Stage.SIGNED
    assert len(desk.cache.waiting()) == 1


def test_a_wrong_passphrase_signs_nothing(tmp_path: Path) -> None:
    desk = signer(tmp_path)
    with pytest.raises(Refusal) as refused:
        sign_off.sign(desk, read(desk), "guess")
    assert refused.value.field == "passphrase"
    assert desk.referral(STREAM).signed is None


def test_who_drafted_reads_why_there_is_no_button(tmp_path: Path) -> None:
    story = carters()
    story.taken().triaged().admitted().rated()
    story.asked().answered().tabled().drafted(CONSULTANT)
    desk = signer(tmp_path, story)
    shown = read(desk)
    assert not shown.may_sign
    assert shown.why_not_sign == "Who drafted a decision does not sign it."
    with pytest.raises(Refusal, match="does not sign"):
        sign_off.sign(desk, shown, PASSPHRASE)


def test_a_social_worker_is_told_who_signs(tmp_path: Path) -> None:
    shown = read(desk_of(WORKER, tmp_path, at_sign_off()))
    assert not shown.may_sign
    assert not shown.may_return
    assert shown.why_not_sign


def test_a_draft_that_changed_since_it_was_read_is_not_signed(tmp_path: Path) -> None:
    story = at_sign_off()
    desk = signer(tmp_path, story)
    shown = read(desk)
    known = [entry.id for entry in story.entries]
    story.tell(CONSULTANT, DecisionReturned(reason="Name the safe adult."))
    story.drafted()
    receive(desk.cache, CONSULTANT, story, known)
    with pytest.raises(Refusal) as refused:
        sign_off.sign(desk, shown, PASSPHRASE)
    assert refused.value.code == "draft-changed"


def test_a_return_needs_its_reason_and_forgets_its_draft(tmp_path: Path) -> None:
    desk = signer(tmp_path)
    key = form_key(STREAM, "return")
    desk.cache.put_draft(key, '{"reason":"Name"}')
    with pytest.raises(Refusal) as refused:
        sign_off.return_draft(desk, STREAM, {"reason": " "})
    assert refused.value.field == "reason"
    assert kept(desk, key) == {"reason": "Name"}
    sign_off.return_draft(desk, STREAM, {"reason": "Name the safe adult."})
    assert kept(desk, key) == {}
    assert sign_off.read_decision(desk, STREAM) is None
    assert desk.referral(STREAM).returned is not None


def test_a_refused_signature_shows_both_sides_and_a_refused_return_keeps_its_words(tmp_path: Path) -> None:
    story = at_sign_off()
    desk = signer(tmp_path, story)
    act = sign_off.return_draft(desk, STREAM, {"reason": "Name the safe adult."})
    known = [entry.id for entry in story.entries]
    deputy = msgspec.structs.replace(CONSULTANT, person="dan")
    draft = story.referral.draft
    assert draft is not None
    story.tell(deputy, DecisionSigned(draft=draft.id, commitment=draft.commitment))
    receive(desk.cache, CONSULTANT, story, known)
    desk.cache.refused(act, "moved-on", "Someone else moved this on first.", None, None, None)
    (refused,) = refused_acts(desk, DecisionSigned, DecisionReturned)
    assert refused.mine == "Draft returned. Name the safe adult."
    assert refused.theirs.startswith("Dan Whitmore, 14:")
    assert "Decision signed" in refused.theirs
    take_up_again(desk, refused, form_key(STREAM, "return"))
    assert kept(desk, form_key(STREAM, "return")) == {"reason": "Name the safe adult."}
    assert refused_acts(desk, DecisionReturned) == ()


# --- after signing


def test_each_childs_own_level_leads_to_a_team_and_each_goes_there_in_its_own_sending(tmp_path: Path) -> None:
    desk = signed(tmp_path)
    then = read(desk).after
    assert then is not None
    assert [(one.who, one.level, one.team) for one in then.to_send] == [
        ("Mia", "Child protection (s47)", "scc-children/child-protection"),
        ("Tyler", "Child in need (s17)", "scc-children/social-work-gateway"),
    ]
    assert then.may_send
    with pytest.raises(Refusal) as refused:
        sign_off.send(desk, STREAM, {"team.mia": "", "team.tyler": ""})
    assert refused.value.field == "team.mia"
    sign_off.send(desk, STREAM, SENT_APART)
    mia, tyler = desk.referral(STREAM).sent
    assert (mia.team, mia.subjects, mia.made.body.words) == ("child-protection", ("mia",), "See her today.")
    assert (tyler.team, tyler.subjects) == ("social-work-gateway", ("tyler",))
    after = read(desk).after
    assert after is not None
    assert "Mia sent to Child protection duty" in after.sent[0]
    assert after.sent[1].endswith("Not accepted yet.")
    assert not after.may_send


def test_siblings_who_go_to_the_same_team_go_together(tmp_path: Path) -> None:
    desk = signed(tmp_path)
    team = "scc-children/social-work-gateway"
    sign_off.send(desk, STREAM, {"team.mia": team, "team.tyler": team})
    (both,) = desk.referral(STREAM).sent
    assert both.subjects == ("mia", "tyler")
    after = read(desk).after
    assert after is not None
    assert "Mia and Tyler sent to Social Work Gateway" in after.sent[0]


def test_who_is_left_is_named_and_waits_in_the_list(tmp_path: Path) -> None:
    desk = signed(tmp_path)
    sign_off.send(desk, STREAM, {"team.mia": "scc-children/child-protection", "team.tyler": ""})
    sign_off.give_feedback(desk, STREAM, {"how": "Telephoned Mrs Marsh."})
    after = read(desk).after
    assert after is not None
    assert after.sent[-1] == "Tyler: with no team yet."
    assert [one.subject for one in after.to_send] == ["tyler"]
    assert [one.note for one in sign_off.waiting(desk)] == ["to be sent"]
    sign_off.send(desk, STREAM, {"team.tyler": "scc-children/social-work-gateway"})
    assert sign_off.waiting(desk) == ()


def test_a_signed_decision_leaves_the_list_once_sent_and_its_referrer_is_told(tmp_path: Path) -> None:
    desk = signed(tmp_path)
    sign_off.send(desk, STREAM, SENT_APART)
    assert [one.note for one in sign_off.waiting(desk)] == ["referrer not told"]
    with pytest.raises(Refusal) as refused:
        sign_off.give_feedback(desk, STREAM, {})
    assert refused.value.field == "how"
    sign_off.give_feedback(desk, STREAM, {"how": "Telephoned Mrs Marsh."})
    assert sign_off.waiting(desk) == ()


def test_it_is_not_closed_before_the_referrer_is_told(tmp_path: Path) -> None:
    story = at_sign_off().signed()
    story.tell(FACILITATOR, OutcomeSent(agency="scc-children", team="social-work-gateway"))
    story.tell(GATEWAY, OutcomeAccepted())
    desk = signer(tmp_path, story)
    then = read(desk).after
    assert then is not None
    assert not then.may_close
    assert "referrer" in then.why_not_close
    sign_off.give_feedback(desk, STREAM, {"not_given": "She asked not to be rung."})
    then = read(desk).after
    assert then is not None
    assert then.may_close
    sign_off.close(desk, STREAM, {"reason": "Nothing further for the hub."})
    assert desk.referral(STREAM).stage is Stage.CLOSED


def test_agencies_with_findings_are_offered_as_working_with_the_family(tmp_path: Path) -> None:
    desk = signed(tmp_path)
    then = read(desk).after
    assert then is not None
    assert {one.id for one in then.agencies if one.chosen} == {"education", "police", "mpft"}
    sign_off.tell_agencies(
        desk, STREAM, {"agencies": "education police", "words": "Open to child protection."}
    )
    told = desk.referral(STREAM).last(AgenciesTold)
    assert told is not None
    assert told.body.agencies == ("education", "police")


def test_an_amendment_changes_the_final_level_and_is_shown_with_its_reason(tmp_path: Path) -> None:
    desk = signed(tmp_path)
    values = {"subject": "tyler", "level": "child_protection", "intervention": "Section 47 enquiry."}
    with pytest.raises(Refusal):
        sign_off.amend(desk, STREAM, values)
    sign_off.amend(
        desk, STREAM, {**values, "rationale": "He was hurt as well.", "reason": "Told us at the strategy."}
    )
    assert levels(desk.referral(STREAM))["tyler"].final == "child_protection"
    tyler = read(desk).subjects[1]
    assert tyler.amended.endswith("Told us at the strategy.")
    assert tyler.movement is not None
    assert tyler.movement.text == "▲ stepped up"


def test_somebody_in_scope_is_decided_about_by_an_amendment_and_shown(tmp_path: Path) -> None:
    desk = signed(tmp_path)
    then = read(desk).after
    assert then is not None
    scope = {one.subject for one in desk.referral(STREAM).scope}
    assert {one.id for one in then.decidable} == {"mia", "tyler"} | scope
    joanne = {"subject": "joanne", "level": "early_help", "intervention": "Support.", "rationale": "Alone."}
    sign_off.amend(desk, STREAM, {**joanne, "reason": "She asked for help."})
    assert [(one.subject, one.rationale) for one in read(desk).subjects][-1] == ("joanne", "Alone.")


AMENDED = {
    "subject": "tyler",
    "level": "child_protection",
    "intervention": "Section 47 enquiry.",
    "rationale": "He was hurt as well.",
    "reason": "Told us at the strategy.",
}


def refused_acts_of(desk: Desk, act: str) -> Refused:
    desk.cache.refused(act, "moved-on", "Someone else moved this on first.", None, None, None)
    (refused,) = refused_acts(desk, DecisionAmended, OutcomeSent)
    return refused


def test_every_word_of_a_refused_amendment_comes_back(tmp_path: Path) -> None:
    desk, form = signed(tmp_path), form_key(STREAM, "amend")
    refused = refused_acts_of(desk, sign_off.amend(desk, STREAM, AMENDED))
    take_up_again(desk, refused, form)
    assert kept(desk, form) == AMENDED
    sign_off.amend(desk, STREAM, kept(desk, form))


def test_who_was_to_go_where_comes_back_with_the_words_of_a_refused_sending(tmp_path: Path) -> None:
    desk, form = signed(tmp_path), form_key(STREAM, "send")
    refused = refused_acts_of(desk, sign_off.send(desk, STREAM, SENT_APART))
    take_up_again(desk, refused, form)
    assert kept(desk, form).items() >= SENT_APART.items()


def test_words_that_wait_in_a_form_and_words_that_were_refused_are_both_kept(tmp_path: Path) -> None:
    desk, form = signed(tmp_path), form_key(STREAM, "amend")
    refused = refused_acts_of(desk, sign_off.amend(desk, STREAM, AMENDED))
    keep(desk, form, {"subject": "mia", "reason": "Half a sen"})
    with pytest.raises(Refusal, match="form-in-use"):
        take_up_again(desk, refused, form)
    assert kept(desk, form)["reason"] == "Half a sen"
    assert refused_acts(desk, DecisionAmended) == (refused,)


def test_what_the_receiving_team_returned_can_be_sent_elsewhere(tmp_path: Path) -> None:
    story = at_sign_off().signed()
    story.tell(FACILITATOR, OutcomeSent(agency="scc-children", team="social-work-gateway"))
    story.tell(GATEWAY, OutcomeReturned(reason="Open to the district team."))
    then = read(signer(tmp_path, story)).after
    assert then is not None
    assert then.sent[0].endswith("Open to the district team.")
    assert then.sent[1] == "Mia and Tyler: with no team yet."
    assert [(one.who, one.team) for one in then.to_send] == [
        ("Mia", "scc-children/child-protection"),
        ("Tyler", ""),
    ], "the team that returned them is not offered again"


def test_a_referrer_held_by_nobody_here_does_not_hinder_closing(tmp_path: Path) -> None:
    story = Story().taken().triaged().admitted().rated().asked().answered().tabled().drafted().signed()
    assert story.referral.all(ReferrerRecorded)
    then = read(desk_of(FACILITATOR, tmp_path, story)).after
    assert then is not None
    assert not then.may_close, "the facilitator never closes"
    assert then.why_not_close == ""


# --- an adult's enquiry


def adults(folder: Path) -> Desk:
    """An adult's decision, signed by the safeguarding manager whose desk this is."""
    story = adult()
    story.tell(FACILITATOR, TableOpened(place="Room 2"))
    evidence = next(entry.id for entry in story.entries if entry.kind == "contribution.released")
    decided = SubjectDecision("arthur", "s42_enquiry", "Section 42 enquiry.", "Pressure sores on admission.")
    story.tell(FACILITATOR, DecisionDrafted(subjects=(decided,)), relies_on=(evidence,))
    draft = story.referral.draft
    assert draft is not None
    story.tell(SAFEGUARDING_MANAGER, DecisionSigned(draft=draft.id, commitment=draft.commitment))
    return desk_of(SAFEGUARDING_MANAGER, folder, story)


def test_an_adults_enquiry_is_caused_reported_and_concluded(tmp_path: Path) -> None:
    desk, stream = adults(tmp_path), "referral:adult"
    caused = {"subject": "arthur", "made_by": "Oakfield Care Home", "words": "Why no turning chart was kept."}
    with pytest.raises(Refusal) as refused:
        sign_off.cause_enquiry(desk, stream, {**caused, "due_on": "Dec 2026"})
    assert refused.value.field == "due_on"
    sign_off.cause_enquiry(desk, stream, {**caused, "due_on": "12 Dec 2026"})
    then = sign_off.read_decision(desk, stream)
    assert then is not None
    assert then.after is not None
    (enquiry,) = then.after.open_enquiries
    assert enquiry.label == "Oakfield Care Home: Why no turning chart was kept."
    sign_off.report_enquiry(desk, stream, {"enquiry": enquiry.id, "words": "Staff were not trained."})
    with pytest.raises(Refusal) as refused:
        sign_off.conclude(desk, stream, {"subject": "arthur", "conclusion": "Substantiated."})
    assert refused.value.field == "risk"
    values = {"subject": "arthur", "conclusion": "Substantiated.", "risk": "reduced"}
    sign_off.conclude(desk, stream, {**values, "abuse_types": "neglect_and_acts_of_omission"})
    then = sign_off.read_decision(desk, stream)
    assert then is not None
    assert then.after is not None
    assert then.after.open_enquiries == ()
    assert then.after.enquiries[-1].endswith("concluded: risk reduced: Substantiated.")


# --- a domestic abuse decision


def abused(folder: Path, level: str = "high") -> Desk:
    """A police case, signed by the supervisor whose desk this is; high is high by judgement."""
    return desk_of(SUPERVISOR, folder, abuse_decided(level))


LEANNE = {
    "subject": "leanne",
    "level": "high",
    "intervention": "Safety plan; locks changed.",
    "rationale": "He has a key again.",
    "reason": "She has moved.",
}


@pytest.mark.parametrize(
    ("changes", "ground"),
    [
        ({}, MaracRoute.PROFESSIONAL_JUDGEMENT),
        ({"marac": "repeat"}, MaracRoute.REPEAT),
        ({"level": "medium"}, None),
    ],
    ids=["as signed", "another ground", "no longer high"],
)
def test_what_stays_high_goes_to_marac_on_the_ground_that_was_signed_or_another_named(
    changes: dict[str, str], ground: MaracRoute | None, tmp_path: Path
) -> None:
    desk, stream = abused(tmp_path), "referral:abuse"
    then = sign_off.read_decision(desk, stream)
    assert then is not None
    assert then.after is not None
    assert [one.id for one in then.after.grounds] == list(MaracRoute)
    sign_off.amend(desk, stream, LEANNE | changes)
    assert desk.referral(stream).decided["leanne"].marac == ground


def test_what_becomes_high_asks_for_its_ground_where_it_is_chosen(tmp_path: Path) -> None:
    desk, stream = abused(tmp_path, "medium"), "referral:abuse"
    with pytest.raises(Refusal) as refused:
        sign_off.amend(desk, stream, LEANNE)
    assert (refused.value.code, refused.value.field) == ("marac-ground", "marac")
    sign_off.amend(desk, stream, LEANNE | {"marac": "professional_judgement"})


def test_a_childs_referral_has_no_adults_enquiry(tmp_path: Path) -> None:
    then = read(signed(tmp_path)).after
    assert then is not None
    assert not then.may_conclude
    assert then.grounds == ()
