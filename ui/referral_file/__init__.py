"""The referral file on the glass. Its object names, for whoever drives it:

- ``file.tabs`` (keys 1 to 5), tabs ``everything``, ``people``, ``decision``, ``documents``, ``links``
- everything: ``file.table``, filters ``file.topic`` (F), ``file.agency``, ``file.person``
- documents: ``file.documents``, ``file.attach`` (A), ``file.full`` (P), ``file.receiving_team`` (V),
  ``file.referrer`` (L), ``file.round_table`` (B)
- links: ``file.links``
- actions: ``file.note`` (N), ``file.escalate`` (E), ``file.resolve`` (R), ``file.feedback`` (W),
  ``file.done`` (D),
  ``file.mark`` (M), ``file.unmark`` (U), ``file.withdraw`` (X),
  ``file.transfer`` (T), ``file.glass`` (B)
- forms: ``file.form.save`` (Ctrl Enter), ``file.form.close`` (Esc); fields ``file.words``, ``file.path``,
  ``file.browse`` (Ctrl B), ``file.title``, ``file.about``, ``file.stage``, ``file.agency.<agency>``,
  ``file.interim_safety``, ``file.escalation``, ``file.result``, ``file.reason``, ``file.to``,
  ``file.outcome``, ``file.action``, ``file.subject``, ``file.marker``, ``file.readers``, ``file.marked``
"""

from .screen import ReferralFile

__all__ = ["ReferralFile"]
