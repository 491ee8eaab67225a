"""Sync status and attention: what waits, what was refused and why, and how the line stands."""

from .screen import SyncScreen

__all__ = ["SyncScreen"]
