"""Areas of the default hub by their Government Statistical Service codes.

Not the hub's membership: which areas a hub covers, and from when to when, is its configuration. Areas of
other hubs come from their presets; this is the table that the default preset is checked against.
"""

from __future__ import annotations

import msgspec


class Area(msgspec.Struct, frozen=True):
    """One authority or district; a district names the authority it lies in."""

    gss: str
    name: str
    parent: str | None = None

    @property
    def authority(self) -> str:
        """GSS code of the authority with social care duties here."""
        return self.parent or self.gss


STAFFORDSHIRE = "E10000028"
STOKE_ON_TRENT = "E06000021"

AREAS: dict[str, Area] = {
    area.gss: area
    for area in (
        Area(STAFFORDSHIRE, "Staffordshire"),
        Area(STOKE_ON_TRENT, "Stoke-on-Trent"),
        Area("E07000192", "Cannock Chase", STAFFORDSHIRE),
        Area("E07000193", "East Staffordshire", STAFFORDSHIRE),
        Area("E07000194", "Lichfield", STAFFORDSHIRE),
        Area("E07000195", "Newcastle-under-Lyme", STAFFORDSHIRE),
        Area("E07000196", "South Staffordshire", STAFFORDSHIRE),
        Area("E07000197", "Stafford", STAFFORDSHIRE),
        Area("E07000198", "Staffordshire Moorlands", STAFFORDSHIRE),
        Area("E07000199", "Tamworth", STAFFORDSHIRE),
    )
}
