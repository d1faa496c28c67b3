"""Devices that Asterisk refused, from its security events (res_security_log's family, `main/security_events.c`)."""

from __future__ import annotations

from collections.abc import Mapping

from wwphone.domain.account import USER_NAME_PATTERN
from wwphone.server.api import PbxRegistrationRefused
from wwphone.server.asterisk.ami import AmiEvent

WRONG_PASSWORD_EVENTS = frozenset({"ChallengeResponseFailed", "InvalidPassword"})
ACL_EVENT = "FailedACL"
REFUSAL_EVENTS = WRONG_PASSWORD_EVENTS | {ACL_EVENT}

_TOO_MANY = "registrar_attempt_exceeds_maximum_configured_contacts"
"""What res_pjsip_registrar calls the list that a device beyond `max_contacts` fails."""


def refusal_in(event: AmiEvent) -> PbxRegistrationRefused | None:
    """What a security event means for us; None: nothing, as for every other service and access list.

    The user's name is the one that was claimed, so it need not exist; it is empty when it is not even a name.
    """
    fields = event.fields
    if fields.get("Service") != "PJSIP":
        return None
    too_many = event.name == ACL_EVENT
    if too_many and fields.get("ACLName") != _TOO_MANY:
        return None
    user = fields.get("AccountID", "")
    claimed = user if USER_NAME_PATTERN.fullmatch(user) else ""
    return PbxRegistrationRefused(claimed, _address(fields), too_many)


def _address(fields: Mapping[str, str]) -> str:
    """`IPV4/UDP/192.0.2.7/5060` → `192.0.2.7`."""
    parts = fields.get("RemoteAddress", "").split("/")
    return parts[2] if len(parts) == 4 else ""
