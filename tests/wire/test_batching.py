"""Packets in batches: found where it can be done, and left alone where it cannot."""

import subprocess
import sys
from pathlib import Path

import pytest
from rtp import io

from cardline.adapters.sip.media.batching import imported_at

LIBRARY = Path(io.__file__)
TRIED = """
from pathlib import Path
from rtp import io
from cardline.adapters.sip.media.batching import batch_packets
print(batch_packets(Path("/bin/true")), batch_packets(Path(io.__file__)))
"""


def test_the_place_of_a_function_that_the_library_imports_is_found() -> None:
    image = LIBRARY.read_bytes()
    places = {name: imported_at(image, name) for name in (b"epoll_wait", b"epoll_ctl")}
    assert None not in places.values()
    assert len(set(places.values())) == 2


@pytest.mark.parametrize("image", [b"", b"MZ", b"\x7fELF\x02\x01" + bytes(58), b"#!/bin/sh\n"])
def test_what_is_no_library_has_no_such_place(image: bytes) -> None:
    assert imported_at(image, b"epoll_wait") is None


def test_a_function_that_is_not_imported_has_no_such_place() -> None:
    assert imported_at(LIBRARY.read_bytes(), b"no_such_function") is None


def test_it_is_done_for_the_relay_and_left_alone_for_what_is_not_loaded() -> None:
    done = subprocess.run(
        [sys.executable, "-c", TRIED], capture_output=True, text=True, check=True, timeout=30
    )
    assert done.stdout.split() == ["False", "True"]
