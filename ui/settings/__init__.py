"""Settings and help: theme and text size, kept in the profile; keys, and what this desktop is."""

from .screen import SettingsScreen

__all__ = ["SettingsScreen"]
