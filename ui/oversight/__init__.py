"""Oversight on the glass. Its object names, for whoever drives it:

- list: ``oversight.tabs`` (buttons ``all``, ``decision``, ``sampled``, ``send``, ``triage``),
  ``oversight.table``
- actions: ``oversight.admit`` (A), ``oversight.route`` (O), ``oversight.strategy`` (S), ``oversight.advise``
  (D), ``oversight.close_contact`` (K)
- admission: ``oversight.level.<subject>``, ``oversight.reason``, ``oversight.threshold``,
  ``oversight.purpose``, ``oversight.told``; per person ``oversight.scope.<subject>``,
  ``oversight.ground.<subject>``, ``oversight.kind.<subject>.<kind>``, ``oversight.basis.<subject>`` (change
  the basis), ``oversight.<field of basis>.<subject>``, ``oversight.confirm.<subject>``;
  ``oversight.confirm_next`` (Alt C), ``oversight.form.save`` (Ctrl Enter), ``oversight.form.close`` (Esc)
- route: ``oversight.level.<subject>``, ``oversight.to``, ``oversight.reason``, ``oversight.words``,
  ``oversight.told``
- strategy: ``oversight.present.<agency>``, ``oversight.about.<subject>``, ``oversight.decision``,
  ``oversight.reason``, ``oversight.interim_safety``, ``oversight.seen_by``,
  ``oversight.held_at``
- advice: ``oversight.advice``; closing: ``oversight.feedback``, ``oversight.reason``
"""

from .screen import Oversight

__all__ = ["Oversight"]
