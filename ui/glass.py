"""The form that breaks the glass: what it does, who is told, and the reason."""

from __future__ import annotations

from ui.forms import SideForm
from ui.theme import Role, Voice
from ui.widgets.field import TextField
from ui.widgets.text import Text


def glass_form(prefix: str, whose: str, hours: int) -> SideForm:
    """``whose`` is who holds the record; ``hours`` how long it stays open."""
    reason = TextField("Why it cannot wait for them", lines=3)
    for_hours = "1 hour" if hours == 1 else f"{hours} hours"
    return SideForm(
        prefix,
        "Break the glass",
        "Break it",
        Text(f"You see the record of {whose} for {for_hours}, while the hub is there.", wrap=True),
        Text(
            "Information governance is told at once, with your reason, and can end it. It stays in the audit "
            "trail. Restricted people, suppressed addresses and who referred stay closed.",
            Role.SMALL,
            Voice.LABEL,
            wrap=True,
        ),
        reason,
        fields={"reason": reason},
    )
