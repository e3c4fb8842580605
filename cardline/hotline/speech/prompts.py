"""What the hotline says: prompts with values, as recordings and as text (rows A1, A3, B1, B2).

A prompt's text may hold slots, `{name:kind}`. The text between slots is recorded in pieces of its
own, named after the prompt and their place in it (`balance_is.0`, `balance_is.1`); what fills a
slot is said from shared pieces (see `numbers`). Pure, but for `load_catalogue`, which reads
one file.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NewType, cast, get_args

import yaml

from cardline.core.yaml_text import SAFE_LOADER
from cardline.hotline.speech.numbers import SPOKEN, Language, PieceId, Pieces
from cardline.hotline.speech.values import (
    KINDS,
    Kind,
    SpeechError,
    UnfitValue,
    Value,
    spoken,
    written,
)

PromptId = NewType("PromptId", str)

LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
CATALOGUE_FILE: Final = Path(__file__).parent.parent / "prompts" / "catalogue.yaml"
_SLOT: Final = re.compile(r"\{(?P<name>[a-z][a-z0-9_]*):(?P<kind>[a-z_]+)\}")
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")


class CatalogueInvalid(SpeechError):
    """The catalogue has faults: `faults` holds all, each with its line, prompt and language."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class UnknownPrompt(SpeechError):
    """No prompt has this name, or it has no text in this language."""


@dataclass(frozen=True, slots=True)
class Literally:
    """Words between slots. `piece` is None where nothing is heard: punctuation only, or no text."""

    text: str
    piece: PieceId | None


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a value."""

    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt in one language. Literals and slots take turns; literals start and end it."""

    id: PromptId
    language: Language
    literals: tuple[Literally, ...]
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All prompts in all languages, and the texts of shared pieces; see `parse_catalogue`."""

    prompts: Mapping[tuple[PromptId, Language], Prompt]
    shared: Mapping[tuple[Language, PieceId], str]

    def utterance(
        self, prompt: PromptId, language: Language, values: Mapping[str, Value]
    ) -> Pieces:
        """The recordings to play, in order (row A1). Raises UnknownPrompt, UnfitValue."""
        found = self._find(prompt, language, values)
        said: list[PieceId] = []
        for place, literal in enumerate(found.literals):
            if literal.piece is not None:
                said.append(literal.piece)
            if place < len(found.slots):
                slot, after = found.slots[place], found.literals[place + 1].text
                with _named(found, slot):
                    said += spoken(
                        slot.kind, values[slot.name], language, before=literal.text, after=after
                    )
        return tuple(said)

    def transcript(self, prompt: PromptId, language: Language, values: Mapping[str, Value]) -> str:
        """The same as text for a call's timeline: "欠款为1,234.50元。". Raises as `utterance`."""
        found = self._find(prompt, language, values)
        text = found.literals[0].text
        for slot, literal in zip(found.slots, found.literals[1:], strict=True):
            with _named(found, slot):
                text += written(slot.kind, values[slot.name], language) + literal.text
        return text

    def texts(self) -> dict[tuple[Language, PieceId], str]:
        """Every piece that is recorded, with the words to be read."""
        literals = {
            (prompt.language, literal.piece): literal.text
            for prompt in self.prompts.values()
            for literal in prompt.literals
            if literal.piece is not None
        }
        return {**literals, **self.shared}

    def _find(self, prompt: PromptId, language: Language, values: Mapping[str, Value]) -> Prompt:
        try:
            found = self.prompts[prompt, language]
        except KeyError:
            raise UnknownPrompt(f"no prompt {prompt!r} in language {language!r}") from None
        wanted = {slot.name for slot in found.slots}
        if odd := sorted(wanted ^ values.keys()):
            raise UnfitValue(
                f"prompt {prompt} ({language}): missing or not asked for: {', '.join(odd)}"
            )
        return found


def pieces_needed(catalogue: Catalogue) -> set[tuple[Language, PieceId]]:
    """Every recording that the catalogue's prompts, with any values, may play."""
    return set(catalogue.texts())


def load_catalogue(path: Path = CATALOGUE_FILE) -> Catalogue:
    """Read a catalogue file. Raises CatalogueInvalid with all its faults, or OSError."""
    return parse_catalogue(path.read_text(encoding="utf-8"))


def parse_catalogue(source: str) -> Catalogue:
    """Read a catalogue's YAML (see `prompts/README.md`). Raises CatalogueInvalid."""
    return _Reader().read(source)


@contextmanager
def _named(prompt: Prompt, slot: Slot) -> Iterator[None]:
    try:
        yield
    except UnfitValue as error:
        raise UnfitValue(f"prompt {prompt.id} ({prompt.language}): {slot.name} {error}") from error


