"""What glass opened, what links bind together and what was disposed of, worked out as it was admitted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select
from uuid6 import uuid7

from mash_desktop.domain.acts import Draft
from mash_desktop.domain.codes import Marker
from mash_desktop.domain.entries.access import GlassBroken
from mash_desktop.domain.entries.identity import IdentityLinked, MarkerSet
from sync.store import recomputing, tables
from sync.store.bootstrap import revoke_key
from sync.store.composition import Store
from sync.store.verifying import Verified, verify
from tests.support.served_story import Cast, ServedStory
from tests.support.store import ServedStore
from tests.sync.store.test_disposal import disposed

pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True, scope="session")


def verified(cast: Cast) -> Verified:
    store = cast.served.direct
    return verify(Store(store.engine, store.secrets), cast.hub)


def test_a_hub_with_broken_glass_links_and_a_disposal_is_worked_out_as_it_was_admitted(
    served_store: ServedStore, a_hub: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = Cast(served_store, a_hub)
    stories = [ServedStory(cast), ServedStory(cast), ServedStory(cast)]
    for story in stories:
        story.taken()
    first, second, third = (story.stream for story in stories)
    child, now = f"identity:{uuid7()}", datetime.now(UTC)
    for body in (
        IdentityLinked(referral=first, subject="mia"),
        IdentityLinked(referral=second, subject="mia"),
        MarkerSet(marker=Marker.ADDRESS_SUPPRESSED, reason="He looks for them."),
    ):
        assert cast["ruth"].act(Draft(child, body)).state == "admitted"
    glass = GlassBroken(target=first, reason="A child is missing.", until=now + timedelta(hours=1))
    assert cast["karen"].act(Draft(f"access:{now.date().isoformat()}", glass)).state == "admitted"
    revoke_key(served_store.direct, a_hub, cast["priya"].enrolled.key, "The laptop was lost.")
    found = verified(cast)
    assert (found.faults, found.unread) == ((), 0)
    told: list[tuple[str, int, int]] = []
    with monkeypatch.context() as patch:
        # However many records are read at once.
        patch.setattr(recomputing, "_TOGETHER", 1)
        store = served_store.direct
        again = verify(store, a_hub, progress=lambda *told_of: told.append(told_of))
    assert again == found
    assert {what for what, _, _ in told} == {"entries checked", "records worked out anew"}
    assert [done for what, done, _ in told if what == "entries checked"][-1] == found.entries
    t, direct = tables.body_keys, served_store.direct
    at = stories[2].answers[0].positions[0]
    with direct.engine.connect() as db:
        key = dict(db.execute(select(t).where(t.c.hub == a_hub, t.c.position == at)).mappings().one())
    disposed(cast, third)
    found = verified(cast)
    assert (found.faults, found.unread) == ((), 1)
    with direct.engine.begin() as db:
        db.execute(insert(t), [key])
    (fault,) = verified(cast).faults
    assert (fault.position, fault.sentence) == (at, "This entry was disposed of, and its key is still there.")
