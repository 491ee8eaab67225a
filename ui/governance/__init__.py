"""Governance: the audit trail without case content, misfiled entries, and the retention schedule."""

from .screen import GovernanceScreen

__all__ = ["GovernanceScreen"]
