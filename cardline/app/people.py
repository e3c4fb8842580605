"""Adding somebody who serves, in every area that must know them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from cardline.core.actor import OPERATOR
from cardline.core.ids import AgentId
from cardline.core.transaction import Transaction
from cardline.desk import staff as desk_staff
from cardline.desk.staff_model import Role, Staff
from cardline.routing import actions as routing


@dataclass(frozen=True)
class NewColleague:
    """Somebody to be added; ``token`` and ``phone_password`` are kept as hashes only."""

    number: str
    name: str
    role: Role
    skills: tuple[str, ...]
    languages: tuple[Literal["zh", "en"], ...]
    token: str
    phone_password: str

    @property
    def agent_id(self) -> AgentId | None:
        """Id in routing, for those who take calls."""
        return AgentId(f"a{self.number}") if self.role in ("agent", "lead") else None

    @property
    def phone_user(self) -> str | None:
        """User name of the desk phone."""
        return f"a{self.number}" if self.agent_id else None


async def add_colleague(
    tx: Transaction, colleague: NewColleague, *, realm: str, at: datetime
) -> bool:
    """Add to staff, and to routing where they take calls; False where the number is taken."""
    user = colleague.phone_user
    ha1 = desk_staff.digest_ha1(user, realm, colleague.phone_password) if user else None
    staff = Staff(colleague.number, colleague.name, colleague.role, colleague.agent_id, user)
    if not await desk_staff.add_staff(
        tx, staff, token=colleague.token, phone_ha1=ha1, by=OPERATOR, at=at
    ):
        return False
    if colleague.agent_id:
        await routing.register_agent(
            tx,
            agent=colleague.agent_id,
            number=colleague.number,
            name=colleague.name,
            languages=colleague.languages,
            at=at,
            by=OPERATOR,
        )
        for skill in colleague.skills:
            await routing.grant_skill(
                tx, agent=colleague.agent_id, matter=skill, passed_at=at, at=at, by=OPERATOR
            )
    return True
