"""What a person has set on their desktop, kept in their profile; and what this desktop is, for who asks."""

from __future__ import annotations

from concurrent.futures import Future
from importlib.metadata import PackageNotFoundError, version

import msgspec

from sync.protocol import Renew, Renewed

from ..domain.errors import Refusal
from .desk import Desk
from .telling.elsewhere import standing_words
from .wording import joined, local

__all__ = ["Look", "Renew", "Renewed", "about", "change_passphrase", "keep_look", "kept_look", "renew_codes"]

_LOOK = "look"


class Look(msgspec.Struct, frozen=True):
    """Theme and text size; ``scale`` is 1.0 to 2.0."""

    mode: str = "light"
    scale: float = 1.0


def kept_look(desk: Desk) -> Look | None:
    """The look that this person chose; ``None`` before they chose one."""
    kept = desk.cache.fact(_LOOK)
    return None if kept is None else msgspec.json.decode(kept, type=Look)


def keep_look(desk: Desk, look: Look) -> None:
    desk.cache.put_fact(_LOOK, msgspec.json.encode(look))


def renew_codes(desk: Desk, password: str, code: str, authenticator: bool) -> Future[Renewed]:
    """New recovery codes for this person and, if wanted, a new authenticator; either is told once.

    Raises ``Refusal`` (*field-empty*, *offline*) on *password* or *code*; the future fails as
    ``Connection.ask`` does.
    """
    for field, words, typed in (
        ("password", "Type your password.", password),
        ("code", "Type the code that your authenticator shows now, or a recovery code.", code),
    ):
        if not typed.strip():
            raise Refusal("field-empty", words, field)
    if desk.store_renew is None:
        raise Refusal("offline", "The hub cannot be reached. Try again when the line is back.", "code")
    return desk.store_renew(Renew(password=password, code=code.strip(), authenticator=authenticator))


def change_passphrase(desk: Desk, old: str, new: str, again: str) -> None:
    """Have another passphrase open this profile; after a crash at any moment one of the two does.

    Raises ``Refusal`` on *old* (*wrong-passphrase*, *too-soon*), on *new* (*passphrase-too-short*), on
    *again* (*passphrase-differs*), and those of the keyring.
    """
    if new != again:
        raise Refusal("passphrase-differs", "The two are not the same. Type the new one again.", "again")
    try:
        desk.change_passphrase(old, new)
    except Refusal as refusal:
        field = "new" if refusal.code == "passphrase-too-short" else "old"
        raise Refusal(refusal.code, refusal.sentence, field) from refusal


def _program() -> str:
    try:
        return f"MASH Desktop {version('mash-desktop')}"
    except PackageNotFoundError:
        return "MASH Desktop, not installed: run from its source"


def about(desk: Desk) -> tuple[tuple[str, str], ...]:
    """This desktop in labelled lines: what is asked for on the telephone."""
    config = desk.config()
    guidance = config.guidance_on(local(desk.now(), config).date())
    standings = [standing_words(desk, config, one.agency, one.role, one.team) for one in desk.me.standings]
    rows = (
        ("Program", _program()),
        ("Hub", f"{config.name} · {config.marking.label}"),
        ("Guidance", f"{guidance.title}, {guidance.edition}" if guidance is not None else ""),
        ("You", f"{desk.me.name}: {joined(standings)}"),
        ("This device’s key", f"begins {desk.me.author.key[:8]}"),
    )
    return tuple(row for row in rows if row[1])
