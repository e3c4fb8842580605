"""Renders the hotline's recordings from their texts: `python -m tools.render_prompts` (row A1).

Only what has changed is rendered. `--check` needs no voices; it lists what is wrong and exits 1.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import get_args

from cardline.hotline.speech.numbers import Language
from cardline.hotline.speech.prompts import CATALOGUE_FILE, load_catalogue
from cardline.hotline.speech.values import SpeechError
from tools.prompt_audio.recordings import faults, refresh
from tools.prompt_audio.voices import VoiceFailed

AUDIO = CATALOGUE_FILE.parent / "audio"


def main() -> int:
    """Render or check. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.render_prompts", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only list what is wrong")
    parser.add_argument("--language", choices=get_args(Language), help="only this language")
    parser.add_argument(
        "--cache",
        type=Path,
        default=Path(tempfile.gettempdir()) / "cardline-voices",
        help="where the voices and what they said are kept (default: %(default)s)",
    )
    chosen = parser.parse_args()
    languages = [chosen.language] if chosen.language else list(get_args(Language))
    try:
        catalogue = load_catalogue()
        if not chosen.check:
            for line in refresh(catalogue, AUDIO, languages, chosen.cache):
                print(line)
    except (SpeechError, VoiceFailed) as error:
        print(error, file=sys.stderr)
        return 1
    found = faults(catalogue, AUDIO, languages)
    print(*found, f"{len(found)} faults", sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
