"""The composition root: reads the command line and opens the window.

The only module besides ``ui`` that may know Qt, and it imports it late, so that ``--help`` is quick. All else
it imports late as well, since a program that starts itself anew reads what stands here twice.
"""

from __future__ import annotations

import sys

from mash_desktop.memory import overwrite_what_is_freed, write_no_dump

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """``mash-desktop``. Exit codes: 0 done, 1 refused with a sentence, 2 bad usage."""
    if arguments is None and sys.argv[1:2] != ["demo"]:
        # First of all: what was read until then would be read again. A folder may be called demo as well.
        overwrite_what_is_freed()
    asked = asked_for(arguments)
    from mash_desktop.domain.errors import Refusal

    try:
        if asked.command == "demo":
            from ui.demo.run import run

            return run(asked.output, asked.screenshots, asked.folder, asked.seat)
        write_no_dump()
        from ui.run import open_window

        return open_window(asked.profile, asked.hub)
    except Refusal as refusal:
        print(refusal.sentence, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 1


def asked_for(arguments: Sequence[str] | None) -> Namespace:
    """What the command line asks for; of the process's own, faults are told without words from here on."""
    from argparse import ArgumentParser
    from pathlib import Path

    parser = ArgumentParser(prog="mash-desktop", description="The desktop of a safeguarding hub.")
    parser.add_argument("--profile", metavar="DIR", type=Path, help="folder of the profile to open")
    parser.add_argument("--hub", metavar="URL", default="", help="address of the hub, for setting up")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    demo = commands.add_parser("demo", help="a seeded hub on this machine and its whole journey")
    demo.add_argument("--output", metavar="DIR", type=Path, default=Path("demo-output"))
    demo.add_argument("--screenshots", metavar="DIR", type=Path, help="also put the documents' pictures here")
    demo.add_argument(
        "--folder", metavar="DIR", type=Path, help="keep what the store and the desktops hold here"
    )
    demo.add_argument(
        "--seat", metavar="NAME", action="append", default=[], help="no journey: only set up NAME's desktop"
    )
    asked = parser.parse_args(arguments)
    if arguments is None:
        from mash_desktop.faults import say_kind_and_place

        say_kind_and_place()
    return asked


if __name__ == "__main__":
    sys.exit(main())
