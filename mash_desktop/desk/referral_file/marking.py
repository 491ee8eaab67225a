"""Markers of people, set and cleared on the identity of each: they hold wherever it is linked."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...domain.acts import Draft
from ...domain.codes import Marker
from ...domain.entries.identity import IdentityLinked, MarkerCleared, MarkerSet
from ...domain.errors import Refusal
from ...domain.fold.people import full_name
from ...domain.permissions import FAMILY_TABLE
from ..desk import Desk, new_id
from ..sign_off import form_key


def may_mark(desk: Desk) -> bool:
    return desk.acting(*FAMILY_TABLE[MarkerSet.KIND]) is not None


def marked(desk: Desk, stream: str) -> tuple[tuple[str, str], ...]:
    """The markers that hold of somebody here: *identity marker*, and *Mia Carter: restricted record*."""
    referral = desk.referral(stream)
    return tuple(
        (f"{identity.stream} {marker.value}", f"{full_name(made.body)}: {marker.label.lower()}")
        for identity in desk.cache.linked_identities(stream)
        for subject, made in referral.subjects.items()
        if (stream, subject) in identity.linked
        for marker in identity.markers
    )


def set_marker(desk: Desk, stream: str, values: Mapping[str, str]) -> str:
    """Set a marker on *subject*. *readers* of a restricted record are names, a line each. ``Refusal``."""
    subject, chosen, reason = (values.get(name, "").strip() for name in ("subject", "marker", "reason"))
    if not subject:
        raise Refusal("nobody-named", "Choose the person.", "subject")
    if not chosen:
        raise Refusal("marker-missing", "Choose the marker.", "marker")
    marker = Marker(chosen)
    readers = _readers(desk, values.get("readers", "")) if marker is Marker.RESTRICTED else ()
    if not reason:
        raise Refusal("field-empty", "Write why the marker is set.", "reason")
    identity, drafts = _identity(desk, stream, subject)
    body = MarkerSet(marker=marker, reason=reason, readers=readers)
    drafts.append(Draft(identity, body, id=new_id()))
    return desk.save(drafts, forget_drafts=(form_key(stream, "mark"),))


def clear_marker(desk: Desk, stream: str, values: Mapping[str, str]) -> str:
    """Clear what *marked* names, as :func:`marked` gives it. Raises ``Refusal``."""
    identity, _, marker = values.get("marked", "").partition(" ")
    reason = values.get("reason", "").strip()
    if not marker:
        raise Refusal("marker-missing", "Choose the marker.", "marked")
    if not reason:
        raise Refusal("field-empty", "Write why the marker is cleared.", "reason")
    draft = Draft(identity, MarkerCleared(marker=Marker(marker), reason=reason), id=new_id())
    return desk.save([draft], forget_drafts=(form_key(stream, "unmark"),))


def _identity(desk: Desk, stream: str, subject: str) -> tuple[str, list[Draft]]:
    """The identity that the person is linked to; a new one with its link where there is none."""
    for identity in desk.cache.linked_identities(stream):
        if (stream, subject) in identity.linked:
            return identity.stream, []
    if desk.acting(*FAMILY_TABLE[IdentityLinked.KIND] & FAMILY_TABLE[MarkerSet.KIND]) is None:
        raise Refusal(
            "identity-missing",
            "This person is not linked to a record yet. Ask the owning agency's decision maker to set it.",
            "subject",
        )
    new = f"identity:{new_id()}"
    return new, [Draft(new, IdentityLinked(referral=stream, subject=subject), id=new_id())]


def _readers(desk: Desk, text: str) -> tuple[str, ...]:
    """The people of these names; two of one name are told apart by their agency: *Sam Iqbal (Police)*.

    One of them has to be somebody who may clear it: nobody else holds it from then on.
    """
    directory, today = desk.directory(), desk.today()
    serving = [one for one in directory.memberships if one.holds(today)]
    called: dict[str, set[str]] = {}
    for one in serving:
        name = directory.name(one.person).casefold()
        for words in (name, f"{name} ({desk.agency_name(one.agency).casefold()})"):
            called.setdefault(words, set()).add(one.person)
    readers: dict[str, None] = {}
    for name in filter(None, (part.strip() for part in re.split(r"[\n;,]", text))):
        found = called.get(name.casefold(), set())
        if not found:
            raise Refusal(
                "person-unknown", f"Nobody of this hub is called {name}. Look at the name.", "readers"
            )
        if len(found) > 1:
            sentence = f"Several people are called {name}. Add the agency: {name} (Police)."
            raise Refusal("person-ambiguous", sentence, "readers")
        readers |= dict.fromkeys(found)
    if not readers:
        raise Refusal("readers-missing", "Name who may read a restricted record.", "readers")
    if not any(one.person in readers and one.role in FAMILY_TABLE[MarkerCleared.KIND] for one in serving):
        raise Refusal(
            "readers-cannot-clear",
            "Name at least one who may clear it again: a decision maker, a hub manager or governance.",
            "readers",
        )
    return tuple(readers)
