"""The computer that imports: a signing key sealed by the vault in a folder, and a person's session.

The key never stands on the disk in clear: it is sealed under the vault's key, which neither the passphrase
nor the keyring opens alone.
"""

from __future__ import annotations

import secrets
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from uuid6 import uuid7

from mash_desktop.domain.acts import Author
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.roles import Role
from mash_desktop.proofs.signature import SigningKey
from mash_desktop.vault.files import replace_file
from mash_desktop.vault.vault import Vault
from mash_desktop.vault.wrap import FILE as VAULT

from .. import protocol
from ..client import Server
from ..client.sign_in import enrol, sign_in

FILE = "import-device"
_NONCE_BYTES = 12


class Device(msgspec.Struct, frozen=True):
    """An enrolled importing device. ``seed`` is the private key; the whole is kept sealed."""

    server: Server
    account: str
    person: str
    device: str
    key: str
    seed: bytes
    store_key: bytes

    @classmethod
    def enrol(
        cls, folder: Path, passphrase: str, server: Server, code: str, password: str
    ) -> tuple[Device, protocol.Enrolled]:
        """Make the folder's vault, enrol a new key with a one-time code and keep it sealed.

        A vault that an enrolment left which came to nothing is used. Returns the store's answer too, with
        what is shown once. Raises ``Refusal`` or ``Unreachable``.
        """
        begun = (folder / VAULT).exists() and not (folder / FILE).exists()
        vault = Vault.open(folder, passphrase) if begun else Vault.create(folder, passphrase)
        try:
            key, device = SigningKey.generate(), str(uuid7())
            answer = enrol(server, code, device, "Import", key, password)
            kept = cls(
                msgspec.structs.replace(server, hub=answer.hub),
                answer.account,
                answer.person,
                device,
                answer.key,
                key.to_bytes(),
                answer.store_key,
            )
            nonce = secrets.token_bytes(_NONCE_BYTES)
            sealing = AESGCM(bytes.fromhex(vault.cache_key.hex()))
            sealed = nonce + sealing.encrypt(nonce, msgspec.json.encode(kept), FILE.encode())
        finally:
            vault.lock()
        replace_file(folder / FILE, sealed)
        return kept, answer

    @classmethod
    def open(cls, folder: Path, passphrase: str) -> Device:
        """The device kept in ``folder``. Raises ``Refusal``."""
        vault = Vault.open(folder, passphrase)
        try:
            sealed = (folder / FILE).read_bytes()
            sealing = AESGCM(bytes.fromhex(vault.cache_key.hex()))
            return msgspec.json.decode(
                sealing.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], FILE.encode()), type=cls
            )
        except FileNotFoundError as error:
            raise Refusal("not-enrolled", "This folder holds no enrolled import device.") from error
        except (InvalidTag, msgspec.DecodeError) as error:
            raise Refusal("device-damaged", "The import device's file is damaged. Enrol it again.") from error
        finally:
            vault.lock()

    def sign_in(self, password: str, code: str) -> protocol.Session:
        """A session of the person. Raises ``Refusal`` or ``Unreachable``."""
        key = SigningKey.from_bytes(self.seed)
        return sign_in(self.server, self.account, password, code, self.device, key)

    def author(self, session: protocol.Session, role: Role, agency: str | None) -> Author:
        """The standing to import as: the first with this role, in ``agency`` where one is named."""
        for one in session.standings:
            if one.role is role and agency in (None, one.agency):
                return Author(session.person, one.agency, one.role, self.key, one.team)
        raise Refusal(
            "role-missing", f"{session.name} does not hold the role that imports ({role.label}).", "role"
        )
