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
    final: dict[str, str] = {}
    if referral.signed is not None:
        draft = referral.get(referral.signed.body.draft)
        for decided in getattr(draft.body if draft else None, "subjects", ()):
            final[decided.subject] = decided.level
        for amendment in referral.amendments:
            final.update({decided.subject: decided.level for decided in amendment.body.subjects})
    return _compared(referral, triaged, admission, final)


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
