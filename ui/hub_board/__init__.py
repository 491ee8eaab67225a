"""The hub board on the glass. Its object names, for whoever drives it:

- board: ``hub.tabs``, ``hub.table``, ``hub.pace``; tabs are ``hub.tabs`` buttons ``open``, ``reds``, ``one``,
  ``ready``, ``unrated``
- actions: ``hub.rate`` (R), ``hub.ask`` (A), ``hub.table_open`` (T), ``hub.escalate`` (E), ``hub.resolve``
  (V), ``hub.chase`` (C), ``hub.without`` (W), ``hub.withdraw`` (X)
- forms at the side: ``hub.form.save`` (Ctrl Enter), ``hub.form.close`` (Esc); fields ``hub.rag``,
  ``hub.reason``, ``hub.request``, ``hub.how``, ``hub.stage``, ``hub.party.<agency>``, ``hub.words``,
  ``hub.interim_safety``, ``hub.escalation``, ``hub.result``
- asking: ``hub.ask.concern``, ``hub.ask.agency.<agency>``, ``hub.ask.person.<agency>.<subject>``,
  ``hub.ask.words.<agency>``, ``hub.ask.send`` (Ctrl Enter), ``hub.ask.close`` (Esc)
- somebody was quicker: ``hub.again`` (Y), ``hub.let_go`` (L)
"""

from .screen import HubBoard

__all__ = ["HubBoard"]
