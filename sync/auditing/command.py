"""``mash-isl audit``: questions, and the answer as lines or JSON; the work is in ``run`` and ``evidence``."""

from __future__ import annotations

import argparse
import asyncio
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.roles import Role
from mash_desktop.vault.files import replace_file

from ..importing.command import signed_in, told_as_refusals
from ..proving import Checked
from .evidence import Evidence, Question, check
from .run import gather
from .trail import Looked, told


class Answer(msgspec.Struct, frozen=True):
    """What ``--json`` prints. ``root`` and ``store_key`` are hex."""

    hub: str
    size: int
    root: str
    store_key: str
    asked: Question | None
    accesses: tuple[Looked, ...]


def run(asked: argparse.Namespace) -> int:
    with told_as_refusals("Nothing was answered"):
        evidence, checked = _checked(asked) if asked.check else _asked(asked)
    asked_for = checked.entries if evidence.asked is not None else ()
    looked = tuple(told(entry, checked.directory) for entry in asked_for)
    head = checked.head
    if asked.json:
        answer = Answer(head.hub, head.size, head.root.hex(), checked.store_key, evidence.asked, looked)
        print(msgspec.json.encode(answer).decode())
        return 0
    zone = ZoneInfo(checked.directory.timeline.at(None).hours.time_zone)
    for one in looked:
        where = ", ".join(filter(None, (one.role, one.agency)))
        device = f"device {one.device}" if one.device else "through the store"
        when = f"{one.at.astimezone(zone):%d %b %Y %H:%M}"
        print("\t".join((when, one.who, where, device, one.what, one.detail, one.target)))
    question, what = evidence.asked, f"{len(checked.entries)} entries that an agency took out"
    if question is not None:
        what = f"{len(looked)} accesses about {question.person}, {question.since} to {question.until}"
    print(f"{what}, each proven to be in the log of {head.hub} at {head.size} entries.")
    print(f"Root {head.root.hex()}, signed by the store's key {checked.store_key}.")
    print("That there is no other is for mash-isl verify to say, with what --keep wrote.")
    return 0


def _checked(asked: argparse.Namespace) -> tuple[Evidence, Checked]:
    evidence = _read(asked.check, "check")
    handed_on = _read(asked.handed_on, "handed_on").store_keys if asked.handed_on else None
    try:
        trusted = bytes.fromhex(asked.store_key) if asked.store_key else None
    except ValueError as error:
        raise Refusal("key-wrong", "The store's public key is 64 hex digits.", "store_key") from error
    return evidence, check(evidence, trusted, handed_on)


def _read(file: Path, field: str) -> Evidence:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Evidence)
    except (OSError, msgspec.DecodeError) as error:
        raise Refusal(
            "evidence-unreadable", f"{file} holds no answer of an audit and no export.", field
        ) from error


def _asked(asked: argparse.Namespace) -> tuple[Evidence, Checked]:
    if not (asked.person and asked.since and asked.until):
        raise Refusal("question-incomplete", "Say who and when: --person, --from and --to.", "person")
    if asked.profile is None:
        raise Refusal("profile-missing", "Say with --profile where this device is kept.", "profile")
    question = Question(asked.person, _day(asked.since), _day(asked.until), tuple(asked.terms))
    device, session, author = signed_in(asked, Role.INFORMATION_GOVERNANCE)
    evidence = asyncio.run(gather(asked.profile, device, session, author, question))
    checked = check(evidence, device.store_key)
    if asked.keep is not None:
        keep(asked.keep, evidence)
    return evidence, checked


def keep(file: Path, evidence: Evidence) -> None:
    """Write an answer for others to check. ``Refusal`` (*file-unwritable*)."""
    try:
        replace_file(file, msgspec.json.encode(evidence))
    except Refusal as refusal:
        raise Refusal("file-unwritable", f"{file} cannot be written.", "keep") from refusal


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refusal("date-wrong", f"{text} is no day: write it as 2026-11-29.", "from") from error
