"""What people read of a pack: its index on paper (PDF/A), and how to check it."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from cardline.cards.model import Language
from cardline.core.masking import mask_phone
from cardline.core.transaction import JsonObject
from cardline.evidence.packs.decision_words import DecisionWords
from cardline.evidence.packs.form import RECORDINGS
from cardline.evidence.packs.making import FileTold, Index
from cardline.evidence.packs.model import Subject
from cardline.evidence.packs.volumes import LINES_OF_A_VOLUME, Chapter, Row, folded, in_volumes
from cardline.ports.paper import Typesetter

_FOLDER: Final = Path(__file__).parent
_TEMPLATE: Final = _FOLDER / "templates" / "index.typ"
_LANGUAGES: Final[tuple[Language, Language]] = ("zh", "en")
_OF_TEMPLATE: Final = ("footer", "page", "missing", "proved-yes", "proved-no")
_HEADINGS: Final = ("contents", "proved", "check")
_NAMED: Final = 6
"""Conversations that are named one by one on the first page."""


class PaperPages:
    """Sets the index, in the language of the pack; its headings stand in the other one too."""

    def __init__(
        self,
        typesetter: Typesetter,
        words: DecisionWords,
        zone: ZoneInfo,
        *,
        lines: int = LINES_OF_A_VOLUME,
    ) -> None:
        self._typesetter = typesetter
        self._words = words
        self._zone = zone
        self._lines = lines
        self._texts = tomllib.loads((_FOLDER / "texts.toml").read_text(encoding="utf-8"))

    async def pages(self, index: Index) -> list[tuple[str, bytes]]:
        """Return ``index.pdf``, further volumes where it is long, and ``check.txt``."""
        chapters = self._chapters(index)
        volumes = in_volumes(chapters, most=self._lines)
        starts: dict[str, int] = {}
        for number, held in enumerate(volumes, 1):
            for one in held:
                starts.setdefault(one.name, number)
        pages = []
        for number, held in enumerate(volumes, 1):
            data = self._volume(index, held, number=number)
            if number == 1:
                data |= self._front(index, chapters, starts)
            pdf = await self._typesetter.typeset(_TEMPLATE, data, at=index.made_at)
            pages.append(("index.pdf" if number == 1 else f"index-{number}.pdf", pdf))
        return [*pages, self._how_to_check(index)]

    def _volume(self, index: Index, chapters: Sequence[Chapter], *, number: int) -> JsonObject:
        language = index.subject.language
        title, lead = "title", f"lead-{index.subject.audience}"
        if number > 1:
            title, lead = "volume", "lead-volume"
        return {
            "lang": language,
            "first": number == 1,
            "title": self._say(title, language, number=number),
            "title-two": self._two(title, language, number=number),
            "number": index.pack,
            "lead": self._say(lead, language),
            "words": {key: self._say(key, language) for key in _OF_TEMPLATE}
            | {key: self._two(key, language) for key in _HEADINGS},
            "chapters": [
                {
                    "name": one.name,
                    "title": list(one.title),
                    "kind": one.kind,
                    "lead": one.lead,
                    "head": list(one.head),
                    "count": one.count,
                    "rows": [row.told for row in one.rows],
                    "note": one.note,
                    "missing": list(one.missing),
                }
                for one in chapters
            ],
        }

    def _front(
        self, index: Index, chapters: Sequence[Chapter], starts: Mapping[str, int]
    ) -> JsonObject:
        language = index.subject.language
        contents = [
            {
                "name": one.name,
                "title": one.title[0],
                "count": str(one.count) if one.count is not None else "",
                "where": ""
                if starts[one.name] == 1
                else self._say("in-volume", language, number=starts[one.name]),
            }
            for one in chapters
        ]
        heads = ("contents-what", "contents-count", "contents-where")
        return {
            "facts": self._facts(index),
            "contents": contents,
            "contents-head": [self._say(key, language) for key in heads],
            "proved": self._proved(index),
            "unproved": self._unproved(index),
            "check": [[str(one), self._say(f"check-{one}", language)] for one in range(1, 5)],
            "fingerprints": self._fingerprints(index),
        }

    def _facts(self, index: Index) -> list[list[str]]:
        language = index.subject.language
        kind, _, who = index.made_by.partition(":")
        by = kind if kind in ("holder", "operator") else "staff"
        times = [item.at for section in index.sections for item in section.items]
        facts = [
            ("number", index.pack),
            ("about", self._about(index.subject)),
            ("made", self._when(index.made_at)),
            ("by", self._say(f"by-{by}", language, number=who or kind)),
            ("for", self._say(f"for-{index.subject.audience}", language)),
            ("reason", index.reason),
        ]
        if index.subject.complaint:
            facts.append(("complaint", index.subject.complaint))
        if times:
            first, last = (
                f"{at.astimezone(self._zone):%Y-%m-%d}" for at in (min(times), max(times))
            )
            facts.append(("period", self._say("period-text", language, first=first, last=last)))
        offset = f"{index.made_at.astimezone(self._zone):%z}"
        own = f"zone-{self._zone.key}"
        key = own if own in self._texts else "zone-text"
        told = self._say(key, language, zone=self._zone.key, offset=offset)
        facts.append(("zone", told))
        return [[self._say(key, language), value] for key, value in facts]

    def _about(self, subject: Subject) -> str:
        """Say whom and what it is about; numbers masked, since packs are handed on."""
        language = subject.language
        if subject.holder is None:
            about = self._say("about-nobody", language)
        else:
            numbers = ", ".join(mask_phone(one) for one in sorted(subject.numbers))
            key = "about-holder" if numbers else "about-holder-alone"
            about = self._say(key, language, holder=subject.holder, numbers=numbers)
        if subject.interactions:
            alone = ", ".join(subject.interactions[:_NAMED])
            key = "about-these" if len(subject.interactions) <= _NAMED else "about-many"
            count = len(subject.interactions)
            about += "\n" + self._say(key, language, interactions=alone, count=count)
        return about

    def _proved(self, index: Index) -> list[str]:
        language = index.subject.language
        found = [
            self._say("proved-signed", language, key=index.key.id),
            self._say("proved-journal", language, entries=index.entries),
        ]
        if index.root is not None:
            at = self._when(index.root.at)
            found.append(self._say("proved-root", language, at=at, number=index.root.number))
        recordings = sum(1 for _, one in _files(index) if one.name.startswith(RECORDINGS))
        if recordings:
            found.append(self._say("proved-recordings", language, count=recordings))
        if index.cut:
            found.append(self._say("proved-cut", language, entries=index.cut))
        return found

    def _unproved(self, index: Index) -> list[str]:
        keys = ["key", "history", "word", "else", *(["root"] if index.root is None else [])]
        return [self._say(f"unproved-{key}", index.subject.language) for key in keys]

    def _fingerprints(self, index: Index) -> list[list[str]]:
        language = index.subject.language
        told = [("key", str(index.key.id)), ("public", _grouped(index.key.public))]
        if index.root is None:
            told.append(("root", self._say("no-root", language)))
        else:
            at = self._when(index.root.at)
            root = self._say("root-text", language, number=index.root.number, at=at)
            told += [("root", root), ("root-hash", _grouped(index.root.root))]
        return [[self._say(key, language), value] for key, value in told]

    def _chapters(self, index: Index) -> list[Chapter]:
        language = index.subject.language
        chapters = []
        for section in index.sections:
            count, name = section.records, section.name
            note = "records" if count else "nothing"
            chapters.append(
                Chapter(
                    name,
                    (section.titles[language], section.titles[_other(language)]),
                    "items",
                    rows=self._items(index, name),
                    count=count,
                    note=self._say(note, language, count=count, name=name),
                    missing=section.missing,
                )
            )
        decisions = self._decisions(index)
        recordings, others = self._recordings(index), self._other_files(index)
        heads = ("recordings-when", "recordings-length", "recordings-file")
        head = tuple(self._say(key, language) for key in heads)
        nothing = self._say("nothing", language)
        chapters.append(
            Chapter(
                "recordings",
                self._two("recordings", language),
                "files",
                rows=recordings,
                count=len(recordings),
                head=head,
                note="" if recordings else nothing,
            )
        )
        if others:
            chapters.append(
                Chapter(
                    "files",
                    self._two("files", language),
                    "files",
                    rows=others,
                    count=len(others),
                    head=head,
                )
            )
        chapters.append(
            Chapter(
                "decisions",
                self._two("decisions", language),
                "decisions",
                rows=decisions,
                count=len(index.decisions),
                lead=self._say("decisions-lead", language),
                note="" if decisions else nothing,
            )
        )
        journal = self._say("journal-text", language, streams=index.streams, entries=index.entries)
        if index.cut:
            journal += ("" if language == "zh" else " ") + self._say(
                "journal-cut", language, entries=index.cut
            )
        chapters.append(Chapter("journal", self._two("journal", language), "items", note=journal))
        return chapters

    def _items(self, index: Index, section: str) -> tuple[Row, ...]:
        rows = []
        for item in next(one.items for one in index.sections if one.name == section):
            files = index.files.get(item.id, ())
            told: JsonObject = {
                "id": item.id,
                "when": self._when(item.at),
                "title": item.title,
                "lines": [
                    {"when": self._within(line.at, item.at), "who": line.who, "text": line.text}
                    for line in item.lines
                ],
                "files": [[one.name, one.title] for one in files],
            }
            words = sum(len(line.text) for line in item.lines)
            rows.append(Row(told, 1 + len(item.lines) + len(files) + words // 100))
        return tuple(rows)

    def _recordings(self, index: Index) -> tuple[Row, ...]:
        at = {item.id: item.at for section in index.sections for item in section.items}
        found = [(of, one) for of, one in _files(index) if one.name.startswith(RECORDINGS)]
        found.sort(key=lambda one: (str(at.get(one[0], "")), one[1].name), reverse=True)
        return tuple(
            Row([self._when(at[of]) if of in at else "", one.title, one.name]) for of, one in found
        )

    def _other_files(self, index: Index) -> tuple[Row, ...]:
        shown = {item.id for section in index.sections for item in section.items}
        return tuple(
            Row(["", one.title, one.name])
            for of, one in _files(index)
            if of not in shown and not one.name.startswith(RECORDINGS)
        )

    def _decisions(self, index: Index) -> tuple[Row, ...]:
        language = index.subject.language
        rows = []
        for one, last, count in folded(index.decisions):
            when = self._when(one.at)
            if count > 1:
                until = self._within(last.at, one.at)
                when += "\n" + self._say("times", language, count=count, until=until)
            about = self._words.about(one.about, language)
            kind = self._words.kind(one.kind, language)
            told: JsonObject = {
                "when": when,
                "what": f"{kind} · {about}" if about else kind,
                "allowed": one.allowed,
                "result": self._say("allowed" if one.allowed else "refused", language),
                "reasons": [
                    [self._words.reason(code, language), source] for code, source in one.reasons
                ],
                "rule": " · ".join(
                    (one.rule, one.stream, self._say("entry", language, seq=one.seq))
                ),
            }
            rows.append(Row(told))
        return tuple(rows)

    def _how_to_check(self, index: Index) -> tuple[str, bytes]:
        """``check.txt``, in both languages: a third party may read another one."""
        values = {"key": index.key.id, "public": index.key.public.hex()}
        texts = [self._say("check-file", one, **values).strip() for one in _LANGUAGES]
        return "check.txt", ("\n\n\n".join(texts) + "\n").encode()

    def _say(self, key: str, language: Language, /, **values: object) -> str:
        text = str(self._texts[key][language])
        return text.format(**values) if values else text

    def _two(self, key: str, language: Language, /, **values: object) -> tuple[str, str]:
        return self._say(key, language, **values), self._say(key, _other(language), **values)

    def _when(self, at: datetime) -> str:
        local = at.astimezone(self._zone)
        return f"{local:%Y-%m-%d}" if local.time() == time() else f"{local:%Y-%m-%d %H:%M:%S}"

    def _within(self, at: datetime | None, whole: datetime) -> str:
        """A time within something: the clock alone on the same day."""
        if at is None:
            return ""
        local = at.astimezone(self._zone)
        same = local.date() == whole.astimezone(self._zone).date()
        return f"{local:%H:%M:%S}" if same else self._when(at)


def _files(index: Index) -> Iterable[tuple[str, FileTold]]:
    return ((of, one) for of, each in sorted(index.files.items()) for one in each)


def _other(language: Language) -> Language:
    return "en" if language == "zh" else "zh"


def _grouped(value: bytes) -> str:
    """Hexadecimal as people compare it: four digits and a gap."""
    digits = value.hex()
    return " ".join(digits[place : place + 4] for place in range(0, len(digits), 4))
