"""The hotline's recordings: all there, fit for the telephone, and of one loudness."""

from pathlib import Path
from typing import Final

import numpy as np
import pytest

from cardline.adapters.sip.g711 import RATE
from cardline.adapters.sip.media.prompts import UnreadablePiece
from cardline.hotline.speech.numbers import SPOKEN, PieceId
from cardline.hotline.speech.prompts import Catalogue, load_catalogue
from tools.prompt_audio import recordings, sound
from tools.prompt_audio.music import common_sounds
from tools.prompt_audio.voices import Reading
from tools.render_prompts import AUDIO

CATALOGUE: Final = load_catalogue()
MEGABYTES: Final = 12


def tone(seconds: float, *, pitch: float = 440.0, rate: int = sound.VOICE_RATE) -> sound.Samples:
    found: sound.Samples = 0.3 * np.sin(2 * np.pi * pitch * np.arange(int(seconds * rate)) / rate)
    return found


def test_every_recording_is_there_and_fit() -> None:
    assert recordings.faults(CATALOGUE, AUDIO, SPOKEN) == []


def test_the_recordings_stay_small() -> None:
    assert sum(path.stat().st_size for path in AUDIO.rglob("*.wav")) < MEGABYTES * 2**20


def test_recordings_are_one_loudness_within_a_decibel() -> None:
    levels = [
        sound.level(sound.read(AUDIO / language / f"{piece}.wav"))
        for language, piece in CATALOGUE.texts()
    ]
    assert max(levels) - min(levels) < 2


def test_shared_pieces_join_without_a_gap() -> None:
    for language, piece in CATALOGUE.shared:
        measured = sound.measures(sound.read(AUDIO / language / f"{piece}.wav"))
        assert measured.lead <= 60, piece
        assert measured.tail <= 60, piece


def test_speaking_is_neither_hurried_nor_drawn_out() -> None:
    """Whole Mandarin prompts take 0.15 to 0.35 s a syllable, pauses included."""
    seconds = syllables = 0.0
    for (language, piece), text in CATALOGUE.texts().items():
        if language == "zh" and "." in piece:
            seconds += sound.read(AUDIO / language / f"{piece}.wav").size / RATE
            syllables += sum(map(str.isalnum, text))
    assert 0.15 <= seconds / syllables <= 0.35


def test_hold_music_is_long_soft_and_has_no_seam() -> None:
    music = sound.read(AUDIO / "common" / "hold_music.wav")
    assert music.size >= 30 * RATE
    assert sound.level(music) == pytest.approx(-26, abs=1)
    seam = abs(music[0] - music[-1])
    assert seam <= np.quantile(np.abs(np.diff(music)), 0.999)


def test_the_beep_is_a_thousand_hertz_for_400_ms() -> None:
    beep = sound.read(AUDIO / "common" / "beep.wav")
    assert beep.size == 0.4 * RATE
    assert np.argmax(np.abs(np.fft.rfft(beep))) / 0.4 == pytest.approx(1000, abs=3)


def test_the_rest_is_silent() -> None:
    assert not sound.read(AUDIO / "common" / "silence.wav").any()


def test_a_file_keeps_its_sound(tmp_path: Path) -> None:
    music = common_sounds()["hold_music"][: RATE + 1]
    sound.write(tmp_path / "music.wav", music)
    back = sound.read(tmp_path / "music.wav")
    assert back.size == music.size
    assert np.abs(back - music).max() < 0.01
    sound.write(tmp_path / "again.wav", back)
    assert np.array_equal(sound.read(tmp_path / "again.wav"), back)


def test_speech_is_trimmed_and_levelled() -> None:
    quiet = np.zeros(sound.VOICE_RATE)
    made = sound.for_telephone(np.concatenate([quiet, 0.1 * tone(0.5), quiet]), lead=0.04, tail=0.1)
    measured = sound.measures(made)
    assert measured.duration == pytest.approx(640, abs=30)
    assert measured.lead == pytest.approx(40, abs=10)
    assert measured.tail == pytest.approx(100, abs=20)
    assert measured.level == pytest.approx(sound.SPEECH_LEVEL, abs=0.5)
    assert np.abs(made).max() <= sound.PEAK


