"""The contact that most tests begin with."""

from __future__ import annotations

from datetime import UTC, datetime

from mash_desktop.domain.codes import Cohort, ContactChannel, SourceOfContact
from mash_desktop.domain.entries.contact import ContactOpened


def opened_now() -> ContactOpened:
    """A school rings about a child, now."""
    return ContactOpened(
        cohort=Cohort.CHILDREN,
        source=SourceOfContact.SCHOOLS,
        channel=ContactChannel.PHONE,
        received_at=datetime.now(UTC),
        local_authority="E10000028",
        owner="scc-children",
    )
