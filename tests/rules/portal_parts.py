"""Policy and texts of the holder's pages, for applications that serve none of them."""

from types import SimpleNamespace
from typing import Any, cast

from cardline.core.policy import load_area
from cardline.portal.config import PortalConfig
from cardline.portal.policy import portal_policy
from cardline.portal.texts import load_texts
from tests.rules.identity_people import POLICY as IDENTITY

POLICY = portal_policy(load_area("portal"), proof_lasts=IDENTITY.proof_lasts)
_HOTLINE = cast(
    Any,
    SimpleNamespace(
        sms=SimpleNamespace(hotline="4000000000", sender={"zh": "信用卡中心", "en": "Card Centre"})
    ),
)
PORTAL = PortalConfig(POLICY, load_texts(), _HOTLINE, cast(Any, None))
