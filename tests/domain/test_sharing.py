"""Who receives what, told as stories: need to know follows what has happened, entry by entry."""

from __future__ import annotations

import pytest

from mash_desktop.domain.acts import Author
from mash_desktop.domain.audiences import (
    GOVERNANCE,
    HUB,
    access_audiences,
    audiences,
    audiences_of,
    audiences_within,
    identity_audiences,
    reach,
    seen_through_glass,
)
from mash_desktop.domain.codes import Attendance, EscalationStage, Marker, ToolAnswer
from mash_desktop.domain.entries import Body, Made
from mash_desktop.domain.entries.access import GlassBroken, GlassMended, RecordViewed, RestrictedMet
from mash_desktop.domain.entries.contact import (
    AddressRecorded,
    AdultRecorded,
    AssessmentRecorded,
    ConcernRecorded,
    ContactDetailRecorded,
    ContactOpened,
    DocumentAttached,
    HistorySearched,
    NoteAdded,
    ReferrerRecorded,
    RelationshipRecorded,
    SubjectRecorded,
    TellingRecorded,
)
from mash_desktop.domain.entries.gathering import (
    ContributionRecorded,
    ContributionReleased,
    ReleaseWithdrawn,
    RequestAcknowledged,
    RequestAnswered,
    RequestMade,
    RequestWithdrawn,
)
from mash_desktop.domain.entries.identity import HistoryRecorded, IdentityLinked, MarkerSet
from mash_desktop.domain.entries.outcome import (
    AgenciesTold,
    EntryWithdrawn,
    EscalationRaised,
    EscalationResolved,
    FirstActionRecorded,
    OutcomeAccepted,
    OutcomeReturned,
    OutcomeSent,
)
from mash_desktop.domain.entries.table import AttendanceRecorded, ViewRecorded
from mash_desktop.domain.entries.triage import RagRated, StrategyHeld
from mash_desktop.domain.fold import Identity, Stage, fold_identity
from mash_desktop.domain.roles import Role

from .proposing import made_by
from .refusing import but
from .sampling import SAMPLES
from .stories import ADMINISTRATOR, SAFEGUARDING, SUPERVISOR, OneVictim, at
from .stories import GOVERNANCE as OFFICER
from .story import (
    CONSULTANT,
    FACILITATOR,
    GATEWAY,
    HEALTH,
    MANAGER,
    OPERATOR,
    POLICE,
    START,
    Story,
)

PAPER = DocumentAttached(
    document="d1", title="Body map", media_type="application/pdf", size=9, digest="aa", chunks=("aa",)
)
AGAIN = RequestMade(request="r2", agency="police", subjects=("mia",), minimum_concern="Injury to a child.")


def holds(story: Story, author: Author) -> set[str]:
    """Kinds that a desk of this author would hold, with what they name."""
    mine = audiences_of(author.person, author.agency, author.role, author.team)
    extent = reach(story.referral, story.config)
    return {
        f"{entry.kind} {_about(entry.body)}".strip()
        for entry in story.referral.entries
        if audiences_within(extent, entry) & mine
    }


def _about(body: Body) -> str:
    return str(getattr(body, "subject", getattr(body, "request", getattr(body, "address", ""))))


def audience(story: Story, kind: type[Body]) -> frozenset[str]:
    found = story.referral.all(kind)[-1]
    return audiences(story.referral, found, story.config)


def of(*agencies: str) -> set[str]:
    return {f"agency:{agency}" for agency in agencies}


# --- taking, admitting, asking


def test_who_took_a_contact_for_another_agency_keeps_it_until_it_is_admitted() -> None:
    story = at(Stage.NONE)
    taker = but(OPERATOR, agency="police")
    for entry in at(Stage.CONTACT).entries:
        story.tell(taker, entry.body)
    assert audience(story, ConcernRecorded) == of("police", "scc-children")
    assert audience(story, ReferrerRecorded) == of("police", "scc-children")
    story.triaged().admitted()
    assert audience(story, ConcernRecorded) == of("mash", "scc-children")
    assert audience(story, SubjectRecorded) == of("mash", "scc-children")
    assert audience(story, ContactOpened) == of("mash", "police", "scc-children"), (
        "its own line stays its own"
    )


