"""The three levels kept for each subject, and whether sharing stepped them up, down or confirmed them."""

from __future__ import annotations

import msgspec

from ..ladders import Movement, movement
from .referral import Referral


class Levels(msgspec.Struct, frozen=True):
    """One subject's levels: the operator's, at admission, and final; ``None`` where not known here."""

    indicative: str | None = None
    admission: str | None = None
    final: str | None = None
    movement: Movement | None = None
    """Final compared with admission."""

    @property
    def changed_by_oversight(self) -> bool:
        """Oversight set another level than the operator; counted apart from stepping up or down."""
        return (
            self.indicative is not None and self.admission is not None and self.indicative != self.admission
        )


def levels(referral: Referral) -> dict[str, Levels]:
    """Levels by subject. Final levels are the signed ones, amendments included; a draft does not count."""
    triaged = {one.subject: one.level for one in referral.triaged.body.levels} if referral.triaged else {}
    seen = referral.admitting
    admission = {one.subject: one.level for one in seen.body.levels} if seen else {}
    final = {subject: one.level for subject, one in referral.decided.items()}
    return _compared(referral, triaged, admission, final)


def to_send(referral: Referral) -> tuple[str, ...]:
    """Subjects whose final level meets a threshold of admission and who are at no receiving team."""
    met = referral.ladder.thresholds if referral.ladder is not None else ()
    return tuple(
        subject
        for subject, one in levels(referral).items()
        if one.final in met and subject not in referral.with_team
    )


def drafted_levels(referral: Referral) -> dict[str, Levels]:
    """As :func:`levels`, with the levels of the draft that waits in place of the signed ones."""
    signed = levels(referral)
    draft = {d.subject: d.level for d in referral.draft.body.subjects} if referral.draft else {}
    return _compared(
        referral,
        {s: one.indicative for s, one in signed.items() if one.indicative},
        {s: one.admission for s, one in signed.items() if one.admission},
        draft,
    )


def _compared(
    referral: Referral,
    triaged: dict[str, str],
    admission: dict[str, str],
    final: dict[str, str],
) -> dict[str, Levels]:
    found: dict[str, Levels] = {}
    for subject in dict.fromkeys([*triaged, *admission, *final]):
        before, after = admission.get(subject), final.get(subject)
        moved = movement(referral.ladder, before, after) if referral.ladder is not None else None
        found[subject] = Levels(triaged.get(subject), before, after, moved)
    return found
