"""The referral file: heading and clocks, everything in order, people with their markers, links, acts."""

from __future__ import annotations

from pathlib import Path

import pytest

from mash_desktop.cache.feed import FeedRow
from mash_desktop.cache.reading import stamp
from mash_desktop.desk import Desk, referral_file
from mash_desktop.desk.referral_file import File
from mash_desktop.domain.acts import Draft, compose, read
from mash_desktop.domain.codes import Marker
from mash_desktop.domain.entries import Body
from mash_desktop.domain.entries.contact import NoteAdded
from mash_desktop.domain.entries.identity import IdentityLinked, MarkerSet
from mash_desktop.domain.entries.outcome import EscalationRaised
from mash_desktop.domain.errors import Refusal
from tests.domain.story import CONSULTANT, GATEWAY, HEALTH, KEY, START, Story
from tests.support.carters import SUPPRESSED, at_sign_off
from tests.support.desks import desk_of

STREAM = "referral:0"


def consultant(folder: Path, *stories: Story) -> Desk:
    return desk_of(CONSULTANT, folder, *(stories or (at_sign_off(),)))


def file_of(desk: Desk, stream: str = STREAM) -> File:
    found = referral_file.read_file(desk, stream)
    assert found is not None
    return found


def identity(desk: Desk, *bodies: Body) -> None:
    """What the store would bring of an identity's stream."""
    parcel = compose("staffordshire", CONSULTANT, [Draft("identity:x", body) for body in bodies], KEY, START)
    open_bodies = {body.entry: body for body in parcel.bodies}
    rows = [
        FeedRow(
            "agency:scc-children",
            header.id,
            True,
            signed=parcel.signed,
            body=open_bodies[header.id],
            position=9000 + number,
            admitted_at=stamp(START),
        )
        for number, header in enumerate(read(parcel.signed).entries)
    ]
    desk.cache.receive(rows, [], desk.cache.places())


def test_the_heading_says_where_it_stands_whose_it_is_and_which_clocks_run(tmp_path: Path) -> None:
    head = file_of(consultant(tmp_path)).head
    assert (head.who, head.stage.label) == ("Carter, Mia Louise + 1", "Waits for sign-off")
    assert head.owner == "Staffordshire children's social care"
    assert head.facts == ("Children", "Stafford", "received 13:58", "Schools", "Social Work Gateway")
    assert [one.label for one in head.clocks] == ["Decision", "Word to the referrer"]
    assert not head.pending
    assert head.may_note


def test_a_signed_referral_runs_by_the_assessments_clock(tmp_path: Path) -> None:
    head = file_of(consultant(tmp_path, at_sign_off().signed())).head
    assert [one.label for one in head.clocks] == ["Assessment"]


def test_everything_stands_in_order_the_latest_first_each_with_its_place_in_the_log(tmp_path: Path) -> None:
    lines = file_of(consultant(tmp_path)).lines
    assert [line.at for line in lines] == sorted((line.at for line in lines), reverse=True)
    assert lines[-1].what == "Contact opened: children, by phone"
    assert dict(lines[-1].details)["In the log"].startswith("position 2, ")
    drafted = next(line for line in lines if line.what == "Decision drafted")
    assert dict(drafted.details)["Rests on"].startswith("Education released about Mia")
    assert not any(SUPPRESSED in line.line for line in lines)


def test_filters_take_in_a_part_an_agency_or_a_person(tmp_path: Path) -> None:
    lines = file_of(consultant(tmp_path)).lines
    topics = {topic: count for topic, _, count in referral_file.topics_of(lines)}
    assert sum(topics.values()) == len(lines)
    asked = referral_file.shown(lines, "gathering", "")
    assert len(asked) == topics["gathering"]
    assert {line.source for line in referral_file.shown(lines, "", "education")} == {"Education"}
    about = referral_file.shown(lines, "", "", "dean")
    assert "Joanne is partner of “Dean”, since Jun 2026" in [line.what for line in about]
    assert all("Dean" in line.what for line in about)


def test_what_waits_and_what_was_refused_are_marked(tmp_path: Path) -> None:
    desk = consultant(tmp_path)
    referral_file.add_note(desk, STREAM, {"words": "Rang the school."})
    first = file_of(desk).lines[0]
    assert first.what == "Note"
    assert first.state is not None
    assert first.state.text == "waits to be sent"
    assert file_of(desk).head.pending
    act = desk.cache.waiting()[0].act
    desk.cache.refused(act, "not-permitted", "You no longer hold this role.", None, None, None)
    refused = next(line for line in file_of(desk).lines if line.what == "Note")
    assert refused.state is not None
    assert refused.state.text == "refused"
    assert refused.refusal == "You no longer hold this role."
    assert refused.words == "Rang the school."


def test_people_show_levels_and_a_suppressed_address_as_that(tmp_path: Path) -> None:
    people = {one.subject: one for one in file_of(consultant(tmp_path, at_sign_off().signed())).people}
    assert next(iter(people)) == "mia"
    assert [(label, face.text) for label, face in people["mia"].levels] == [
        ("indicative", "Child in need (s17)"),
        ("at admission", "Child in need (s17)"),
        ("final", "Child protection (s47)"),
        ("", "▲ stepped up"),
    ]
    assert people["lee"].addresses == (("address suppressed", True),)
    assert people["mia"].addresses == (("14 Mill Lane, Stafford, ST16 2QB", False),)
    assert [mark.text for mark in people["dean"].marks] == ["unsafe to contact", "alleged to cause harm"]
    assert people["joanne"].reach == ("mobile 07700 900142 · not safe to use",)


