"""What the actions of identity need; built once, at the start."""

from dataclasses import dataclass

from cardline.identity.hashing import Vault
from cardline.identity.policy import IdentityPolicy
from cardline.messages.model import SmsConfig


@dataclass(frozen=True)
class IdentityConfig:
    """Policy, pepper, and the way to the holder's telephone."""

    policy: IdentityPolicy
    vault: Vault
    sms: SmsConfig
