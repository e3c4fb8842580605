"""Which ports of its range a line takes at each start."""

from pathlib import Path

import pytest

from cardline.adapters.sip.media.shares import SHARES, take_share


@pytest.mark.parametrize(("low", "high"), [(30000, 39998), (30001, 40000), (20000, 20118)])
def test_lines_that_follow_each_other_share_no_port(tmp_path: Path, low: int, high: int) -> None:
    taken = [take_share(tmp_path / "turn", low, high) for _ in range(SHARES + 1)]
    ports = [set(range(first, last + 1)) for first, last in taken]
    assert taken[SHARES] == taken[0]
    assert sum(map(len, ports[:SHARES])) == len(set.union(*ports[:SHARES]))
    assert low <= min(map(min, ports))
    assert max(map(max, ports)) + 1 <= high  # the odd one behind each is its RTCP
    assert all(first % 2 == 0 and last % 2 == 0 for first, last in taken)
    assert min(map(len, ports)) > (high - low) // SHARES - 4


@pytest.mark.parametrize("kept", ["", "x", "-7", "99999999"])
def test_a_spoilt_memory_starts_somewhere_and_goes_on(tmp_path: Path, kept: str) -> None:
    memory = tmp_path / "turn"
    memory.write_text(kept)
    assert take_share(memory, 30000, 39998) != take_share(memory, 30000, 39998)
