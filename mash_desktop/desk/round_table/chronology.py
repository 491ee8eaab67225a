"""One chronology out of what every agency brought: releases, the accounts of concern, and what was before.

What was before comes from identities that people have linked and from earlier referrals, as far as this desk
holds them. Only entries of this referral can be relied on; the past stands beside them.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from ...domain.entries.contact import ConcernRecorded
from ...domain.entries.gathering import ContributionReleased
from ...domain.entries.identity import HistoryRecorded, PastEpisode
from ...domain.entries.made import Made
from ...domain.fold import Identity, Referral
from ...domain.fold.gathering import released
from ...domain.fold.levels import levels
from ...domain.partial_date import PartialDate
from ..desk import Desk
from ..wording import local
from .names import agency_called, named

CONTACT, EARLIER = "contact", "earlier"
_UNDATED = (0, 0, 0, False, False)


class Line(msgspec.Struct, frozen=True):
    """One line. ``evidence`` is the entry that a decision may rely on, where it is one of this referral."""

    key: str
    when: str
    order: tuple[int, int, int, bool, bool]
    source: str
    agency: str
    about: str
    subjects: tuple[str, ...]
    what: str
    kind: str
    """*fact*, *seen*, *opinion*, *told*; *contact* or *earlier*."""
    weight: str
    evidence: str | None = None

    @property
    def short(self) -> str:
        """*12 Nov: Bruise to left forearm*, for the list of what is relied on."""
        words = self.what if len(self.what) <= 76 else f"{self.what[:74].rsplit(' ', 1)[0]} …"
        return f"{self.when}: {words}"


def chronology(desk: Desk, referral: Referral) -> tuple[Line, ...]:
    """Every line, the latest first, what has no date last."""
    found = [_of_release(desk, referral, made) for made in released(referral).values()]
    lines = [line for line in found if line is not None]
    lines += [
        _of_concern(desk, referral, made) for made in referral.latest(ConcernRecorded, "account").values()
    ]
    before: set[str] = set()
    if referral.opened is not None and referral.opened.body.previous:
        before.add(referral.opened.body.previous)
    for identity in desk.cache.linked_identities(referral.stream):
        lines += _of_identity(desk, referral, identity)
        before |= {stream for stream, _ in identity.linked}
    for stream in sorted(before - {referral.stream}):
        earlier = desk.referral(stream)
        if earlier.opened is not None:
            lines.append(_of_earlier(desk, referral, earlier))
    return tuple(sorted(lines, key=lambda line: (line.order, line.key), reverse=True))


def brought(referral: Referral, agency: str, *aspects: str) -> tuple[Made[ContributionReleased], ...]:
    """What an agency has on the table of these aspects, in the order of release."""
    mine = [made for made in released(referral).values() if made.agency == agency]
    return tuple(sorted((m for m in mine if m.body.aspect in aspects), key=lambda m: m.order))


def _of_release(desk: Desk, referral: Referral, made: Made[ContributionReleased]) -> Line | None:
    body = made.body
    if body.aspect != "event":
        return None
    return Line(
        key=made.id,
        when=body.on.display() if body.on else "no date",
        order=body.on.order_key if body.on else _UNDATED,
        source=agency_called(desk.config(), made.agency),
        agency=made.agency,
        about=named(referral, body.subjects),
        subjects=body.subjects,
        what=body.words,
        kind=body.voice.value,
        weight=body.significance.value if body.significance else "",
        evidence=made.id,
    )


def _of_concern(desk: Desk, referral: Referral, made: Made[ConcernRecorded]) -> Line:
    body = made.body
    received = referral.received_at or made.made_at
    on = body.incident_on or PartialDate.of(local(received, desk.config()).date())
    source = referral.source.label.split(":")[0].split(",")[0] if referral.source else "Contact"
    return Line(
        key=made.id,
        when=on.display(),
        order=on.order_key,
        source=source,
        agency=made.agency,
        about=named(referral, referral.of_concern),
        subjects=referral.of_concern,
        what=body.words,
        kind=CONTACT,
        weight="",
        evidence=made.id,
    )


def _of_identity(desk: Desk, referral: Referral, identity: Identity) -> Iterator[Line]:
    mine = tuple(subject for stream, subject in sorted(identity.linked) if stream == referral.stream)
    for made in identity.history[-1:]:
        for number, episode in enumerate(made.body.episodes):
            yield Line(
                key=f"{made.id}#{number}",
                when=episode.referred_on.display(),
                order=episode.referred_on.order_key,
                source=agency_called(desk.config(), made.body.agency),
                agency=made.body.agency,
                about=named(referral, mine),
                subjects=mine,
                what=_episode_words(made.body, episode),
                kind=EARLIER,
                weight="",
            )


def _episode_words(history: HistoryRecorded, episode: PastEpisode) -> str:
    said = episode.summary or " ".join(part for part in (episode.level, episode.primary_need) if part)
    parts = [said or f"Known to {history.source_system}"]
    if episode.closed_on is not None:
        why = f", {episode.reason_closed}" if episode.reason_closed else ""
        parts.append(f"closed {episode.closed_on.display()}{why}")
    return "; ".join(parts)


def _of_earlier(desk: Desk, referral: Referral, earlier: Referral) -> Line:
    received = earlier.received_at
    assert received is not None
    on = PartialDate.of(local(received, desk.config()).date())
    reached = [one.final or one.admission or one.indicative for one in levels(earlier).values()]
    ladder = earlier.ladder
    highest = max(
        (ladder.level(one) for one in reached if one and ladder is not None and one in ladder),
        key=lambda level: level.rank,
        default=None,
    )
    said = next((made.body.words for made in earlier.all(ConcernRecorded)), "")
    stood = f"{highest.label}, {earlier.stage.label.lower()}" if highest else earlier.stage.label.lower()
    owner = earlier.owner or ""
    return Line(
        key=earlier.stream,
        when=on.display(),
        order=on.order_key,
        source=agency_called(desk.config(), owner),
        agency=owner,
        about=named(referral, referral.of_concern),
        subjects=referral.of_concern,
        what=f"Earlier referral {earlier.reference or ''}: {stood}. {said}".strip(),
        kind=EARLIER,
        weight="",
    )
