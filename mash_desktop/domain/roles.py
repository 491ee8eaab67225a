"""Who a person may act as. A person holds roles in agencies; an act names the one it was made in."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """A role of ``DOMAIN.md``, as it stands in an act and in the permission table."""

    TRIAGE_OPERATOR = "triage_operator"
    CONSULTANT_SOCIAL_WORKER = "consultant_social_worker"
    SAFEGUARDING_MANAGER = "safeguarding_manager"
    POLICE_SUPERVISOR = "police_supervisor"
    SOCIAL_WORKER = "social_worker"
    HUB_MANAGER = "hub_manager"
    DEPUTY_HUB_MANAGER = "deputy_hub_manager"
    FACILITATOR = "facilitator"
    RESEARCHER = "researcher"
    VIRTUAL_PARTNER = "virtual_partner"
    GATEWAY_WORKER = "gateway_worker"
    OUT_OF_HOURS = "out_of_hours"
    INFORMATION_GOVERNANCE = "information_governance"
    ADMINISTRATOR = "administrator"
    STORE = "store"

    @property
    def label(self) -> str:
        """The role in words for the glass."""
        return _LABELS.get(self, self.value.replace("_", " ").capitalize())


_LABELS = {
    Role.POLICE_SUPERVISOR: "Police supervisor",
    Role.OUT_OF_HOURS: "Out-of-hours team",
    Role.INFORMATION_GOVERNANCE: "Information governance officer",
    Role.STORE: "The central store",
}

DECISION_MAKERS = frozenset(
    {Role.CONSULTANT_SOCIAL_WORKER, Role.SAFEGUARDING_MANAGER, Role.POLICE_SUPERVISOR}
)
"""The roles that are the owning agency's decision maker by day; which one is by cohort, in configuration."""

DECIDERS = DECISION_MAKERS | {Role.OUT_OF_HOURS}
"""The roles that a hub may name as decision makers of a cohort: at night its out-of-hours team has cover."""

SOCIAL_WORKERS = frozenset({Role.CONSULTANT_SOCIAL_WORKER, Role.SOCIAL_WORKER, Role.OUT_OF_HOURS})
"""Who decides, as a social worker, what follows a child's referral."""

HUB_MANAGERS = frozenset({Role.HUB_MANAGER, Role.DEPUTY_HUB_MANAGER})
RESEARCHERS = frozenset({Role.RESEARCHER, Role.VIRTUAL_PARTNER})

LOCAL_OFFICERS = DECISION_MAKERS | HUB_MANAGERS | {Role.INFORMATION_GOVERNANCE, Role.ADMINISTRATOR}
"""Who may, two of them together, let a colleague's desktop be read for longer without the hub."""
