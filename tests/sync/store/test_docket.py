"""Acts judged on the streams that they touch: what only a store meets, since it judges for everybody."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest
from sqlalchemy import text
from uuid6 import uuid7

from mash_desktop.domain.acts import Draft
from mash_desktop.domain.codes import Marker
from mash_desktop.domain.entries.access import SignInFailed
from mash_desktop.domain.entries.contact import AddressRecorded
from mash_desktop.domain.entries.identity import HistoryRecorded, IdentityLinked, MarkerSet
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.fold import fold_hub
from mash_desktop.hub import load_preset
from sync.store import bootstrap
from sync.store.authoring import access_act
from sync.store.bootstrap import hubs, open_hub
from sync.store.docket import standings
from sync.store.verifying import verify
from tests.domain.story import OPERATOR
from tests.support.served_story import Cast, ServedStory
from tests.support.store import ServedStore

on_one_postgres = pytest.mark.parametrize("postgres", ["embedded"], indirect=True)


def linked(cast: Cast, story: ServedStory, subject: str) -> str:
    """An identity linked with a subject of this referral."""
    identity = f"identity:{uuid7()}"
    history = HistoryRecorded(
        agency="scc-children",
        source_system="Care Director",
        record=identity,
        cohort="children",
        surname="Carter",
    )
    link = IdentityLinked(referral=story.stream, subject=subject)
    assert cast["priya"].act(Draft(identity, history), Draft(identity, link)).state == "admitted"
    return identity


@on_one_postgres
def test_governance_marks_a_person_that_no_agency_of_its_own_holds(story: ServedStory, told: Cast) -> None:
    story.taken()
    marker = MarkerSet(marker=Marker.UNSAFE_TO_CONTACT, reason="Told by the police.")
    assert told["gwen"].act(Draft(linked(told, story, "mia"), marker)).state == "admitted"
    assert told["gwen"].act(Draft(f"identity:{uuid7()}", marker)).code == "identity-unknown"


@on_one_postgres
def test_a_contact_taken_up_again_is_linked_in_the_act_that_opens_it(story: ServedStory, told: Cast) -> None:
    story.taken()
    identity, again = linked(told, story, "mia"), f"referral:{uuid7()}"
    opened = story.referral.opened
    assert opened is not None
    answer = told["priya"].act(
        Draft(again, opened.body),
        Draft(again, story.referral.subjects["mia"].body),
        Draft(identity, IdentityLinked(referral=again, subject="mia")),
    )
    assert answer.state == "admitted", answer
    marker = MarkerSet(marker=Marker.UNSAFE_TO_CONTACT, reason="He answers.")
    link = IdentityLinked(referral=again, subject="mia")
    assert told["ruth"].act(Draft(new := f"identity:{uuid7()}", link), Draft(new, marker)).state == "admitted"


@on_one_postgres
def test_what_two_restrictions_leave_to_no_reader_is_admitted_and_goes_to_nobody(
    story: ServedStory, told: Cast
) -> None:
    story.taken()
    identities = [linked(told, story, "mia") for _ in range(2)]
    for identity, reader in zip(identities, ("karen", "noor"), strict=True):
        restricted = MarkerSet(Marker.RESTRICTED, "A relocated victim.", (told[reader].enrolled.person,))
        assert told["ruth"].act(Draft(identity, restricted)).state == "admitted"
    answer = story.push(OPERATOR, AddressRecorded(address="a", subjects=("mia",), line="14 Mill Lane"))
    assert answer.state == "admitted", answer
    with told.served.direct.engine.connect() as db:
        held = db.scalar(
            text("select audiences from grants where hub = :hub and position = :at"),
            {"hub": told.hub, "at": answer.positions[0]},
        )
    assert held == []


@on_one_postgres
def test_of_a_hub_whose_configuration_is_refused_nothing_is_there_and_it_is_opened_once_that_is_right(
    served_store: ServedStore,
) -> None:
    store = served_store.direct
    config = msgspec.structs.replace(load_preset("staffordshire"), id=f"hub-{uuid7()}")
    with pytest.raises(Refusal, match="may not be empty"):
        open_hub(store, msgspec.structs.replace(config, name=" "))
    assert config.id not in hubs(store)
    with pytest.raises(Refusal, match="hub-unknown"):
        store.head(config.id)
    open_hub(store, config)
    with pytest.raises(Refusal, match="hub-there"):
        open_hub(store, config)
    assert verify(store, config.id).faults == ()


@on_one_postgres
def test_nothing_is_judged_in_a_hub_whose_opening_was_cut_off_and_it_is_opened_again(
    served_store: ServedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, now = served_store.direct, datetime.now(UTC)
    config = msgspec.structs.replace(load_preset("staffordshire"), id=f"hub-{uuid7()}")

    def cut(*arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(bootstrap, "hub_act", cut)
        with pytest.raises(KeyboardInterrupt):
            open_hub(store, config)
    failed = SignInFailed(account_digest="00", address="127.0.0.1", at=now)
    with pytest.raises(Refusal) as refused:
        store.admission.admit_own(config.id, access_act(config.id, store.secrets, [failed], now))
    assert refused.value.code == "no-configuration"
    open_hub(store, config)
    assert verify(store, config.id).faults == ()


def test_a_hub_without_a_configuration_gives_nobody_a_role() -> None:
    assert standings(fold_hub(()), "priya", datetime.now(UTC)) == ()
