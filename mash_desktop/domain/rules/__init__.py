"""What may happen next to a referral. Rules run once, at admission; a desktop asks them beforehand.

``judge`` asks in turn: the permission table, the guard chain, what the entry relies on, and the rule of its
kind. The rules are in one file a part of the process; a kind without a rule has nothing to check.
"""

from .judge import RULES, Situation, judge, judge_act

__all__ = ["RULES", "Situation", "judge", "judge_act"]
