"""What a fault that nobody caught leaves on stderr: its kind and its place, and no word of a case."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

WORDS = "Mia Carter, 14 Etruria Road"
PROGRAM = f"""
import asyncio, logging, sys, threading
import ui.run
from mash_desktop.app import main
from ui.work import Worker

def fail():
    raise KeyError("{WORDS}")

class Failing:
    def __del__(self):
        fail()

async def forgotten():
    failing = asyncio.get_running_loop().create_task(fails())
    await asyncio.sleep(0)
    await asyncio.sleep(0)

async def fails():
    raise LookupError("{WORDS}")

def open_window(folder, hub):
    app, worker = ui.run.application(), Worker()
    worker.idle.connect(app.quit)
    worker.submit(lambda: None, lambda _: fail())
    app.exec()
    worker.close()
    print(hasattr(sys, "last_value"))
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    Failing()
    asyncio.run(forgotten())
    try:
        fail()
    except KeyError:
        logging.getLogger("ui.somewhere").exception("it failed")
    logging.getLogger("somebody.else").warning("{WORDS}")
    threading.Thread(target=sys.exit).start()
    fail()

ui.run.open_window = open_window
main()
"""


def test_a_fault_that_nobody_caught_says_its_kind_and_place_and_no_word_of_a_case(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(Path(__file__).parents[2])}
    ran = subprocess.run(
        [sys.executable, program], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.returncode == 1
    assert "Mia" not in ran.stderr + ran.stdout
    assert "Traceback" not in ran.stderr
    assert ran.stderr.count("ERROR:mash_desktop.faults:nobody caught: KeyError at fail in program.py:") == 4
    assert "ERROR:ui.somewhere:it failed: KeyError at fail in program.py:" in ran.stderr
    assert "ERROR:asyncio:a library has something to say at base_events:" in ran.stderr
    assert ": LookupError at fails in program.py:" in ran.stderr
    assert "WARNING:somebody.else:a library has something to say at program:" in ran.stderr
    assert ran.stdout == "False\n", "and what failed is let go of"
