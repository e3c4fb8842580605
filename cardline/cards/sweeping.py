"""What ends by itself: limits, changes of data, closings; and due days that become known."""

from datetime import datetime

from cardline.cards.cases.work import reckon_due_days
from cardline.cards.closures.actions import close_cards
from cardline.cards.contacts.actions import end_changes
from cardline.cards.corebank import CoreBank
from cardline.cards.limits.decisions import end_limits
from cardline.cards.service_policy import ServicePolicy
from cardline.core.transaction import Transaction
from cardline.identity.config import IdentityConfig


async def sweep(
    tx: Transaction,
    *,
    bank: CoreBank,
    identity: IdentityConfig,
    policy: ServicePolicy,
    at: datetime,
) -> int:
    """End what is over; return how many things. Running twice, or on two nodes, changes nothing."""
    done = await end_changes(tx, at=at)
    done += await end_limits(tx, bank=bank, identity=identity, policy=policy, at=at)
    done += await close_cards(tx, bank=bank, identity=identity, policy=policy, at=at)
    return done + await reckon_due_days(tx, policy=policy, at=at)
