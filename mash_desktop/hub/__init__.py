"""Hub configuration as files and as a thing to check; what a configuration *is* belongs to the domain."""

from mash_desktop.hub.checking import Finding, check, owed
from mash_desktop.hub.presets import load_preset, preset_names

__all__ = ["Finding", "check", "load_preset", "owed", "preset_names"]
