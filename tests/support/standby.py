"""Two of Debian's PostgreSQL servers: a primary, and a standby without which it commits nothing.

`kill` ends one of them as a power cut would; a standby is promoted by PostgreSQL's own `pg_promote`.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from tests.support.postgres import (
    WITHOUT_DURABILITY,
    PostgresServer,
    debian_folder,
    debian_program,
    make_cluster,
    wait_until_ready,
)


@dataclass
class Member:
    """One server of the two, reached over TCP."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(
            host="127.0.0.1", port=self.port, user="postgres", dbname="postgres", autocommit=True
        ) as db:
            found = db.execute(question)
            return found.fetchall() if found.description else []

    def kill(self) -> None:
        """End the server and all its processes at once."""
        # Its workers have process groups of their own, and would live on for a moment without it.
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        for pid in (self.process.pid, *map(int, children)):
            os.kill(pid, signal.SIGKILL)
        self.process.wait(30)


@dataclass
class Pair:
    primary: Member
    standby: Member

    def url(self, database: str) -> str:
        """The address of whichever of the two takes writes."""
        hosts = "&".join(f"host=127.0.0.1:{one.port}" for one in (self.primary, self.standby))
        return f"postgresql+psycopg://postgres@/{database}?{hosts}&target_session_attrs=read-write"


@contextmanager
def primary_and_standby() -> Iterator[Pair]:
    with ExitStack() as stack:
        primary_folder = stack.enter_context(debian_folder())
        make_cluster(primary_folder)
        primary = _running(stack, primary_folder)
        folder = stack.enter_context(debian_folder())
        copied = debian_program(
            folder, "pg_basebackup", "--host=127.0.0.1", f"--port={primary.port}", "--username=postgres",
            "--checkpoint=fast", "--write-recovery-conf", "--no-sync",
        )  # fmt: skip
        assert copied.wait(60) == 0, (folder / "log").read_text()
        standby = _running(stack, folder, "-c", "cluster_name=standby")
        primary.ask("alter system set synchronous_standby_names = 'standby'")
        primary.ask("select pg_reload_conf()")
        yield Pair(primary, standby)


def _running(stack: ExitStack, folder: Path, *settings: str) -> Member:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # A process killed leaves what it wrote to the kernel, so nothing need wait for the disk; a commit does
    # wait for the standby.
    quick = [
        word for name in WITHOUT_DURABILITY if name != "synchronous_commit" for word in ("-c", f"{name}=off")
    ]
    process = debian_program(
        folder, "postgres", "-c", "listen_addresses=127.0.0.1", "-c", f"port={port}",
        "-c", f"unix_socket_directories={folder}", *quick, *settings,
    )  # fmt: skip

    def stop() -> None:
        if process.poll() is None:
            # Its clients are tests', and gone.
            process.send_signal(signal.SIGINT)
            process.wait(30)

    stack.callback(stop)
    wait_until_ready(PostgresServer("debian", folder, port), process)
    return Member(folder, port, process)
