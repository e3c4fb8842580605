"""The registration of a simulated phone (RFC 3261 section 10), renewed by itself."""

import asyncio
import contextlib
import secrets

from cardline.sim.digest import answer_challenge
from cardline.sim.endpoint import Endpoint, address_of
from cardline.sim.sip_message import Message, host_and_port


class RegistrationFailed(Exception):
    """A REGISTER that was not answered with a 2xx."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(f"{status} {reason}")
        self.status = status


class Registration:
    """One user at one registrar; ``renewal`` is the task that keeps it."""

    def __init__(
        self, endpoint: Endpoint, *, registrar: str, user: str, password: str, seconds: int
    ) -> None:
        self._endpoint = endpoint
        self._registrar = registrar
        self._user = user
        self._password = password
        self._seconds = seconds
        self._call_id = f"{secrets.token_hex(8)}@{endpoint.host}"
        self._tag = secrets.token_hex(6)
        self._sequence = 0
        self.renewal: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Register, and renew at half of the time from then on. Raises ``RegistrationFailed``."""
        await self._register(self._seconds)
        self.renewal = asyncio.create_task(self._renew())

    async def end(self) -> None:
        """Take the registration back. Raises ``RegistrationFailed``."""
        self.stop()
        await self._register(0)

    def stop(self) -> None:
        """Renew it no more."""
        if self.renewal is not None:
            self.renewal.cancel()

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(self._seconds / 2)
            with contextlib.suppress(RegistrationFailed):
                await self._register(self._seconds)

    async def _register(self, seconds: int) -> None:
        response = await self._send(seconds, None)
        if response.status in (401, 407):
            response = await self._send(seconds, self._answer(response))
        if response.status >= 300:
            raise RegistrationFailed(response.status, response.reason)

    def _answer(self, response: Message) -> tuple[str, str]:
        is_proxy = response.status == 407
        challenge = response.get("Proxy-Authenticate" if is_proxy else "WWW-Authenticate")
        answer = answer_challenge(
            challenge,
            user=self._user,
            password=self._password,
            method="REGISTER",
            uri=self._registrar,
        )
        return ("Proxy-Authorization" if is_proxy else "Authorization"), answer

    async def _send(self, seconds: int, credentials: tuple[str, str] | None) -> Message:
        host, port = host_and_port(self._registrar)
        address = f"<sip:{self._user}@{host}:{port}>"
        here = f"{self._endpoint.host}:{self._endpoint.port}"
        self._sequence += 1
        request = Message(method="REGISTER", uri=self._registrar)
        request.add("Via", self._endpoint.new_via())
        request.add("Max-Forwards", "70")
        request.add("From", f"{address};tag={self._tag}")
        request.add("To", address)
        request.add("Call-ID", self._call_id)
        request.add("CSeq", f"{self._sequence} REGISTER")
        request.add("Contact", f"<sip:{self._user}@{here}>")
        request.add("Expires", str(seconds))
        if credentials is not None:
            request.add(*credentials)
        return await self._endpoint.request(request, address_of(self._registrar)).final
