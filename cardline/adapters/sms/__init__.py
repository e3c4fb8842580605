"""Ways for short messages to leave: the embedded outbox, and a gateway spoken to by HTTP."""

from cardline.adapters.sms.gateway import GatewaySms
from cardline.adapters.sms.outbox import OutboxSms
from cardline.core.masking import Secret
from cardline.core.transaction import Database
from cardline.ports import Sms


def sms_gateway(
    url: str, *, database: Database, token: Secret | None = None, sender: str = ""
) -> Sms:
    """Return the gateway at ``url``; the embedded outbox where ``url`` is empty."""
    if not url:
        return OutboxSms(database)
    return GatewaySms(url, token=token or Secret(""), sender=sender)
