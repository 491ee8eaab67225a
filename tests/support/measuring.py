"""Leaves unmeasured what has been measured already: to measure costs a test two thirds of its time.

A test is left out that runs no line which another would not: the second run of one on the other PostgreSQL,
and one marked ``unmeasured``, which goes through very much of what quicker tests go through. What they start
is left out with them. What they need (fixtures) is not, nor what they are the first to import.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from importlib.machinery import SourceFileLoader
from types import ModuleType

import pytest

_IN_PROCESSES = "COVERAGE_PROCESS_CONFIG"
"""Where coverage tells a process that is started how to measure itself."""


@contextmanager
def unmeasured() -> Iterator[None]:
    """Nothing is measured that is run here or in a thread or a process started here."""
    here, in_threads, this = sys.gettrace(), threading.gettrace(), threading.get_ident()
    run = SourceFileLoader.exec_module

    def run_measured(loader: SourceFileLoader, module: ModuleType) -> None:
        # The lines of a module run once in a process, and would be missed for good.
        before = sys.gettrace()
        sys.settrace(here if threading.get_ident() == this else in_threads)
        try:
            run(loader, module)
        finally:
            sys.settrace(before)

    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(_IN_PROCESSES, raising=False)
        patch.setattr(SourceFileLoader, "exec_module", run_measured)
        sys.settrace(None)
        threading.settrace(None)
        try:
            yield
        finally:
            threading.settrace(in_threads)
            sys.settrace(here)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    callspec = getattr(item, "callspec", None)
    again = callspec is not None and callspec.params.get("postgres") == "debian"
    if not again and item.get_closest_marker("unmeasured") is None:
        return (yield)
    with unmeasured():
        return (yield)
