"""When a qualified decision comes first: the hub's policy of oversight, asked of one referral."""

from __future__ import annotations

from zlib import crc32

from ..configuration import HubConfig
from ..entries.contact import HistorySearched
from ..entries.triage import ContactTriaged, TriageOverseen
from ..fold.referral import Referral
from ..fold.stage import Stage
from ..verdict import YES, Verdict, no
from .situation import Situation


def needs_decision(referral: Referral, config: HubConfig) -> bool:
    """Whether a qualified decision comes before this contact goes anywhere.

    Before s17, s47 and every threshold of admission; on a route that asks for it; wherever history matches;
    and for good, once a triage called for one or somebody qualified has decided: a later triage does not
    take the contact out of their hands.
    """
    if referral.all(TriageOverseen):
        return True
    if config.oversight.where_history_matches and any(
        made.body.found for made in referral.all(HistorySearched)
    ):
        return True
    guarded = set(config.oversight.levels) | set(referral.ladder.thresholds if referral.ladder else ())
    routes = {one.id for one in config.routes if one.needs_qualified_decision}
    return any(
        made.body.route in routes or guarded.intersection(one.level for one in made.body.levels)
        for made in referral.all(ContactTriaged)
    )


def sampled(stream: str, config: HubConfig) -> bool:
    """Whether a contact that needs no decision is one of those looked at for advice before they go on.

    It follows from the stream, so that every desk agrees and nobody chooses.
    """
    return crc32(stream.encode()) % 100 < config.oversight.sampled_percent


def free_to_leave(situation: Situation) -> Verdict:
    """Out of triage without admission: neither before a qualified decision that is needed nor against one."""
    referral = situation.referral
    if referral.stage is Stage.TRIAGED and needs_decision(referral, situation.config):
        return no("not-overseen", "A qualified decision comes first: ask for oversight.")
    seen = referral.overseen
    if referral.stage is Stage.OVERSEEN and seen is not None and seen.body.decision == "admit":
        return no("not-decided", "It is to be admitted to the hub; its outcome follows the decision.")
    return YES