def test_the_hubs_staff_hold_nothing_before_admission_and_never_who_referred() -> None:
    assert holds(at(Stage.OVERSEEN), MANAGER) == set()
    held = holds(at(Stage.ADMITTED), MANAGER)
    assert "concern.recorded" in held
    assert "referrer.recorded" not in held
    assert "referrer.recorded" in holds(at(Stage.ADMITTED), CONSULTANT)


def test_a_hub_that_takes_the_call_itself_keeps_who_referred() -> None:
    story = at(Stage.NONE)
    for entry in at(Stage.CONTACT).entries:
        story.tell(but(OPERATOR, agency="mash"), entry.body)
    story.triaged().admitted()
    assert audience(story, ReferrerRecorded) == of("mash", "scc-children")


def test_an_asked_agency_sees_who_it_is_asked_about_and_the_minimum_concern_and_nothing_else() -> None:
    story = at(Stage.CONTACT)
    story.tell(
        OPERATOR,
        AddressRecorded(address="home", subjects=("mia", "joanne"), line="14 Mill Lane"),
        AddressRecorded(address="away", subjects=("tyler",), line="2 Hope Street"),
        RelationshipRecorded(first="joanne", second="mia", relation="parent"),
        RelationshipRecorded(first="joanne", second="tyler", relation="parent"),
        ContactDetailRecorded(detail="d", subject="mia", medium="phone", value="01785 100200"),
        TellingRecorded(subject="joanne", told=True),
        AdultRecorded(subject="joanne", wishes="To be left alone."),
        AssessmentRecorded(subject="joanne", tool="dash-2009", answers={"1": ToolAnswer.YES}),
        HistorySearched(found=0),
        PAPER,
    )
    story.triaged().admitted().rated().asked()
    assert holds(story, POLICE) == {
        "subject.recorded mia",
        "subject.recorded joanne",
        "address.recorded home",
        "relationship.recorded",
        "request.made r-police",
    }
    assert holds(story, HEALTH) == {"subject.recorded mia", "address.recorded home", "request.made r-health"}
    assert holds(story, but(POLICE, agency="housing")) == set()
    relations = [made for made in story.referral.entries if isinstance(made.body, RelationshipRecorded)]
    assert [
        f"agency:{POLICE.agency}" in audiences(story.referral, one, story.config) for one in relations
    ] == [
        True,
        False,
    ]


def test_asked_withdrawn_and_asked_again() -> None:
    story = at(Stage.GATHERING)
    story.tell(MANAGER, RequestWithdrawn(request="r-police", reason="Asked in error."))
    assert holds(story, POLICE) == {"request.made r-police", "request.withdrawn r-police"}
    story.tell(MANAGER, AGAIN)
    assert holds(story, POLICE) == {
        "request.made r-police",
        "request.withdrawn r-police",
        "request.made r2",
        "subject.recorded mia",
    }


def test_what_was_said_of_a_misfiled_request_stays_with_who_said_it() -> None:
    story = at(Stage.GATHERING)
    story.tell(POLICE, RequestAcknowledged(request="r-police"))
    request = next(
        e.id for e in story.entries if isinstance(e.body, RequestMade) and e.body.agency == "police"
    )
    story.tell(CONSULTANT, EntryWithdrawn(entry=request, reason="Another family's."))
    assert audience(story, RequestAcknowledged) == of("mash", "police", "scc-children")
    assert "subject.recorded mia" not in holds(story, POLICE)


# --- returns and the table


