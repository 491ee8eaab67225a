"""One day of the demonstration hub: who sits where, and the stories in their order."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from ui.demo import ending
from ui.demo.hub import DemoHub, served_hub
from ui.demo.imports import Importer
from ui.demo.people import ADMINISTRATOR, PASSPHRASE, PASSWORD, PEOPLE, DemoPerson
from ui.demo.seat import Seat
from ui.demo.telling import NotThere, Telling
from ui.demo.wire import Wire
from ui.picture import SIZES, picture, pictures
from ui.run import application
from ui.shell.second_display import SecondDisplay
from ui.theme import Mode

SHOWN_IN_DOCUMENTS = "round-table"
"""The picture that the README shows."""


_OFFSCREEN_SAYS = "This plugin does not support propagateSizeHints()"
"""Qt, without a screen, of every window with a least size."""


def _qt_says(_kind: QtMsgType, _where: QMessageLogContext, words: str) -> None:
    if words != _OFFSCREEN_SAYS:
        print(words, file=sys.stderr)


class Day:
    """The hub, its people at their desks, and what is left behind of the day."""

    def __init__(self, folder: Path, output: Path, telling: Telling, screenshots: Path | None = None) -> None:
        self.folder, self.output, self.telling, self.screenshots = folder, output, telling, screenshots
        qInstallMessageHandler(_qt_says)
        self.app = application()
        self.hub: DemoHub
        self._stack = ExitStack()
        self._seats: dict[str, Seat] = {}
        self._by_name = {person.account.partition(".")[0]: person for person in (*PEOPLE, ADMINISTRATOR)}

    def __enter__(self) -> Day:
        self.telling.part("A hub")
        self.telling.step("A central ISL store is made, with the hub of Staffordshire and its people.")
        self.hub = self._stack.enter_context(served_hub(self.folder))
        self.telling.step(
            f"It serves {self.hub.server.url}, in a process of its own; desktops pin its certificate."
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for seat in self._seats.values():
            seat.close()
        QApplication.processEvents()
        self._stack.close()

    def seat(self, name: str, url: str = "") -> Seat:
        """The seat of a person, by forename; enrolled and signed in when first asked for.

        ``url`` is where they find the hub, if not at its own address.
        """
        if name not in self._seats:
            person = self.person(name)
            seat = Seat(person, self.folder / "profiles", url or self.hub.server.url)
            first = not self._seats
            self._seats[name] = seat
            seat.fill_in(self.hub.fingerprint, self.hub.codes[person.account])
            if first:
                self.picture(seat, "enrol")
            seat.set_up()
            if first:
                self.picture(seat, "sign-in")
            seat.sign_in()
            self.telling.step(f"{person.name} sets a desktop up and signs in.")
        seat = self._seats[name]
        seat.wake()
        return seat

    def person(self, name: str) -> DemoPerson:
        if name not in self._by_name:
            raise NotThere(f"nobody in this hub is called {name}; there are {', '.join(self._by_name)}")
        return self._by_name[name]

    def take_up(self, name: str) -> Seat:
        """The seat of a person whose profile is here already: started again and unlocked."""
        seat = self._seats[name] = Seat(self._by_name[name], self.folder / "profiles", self.hub.server.url)
        seat.person_window.start()
        seat.unlock()
        return seat

    def wire(self) -> Wire:
        """A wire to the store that can be cut, for one desktop."""
        wire = Wire(self.hub.server)
        self._stack.callback(wire.close)
        return wire

    def leave(self, name: str) -> None:
        """Forget a seat: its window has been closed."""
        del self._seats[name]

    def picture(self, seat: Seat, name: str) -> None:
        """A picture of a window at both sizes, light and dark, once it has read what it shows."""
        seat.settle()
        made = pictures(seat.window, self.output, name)
        if self.screenshots is not None and name == SHOWN_IN_DOCUMENTS:
            self.screenshots.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(made[0], self.screenshots / "screenshot.png")

    def high_contrast(self, seat: Seat, name: str) -> None:
        """A picture of a window at both sizes in the theme for who needs the most contrast."""
        seat.settle()
        pictures(seat.window, self.output, name, modes=[Mode.HIGH_CONTRAST])

    def wall(self, seat: Seat, name: str) -> None:
        """A picture of the display for the room at both sizes; it is dark in every theme."""
        seat.settle()
        display = next(
            one
            for one in QApplication.topLevelWidgets()
            if isinstance(one, SecondDisplay) and one.isVisible()
        )
        for width, height in SIZES:
            picture(display, self.output / f"{name}-{width}x{height}-dark.png", (width, height))

    def save_paper(self, seat: Seat, name: str) -> None:
        """Save the paper that is looked at, by the keys a person has for it, and call the file ``name``."""
        with tempfile.TemporaryDirectory(dir=self.folder) as chosen:
            seat.press("viewer.save")
            seat.type("viewer.folder", chosen)
            seat.press("viewer.write")
            seat.wait(lambda: seat.there("viewer.save"), f"{name} saved")
            (saved,) = Path(chosen).iterdir()
            shutil.move(saved, self.output / name)

    def sit_down(self, names: Sequence[str]) -> None:
        """Only these people at their desks, and nothing told."""
        for name in names:
            self.seat(name)

    def whole(self) -> None:
        """Every story of the day."""
        from ui.demo import children, faults, looking, short

        self._bring_files()
        children.tell(self)
        short.adult(self)
        short.domestic_abuse(self)
        faults.tell(self)
        looking.tell(self)

    def _bring_files(self) -> None:
        self.telling.part("What was known before, and what came in overnight")
        importer = Importer(self.hub, self.folder, "owen.pugh")
        for what, file, more in (
            ("history", "history-2026.xml", ("--names", "history-names.csv")),
            ("intake", "intake.csv", ()),
        ):
            rejects = self.output / f"{what}-rejects.csv"
            said = importer.bring(what, file, rejects, *more)
            self.telling.step(f"{file}: {said}")
        said = importer.bring("intake", "intake.csv", self.output / "intake-rejects.csv")
        self.telling.step(f"intake.csv once more: {said}")

    def stay_open(self) -> None:
        """Leave the windows to a visitor, with a sheet of sign-ins."""
        print("\nSign-ins: the password is the same for everybody, and so is the passphrase.")
        print(f"  password    {PASSWORD}\n  passphrase  {PASSPHRASE}\n")
        for seat in self._seats.values():
            standing = ", ".join(seat.person.standings)
            print(f"  {seat.person.account:16} {seat.person.name:18} {standing}")
            print(f"  {'':16} key of the authenticator: {seat.totp}")
        print("\nClose the windows to end the demonstration.", flush=True)
        # A signal is only heard when Python runs, which a window at rest does not.
        listening = QTimer()
        listening.timeout.connect(lambda: self.app.quit() if ending.asked() else None)
        listening.start(200)
        self.app.exec()
        listening.stop()
