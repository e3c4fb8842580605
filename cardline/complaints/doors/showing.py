"""What every page for complaints is given: its texts, its limits, and one way to show a fault."""

import secrets
from collections.abc import Mapping
from typing import Final, Protocol

from fastapi import Request, Response
from starlette.datastructures import FormData, UploadFile

from cardline.complaints.doors.config import DoorConfig
from cardline.complaints.doors.model import As, Written
from cardline.complaints.words import word
from cardline.core.errors import CardlineError
from cardline.portal.guarding import files_in, text_in
from cardline.portal.keeping import SafeFile
from cardline.portal.model import HolderSession
from cardline.portal.uploading import take_files
from cardline.portal.web import Pages, PortalServices, view_of

COMPLAIN: Final = "/complain"
"""Where anybody complains."""
_KEY = 80
_TYPED: Final = ("why", "facts")


class DoorServices(PortalServices, Protocol):
    """What these pages need."""

    @property
    def doors(self) -> DoorConfig: ...


class Shown:
    """Makes pages with the texts of complaints."""

    def __init__(self, services: DoorServices, pages: Pages) -> None:
        self._services = services
        self._pages = pages

    def page(
        self,
        request: Request,
        name: str,
        *,
        session: HolderSession | None = None,
        fault: str = "",
        status: int = 0,
        values: Mapping[str, object] | None = None,
    ) -> Response:
        """Return a page; with a fault it says why, and keeps what was typed."""
        config = self._services.doors
        language, _ = view_of(request)
        known: dict[str, object] = {
            "c": lambda key, **given: config.texts.say(key, language, **given),
            "said": lambda part, code: word(part, code).in_(language),
            "key": secrets.token_urlsafe(18),
            "fault": shown_fault(fault, config),
            "values": limits_of(config),
            "most": config.policy.statement_characters,
            "files_at_once": config.files_at_once,
            "representatives": config.complaints.policy.representatives,
            "typed": dict.fromkeys(_TYPED, ""),
        }
        return self._pages.page(
            request,
            name,
            session=session,
            status=status or (422 if fault else 200),
            values={**known, **(values or {})},
        )


def shown_fault(code: str, config: DoorConfig) -> str:
    """Return the fault that has words; those of a file are told as one."""
    if not code or config.texts.has(f"fault.{code}"):
        return code
    return "file" if code.startswith("file-") else "too-late"


def limits_of(config: DoorConfig) -> dict[str, object]:
    """Return the numbers that faults name."""
    return {
        "most": config.policy.statement_characters,
        "name": config.policy.name_characters,
        "files": config.files_at_once,
        "count": config.complaints.policy.representatives,
        "mb": config.files.policy.most_bytes // 1_048_576,
        "hotline": config.complaints.sms.hotline,
    }


def written_in(request: Request, form: FormData) -> Written:
    """Return what was typed into a form for a complaint."""
    who = text_in(form, "as")
    language, _ = view_of(request)
    return Written(
        key=text_in(form, "key")[:_KEY] or secrets.token_urlsafe(18),
        statement=text_in(form, "statement"),
        demand=text_in(form, "demand"),
        about_contacts=text_in(form, "contacts") == "yes",
        staff=text_in(form, "staff"),
        phone=text_in(form, "phone"),
        email=text_in(form, "email").strip(),
        address=text_in(form, "address"),
        who=who_of(who),
        name=text_in(form, "name"),
        identity_tail=text_in(form, "tail"),
        speaker=text_in(form, "speaker"),
        heir=text_in(form, "heir") == "yes",
        until=text_in(form, "until")[:20],
        people=text_in(form, "people"),
        language=language,
    )


def who_of(name: str) -> As:
    """Return as whom somebody complains; for themselves, where it says nothing known."""
    known: dict[str, As] = {"proxy": "proxy", "joint": "joint", "anonymous": "anonymous"}
    return known.get(name, "self")


async def files_of(
    form: FormData, config: DoorConfig, *names: str
) -> tuple[str, list[tuple[SafeFile, ...]]]:
    """Make the files of some fields safe; returns the fault, and the files field by field."""
    found: list[tuple[SafeFile, ...]] = []
    chosen: list[list[UploadFile]] = [files_in(form, name) for name in names]
    if sum(len(one) for one in chosen) > config.files_at_once:
        return "too-many-files", []
    for each in chosen:
        taken = await take_files(each, config.files)
        if taken.fault:
            return taken.fault, []
        found.append(taken.files)
    return "", found


def too_many(error: CardlineError) -> bool:
    """True where an address asked too often."""
    return error.code == "too-many-tries"
