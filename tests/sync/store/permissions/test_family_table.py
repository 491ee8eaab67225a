"""The table of the kinds that belong to no referral, asked over HTTPS in every role."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product

import msgspec
import pytest
from uuid6 import uuid7

from mash_desktop.domain.acts import Draft
from mash_desktop.domain.codes import Marker
from mash_desktop.domain.entries import Body, access, hub, identity, keeping
from mash_desktop.domain.permissions import FAMILY_TABLE
from mash_desktop.domain.roles import Role
from mash_desktop.hub import load_preset
from mash_desktop.proofs.signature import SigningKey
from tests.support.served_story import ServedStory

from .walking import PEOPLE, AllRoles, ask

pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True)

AGENCY = "scc-children"
NEED_SOMETHING_FIRST = {"disposal.agreed", "disposal.declined", "hold.lifted", "glass.mended"}
"""Permitted, and then refused for want of what they answer."""


def bodies(all_roles: AllRoles, stream: str, known: str) -> Iterator[tuple[str, Body]]:
    """A body of every kind, each with the stream that it would go to; ``known`` is an identity's."""
    now, key = datetime.now(UTC), SigningKey.generate()
    other = all_roles.acting("police", Role.RESEARCHER).enrolled
    who, new = other.person, str(uuid7())
    config = msgspec.structs.replace(load_preset("staffordshire"), id=all_roles.hub)
    told: tuple[Body, ...] = (
        hub.HubConfigured(config=config),
        hub.PersonEnrolled(person=new, name="A N Other"),
        hub.MembershipGranted(person=who, agency="police", role=Role.RESEARCHER),
        hub.MembershipEnded(person=who, agency="police", role=Role.RESEARCHER, reason="Left."),
        hub.KeyEnrolled(key=key.key_id, person=who, device="d", public=key.public.hex()),
        hub.KeyRevoked(key=other.key, reason="Lost."),
        hub.EpochOpened(epoch=2, size=1, root="00", backed_up_at=now),
    )
    yield from (("hub", body) for body in told)
    told = (
        identity.HistoryRecorded(
            agency=AGENCY, source_system="Care Director", record="1", cohort="children", surname="Carter"
        ),
        identity.IdentityLinked(referral=stream, subject="tyler"),
        identity.IdentityUnlinked(referral=stream, subject="mia", reason="Another Mia."),
        identity.IdentityNotSame(referral=stream, subject="joanne"),
        identity.MarkerSet(marker=Marker.UNSAFE_TO_CONTACT, reason="He reads her post."),
        identity.MarkerCleared(marker=Marker.UNSAFE_TO_CONTACT, reason="She has moved."),
    )
    yield from ((known, body) for body in told)
    told = (
        keeping.DisposalProposed(target=stream, reason="A test record."),
        keeping.DisposalAgreed(target=stream, proposal=new),
        keeping.DisposalDeclined(target=stream, proposal=new, reason="Still needed."),
        keeping.HoldSet(target=stream, reason="An inquiry."),
        keeping.HoldLifted(target=stream, hold=new, reason="It is over."),
    )
    yield from ((f"keeping:{stream}", body) for body in told)
    told = (
        access.RecordViewed(target=stream, screen="referral", at=now),
        access.SearchMade(terms="Carter", found=0, at=now),
        access.DocumentPrinted(target=stream, profile="full", at=now),
        access.RecordsExported(what="figures", count=1, at=now),
        access.RestrictedMet(target=f"identity:{new}", by=who, agency="police", at=now, readers=()),
        access.RestrictedWatched(at=now),
        access.DamageFound(target=stream, entry=new, position=1),
        access.SignInFailed(account_digest="0", address="127.0.0.1", at=now),
        access.RecoveryCodesMade(person=who, at=now),
        access.RecoveryCodeUsed(person=who, left=1, at=now),
        access.GlassBroken(target=stream, reason="She is missing.", until=now + timedelta(hours=1)),
        access.GlassMended(broken=new, target=stream, person=who),
        access.PurgeConfirmed(target=stream, disposal=new, entries=1, at=now),
        access.LeaseExtended(
            key=other.key, person=who, until=now + timedelta(days=1), reason="The line is cut."
        ),
    )
    yield from ((f"access:{now.date().isoformat()}", body) for body in told)


def test_each_kind_is_permitted_to_the_roles_of_the_table_and_to_no_other(all_roles: AllRoles) -> None:
    story = ServedStory(all_roles).taken()
    desk, known = all_roles.acting(AGENCY, Role.CONSULTANT_SOCIAL_WORKER), f"identity:{uuid7()}"
    told = list(bodies(all_roles, story.stream, known))
    history, marked = (body for _, body in told if body.KIND in {"history.recorded", "marker.set"})
    linked = identity.IdentityLinked(referral=story.stream, subject="mia")
    assert desk.act(*(Draft(known, body) for body in (history, linked, marked))).state == "admitted"
    before = desk.head().size
    assert {body.KIND for _, body in told} == FAMILY_TABLE.keys()
    tried = list(product(told, Role))
    acts = ((desk.author(AGENCY, role), Draft(to, body, id=str(uuid7()))) for (to, body), role in tried)
    well = set()
    for ((_, body), role), said in zip(tried, ask(desk, acts), strict=True):
        allowed = FAMILY_TABLE[body.KIND]
        if body.KIND == "glass.broken":
            allowed &= set(story.config.break_glass_roles)
        if role is Role.STORE:
            assert said == ("role-not-held", True)
        elif role in allowed:
            assert not said.at_once or said.code != "not-permitted", (body.KIND, role)
            well |= {body.KIND} if said.judged_well else set()
        else:
            assert said in {("not-permitted", True), ("identity-unknown", True)}, (body.KIND, role)
    print(f"{len(tried)} tried, {sum(len(FAMILY_TABLE[b.KIND] & set(PEOPLE)) for _, b in told)} allowed")
    stores = {kind for kind, roles in FAMILY_TABLE.items() if roles == {Role.STORE}}
    assert FAMILY_TABLE.keys() - well == stores | NEED_SOMETHING_FIRST
    assert desk.head().size == before
