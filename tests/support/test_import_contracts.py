"""The contract on pure rooms can be broken, and says where."""

from __future__ import annotations

from grimp import ImportGraph

from tools.import_contracts import PureContract


def strangers_in(*imports: tuple[str, str]) -> list[str]:
    graph = ImportGraph()
    for module in {name for pair in imports for name in pair} | {
        "mash_desktop.domain",
        "mash_desktop.proofs",
    }:
        graph.add_module(module)
    for importer, imported in imports:
        graph.add_import(importer=importer, imported=imported)
    contract = PureContract(
        name="pure",
        session_options={},
        contract_options={"rooms": ["mash_desktop.domain", "mash_desktop.proofs"], "libraries": ["msgspec"]},
    )
    found: list[str] = contract.check(graph, verbose=False).metadata["strangers"]
    return found


def test_a_pure_room_may_import_its_libraries_other_pure_rooms_and_the_pure_standard_library() -> None:
    assert not strangers_in(
        ("mash_desktop.domain.acts", "msgspec"),
        ("mash_desktop.domain.acts", "datetime"),
        ("mash_desktop.domain.acts", "mash_desktop.proofs"),
    )


def test_a_pure_room_may_import_neither_files_nor_the_clock_nor_an_impure_room_nor_another_library() -> None:
    for stranger in ("pathlib", "time", "mash_desktop.cache", "sqlalchemy"):
        assert strangers_in(("mash_desktop.domain.acts", stranger)) == [
            f"mash_desktop.domain.acts imports {stranger}"
        ]
