"""The other places, each looked at once: the file, search, figures, governance, administration, settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ui.demo.day import Day


def tell(day: Day) -> None:
    day.telling.part("The other places")
    ruth, karen, helen, amara = (day.seat(name) for name in ("ruth", "karen", "helen", "amara"))
    ruth.go("search")
    ruth.type("search.field", "carter")
    ruth.sees("Carter")
    day.picture(ruth, "search")
    ruth.open("file", ruth.stream_of("Carter, Mia"))
    ruth.sees("Carter, Mia")
    day.picture(ruth, "referral-file")
    karen.go("figures")
    day.picture(karen, "figures")
    helen.go("govern")
    day.picture(helen, "governance")
    amara.go("admin")
    day.picture(amara, "administration")
    amara.go("settings")
    day.picture(amara, "settings")
    dee = day.seat("dee")
    dee.person_window.lock()
    day.picture(dee, "locked")
    dee.unlock()
    day.telling.step(
        "Search, the file, figures, governance, administration and settings; a desktop locks and opens."
    )
