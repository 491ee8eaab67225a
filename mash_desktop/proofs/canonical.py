"""One spelling in bytes for one JSON value (RFC 8785), so that two machines hash and sign the same thing.

Only for making bytes. Bytes that arrive are verified and kept as received, never spelt again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias, cast

import rfc8785

Json: TypeAlias = "Mapping[str, Json] | Sequence[Json] | str | int | float | bool | None"


class NotCanonical(ValueError):
    """The value has no RFC 8785 spelling: not JSON, a number a double cannot hold, or lone surrogates."""


def canonical(value: Json) -> bytes:
    """The RFC 8785 bytes of a plain JSON value (dicts, lists or tuples, strings, numbers, booleans, None).

    Raises ``NotCanonical`` for anything else, bytes and datetimes included: how these are spelt is for
    the caller to say (``msgspec.to_builtins`` does).
    """
    try:
        return rfc8785.dumps(cast(Any, value))
    except (ValueError, RecursionError) as error:
        # The library lets an encoding error of a key and a recursion error of a deep value through as such.
        raise NotCanonical(str(error)) from error
