"""Merkle trees against the published values of RFC 6962's reference, and a slow twin."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardline.evidence.merkle import Tree, leaf_hash, node_hash, root_from_path

_LEAVES = [
    bytes.fromhex(one)
    for one in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""Roots over the first 0 to 8 of these leaves, as published with which Certificate Transparency's
implementations test themselves: transparency-dev/merkle v0.0.2, testonly/constants.go, lines 21-77
(the same values: google/certificate-transparency, cpp/merkletree/merkle_tree_test.cc)."""

_NODES = [
    bytes.fromhex(one)
    for one in (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    )
]
_PATHS = [
    (0, 1, []),
    (0, 2, [0]),
    (1, 2, [6]),
    (2, 3, [7]),
    (1, 5, [6, 1, 3]),
    (0, 8, [0, 1, 2]),
    (5, 8, [3, 4, 5]),
]
"""Place, size, and which of these nodes are beside the way: the same package,
testonly/reference_test.go, lines 124-154."""


@pytest.mark.parametrize("size", range(len(_ROOTS)))
def test_roots_are_the_published_ones(size: int) -> None:
    assert Tree([leaf_hash(leaf) for leaf in _LEAVES[:size]]).root.hex() == _ROOTS[size]


@pytest.mark.parametrize(("index", "size", "beside"), _PATHS)
def test_paths_are_the_published_ones(index: int, size: int, beside: list[int]) -> None:
    leaves = [leaf_hash(leaf) for leaf in _LEAVES[:size]]
    path = tuple(_NODES[one] for one in beside)
    assert Tree(leaves).path(index) == path
    root = root_from_path(leaves[index], index, size, path)
    assert root is not None
    assert root.hex() == _ROOTS[size]


def test_leaf_and_node_are_hashed_as_published() -> None:
    """transparency-dev/merkle v0.0.2, rfc6962/rfc6962_test.go, lines 34-58."""
    assert leaf_hash(b"L123456").hex() == (
        "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"
    )
    assert node_hash(b"N123", b"N456").hex() == (
        "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb"
    )


def slow_root(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1, as it is written."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + slow_root(leaves[:split]) + slow_root(leaves[split:])).digest()


def slow_path(index: int, leaves: list[bytes]) -> list[bytes]:
    """RFC 6962, 2.1.1, as it is written."""
    if len(leaves) == 1:
        return []
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    if index < split:
        return [*slow_path(index, leaves[:split]), slow_root(leaves[split:])]
    return [*slow_path(index - split, leaves[split:]), slow_root(leaves[:split])]


_FEW = st.lists(st.binary(max_size=4), min_size=1, max_size=40)


@given(_FEW, st.data())
@settings(max_examples=60, deadline=None)
def test_root_and_paths_are_those_of_the_slow_twin(
    leaves: list[bytes], data: st.DataObject
) -> None:
    tree = Tree([leaf_hash(leaf) for leaf in leaves])
    index = data.draw(st.integers(0, len(leaves) - 1))
    assert tree.root == slow_root(leaves)
    path = tree.path(index)
    assert list(path) == slow_path(index, leaves)
    assert root_from_path(leaf_hash(leaves[index]), index, len(leaves), path) == tree.root


@given(_FEW, st.data())
@settings(max_examples=60, deadline=None)
def test_a_path_leads_to_the_root_from_nowhere_else(
    leaves: list[bytes], data: st.DataObject
) -> None:
    tree = Tree([leaf_hash(leaf) for leaf in leaves])
    index = data.draw(st.integers(0, len(leaves) - 1))
    path = list(tree.path(index))
    here = leaf_hash(leaves[index])
    size = len(leaves)
    assert root_from_path(leaf_hash(b"other"), index, size, path) != tree.root
    assert root_from_path(here, index, size, [*path, bytes(32)]) != tree.root
    if path:
        assert root_from_path(here, index, size, path[:-1]) != tree.root
        place = data.draw(st.integers(0, len(path) - 1))
        path[place] = bytes(32)
        assert root_from_path(here, index, size, path) != tree.root


def test_a_place_outside_the_tree_has_no_root() -> None:
    assert root_from_path(bytes(32), 3, 3, []) is None
    assert root_from_path(bytes(32), -1, 3, []) is None
    assert root_from_path(bytes(32), 0, 0, []) is None
