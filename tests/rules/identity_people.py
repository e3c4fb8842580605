"""One holder, one pack, and proofs of everything, for the tests of identity."""

from datetime import UTC, datetime, timedelta

from cardline.core.ids import HolderId
from cardline.core.phone import PhoneNumber
from cardline.core.policy import load_area
from cardline.identity.model import Factor, Facts, HolderView, Proof, Proofs, Subject
from cardline.identity.policy import identity_policy

POLICY = identity_policy(load_area("identity"))
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)  # 11:00 in Shanghai
HOUR = timedelta(hours=1)
NUMBER = Factor.REGISTERED_NUMBER
PASSWORD = Factor.QUERY_PASSWORD
CODE = Factor.ONE_TIME_CODE
TAILS = Factor.CARD_AND_ID_TAILS
QUESTIONS = Factor.KNOWLEDGE_QUESTIONS
HOLDER = HolderId("h1")
OTHER = HolderId("h2")
PHONE = PhoneNumber("+8615400000001")
STRANGE_PHONE = PhoneNumber("+8615500000009")
VIEW = HolderView(HOLDER, has_phone=True, has_query_password=True)
SUBJECT = Subject(
    id=HOLDER,
    phone=PHONE,
    id_tail="123X",
    card_tails=("4821", "7730"),
    facts=Facts(statement_day=5, credit_limit_yuan=50000, card_count=2, opened_year=2021),
)


def proven(*factors: Factor, at: datetime = NOW, weak_until: datetime | None = None) -> Proofs:
    """Proofs of these factors for the one holder, given at one time."""
    return Proofs(
        claimed=HOLDER, given=tuple(Proof(one, HOLDER, at, weak_until) for one in factors)
    )
