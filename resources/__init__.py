"""Styles, icons, typeface, hub presets, texts and sample cases: files only, no logic.

They lie in ``FOLDER``, in a clone and where a wheel has been installed.
"""

from pathlib import Path

FOLDER = Path(__file__).parent
