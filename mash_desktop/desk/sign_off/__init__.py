"""Sign-off: drafts that wait for the owning agency's decision maker, what each rests on, and what follows.

``queue`` is what waits, ``decision`` one draft as it is read before signing, ``after`` what is left to do
once it is signed, ``acts`` what is done. Who drafted a decision does not sign it.
"""

from .acts import (
    amend,
    cause_enquiry,
    close,
    conclude,
    form_key,
    give_feedback,
    report_enquiry,
    return_draft,
    send,
    sign,
    tell_agencies,
)
from .after import After, Placing, Suggestion, after
from .decision import Decision, Evidence, Since, SubjectShown, open_decision, read_decision
from .queue import Waiting, waiting

__all__ = [
    "After",
    "Decision",
    "Evidence",
    "Placing",
    "Since",
    "SubjectShown",
    "Suggestion",
    "Waiting",
    "after",
    "amend",
    "cause_enquiry",
    "close",
    "conclude",
    "form_key",
    "give_feedback",
    "open_decision",
    "read_decision",
    "report_enquiry",
    "return_draft",
    "send",
    "sign",
    "tell_agencies",
    "waiting",
]
