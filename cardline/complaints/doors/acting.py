"""The acts of a complainant's page, the same for holders and for whoever has the word."""

import secrets
from typing import Final, get_args

from starlette.datastructures import FormData

from cardline.complaints.doors import following
from cardline.complaints.doors.rules import day_in
from cardline.complaints.doors.showing import DoorServices, files_of
from cardline.core.actor import Actor
from cardline.core.errors import NotFound
from cardline.core.ids import HolderId
from cardline.portal.guarding import text_in
from cardline.portal.keeping import SafeFile

ACTS: Final[dict[str, following.Act]] = {act: act for act in get_args(following.Act)}


async def act_in(
    services: DoorServices,
    reference: str,
    form: FormData,
    *,
    holder: HolderId | None,
    by: Actor,
) -> tuple[str, str]:
    """Do what a form of the page asks for. Returns the fault, and what is said when it is done.

    ``holder`` ``None``: whoever asks has shown the word. Raises ``NotFound`` for another's
    complaint or an act that there is not.
    """
    act = ACTS.get(text_in(form, "act"))
    if act is None:
        raise NotFound("there is no such page")
    given: tuple[SafeFile, ...] = ()
    identity: tuple[SafeFile, ...] = ()
    until = None
    if act == "facts":
        fault, files = await files_of(form, services.doors, "files")
        if fault:
            return fault, ""
        given = files[0]
    if act == "authority":
        fault, files = await files_of(form, services.doors, "authority", "identity")
        until = day_in(text_in(form, "until"))
        if fault or (until is None and text_in(form, "until").strip()):
            return fault or "day-unclear", ""
        given, identity = files[0], files[1]
    async with services.database.transaction() as tx:
        return await following.follow(
            tx,
            act,
            reference,
            following.Said(
                key=text_in(form, "key")[:80] or secrets.token_urlsafe(18),
                text=text_in(form, "text"),
                satisfied=text_in(form, "satisfied") == "yes",
                files=given,
                identity=identity,
                principal=text_in(form, "principal")[: services.doors.policy.name_characters],
                until=until,
            ),
            holder=holder,
            by=by,
            config=services.doors,
            at=services.clock(),
        )
