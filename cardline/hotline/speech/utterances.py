"""From what is to be said to the recordings to play and the text for the record."""

from collections.abc import Iterable
from datetime import date, time
from decimal import Decimal

from cardline.cards.model import Language
from cardline.hotline.flows.checking import Recorded
from cardline.hotline.flows.model import Speak, Utterance
from cardline.hotline.speech.prompts import Catalogue, PromptId, pieces_needed
from cardline.hotline.speech.values import SpeechError, Value

_SPEAKABLE = (int, str, Decimal, date, time)

HOLD_MUSIC = "common/hold_music"
BEEP = "common/beep"


def pieces(catalogue: Catalogue, speak: Speak) -> tuple[str, ...]:
    """Return the names of the recordings, in the order in which they are heard."""
    return tuple(
        f"{language}/{piece}"
        for language in speak.languages
        for utterance in speak.utterances
        for piece in catalogue.utterance(
            PromptId(utterance.prompt), language, _fitting(catalogue, utterance, language)
        )
    )


def text(catalogue: Catalogue, speak: Speak) -> str:
    """Return what is said, as text in the first of the languages."""
    language = speak.languages[0]
    return "".join(
        catalogue.transcript(
            PromptId(utterance.prompt), language, _fitting(catalogue, utterance, language)
        )
        for utterance in speak.utterances
    )


def _fitting(catalogue: Catalogue, utterance: Utterance, language: Language) -> dict[str, Value]:
    """Only the values that the prompt has slots for: a call remembers more than it says."""
    prompt = catalogue.prompts.get((PromptId(utterance.prompt), language))
    wanted = {slot.name for slot in prompt.slots} if prompt else set()
    return {
        name: value
        for name, value in utterance.values.items()
        if name in wanted and isinstance(value, _SPEAKABLE)
    }


def recorded_in(catalogue: Catalogue, names: Iterable[str]) -> Recorded:
    """Return the check whether a prompt can be played; ``names`` are the recordings at hand."""
    have = frozenset(names)
    needed = pieces_needed(catalogue)

    def recorded(prompt: str, language: Language) -> str | None:
        found = catalogue.prompts.get((PromptId(prompt), language))
        if found is None:
            return "is not in the catalogue"
        missing = [
            literal.piece
            for literal in found.literals
            if literal.piece and f"{language}/{literal.piece}" not in have
        ]
        if found.slots:
            missing += [
                piece
                for own, piece in needed
                if own == language
                and (own, piece) in catalogue.shared
                and f"{own}/{piece}" not in have
            ]
        return f"is not recorded: {', '.join(sorted(missing)[:5])}" if missing else None

    return recorded


__all__ = ["BEEP", "HOLD_MUSIC", "SpeechError", "pieces", "recorded_in", "text"]
