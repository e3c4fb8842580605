"""Adding somebody who serves, in every area that must know them."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cardline.cards.model import Language
from cardline.core.actor import OPERATOR, Actor
from cardline.core.errors import Invalid
from cardline.core.ids import AgentId
from cardline.core.transaction import Transaction
from cardline.desk.staff import actions as desk_staff
from cardline.desk.staff.model import Role, Staff
from cardline.routing import actions as routing
from cardline.routing.model import RoutingPolicy


@dataclass(frozen=True)
class NewColleague:
    """Somebody to be added; ``token`` and ``phone_password`` are kept as hashes only."""

    number: str
    name: str
    role: Role
    skills: tuple[str, ...]
    languages: tuple[Language, ...]
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


def new_colleague(
    number: str,
    name: str,
    role: Role,
    *,
    skills: Sequence[str],
    languages: Sequence[str],
    policy: RoutingPolicy,
) -> NewColleague:
    """Make somebody to be added, with a fresh token and phone password.

    Raises ``Invalid`` for a language that nobody speaks here or a matter without a queue.
    """
    return NewColleague(
        number=number,
        name=name,
        role=role,
        skills=tuple(known_matter(skill, policy) for skill in skills),
        languages=tuple(_language(language) for language in languages),
        token=desk_staff.new_token(),
        phone_password=secrets.token_urlsafe(12),
    )


def known_matter(matter: str, policy: RoutingPolicy) -> str:
    """Return a matter that has a queue. Raises ``Invalid`` for any other word."""
    matters = sorted({queue.matter for queue in policy.queues.values()})
    if matter not in matters:
        raise Invalid(f"there is no matter {matter}; one of: {', '.join(matters)}")
    return matter


def _language(language: str) -> Language:
    for known in ("zh", "en"):
        if language == known:
            return "zh" if known == "zh" else "en"
    raise Invalid(f"nobody speaks {language} here; one of: zh, en")


async def add_colleague(
    tx: Transaction,
    colleague: NewColleague,
    *,
    realm: str,
    at: datetime,
    by: Actor = OPERATOR,
) -> bool:
    """Add to staff, and to routing where they take calls; False where the number is taken."""
    user = colleague.phone_user
    ha1 = desk_staff.digest_ha1(user, realm, colleague.phone_password) if user else None
    staff = Staff(colleague.number, colleague.name, colleague.role, colleague.agent_id, user)
    if not await desk_staff.add_staff(
        tx, staff, token=colleague.token, phone_ha1=ha1, by=by, at=at
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
            by=by,
        )
        for skill in colleague.skills:
            await routing.grant_skill(
                tx, agent=colleague.agent_id, matter=skill, passed_at=at, at=at, by=by
            )
    return True
