"""Desk phones of this node: which may register, and which are there."""

from datetime import UTC, datetime

from cardline.core.transaction import Transaction
from cardline.desk.staff.actions import phone_accounts
from cardline.hotline.services import Services
from cardline.ports.line.commands import Phone, SetPhones
from cardline.ports.line.events import PhoneState
from cardline.routing import actions as routing


class Phones:
    """Tells the line which phones may register, and routing which are there."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def tell(self) -> None:
        """Tell the line which desk phones may register."""

        async def work(tx: Transaction) -> list[Phone]:
            return [Phone(user=one.user, ha1=one.ha1) for one in await phone_accounts(tx)]

        phones = await self._services.database.run(work)
        await self._services.line.send(SetPhones(phones=tuple(phones)))

    async def forget_others(self, registered: set[str]) -> None:
        """A new line knows no registration of the one before: routing must not believe in them."""
        at = self._services.clock()

        async def work(tx: Transaction) -> None:
            for known in await phone_accounts(tx):
                if known.user not in registered:
                    await routing.phone_state(
                        tx,
                        phone=f"phone:{known.user}",
                        registered=False,
                        policy=self._services.routing,
                        at=at,
                    )

        await self._services.database.run(work)

    async def changed(self, event: PhoneState) -> None:
        """A phone registered, or is gone."""
        at = datetime.fromtimestamp(event.at, UTC)

        async def work(tx: Transaction) -> None:
            await routing.phone_state(
                tx,
                phone=f"phone:{event.user}",
                registered=event.registered,
                alone=True,
                policy=self._services.routing,
                at=at,
            )

        await self._services.database.run(work)