def test_another_agencys_return_reaches_nobody_until_it_is_released() -> None:
    story = at(Stage.GATHERING).answered()
    assert audience(story, ContributionRecorded) == of("police")
    assert audience(story, ContributionReleased) == of("mash", "police", "scc-children")
    assert audience(story, RequestAnswered) == of("mash", "mpft", "scc-children")
    story.tabled()
    assert audience(story, ContributionReleased) == of("mash", "mpft", "police", "scc-children")
    assert audience(story, ContributionRecorded) == of("police")
    story.tell(POLICE, ReleaseWithdrawn(contribution="c1", reason="Another family's."))
    assert audience(story, ContributionReleased) == of("mash", "police", "scc-children")
    assert audience(story, ReleaseWithdrawn) == of("mash", "police", "scc-children")


def test_what_is_recorded_at_the_table_is_the_tables() -> None:
    story = at(Stage.TABLE)
    story.tell(FACILITATOR, AttendanceRecorded(agency="police", attendance=Attendance.PRESENT))
    assert audience(story, AttendanceRecorded) == of("mash", "mpft", "police", "scc-children")
    early = at(Stage.GATHERING)
    early.tell(POLICE, ViewRecorded(agency="police", subject="mia", level="child_protection"))
    assert audience(early, ViewRecorded) == of("mash", "police", "scc-children"), "no table is open yet"


def test_a_note_stays_in_its_agency_and_an_owners_note_with_the_case() -> None:
    story = at(Stage.TABLE)
    story.tell(POLICE, NoteAdded(words="Ask the night shift."), PAPER)
    assert audience(story, NoteAdded) == of("police")
    assert audience(story, DocumentAttached) == of("police")
    story.tell(CONSULTANT, NoteAdded(words="Rang the school."))
    assert audience(story, NoteAdded) == of("mash", "scc-children")


def test_the_rating_and_its_reasons_are_the_cases_own() -> None:
    assert audience(at(Stage.GATHERING), RagRated) == of("mash", "scc-children")


# --- addresses


def test_an_address_suppressed_later_is_suppressed_in_every_earlier_word_on_it() -> None:
    story = at(Stage.CONTACT)
    home = AddressRecorded(address="home", subjects=("joanne",), line="14 Mill Lane")
    story.tell(OPERATOR, home)
    story.triaged().admitted().rated().asked()
    assert "address.recorded home" in holds(story, POLICE)
    story.tell(OPERATOR, but(home, suppressed=True))
    assert "address.recorded home" not in holds(story, POLICE)
    assert "address.recorded home" in holds(story, MANAGER)
    story.tell(OPERATOR, home)
    assert "address.recorded home" in holds(story, POLICE), "no longer suppressed by its last word"


# --- after the decision


def received(onward: bool) -> Story:
    """An adult's case whose outcome goes to a team of another agency than the owner's."""
    story = at(Stage.SIGNED)
    story.tell(CONSULTANT, SAMPLES["strategy.held"])
    release = next(one for one in story.entries if isinstance(one.body, ContributionReleased))
    at_ = story.entries.index(release)
    story.entries[at_] = but(release, body=but(release.body, onward=onward))
    story.tell(FACILITATOR, OutcomeSent(agency="scc-adults", team="sast"))
    return story


@pytest.mark.parametrize("onward", [True, False])
def test_a_receiving_team_of_another_agency_has_a_return_only_where_its_agency_agreed(onward: bool) -> None:
    story = received(onward)
    assert ("agency:scc-adults" in audience(story, ContributionReleased)) is onward
    assert "agency:scc-adults" in audience(story, ConcernRecorded)
    assert "agency:scc-adults" in audience(story, StrategyHeld)
    assert "agency:scc-adults" not in audience(story, ReferrerRecorded)
    assert "agency:scc-adults" not in audience(story, RequestMade)


def test_a_receiving_team_that_returns_it_keeps_only_its_own_words() -> None:
    story = received(onward=True)
    worker = but(GATEWAY, agency="scc-adults", team="sast")
    story.tell(worker, OutcomeReturned(reason="She is seventeen."))
    assert holds(story, worker) == {"outcome.returned"}
    story.tell(FACILITATOR, OutcomeSent(agency="scc-adults", team="sast"))
    story.tell(worker, OutcomeAccepted())
    assert "decision.signed" in holds(story, worker)


