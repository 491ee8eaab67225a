"""What stands above the lists of administration: direct lines without a number, a change that was read."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mash_desktop.desk.administration import Finding, Proposal
from ui.theme import Tone
from ui.widgets.banner import Banner
from ui.widgets.button import ActionButton


def numbers_banner(findings: Sequence[Finding], button: ActionButton) -> Banner | None:
    """Direct lines that nobody can ring; ``None`` where every one has its number."""
    told = [finding.sentence for finding in findings if finding.field.endswith(".telephone")]
    return Banner(told[0], " ".join(told[1:]), button) if told else None


def proposal_banners(
    proposal: Proposal, leave: ActionButton, force: Callable[[], ActionButton]
) -> list[Banner]:
    """What is wrong with it, then what can be done: ``force`` makes its button where nothing is."""
    told = [Banner(one.sentence, f"At {one.field}", tone=Tone.RED) for one in proposal.findings]
    if proposal.may_be_put_in_force:
        button = force()
        button.set_kind("primary")
        count = len(proposal.differences)
        words = f"{proposal.file}: {'1 difference' if count == 1 else f'{count} differences'}"
        detail = "Put in force, it holds from its admission on, for everybody."
        return [*told, Banner(words, detail, button, leave, tone=Tone.ACCENT)]
    if proposal.findings:
        return [
            *told,
            Banner("It cannot be put in force as it is.", "Mend the file and import it again.", leave),
        ]
    return [Banner(f"{proposal.file} changes nothing.", "", leave, tone=Tone.NEUTRAL)]
