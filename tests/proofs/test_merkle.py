"""The tree is the one of RFC 9162, and no tampering with a proof goes unnoticed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pymerkle import InmemoryTree  # type: ignore[import-untyped]  # it has neither types nor stubs

from mash_desktop.proofs.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_path,
    frontier_of,
    inclusion_path,
    leaf_hash,
    node_hash,
    verify_consistency,
    verify_inclusion,
)

LARGEST = 70


class Grown:
    """A tree grown leaf by leaf, with its nodes kept as a store keeps them."""

    def __init__(self, entries: Sequence[bytes]) -> None:
        self.leaves = [leaf_hash(entry) for entry in entries]
        self.nodes: dict[tuple[int, int], bytes] = {}
        self.frontiers = [Frontier()]
        for leaf in self.leaves:
            frontier, completed = self.frontiers[-1].append(leaf)
            for level, index, node in completed:
                assert (level, index) not in self.nodes, "a complete node is made once"
                self.nodes[level, index] = node
            self.frontiers.append(frontier)
        self.roots = [frontier.root() for frontier in self.frontiers]

    def node(self, level: int, index: int) -> bytes:
        return self.nodes[level, index]

    def inclusion(self, index: int, size: int) -> list[bytes]:
        return inclusion_path(size, index, self.node)

    def consistency(self, old: int, new: int) -> list[bytes]:
        return consistency_path(old, new, self.node)


def entry(number: int) -> bytes:
    return b"entry %d" % number


TREE = Grown([entry(number) for number in range(LARGEST)])

sizes = st.integers(1, LARGEST)
bits = st.integers(0, 255)


def slow_root(leaves: Sequence[bytes]) -> bytes:
    """The definition of RFC 9162, word for word."""
    if len(leaves) < 2:
        return leaves[0] if leaves else EMPTY_ROOT
    middle = split(len(leaves))
    return node_hash(slow_root(leaves[:middle]), slow_root(leaves[middle:]))


def split(size: int) -> int:
    middle = 1
    while middle * 2 < size:
        middle *= 2
    return middle


def turns(index: int, size: int) -> list[str]:
    """How to walk from the root to a leaf."""
    if size == 1:
        return []
    middle = split(size)
    if index < middle:
        return ["left", *turns(index, middle)]
    return ["right", *turns(index - middle, size - middle)]


def flipped(value: bytes, bit: int) -> bytes:
    changed = bytearray(value)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


# --- known answers -------------------------------------------------------------------------------------


def test_leaves_roots_and_proofs_are_those_published(vectors: dict[str, Any]) -> None:
    known = vectors["merkle"]
    tree = Grown([bytes.fromhex(leaf) for leaf in known["leaves"]])
    assert [leaf.hex() for leaf in tree.leaves] == known["leaf_hashes"]
    assert [root.hex() for root in tree.roots] == known["roots"]
    for case in known["inclusion"]:
        path = tree.inclusion(case["index"], case["size"])
        assert [node.hex() for node in path] == case["path"]
        assert verify_inclusion(
            tree.leaves[case["index"]], case["index"], case["size"], path, tree.roots[case["size"]]
        )
    for case in known["consistency"]:
        path = tree.consistency(case["old"], case["new"])
        assert [node.hex() for node in path] == case["path"]
        assert verify_consistency(
            case["old"], case["new"], tree.roots[case["old"]], tree.roots[case["new"]], path
        )


def test_roots_of_every_size_equal_those_of_an_independent_library() -> None:
    oracle = InmemoryTree(algorithm="sha256")
    for number in range(LARGEST):
        oracle.append_entry(entry(number))
    for size in range(1, LARGEST + 1):
        assert TREE.roots[size] == oracle.get_root(size)


def test_roots_of_every_size_equal_the_slow_definition() -> None:
    for size in range(LARGEST + 1):
        assert TREE.roots[size] == slow_root(TREE.leaves[:size])


# --- growing -------------------------------------------------------------------------------------------


def test_a_frontier_of_any_earlier_size_comes_back_from_the_stored_nodes() -> None:
    for size in range(LARGEST + 1):
        assert frontier_of(size, TREE.node) == TREE.frontiers[size]


@given(st.integers(0, LARGEST - 1))
def test_appending_leaves_the_earlier_frontier_as_it_was(size: int) -> None:
    before = TREE.frontiers[size]
    root = before.root()
    before.append(leaf_hash(b"another history"))
    assert before.root() == root


@pytest.mark.parametrize(("size", "peaks"), [(-1, ()), (0, (EMPTY_ROOT,)), (3, (EMPTY_ROOT,))])
def test_a_frontier_that_does_not_fit_its_size_is_refused(size: int, peaks: tuple[bytes, ...]) -> None:
    with pytest.raises(ValueError, match="do not make a tree"):
        Frontier(size, peaks)


@given(st.integers(1, 2**40), st.data())
def test_proofs_of_a_tree_of_any_size_ask_for_few_nodes(size: int, draw: st.DataObject) -> None:
    asked: list[tuple[int, int]] = []

    def node(level: int, index: int) -> bytes:
        assert (index + 1) << level <= size, "only complete nodes are stored"
        asked.append((level, index))
        return EMPTY_ROOT

    inclusion_path(size, draw.draw(st.integers(0, size - 1)), node)
    assert len(asked) <= 2 * size.bit_length()
    asked.clear()
    consistency_path(draw.draw(st.integers(0, size)), size, node)
    assert len(asked) <= 2 * size.bit_length()


# --- inclusion -----------------------------------------------------------------------------------------


def test_every_leaf_of_every_size_is_proved() -> None:
    for size in range(1, LARGEST + 1):
        for index in range(size):
            path = TREE.inclusion(index, size)
            assert verify_inclusion(TREE.leaves[index], index, size, path, TREE.roots[size])


@given(sizes, bits, st.data())
def test_a_tampered_leaf_index_path_or_root_proves_nothing(size: int, bit: int, draw: st.DataObject) -> None:
    index = draw.draw(st.integers(0, size - 1))
    leaf, root, path = TREE.leaves[index], TREE.roots[size], TREE.inclusion(index, size)
    place = draw.draw(st.integers(0, len(path)))
    stray = draw.draw(st.sampled_from([leaf, root, EMPTY_ROOT, *path]))

    assert not verify_inclusion(flipped(leaf, bit), index, size, path, root)
    assert not verify_inclusion(leaf, index, size, path, flipped(root, bit))
    assert not verify_inclusion(leaf, index, size, [*path[:place], stray, *path[place:]], root)
    for other in range(-1, size + 2):
        assert verify_inclusion(leaf, other, size, path, root) is (other == index)
    for step in range(len(path)):
        changed = [*path[:step], flipped(path[step], bit), *path[step + 1 :]]
        assert not verify_inclusion(leaf, index, size, changed, root)
        assert not verify_inclusion(leaf, index, size, path[:step] + path[step + 1 :], root)
        short = [*path[:step], path[step][:-1], *path[step + 1 :]]
        assert not verify_inclusion(leaf, index, size, short, root)


@given(sizes, st.data())
def test_another_size_is_noticed_unless_it_places_the_leaf_in_the_same_way(
    size: int, draw: st.DataObject
) -> None:
    index = draw.draw(st.integers(0, size - 1))
    path = TREE.inclusion(index, size)
    for other in range(LARGEST + 2):
        alike = index < other and turns(index, other) == turns(index, size)
        assert verify_inclusion(TREE.leaves[index], index, other, path, TREE.roots[size]) is alike


@given(st.integers(2, LARGEST), st.integers(1, 31), st.data())
def test_bytes_cannot_be_moved_between_a_leaf_and_its_sibling(
    size: int, moved: int, draw: st.DataObject
) -> None:
    index = draw.draw(st.integers(0, size - 1))
    leaf, root, (sibling, *rest) = TREE.leaves[index], TREE.roots[size], TREE.inclusion(index, size)
    if turns(index, size)[-1] == "left":
        leaf, sibling = leaf + sibling[:moved], sibling[moved:]
    else:
        leaf, sibling = sibling[-moved:] + leaf, sibling[:-moved]
    assert not verify_inclusion(leaf, index, size, [sibling, *rest], root)


def test_a_leaf_outside_the_tree_has_no_path() -> None:
    for size, index in [(0, 0), (3, 3), (3, -1)]:
        with pytest.raises(ValueError, match="no leaf"):
            TREE.inclusion(index, size)


# --- consistency ---------------------------------------------------------------------------------------


def test_every_tree_is_shown_to_begin_with_every_earlier_one() -> None:
    for new in range(LARGEST + 1):
        for old in range(new + 1):
            assert verify_consistency(old, new, TREE.roots[old], TREE.roots[new], TREE.consistency(old, new))


@given(sizes, bits, st.data())
def test_a_tampered_root_or_path_shows_nothing(new: int, bit: int, draw: st.DataObject) -> None:
    old = draw.draw(st.integers(0, new))
    old_root, new_root, path = TREE.roots[old], TREE.roots[new], TREE.consistency(old, new)
    place = draw.draw(st.integers(0, len(path)))
    stray = draw.draw(st.sampled_from([old_root, new_root, EMPTY_ROOT, *path]))

    assert not verify_consistency(old, new, flipped(old_root, bit), new_root, path)
    if old:
        assert not verify_consistency(old, new, old_root, flipped(new_root, bit), path)
    assert not verify_consistency(old, new, old_root, new_root, [*path[:place], stray, *path[place:]])
    for step in range(len(path)):
        changed = [*path[:step], flipped(path[step], bit), *path[step + 1 :]]
        assert not verify_consistency(old, new, old_root, new_root, changed)
        assert not verify_consistency(old, new, old_root, new_root, path[:step] + path[step + 1 :])


@given(sizes, st.data())
def test_a_history_rewritten_before_the_old_head_is_never_consistent(new: int, draw: st.DataObject) -> None:
    old = draw.draw(st.integers(1, new))
    rewritten = draw.draw(st.integers(0, old - 1))
    entries = [entry(number) for number in range(new)]
    entries[rewritten] = b"something else"
    fork = Grown(entries)
    assert not verify_consistency(old, new, TREE.roots[old], fork.roots[new], fork.consistency(old, new))
    assert not verify_consistency(old, new, TREE.roots[old], fork.roots[new], TREE.consistency(old, new))


@given(sizes, sizes, sizes)
def test_a_root_of_another_size_is_not_consistent_with_the_old_head(old: int, shown: int, new: int) -> None:
    assume(old <= new and shown != old)
    path = TREE.consistency(old, new)
    assert not verify_consistency(old, new, TREE.roots[shown], TREE.roots[new], path)


@given(sizes, st.data())
def test_a_path_of_the_wrong_length_for_the_size_shows_nothing(new: int, draw: st.DataObject) -> None:
    old = draw.draw(st.integers(1, new))
    path = TREE.consistency(old, new)
    for other in range(old, LARGEST + 1):
        if len(TREE.consistency(old, other)) != len(path):
            assert not verify_consistency(old, other, TREE.roots[old], TREE.roots[new], path)


def test_a_tree_that_shrank_or_is_of_no_size_is_not_consistent() -> None:
    assert not verify_consistency(5, 3, TREE.roots[5], TREE.roots[3], [])
    assert not verify_consistency(-1, 3, EMPTY_ROOT, TREE.roots[3], [])
    assert not verify_consistency(0, 3, TREE.roots[1], TREE.roots[3], [])
    assert not verify_consistency(3, 7, TREE.roots[3], TREE.roots[7], [])
    for old, new in [(5, 3), (-1, 3)]:
        with pytest.raises(ValueError, match="not within"):
            TREE.consistency(old, new)
