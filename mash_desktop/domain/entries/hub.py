"""Entries of the hub's own stream: its configuration, its people, their devices and keys."""

from __future__ import annotations

from datetime import date

from ..configuration import HubConfig
from ..roles import Role
from .body import Body, Moment, kind


@kind("hub.configured", family="hub")
class HubConfigured(Body, frozen=True):
    """The whole configuration, in force from this entry's position on."""

    config: HubConfig


@kind("person.enrolled", family="hub")
class PersonEnrolled(Body, frozen=True):
    person: str
    name: str
    email: str = ""


@kind("membership.granted", family="hub")
class MembershipGranted(Body, frozen=True):
    """A person holds a role in an agency from one day to another, both included; a deputy's or cover's ends.

    The team is where a receiving worker sits.
    """

    person: str
    agency: str
    role: Role
    team: str | None = None
    since: date | None = None
    until: date | None = None


@kind("membership.ended", family="hub")
class MembershipEnded(Body, frozen=True):
    person: str
    agency: str
    role: Role
    reason: str


@kind("key.enrolled", family="hub")
class KeyEnrolled(Body, frozen=True):
    """A signing key of one person on one device; ``public`` is Ed25519, hex."""

    key: str
    person: str
    device: str
    public: str


@kind("key.revoked", family="hub")
class KeyRevoked(Body, frozen=True):
    key: str
    reason: str


@kind("epoch.opened", family="hub")
class EpochOpened(Body, frozen=True):
    """The hub was restored from a backup; ``size`` and ``root`` (hex) are those of the last good head."""

    epoch: int
    size: int
    root: str
    backed_up_at: Moment
