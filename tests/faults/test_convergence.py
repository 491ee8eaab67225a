"""Whatever befalls desktops and their lines, they come together again, and nothing is lost or done twice."""

from __future__ import annotations

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.faults.machine import Ground, Schedule

# One schedule takes about a second: what fails is replayed by its seed, and not made smaller.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)


@pytest.mark.timeout(900)
def test_a_handful_of_schedules(a_ground: Ground) -> None:
    Schedule.ground = a_ground
    run_state_machine_as_test(
        Schedule, settings=settings(max_examples=4, stateful_step_count=15, deadline=None, phases=PHASES)
    )
