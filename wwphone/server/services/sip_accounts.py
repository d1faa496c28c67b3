"""Handing out the SIP account: to signed-in clients that need one, over an encrypted line."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from wwphone.domain.account import MediaEncryption, Mode, SipAccount, Transport
from wwphone.server.api import PbxEndpoint, UserRecord
from wwphone.server.services.pbx import encryption_of


@dataclass(frozen=True)
class Peer:
    """The other end of a connection."""

    address: str
    encrypted: bool

    @property
    def is_loopback(self) -> bool:
        """Whether it is on this machine."""
        try:
            return ipaddress.ip_address(self.address).is_loopback
        except ValueError:
            return False


class SipAccounts:
    """Decides who gets which SIP account.

    A SIP password never travels in the clear: without TLS there is none, unless the administrator said so for clients
    on this very machine (`insecure_loopback`).
    """

    def __init__(self, endpoint: PbxEndpoint, *, insecure_loopback: bool = False) -> None:
        self._endpoint = endpoint
        self._insecure_loopback = insecure_loopback

    def account_for(self, record: UserRecord, mode: Mode, peer: Peer) -> SipAccount | None:
        """Return the account; None in desk phone mode, and over a line that others could read."""
        if mode is Mode.DESK_PHONE:
            return None
        if not peer.encrypted and not (self._insecure_loopback and peer.is_loopback):
            return None
        encryption = encryption_of(record, self._endpoint)
        transport = self._transport(encryption)
        is_tls = transport is Transport.TLS
        return SipAccount(
            user=record.user,
            password=record.sip_password,
            display_name=record.nickname,
            host=self._endpoint.host,
            port=self._endpoint.tls_port if is_tls else self._endpoint.udp_port,
            transport=transport,
            media_encryption=encryption,
            certificate_authority=self._endpoint.certificate_authority if is_tls else None,
        )

    def _transport(self, encryption: MediaEncryption) -> Transport:
        if encryption is MediaEncryption.REQUIRED:
            return Transport.TLS
        return Transport.UDP if self._endpoint.transport is Transport.TLS else self._endpoint.transport
