"""A secret asked of whoever sits at the terminal, or given in the environment where nobody does."""

from __future__ import annotations

import getpass
import os
import sys

from mash_desktop.domain.errors import Refusal


def ask(variable: str, question: str) -> str:
    """``Refusal`` (*answer-missing*) naming the variable."""
    given = os.environ.get(variable)
    if given:
        return given
    if sys.stdin is None or not sys.stdin.isatty():
        raise Refusal("answer-missing", f"Nobody is there to answer: give it in {variable}.", variable)
    return getpass.getpass(question)
