"""The referral file: everything that happened to one referral, in order, and who it is about.

``head`` is its heading and clocks, ``timeline`` every entry in words, ``people`` who is in it, ``links`` the
referrals before and after it, ``acts`` what is done from here.
"""

from .acts import add_note, escalate, form_key, resolve, transfer, withdraw_entry
from .head import Clocked, Head, OpenEscalation, open_file, read_head
from .links import Link, links
from .people import FilePerson, people
from .timeline import Line, shown, timeline

__all__ = [
    "Clocked",
    "FilePerson",
    "Head",
    "Line",
    "Link",
    "OpenEscalation",
    "add_note",
    "escalate",
    "form_key",
    "links",
    "open_file",
    "people",
    "read_head",
    "resolve",
    "shown",
    "timeline",
    "transfer",
    "withdraw_entry",
]
