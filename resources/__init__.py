"""Styles, icons, typeface, hub presets, texts and sample cases: files only, no logic.

Read them with `importlib.resources.files("resources")`, which works from a clone and from a wheel.
"""
