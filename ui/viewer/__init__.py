"""Looking at papers and attached documents inside the program. Object names, for whoever drives it:

``viewer`` (the sheet), ``viewer.page``, ``viewer.back`` (PgUp), ``viewer.next`` (PgDown), ``viewer.larger``
(Z), ``viewer.save`` (Ctrl S), ``viewer.print`` (Ctrl P), ``viewer.close`` (Esc); while saving
``viewer.folder``, ``viewer.browse`` (Ctrl B), ``viewer.password``, ``viewer.write`` (Ctrl Enter).
"""

from .viewer import Viewer

__all__ = ["Viewer"]