def test_each_agency_that_takes_a_sibling_has_the_household_and_what_another_did_stays_its_own() -> None:
    story = at(Stage.SIGNED)
    mia, tyler = story.tell(
        FACILITATOR,
        OutcomeSent(agency="police", team="mash-police", subjects=("mia",)),
        OutcomeSent(agency="scc-adults", team="sast", subjects=("tyler",)),
    )
    worker = but(GATEWAY, agency="scc-adults", team="sast")
    officer = but(GATEWAY, person="gil", agency="police", team="mash-police")
    both = of("police", "scc-adults", "mash", "scc-children")
    assert audience(story, SubjectRecorded) == audience(story, ConcernRecorded) == both
    assert "agency:scc-adults" not in audience(story, RequestMade)
    story.tell(officer, OutcomeAccepted(sent=mia))
    story.tell(officer, FirstActionRecorded(words="Seen at school.", done_at=story.now, sent=mia))
    assert audience(story, OutcomeAccepted) == both, "the chain, on which the others move"
    assert audience(story, FirstActionRecorded) == of("police", "mash", "scc-children")
    story.tell(worker, OutcomeReturned(sent=tyler, reason="He is six."))
    assert holds(story, worker) == {"outcome.returned"}
    assert "decision.signed" in holds(story, officer)


def test_agencies_told_of_the_outcome_receive_that_they_were_told() -> None:
    story = at(Stage.SIGNED)
    story.tell(CONSULTANT, AgenciesTold(agencies=("education",), words="Open to child protection."))
    assert audience(story, AgenciesTold) == of("education", "mash", "scc-children")


def test_parties_hear_of_a_disagreement_as_far_as_they_have_to_do_with_the_case() -> None:
    story = at(Stage.TABLE)
    story.tell(
        POLICE,
        EscalationRaised(
            escalation="e1",
            stage=EscalationStage.PRACTITIONERS,
            parties=("police", "mpft", "housing"),
            words="Tyler is at risk too.",
            interim_safety="He stays with his aunt.",
        ),
    )
    assert audience(story, EscalationRaised) == of("mash", "mpft", "police", "scc-children")
    story.tell(MANAGER, EscalationResolved(escalation="e1", result="Agreed."))
    assert audience(story, EscalationResolved) == of("mash", "mpft", "police", "scc-children")


def test_governance_hears_of_what_was_misfiled() -> None:
    story = at(Stage.CONTACT)
    (note,) = story.tell(OPERATOR, NoteAdded(words="Another family's."))
    story.tell(CONSULTANT, EntryWithdrawn(entry=note, reason="Another family's."))
    assert GOVERNANCE in audience(story, EntryWithdrawn)


# --- roles


def test_administrators_and_governance_see_no_case_content_by_their_role() -> None:
    story = at(Stage.CLOSED)
    assert holds(story, ADMINISTRATOR) == set()
    assert holds(story, OFFICER) == set()
    assert audiences_of("gwen", "mash", Role.INFORMATION_GOVERNANCE, None) == {
        HUB,
        GOVERNANCE,
        "person:gwen",
        "role:mash:information_governance",
    }
    assert "agency:mash" not in audiences_of("noor", "mash", Role.ADMINISTRATOR, None)


def test_a_session_belongs_to_its_agency_role_team_and_person() -> None:
    assert audiences_of("tom", "scc-children", Role.GATEWAY_WORKER, "social-work-gateway") == {
        HUB,
        "agency:scc-children",
        "role:scc-children:gateway_worker",
        "person:tom",
        "team:scc-children:social-work-gateway",
    }


