"""The half of a profile's key that the operating system's keyring keeps.

Only keyrings known by name to encrypt are used; there is no fallback. What the half opens is not known here.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import keyring
from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import KeyringLocked

from mash_desktop.domain.errors import Refusal

SERVICE = "MASH Desktop"
SECRET_BYTES = 32

# By module, since `keyring` takes any installed backend, one that stores in clear included.
_ENCRYPTING = frozenset(
    {
        "keyring.backends.SecretService",
        "keyring.backends.Windows",
        "keyring.backends.kwallet",
        "keyring.backends.libsecret",
        "keyring.backends.macOS",
    }
)

_Answer = TypeVar("_Answer")


def new_secret(profile_id: str) -> bytes:
    """Make a secret, keep it in the keyring under the profile's id, and return it (32 bytes).

    Raises ``Refusal``: keyring-absent, keyring-in-clear, keyring-locked, keyring-denied.
    """
    ring = _encrypting_ring()
    secret = secrets.token_bytes(SECRET_BYTES)
    _asked(lambda: ring.set_password(SERVICE, profile_id, secret.hex()))
    # Read back, because a profile made with a secret that was not kept could never be opened.
    if _asked(lambda: ring.get_password(SERVICE, profile_id)) != secret.hex():
        raise _denied()
    return secret


def kept_secret(profile_id: str) -> bytes:
    """The secret kept under the profile's id (32 bytes).

    Raises ``Refusal``: those of ``new_secret``, and keyring-emptied.
    """
    ring = _encrypting_ring()
    kept = _asked(lambda: ring.get_password(SERVICE, profile_id))
    try:
        secret = bytes.fromhex(kept or "")
    except ValueError:
        secret = b""
    if len(secret) != SECRET_BYTES:
        raise Refusal(
            "keyring-emptied",
            "The keyring no longer holds this profile's secret, so the profile cannot be opened: what was "
            "sent is on the central store, what was not yet sent is lost unless the keyring is restored; "
            "ask an administrator to enrol a new profile.",
        )
    return secret


def _encrypting_ring() -> KeyringBackend:
    # On a thread of its own: what fails to load there stays in the library with its traceback, and that would
    # keep every caller's frame alive, with the passphrase and the key in it.
    with ThreadPoolExecutor(1, "keyring") as apart:
        chosen = _asked(apart.submit(keyring.get_keyring).result)
    # Never the chain itself: it would go on to the next backend, whatever that one is.
    candidates = chosen.backends if isinstance(chosen, ChainerBackend) else [chosen]
    for candidate in candidates:
        if type(candidate).__module__ in _ENCRYPTING:
            return candidate
    if isinstance(chosen, NoKeyring):
        raise Refusal(
            "keyring-absent",
            "This computer offers no keyring: sign in to the computer's desktop with one running (GNOME "
            "Keyring or KWallet on Linux, Credential Manager on Windows), then start MASH Desktop again.",
        )
    names = ", ".join(f"{type(each).__module__}.{type(each).__qualname__}" for each in candidates)
    raise Refusal(
        "keyring-in-clear",
        f"The keyring set up here ({names}) is not known to encrypt what it keeps: remove it or choose the "
        "operating system's own, then start MASH Desktop again.",
    )


def _asked(question: Callable[[], _Answer]) -> _Answer:
    try:
        return question()
    except KeyringLocked as error:
        raise Refusal(
            "keyring-locked",
            "The keyring is locked: unlock it, usually by signing in to the computer again, then try again.",
        ) from error
    except Exception as error:
        # Backends let their platform's own errors through (D-Bus, Windows), which have no common base.
        raise _denied() from error


def _denied() -> Refusal:
    return Refusal(
        "keyring-denied",
        "The keyring refused or did not answer: check that it is running and that MASH Desktop may use it, "
        "then try again.",
    )
