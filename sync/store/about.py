"""By what the trail of accesses names a person, for governance: streams and references, no content.

A person is one identity with every referral that it is linked with, or one subject of a referral.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Engine, or_, select

from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.roles import Role
from sync.protocol import AboutAsked, AboutFound

from . import tables
from .pulling import audiences_in
from .sealing import Secrets
from .sign_in.delays import account_digest
from .sign_in.sessions import Caller


def about(engine: Engine, secrets: Secrets, caller: Caller, asked: AboutAsked, now: datetime) -> AboutFound:
    """``Refusal``: *standing-not-held*, *not-permitted*, *person-unknown*."""
    audiences_in(caller, asked.standing, now)
    if asked.standing.role is not Role.INFORMATION_GOVERNANCE:
        raise Refusal("not-permitted", "Only an information governance officer asks who looked at somebody.")
    with engine.connect() as db:
        if asked.person in caller.directory.people:
            return _member(db, secrets, caller.hub, asked.person)
        streams = _streams(db, caller.hub, asked.person)
        r = tables.referrals
        references = db.scalars(
            select(r.c.reference)
            .where(r.c.hub == caller.hub, r.c.referral.in_(streams))
            .order_by(r.c.reference)
        )
        return AboutFound(streams=tuple(sorted(streams)), references=tuple(references))


def _member(db: Connection, secrets: Secrets, hub: str, person: str) -> AboutFound:
    a = tables.accounts
    account = db.scalar(select(a.c.account).where(a.c.hub == hub, a.c.person == person))
    digest = account_digest(secrets, account).hex() if account is not None else ""
    return AboutFound(member=person, account_digest=digest)


def _streams(db: Connection, hub: str, named: str) -> set[str]:
    whole, _, subject = named.strip().partition("#")
    r, t, s = tables.referrals, tables.links, tables.streams
    referral = db.scalar(
        select(r.c.referral).where(r.c.hub == hub, or_(r.c.referral == whole, r.c.reference == whole.upper()))
    )
    if referral is not None and not subject:
        return {referral}
    if referral is not None:
        identities = set(
            db.scalars(
                select(t.c.identity).where(t.c.hub == hub, t.c.referral == referral, t.c.subject == subject)
            )
        )
        found = {referral} | identities
    else:
        identity = whole if whole.startswith("identity:") else f"identity:{whole}"
        identities = set(db.scalars(select(s.c.stream).where(s.c.hub == hub, s.c.stream == identity)))
        if not identities:
            raise Refusal("person-unknown", "This hub knows nobody and no referral by that name.", "person")
        found = set(identities)
    linked = db.scalars(select(t.c.referral).where(t.c.hub == hub, t.c.identity.in_(identities)))
    return found | set(linked)
