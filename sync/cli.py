"""``mash-isl``: the central ISL's command line. Exit 0 done, 1 refused with a sentence, 2 bad usage.

Only reads arguments, calls the store, and prints. No traceback reaches a user.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.roles import Role
from mash_desktop.faults import kind_and_place

from .asking import ask

if TYPE_CHECKING:
    from sync.store.composition import Store


BACKUP_PASSPHRASE = "MASH_ISL_BACKUP_PASSPHRASE"
"""The environment variable that gives the passphrase of a backup of secrets where nobody is there to."""


SHOWN_SECONDS = 0.5


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    try:
        code: int = asked.run(asked)
    except Refusal as refusal:
        print(refusal.sentence, file=sys.stderr)
        return 1
    except (KeyboardInterrupt, BrokenPipeError):
        return 1
    except Exception as error:
        print(f"Something went wrong in the store ({kind_and_place(error)}).", file=sys.stderr)
        return 1
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mash-isl", description="The central Information Sharing Log.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: object, words: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=words, description=words)
        made.set_defaults(run=run)
        where = made.add_mutually_exclusive_group(required=True)
        where.add_argument("--database", metavar="URL", help="address of a PostgreSQL database")
        where.add_argument("--embedded", metavar="DIR", type=Path, help="a PostgreSQL of its own in DIR")
        made.add_argument("--secrets", metavar="FILE", type=Path, help="the store's secrets (mode 0600)")
        return made

    init = command("init", _init, "Make a store, a hub and its first administrator.")
    init.add_argument("--hub", metavar="PRESET", default="staffordshire", help="preset of the hub")
    init.add_argument("--name", help="name of the first administrator")
    init.add_argument("--account", help="account of the first administrator")
    init.add_argument("--agency", help="agency of the first administrator; by default the hub's own")
    init.add_argument("--upgrade", action="store_true", help="only bring the database up to date")

    serve = command("serve", _serve, "Serve the store over HTTPS.")
    serve.add_argument("--listen", metavar="HOST:PORT", default="127.0.0.1:8443")
    serve.add_argument("--tls-cert", metavar="FILE", type=Path)
    serve.add_argument(
        "--rate",
        metavar="N",
        type=_from_one_to(1_000_000),
        default=100,
        help="requests a second that one device may make",
    )
    serve.add_argument("--tls-key", metavar="FILE", type=Path)
    serve.add_argument("--make-cert", metavar="DIR", type=Path, help="use a self-signed certificate from DIR")
    serve.add_argument(
        "--log-level", choices=["debug", "info", "warning"], default="info", help="how much to say on stderr"
    )

    user = command("user", _user, "Add people, list them, name them by the directory, or end their access.")
    user.add_argument("what", choices=["add", "list", "link", "unlink", "reset", "leave"])
    user.add_argument("--hub")
    user.add_argument("--name")
    user.add_argument("--account")
    user.add_argument("--role", action="append", default=[], metavar="AGENCY:ROLE[:TEAM]")
    user.add_argument(
        "--file",
        metavar="CSV",
        type=Path,
        help="add many: account, name, roles in each row; link: account, subject",
    )
    user.add_argument("--subject", help="what the hub's directory calls the person, to link")
    user.add_argument("--reason", default="", help="why somebody leaves")

    single = command("directory", _directory, "Say which OpenID provider signs a hub's people in.")
    single.add_argument("what", choices=["set", "show"])
    single.add_argument("--hub")
    single.add_argument("--name", help="what people call it")
    single.add_argument("--issuer", metavar="URL")
    single.add_argument("--client-id")
    single.add_argument("--client-secret-file", metavar="FILE", type=Path)
    single.add_argument(
        "--check-every",
        metavar="SECONDS",
        type=_from_one_to(14_400),
        default=300,
        help="how often those signed in are asked after",
    )

    agency = command("agency", _agency, "List the hub's agencies.")
    agency.add_argument("what", choices=["list"])
    agency.add_argument("--hub")

    device = command("device", _device, "Make an enrolment code for a device, list keys, or revoke one.")
    device.add_argument("what", choices=["enrol-code", "list", "revoke"])
    device.add_argument("--hub")
    device.add_argument("--account", help="whose device")
    device.add_argument("--file", metavar="CSV", type=Path, help="many codes: an account in each row")
    device.add_argument("--key", help="the key to revoke")
    device.add_argument("--reason", default="", help="why it is revoked")

    keys = command("keys", _keys, "Back the store's secrets up, or rotate one of its keys.")
    keys.add_argument(
        "what", choices=["backup", "restore", "rotate-wrapping", "rotate-blocking", "rotate-signing"]
    )
    keys.add_argument("--file", metavar="FILE", type=Path, help="the backup, sealed with a passphrase")

    backup = command("backup", _backup, "Back the store up: log, keys apart from it, decisions on keeping.")
    backup.add_argument("to", metavar="DIR", type=Path, help="folder of the backups")

    restore = command("restore", _restore, "Restore a backup into an empty database, as a new epoch.")
    restore.add_argument("source", metavar="DIR", type=Path, help="folder of the backups")
    restore.add_argument("--name", help="which backup; by default the latest")

    from_file = commands.add_parser("import", help="Bring a bulk file in, signed in as a person.")
    from_file.set_defaults(run=_import)
    from_file.add_argument("what", choices=["enrol", "history", "intake"])
    from_file.add_argument("file", metavar="FILE", type=Path, nargs="?")
    from_file.add_argument("--names", metavar="FILE", type=Path, help="who the children of a return are")
    from_file.add_argument("--rejects", metavar="FILE", type=Path, help="where to write what was not taken")
    from_file.add_argument("--dry-run", action="store_true", help="only read the file; needs no store")
    from_file.add_argument("--profile", metavar="DIR", type=Path, help="folder of the importing device")
    from_file.add_argument("--url", help="address of the hub, to enrol this device")
    from_file.add_argument("--fingerprint", help="fingerprint of the hub's certificate, to enrol")
    from_file.add_argument("--code", help="one-time code, to enrol this device")
    from_file.add_argument("--role", default=Role.TRIAGE_OPERATOR.value, help="role to import as")
    from_file.add_argument("--agency", help="agency to import for, where the person serves several")

    export = commands.add_parser(
        "export", help="Take out what one agency contributed, signed in as a person."
    )
    export.set_defaults(run=_export)
    export.add_argument("to", metavar="DIR", type=Path, help="a new folder")
    export.add_argument("--agency", required=True, help="the agency that leaves; yours")
    export.add_argument("--profile", metavar="DIR", type=Path, required=True, help="as enrolled by import")
    export.add_argument("--role", default=Role.RESEARCHER.value, help="role to act in")

    audit = commands.add_parser("audit", help="Who looked at somebody, signed in as information governance.")
    audit.set_defaults(run=_audit)
    audit.add_argument(
        "--person", help="an identity, a referral's reference (REFERENCE#subject: one person), or a member"
    )
    audit.add_argument("--from", dest="since", metavar="DAY", help="first day, such as 2026-11-01")
    audit.add_argument("--to", dest="until", metavar="DAY", help="last day")
    audit.add_argument(
        "--terms",
        action="append",
        default=[],
        metavar="WORDS",
        help="also searches in which these were typed",
    )
    audit.add_argument("--profile", metavar="DIR", type=Path, help="folder of the device (import enrol)")
    audit.add_argument("--agency", help="agency to ask for, where the person serves several")
    audit.add_argument("--json", action="store_true", help="print the answer as JSON")
    audit.add_argument("--keep", metavar="FILE", type=Path, help="keep the answer with its proofs")
    audit.add_argument("--check", metavar="FILE", type=Path, help="check an answer that was kept; no store")
    audit.add_argument("--store-key", metavar="HEX", help="the store's public key, where it is known")
    audit.add_argument(
        "--handed-on",
        metavar="FILE",
        type=Path,
        help="to check with a key handed on since: an answer kept later",
    )

    verify = command("verify", _verify, "Walk the log and check every leaf, signature, root and feed.")
    verify.add_argument("--hub")
    verify.add_argument(
        "--kept", metavar="FILE", type=Path, help="what mash-isl audit kept: the log must begin with its head"
    )
    return parser


def _from_one_to(most: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not text.isdecimal() or not 1 <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"{text} is no whole number from 1 to {most}")
        return int(text)

    return number


@contextmanager
def _address(asked: argparse.Namespace) -> Iterator[str]:
    if asked.embedded is None:
        yield asked.database
        return
    from sync.store.database import embedded

    with embedded(asked.embedded) as address:
        yield address


def _secrets_file(asked: argparse.Namespace) -> Path | None:
    if asked.secrets is None and asked.embedded is not None:
        return Path(asked.embedded) / "secrets.json"
    found: Path | None = asked.secrets
    return found


@contextmanager
def _store(asked: argparse.Namespace) -> Iterator[Store]:
    from sync.store.composition import Store
    from sync.store.database import connect
    from sync.store.sealing import read_secrets

    with _address(asked) as address:
        secrets = read_secrets(_secrets_file(asked))
        engine = connect(address, generation=secrets.generation)
        try:
            yield Store(engine, secrets)
        finally:
            engine.dispose()


def _init(asked: argparse.Namespace) -> int:
    from mash_desktop.domain.codes import AgencyKind
    from mash_desktop.hub import load_preset
    from sync.store.bootstrap import NewPerson, add_people, open_hub
    from sync.store.database import connect, migrate
    from sync.store.sealing import SECRETS_VARIABLE, read_secrets, write_secrets

    with _address(asked) as address:
        engine = connect(address)
        try:
            migrate(engine, lambda: read_secrets(_secrets_file(asked)))
        finally:
            engine.dispose()
        if asked.upgrade:
            print("The database is up to date.")
            return 0
        if not (asked.name and asked.account):
            raise Refusal("administrator-missing", "Name the first administrator: --name and --account.")
        config = load_preset(asked.hub)
        file = _secrets_file(asked)
        if file is None and SECRETS_VARIABLE not in os.environ:
            raise Refusal("secrets-missing", "Say with --secrets where the store's secrets are to be kept.")
        if SECRETS_VARIABLE not in os.environ and file is not None and not file.exists():
            write_secrets(file)
            print(f"The store's secrets are in {file}. Back them up apart from the database.")
        hub_agencies = [one.id for one in config.agencies if one.kind is AgencyKind.HUB]
        agency = asked.agency or (hub_agencies or [config.agencies[0].id])[0]
        with _store(asked) as store:
            open_hub(store, config)
            first = NewPerson(asked.name, asked.account, ((agency, Role.ADMINISTRATOR, None),))
            (made,) = add_people(store, config.id, [first])
            print(f"Hub {config.id}, {config.name}. Store key {store.secrets.signing_key(config.id).key_id}.")
        print(
            f"{made.name} enrols a device with the code {made.code}, good until {made.expires_at:%d %b %Y}."
        )
    return 0


def _serve(asked: argparse.Namespace) -> int:
    from sync.store.logs import configure
    from sync.store.serving import fingerprint, listening, make_certificate, serve

    if asked.make_cert is not None:
        host = asked.listen.rpartition(":")[0].strip("[]") or "127.0.0.1"
        names = tuple(dict.fromkeys([host, "localhost", "127.0.0.1"]))
        cert, key = make_certificate(asked.make_cert, names)
    elif asked.tls_cert is None or asked.tls_key is None:
        raise Refusal("certificate-missing", "Give --tls-cert and --tls-key, or --make-cert DIR.")
    else:
        cert, key = asked.tls_cert, asked.tls_key
    mark = fingerprint(cert)
    with _store(asked) as store:
        bound = listening(asked.listen)
        host, port = bound.getsockname()[:2]

        def ready() -> None:
            print(f"Serving https://{host}:{port}, certificate SHA-256 {mark}", flush=True)

        configure(asked.log_level)
        serve(store, bound, cert, key, ready, asked.rate)
    return 0


def _hub(store: Store, asked: argparse.Namespace) -> str:
    """The hub named, or the only one."""
    from sync.store.bootstrap import hubs

    found = hubs(store)
    if asked.hub is not None and asked.hub not in found:
        raise Refusal("hub-unknown", f"There is no hub named {asked.hub} in this database.", "hub")
    if asked.hub is None and len(found) != 1:
        raise Refusal("hub-missing", f"Say which hub with --hub: {', '.join(found)}.", "hub")
    return asked.hub or found[0]


def _role(text: str) -> tuple[str, Role, str | None]:
    agency, _, rest = text.partition(":")
    role, _, team = rest.partition(":")
    try:
        return agency, Role(role), team or None
    except ValueError:
        roles = ", ".join(one.value for one in Role if one is not Role.STORE)
        raise Refusal("role-unknown", f"{text} is no AGENCY:ROLE. Roles are {roles}.", "role") from None


def _user(asked: argparse.Namespace) -> int:
    from sync.store.bootstrap import NewPerson, accounts, add_people, directory, leave, reset

    if asked.what == "add" and not (asked.file or (asked.name and asked.account and asked.role)):
        raise Refusal("person-incomplete", "Give --name, --account and at least one --role.")
    if asked.what == "leave" and not (asked.account and asked.reason):
        raise Refusal("person-incomplete", "Give --account and --reason.")
    if asked.what in {"unlink", "reset"} and not asked.account:
        raise Refusal("person-incomplete", "Give --account.")
    if asked.what == "link":
        if not (asked.file or (asked.account and asked.subject)):
            raise Refusal("person-incomplete", "Give --account and --subject, or --file.")
        links = _rows(asked.file, "account, subject") if asked.file else [(asked.account, asked.subject)]
    with _store(asked) as store:
        hub = _hub(store, asked)
        if asked.what == "add":
            rows = (
                _rows(asked.file, "account, name, roles")
                if asked.file
                else [(asked.account, asked.name, " ".join(asked.role))]
            )
            people = [
                NewPerson(name, account, tuple(map(_role, roles.split()))) for account, name, roles in rows
            ]
            for one in add_people(store, hub, people):
                print(f"{one.person}\t{one.code}\t{one.account}")
            return 0
        if asked.what == "link":
            for account, subject in links:
                store.directories.link(hub, account, subject)
            print(f"{len(links)} linked: the directory signs them in from now on.")
            return 0
        if asked.what in {"unlink", "reset"}:
            made = reset(store, hub, asked.account)
            print(f"{made.code}\t{made.expires_at:%Y-%m-%dT%H:%M:%SZ}")
            return 0
        if asked.what == "leave":
            leave(store, hub, asked.account, asked.reason)
            print("Roles ended, devices revoked.")
            return 0
        known = accounts(store, hub)
        for person, name in directory(store, hub).people.items():
            roles_held = directory(store, hub).roles_of(person)
            held = " ".join(":".join(filter(None, (m.agency, m.role.value, m.team))) for m in roles_held)
            print(f"{person}\t{known.get(person, '-')}\t{name}\t{held}")
    return 0


def _rows(file: Path, columns: str) -> list[tuple[str, ...]]:
    """The cells of each row, none empty. ``Refusal`` (*people-unreadable*) naming the line."""
    rows = []
    try:
        with file.open(encoding="utf-8", newline="") as table:
            for number, row in enumerate(csv.reader(table), start=1):
                if len(row) != len(columns.split(", ")) or not all(cell.strip() for cell in row):
                    raise Refusal("people-unreadable", f"Line {number} is not {columns}.", "file")
                rows.append(tuple(cell.strip() for cell in row))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Refusal("people-unreadable", f"{file} cannot be read as CSV in UTF-8.", "file") from error
    return rows


def _directory(asked: argparse.Namespace) -> int:
    from sync.store.sign_in.provider import Provider

    with _store(asked) as store:
        hub = _hub(store, asked)
        if asked.what == "show":
            found = store.directories.needed(hub)
            print(f"{found.name}\t{found.issuer}\t{found.client_id}")
            return 0
        if not (asked.name and asked.issuer and asked.client_id):
            raise Refusal("directory-incomplete", "Give --name, --issuer and --client-id.")
        try:
            secret = asked.client_secret_file.read_text().strip() if asked.client_secret_file else ""
        except (OSError, UnicodeDecodeError) as error:
            raise Refusal(
                "secrets-unreadable", f"There is no client secret in {asked.client_secret_file}."
            ) from error
        # Asked first: a provider that does not answer as one would keep everybody out.
        store.providers.metadata(asked.issuer)
        provider = Provider(asked.name, asked.issuer, asked.client_id, secret)
        store.directories.set(hub, provider, asked.check_every)
    print(f"{asked.name} signs the people of {hub} in who are linked with it: mash-isl user link.")
    return 0


def _import(asked: argparse.Namespace) -> int:
    from sync.importing.command import run

    return run(asked)


def _export(asked: argparse.Namespace) -> int:
    from sync.importing.command import export

    return export(asked)


def _audit(asked: argparse.Namespace) -> int:
    from sync.auditing import run

    return run(asked)


def _agency(asked: argparse.Namespace) -> int:
    from sync.store.bootstrap import directory

    with _store(asked) as store:
        for one in directory(store, _hub(store, asked)).timeline.at(None).agencies:
            since = one.since.isoformat() if one.since else ""
            until = one.until.isoformat() if one.until else ""
            print(f"{one.id}\t{one.name}\t{one.kind.value}\t{since}\t{until}")
    return 0


def _device(asked: argparse.Namespace) -> int:
    from sync.store.bootstrap import directory, new_codes, revoke_key

    with _store(asked) as store:
        hub = _hub(store, asked)
        if asked.what == "enrol-code":
            if not (asked.account or asked.file):
                raise Refusal("account-missing", "Say whose device with --account, or many with --file.")
            wanted = (
                [account for (account,) in _rows(asked.file, "account")] if asked.file else [asked.account]
            )
            for account, (code, expires) in zip(wanted, new_codes(store, hub, wanted), strict=True):
                print(f"{code}\t{expires:%Y-%m-%dT%H:%M:%SZ}" + (f"\t{account}" if asked.file else ""))
        elif asked.what == "revoke":
            if not (asked.key and asked.reason):
                raise Refusal("key-missing", "Give --key and --reason.")
            revoke_key(store, hub, asked.key, asked.reason)
            print("Revoked.")
        else:
            people = directory(store, hub)
            for key in people.keys.values():
                state = "revoked" if key.revoked is not None else "good"
                print(f"{key.id}\t{state}\t{people.name(key.person)}\t{key.device}")
    return 0


def _backup(asked: argparse.Namespace) -> int:
    from sync.store.backup import back_up

    with _store(asked) as store:
        made = back_up(store.engine, store.secrets, asked.to)
    for hub in made.hubs:
        print(f"{hub.hub}: {hub.size} entries, root {hub.root}")
    print(f"Backed up to {asked.to}. The secrets are not in it: mash-isl keys backup.")
    return 0


def _restore(asked: argparse.Namespace) -> int:
    from sync.store.database import connect
    from sync.store.restoring import restore
    from sync.store.sealing import read_secrets

    secrets = read_secrets(_secrets_file(asked))
    with _address(asked) as address:
        engine = connect(address, generation=secrets.generation)
        try:
            done = restore(engine, secrets, asked.source, asked.name)
        finally:
            engine.dispose()
    for hub in done.hubs:
        print(f"{hub.hub}: epoch {hub.epoch + 1} begins after {hub.size} entries, root {hub.root}")
    print(f"Restored the backup of {done.made_at:%d %b %Y %H:%M} UTC; {done.disposals} disposals replayed.")
    if done.refused:
        print(f"{done.refused} decisions on keeping could not be put back into the log. They hold.")
    for one in done.left_out:
        print(f"Left out: {one}", file=sys.stderr)
    return 0


def _keys(asked: argparse.Namespace) -> int:
    from sync.store.database import connect
    from sync.store.rotating import rotate_blocking, rotate_signing, rotate_wrapping
    from sync.store.sealing import SECRETS_VARIABLE, read_file, read_secrets
    from sync.store.secrets_backup import back_up_secrets, restore_secrets

    file = _secrets_file(asked)
    if asked.what in {"backup", "restore"}:
        if asked.file is None:
            raise Refusal("file-missing", "Say with --file where the backup is.", "file")
        if asked.what == "backup":
            back_up_secrets(read_secrets(file), asked.file, ask(BACKUP_PASSPHRASE, "Passphrase: "))
            print(f"The store's secrets are in {asked.file}, sealed with the passphrase. Keep the two apart.")
            return 0
        if file is None:
            raise Refusal("secrets-missing", "Say with --secrets where the secrets are to be put.", "secrets")
        restore_secrets(asked.file, file, ask(BACKUP_PASSPHRASE, "Passphrase: "))
        print(f"The store's secrets are in {file}.")
        return 0
    if file is None or SECRETS_VARIABLE in os.environ:
        raise Refusal(
            "secrets-not-in-file",
            f"Keys are rotated in a file: name it with --secrets, and leave {SECRETS_VARIABLE} unset.",
            "secrets",
        )
    read_file(file)
    with _address(asked) as address:
        # Without a generation: a rotation seals by the one that it begins.
        engine = connect(address)
        try:
            if asked.what == "rotate-wrapping":
                changed = rotate_wrapping(engine, file, _show_sealed)
                print(f"{changed} keys are sealed anew. Back up keys and secrets now; older ones do not fit.")
            elif asked.what == "rotate-blocking":
                changed = rotate_blocking(engine, file, _show_sealed)
                print(f"{changed} people are found by a new key. Back up store and secrets now.")
            else:
                for hub, key in rotate_signing(engine, file):
                    print(f"Hub {hub} is signed with the key {key}. Start every program of the store again.")
        finally:
            engine.dispose()
    return 0


def _show_sealed(done: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done} looked at", end="", file=sys.stderr, flush=True)


class _Shown:
    """Shows in a terminal what takes longer than half a second, twice a second."""

    def __init__(self) -> None:
        self._next = time.monotonic() + SHOWN_SECONDS
        self._shown = False

    def __call__(self, what: str, done: int, of: int) -> None:
        if time.monotonic() >= self._next and sys.stderr.isatty():
            print(f"\r{done} of {of} {what}   ", end="", file=sys.stderr, flush=True)
            self._next = time.monotonic() + SHOWN_SECONDS
            self._shown = True

    def end(self) -> None:
        if self._shown:
            print(file=sys.stderr)


def _verify(asked: argparse.Namespace) -> int:
    from sync.store.verifying import kept_head, verify

    kept = kept_head(asked.kept) if asked.kept else None
    with _store(asked) as store:
        hub = _hub(store, asked)
        shown = _Shown()
        found = verify(store, hub, kept, shown)
        shown.end()
    for fault in found.faults:
        print(f"Position {fault.position}: {fault.sentence}", file=sys.stderr)
    if found.faults:
        return 1
    print(f"{found.entries} entries, {found.acts} acts and {found.rows} feed rows of {hub} are as signed.")
    print(f"The feeds of {found.recomputed} records and days bring what they should.")
    if found.unread:
        print(f"{found.unread} more cannot be worked out anew: something in them was disposed of.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
