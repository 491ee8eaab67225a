"""What is kept beside the log for queues, figures, search and documents; all of it can be made anew from it.

No personal data in clear: of a referral its stage, clocks, owner, area and levels.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, tuple_
from sqlalchemy.dialects.postgresql import insert

from mash_desktop.domain.entries import Body, Made
from mash_desktop.domain.entries.access import GlassBroken, GlassMended
from mash_desktop.domain.entries.contact import AddressRecorded, DocumentAttached
from mash_desktop.domain.entries.gathering import ContributionReleased
from mash_desktop.domain.entries.outcome import EntryWithdrawn
from mash_desktop.domain.fold import Referral
from mash_desktop.domain.fold.levels import levels

from . import tables
from .docket import Docket
from .examining import family_of
from .people_index import index
from .sealing import Secrets, StreamKey
from .streams import Held


def project(
    db: Connection,
    hub: str,
    secrets: Secrets,
    streams: Sequence[Held],
    docket: Docket,
    fresh: Sequence[Made[Body]],
    positions: Mapping[str, int],
    keys: Mapping[str, StreamKey],
) -> None:
    """Bring the projections of these streams up to where they stand; ``fresh`` is what was just admitted."""
    referrals = [one for one in streams if family_of(one.stream) == "referral"]
    identities = [one for one in streams if family_of(one.stream) == "identity"]
    _referrals(db, hub, [one.referral(docket.directory) for one in referrals])
    _attachments(db, hub, referrals, positions)
    disposed = {gone.stream for gone in docket.disposed}
    moved = [one for one in identities if one.entries[-1].id in positions or one.stream in disposed]
    _links(db, hub, moved)
    _terms(db, hub, docket, fresh)
    told = any(isinstance(entry.body, (AddressRecorded, EntryWithdrawn)) for entry in fresh)
    marked = bool(moved) or told
    index(db, hub, secrets, [*referrals, *moved], keys, positions, marked=marked, disposed=disposed)


def _referrals(db: Connection, hub: str, referrals: Iterable[Referral]) -> None:
    found = [(referral.stream, referral_row(hub, referral)) for referral in referrals]
    rows = [row for _, row in found if row is not None]
    gone = [stream for stream, row in found if row is None]
    t = tables.referrals
    if gone:
        db.execute(delete(t).where(t.c.hub == hub, t.c.referral.in_(gone)))
    if rows:
        statement = insert(t)
        keys = {"hub", "referral"}
        db.execute(
            statement.on_conflict_do_update(
                index_elements=[t.c.hub, t.c.referral],
                set_={c.name: statement.excluded[c.name] for c in t.c if c.name not in keys},
            ),
            rows,
        )


def referral_row(hub: str, referral: Referral) -> dict[str, Any] | None:
    """The row of a referral; ``None`` where it was never opened."""
    opened = referral.opened
    if opened is None:
        return None

    def when(entry: Any) -> Any:
        return entry.made_at if entry is not None else None

    return {
        "hub": hub,
        "referral": referral.stream,
        "opened": opened.position,
        "reference": referral.reference,
        "stage": referral.stage.value,
        "cohort": opened.body.cohort.value,
        "authority": opened.body.local_authority,
        "area": referral.area,
        "origin": referral.origin,
        "owner": referral.owner,
        "route": referral.route,
        "rag": referral.rag.value if referral.rag else None,
        "received_at": referral.received_at,
        "admitted_at": when(referral.admitted),
        "rated_at": when(referral.rated),
        "signed_at": when(referral.signed),
        "closed_at": when(referral.closed),
        "levels": {
            subject: {"indicative": one.indicative, "admission": one.admission, "final": one.final}
            for subject, one in levels(referral).items()
        },
    }


def _attachments(db: Connection, hub: str, streams: Iterable[Held], positions: Mapping[str, int]) -> None:
    rows = [
        {"hub": hub, "chunk": chunk, "position": entry.position}
        for one in streams
        for entry in one.entries
        if entry.id in positions and isinstance(entry.body, DocumentAttached)
        for chunk in entry.body.chunks
    ]
    if rows:
        db.execute(insert(tables.attachments).on_conflict_do_nothing(), rows)


def _links(db: Connection, hub: str, identities: Iterable[Held]) -> None:
    t = tables.links
    for one in identities:
        now = one.identity.linked
        kept = delete(t).where(t.c.hub == hub, t.c.identity == one.stream)
        if now:
            kept = kept.where(tuple_(t.c.referral, t.c.subject).not_in(list(now)))
        db.execute(kept)
        if now:
            db.execute(
                insert(t).on_conflict_do_nothing(),
                [{"hub": hub, "identity": one.stream, "referral": r, "subject": s} for r, s in sorted(now)],
            )


def _terms(db: Connection, hub: str, docket: Docket, fresh: Iterable[Made[Body]]) -> None:
    """What these entries give for a time, and what they end of it."""
    t = tables.terms
    begun: list[dict[str, Any]] = []
    over: list[str | None] = []

    def begin(entry: str, stream: str, person: str | None, until: datetime) -> None:
        begun.append({"hub": hub, "entry": entry, "stream": stream, "person": person, "until": until})

    for entry in fresh:
        body = entry.body
        if isinstance(body, GlassBroken):
            begin(entry.id, body.target, entry.author, body.until)
        elif isinstance(body, GlassMended):
            over.append(body.broken)
        elif entry.guard is not None and entry.guard.startswith("release:"):
            over.append(entry.base)
            if isinstance(body, ContributionReleased) and body.until is not None:
                config = docket.directory.timeline.at(None)
                begin(entry.id, entry.stream, None, config.end_of(body.until))
    if begun:
        db.execute(insert(t), begun)
    if over:
        db.execute(delete(t).where(t.c.hub == hub, t.c.entry.in_(over)))
