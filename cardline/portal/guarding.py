"""Who may see a page, and whose form is taken: sessions, form tokens, sizes, a slow bank."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Annotated, Final

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile

from cardline.core.errors import CardlineError
from cardline.core.masking import Secret
from cardline.core.transaction import JsonObject, Transaction
from cardline.desk.login.sessions import csrf_token, is_csrf_token
from cardline.portal.model import HolderSession
from cardline.portal.proving import standing, subject_for
from cardline.portal.rules import READING, safe_back
from cardline.portal.sessions import keep_typed, see_session
from cardline.portal.web import SESSION, VISIT, PortalServices, cookie, here

TOKEN_FIELD: Final = "csrf"  # noqa: S105 - the name of a field
TOKEN_HEADER: Final = "X-CSRF-Token"  # noqa: S105 - the name of a header
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_SECRET_FIELDS = frozenset({TOKEN_FIELD, "password", "code", "card_tail", "id_tail"})
_KEPT_CHARACTERS = 6000
_FIELDS = 40


class LogInFirst(CardlineError):
    """Nobody is logged in, or the session is over; what was typed is carried along."""

    code = "log-in"

    def __init__(self, back_to: str, kept: JsonObject | None, *, over: bool) -> None:
        super().__init__("log in first")
        self.back_to = back_to
        self.kept = kept
        self.over = over


class FormExpired(CardlineError):
    """A form came without the token of its page: an old page, or somebody else's."""

    code = "form"


class ProveFirst(CardlineError):
    """What was proven does not suffice for reading; ``back_to`` is where one was."""

    code = "prove"

    def __init__(self, back_to: str) -> None:
        super().__init__("prove more first")
        self.back_to = back_to


class TooLarge(CardlineError):
    """A request is larger than its limit."""

    code = "too-large"


class BankSilent(CardlineError):
    """The bank's card system did not answer in time; ``wish`` says what was wanted, if anything."""

    code = "bank-silent"

    def __init__(self, wish: str = "") -> None:
        super().__init__("the bank's system does not answer")
        self.wish = wish


class Guard:
    """Makes the dependency by which pages learn who is asking."""

    def __init__(self, services: PortalServices) -> None:
        self._services = services

    def holder(self) -> Callable[[Request], Awaitable[HolderSession]]:
        """Return the dependency: the session of the cookie, its form's token checked."""

        async def dependency(request: Request) -> HolderSession:
            return await self.session(request)

        return dependency

    async def session(self, request: Request, *, form: bool = True) -> HolderSession:
        """Return who is logged in. Raises :class:`LogInFirst` or :class:`FormExpired`.

        ``form=False`` leaves the token of a form to whoever reads the form.
        """
        services = self._services
        secret = cookie(request, SESSION)
        found = None
        if secret:
            async with patient_transaction(services) as tx:
                verdict, session = await see_session(
                    tx, secret, policy=services.portal.policy, at=services.clock()
                )
                if session is not None and verdict.allowed:
                    holder = await services.bank.holder(tx, holder_id=session.holder)
                    if holder is not None:
                        token = csrf_token(secret)
                        found = HolderSession(session.id, holder, session.proofs, token, session)
        if found is None:
            raise LogInFirst(
                safe_back(here(request) if request.method in SAFE else request.url.path),
                await _typed(request, services) if form else None,
                over=bool(secret),
            )
        if form and request.method not in SAFE:
            await check_token(request, secret, services)
        return found


def reader(services: PortalServices) -> Callable[..., Awaitable[HolderSession]]:
    """Return the dependency of pages that tell what the bank knows: more must be proven there."""

    async def dependency(
        request: Request, session: Annotated[HolderSession, Depends(services.holder())]
    ) -> HolderSession:
        async with patient_transaction(services) as tx:
            subject, _ = await subject_for(tx, session, bank=services.bank)
            lacks = await standing(
                tx,
                READING,
                subject=subject,
                proofs=session.proofs,
                stream=session.id,
                config=services.portal.identity,
                at=services.clock(),
            )
            if lacks.verdict.allowed:
                return session
            typed = await _typed(request, services)
            if typed is not None:
                await keep_typed(tx, session.session, typed)
        back = here(request) if request.method in SAFE else request.url.path
        raise ProveFirst(safe_back(back))

    return dependency


async def check_token(request: Request, secret: Secret, services: PortalServices) -> None:
    """Hold the form against its session or visit. Raises :class:`FormExpired`."""
    token = request.headers.get(TOKEN_HEADER, "")
    if not token:
        token = text_in(await form_of(request, services), TOKEN_FIELD)
    if not secret or not is_csrf_token(secret, token):
        raise FormExpired("open the page anew and send the form again")


async def check_visit(request: Request, services: PortalServices) -> Secret:
    """Return the secret of a visit that is not logged in, its form's token checked."""
    visit = cookie(request, VISIT)
    await check_token(request, visit, services)
    return visit


async def form_of(request: Request, services: PortalServices) -> FormData:
    """Read a form, once. Raises :class:`TooLarge` before a byte more than allowed is read."""
    policy = services.portal.policy
    size = request.headers.get("content-length", "")
    if not size.isdecimal() or int(size) > policy.request_bytes:
        raise TooLarge("the request is too large, or does not say how large it is")
    return await request.form(
        max_files=policy.files_at_once + 1,
        max_fields=_FIELDS,
        max_part_size=16 * policy.message_characters,
    )


def text_in(form: FormData, name: str) -> str:
    """Return a field of a form; empty where it is missing or a file."""
    value = form.get(name)
    return value if isinstance(value, str) else ""


def files_in(form: FormData, name: str = "files") -> list[UploadFile]:
    """Return the files of a field that were really chosen."""
    chosen = [one for one in form.getlist(name) if isinstance(one, UploadFile)]
    return [one for one in chosen if one.filename]


@asynccontextmanager
async def patient_transaction(
    services: PortalServices, *, wish: str = ""
) -> AsyncIterator[Transaction]:
    """Open a transaction that waits for the bank for so long, and no longer.

    Raises :class:`BankSilent`; then nothing of it was done.
    """
    try:
        async with asyncio.timeout(services.portal.policy.bank_patience.total_seconds()):
            async with services.database.transaction() as tx:
                yield tx
    except TimeoutError as error:
        raise BankSilent(wish) from error


async def _typed(request: Request, services: PortalServices) -> JsonObject | None:
    """Return what was typed into a form, without secrets and files: it is shown again."""
    if request.method in SAFE:
        return None
    try:
        form = await form_of(request, services)
    except CardlineError:
        return None
    fields = {
        name: value
        for name, value in form.items()
        if isinstance(value, str) and name not in _SECRET_FIELDS and value
    }
    kept: JsonObject = {"path": request.url.path, "fields": fields}
    return kept if fields and len(json.dumps(kept)) <= _KEPT_CHARACTERS * 6 else None
