"""Every kind of a referral's entry in words: one table, for the file and for what a decision rests on.

``contact`` tells of taking a contact, ``hub`` of triage, asking and the round table, ``decision`` of what was
decided and what followed. An entry that cannot be read says why; none is left out.
"""

from . import contact, decision, hub
from .teller import TOPICS, WORDS, Teller, Told, topic_of

__all__ = ["TOPICS", "WORDS", "Teller", "Told", "contact", "decision", "hub", "topic_of"]
