"""Signing in and enrolling: short exchanges with a store before there is a session to keep.

Plain functions that wait; call them from a worker, never from the GUI thread.
"""

from __future__ import annotations

import asyncio
from typing import TypeVar

from mash_desktop.proofs.signature import SigningKey

from .. import protocol
from .connection import Connection, Server

M = TypeVar("M")

ENROL = b"mash-enrol-v1"
SIGN_IN = b"mash-sign-in-v1"


def enrol(
    server: Server, code: str, device: str, device_name: str, key: SigningKey, password: str
) -> protocol.Enrolled:
    """Tie a new device's key to the person whom the one-time code is for.

    Raises ``Refusal`` with the store's sentence, or ``Unreachable``.
    """
    message = protocol.Enrol(
        code=code,
        device=device,
        device_name=device_name,
        public=key.public,
        proof=key.sign(code.encode(), ENROL),
        password=password,
    )
    return asyncio.run(ask(server, message, "/v1/enrol", protocol.Enrolled))


def sign_in(
    server: Server, account: str, password: str, code: str, device: str, key: SigningKey
) -> protocol.Session:
    """A session for an enrolled device, which shows that it holds its key. Raises ``Refusal`` or
    ``Unreachable``."""
    message = signing_in(account, password, code, device, key)
    return asyncio.run(ask(server, message, "/v1/sign-in", protocol.Session))


def signing_in(account: str, password: str, code: str, device: str, key: SigningKey) -> protocol.SignIn:
    """The message that signs in."""
    proof = key.sign(protocol.sign_in_bytes(account, device, code), SIGN_IN)
    return protocol.SignIn(account=account, password=password, code=code, device=device, proof=proof)


async def ask(server: Server, message: protocol.Message, path: str, answer: type[M]) -> M:
    """A message's answer, before there is a session. Raises ``Refusal`` or ``Unreachable``."""
    connection = Connection(server)
    try:
        return await connection.ask(message, path, answer)
    finally:
        await connection.close()


async def get(server: Server, path: str, answer: type[M]) -> M:
    """What a store answers to whoever asks. Raises as :func:`ask`."""
    connection = Connection(server)
    try:
        return await connection.get(path, answer)
    finally:
        await connection.close()
