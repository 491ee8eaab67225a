"""Search: one field for people, other names, addresses, references and what was told.

Object names that a script may drive: ``search.field``, ``search.results`` (Enter opens), ``search.open``.
"""

from .screen import SearchPlace

__all__ = ["SearchPlace"]
