"""Who gets which SIP account, and over which line."""

from __future__ import annotations

from dataclasses import replace

import pytest

from wwphone.domain.account import MediaEncryption, Mode, Transport
from wwphone.server.api import PbxEndpoint, UserRecord
from wwphone.server.services.pbx import pbx_user
from wwphone.server.services.sip_accounts import Peer, SipAccounts

ENDPOINT = PbxEndpoint("pbx.example.net", 5060, 5061, Transport.TLS, "PEM")
ANNA = UserRecord("anna", "201", "Anna", "Sales", "sip-secret", "hash", displayed_number="+41445550101")
FAR, NEAR = Peer("192.0.2.1", encrypted=True), Peer("127.0.0.1", encrypted=False)


@pytest.mark.parametrize("mode", [Mode.SOFTPHONE, Mode.FLEXIBLE])
def test_over_tls_the_account_is_handed_out(mode: Mode) -> None:
    account = SipAccounts(ENDPOINT).account_for(ANNA, mode, FAR)
    assert account is not None
    assert (account.user, account.password, account.host, account.port) == (
        "anna",
        "sip-secret",
        "pbx.example.net",
        5061,
    )
    assert account.transport is Transport.TLS
    assert account.media_encryption is MediaEncryption.REQUIRED
    assert account.certificate_authority == "PEM"
    assert "sip-secret" not in repr(account)


def test_a_desk_phone_needs_none() -> None:
    assert SipAccounts(ENDPOINT).account_for(ANNA, Mode.DESK_PHONE, FAR) is None


@pytest.mark.parametrize(
    ("peer", "told", "given"),
    [
        (Peer("192.0.2.1", encrypted=False), True, False),
        (NEAR, False, False),
        (NEAR, True, True),
        (Peer("::1", encrypted=False), True, True),
        (Peer("", encrypted=False), True, False),
    ],
)
def test_without_tls_on_loopback_only_and_only_when_told(peer: Peer, told: bool, given: bool) -> None:
    account = SipAccounts(ENDPOINT, insecure_loopback=told).account_for(ANNA, Mode.SOFTPHONE, peer)
    assert (account is not None) == given


@pytest.mark.parametrize(
    ("offered", "user_may", "transport", "port"),
    [
        (Transport.TLS, True, Transport.TLS, 5061),
        (Transport.TLS, False, Transport.UDP, 5060),
        (Transport.TCP, True, Transport.TCP, 5060),
        (Transport.UDP, True, Transport.UDP, 5060),
    ],
)
def test_account_and_pbx_agree_on_encryption(
    offered: Transport, user_may: bool, transport: Transport, port: int
) -> None:
    endpoint, user = replace(ENDPOINT, transport=offered), replace(ANNA, offer_tls=user_may)
    account = SipAccounts(endpoint).account_for(user, Mode.SOFTPHONE, FAR)
    there = pbx_user(user, endpoint)
    assert account is not None
    assert (account.transport, account.port) == (transport, port)
    assert account.media_encryption is there.media_encryption
    assert there.tls_only == (transport is Transport.TLS)
    assert (account.media_encryption is MediaEncryption.REQUIRED) == (transport is Transport.TLS)
    assert (there.display_name, there.displayed_number, there.pickup_group) == (
        "Anna",
        "+41445550101",
        "Sales",
    )
