"""Reading a list of new contacts, as a contact centre or a police overnight list sends it.

A row is one contact, taken whole or not at all: part of a concern is no safer than none. Nothing is yielded
before the whole file has been found sound. What becomes of a contact is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from mash_desktop.domain.codes import Cohort, ContactChannel, SourceOfContact

from . import values
from .files import LARGEST, Report, Tally, opened, unreported
from .records import (
    IntakeContact,
    IntakeFile,
    IntakePerson,
    IntakeReferrer,
    PersonRole,
    Reject,
    record_id,
)
from .table import Cells, Layout, check, rows

PEOPLE = range(1, 7)
PERSON = ("forenames", "surname", "birth", "sex", "relationship", "role", "address", "postcode")
LAYOUT = Layout(
    needed=("received_at", "channel", "source", "cohort", "concern", "person1_forenames", "person1_surname"),
    optional=(
        *(
            "referrer_name",
            "referrer_role",
            "referrer_organisation",
            "referrer_phone",
            "referrer_confidential",
        ),
        *("area", "address", "postcode"),
        *(
            f"person{number}_{what}"
            for number in PEOPLE
            for what in PERSON
            if (number, what) not in ((1, "forenames"), (1, "surname"))
        ),
    ),
    phones=("referrer_phone",),
    long={"concern": 20_000},
)
COLUMNS = (*LAYOUT.needed, *LAYOUT.optional)


def check_intake(path: Path, *, progress: Report = unreported, limit: int = LARGEST) -> IntakeFile:
    """Read the whole list for soundness alone, and say its columns and how many rows it has.

    Raises ``Refusal`` as :func:`read_intake` does.
    """
    with opened(path, limit=limit) as source:
        return IntakeFile(*check(source, LAYOUT, Tally(source.size, progress).checked))


def read_intake(
    path: Path,
    *,
    progress: Report = unreported,
    zone: ZoneInfo | None = None,
    limit: int = LARGEST,
    now: datetime | None = None,
) -> Iterator[IntakeContact | Reject]:
    """Every contact of the list in the order of the file, and a reject for each fault of a row left out.

    ``zone`` is the hub's, Europe/London unless said; ``limit`` is in bytes; ``now`` is aware and refuses the
    future. Raises ``Refusal`` before the first record where the file is not a sound list: the codes of
    ``files.opened`` and ``table.rows``.
    """
    now = now or datetime.now(UTC)
    zone = zone or ZoneInfo("Europe/London")
    with opened(path, limit=limit) as source:
        tally = Tally(source.size, progress)
        check(source, LAYOUT, tally.checked)
        lines: dict[str, int] = {}
        for row in rows(source, LAYOUT, tally.read):
            if isinstance(row, Reject):
                yield tally.counted(row)
                continue
            cells = Cells(source.name, row)
            contact = _contact(cells, zone, now)
            if contact is not None:
                first = lines.setdefault(contact.record_id, row.line)
                if first == row.line:
                    yield tally.counted(contact)
                else:
                    cells.fault("", "repeated", f"The list already has this contact at line {first}.")
            yield from map(tally.counted, cells.faults)
        tally.read(source.size)


def _contact(cells: Cells, zone: ZoneInfo, now: datetime) -> IntakeContact | None:
    received_at = cells.needed("received_at", values.moment(zone, now))
    channel = cells.needed("channel", values.code_in(ContactChannel))
    source = cells.needed("source", values.code_in(SourceOfContact))
    cohort = cells.needed("cohort", values.code_in(Cohort))
    concern = cells.needed("concern", values.words)
    confidential = cells.read("referrer_confidential", values.flag)
    area = cells.read("area", values.area)
    postcode = cells.read("postcode", values.postcode)
    phone = cells.read("referrer_phone", values.phone)
    today = now.astimezone(zone).date()
    people = tuple(person for number in PEOPLE if (person := _person(cells, f"person{number}", today)))
    if not any(person.role is PersonRole.SUBJECT for person in people) and not cells.faults:
        cells.fault("person1_role", "no-subject", "A contact is about somebody: nobody here is the subject.")
    if cells.faults or not (received_at and channel and source and cohort and concern):
        return None
    return IntakeContact(
        record_id=record_id("intake", [cells.text(column) for column in COLUMNS]),
        line=cells.row.line,
        received_at=received_at,
        channel=channel,
        source=source,
        cohort=cohort,
        referrer=IntakeReferrer(
            name=cells.text("referrer_name"),
            role=cells.text("referrer_role"),
            organisation=cells.text("referrer_organisation"),
            phone=phone or "",
            # Where the list does not say, the family may not know.
            confidential=confidential is not False,
        ),
        concern=concern,
        area=area,
        address=cells.text("address"),
        postcode=postcode or "",
        people=people,
    )


def _person(cells: Cells, prefix: str, today: date) -> IntakePerson | None:
    if not any(cells.text(f"{prefix}_{what}") for what in PERSON):
        return None
    forenames = cells.read(f"{prefix}_forenames", values.name)
    surname = cells.read(f"{prefix}_surname", values.name)
    if not cells.text(f"{prefix}_forenames") and not cells.text(f"{prefix}_surname"):
        cells.fault(
            f"{prefix}_surname", "missing", "A person has a forename or a surname; write unknown for neither."
        )
    role = cells.read(f"{prefix}_role", values.code_in(PersonRole))
    return IntakePerson(
        forenames=forenames or "",
        surname=surname or "",
        birth=cells.read(f"{prefix}_birth", values.partial(today)),
        sex=cells.read(f"{prefix}_sex", values.sex),
        relationship=cells.text(f"{prefix}_relationship"),
        # The first person of a row is who it is about unless it says otherwise.
        role=role or (PersonRole.SUBJECT if prefix == "person1" else PersonRole.HOUSEHOLD),
        address=cells.text(f"{prefix}_address"),
        postcode=cells.read(f"{prefix}_postcode", values.postcode) or "",
    )
