"""What a person has made and the hub has not admitted, in words; and how this desktop stands with the hub.

Whatever was refused keeps its words until its person does it again or lets it go. Nothing here sends: the
network does, and it is told when something waits.
"""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

import msgspec

from ..cache.outbox import QUARANTINED, REFUSED, Waiting
from ..cache.reading import Holdings
from ..domain.acts import Author, Draft, Parcel
from ..domain.entries import Body, Made
from ..domain.errors import Refusal
from ..domain.fold.people import household_name
from ..proofs.head import Head, SignedHead
from .desk import Desk, new_id
from .profile import Status
from .telling import Teller, Told
from .telling.elsewhere import standing_words, tell_elsewhere
from .wording import say_moment

__all__ = ["Holdings", "Item", "Side", "Standing", "Status", "do_again", "let_go", "read_items", "standing"]


B = TypeVar("B", bound=Body)


class Side(msgspec.Struct, frozen=True):
    """One side of a conflict: who, in which role, when, and every word of it."""

    who: str
    role: str
    when: str
    told: tuple[Told, ...]


class Item(msgspec.Struct, frozen=True):
    """One act that the hub has not admitted. ``state`` is *waiting*, *behind*, *refused*, *conflicting* or
    *quarantined*; ``theirs`` is what somebody else did first, where that is held here."""

    act: str
    state: str
    what: str
    reference: str
    about: str
    stream: str
    made_at: datetime
    when: str
    code: str
    sentence: str
    mine: Side
    theirs: Side | None = None

    @property
    def wants_attention(self) -> bool:
        return self.state not in {"waiting", "behind"}

    def state_words(self, online: bool) -> str:
        if self.state == "waiting":
            return "sending" if online else "waiting"
        return {
            "behind": "behind another",
            "refused": "refused",
            "conflicting": "someone was first",
            "quarantined": "set aside",
        }[self.state]


class Standing(msgspec.Struct, frozen=True):
    """How this desktop stands, beside the line: the last verified head and what is held."""

    holdings: Holdings
    hub: str
    head_size: int = 0
    head_epoch: int = 0
    head_root: str = ""
    head_at: str = ""


def read_items(desk: Desk) -> tuple[Item, ...]:
    """Everything in the outbox: what wants attention first, then what waits, each the oldest first."""
    waiting = desk.cache.waiting()
    held: set[str] = set()
    items = []
    for one in waiting:
        # Who looked at what is no sequence: accesses of a day do not wait for one of them.
        streams = {stream for stream in one.streams if not stream.startswith("access:")}
        behind = one.state == "waiting" and bool(streams & held)
        if one.state != "waiting" or behind:
            held |= streams
        items.append(_item(desk, one, behind))
    return tuple(sorted(items, key=lambda item: not item.wants_attention))


def _item(desk: Desk, one: Waiting, behind: bool) -> Item:
    config, now = desk.config(), desk.now()
    stream = next((s for s in sorted(one.streams) if s.startswith("referral:")), min(one.streams, default=""))
    referral = desk.referral(stream) if stream.startswith("referral:") else None
    mine = _side(desk, one.entries)
    state = "behind" if behind else one.state
    if state == REFUSED and one.conflicting:
        state = "conflicting"
    return Item(
        act=one.act,
        state=state,
        what=mine.told[0].what,
        reference=(referral.reference or "") if referral else "",
        about=household_name(referral) if referral else "",
        stream=stream if referral else "",
        made_at=one.entries[0].made_at,
        when=say_moment(one.entries[0].made_at, now, config),
        code=one.code,
        sentence=_why(one),
        mine=mine,
        theirs=_theirs(desk, one) if one.conflicting else None,
    )


def _why(one: Waiting) -> str:
    if one.state == QUARANTINED and not one.sentence:
        return (
            "Your access ended before this was sent, so it is set aside. Nobody else can open it. "
            "It goes by itself once an administrator has let this computer in again and you have signed in."
        )
    return one.sentence


def _side(desk: Desk, entries: tuple[Made[Body], ...]) -> Side:
    first, config = entries[0], desk.config()
    tellers: dict[str, Teller] = {}
    told = []
    for entry in entries:
        if entry.stream.startswith("referral:"):
            teller = tellers.get(entry.stream)
            if teller is None:
                teller = tellers[entry.stream] = Teller(desk, desk.referral(entry.stream))
            told.append(teller.tell(entry))
        else:
            told.append(tell_elsewhere(desk, entry))
    return Side(
        who=desk.name(first.author) if first.author != desk.me.person else "You",
        role=standing_words(desk, config, first.agency, first.role),
        when=say_moment(first.made_at, desk.now(), config),
        told=tuple(told),
    )


