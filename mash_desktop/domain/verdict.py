"""The three answers of a rule: yes, no (and why), or cannot be known here."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Answer(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Verdict(msgspec.Struct, frozen=True):
    """``code`` and ``sentence`` are empty for *yes*; ``field`` names the input at fault when there is one."""

    answer: Answer
    code: str = ""
    sentence: str = ""
    field: str | None = None

    def __bool__(self) -> bool:
        return self.answer is Answer.YES


YES = Verdict(Answer.YES)


def no(code: str, sentence: str, field: str | None = None) -> Verdict:
    return Verdict(Answer.NO, code, sentence, field)


def unknown(code: str, sentence: str) -> Verdict:
    """Something this holder cannot see decides it; the store will say."""
    return Verdict(Answer.UNKNOWN, code, sentence)
