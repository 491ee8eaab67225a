"""The fold of the hub's own stream: who is who, who may act as what, which keys are good, by position."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import msgspec

from ..configuration import HubConfig, HubTimeline
from ..entries import Body, Made
from ..entries.hub import (
    HubConfigured,
    KeyEnrolled,
    KeyRevoked,
    MembershipEnded,
    MembershipGranted,
    PersonEnrolled,
)
from ..roles import Role
from .referral import standing


class Membership(msgspec.Struct, frozen=True):
    person: str
    agency: str
    role: Role
    team: str | None = None
    since: date | None = None
    until: date | None = None

    def holds(self, on: date) -> bool:
        """Whether it has begun and is not over."""
        return (self.since is None or self.since <= on) and (self.until is None or on <= self.until)


class Key(msgspec.Struct, frozen=True):
    """A signing key; good for positions from ``enrolled`` up to ``revoked``."""

    id: str
    person: str
    device: str
    public: str
    enrolled: int | None
    revoked: int | None = None


class Directory(msgspec.Struct, frozen=True):
    """The hub's people and configuration as its stream tells them."""

    people: dict[str, str] = {}
    """Names by person id."""
    memberships: tuple[Membership, ...] = ()
    keys: dict[str, Key] = {}
    configs: tuple[tuple[int, HubConfig], ...] = ()

    @property
    def timeline(self) -> HubTimeline:
        return HubTimeline(self.configs)

    def roles_of(self, person: str) -> tuple[Membership, ...]:
        return tuple(m for m in self.memberships if m.person == person)

    def may_act(self, person: str, agency: str, role: Role) -> Membership | None:
        """The membership that lets a person act in this role of this agency, if there is one."""
        return next(
            (m for m in self.memberships if (m.person, m.agency, m.role) == (person, agency, role)), None
        )

    def name(self, person: str) -> str:
        return self.people.get(person, "someone no longer listed")


def fold_hub(entries: Iterable[Made[Body]]) -> Directory:
    """Fold the hub's stream."""
    people: dict[str, str] = {}
    memberships: dict[tuple[str, str, Role], Membership] = {}
    keys: dict[str, Key] = {}
    configs: list[tuple[int, HubConfig]] = []
    for entry in standing(entries):
        body = entry.body
        if isinstance(body, HubConfigured):
            configs.append((entry.position or 0, body.config))
        elif isinstance(body, PersonEnrolled):
            people[body.person] = body.name
        elif isinstance(body, MembershipGranted):
            memberships[body.person, body.agency, body.role] = Membership(
                body.person, body.agency, body.role, body.team, body.since, body.until
            )
        elif isinstance(body, MembershipEnded):
            memberships.pop((body.person, body.agency, body.role), None)
        elif isinstance(body, KeyEnrolled):
            keys[body.key] = Key(body.key, body.person, body.device, body.public, entry.position)
        elif isinstance(body, KeyRevoked) and body.key in keys:
            keys[body.key] = msgspec.structs.replace(keys[body.key], revoked=entry.position)
    return Directory(people, tuple(memberships.values()), keys, tuple(configs))
