"""Roles of those who serve: what somebody may do in the system."""

from typing import Literal

Role = Literal["agent", "lead", "quality", "compliance", "administrator"]
ROLES: tuple[Role, ...] = ("agent", "lead", "quality", "compliance", "administrator")
