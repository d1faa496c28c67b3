"""Refused devices, from the security events a real Asterisk 22.10 sent."""

from __future__ import annotations

import pytest

from wwphone.server.api import PbxRegistrationRefused
from wwphone.server.asterisk.ami import AmiEvent
from wwphone.server.asterisk.refusals import refusal_in

_TOO_MANY = "registrar_attempt_exceeds_maximum_configured_contacts"


def security(name: str, **fields: str) -> AmiEvent:
    about = {"Service": "PJSIP", "AccountID": "anna", "RemoteAddress": "IPV4/UDP/192.0.2.7/44504"}
    return AmiEvent(name, {"Event": name, **about, **fields})


@pytest.mark.parametrize(
    ("event", "refusal"),
    [
        (
            security("FailedACL", ACLName=_TOO_MANY),
            PbxRegistrationRefused("anna", "192.0.2.7", too_many=True),
        ),
        (security("FailedACL", ACLName="office"), None),
        (security("ChallengeResponseFailed"), PbxRegistrationRefused("anna", "192.0.2.7", too_many=False)),
        (security("InvalidPassword"), PbxRegistrationRefused("anna", "192.0.2.7", too_many=False)),
        (security("ChallengeResponseFailed", Service="AMI"), None),
        (
            security(
                "ChallengeResponseFailed", AccountID="<unknown>", RemoteAddress="IPV6/TLS/2001:db8::7/5061"
            ),
            PbxRegistrationRefused("", "2001:db8::7", too_many=False),
        ),
        (
            security("ChallengeResponseFailed", AccountID="x" * 65, RemoteAddress="?"),
            PbxRegistrationRefused("", "", too_many=False),
        ),
    ],
)
def test_what_a_security_event_means(event: AmiEvent, refusal: PbxRegistrationRefused | None) -> None:
    assert refusal_in(event) == refusal
