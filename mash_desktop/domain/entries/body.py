"""What an entry says: the base of every body, and the register of kinds.

A kind is declared where its body is declared. Nothing here knows what a kind means: meaning is in
``fold``, ``rules`` and ``permissions``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, ClassVar, TypeVar

import msgspec

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""A moment with its time zone: one without cannot be compared, and is refused as misshapen."""


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """One typed, immutable fact. Subclasses are declared with :func:`kind`."""

    KIND: ClassVar[str] = ""
    VERSION: ClassVar[int] = 1
    GUARD: ClassVar[str | None] = None
    FAMILY: ClassVar[str] = "referral"
    """What the entry belongs to: ``referral``, ``identity``, ``keeping``, ``hub`` or ``access``."""
    KEY: ClassVar[tuple[str, ...]] = ()
    """Fields that name what is told: of two entries that agree in them, the one made later stands."""

    @property
    def guard(self) -> str | None:
        """The chain that this entry moves, or ``None`` for a free entry."""
        return self.GUARD


class Unread(Body, frozen=True):
    """A body that this program cannot or may not read: ``why`` is *newer*, *withheld*, *disposed*
    or *damaged* (at the store, where it does not open)."""

    why: str


KINDS: dict[str, type[Body]] = {}
"""Every kind this program knows, by name."""

B = TypeVar("B", bound=Body)


def kind(
    name: str,
    *,
    guard: str | None = None,
    family: str = "referral",
    version: int = 1,
    key: tuple[str, ...] = (),
) -> Callable[[type[B]], type[B]]:
    """Register a body as the current version of the kind ``name``; ``guard`` makes it move that chain."""

    def register(body: type[B]) -> type[B]:
        body.KIND, body.VERSION, body.FAMILY, body.GUARD, body.KEY = name, version, family, guard, key
        KINDS[name] = body
        return body

    return register


Upcast = Callable[[dict[str, Any]], dict[str, Any]]
UPCASTS: dict[tuple[str, int], Upcast] = {}
"""``(kind, version)`` to the function that makes the body of the next version out of it."""


def encode(body: Body) -> dict[str, Any]:
    """The body as plain JSON values, ready for canonical bytes."""
    plain: dict[str, Any] = msgspec.to_builtins(body)
    return plain


def decode(kind_name: str, version: int, raw: bytes) -> Body:
    """Read a body as received, upcasting an older version.

    An unknown kind or a version newer than this program's comes back as :class:`Unread`. Raises
    ``msgspec.ValidationError`` where a known version does not fit its shape.
    """
    known = KINDS.get(kind_name)
    if known is None or version > known.VERSION:
        return Unread(why="newer")
    if version == known.VERSION:
        return msgspec.json.decode(raw, type=known)
    try:
        plain = msgspec.json.decode(raw)
        for step in range(version, known.VERSION):
            plain = UPCASTS[kind_name, step](plain)
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
        # What claims to be an old version need not be one.
        raise msgspec.ValidationError(f"no body of version {version}") from error
    return msgspec.convert(plain, type=known)
