"""A SIP phone for simulations and tests, written from the RFCs and independent of the line's stack.

    async with Phone("127.0.0.1", user="8001") as phone:
        call = await phone.call("sip:hotline@127.0.0.1:5060", from_user="+8613800138000")
        await call.heard_sound()
        await call.press("10")
        await call.hang_up()

It speaks G.711 and RFC 4733 keys over UDP; a hundred of them fit into one process.
"""

import asyncio
import secrets
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Self

from cardline.sim.dialog import ALLOW, CallFailed, Dialog, State, Voice
from cardline.sim.endpoint import Address, Endpoint, Manners, response_to
from cardline.sim.incoming import ANSWER, BUSY, DECLINE, NEVER, IncomingCall, Policy, answer_after
from cardline.sim.outgoing import Identity, OutgoingCall
from cardline.sim.registration import Registration, RegistrationFailed
from cardline.sim.sip_message import Message
from cardline.sim.transaction import ServerTransaction

__all__ = [
    "ANSWER",
    "BUSY",
    "DECLINE",
    "NEVER",
    "CallFailed",
    "Dialog",
    "IncomingCall",
    "Manners",
    "OutgoingCall",
    "Phone",
    "Policy",
    "RegistrationFailed",
    "State",
    "Voice",
    "answer_after",
]
OnCall = Callable[[IncomingCall], Coroutine[Any, Any, None]]


