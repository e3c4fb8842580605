"""An application of which a test needs only some parts: whatever is not given is not there."""

from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from types import SimpleNamespace
from typing import Any, cast

from fastapi import FastAPI

from cardline.app.http.application import make_application
from cardline.app.http.seen import SeenSessions
from cardline.app.running import Running
from cardline.app.settings import Settings
from cardline.app.wiring import Parts
from cardline.core.policy import load_area
from cardline.evidence.looks.rules import listen_policy
from tests.rules.portal_parts import PORTAL

LOOKS = listen_policy(load_area("looks"))


def partial_application(
    *,
    clock: Callable[[], datetime] | None = None,
    settings: Settings | None = None,
    live: object = None,
    chat_hub: object = None,
    **parts: object,
) -> FastAPI:
    """Put the whole HTTP application together around some parts (names of ``Parts``)."""
    given: dict[str, Any] = {"portal": PORTAL, "sms_inbound_key": b"", "looks": LOOKS, **parts}
    absent = {field.name: None for field in fields(Parts)}
    assert given.keys() <= absent.keys(), f"no such parts: {given.keys() - absent.keys()}"
    login = given.get("login")
    running = SimpleNamespace(
        sessions=SeenSessions(
            cast(Any, given.get("database")),
            cast(Any, login.policy if login else None),
            cast(Any, clock),
        ),
        parts=SimpleNamespace(**{**absent, **given, "settings": settings or Settings()}),
        services=SimpleNamespace(clock=clock),
        live=live,
        chat_hub=chat_hub,
    )
    return make_application(cast(Running, running))
