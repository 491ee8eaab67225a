"""Small census returns and intake lists, made piece by piece for tests."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

from mash_desktop.exchange import HistoryChild, IntakeContact, Reject, read_history, read_intake
from mash_desktop.exchange.intake import COLUMNS

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

HEADER = (
    "<Header><CollectionDetails><Collection>CIN</Collection><Year>2026</Year>"
    "<ReferenceDate>2026-03-31</ReferenceDate></CollectionDetails>"
    "<Source><SourceLevel>L</SourceLevel><LEA>860</LEA></Source></Header>"
)
IDENTIFIERS = "<LAchildID>A1</LAchildID><PersonBirthDate>2017-04-03</PersonBirthDate><Sex>F</Sex>"
EPISODE = (
    "<CINdetails><CINreferralDate>2025-01-06</CINreferralDate><ReferralSource>2A</ReferralSource>"
    "<PrimaryNeedCode>N1</PrimaryNeedCode><ReferralNFA>false</ReferralNFA></CINdetails>"
)


def episode(inside: str, *, referred: str = "2025-01-06") -> str:
    return f"<CINdetails><CINreferralDate>{referred}</CINreferralDate>{inside}</CINdetails>"


def child(identifiers: str = IDENTIFIERS, rest: str = EPISODE) -> str:
    return f"<Child><ChildIdentifiers>{identifiers}</ChildIdentifiers>{rest}</Child>"


def message(*children: str, header: str = HEADER) -> str:
    return f"<Message>{header}<Children>{''.join(children)}</Children></Message>"


def history(
    tmp_path: Path, text: str | bytes, *, names: str | None = None
) -> tuple[list[HistoryChild], list[Reject]]:
    """Read a return that is written for the purpose."""
    path = tmp_path / "history.xml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    key: Path | None = None
    if names is not None:
        key = tmp_path / "names.csv"
        key.write_text(names, encoding="utf-8", newline="")
    children: list[HistoryChild] = []
    rejects: list[Reject] = []
    for found in read_history(path, names=key, now=NOW):
        if isinstance(found, Reject):
            rejects.append(found)
        else:
            children.append(found)
    return children, rejects


ROW = {
    "received_at": "2026-11-03 21:14",
    "channel": "phone",
    "source": "2A",
    "cohort": "children",
    "concern": "Came to school without a coat again.",
    "referrer_name": "Ruth Beech",
    "referrer_phone": "01632 960123",
    "referrer_confidential": "no",
    "area": "E07000197",
    "address": "3 Kiln Lane, Stafford",
    "postcode": "ST16 2PL",
    "person1_forenames": "Ella",
    "person1_surname": "Salt",
    "person1_birth": "2016-08-23",
    "person1_sex": "F",
    "person1_role": "subject",
}


def table(*rows: dict[str, str]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def intake(tmp_path: Path, text: str | bytes) -> tuple[list[IntakeContact], list[Reject]]:
    path = tmp_path / "intake.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    contacts: list[IntakeContact] = []
    rejects: list[Reject] = []
    for found in read_intake(path, now=NOW):
        if isinstance(found, Reject):
            rejects.append(found)
        else:
            contacts.append(found)
    return contacts, rejects
