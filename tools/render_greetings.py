"""Speaks what people and machines say first, for `bench.machines`.

`python -m tools.render_greetings`. The texts stand in `bench/greetings/texts.toml`; each speaker of
a half says all of its texts. What is written is µ-law at 8 kHz without silence at its edges, since
pauses are the benchmark's to make.
"""

import argparse
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from tools.prompt_audio import sound
from tools.prompt_audio.voices import Reading, VoiceFailed, speak

FOLDER = Path(__file__).parents[1] / "bench" / "greetings"


def wanted(halves: list[dict[str, Any]]) -> dict[Reading, Path]:
    """Return every reading with the file that it belongs in."""
    found: dict[Reading, Path] = {}
    for half in halves:
        for speaker in half["speakers"]:
            for kind in ("people", "machines"):
                for number, text in enumerate(half[kind]):
                    name = f"{half['language']}-{speaker}-{number}.wav"
                    reading = Reading(half["language"], text, by=speaker)
                    found[reading] = FOLDER / half["name"] / kind / name
    return found


def main() -> int:
    """Render all that is missing. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.render_greetings", description=__doc__)
    cache = Path(tempfile.gettempdir()) / "cardline-voices"
    parser.add_argument("--cache", type=Path, default=cache, help="where the voices are kept")
    halves = tomllib.loads((FOLDER / "texts.toml").read_text(encoding="utf-8"))["half"]
    files = wanted(halves)
    missing = {reading: path for reading, path in files.items() if not path.exists()}
    try:
        for reading, speech in speak(missing, parser.parse_args().cache):
            path = missing[reading]
            path.parent.mkdir(parents=True, exist_ok=True)
            sound.write(path, sound.for_telephone(speech, lead=0.0, tail=0.0))
    except VoiceFailed as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{len(files)} greetings, {len(missing)} of them new")
    return 0


if __name__ == "__main__":
    sys.exit(main())
