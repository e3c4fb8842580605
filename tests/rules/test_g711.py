"""G.711: the tables of the line and those of the simulated phones, written in two ways, agree."""

import numpy as np
import pytest

from cardline.adapters.sip import g711
from cardline.sim import sound

EVERY_CODE = bytes(range(256))
EVERY_SAMPLE = np.arange(-32768, 32768).astype(np.int16)


@pytest.mark.parametrize(
    ("law", "code", "sample"),
    [
        ("ulaw", 0x00, -32124),
        ("ulaw", 0x80, 32124),
        ("ulaw", 0xFF, 0),
        ("ulaw", 0xF0, 120),
        ("alaw", 0xD5, 8),
        ("alaw", 0x55, -8),
        ("alaw", 0xAA, 32256),
        ("alaw", 0x2A, -32256),
    ],
)
def test_known_codes_mean_known_samples(law: g711.Law, code: int, sample: int) -> None:
    assert g711.decode(bytes([code]), law)[0] == sample


@pytest.mark.parametrize("law", ["ulaw", "alaw"])
def test_both_ways_of_writing_the_tables_agree(law: g711.Law) -> None:
    decoded = g711.decode(EVERY_CODE, law)
    assert np.array_equal(decoded, sound.decode(EVERY_CODE, law))
    coded = g711.encode(EVERY_SAMPLE, law)
    other = np.frombuffer(sound.encode(EVERY_SAMPLE, law), np.uint8)
    away = np.abs(g711.decode(coded, law).astype(int) - EVERY_SAMPLE)
    away_too = np.abs(sound.decode(other.tobytes(), law).astype(int) - EVERY_SAMPLE)
    # Where one segment ends, the standard's border is not halfway between the two levels.
    assert (np.abs(away - away_too) <= np.abs(EVERY_SAMPLE.astype(int)) // 64 + 16).all()


@pytest.mark.parametrize("law", ["ulaw", "alaw"])
def test_what_was_decoded_is_encoded_back(law: g711.Law) -> None:
    decoded = g711.decode(EVERY_CODE, law)
    assert np.array_equal(g711.decode(g711.encode(decoded, law), law), decoded)


def test_silence_stays_silence_in_the_other_law() -> None:
    quiet = np.full(160, g711.SILENCE["alaw"], np.uint8)
    assert np.abs(g711.decode(g711.recode(quiet, "alaw", "ulaw"), "ulaw")).max() <= 8
    assert g711.recode(quiet, "alaw", "alaw") is quiet
