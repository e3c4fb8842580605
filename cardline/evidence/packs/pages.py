"""What people read of a pack: an index as one accessible page, and how to check it."""

import tomllib
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from cardline.cards.model import Language
from cardline.evidence.packs.making import Index

_FOLDER = Path(__file__).parent


class HtmlPages:
    """Makes the index as HTML, in the language of the pack."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._texts = tomllib.loads((_FOLDER / "texts.toml").read_text(encoding="utf-8"))
        self._templates = Environment(
            loader=FileSystemLoader(_FOLDER / "templates"),
            autoescape=select_autoescape(("html",)),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def index(self, index: Index) -> tuple[str, bytes]:
        """Return ``index.html``."""
        language = index.subject.language
        page = self._templates.get_template("index.html").render(
            index=index,
            language=language,
            t=lambda key, **values: self._text(key, language, **values),
            when=self._when,
        )
        return "index.html", page.encode()

    def how_to_check(self, index: Index) -> tuple[str, bytes]:
        """Return ``check.txt``, in both languages: a third party may read another one."""
        values = {"key": index.key.id, "public": index.key.public.hex()}
        languages: tuple[Language, ...] = ("zh", "en")
        texts = [self._text("check-file", one, **values).strip() for one in languages]
        return "check.txt", ("\n\n\n".join(texts) + "\n").encode()

    def _text(self, key: str, language: Language, /, **values: object) -> str:
        return str(self._texts[key][language]).format(**values)

    def _when(self, at: datetime) -> str:
        return f"{at.astimezone(self._zone):%Y-%m-%d %H:%M:%S}"
