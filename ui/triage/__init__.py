"""The triage desk: a contact taken while the caller speaks, with the history found beside it.

Object names that a script may drive, beside ``triage.<section>.<field>`` of each input (a field's own name
stands on the field; what is typed into is its ``control``):

- ``triage.new``, ``triage.waiting.open`` in the top bar; ``triage.waiting`` the table of what waits
- ``triage.caller.who|organisation|call_back|may_know|anonymous``, ``triage.cohort``, ``triage.authority``
- ``triage.arrival.source|channel|received|area``
- ``triage.account.words|where_now|next_access|danger|incident_on|incident_place|primary_need``
- ``triage.line`` (Enter adds), ``triage.people`` (Enter or F2 edits, Delete takes off)
- ``triage.home.line|postcode``
- ``triage.person.…`` each field of the full form, ``triage.person.done``
- ``triage.telling.…``, ``triage.adult.…``, ``triage.assessment.<question>``
- ``triage.match.same|not_same|unsure``
- ``triage.route.<route id>``, ``triage.routing.rationale``, ``triage.routing.take``
- ``triage.more`` and ``triage.acknowledge|attach|duplicate|pass.…``
- ``triage.account.more`` (details), ``triage.organisational``, ``triage.setting.name|provider|line|postcode``
- ``triage.person.bond.<subject>``, ``triage.person.reach.medium|value|safe``, ``triage.person.add_reach``
"""

from .screen import TriageDesk

__all__ = ["TriageDesk"]
