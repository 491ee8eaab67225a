"""A contact pushed by one agency's desktop reaches another's when, and as far as, it is asked."""

from __future__ import annotations

from tests.support.store import ServedStore


def test_a_contact_is_admitted_and_comes_back_with_its_words(served_store: ServedStore, a_hub: str) -> None:
    from datetime import UTC, datetime

    from uuid6 import uuid7

    from mash_desktop.domain.acts import Draft
    from mash_desktop.domain.codes import Cohort, ContactChannel, SourceOfContact
    from mash_desktop.domain.entries.contact import ConcernRecorded, ContactOpened
    from mash_desktop.domain.roles import Role

    desk = served_store.desk(a_hub, "Sam Okafor", ("scc-children", Role.TRIAGE_OPERATOR))
    stream = f"referral:{uuid7()}"
    answer = desk.act(
        Draft(stream, ContactOpened(cohort=Cohort.CHILDREN, source=SourceOfContact.SCHOOLS, channel=list(ContactChannel)[0], received_at=datetime.now(UTC), local_authority="E10000028", owner="scc-children")),
        Draft(stream, ConcernRecorded(account=str(uuid7()), words="Said he was hit.")),
    )
    assert answer.state == "admitted", answer
    held = desk.holds()
    print(len(held))
    desk.head()
    import time
    t=time.time(); 
    parcels=[desk.compose([Draft(stream, ConcernRecorded(account=str(uuid7()), words=f"Said {i}"))]) for i in range(50)]
    t=time.time(); a=desk.push(*parcels); print(time.time()-t, {x.state for x in a})
    t=time.time()
    for i in range(50): desk.act(Draft(stream, ConcernRecorded(account=str(uuid7()), words=f"Said {i}")))
    print(time.time()-t)
