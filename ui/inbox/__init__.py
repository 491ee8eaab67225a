"""The receiving team's inbox on the glass. Its object names, for whoever drives it:

- ``inbox.table``; ``inbox.accept`` (A), ``inbox.back`` (R), ``inbox.first`` (F), ``inbox.close`` (C),
  ``inbox.receiving_team`` (P, the summary made for this team), ``inbox.file`` (O)
- ``inbox.handovers``, ``inbox.take_over`` (T): what was left to an out-of-hours team
- forms: ``inbox.form.save`` (Ctrl Enter), ``inbox.form.close`` (Esc); fields ``inbox.reason``,
  ``inbox.words``, ``inbox.done_at``
- not admitted: ``inbox.again`` (Y), ``inbox.let_go`` (G)
"""

from .screen import Inbox

__all__ = ["Inbox"]
