"""``mash-isl import``: questions and progress for bulk files; the work is ``run``'s."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from mash_desktop.domain.acts import Author
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.roles import Role
from mash_desktop.exchange import Progress, Reject, read_history, read_intake, write_rejects
from mash_desktop.exchange.records import HistoryChild, IntakeContact

from ..asking import ask
from ..client import Distrust, Server, Unreachable
from ..protocol import Session
from .device import Device
from .leaving import export_own
from .run import Outcome, import_history, import_intake

PASSPHRASE, PASSWORD, TOTP = "MASH_PASSPHRASE", "MASH_PASSWORD", "MASH_TOTP"
"""Environment variables that answer the questions where nobody is there to."""
_SENT = "What was sent before is there"


def run(asked: argparse.Namespace) -> int:
    if asked.what != "enrol" and asked.file is None:
        raise Refusal("file-missing", "Name the file to import.", "file")
    if asked.profile is None and not asked.dry_run:
        raise Refusal("profile-missing", "Say with --profile where this importing device is kept.", "profile")
    with told_as_refusals(_SENT):
        if asked.what == "enrol":
            return _enrol(asked)
        outcome = _dry(asked) if asked.dry_run else _import(asked)
    print(file=sys.stderr)
    if asked.rejects is not None:
        write_rejects(asked.rejects, outcome.rejects)
    print(f"{outcome.added} added, {outcome.known} there already, {len(outcome.rejects)} rejected.")
    return 0


def export(asked: argparse.Namespace) -> int:
    """``mash-isl export``: what one agency contributed, with proofs, for the controller that leaves."""
    with told_as_refusals(_SENT):
        device, session, author = signed_in(asked, asked.role)
        count = export_own(device, session, author, asked.to)
    print(
        f"{count} entries of {author.agency} are in {asked.to}. That they were taken is in the audit trail."
    )
    return 0


@contextmanager
def told_as_refusals(so_far: str) -> Iterator[None]:
    """A hub that does not answer, or not truly, as a ``Refusal``; ``so_far`` says what came of it."""
    try:
        yield
    except Unreachable as error:
        raise Refusal("unreachable", f"The hub cannot be reached. {so_far}; try again.") from error
    except Distrust as error:
        raise Refusal(error.code, error.sentence) from error


def _enrol(asked: argparse.Namespace) -> int:
    if not (asked.url and asked.fingerprint and asked.code):
        raise Refusal("not-enrolled", "Give --url, --fingerprint and --code to enrol this device.", "code")
    server = Server.pinned(asked.url, asked.fingerprint)
    passphrase, password = ask(PASSPHRASE, "Passphrase: "), ask(PASSWORD, "Password: ")
    _, answer = Device.enrol(asked.profile, passphrase, server, asked.code, password)
    if answer.totp_uri is None:
        print("Enrolled.")
    else:
        print(f"Recovery codes, each good once, shown once: {' '.join(answer.recovery_codes)}")
        print(f"Add this to the authenticator, it is shown once: {answer.totp_uri}")
    return 0


def _dry(asked: argparse.Namespace) -> Outcome:
    records: Iterator[HistoryChild | IntakeContact | Reject] = (
        read_history(asked.file, progress=_show, names=asked.names)
        if asked.what == "history"
        else read_intake(asked.file, progress=_show)
    )
    sound, rejects = 0, []
    for record in records:
        if isinstance(record, Reject):
            rejects.append(record)
        else:
            sound += 1
    print(f"{sound} sound. Nothing was sent.")
    return Outcome(0, 0, tuple(rejects))


def signed_in(asked: argparse.Namespace, role: str) -> tuple[Device, Session, Author]:
    """The device that was asked with, somebody signed in on it, and who they are in this role. Raises
    ``Refusal`` or ``Unreachable``."""
    if role not in set(Role):
        raise Refusal("role-unknown", f"{role} is no role of a hub.", "role")
    device = Device.open(asked.profile, ask(PASSPHRASE, "Passphrase: "))
    password = ask(PASSWORD, "Password: ")
    session = device.sign_in(password, ask(TOTP, "Code from the authenticator: "))
    return device, session, device.author(session, Role(role), asked.agency)


def _import(asked: argparse.Namespace) -> Outcome:
    device, session, author = signed_in(asked, asked.role)
    if asked.what == "history":
        return import_history(asked.file, asked.names, device, session, author, _show)
    return import_intake(asked.file, device, session, author, _show)


def _show(progress: Progress) -> None:
    share = 100 * progress.done // max(progress.total, 1)
    words = f"\r{progress.stage} {share:3d} %  {progress.accepted} sound, {progress.rejected} rejected"
    print(words, end="", file=sys.stderr, flush=True)
