"""What an agency is asked and how it answers: the list, one request, and the acts of answering it.

For researchers and virtual partners. What they may see is what their desk holds: who they are asked about
and the minimum concern, never another agency's answer.
"""

from .answering import (
    AnswerDraft,
    ItemDraft,
    PersonAnswer,
    Release,
    acknowledge,
    check_item,
    keep_draft,
    kept_draft,
    known_systems,
    nothing_held,
    release,
    send_answer,
    take_back,
)
from .detail import Held, Person, RequestDetail, open_request, read_request
from .listing import RequestRow, requests_of_agency, to_answer

__all__ = [
    "AnswerDraft",
    "Held",
    "ItemDraft",
    "Person",
    "PersonAnswer",
    "Release",
    "RequestDetail",
    "RequestRow",
    "acknowledge",
    "check_item",
    "keep_draft",
    "kept_draft",
    "known_systems",
    "nothing_held",
    "open_request",
    "read_request",
    "release",
    "requests_of_agency",
    "send_answer",
    "take_back",
    "to_answer",
]
