"""A deputy or cover appointed for some days decides at every gate on these days, and on no others."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from mash_desktop.domain.acts import Draft, read
from mash_desktop.domain.codes import Rag
from mash_desktop.domain.entries import Body
from mash_desktop.domain.entries.decision import DecisionDrafted, DecisionSigned
from mash_desktop.domain.entries.hub import MembershipEnded, MembershipGranted
from mash_desktop.domain.entries.triage import RagRated
from mash_desktop.domain.roles import Role
from mash_desktop.hub import load_preset
from sync.protocol import Answer
from sync.store.admission import Admission
from sync.store.due import OVER
from tests.domain.stories import admission, overseeing
from tests.domain.story import with_cover
from tests.support.served_story import Cast, ServedStory
from tests.support.store import Desk, ServedStore
from tests.sync.client.conftest import until
from tests.sync.store.feeds.conftest import Instance

pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True)

NIGHT, SIGNER, DEPUTY = Role.OUT_OF_HOURS, Role.CONSULTANT_SOCIAL_WORKER, Role.DEPUTY_HUB_MANAGER
AGENCY = {NIGHT: "scc-children", SIGNER: "scc-children", DEPUTY: "mash", Role.SOCIAL_WORKER: "scc-children"}


class Cover:
    """A social worker by appointment without an end, who for some days is more; and a log they work on."""

    def __init__(self, served: ServedStore) -> None:
        self.served = served
        self.cast = Cast(served, served.new_hub(with_cover(load_preset("staffordshire"))))
        self.mo: Desk = served.desk(self.cast.hub, "Mo Farrell", (AGENCY[NIGHT], Role.SOCIAL_WORKER))

    @property
    def today(self) -> date:
        return load_preset("staffordshire").day(datetime.now(UTC))

    def appoint(self, role: Role, first: int, last: int | None, team: str | None = None) -> Answer:
        """Appoint Mo from so many days after today to so many."""
        body = MembershipGranted(
            person=self.mo.enrolled.person,
            agency=AGENCY[role],
            role=role,
            team=team,
            since=self.today + timedelta(days=first),
            until=None if last is None else self.today + timedelta(days=last),
        )
        return self.cast["noor"].act(Draft("hub", body))

    def answer(self, day: int, role: Role, story: ServedStory, *bodies: Body) -> str:
        """What the store says, so many days from now, to Mo in this role: ``admitted``, or why not."""
        author = msgspec.structs.replace(self.mo.only, agency=AGENCY[role], role=role)
        relies_on = tuple(story.ids(RagRated)) if isinstance(bodies[0], DecisionDrafted) else ()
        parcel = self.mo.compose(story.drafts(*bodies, relies_on=relies_on), author)
        store = self.served.direct
        admission = Admission(
            store.engine,
            store.secrets,
            store.shelf,
            announce=store.live.announce,
            clock=lambda: datetime.now(UTC) + timedelta(days=day),
        )
        answer = admission.push(self.cast.hub, self.mo.enrolled.person, [parcel]).answers[0]
        if answer.state == "admitted":
            story.keep(parcel, answer)
        return answer.code or answer.state


def waiting(cast: Cast) -> dict[str, ServedStory]:
    """A referral before each gate."""
    found = {gate: ServedStory(cast) for gate in ("oversight", "rating", "sign-off")}
    for story in found.values():
        story.taken().triaged()
    found["rating"].admitted()
    found["sign-off"].admitted().rated().asked().answered().tabled().drafted()
    return found


def decides(cover: Cover, day: int, stories: dict[str, ServedStory], role: Role) -> list[str]:
    """What the store says at each gate in turn."""
    draft = stories["sign-off"].referral.draft
    assert draft is not None
    seen, rated, read_ = stories["oversight"], stories["rating"], stories["sign-off"]
    said = [
        cover.answer(day, role, seen, overseeing("admit")),
        cover.answer(day, role, seen, admission(seen)),
        cover.answer(day, DEPUTY, rated, RagRated(rag=Rag.RED, reason="He is at home tonight.")),
        cover.answer(day, role, read_, DecisionSigned(draft=draft.id, commitment=draft.commitment)),
    ]
    return said


@pytest.mark.parametrize("role", [NIGHT, SIGNER], ids=["out of hours", "deputy"])
def test_cover_decides_at_every_gate_from_its_first_day_to_its_last_and_the_store_ends_it(
    served_store: ServedStore, role: Role
) -> None:
    cover = Cover(served_store)
    kept, late = waiting(cover.cast), waiting(cover.cast)
    assert decides(cover, 0, kept, role) == ["role-not-held"] * 4, "nobody has appointed them"
    team = "emergency-duty" if role is NIGHT else None
    for appointed, its_team in ((role, team), (DEPUTY, None)):
        assert cover.appoint(appointed, 1, 2, its_team).state == "admitted"
    assert decides(cover, 0, kept, role) == ["role-not-held"] * 4, "it has not begun"
    assert decides(cover, 2, kept, role) == ["admitted"] * 4
    assert decides(cover, 3, late, role) == ["role-not-held"] * 4, "it is over"
    until(Instance(served_store, cover.cast.hub, timedelta(days=3)).write, "a turn")
    assert sorted(ended(cover)) == sorted([(role, OVER), (DEPUTY, OVER)])
    again = MembershipEnded(person=cover.mo.enrolled.person, agency="mash", role=DEPUTY, reason="Over.")
    assert cover.cast["noor"].act(Draft("hub", again)).code == "membership-unknown"


def ended(cover: Cover) -> list[tuple[Role, str]]:
    """Which appointments of Mo the store has ended, and why."""
    found = []
    for row in cover.mo.holds().values():
        if row.signed is None or row.body is None:
            continue
        header = next(one for one in read(row.signed).entries if one.id == row.entry)
        if header.kind == MembershipEnded.KIND:
            body = msgspec.json.decode(row.body.body, type=MembershipEnded)
            assert body.person == cover.mo.enrolled.person
            found.append((body.role, body.reason))
    return found


def test_whoever_drafted_does_not_sign_their_own_as_cover(served_store: ServedStore) -> None:
    cover = Cover(served_store)
    for role in (NIGHT, SIGNER):
        assert cover.appoint(role, 0, 1).state == "admitted"
    story = ServedStory(cover.cast)
    story.taken().triaged().admitted().rated().asked().answered().tabled()
    template = waiting(cover.cast)["sign-off"].referral.draft
    assert template is not None
    assert cover.answer(0, Role.SOCIAL_WORKER, story, template.body) == "admitted"
    draft = story.referral.draft
    assert draft is not None
    for role in (NIGHT, SIGNER):
        signed = DecisionSigned(draft=draft.id, commitment=draft.commitment)
        assert cover.answer(0, role, story, signed) == "own-draft"
    story.signed()


def test_an_appointment_has_its_days_in_order_and_leaves_the_hub_an_administrator(
    served_store: ServedStore,
) -> None:
    cover = Cover(served_store)
    noor = cover.cast["noor"]
    for first, last in ((-3, -1), (2, 1)):
        answer = cover.appoint(DEPUTY, first, last)
        assert (answer.code, answer.field) == ("appointment-past", "until")
    assert cover.appoint(DEPUTY, -3, 0).state == "admitted"
    only = MembershipGranted(person=noor.enrolled.person, agency="mash", role=Role.ADMINISTRATOR)
    ending = msgspec.structs.replace(only, until=cover.today)
    assert noor.act(Draft("hub", ending)).code == "last-administrator"
    for_a_day = msgspec.structs.replace(ending, person=cover.mo.enrolled.person)
    assert noor.act(Draft("hub", for_a_day)).state == "admitted", "there is one besides"
    leaves = MembershipEnded(
        person=noor.enrolled.person, agency="mash", role=Role.ADMINISTRATOR, reason="Left."
    )
    assert noor.act(Draft("hub", leaves)).code == "last-administrator", "who is left is so for a day"
