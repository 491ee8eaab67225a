"""Every refusal that the rules know is told somewhere as a sentence, and every sentence is one they know."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from mash_desktop.domain import rules
from mash_desktop.domain.entries import KINDS
from mash_desktop.domain.rules import RULES

from . import (
    test_judging,
    test_rules_of_contact,
    test_rules_of_decision,
    test_rules_of_gathering,
    test_rules_of_keeping,
    test_rules_of_outcome,
    test_rules_of_triage,
)

TOLD = (
    test_judging,
    test_rules_of_contact,
    test_rules_of_decision,
    test_rules_of_gathering,
    test_rules_of_keeping,
    test_rules_of_outcome,
    test_rules_of_triage,
)
ELSEWHERE = {"chain-unseen", "no-draft", "not-sent"}
"""What only a desk that holds a part can be told; ``test_parts`` and ``test_judging`` tell it."""


def _codes() -> Iterator[str]:
    """The first words of every ``no``, ``unknown`` and ``absent`` in the rules."""
    for file in Path(rules.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if name in {"no", "unknown", "absent"}:
                    yield str(node.args[0].value)


def test_every_refusal_is_reached_by_a_sentence() -> None:
    told = {code for module in TOLD for code, _ in module.REFUSED.values()}
    assert set(_codes()) - told - ELSEWHERE == set()


def test_a_rule_belongs_to_a_kind() -> None:
    assert set(RULES) <= set(KINDS.values())