def _heard(text: str) -> bool:
    return any(map(str.isalnum, text))


class _Reader:
    """Walks the YAML nodes, because they know their lines and show keys that stand twice."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def read(self, source: str) -> Catalogue:
        try:
            root = yaml.compose(source, Loader=SAFE_LOADER)
        except yaml.YAMLError as error:
            raise CatalogueInvalid((f"not YAML: {error}",)) from error
        areas = self._mapping(root, "catalogue")
        for area in areas.keys() ^ {"prompts", "pieces"}:
            self.faults.append(f"catalogue: it has prompts and pieces; see {area!r}")
        prompts = self._prompts(areas["prompts"]) if "prompts" in areas else {}
        shared = self._shared(areas["pieces"]) if "pieces" in areas else {}
        if self.faults:
            raise CatalogueInvalid(tuple(self.faults))
        return Catalogue(prompts, shared)

    def _prompts(self, node: yaml.Node) -> dict[tuple[PromptId, Language], Prompt]:
        prompts: dict[tuple[PromptId, Language], Prompt] = {}
        for name, texts in self._mapping(node, "prompts").items():
            if not _NAME.fullmatch(name):
                self._fault(texts, f"prompt {name!r}: a name is lower-case letters, digits and _")
            prompt = PromptId(name)
            slots: dict[Language, set[tuple[str, str]]] = {}
            for language, text in self._by_language(texts, f"prompt {name}").items():
                prompts[prompt, language] = found = self._prompt(prompt, language, text)
                slots[language] = {
                    (slot.name, slot.kind.replace("date_year", "date")) for slot in found.slots
                }
            if len(set(map(frozenset, slots.values()))) > 1:
                self._fault(texts, f"prompt {name}: its slots differ between languages")
        return prompts

    def _prompt(self, prompt: PromptId, language: Language, node: yaml.Node) -> Prompt:
        where = f"prompt {prompt} ({language})"
        text = self._text(node, where)
        slots: list[Slot] = []
        for match in _SLOT.finditer(text):
            if match["kind"] not in KINDS:
                self._fault(node, f"{where}: {match['kind']!r} is no kind of slot")
            slots.append(Slot(match["name"], cast(Kind, match["kind"])))
        literals = _SLOT.sub("\0", text).split("\0")
        if any(brace in literal for literal in literals for brace in "{}"):
            self._fault(node, f"{where}: a brace outside of a slot {{name:kind}}")
        if text and not slots and not _heard(text):
            self._fault(node, f"{where}: nothing to say")
        return Prompt(
            prompt,
            language,
            tuple(
                Literally(literal, PieceId(f"{prompt}.{place}") if _heard(literal) else None)
                for place, literal in enumerate(literals)
            ),
            tuple(slots),
        )

    def _shared(self, node: yaml.Node) -> dict[tuple[Language, PieceId], str]:
        shared: dict[tuple[Language, PieceId], str] = {}
        for language, pieces in self._by_language(node, "pieces").items():
            texts = self._mapping(pieces, f"pieces ({language})")
            known = SPOKEN[language].vocabulary()
            for piece in sorted(known - texts.keys()):
                self._fault(pieces, f"pieces ({language}): {piece} has no text")
            for name, text in texts.items():
                if name not in known:
                    self._fault(text, f"pieces ({language}): {name} is never said")
                shared[language, PieceId(name)] = self._text(text, f"pieces ({language}): {name}")
        return shared

    def _by_language(self, node: yaml.Node, what: str) -> dict[Language, yaml.Node]:
        texts = self._mapping(node, what)
        for name in texts.keys() ^ set(LANGUAGES):
            self._fault(node, f"{what} ({name}): missing, or not a language that can be spoken")
        return {language: texts[language] for language in LANGUAGES if language in texts}

    def _mapping(self, node: yaml.Node | None, what: str) -> dict[str, yaml.Node]:
        found: dict[str, yaml.Node] = {}
        if not isinstance(node, yaml.MappingNode):
            self._fault(node, f"{what}: a mapping is wanted here")
            return found
        for key, value in node.value:
            if key.value in found:
                self._fault(key, f"{what}: {key.value!r} stands twice")
            found[str(key.value)] = value
        return found

    def _text(self, node: yaml.Node, what: str) -> str:
        if isinstance(node, yaml.ScalarNode) and node.value.strip():
            return str(node.value)
        self._fault(node, f"{what}: a text is wanted here")
        return ""

    def _fault(self, node: yaml.Node | None, fault: str) -> None:
        line = node.start_mark.line + 1 if node is not None else 1
        self.faults.append(f"line {line}: {fault}")
