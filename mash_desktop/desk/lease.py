"""How long a profile may be read without word from the hub, and the extension by two officers in an outage.

Each answer of the hub to a good session starts the time anew. Once it is over nothing is read, but what waits
is still sent: reaching the hub gives it back. Time that this profile has known is remembered, so that a clock
set back gains nothing. All of it is inside the encrypted cache; a copy of the disk made earlier holds an
earlier state of it.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from threading import Lock

import msgspec

from ..cache import Cache
from ..domain.acts import Act, Draft, Parcel, check_bodies, check_signature, read
from ..domain.entries import decode
from ..domain.entries.access import LeaseExtended
from ..domain.errors import Refusal
from ..domain.fold import Directory
from ..domain.roles import LOCAL_OFFICERS
from .desk import Desk, Me

FACT = "lease"
CODE_LENGTH = 8
OFFICERS = 2
TOLERANCE = timedelta(minutes=10)
"""How far a clock may go back without being asked about."""
_HOURS_AT_FIRST = 72
"""Before the hub's configuration has come."""
_STEP = timedelta(minutes=1)
"""How much of the time may be forgotten when the computer stops."""
_OPENING = "MASH Desktop extension"


class _Kept(msgspec.Struct, frozen=True):
    """``used`` are the acts that have extended it: none does so twice."""

    until: datetime
    known: datetime
    used: tuple[str, ...] = ()


class Lease:
    """The time that one profile has. Any thread but the GUI's may call it."""

    def __init__(
        self, cache: Cache, now: Callable[[], datetime], elapsed: Callable[[], float] = time.monotonic
    ) -> None:
        """``now`` is the store's clock, as well as it is known here; ``elapsed`` is seconds, on a clock that
        nobody sets."""
        self._cache, self._now, self._elapsed = cache, now, elapsed
        self._lock = Lock()
        kept = cache.fact(FACT)
        self._since = elapsed()
        if kept is None:
            self._keep(_Kept(now() + self._length(), now()))
        else:
            self._kept = msgspec.json.decode(kept, type=_Kept)

    @property
    def until(self) -> datetime:
        return self._kept.until

    def renew(self) -> None:
        """The hub has answered: its whole time is there again, by the clock as it now stands."""
        with self._lock:
            now = self._now()
            until = now + self._length()
            if abs(until - self._kept.until) >= _STEP or now < self._kept.known:
                self._keep(msgspec.structs.replace(self._kept, until=until, known=now))

    def over(self) -> Refusal | None:
        """Why nothing may be read now: *lease-over* or *clock-set-back*; ``None`` while it may."""
        with self._lock:
            now, known = self._now(), self._kept.known + timedelta(seconds=self._elapsed() - self._since)
            at = max(now, known)
            if at - self._kept.known >= _STEP:
                self._keep(msgspec.structs.replace(self._kept, known=at))
            if now < known - TOLERANCE:
                return Refusal(
                    "clock-set-back",
                    "The clock of this computer has been set back, so how long it was without the hub cannot "
                    "be told. Set it right, or sign in while the hub can be reached.",
                )
            if at >= self._kept.until:
                hours = round(self._length() / timedelta(hours=1))
                return Refusal(
                    "lease-over",
                    f"This desktop has been without the hub for more than {hours} hours, so nothing is "
                    "shown. Sign in once the hub can be reached: what you had not sent is kept, to go then.",
                )
            return None

    def extend(self, me: Me, slips: Sequence[str]) -> datetime:
        """Read on by the word of two officers; ``slips`` are the texts that they signed. Returns until when.

        Raises ``Refusal``: *slip-unreadable*, *slip-wrong*, *slip-used*, *slip-over*, *officers-missing*.
        """
        directory = self._cache.directory()
        with self._lock:
            said = [_checked(slip, me, directory) for slip in slips]
            if any(act.id in self._kept.used for act, _ in said):
                raise Refusal("slip-used", "This extension has been used already. Ask for a new one.")
            if len({act.author for act, _ in said}) < OFFICERS:
                raise Refusal(
                    "officers-missing", "Two different officers have to sign. Ask one more for an extension."
                )
            # The officers' clocks say what time it is, where this computer's may not.
            made = max(act.made_at for act, _ in said)
            until = min(min(body.until for _, body in said), made + self._length())
            if until <= max(made, self._now()):
                raise Refusal("slip-over", "This extension is over. Ask for a new one.")
            used = self._kept.used + tuple(act.id for act, _ in said)
            self._keep(_Kept(until, made, used))
            return until

    def _length(self) -> timedelta:
        return _length(self._cache.directory())

    def _keep(self, kept: _Kept) -> None:
        self._cache.put_fact(FACT, msgspec.json.encode(kept))
        self._kept, self._since = kept, self._elapsed()


