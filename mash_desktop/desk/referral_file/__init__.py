"""The referral file: everything that happened to one referral, in order, and who it is about.

``whole`` is all of it, read in one go: ``head`` its heading and clocks, ``timeline`` every entry in words,
``people`` who is in it, ``links`` the referrals before and after it. ``acts`` is what is done from here,
``marking`` the markers of its people.
"""

from ..sign_off import give_feedback
from .acts import (
    add_note,
    break_glass,
    complete_action,
    escalate,
    form_key,
    resolve,
    transfer,
    withdraw_entry,
)
from .head import Clocked, Head, OpenEscalation
from .links import Link
from .marking import clear_marker, set_marker
from .people import FilePerson
from .timeline import Line, agencies_of, shown, topics_of
from .whole import File, open_file, read_file

__all__ = [
    "Clocked",
    "File",
    "FilePerson",
    "Head",
    "Line",
    "Link",
    "OpenEscalation",
    "add_note",
    "agencies_of",
    "break_glass",
    "clear_marker",
    "complete_action",
    "escalate",
    "form_key",
    "give_feedback",
    "open_file",
    "read_file",
    "resolve",
    "set_marker",
    "shown",
    "topics_of",
    "transfer",
    "withdraw_entry",
]
