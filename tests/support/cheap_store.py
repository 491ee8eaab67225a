"""``mash-isl`` where a guess at a password costs next to nothing, for tests: see ``cheap``."""

from __future__ import annotations

import sys

from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST

from sync import cli
from sync.store.sign_in import accounts


def cheap_hasher() -> PasswordHasher:
    return PasswordHasher.from_parameters(CHEAPEST)


if __name__ == "__main__":
    # It is imported there and called by that name, which types take for the class alone.
    accounts.PasswordHasher = cheap_hasher  # type: ignore[assignment,attr-defined]
    sys.exit(cli.main())