class Phone:
    """One phone with one UDP port. Not open until it is entered or ``open`` is called.

    ``policy`` says what happens to incoming calls; ``on_call`` runs beside each of them.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        user: str = "phone",
        name: str = "",
        password: str = "",
        policy: Policy = ANSWER,
        voice: Voice | None = None,
        manners: Manners | None = None,
        max_calls: int = 1,
        on_call: OnCall | None = None,
    ) -> None:
        self.user, self.name, self.password = user, name, password
        self.policy = policy
        self.voice = voice or Voice()
        self.max_calls = max_calls
        """Calls at once; one more finds the phone busy (486)."""
        self.on_call = on_call
        self.incoming: asyncio.Queue[IncomingCall] = asyncio.Queue()
        """Every call that rang here."""
        self._wish = (host, port)
        self._endpoint = Endpoint(
            manners or Manners(), on_request=self._take, on_ack=self._take_ack
        )
        self._dialogs: dict[tuple[str, str], Dialog] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._registration: Registration | None = None
        self._tag = secrets.token_hex(6)

    @property
    def address(self) -> Address:
        """Where the phone is: host and port."""
        return self._endpoint.host, self._endpoint.port

    @property
    def uri(self) -> str:
        return f"sip:{self.user}@{self._endpoint.host}:{self._endpoint.port}"

    @property
    def manners(self) -> Manners:
        return self._endpoint.manners

    @manners.setter
    def manners(self, manners: Manners) -> None:
        self._endpoint.manners = manners

    @property
    def calls(self) -> list[Dialog]:
        """The calls that go on, ringing ones included."""
        return [dialog for dialog in self._dialogs.values() if dialog.state != "ended"]

    async def open(self) -> Self:
        await self._endpoint.open(*self._wish)
        return self

    async def __aenter__(self) -> Self:
        return await self.open()

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Hang up what goes on, as far as that works within a second, and be gone."""
        hanging_up = [asyncio.create_task(dialog.hang_up()) for dialog in self.calls]
        if hanging_up:
            await asyncio.wait(hanging_up, timeout=1.0)
        running = [*hanging_up, *self._tasks]
        if self._registration is not None and self._registration.renewal is not None:
            running.append(self._registration.renewal)
        for dialog in self.calls:
            dialog.vanish()
        self._endpoint.close()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    # ------------------------------------------------------------ calls of ours

    def dial(
        self,
        uri: str,
        *,
        from_user: str | None = None,
        from_name: str | None = None,
        headers: Mapping[str, str] | None = None,
        voice: Voice | None = None,
    ) -> OutgoingCall:
        """Begin a call and return at once; ``answered`` waits for it."""
        identity = Identity(
            user=self.user if from_user is None else from_user,
            name=self.name if from_name is None else from_name,
            password=self.password,
            login=self.user,
            headers=headers or {},
        )
        call = OutgoingCall(self._endpoint, voice or self.voice, identity, uri)
        self._keep(call)
        return call

    async def call(
        self,
        uri: str,
        *,
        from_user: str | None = None,
        from_name: str | None = None,
        headers: Mapping[str, str] | None = None,
        voice: Voice | None = None,
        within: float | None = None,
    ) -> OutgoingCall:
        """Call and wait for the answer. Raises ``CallFailed``, or ``TimeoutError`` and cancels."""
        call = self.dial(
            uri, from_user=from_user, from_name=from_name, headers=headers, voice=voice
        )
        try:
            await call.answered(within=within)
        except (TimeoutError, asyncio.CancelledError):
            self._spawn(call.hang_up())
            raise
        return call

    async def next_call(self, *, within: float | None = None) -> IncomingCall:
        """Return the next call that rings here. Raises ``TimeoutError``."""
        async with asyncio.timeout(within):
            return await self.incoming.get()

    # ------------------------------------------------------------ registration

    async def register(
        self, registrar: str, *, password: str | None = None, seconds: int = 300
    ) -> None:
        """Register at ``sip:HOST:PORT``, and keep it up. Raises ``RegistrationFailed``."""
        if self._registration is not None:
            self._registration.stop()
        self._registration = Registration(
            self._endpoint,
            registrar=registrar,
            user=self.user,
            password=self.password if password is None else password,
            seconds=seconds,
        )
        await self._registration.begin()

    async def unregister(self) -> None:
        """Take the registration back, if there is one. Raises ``RegistrationFailed``."""
        if self._registration is not None:
            registration, self._registration = self._registration, None
            await registration.end()

    # ------------------------------------------------------------ what arrives

    def _take(self, server: ServerTransaction) -> None:
        request = server.request
        dialog = self._dialogs.get((request.call_id, request.to_tag))
        if request.method == "CANCEL":
            self._take_cancel(server)
        elif dialog is not None and dialog.cause == "vanished":
            return
        elif dialog is not None and dialog.state != "ended":
            dialog.take(server)
        elif request.to_tag:
            server.respond(response_to(request, 481, "Call Does Not Exist"))
        elif request.method == "INVITE":
            self._take_call(server)
        elif request.method == "OPTIONS":
            server.respond(response_to(request, 200, "OK", tag=self._tag))
        else:
            refusal = response_to(request, 405, "Method Not Allowed", tag=self._tag)
            refusal.add("Allow", ALLOW)
            server.respond(refusal)

    def _take_call(self, server: ServerTransaction) -> None:
        if not server.request.get("Contact"):
            server.respond(response_to(server.request, 400, "Bad Request", tag=self._tag))
            return
        if len(self.calls) >= self.max_calls:
            server.respond(response_to(server.request, 486, "Busy Here", tag=self._tag))
            return
        call = IncomingCall(self._endpoint, self.voice, server)
        self._keep(call)
        self.incoming.put_nowait(call)
        call.ring(self.policy)
        if self.on_call is not None:
            self._spawn(self.on_call(call))

    def _take_cancel(self, cancel: ServerTransaction) -> None:
        invite = self._endpoint.cancelled_by(cancel.request)
        if invite is None:
            cancel.respond(response_to(cancel.request, 481, "Call Does Not Exist", tag=self._tag))
            return
        for call in self._dialogs.values():
            if isinstance(call, IncomingCall) and call.invite is invite.request:
                if call.cause == "vanished":
                    return
                cancel.respond(response_to(cancel.request, 200, "OK", tag=call.local_tag))
                call.cancelled()
                return
        cancel.respond(response_to(cancel.request, 200, "OK", tag=self._tag))

    def _take_ack(self, ack: Message) -> None:
        dialog = self._dialogs.get((ack.call_id, ack.to_tag))
        if dialog is not None:
            dialog.take_ack(ack)

    def _keep(self, dialog: Dialog) -> None:
        """Remember a call; of those that ended, only the vanished ones, to stay silent about."""
        for key, old in list(self._dialogs.items()):
            if old.state == "ended" and old.cause != "vanished":
                del self._dialogs[key]
        self._dialogs[dialog.call_id, dialog.local_tag] = dialog

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