@pytest.mark.parametrize("pitch", [30.0, 5000.0])
def test_what_a_telephone_does_not_carry_is_taken_out(pitch: float) -> None:
    """Mixed with a tone that stays, one outside of the band loses at least 20 dB."""
    mixed = tone(1.0) + tone(1.0, pitch=pitch)
    made = sound.for_telephone(mixed, lead=0.0, tail=0.0)
    spectrum = np.abs(np.fft.rfft(made * np.hanning(made.size)))
    width = RATE / made.size
    folded = pitch if pitch < RATE / 2 else RATE - pitch
    near = spectrum[int((folded - 15) / width) : int((folded + 15) / width)]
    assert near.max() < spectrum.max() / 10


@pytest.mark.parametrize("content", [b"", b"RIFF\x00\x00\x00\x00WAVE", b"ID3 music of some kind"])
def test_another_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.wav").write_bytes(content)
    with pytest.raises(UnreadablePiece):
        sound.read(tmp_path / "x.wav")


def spoken_by_a_tone(monkeypatch: pytest.MonkeyPatch) -> list[Reading]:
    """Let a tone stand in for the voices; return what was read."""
    read: list[Reading] = []

    def speak(readings: dict[Reading, object], _cache: Path) -> object:
        read.extend(readings)
        return ((reading, tone(0.2 + 0.2 * len(reading.text))) for reading in readings)

    monkeypatch.setattr(recordings, "speak", speak)
    return read


DIGITS: Final = Catalogue(
    {},
    {("zh", PieceId(f"d{number}")): digit for number, digit in enumerate("零一二三四五六")},
)


def refreshed(audio: Path) -> list[str]:
    return list(recordings.refresh(DIGITS, audio, ["zh"], audio))


def test_only_what_is_missing_or_changed_is_rendered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = spoken_by_a_tone(monkeypatch)
    refreshed(tmp_path)
    read.clear()
    assert refreshed(tmp_path) == []
    (tmp_path / "zh" / "d1.wav").unlink()
    (tmp_path / "zh" / "old.wav").write_bytes(b"")
    assert refreshed(tmp_path) == ["rendered zh/d1: 一", "removed zh/old"]
    assert read == [Reading("zh", "一")]


def test_a_bank_s_own_recording_is_never_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = spoken_by_a_tone(monkeypatch)
    refreshed(tmp_path)
    own = tmp_path / "zh" / "d1.wav"
    sound.write(own, sound.levelled(tone(0.4, pitch=300, rate=RATE)))
    content = own.read_bytes()
    monkeypatch.setattr("tools.prompt_audio.voices.TAKE", "another")
    read.clear()
    refreshed(tmp_path)
    assert own.read_bytes() == content
    assert Reading("zh", "一") not in read
    assert read


def test_what_is_wrong_with_a_recording_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoken_by_a_tone(monkeypatch)
    refreshed(tmp_path)
    assert recordings.faults(DIGITS, tmp_path, ["zh"]) == []
    folder = tmp_path / "zh"
    (folder / "d1.wav").unlink()
    (folder / "d2.wav").write_bytes(b"nothing")
    sound.write(folder / "d3.wav", np.zeros(3000))
    sound.write(folder / "d4.wav", 0.01 * tone(0.4, rate=RATE))
    sound.write(folder / "d5.wav", sound.levelled(tone(4.0, rate=RATE)))
    sound.write(folder / "spare.wav", np.zeros(10))
    told = "\n".join(recordings.faults(DIGITS, tmp_path, ["zh"]))
    for fault in (
        "d1: is not there",
        "d2: is not a WAV",
        "d3: is at -inf",
        "d4: is at -",
        "d5: takes 4.0",
    ):
        assert f"zh/{fault}" in told
    assert "zh/spare: nothing says it" in told
