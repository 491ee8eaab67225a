"""Event loops that leave the count of lines alone."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest

T = TypeVar("T")


@pytest.fixture
def loops_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a task was cancelled, tracing in Python 3.11 loses count of the frames below the loop, and what
    runs there once the loop has ended would be measured as not run. On a thread of its own there are none."""
    run = asyncio.run

    def apart(main: Coroutine[Any, Any, T]) -> T:
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(run, main).result()

    monkeypatch.setattr(asyncio, "run", apart)
