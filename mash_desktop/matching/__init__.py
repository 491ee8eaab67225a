"""Person matching: which accounts may be of one person, how likely, and why in words.

Pure. It proposes; people decide, and nothing is linked by itself. Searching the people index with the keys
is the store's and the cache's work.
"""

from mash_desktop.matching.blocking import blocking_keys
from mash_desktop.matching.compare import compare
from mash_desktop.matching.facts import Band, Match, PersonFacts, Residence
from mash_desktop.matching.names import fold, search_words
from mash_desktop.matching.spelling import Near, how_near, near_keys

__all__ = [
    "Band",
    "Match",
    "Near",
    "PersonFacts",
    "Residence",
    "blocking_keys",
    "compare",
    "fold",
    "how_near",
    "near_keys",
    "search_words",
]
