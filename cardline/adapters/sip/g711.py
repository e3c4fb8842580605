"""G.711: µ-law and A-law bytes to 16-bit samples and back, by table (ITU-T G.711, G.191)."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Law = Literal["ulaw", "alaw"]
Bytes = NDArray[np.uint8]
Samples = NDArray[np.int16]

RATE = 8000
"""Samples a second, and bytes a second of either law."""
SILENCE: dict[Law, int] = {"ulaw": 0xFF, "alaw": 0xD5}
"""The byte that stands for no sound."""
LAW_OF_PAYLOAD_TYPE: dict[int, Law] = {0: "ulaw", 8: "alaw"}
"""RTP payload types of RFC 3551."""
PAYLOAD_TYPE: dict[Law, int] = {"ulaw": 0, "alaw": 8}


def _ulaw_decoded() -> Samples:
    code = ~np.arange(256, dtype=np.uint8)
    magnitude = ((((code & 0x0F).astype(np.int32) << 3) + 0x84) << ((code >> 4) & 7)) - 0x84
    samples: Samples = np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)
    return samples


def _alaw_decoded() -> Samples:
    code = np.arange(256, dtype=np.uint8) ^ 0x55
    exponent = ((code >> 4) & 7).astype(np.int32)
    step = ((code & 0x0F).astype(np.int32) << 4) + 8
    magnitude = np.where(exponent == 0, step, (step + 0x100) << np.maximum(exponent - 1, 0))
    return np.where(code & 0x80, magnitude, -magnitude).astype(np.int16)


def _ulaw_encoded() -> Bytes:
    sample = np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int32)
    biased = np.minimum(np.abs(sample), 32635) + 0x84
    exponent = np.floor(np.log2(biased)).astype(np.int32) - 7
    mantissa = (biased >> (exponent + 3)) & 0x0F
    code = (exponent << 4) | mantissa | np.where(sample < 0, 0x80, 0)
    codes: Bytes = (~code & 0xFF).astype(np.uint8)
    return codes


def _alaw_encoded() -> Bytes:
    sample = np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int32)
    # A-law quantises 13 bits; a negative value is taken by its one's complement (G.191).
    magnitude = np.where(sample < 0, ~sample, sample) >> 4
    exponent = np.maximum(np.floor(np.log2(np.maximum(magnitude, 1))).astype(np.int32) - 3, 0)
    exponent = np.where(magnitude < 16, 0, exponent)
    mantissa = np.where(exponent == 0, magnitude, magnitude >> np.maximum(exponent - 1, 0)) & 0x0F
    code = (exponent << 4) | mantissa | np.where(sample < 0, 0, 0x80)
    return ((code & 0xFF) ^ 0x55).astype(np.uint8)


DECODED: dict[Law, Samples] = {"ulaw": _ulaw_decoded(), "alaw": _alaw_decoded()}
"""256 samples, by code."""
_ENCODED: dict[Law, Bytes] = {"ulaw": _ulaw_encoded(), "alaw": _alaw_encoded()}
"""65536 codes, by sample taken as an unsigned number."""


def decode(coded: bytes | bytearray | memoryview | Bytes, law: Law) -> Samples:
    """Return the samples of ``coded``; same shape where an array is given."""
    codes = coded if isinstance(coded, np.ndarray) else np.frombuffer(coded, np.uint8)
    samples: Samples = DECODED[law][codes]
    return samples


def encode(samples: Samples, law: Law) -> Bytes:
    """Return the codes of 16-bit samples; same shape."""
    codes: Bytes = _ENCODED[law][samples.view(np.uint16)]
    return codes


_RECODED: dict[Law, Bytes] = {
    "ulaw": encode(DECODED["alaw"], "ulaw"),
    "alaw": encode(DECODED["ulaw"], "alaw"),
}


def recoder(law: Law, to: Law) -> bytes:
    """Return the table for ``bytes.translate`` that turns codes of one law into the other's."""
    return recode(np.arange(256, dtype=np.uint8), law, to).tobytes()


def recode(codes: Bytes, law: Law, to: Law) -> Bytes:
    """Return ``codes`` in the other law, or as they are where both laws are the same."""
    return codes if law == to else _RECODED[to][codes]
