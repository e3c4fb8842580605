"""The recordings under `prompts/audio`: renewing them, and what is wrong with them (row A1).

The manifest says which text and voice each rendered file came from, and what the file was then. A
file that is no longer that one was put there by hand, as a bank does: it is never overwritten.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from cardline.adapters.sip.media.prompts import UnreadablePiece
from cardline.hotline.speech.numbers import Language, PieceId
from cardline.hotline.speech.prompts import Catalogue
from tools.prompt_audio import sound
from tools.prompt_audio.music import BEEP_LEVEL, MUSIC_LEVEL, common_sounds
from tools.prompt_audio.voices import Reading, speak

MANIFEST: Final = "manifest.json"
LEVEL_TOLERANCE: Final = 1.5
"""Decibels that a recording may be louder or softer than wanted."""
PEAK_LIMIT: Final = -0.3
"""dBFS above which a recording counts as clipped."""
LONGEST_EDGE: Final = 500
"""Milliseconds of silence that a recording may begin or end with."""
# The fastest and the slowest seconds a sounded character (a syllable in zh, a letter in en), after
# a fixed time that each recording may take besides.
PACE: Final[dict[Language, tuple[float, float, float]]] = {
    "zh": (0.10, 0.36, 0.45),
    "en": (0.035, 0.105, 0.55),
}
_CLAUSE: Final = "，、：,:"
_SENTENCE: Final = "。；？！.;?!"


@dataclass(frozen=True, slots=True)
class Rendered:
    """One line of the manifest. `source`: text and voice; `file`: the WAV file; both SHA-256."""

    source: str
    file: str
    duration_ms: int
    rms_dbfs: float


def refresh(
    catalogue: Catalogue, audio: Path, languages: Iterable[Language], cache: Path
) -> Iterator[str]:
    """Render what is missing or has a new text, remove what is no longer said; tell each.

    Raises VoiceFailed.
    """
    chosen = set(languages)
    manifest = _manifest(audio)
    texts = {key: text for key, text in catalogue.texts().items() if key[0] in chosen}
    try:
        yield from _render(catalogue, texts, audio, manifest, cache)
        yield from _remove(audio, manifest, chosen, {f"{own}/{piece}" for own, piece in texts})
    finally:  # a file without its line would be taken for the bank's own
        lines = {name: asdict(manifest[name]) for name in sorted(manifest)}
        (audio / MANIFEST).write_text(json.dumps(lines, indent=1) + "\n", encoding="utf-8")
    for name, made in common_sounds().items():
        if not (audio / "common" / f"{name}.wav").exists():
            sound.write(audio / "common" / f"{name}.wav", made)
            yield f"made common/{name}"


def _render(
    catalogue: Catalogue,
    texts: dict[tuple[Language, PieceId], str],
    audio: Path,
    manifest: dict[str, Rendered],
    cache: Path,
) -> Iterator[str]:
    stale: dict[Reading, list[tuple[Language, PieceId]]] = {}
    for (language, piece), text in texts.items():
        name, reading = f"{language}/{piece}", Reading(language, text)
        path, known = audio / f"{name}.wav", manifest.get(name)
        if path.exists() and (known is None or known.file != _hash(path)):
            continue  # put there by hand
        if not path.exists() or known is None or known.source != reading.source:
            stale.setdefault(reading, []).append((language, piece))
    for reading, speech in speak(stale, cache):
        for language, piece in stale[reading]:
            name = f"{language}/{piece}"
            lead, tail = _rests(reading.text, shared=(language, piece) in catalogue.shared)
            path = audio / f"{name}.wav"
            sound.write(path, sound.for_telephone(speech, lead=lead, tail=tail))
            measured = sound.measures(sound.read(path))
            level = round(measured.level, 1)
            manifest[name] = Rendered(reading.source, _hash(path), measured.duration, level)
            yield f"rendered {name}: {reading.text}"


def _remove(
    audio: Path, manifest: dict[str, Rendered], chosen: set[Language], needed: set[str]
) -> Iterator[str]:
    for language in sorted(chosen):
        for path in sorted((audio / language).glob("*.wav")):
            if (name := f"{language}/{path.stem}") not in needed:
                path.unlink()
                yield f"removed {name}"
        for name in [name for name in manifest if name.startswith(f"{language}/")]:
            if name not in needed:
                del manifest[name]


def faults(catalogue: Catalogue, audio: Path, languages: Iterable[Language]) -> list[str]:
    """Everything that is wrong with the recordings of these languages, one line each."""
    found: list[str] = []
    chosen = set(languages)
    manifest = _manifest(audio)
    for (language, piece), text in sorted(catalogue.texts().items()):
        if language not in chosen:
            continue
        name = f"{language}/{piece}"
        path, known = audio / f"{name}.wav", manifest.get(name)
        if known is not None and known.source != Reading(language, text).source:
            found.append(f"{name}: its text or voice has changed since it was rendered")
        found += [f"{name}: {fault}" for fault in _file_faults(path, sound.SPEECH_LEVEL)]
        found += [f"{name}: {fault}" for fault in _pace_faults(path, language, text)]
    needed = {f"{language}/{piece}" for language, piece in catalogue.texts()}
    for language in sorted(chosen):
        for path in sorted((audio / language).glob("*.wav")):
            if f"{language}/{path.stem}" not in needed:
                found.append(f"{language}/{path.stem}: nothing says it")
    for name, level in (("hold_music", MUSIC_LEVEL), ("beep", BEEP_LEVEL), ("silence", None)):
        path = audio / "common" / f"{name}.wav"
        found += [f"common/{name}: {fault}" for fault in _file_faults(path, level)]
    return found


def plausible(language: Language, text: str) -> tuple[float, float]:
    """The shortest and the longest time in seconds that reading a text may take."""
    sounded = sum(map(str.isalnum, text))
    rests = sum(text.count(mark) for mark in _CLAUSE + _SENTENCE)
    fastest, slowest, besides = PACE[language]
    return fastest * sounded, slowest * sounded + 0.4 * rests + besides


def _file_faults(path: Path, level: float | None) -> Iterator[str]:
    """What is wrong with a file by itself; `level` None is for one that is to be silent."""
    if not path.exists():
        yield "is not there"
        return
    try:
        measured = sound.measures(sound.read(path))
    except UnreadablePiece:
        yield "is not a WAV file that the line plays: 8 kHz, mono; µ-law, A-law or 16 bits"
        return
    if level is None:
        if measured.peak > -60:
            yield f"is to be silent, has peaks of {measured.peak:.1f} dBFS"
        return
    if abs(measured.level - level) > LEVEL_TOLERANCE:
        yield f"is at {measured.level:.1f} dBFS, wanted {level:.0f} ± {LEVEL_TOLERANCE}"
    if measured.peak > PEAK_LIMIT:
        yield f"is clipped: {measured.peak:.1f} dBFS"
    if measured.lead > LONGEST_EDGE or measured.tail > LONGEST_EDGE:
        yield f"is silent for {measured.lead} ms before and {measured.tail} ms after the speech"


def _pace_faults(path: Path, language: Language, text: str) -> Iterator[str]:
    try:
        seconds = sound.measures(sound.read(path)).duration / 1000
    except (OSError, UnreadablePiece):
        return  # told by _file_faults
    shortest, longest = plausible(language, text)
    if not shortest <= seconds <= longest:
        yield f"takes {seconds:.2f} s, its text {shortest:.2f} to {longest:.2f} s"


def _rests(text: str, *, shared: bool) -> tuple[float, float]:
    """Seconds of silence before and after: hardly any around shared pieces, so that they join."""
    if shared:
        return 0.005, 0.02
    before, after = re.match(r"[^\w\s]?", text), text.rstrip()[-1]
    return 0.04 + _rest(before.group() if before else ""), 0.04 + _rest(after)


def _rest(mark: str) -> float:
    if not mark:
        return 0.0
    return 0.22 if mark in _SENTENCE else 0.12 if mark in _CLAUSE else 0.0


def _manifest(audio: Path) -> dict[str, Rendered]:
    path = audio / MANIFEST
    lines = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {name: Rendered(**line) for name, line in lines.items()}


def _hash(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()
