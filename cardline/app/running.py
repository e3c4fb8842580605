"""A running server, as the HTTP application and the demonstration see it."""

from cardline.app.calls.registry import Calls
from cardline.app.http.seen import SeenSessions
from cardline.app.live.hub import Live
from cardline.app.operation.alarms import Alarms
from cardline.app.outward.dialler import Dialler
from cardline.app.wiring import Parts
from cardline.hotline.services import Services
from cardline.messages.chat.hub import ChatHub


class Running:
    """A running server, as the demonstration and the HTTP application see it."""

    def __init__(
        self, parts: Parts, services: Services, calls: Calls, alarms: Alarms, dialler: Dialler
    ) -> None:
        self.parts = parts
        self.services = services
        self.calls = calls
        self.alarms = alarms
        self.dialler = dialler
        self.chat_hub = ChatHub(parts.database, services.clock)
        self.sessions = SeenSessions(parts.database, parts.login.policy, services.clock)
        self.database_up = True
        self.live = Live(
            parts.database,
            routing=parts.routing,
            login=parts.login.policy,
            clock=services.clock,
            healthy=lambda: self.database_up,
        )

    @property
    def ready(self) -> bool:
        """True when a call can be taken."""
        return self.calls.ready.is_set() and self.database_up
