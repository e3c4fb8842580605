"""Which of its ports a line uses: others than the lines before it, whose callers may still talk.

A line that was killed could not hang up. Its callers, and the trunk behind which they are, send on
to its ports for as long as half a minute, and to all of them the caller's sound comes from the same
address: where a new call got such a port, their voices would be heard and recorded in it, and its
prompts would go to them (row A1).
"""

from pathlib import Path

SHARES = 3
"""Parts of the range: only the third line in a row comes back to the ports of the first."""


def take_share(memory: Path, low: int, high: int) -> tuple[int, int]:
    """Return the first and last port, both even, of the share whose turn it is.

    ``memory`` is the file in which the turn is kept. Where it cannot be read, the first share is
    taken. Raises ``OSError`` where it cannot be written.
    """
    try:
        turn = (int(memory.read_text()) + 1) % SHARES
    except (OSError, ValueError):
        turn = 0
    memory.write_text(f"{turn}\n")
    first = low + low % 2
    size = (high - first) // SHARES // 2 * 2
    return first + turn * size, first + (turn + 1) * size - 2