def _theirs(desk: Desk, one: Waiting) -> Side | None:
    """What moved the chain on first: as the hub named it, else the chain's last link as held here."""
    at_fault = next((entry for entry in one.entries if entry.id == one.entry), one.entries[0])
    referral = desk.referral(at_fault.stream)
    moved = referral.get(one.moved_by) if one.moved_by else None
    if moved is None and at_fault.guard is not None:
        moved = referral.get(referral.chains.get(at_fault.guard, ""))
    if moved is None:
        return None
    return _side(desk, tuple(entry for entry in referral.entries if entry.act == moved.act))


def do_again(desk: Desk, act: str) -> str:
    """Make the same anew on what is there now, in the place of the old one, in one step.

    What rests on it in the outbox then names the new entries. Returns the new act's id. Raises ``Refusal``
    where the rules say *no* to it now; the old one stays.
    """
    old = _found(desk, act)
    ids = {entry.id: new_id() for entry in old.entries}
    chains: dict[str, dict[str, str]] = {}
    drafts = []
    for entry in old.entries:
        guard = entry.body.guard
        chain = chains.setdefault(
            entry.stream,
            dict(desk.before(entry.stream, act).chains) if entry.stream.startswith("referral:") else {},
        )
        draft = Draft(
            entry.stream,
            _naming(entry.body, ids),
            base=chain.get(guard) if guard is not None else None,
            relies_on=tuple(ids.get(one, one) for one in entry.relies_on),
            id=ids[entry.id],
        )
        if guard is not None:
            chain[guard] = draft.id
        drafts.append(draft)
    acting = _acting(desk, old)
    return desk.save(drafts, acting=acting, instead_of=act, resting=_resting(desk, old, ids))


def _resting(desk: Desk, old: Waiting, ids: dict[str, str]) -> list[tuple[str, Parcel]]:
    """What else waits and names entries that are made anew, signed to name the new ones, by id.

    It gets new ids as well, so what rests on that in its turn follows. An act in a role that is no longer
    held is left as it is: nobody can make it again.
    """
    found = []
    for one in desk.cache.waiting():
        if one.act == old.act or not any(_names(entry, ids) for entry in one.entries):
            continue
        try:
            acting = _acting(desk, one)
        except Refusal:
            continue
        ids |= {entry.id: new_id() for entry in one.entries}
        drafts = [
            Draft(
                entry.stream,
                _naming(entry.body, ids),
                base=ids.get(entry.base or "", entry.base),
                relies_on=tuple(ids.get(relied, relied) for relied in entry.relies_on),
                id=ids[entry.id],
            )
            for entry in one.entries
        ]
        found.append((one.act, desk.sealed(drafts, acting, one.entries[0].made_at)))
    return found


def _names(entry: Made[Body], ids: dict[str, str]) -> bool:
    named = {entry.base, *entry.relies_on}
    return not named.isdisjoint(ids) or _naming(entry.body, ids) != entry.body


def _naming(body: B, ids: dict[str, str]) -> B:
    """The same body with new ids of entries in the place of old ones, whatever field names them."""
    raw = msgspec.json.encode(body)
    for old, new in ids.items():
        raw = raw.replace(msgspec.json.encode(old), msgspec.json.encode(new))
    return msgspec.json.decode(raw, type=type(body))


def let_go(desk: Desk, act: str) -> None:
    """Take back an act that was not admitted; its words go with it."""
    desk.tell(desk.cache.let_go(act))
    desk.wake()


def _found(desk: Desk, act: str) -> Waiting:
    found = next((one for one in desk.cache.waiting() if one.act == act), None)
    if found is None:
        raise Refusal("act-gone", "This has been admitted or let go meanwhile. Nothing is left to do.")
    return found


def _acting(desk: Desk, old: Waiting) -> Author:
    first = old.entries[0]
    for author in desk.me.standings:
        if (author.agency, author.role) == (first.agency, first.role):
            return author
    raise Refusal(
        "role-not-held",
        f"You made this as {first.role.label.lower()}, which you no longer are. Let it go, or ask an "
        "administrator for the role.",
    )


def standing(desk: Desk) -> Standing:
    """The last verified head, and what this desktop holds."""
    head = _head(desk)
    config = desk.config()
    holdings = desk.cache.holdings()
    if head is None:
        return Standing(holdings, config.name)
    return Standing(
        holdings, config.name, head.size, head.epoch, head.root.hex(), say_moment(head.at, desk.now(), config)
    )


def _head(desk: Desk) -> Head | None:
    """The head that the network verified before keeping it."""
    kept = desk.cache.fact("head")
    if kept is None:
        return None
    return msgspec.json.decode(msgspec.json.decode(kept, type=SignedHead).head, type=Head)
