"""The list of open reds for the day when everything is down: made each day, as a file under a password.

It opens in any program that shows PDFs, without this one and without the hub, and is printed from there.
Where it is kept is the person's to choose, and its password is theirs to remember; both are kept in the
profile. Making one is recorded as a paper that left the program.
"""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path

import msgspec

from ..documents import content as paper
from ..documents import render_downtime
from ..domain.codes import Rag
from ..domain.errors import Refusal
from .desk import Desk
from .hub_board import read_board
from .papers import Paper, save_to
from .papers.making import letterhead
from .places import my_places
from .wording import local, say_moment

COPY = "open_reds"
_FACT = "downtime"
_HINTED = "downtime-hinted"
"""The fact that keeps the day on which its person last put the hint away."""
_AGAIN = timedelta(minutes=10)
"""Between one try and the next: a folder that does not answer holds up whatever is typed for as long."""


class _Kept(msgspec.Struct, frozen=True):
    """Where the list goes, and the last one. ``told_on`` is the day on which a failure was last told,
    ``tried_at`` when one was last tried that has yet to be made."""

    folder: str
    password: str
    made_at: datetime | None = None
    name: str = ""
    told_on: date | None = None
    tried_at: datetime | None = None


class Listed(msgspec.Struct, frozen=True):
    """How it stands: the folder, and the last list in words; empty before the first."""

    folder: str
    last: str


def may_keep(desk: Desk) -> bool:
    """Whoever has the hub board has this list of it."""
    return "hub" in my_places(desk)


def unmade(desk: Desk) -> bool:
    """Whether this person may have the list, has none made, and has yet to put the hint of it away today."""
    hinted = desk.cache.fact(_HINTED)
    return may_keep(desk) and _kept(desk) is None and hinted != _today(desk).isoformat().encode()


def not_today(desk: Desk) -> None:
    """The hint is put away until tomorrow."""
    desk.cache.put_fact(_HINTED, _today(desk).isoformat().encode())


def listed(desk: Desk) -> Listed | None:
    """``None`` where no list is made each day."""
    kept = _kept(desk)
    if kept is None:
        return None
    when = say_moment(kept.made_at, desk.now(), desk.config()) if kept.made_at else ""
    return Listed(kept.folder, f"{kept.name}, made {when}" if when else "")


def begin(desk: Desk, folder: str, password: str) -> Path:
    """Make a list now, and one each day from now on. Raises ``Refusal`` on *folder* or *password*."""
    before = _kept(desk)
    kept = _Kept(str(Path(folder.strip()).expanduser()) if folder.strip() else "", password)
    if before is not None and before.folder == kept.folder:
        kept = msgspec.structs.replace(kept, made_at=before.made_at, name=before.name)
    return _make(desk, kept)


def end(desk: Desk) -> None:
    """No more lists. The last one stays where it is, and is its person's to destroy."""
    desk.cache.put_facts({_FACT: None})


def make_daily(desk: Desk) -> str:
    """Make today's list where none has been made, or tried just now. Returns what to tell: once a day that it
    failed."""
    kept = _kept(desk)
    today, now = _today(desk), desk.now()
    if kept is None or (kept.made_at is not None and local(kept.made_at, desk.config()).date() == today):
        return ""
    if kept.tried_at is not None and timedelta() <= now - kept.tried_at < _AGAIN:
        return ""
    kept = msgspec.structs.replace(kept, tried_at=now)
    _keep(desk, kept)
    try:
        _make(desk, kept)
    except Refusal as refusal:
        if kept.told_on == today:
            return ""
        _keep(desk, msgspec.structs.replace(kept, told_on=today))
        return f"Today’s list of open reds was not made. {refusal.sentence}"
    return ""


def open_reds(desk: Desk) -> paper.DowntimeContent:
    """The open reds with their clocks, as they stand here now."""
    return paper.DowntimeContent(
        letterhead=letterhead(desk, "Open reds"),
        reds=tuple(
            paper.OpenRed(
                reference=row.reference,
                who=row.who,
                stage=row.stage.label,
                waits_for=row.waits_for,
                due_at=row.clock.due,
                lead=row.with_whom,
                telephone=_telephone(desk, row.stream),
            )
            for row in read_board(desk).rows
            if row.rag is Rag.RED and row.clock is not None
        ),
    )


def _telephone(desk: Desk, stream: str) -> str:
    """Whom to ring about it, where the hub's configuration names somebody for the route it took."""
    row = desk.cache.row(stream)
    routes = desk.config().routes
    return next((one.telephone for one in routes if row is not None and one.id == row.route), "")


def _make(desk: Desk, kept: _Kept) -> Path:
    """Put the new list in its place; the one before it goes once the new one is there."""
    # By its name it is this desktop's, also where two people have chosen one folder.
    name = f"open-reds-{_today(desk)}-{desk.me.author.key[:4]}.pdf"
    fresh = f"{name}.new"
    made = Paper("open-reds", COPY, "List of open reds", fresh, render_downtime(open_reds(desk)), secret=True)
    # What was broken off.
    _remove(kept, fresh)
    path = save_to(desk, made, kept.folder, kept.password).with_name(name)
    try:
        os.replace(path.with_name(fresh), path)
    except OSError as error:
        raise Refusal(
            "file-there", f"{name} cannot be replaced. Close whatever has it open.", "folder"
        ) from error
    if kept.name and kept.name != name:
        _remove(kept, kept.name)
    _keep(desk, msgspec.structs.replace(kept, name=name, made_at=desk.now(), told_on=None, tried_at=None))
    return path


def _remove(kept: _Kept, name: str) -> None:
    # What cannot be removed cannot be written over either, which is told then.
    with suppress(OSError):
        (Path(kept.folder) / name).unlink(missing_ok=True)


def _kept(desk: Desk) -> _Kept | None:
    kept = desk.cache.fact(_FACT)
    return None if kept is None else msgspec.json.decode(kept, type=_Kept)


def _keep(desk: Desk, kept: _Kept) -> None:
    desk.cache.put_fact(_FACT, msgspec.json.encode(kept))


def _today(desk: Desk) -> date:
    return local(desk.now(), desk.config()).date()
