"""The look of the product: tokens, type scale, icons, and the one way to put them onto the application."""

from ui.theme.icons import icon, icon_pixmap
from ui.theme.look import Look, Role, Voice, current_look, load_typeface, look_of
from ui.theme.theme import Theme, dress, wear
from ui.theme.tokens import DARK, HIGH_CONTRAST, LIGHT, THEMES, Mode, Tokens, Tone, contrast

__all__ = [
    "DARK",
    "HIGH_CONTRAST",
    "LIGHT",
    "THEMES",
    "Look",
    "Mode",
    "Role",
    "Theme",
    "Tokens",
    "Tone",
    "Voice",
    "contrast",
    "current_look",
    "dress",
    "icon",
    "icon_pixmap",
    "load_typeface",
    "look_of",
    "wear",
]
