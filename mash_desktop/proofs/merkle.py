"""The Merkle tree of RFC 9162, section 2: roots, inclusion and consistency, over leaf hashes.

Nothing is stored here. A caller keeps the complete nodes that ``Frontier.append`` returns and hands them
back by ``(level, index)``: the node at level ``k`` and index ``i`` covers the leaves from ``i * 2**k`` to
``(i + 1) * 2**k``, level 0 being the leaf hashes. A complete node never changes, so the store only inserts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

import msgspec

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

Node: TypeAlias = Callable[[int, int], bytes]


def leaf_hash(data: bytes) -> bytes:
    """The hash of one entry's bytes as a leaf (RFC 9162, 2.1.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees side by side (RFC 9162, 2.1.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier(msgspec.Struct, frozen=True):
    """All that is needed to go on appending: the size and the roots of the complete subtrees it is made
    of, largest first (one a bit set in ``size``)."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.peaks) != self.size.bit_count():
            raise ValueError(f"{len(self.peaks)} peaks do not make a tree of {self.size}")

    def append(self, leaf: bytes) -> tuple[Frontier, list[tuple[int, int, bytes]]]:
        """With one more leaf hash; and the nodes it completed, the leaf first, as (level, index, hash)."""
        peaks = list(self.peaks)
        level, index, node = 0, self.size, leaf
        completed = [(level, index, node)]
        while index & 1:
            node = node_hash(peaks.pop(), node)
            level, index = level + 1, index >> 1
            completed.append((level, index, node))
        return Frontier(self.size + 1, (*peaks, node)), completed

    def root(self) -> bytes:
        """The tree's root; that of an empty tree is SHA-256 of nothing."""
        return _folded(self.peaks) if self.peaks else EMPTY_ROOT


def frontier_of(size: int, node: Node) -> Frontier:
    """The frontier that a tree had at ``size``, from its stored nodes: O(log n) of them."""
    return Frontier(size, tuple(node(level, index) for level, index in _complete(0, size)))


def inclusion_path(size: int, index: int, node: Node) -> list[bytes]:
    """Proof that the leaf at ``index`` is in the tree of ``size`` (RFC 9162, 2.1.3.1), leaf's sibling first.

    Which nodes are asked for depends on size and index alone. ``ValueError`` outside the tree.
    """
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    return [_range_root(*beside, node) for beside in reversed(list(_beside(size, index, index + 1)))]


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether ``path`` leads from the leaf hash at ``index`` to ``root`` (RFC 9162, 2.1.3.2).

    ``size`` and ``root`` come from a signed head: it is the signature that ties one to the other, since
    trees of different sizes can place a leaf in the same way.
    """
    if not 0 <= index < size or not _are_hashes([leaf, *path, root]):
        return False
    place, last, node = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            node = node_hash(sibling, node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and node == root


def consistency_path(old: int, new: int, node: Node) -> list[bytes]:
    """Proof that the tree of ``new`` begins with that of ``old`` (RFC 9162, 2.1.4.1); empty when either
    tree needs none (``old`` is 0 or equals ``new``). ``ValueError`` when ``old`` is not within ``new``."""
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {old} is not within a tree of {new}")
    if old in (0, new):
        return []
    # The last complete subtree of the old tree: from there the path climbs to the new root.
    start = old & (old - 1)
    path = [_range_root(*beside, node) for beside in reversed(list(_beside(new, start, old)))]
    return path if start == 0 else [_range_root(start, old, node), *path]


def verify_consistency(
    old_size: int, new_size: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]
) -> bool:
    """Whether ``path`` shows that nothing in the old tree was changed or removed (RFC 9162, 2.1.4.2)."""
    if not 0 <= old_size <= new_size or not _are_hashes([old_root, new_root, *path]):
        return False
    if old_size == new_size:
        return not path and old_root == new_root
    if old_size == 0:
        return not path and old_root == EMPTY_ROOT
    nodes = [old_root, *path] if old_size.bit_count() == 1 else list(path)
    if not nodes:
        return False
    place, last = old_size - 1, new_size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = nodes[0]
    for sibling in nodes[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root


def _beside(size: int, start: int, end: int) -> Iterator[tuple[int, int]]:
    """From the root down to the subtree of leaves [start, end): the range left aside at each fork."""
    low, high = 0, size
    while (low, high) != (start, end):
        middle = low + (1 << (high - low - 1).bit_length() - 1)
        if start < middle:
            yield middle, high
            high = middle
        else:
            yield low, middle
            low = middle


def _range_root(start: int, end: int, node: Node) -> bytes:
    return _folded([node(level, index) for level, index in _complete(start, end)])


def _complete(start: int, end: int) -> Iterator[tuple[int, int]]:
    """The complete nodes, largest first, that leaves [start, end) of a subtree of the tree are made of."""
    while start < end:
        level = (end - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level


def _folded(peaks: Sequence[bytes]) -> bytes:
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node_hash(peak, root)
    return root


def _are_hashes(values: Sequence[bytes]) -> bool:
    return all(len(value) == HASH_BYTES for value in values)
