"""Encrypts a finished document with a password, for leaving the building.

It keeps no password and writes no file.
"""

from __future__ import annotations

from io import BytesIO

from pikepdf import Encryption, Pdf

from mash_desktop.domain.errors import Refusal

SHORTEST_PASSWORD = 12


def protect(pdf: bytes, password: str) -> bytes:
    """The PDF under AES-256 (revision 6), content and metadata; opening needs the password.

    Refused as ``password-too-short`` under ``SHORTEST_PASSWORD`` characters. The result differs from
    run to run: its salts are random.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise Refusal(
            "password-too-short",
            f"Choose a password of at least {SHORTEST_PASSWORD} characters, and send it by another way.",
            "password",
        )
    out = BytesIO()
    with Pdf.open(BytesIO(pdf)) as document:
        document.save(out, encryption=Encryption(owner=password, user=password, R=6, aes=True, metadata=True))
    return out.getvalue()
