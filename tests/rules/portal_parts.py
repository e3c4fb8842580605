"""Policy and texts of the holder's pages, for applications that serve none of them."""

from typing import Any, cast

from cardline.core.policy import load_area
from cardline.portal.config import PortalConfig
from cardline.portal.policy import portal_policy
from cardline.portal.texts import load_texts
from tests.rules.identity_people import POLICY as IDENTITY

POLICY = portal_policy(load_area("portal"), proof_lasts=IDENTITY.proof_lasts)
PORTAL = PortalConfig(POLICY, load_texts(), cast(Any, None), cast(Any, None))