class Slip(msgspec.Struct, frozen=True):
    """One officer's word, as a text for a file; ``person`` and ``until`` say for whom and how long."""

    person: str
    until: datetime
    text: str


def code_of(me: Me) -> str:
    """What an officer is told on the telephone, so that they sign for this desktop and no other."""
    return me.author.key[:CODE_LENGTH]


def may_extend(desk: Desk) -> bool:
    """Whether this person is one of the officers."""
    return desk.acting(*LOCAL_OFFICERS) is not None


def sign_extension(desk: Desk, code: str, reason: str) -> Slip:
    """Sign that a colleague's desktop may be read on; it is recorded like every act.

    Raises ``Refusal``: *not-permitted*, *code-unknown* or *officer-own* on *code*, *field-empty* on *reason*.
    """
    officer = desk.acting(*LOCAL_OFFICERS)
    if officer is None:
        raise Refusal("not-permitted", "A manager, a decision maker or an officer of the hub extends it.")
    wanted = code.strip().lower()
    keys = desk.directory().keys.values()
    found = [key for key in keys if key.id[:CODE_LENGTH] == wanted and key.revoked is None]
    if len(found) != 1:
        raise Refusal("code-unknown", "No desktop of this hub has that code. Have it read out again.", "code")
    key = found[0]
    if key.person == desk.me.person:
        raise Refusal("officer-own", "Nobody extends their own. Ask another officer.", "code")
    if not reason.strip():
        raise Refusal("field-empty", "Write why it is needed.", "reason")
    now = desk.now()
    until = now + _length(desk.directory())
    body = LeaseExtended(key=key.id, person=key.person, until=until, reason=reason.strip())
    parcel = desk.signed([Draft(f"access:{now:%Y-%m-%d}", body)], acting=officer, made_at=now)
    desk.keep(parcel)
    text = base64.b64encode(msgspec.json.encode(parcel)).decode()
    return Slip(desk.name(key.person), until, f"{_OPENING}\n{text}\n")


def _length(directory: Directory) -> timedelta:
    """What the hub's configuration gives."""
    configs = directory.configs
    return timedelta(hours=configs[-1][1].offline_lease_hours if configs else _HOURS_AT_FIRST)


def _checked(slip: str, me: Me, directory: Directory) -> tuple[Act, LeaseExtended]:
    """An officer's act and what it says, once it is shown to be one of theirs for this desktop."""
    opening, _, text = slip.strip().partition("\n")
    try:
        if opening != _OPENING:
            raise ValueError("not an extension")
        parcel = msgspec.json.decode(base64.b64decode(text), type=Parcel)
        act = read(parcel.signed)
        bodies = check_bodies(act, parcel.bodies, whole=True)
        (header,) = act.entries
        body = decode(header.kind, header.v, bodies[header.id].body)
    except (ValueError, Refusal) as error:
        raise Refusal("slip-unreadable", "This file holds no extension, or a damaged one.") from error
    key = directory.keys.get(act.key)
    held = directory.may_act(act.author, act.agency, act.role)
    if (
        not isinstance(body, LeaseExtended)
        or key is None
        or key.revoked is not None
        or key.person != act.author
        or held is None
        or act.role not in LOCAL_OFFICERS
        or act.hub != me.hub
        or act.author == me.person
        or (body.person, body.key) != (me.person, me.author.key)
    ):
        raise Refusal(
            "slip-wrong", "This extension is not for this desktop, or not by an officer of the hub."
        )
    check_signature(parcel.signed, bytes.fromhex(key.public))
    return act, body
