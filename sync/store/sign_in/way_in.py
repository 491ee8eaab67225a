"""What every way in by a factor that the store itself keeps has at hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from ..admission import Admission
from ..sealing import Secrets
from .accounts import Accounts
from .delays import Delays
from .sessions import Sessions


@dataclass(eq=False)
class WayIn:
    _engine: Engine
    _secrets: Secrets
    _admission: Admission
    _accounts: Accounts
    _sessions: Sessions
    _delays: Delays
    _clock: Callable[[], datetime]
