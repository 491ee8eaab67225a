"""The setting of an organisational concern: a care home, a school or a club, which is no household."""

from __future__ import annotations

from typing import ClassVar

from ...domain.entries import Body
from ...domain.entries.contact import SettingRecorded
from ...domain.fold import Referral
from ...domain.identifiers import check_postcode
from ..desk import new_id
from .forms import Clock, Form


class Setting(Form, frozen=True):
    """What the concern is about, who runs it, and where it is."""

    SECTION: ClassVar[str] = "setting"

    name: str = ""
    provider: str = ""
    line: str = ""
    postcode: str = ""

    def recorded(self, referral: Referral) -> SettingRecorded | None:
        return next((made.body for made in referral.latest(SettingRecorded, "setting").values()), None)

    @classmethod
    def of(cls, referral: Referral) -> Setting:
        body = cls().recorded(referral)
        if body is None:
            return cls()
        return cls(name=body.name, provider=body.provider, line=body.line, postcode=body.postcode)

    def body(self, referral: Referral, clock: Clock) -> Body | None:
        if self == Setting():
            return None
        before = self.recorded(referral)
        return SettingRecorded(
            setting=before.setting if before else new_id(),
            name=self.name.strip(),
            provider=self.provider.strip(),
            line=self.line.strip(),
            postcode=check_postcode(self.postcode) if self.postcode.strip() else "",
        )
