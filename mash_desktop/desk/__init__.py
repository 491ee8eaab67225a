"""What a screen may ask and do. Qt-free: immutable view models out, acts in, change sets back.

``desk.py`` is the desk of one person on one profile; beside it, one file a screen says what that screen
shows and does. Nothing here may be called on the GUI thread: the desk reads and writes the cache.
"""

from ..cache import ChangeSet
from .desk import Desk, Me

__all__ = ["ChangeSet", "Desk", "Me"]
