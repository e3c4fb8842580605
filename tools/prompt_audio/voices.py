"""The rendering voices, in an environment of their own that is made when it is first needed.

Nothing of it is a dependency of Cardline: banks put their own recordings in place.
"""

import json
import os
import subprocess
import sys
import venv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

import numpy as np

from cardline.hotline.speech.numbers import Language
from tools.prompt_audio.sound import Samples

SPEAKERS: Final[dict[Language, str]] = {"zh": "zf_xiaoyi", "en": "af_heart"}
MODEL: Final = "Kokoro-82M v1.0 int8"
TAKE: Final = "1"
"""Raise it when `synthesize.py` is changed so that everything is to be spoken anew."""
PINS: Final = Path(__file__).with_name("voices.txt")


class VoiceFailed(RuntimeError):
    """The voice environment could not be made, or the voice did not speak."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A text to be read in a language."""

    language: Language
    text: str
    by: str = ""
    """Another speaker than the one of the prompts."""

    @property
    def speaker(self) -> str:
        """Whose voice reads it."""
        return self.by or SPEAKERS[self.language]

    @property
    def source(self) -> str:
        """The hash of the text and of the voice: with another one, the recording is stale."""
        voice = f"{MODEL}/{self.speaker}/{TAKE}"
        return sha256(f"{voice}\n{self.text}".encode()).hexdigest()


def speak(readings: Iterable[Reading], cache: Path) -> Iterator[tuple[Reading, Samples]]:
    """Yield each reading with its speech at 24 kHz. What the cache has is not spoken again.

    Raises VoiceFailed.
    """
    folder = cache / "speech"
    folder.mkdir(parents=True, exist_ok=True)
    wanted = list(readings)
    spoken = {reading: folder / f"{reading.source}.f32" for reading in wanted}
    if missing := [reading for reading, file in spoken.items() if not file.exists()]:
        jobs = cache / "jobs.json"
        jobs.write_text(json.dumps([_job(reading) for reading in missing]), encoding="utf-8")
        worker = Path(__file__).with_name("synthesize.py")
        _run([str(_environment(cache)), str(worker), str(jobs), str(folder)], cache)
    for reading, file in spoken.items():
        yield reading, np.fromfile(file, dtype=np.float32).astype(np.float64)


def _job(reading: Reading) -> dict[str, str]:
    return {
        "name": reading.source,
        "language": reading.language,
        "speaker": reading.speaker,
        "text": reading.text,
    }


def _environment(cache: Path) -> Path:
    """The Python of an environment that holds exactly what is pinned."""
    home = cache / f"voices-{sha256(PINS.read_bytes()).hexdigest()[:12]}"
    python = home / "bin" / "python"
    if not (home / "ready").exists():
        print(f"making the voice environment in {home}", file=sys.stderr)
        venv.create(home, with_pip=True, clear=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--no-deps"]
        _run([*pip, "--requirement", str(PINS)], cache)
        (home / "ready").touch()
    return python


def _run(command: list[str], cache: Path) -> None:
    """Run a program; what it keeps for itself goes to the cache, too."""
    kept = {"KOKORO_JA_CACHE": str(cache / "model"), "TMPDIR": str(cache)}
    try:
        subprocess.run(command, check=True, env={**os.environ, **kept}, stdout=sys.stderr)
    except (OSError, subprocess.CalledProcessError) as error:
        raise VoiceFailed(f"the voice environment in {cache}: {error}") from error
