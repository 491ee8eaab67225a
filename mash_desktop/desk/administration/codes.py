"""One-time codes for many devices: who gets one, by choice or by a list, and the paper that they stand on.

A code is asked for one person at a time, as for a single device; nothing here keeps one.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from pathlib import Path

import msgspec

from sync.protocol import AccountsFound, EnrolmentCode, Unlink

from ...documents import render_codes
from ...documents.content import CodeSheetContent, CodeSlip
from ...domain.errors import Refusal
from ..desk import Desk
from ..papers import Paper, letterhead
from ..wording import say_moment
from .people import HUB, PersonRow, account_for, people

LIST, WITHOUT = "list", "without"
MOST_LINES = 500
MOST_BYTES = 1_000_000
_HEADS = frozenset({"name", "person", "e-mail", "email", "account"})


class CodeRow(msgspec.Struct, frozen=True):
    """Somebody who gets a code, or a line that names nobody who could; ``refused`` is why.

    ``linked`` is whom the hub's directory signs in. ``code`` is there once it has been made, good ``until``.
    """

    key: str
    person: str
    name: str
    roles: str
    account: str
    linked: bool = False
    refused: str = ""
    code: str = ""
    until: str = ""


# --- who signs in how


def ask_accounts(desk: Desk) -> Future[AccountsFound]:
    """Ask the store who signs in as what. Raises ``Refusal`` (*offline*)."""
    if desk.store_accounts is None:
        raise Refusal("offline", "The hub cannot be reached: what people sign in as is not known here.")
    return desk.store_accounts()


def reset(desk: Desk, person: PersonRow) -> Future[EnrolmentCode]:
    """Ask the store to let somebody choose anew what they sign in with. Raises ``Refusal`` (*offline*,
    *own-account*)."""
    if person.person == desk.me.person:
        raise Refusal("own-account", "This would lock you out here. Ask another administrator.")
    if desk.store_unlink is None:
        raise Refusal("offline", "The hub cannot be reached. This is done there, or not at all.")
    return desk.store_unlink(Unlink(person=person.person))


# --- who gets a code


def groups(desk: Desk) -> tuple[tuple[str, str], ...]:
    """Whom one can choose together: who has no device yet, in all and by agency; or those of a list."""
    config = desk.config()
    without = [row for row in people(desk) if _waits(row)]
    found = [(WITHOUT, f"Everybody without a device ({len(without)})")]
    for agency in config.agencies:
        count = sum(_of(row, agency.id) for row in without)
        if count:
            found.append((agency.id, f"{agency.short_name}, without a device ({count})"))
    return (*found, (LIST, "The people of a list"))


def _waits(row: PersonRow) -> bool:
    return not row.devices and bool(row.memberships)


def _of(row: PersonRow, agency: str) -> bool:
    return any(held.agency == agency for held in row.memberships)


def read_list(file: str) -> str:
    """The text of a list in a file. Raises ``Refusal`` on *list*."""
    path = Path(file).expanduser()
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Refusal("file-large", "That file is too large to be a list of people.", "list")
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal("file-unreadable", "That file cannot be read as text in UTF-8.", "list") from error


def chosen(desk: Desk, accounts: AccountsFound, who: str, text: str) -> tuple[CodeRow, ...]:
    """A row for everybody chosen, in the order of the list where there is one.

    Raises ``Refusal`` on *who* or *list* where nobody is named at all.
    """
    everybody = people(desk)
    if who == LIST:
        return _listed(everybody, accounts, text)
    if not who:
        raise Refusal("field-empty", "Choose whom the codes are for.", "who")
    rows = [row for row in everybody if _waits(row) and (who == WITHOUT or _of(row, who))]
    if not rows:
        raise Refusal("nobody", "Everybody there has a device.", "who")
    return tuple(_row(row, accounts, "") for row in rows)


def _row(row: PersonRow, accounts: AccountsFound, account: str) -> CodeRow:
    held = next((one for one in accounts.accounts if one.person == row.person), None)
    return CodeRow(
        row.person,
        row.person,
        row.name,
        row.roles,
        held.account if held is not None else account or account_for(row.name),
        linked=held is not None and held.linked,
    )


def _listed(everybody: Sequence[PersonRow], accounts: AccountsFound, text: str) -> tuple[CodeRow, ...]:
    lines = list(_lines(text))
    if not lines:
        raise Refusal("field-empty", "Write or paste the people, one a line.", "list")
    if len(lines) > MOST_LINES:
        raise Refusal("list-long", f"Take at most {MOST_LINES} at a time.", "list")
    rows, seen = [], set[str]()
    for number, (typed, account) in enumerate(lines):
        found = _named(everybody, accounts, typed)
        if len(found) == 1 and found[0].person not in seen:
            seen.add(found[0].person)
            rows.append(_row(found[0], accounts, account))
        else:
            rows.append(CodeRow(f"line-{number}", "", typed, "", account, refused=_why(found)))
    return tuple(rows)


def _why(found: Sequence[PersonRow]) -> str:
    if not found:
        return "Nobody here is called that. Add the person first."
    if len(found) > 1:
        return f"{len(found)} people are called that. Name the e-mail or the account."
    return "This person is in the list already."


def _lines(text: str) -> Iterable[tuple[str, str]]:
    """Name, e-mail or account of each line, and the account behind it where there is one."""
    for number, line in enumerate(text.splitlines()):
        mark = next((one for one in ("\t", ";") if one in line), ",")
        cells = [" ".join(cell.split()) for cell in next(csv.reader([line], delimiter=mark), [])]
        if not any(cells) or (number == 0 and cells[0].casefold() in _HEADS):
            continue
        yield cells[0], cells[1] if len(cells) > 1 else ""


def _named(everybody: Sequence[PersonRow], accounts: AccountsFound, typed: str) -> list[PersonRow]:
    wanted = typed.casefold()
    holder = next((one.person for one in accounts.accounts if one.account == wanted), "")
    for same in (
        [row for row in everybody if wanted and row.email.casefold() == wanted],
        [row for row in everybody if row.person == holder],
        [row for row in everybody if row.name.casefold() == wanted],
    ):
        if same:
            return same
    return []


# --- what comes of it


def made(desk: Desk, row: CodeRow, code: EnrolmentCode) -> CodeRow:
    until = say_moment(code.expires_at, desk.now(), desk.config())
    return msgspec.structs.replace(row, code=code.code, until=until)


def refused(row: CodeRow, refusal: Refusal) -> CodeRow:
    return msgspec.structs.replace(row, refused=refusal.sentence)


def sheet(desk: Desk, rows: Iterable[CodeRow]) -> Paper:
    """The codes made, a slip a person, to be printed or saved under a password."""
    head = letterhead(desk, "Codes for devices")
    slips = tuple(
        CodeSlip(row.name, row.account, row.code, row.until, row.linked) for row in rows if row.code
    )
    content = CodeSheetContent(head, desk.where.url, desk.where.fingerprint, slips)
    name = f"codes-for-devices-{desk.now():%Y-%m-%d-%H%M}.pdf"
    return Paper(HUB, "codes", "Codes for devices", name, render_codes(content), head.marking, secret=True)
