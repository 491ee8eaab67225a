"""Sign-off on the glass. Its object names, for whoever drives it:

- ``sign.waiting`` (the list, where more than one waits), ``sign.passphrase``, ``sign.sign`` (Enter),
  ``sign.return`` (Ctrl R), ``sign.why_not`` (the sentence in place of the button)
- after signing: ``sign.send`` (S), ``sign.feedback`` (F), ``sign.letter`` (L), ``sign.tell`` (T),
  ``sign.full`` (P), ``sign.receiving_team`` (V), ``sign.round_table`` (B), ``sign.amend`` (M),
  ``sign.close`` (C), ``sign.file`` (O); for an adult ``sign.conclude`` (N), ``sign.enquiry`` (Q),
  ``sign.report`` (R)
- forms: ``sign.form.save`` (Ctrl Enter), ``sign.form.close`` (Esc); fields ``sign.reason``, ``sign.sending``,
  ``sign.team.<subject>`` (``sign.together``, Ctrl T, sends everybody to the same),
  ``sign.words``, ``sign.how``, ``sign.not_given``, ``sign.outcome``, ``sign.agency.<agency>``,
  ``sign.subject``, ``sign.level``, ``sign.intervention``, ``sign.rationale``, ``sign.risk``,
  ``sign.conclusion``, ``sign.made_by``, ``sign.due_on``, ``sign.enquiry``
- not admitted: ``sign.again`` (Y), ``sign.let_go`` (G)
"""

from .screen import SignOff

__all__ = ["SignOff"]
