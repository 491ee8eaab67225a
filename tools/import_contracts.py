"""A kind of import contract that import-linter does not have: what a pure room may import, and no more.

A pure room imports other pure rooms, the libraries that its contract names, and those parts of the
standard library that touch neither files, network, processes, threads nor the clock.
"""

from __future__ import annotations

import sys

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

IMPURE = {
    *("asyncio", "concurrent", "ctypes", "glob", "http", "io", "logging", "mmap", "multiprocessing", "os"),
    *("pathlib", "random", "sched", "select", "selectors", "shutil", "signal", "smtplib", "socket"),
    *("sqlite3", "ssl", "subprocess", "tempfile", "threading", "time", "urllib", "wsgiref"),
}
PURE = sys.stdlib_module_names - IMPURE


class PureContract(Contract):
    type_name = "pure"

    # import-linter replaces a field by its value, which its types do not say.
    rooms: list[str] = fields.ListField(subfield=fields.StringField())  # type: ignore[assignment]
    libraries: list[str] = fields.ListField(subfield=fields.StringField())  # type: ignore[assignment]

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        strangers: list[str] = []
        for room in self.rooms:
            for module in sorted({room} | graph.find_descendants(room)):
                for imported in sorted(graph.find_modules_directly_imported_by(module)):
                    if not self._is_allowed(imported):
                        strangers.append(f"{module} imports {imported}")
        return ContractCheck(kept=not strangers, metadata={"strangers": strangers})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for stranger in check.metadata["strangers"]:
            output.print_error(stranger)

    def _is_allowed(self, imported: str) -> bool:
        if imported.split(".")[0] in PURE | set(self.libraries):
            return True
        return any(imported == room or imported.startswith(f"{room}.") for room in self.rooms)
