"""Administration: people, devices, agencies, and the hub's configuration."""

from .screen import AdministrationScreen

__all__ = ["AdministrationScreen"]
