"""The known answers that every test of the proofs may ask for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import pytest


@pytest.fixture(scope="session")
def vectors() -> dict[str, Any]:
    """Answers not computed by the code under test: published ones (RFC 8785, RFC 8032, the Certificate
    Transparency reference tree), and signatures made by the openssl command."""
    text = (Path(__file__).parent / "vectors.json").read_text(encoding="utf-8")
    return cast(dict[str, Any], json.loads(text))
