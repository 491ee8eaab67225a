"""What a window finds when a profile is opened, and what there is to show; the worker works it out."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from mash_desktop.desk import Desk, owed, telephone, trust
from mash_desktop.desk.places import my_places
from mash_desktop.desk.profile import Barred, Profile, Session, Status
from mash_desktop.domain.errors import Refusal
from ui.places import Factories, factories

NO_HUB = "The hub cannot be reached. Check the line, then try again."
NO_SESSION = "Nobody is signed in to the hub from here: your session is over."
NOT_OPENED = (
    "Something went wrong in this program while it opened your profile, which is as it was. Try again; if it "
    "happens again, tell your administrator."
)


def why(error: Exception, otherwise: str) -> str:
    """What a refusal says; ``otherwise`` for a fault that says nothing to a person."""
    return error.sentence if isinstance(error, Refusal) else otherwise


class Opened(NamedTuple):
    """A profile as it was found: without a desk nobody has signed in here yet."""

    profile: Profile
    account: str
    barred: Barred | None
    desk: Desk | None
    session: Session | None
    status: Status
    """How it stands with the hub before that is asked; how it stood before the lock says nothing any more."""


def opened_profile(folder: Path, passphrase: str) -> Opened:
    """Unlock, and take up the desk and the session where there are such. What is told once is told until
    ``owed.told`` says that it was."""
    if (untold := owed.owed(folder)) is not None:
        raise untold
    try:
        profile = Profile.open(folder, passphrase)
    except Refusal as refusal:
        owed.keep(folder, refusal)
        raise
    account, barred = profile.account_name, profile.barred()
    try:
        desk = profile.desk()
    except Refusal:
        return Opened(profile, account, barred, None, None, Status(signed_out=NO_SESSION))
    session = profile.kept_session()
    status = Status(signed_out="" if session else NO_SESSION, distrust=trust.distrusted(desk))
    return Opened(profile, account, barred, desk, session, status)


class Stock(NamedTuple):
    """Why nothing may be read, what waits to be sent, and the screens where they can be built."""

    over: Refusal | None
    waiting: int
    left: str
    """What may be said of direct lines where nothing may be read."""
    made: Factories | None
    mine: tuple[str, ...]
    """The places that are open to this person."""


def stock_of(profile: Profile, desk: Desk) -> Stock:
    over = profile.lease.over()
    if over is not None:
        waiting = sum(profile.cache.waiting_counts().values())
        return Stock(over, waiting, telephone.outside(telephone.unheard(desk)), None, ())
    if not desk.directory().configs:
        return Stock(None, 0, "", None, ())
    return Stock(None, 0, "", factories(), my_places(desk))