def test_the_owner_of_an_adults_case_and_the_police_of_theirs_hold_it_whole() -> None:
    story = OneVictim().taken().triaged().admitted()
    assert {entry.kind for entry in story.entries} == {
        kind.split(" ")[0] for kind in holds(story, SAFEGUARDING)
    }
    assert holds(story, SUPERVISOR) == set()


# --- identities


def _identity(*bodies: Body) -> tuple[Identity, tuple[Made[Body], ...]]:
    story = Story("identity:0")
    made = tuple(
        but(made_by(OPERATOR, body, number, story.referral, START), stream="identity:0")
        for number, body in enumerate(bodies)
    )
    return fold_identity(made), made


KNOWN = HistoryRecorded(agency="scc-children", source_system="census", record="1", cohort="children")
LINK = IdentityLinked(referral="referral:0", subject="mia")
HOLDERS = frozenset(of("police", "scc-children"))


def test_facts_stay_with_the_agency_that_knew_them_and_markers_flow_to_whoever_holds_the_person() -> None:
    identity, (known, link, marker) = _identity(
        KNOWN, LINK, MarkerSet(marker=Marker.UNSAFE_TO_CONTACT, reason="He answers.")
    )
    assert identity_audiences(identity, HOLDERS, known) == of("scc-children")
    assert identity_audiences(identity, HOLDERS, link) == HOLDERS
    assert identity_audiences(identity, HOLDERS, marker) == HOLDERS


def test_a_restricted_record_goes_to_its_named_readers_and_to_nobody_else() -> None:
    identity, made = _identity(
        KNOWN,
        LINK,
        MarkerSet(marker=Marker.RESTRICTED, reason="A colleague's child.", readers=("ruth", "olu")),
    )
    for entry in made:
        assert identity_audiences(identity, HOLDERS, entry) == {"person:ruth", "person:olu"}


# --- breaking the glass, and accesses


def test_who_breaks_the_glass_sees_the_case_and_neither_who_referred_nor_where_somebody_hides() -> None:
    story = at(Stage.CONTACT)
    home = AddressRecorded(address="home", subjects=("mia",), line="14 Mill Lane")
    story.tell(OPERATOR, home, AddressRecorded(address="refuge", subjects=("joanne",), line="2 Hope Street"))
    story.tell(OPERATOR, AddressRecorded(address="refuge", subjects=(), line="-", suppressed=True))
    story.triaged().admitted().rated().asked().answered()
    extent = reach(story.referral, story.config)
    shown = {
        entry.kind: entry.body
        for entry in story.referral.entries
        if seen_through_glass(extent, entry, audiences_within(extent, entry))
    }
    assert {"concern.recorded", "subject.recorded", "rag.rated", "contribution.released"} <= set(shown)
    assert {"referrer.recorded", "contribution.recorded"}.isdisjoint(shown)
    assert shown["address.recorded"] == home


def test_what_was_known_before_is_shown_to_who_broke_the_glass_of_a_person() -> None:
    identity, (known, link) = _identity(KNOWN, LINK)
    glass = frozenset({"person:karen"})
    assert identity_audiences(identity, HOLDERS, known, glass) == of("scc-children") | glass
    assert identity_audiences(identity, HOLDERS, link, glass) == HOLDERS


def test_accesses_are_governances_and_theirs_to_whom_they_open_or_tell_something() -> None:
    _, (broken, mended, met, viewed) = _identity(
        GlassBroken(target="referral:0", reason="She is in hospital.", until=START),
        GlassMended(broken="b", target="referral:0", person="karen"),
        RestrictedMet(
            target="identity:0", by="jay", agency="police", at=START, readers=("ruth",), cover=("mo",)
        ),
        RecordViewed(target="referral:0", screen="file", at=START),
    )
    assert access_audiences(broken) == {GOVERNANCE, f"person:{OPERATOR.person}"}
    assert access_audiences(mended) == {GOVERNANCE, "person:karen"}
    assert access_audiences(met) == {GOVERNANCE, "person:ruth", "person:mo"}
    assert access_audiences(viewed) == {GOVERNANCE}
