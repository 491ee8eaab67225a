"""What the entries of a stream amount to: pure folds, total over any subset that an audience may hold.

A fold does not judge and never reads the clock. ``referral.py`` gathers; the other files derive, one
question a file. A thing that the subset does not tell is ``None`` or absent, never guessed.
"""

from .hub import Directory, fold_hub
from .identity import Identity, fold_identity
from .keeping import Kept, fold_keeping
from .referral import Referral, fold
from .stage import Stage

__all__ = [
    "Directory",
    "Identity",
    "Kept",
    "Referral",
    "Stage",
    "fold",
    "fold_hub",
    "fold_identity",
    "fold_keeping",
]