def test_a_marker_on_an_identity_holds_for_the_person_linked(tmp_path: Path) -> None:
    desk = consultant(tmp_path)
    identity(
        desk,
        IdentityLinked(referral=STREAM, subject="mia"),
        MarkerSet(marker=Marker.ADDRESS_SUPPRESSED, reason="A relocated victim."),
    )
    mia = next(one for one in file_of(desk).people if one.subject == "mia")
    assert mia.addresses == (("address suppressed", True),)
    assert mia.marks[0].text == "address suppressed"


def test_referrals_about_people_linked_as_the_same_are_named(tmp_path: Path) -> None:
    desk = consultant(tmp_path, at_sign_off(), at_sign_off("referral:1", first=200).signed())
    identity(
        desk,
        IdentityLinked(referral=STREAM, subject="mia"),
        IdentityLinked(referral="referral:1", subject="mia"),
        IdentityLinked(referral="referral:elsewhere", subject="z"),
    )
    held, elsewhere = file_of(desk).links
    assert (held.stream, held.why, held.stage, held.held) == ("referral:1", "also about Mia", "Signed", True)
    assert (elsewhere.who, elsewhere.held) == ("A referral that this desk does not hold", False)


def test_an_agency_that_was_asked_sees_what_it_holds_and_no_more(tmp_path: Path) -> None:
    file = file_of(desk_of(HEALTH, tmp_path, at_sign_off()))
    assert file.head.facts == ("How the contact began is not held here",)
    assert {one.subject for one in file.people} == {"mia"}
    assert file.decision is None
    assert not any(line.what == "Referrer recorded" for line in file.lines)


def test_nothing_is_shown_of_a_referral_that_is_not_held(tmp_path: Path) -> None:
    assert referral_file.read_file(consultant(tmp_path), "referral:unknown") is None


def test_opening_a_file_is_kept_as_a_view(tmp_path: Path) -> None:
    desk = consultant(tmp_path)
    referral_file.open_file(desk, STREAM)
    assert len(desk.cache.drafts("access/")) == 1


# --- acts


@pytest.mark.parametrize("words", ["", "  "])
def test_a_note_says_something(words: str, tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refused:
        referral_file.add_note(consultant(tmp_path), STREAM, {"words": words})
    assert refused.value.field == "words"


def test_a_disagreement_is_raised_between_agencies_and_resolved(tmp_path: Path) -> None:
    desk = consultant(tmp_path)
    with pytest.raises(Refusal, match="disagree"):
        referral_file.escalate(desk, STREAM, {"words": "The level."})
    values = {"parties": "police scc-children", "words": "The level.", "interim_safety": "With her aunt."}
    with pytest.raises(Refusal, match="kept safe"):
        referral_file.escalate(desk, STREAM, values | {"interim_safety": ""})
    referral_file.escalate(desk, STREAM, values)
    raised = desk.referral(STREAM).all(EscalationRaised)[0].body
    assert raised.parties == ("police", "scc-children")
    (one,) = file_of(desk).head.escalations
    assert one.words == "Stage 1: between practitioners: The level."
    referral_file.resolve(desk, STREAM, {"escalation": one.id, "result": "Agreed at child protection."})
    assert file_of(desk).head.escalations == ()


def test_a_misfiled_entry_is_withdrawn_and_a_link_of_a_chain_is_not(tmp_path: Path) -> None:
    story = at_sign_off()
    story.tell(CONSULTANT, NoteAdded(words="About another family."))
    desk = consultant(tmp_path, story)
    lines = file_of(desk).lines
    note = next(line for line in lines if line.what == "Note")
    assert note.may_withdraw
    assert not next(line for line in lines if line.what == "Decision drafted").may_withdraw
    with pytest.raises(Refusal) as refused:
        referral_file.withdraw_entry(desk, STREAM, note.key, {})
    assert refused.value.field == "reason"
    referral_file.withdraw_entry(desk, STREAM, note.key, {"reason": "It belongs to the Price family."})
    said = [line.what for line in file_of(desk).lines]
    assert "Note" not in said
    assert "A misfiled entry withdrawn from every holder" in said


def test_ownership_passes_only_to_an_agency_that_owns_such_referrals(tmp_path: Path) -> None:
    desk = consultant(tmp_path)
    head = file_of(desk).head
    assert head.may_transfer
    assert head.owners == (), "this hub has one owner of children's referrals"
    with pytest.raises(Refusal) as refused:
        referral_file.transfer(desk, STREAM, {})
    assert refused.value.field == "to"
    with pytest.raises(Refusal, match="no referrals of this cohort"):
        referral_file.transfer(desk, STREAM, {"to": "police", "reason": "They know the family."})


def test_who_may_not_withdraw_or_pass_on_is_not_offered_it(tmp_path: Path) -> None:
    head = file_of(desk_of(GATEWAY, tmp_path, at_sign_off())).head
    assert not head.may_withdraw
    assert not head.may_transfer
