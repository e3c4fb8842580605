"""Recordings as somebody who checks them hears them: two channels, written here from the format."""

import hashlib
import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray

from cardline.adapters.postgres.embedded import EmbeddedPostgres
from cardline.adapters.sealer.keyring import KeyRing
from cardline.evidence.sealing.chunks import open_bytes
from cardline.sim.sound import RATE, levels
from tests.journeys.program import Program
from tests.journeys.sounds import Tone, tones_in


@dataclass(frozen=True)
class Stereo:
    """One recording: ``caller`` is the left channel, ``heard`` the right one."""

    data: bytes
    caller: NDArray[np.int16]
    heard: NDArray[np.int16]

    @property
    def seconds(self) -> float:
        """Length."""
        return len(self.caller) / RATE

    def said_by_caller(self) -> list[Tone]:
        """Return the tones on the left, with their time since the answer."""
        return tones_in(self.caller)

    def heard_by_caller(self) -> list[str]:
        """Return by name what the caller heard, without immediate repeats."""
        found: list[str] = []
        for one in tones_in(self.heard):
            if not found or found[-1] != one.name:
                found.append(one.name)
        return found


def recording_of(program: Program, interaction: dict[str, Any]) -> Stereo:
    """Return the recording of an interaction; it is what the journal says it is."""
    told = interaction["recording"]
    data = plain(program, told["file"])
    assert hashlib.sha256(data).hexdigest() == told["sha256"]
    assert len(data) == told["bytes"]
    stereo = read_stereo(data)
    assert abs(stereo.seconds - told["seconds"]) < 0.05
    return stereo


def plain(program: Program, name: str) -> bytes:
    """Open a recording that lies sealed, as its file, its row and the master key allow."""
    sealed = (program.home / "recordings" / name).read_bytes()
    assert b"RIFF" not in sealed[:64]
    with psycopg.connect(EmbeddedPostgres(program.home).url) as connection:
        row = connection.execute(
            "SELECT id, master, wrapped FROM sealed_key WHERE id = %s", (sealed[16:32].hex(),)
        ).fetchone()
    assert row is not None
    ring = KeyRing(program.home / "secrets" / "master")
    return open_bytes(sealed, key=ring.unwrap(bytes(row[2]), master=row[1], about=row[0]))


def read_stereo(data: bytes) -> Stereo:
    """Read a WAV file of 8 kHz, two channels, in µ-law or 16 bits."""
    at, layout = 12, b""
    assert data[:4] == b"RIFF"
    assert data[8:12] == b"WAVE"
    assert struct.unpack_from("<I", data, 4)[0] == len(data) - 8
    while True:
        kind, size = data[at : at + 4], struct.unpack_from("<I", data, at + 4)[0]
        body = data[at + 8 : at + 8 + size]
        if kind == b"fmt ":
            layout = body
        if kind == b"data":
            break
        at += 8 + size + size % 2
    coding, channels, rate = struct.unpack_from("<HHI", layout)
    assert (channels, rate) == (2, RATE)
    if coding == 7:
        both = levels("ulaw")[np.frombuffer(body, np.uint8)]
    else:
        assert coding == 1
        both = np.frombuffer(body, "<i2").astype(np.int16)
    return Stereo(data, both[0::2].copy(), both[1::2].copy())
