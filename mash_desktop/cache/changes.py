"""What a write changed, so that only the screens concerned refresh."""

from __future__ import annotations

import msgspec


class ChangeSet(msgspec.Struct, frozen=True):
    """Streams whose fold may differ now; ``outbox`` says that what waits to be sent changed; ``present`` are
    the referrals that somebody else has opened or left."""

    streams: frozenset[str] = frozenset()
    outbox: bool = False
    drafts: frozenset[str] = frozenset()
    present: frozenset[str] = frozenset()

    def __or__(self, other: ChangeSet) -> ChangeSet:
        return ChangeSet(
            self.streams | other.streams,
            self.outbox or other.outbox,
            self.drafts | other.drafts,
            self.present | other.present,
        )

    def __bool__(self) -> bool:
        return bool(self.streams or self.outbox or self.drafts or self.present)

    @property
    def hub(self) -> bool:
        """The hub's people or configuration changed."""
        return "hub" in self.streams
