"""A desk with a real encrypted cache, brought to any point of a story as the store would bring it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from sqlalchemy import text

from mash_desktop.cache import Cache, ChangeSet, open_engine, schema
from mash_desktop.cache.feed import FeedPlace, FeedRow
from mash_desktop.cache.reading import stamp
from mash_desktop.desk import Desk, Me
from mash_desktop.domain.acts import Author, Draft, compose, read
from mash_desktop.domain.audiences import audiences, audiences_of
from mash_desktop.domain.configuration import HubConfig
from mash_desktop.domain.entries.hub import HubConfigured, KeyEnrolled, MembershipGranted, PersonEnrolled
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.roles import Role
from mash_desktop.proofs.feed_chain import START as CHAIN_START
from tests.domain.story import (
    CONSULTANT,
    EDUCATION,
    FACILITATOR,
    GATEWAY,
    HEALTH,
    HOUSING,
    KEY,
    MANAGER,
    OPERATOR,
    POLICE,
    PROBATION,
    START,
    WORKER,
    Story,
    staffordshire,
)

PASSPHRASE = "correct horse battery staple"

NAMES = {
    "priya": "Priya Nair",
    "ruth": "Ruth Okafor",
    "dan": "Dan Whitmore",
    "karen": "Karen Shaw",
    "dee": "Dee Lowe",
    "sam": "Sam Iqbal",
    "iris": "Iris Bennion",
    "tom": "Tom Hartley",
    "sarah": "Sarah Whitlock",
    "owen": "Owen Pryce",
    "wendy": "Wendy Tams",
    "helen": "Helen Tams",
    "amara": "Amara Cole",
    "grace": "Grace Ellison",
    "anita": "Anita Rao",
    "mo": "Mo Farrell",
    "tariq": "Tariq Aziz",
    "ada": "Ada Byrne",
}

OFFICER = Author("helen", "mash", Role.INFORMATION_GOVERNANCE, KEY.key_id)
ADMINISTRATOR = Author("amara", "mash", Role.ADMINISTRATOR, KEY.key_id)

PEOPLE = (
    OPERATOR,
    CONSULTANT,
    WORKER,
    MANAGER,
    FACILITATOR,
    POLICE,
    HEALTH,
    GATEWAY,
    EDUCATION,
    PROBATION,
    HOUSING,
    OFFICER,
    ADMINISTRATOR,
)


def desk_of(author: Author, folder: Path, *stories: Story, hub: HubConfig | None = None) -> Desk:
    """The desk of ``author`` with what their audiences would have received of these stories."""
    cache = Cache(open_engine(folder / f"{author.person}.db", lambda: "5a" * 32))
    receive_hub(cache, hub)
    for story in stories:
        receive(cache, author, story)
    standing = (author,)

    def prove(passphrase: str) -> None:
        if passphrase != PASSPHRASE:
            raise Refusal("wrong-passphrase", "That is not this profile's passphrase.", "passphrase")

    now = max((story.now for story in stories), default=START)
    me = Me("staffordshire", author.person, NAMES[author.person], author, standing)
    return Desk(cache, me, KEY, now=lambda: now, prove_passphrase=prove)


def crowd(desk: Desk, stream: str, number: int) -> None:
    """As many more referrals at the stage of this one and as urgent, so that a list is as long as a hub's."""
    columns = ", ".join(one.name for one in schema.referrals.c if one.name != "stream")
    with desk.cache._write() as connection:
        connection.execute(
            text(
                f"WITH RECURSIVE more(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM more WHERE n < :number) "
                f"INSERT INTO referrals (stream, {columns}) "
                f"SELECT :stream || '-' || n, {columns} FROM referrals, more WHERE stream = :stream"
            ),
            {"stream": stream, "number": number},
        )


def receive_hub(cache: Cache, hub: HubConfig | None = None) -> None:
    """The hub's configuration, people and keys, as everybody receives them."""
    administrator = Author("root", "mash", Role.ADMINISTRATOR, KEY.key_id)
    drafts = [Draft("hub", HubConfigured(config=hub or staffordshire()))]
    for one in PEOPLE:
        drafts += [
            Draft("hub", PersonEnrolled(person=one.person, name=NAMES[one.person])),
            Draft(
                "hub",
                MembershipGranted(
                    person=one.person, agency=one.agency, role=one.role, team=one.team, since=date(2024, 1, 1)
                ),
            ),
        ]
    drafts.append(
        Draft("hub", KeyEnrolled(key=KEY.key_id, person="root", device="d", public=KEY.public.hex()))
    )
    parcel = compose("staffordshire", administrator, drafts, KEY, START)
    bodies = {body.entry: body for body in parcel.bodies}
    rows = [
        FeedRow(
            "hub",
            header.id,
            True,
            signed=parcel.signed,
            body=bodies[header.id],
            position=-100 + number,
            admitted_at=stamp(START),
        )
        for number, header in enumerate(read(parcel.signed).entries)
    ]
    cache.receive(rows, [FeedPlace("hub", 1, len(rows), CHAIN_START)], ["hub"])


def receive(
    cache: Cache, author: Author, story: Story, since: Iterable[str] = (), by: str | None = None
) -> ChangeSet:
    """Bring a story's entries to a cache, as far as ``author`` may receive them. Returns what changed.

    ``by`` is another audience by which they come.
    """
    known = frozenset(since)
    rows = [row for row in rows_for(author, story, by) if row.entry not in known]
    return cache.receive(rows, [], cache.places())


def rows_for(author: Author, story: Story, by: str | None = None) -> list[FeedRow]:
    """A story's entries as the feeds of ``author`` bring them."""
    mine = audiences_of(author.person, author.agency, author.role, author.team)
    referral = story.referral
    rows = []
    for entry in story.entries:
        parcel = story.parcels[entry.act]
        body = next(one for one in parcel.bodies if one.entry == entry.id)
        rows += [
            FeedRow(
                by or audience,
                entry.id,
                True,
                signed=parcel.signed,
                body=body,
                position=entry.position,
                admitted_at=stamp(entry.admitted_at or story.now),
            )
            for audience in sorted(audiences(referral, entry, story.config) & mine)
        ]
    return rows
