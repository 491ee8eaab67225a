"""Silent alerts to this person: somebody came upon a restricted record that they read or have cover for.

Whoever typed was shown nothing. What an alert says of the person is what this desk holds of them; who is told
as cover holds nothing, and is told whom to ask.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from ..cache import ChangeSet
from ..domain.entries.access import RestrictedMet
from ..domain.fold.people import full_name
from .desk import Desk
from .wording import joined, say_moment

_SEEN = "alert/"


class Alert(msgspec.Struct, frozen=True):
    """``record`` and ``contact`` are streams to open, empty where this desk does not hold them."""

    id: str
    who: str
    agency: str
    at: datetime
    when: str
    about: str
    """The restricted person, where this desk holds them."""
    readers: str
    record: str
    contact: str
    reference: str
    reader: bool
    """One of the named readers, and not told as cover."""
    target: str

    @property
    def sentence(self) -> str:
        """What happened, and what this person may do about it."""
        typed = f"{self.who}, {self.agency}, typed somebody who may be {self.about or 'a restricted person'}"
        where = f" in {self.reference}" if self.reference else ""
        if self.reader:
            return f"{typed}{where}, and was shown nothing. You may come in."
        return f"{typed}{where}, and was shown nothing. You have cover: {self.readers} may read the record."


def alerts(desk: Desk) -> tuple[Alert, ...]:
    """Those that this person has not yet seen, the latest first."""
    me = desk.me.person
    entries = desk.cache.entries_of_kinds("access:", RestrictedMet.KIND)
    found = []
    for entry in sorted(entries, key=lambda one: one.order, reverse=True):
        body = entry.body
        told = isinstance(body, RestrictedMet) and me in body.readers + body.cover
        if isinstance(body, RestrictedMet) and told and desk.cache.fact(f"{_SEEN}{entry.id}") is None:
            found.append(_alert(desk, entry.id, body))
    return tuple(found)


def _alert(desk: Desk, entry: str, body: RestrictedMet) -> Alert:
    about, record = _person(desk, body.target)
    contact = desk.cache.row(body.because) if body.because else None
    return Alert(
        id=entry,
        who=desk.name(body.by),
        agency=desk.agency_name(body.agency),
        at=body.at,
        when=say_moment(body.at, desk.now(), desk.config()),
        about=about,
        readers=joined([desk.name(reader) for reader in body.readers]),
        record=record,
        contact=body.because if contact is not None else "",
        reference=(contact.reference or "a contact not sent yet") if contact is not None else "",
        reader=desk.me.person in body.readers,
        target=body.target,
    )


def _person(desk: Desk, identity: str) -> tuple[str, str]:
    """The name of a restricted person and a referral that tells of them, as far as this desk holds either."""
    held = desk.cache.identity(identity)
    for stream, subject in sorted(held.linked):
        told = desk.referral(stream).subjects.get(subject)
        if told is not None:
            return full_name(told.body), stream
    if held.history:
        body = held.history[-1].body
        return " ".join(filter(None, (body.forenames, body.surname))), ""
    return "", ""


def see(desk: Desk, alert: Alert) -> None:
    """This person has taken note; that they have is in the trail."""
    desk.cache.put_fact(f"{_SEEN}{alert.id}", b"seen")
    desk.viewed(alert.target, "alert")
    desk.tell(ChangeSet(drafts=frozenset({f"{_SEEN}{alert.id}"})))
