"""The one shape of a refusal: a code for programs and a sentence for people.

Everything that the product declines to do is told with this type. It is not for bugs: those stay
ordinary exceptions.
"""

from __future__ import annotations


class Refusal(Exception):
    """A thing asked for that is declined.

    ``code`` is kebab-case and stable; ``sentence`` is one that a person can act on; ``field`` names the
    input at fault when there is one.
    """

    def __init__(self, code: str, sentence: str, field: str | None = None) -> None:
        super().__init__(code, sentence, field)
        self.code = code
        self.sentence = sentence
        self.field = field

    def __str__(self) -> str:
        return f"{self.sentence} [{self.code}]"
