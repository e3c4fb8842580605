"""The chat page, put together from its template and its words."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast, get_args

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from cardline.cards.model import Language
from cardline.core.home import home
from cardline.core.yaml_text import parse_yaml
from cardline.messages.catalogue import CatalogueError
from cardline.messages.chat.config import ChatConfig
from cardline.messages.chat.guests import Guest
from cardline.messages.chat.model import Chat, ChatMessage
from cardline.messages.chat.views import show_to_holder

FOLDER = Path(__file__).parent
_MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows."""

    base: str
    guest: Guest
    chat: Chat | None
    messages: list[ChatMessage]
    receipts: tuple[int, int]
    place: int
    language: Language | None


class Pages:
    """Makes the page in both languages."""

    def __init__(self, config: ChatConfig, *, path: Path = FOLDER / "pages.yaml") -> None:
        raw = parse_yaml(path.read_text(encoding="utf-8"))
        for name, entry in raw.items():
            if entry.keys() != set(get_args(Language)):
                raise CatalogueError(f"{path.name}: {name} needs a text in every language")
        self._words: dict[Language, dict[str, str]] = {
            language: {name: str(entry[language]) for name, entry in raw.items()}
            for language in get_args(Language)
        }
        self._config = config
        environment = Environment(
            loader=FileSystemLoader(FOLDER / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._template = environment.get_template("chat.html")

    def language(self, request: Request, asked: str | None, chat: Chat | None) -> Language:
        """Return the language of a page: as asked, as the chat has it, as the browser prefers."""
        for known in get_args(Language):
            if asked == known:
                return cast(Language, known)
        if chat is not None:
            return chat.language
        preferred = request.headers.get("accept-language", "").strip().lower()
        return "en" if preferred.startswith("en") else "zh"

    def refusal(self, code: str, language: Language, config: ChatConfig) -> str:
        """Say why something was refused."""
        texts, policy = config.texts, config.policy
        if code == "cookies":
            return self._words[language]["cookies"]
        name = code if code in texts.texts else "page-stale"
        return texts.say(
            name,
            language,
            megabytes=policy.files.most_bytes // _MEGABYTE,
            most=policy.message_length,
        )

    def page(
        self,
        given: Shown,
        request: Request,
        *,
        origins: Sequence[str],
        notice: str = "",
        draft: str = "",
        own_window: bool = False,
        most: int | None = None,
        status: int = 200,
    ) -> HTMLResponse:
        """Make the page; ``most``: only so many messages, the newest."""
        chat, guest = given.chat, given.guest
        language = given.language or self.language(request, None, chat)
        words = dict(self._words[language])
        words["file"] = words["file"].format(
            megabytes=self._config.policy.files.most_bytes // _MEGABYTE
        )
        messages = given.messages[-most:] if most else given.messages
        state = chat.state if chat else ""
        html = self._template.render(
            t=words,
            language=language,
            base=given.base,
            csrf=guest.csrf,
            key=secrets.token_hex(12),
            state=state,
            state_text=words[f"state_{state or 'none'}"].replace("{place}", str(given.place)),
            messages=[_line(message, given) for message in messages],
            earlier=len(messages) < len(given.messages),
            last=given.messages[-1].number if given.messages else 0,
            version="",
            notice=notice,
            own_window=own_window,
            draft=draft,
            longest=self._config.policy.message_length,
        )
        response = HTMLResponse(html, status_code=status)
        ancestors = " ".join(origins) or "'none'"
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
            "img-src 'self'; form-action 'self'; base-uri 'none'; "
            f"frame-ancestors {ancestors}"
        )
        response.headers["Cache-Control"] = "no-store"
        guest.set_cookie(request, response, embedded=bool(origins))
        return response


def _line(message: ChatMessage, given: Shown) -> dict[str, Any]:
    shown = show_to_holder(message, base=given.base).model_dump()
    shown["clock"] = f"{message.at.astimezone(home().zone):%H:%M}"
    delivered, read = given.receipts
    shown["tick"] = ""
    if message.author == "holder":
        number = message.number
        shown["tick"] = "read" if number <= read else "delivered" if number <= delivered else "sent"
    return shown
