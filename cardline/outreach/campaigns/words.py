"""The words of campaigns: the opening that an agent reads out (row D3), the task it leaves (C5)."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from cardline.cards.model import Language
from cardline.core.home import home
from cardline.core.yaml_text import parse_yaml
from cardline.outreach.campaigns.model import Campaign

WORDS = Path(__file__).parent / "words.yaml"
_LANGUAGES: tuple[Language, ...] = ("zh", "en")


def opening_to_read(campaign: Campaign, *, number: str, name: str) -> dict[Language, list[str]]:
    """Return the sentences of the opening in both languages, as this agent says them.

    ``number`` and ``name`` are the agent's own: whoever is called may write them down.
    """
    values = {
        "number": number,
        "name": name,
        "minutes": campaign.minutes,
        "times": campaign.retries + 1,
    }
    parts = ("hello", f"purpose.{campaign.kind}", "length", "stop", "ask")
    return {
        language: [_words()[part][language].format(**values) for part in parts]
        for language in _LANGUAGES
    }


def complained_task(campaign: Campaign, *, note: str) -> str:
    """Return what the bank's own people are to do for somebody who complained in a call."""
    tongue = home().language
    said = [_words()["complained"][tongue].format(campaign=campaign.name)]
    said += [_words()["complained.note"][tongue].format(note=note.strip())] if note.strip() else []
    return "".join(said)


@cache
def _words() -> Mapping[str, Mapping[Language, str]]:
    found: Mapping[str, Mapping[Language, str]] = parse_yaml(WORDS.read_text(encoding="utf-8"))
    return found
