"""An entry as this program holds it: its body, who made it in which role, and where it stands."""

from __future__ import annotations

from datetime import datetime
from typing import Generic, TypeVar

import msgspec

from ..roles import Role
from .body import Body

T = TypeVar("T", bound=Body, covariant=True)


class Made(msgspec.Struct, Generic[T], frozen=True, kw_only=True, gc=False):
    """One entry. ``position`` and ``admitted_at`` are ``None`` while it waits in an outbox."""

    id: str
    stream: str
    kind: str
    version: int
    body: T
    act: str
    author: str
    agency: str
    role: Role
    made_at: datetime
    guard: str | None = None
    base: str | None = None
    relies_on: tuple[str, ...] = ()
    commitment: str = ""
    key: str = ""
    """The key that its act is signed with."""
    position: int | None = None
    admitted_at: datetime | None = None

    @property
    def order(self) -> tuple[bool, int, datetime, str]:
        """Sort key: position order, then the outbox in the order of making."""
        return (self.position is None, self.position or 0, *self.made_order)

    @property
    def made_order(self) -> tuple[datetime, str]:
        """Sort key: the order of making, which is fixed when an entry is signed.

        An id alone will not do: those made from an imported file's content do not sort by time.
        """
        return (self.made_at, self.id)
