"""The triage desk, Qt-free: a contact as it is taken, the history found beside it, and the ways out of it.

``contact`` shows and keeps one; ``forms`` and ``people`` are its sections; ``history`` finds; ``guide``
reminds; ``routing`` moves it on.
"""

from . import guide, history, routing
from .contact import (
    Advice,
    AtDesk,
    Contact,
    Opened,
    Settings,
    Waiting,
    at_desk,
    begin,
    keep,
    keep_line,
    leave,
    park,
    person,
    put_down,
    result_words,
    settings,
    take_up,
    view,
    waiting,
)
from .forms import Account, Adult, Arrival, Assessed, Caller, Form, Mark, Telling
from .people import Home, Person, PersonRow, add_home, add_person, lives_at

__all__ = [
    "Account",
    "Adult",
    "Advice",
    "Arrival",
    "Assessed",
    "AtDesk",
    "Caller",
    "Contact",
    "Form",
    "Home",
    "Mark",
    "Opened",
    "Person",
    "PersonRow",
    "Settings",
    "Telling",
    "Waiting",
    "add_home",
    "add_person",
    "at_desk",
    "begin",
    "guide",
    "history",
    "keep",
    "keep_line",
    "leave",
    "lives_at",
    "park",
    "person",
    "put_down",
    "result_words",
    "routing",
    "settings",
    "take_up",
    "view",
    "waiting",
]
