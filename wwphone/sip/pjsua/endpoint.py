"""Starting and ending PJSIP: threads, transports, codecs. On the SIP thread only."""

from __future__ import annotations

import gc
import logging
import socket
from collections.abc import Mapping
from typing import Any, Protocol

import pjsua2 as pj

from wwphone.domain.account import SipAccount, Transport
from wwphone.sip.api import EngineSettings
from wwphone.sip.pjsua.certificates import system_authorities
from wwphone.sip.pjsua.errors import TransportFailure, certificate_words
from wwphone.sip.pjsua.failures import guarded
from wwphone.sip.pjsua.logs import LogWriter

_LOG = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"
_TLS_1_2_AND_1_3 = 16 | 32
"""PJ_SSL_SOCK_PROTO_TLS1_2 and _TLS1_3; PJSIP's own default leaves 1.3 out."""
_TLS_LIMIT_MS = 10_000
_ECHO_TAIL_MS = 200
_MANY_CALLS_PORTS = 64
DEFAULT_CODECS: Mapping[str, int] = {
    "opus/48000/2": 254,
    "G722/16000/1": 253,
    "PCMA/8000/1": 252,
    "PCMU/8000/1": 251,
}
_IPV6 = 128
"""PJSIP_TRANSPORT_IPV6; the binding does not name it."""
_TRANSPORT_TYPES = {
    Transport.UDP: pj.PJSIP_TRANSPORT_UDP,
    Transport.TCP: pj.PJSIP_TRANSPORT_TCP,
    Transport.TLS: pj.PJSIP_TRANSPORT_TLS,
}


class LibraryListener(Protocol):
    """What the library tells that belongs to no call and no account."""

    def connected(self, connection: int) -> None:
        """A TCP or TLS connection is up."""

    def disconnected(self, connection: int, failure: TransportFailure) -> None:
        """A TCP or TLS connection is gone, or never came."""

    def sound_failed(self) -> None:
        """The open sound device reports an error."""


class Library(pj.Endpoint):  # type: ignore[misc]  # the binding has no types
    """PJSIP itself; there can be one in a process."""

    def __init__(self, listener: LibraryListener) -> None:
        super().__init__()
        self._listener: LibraryListener | None = listener
        self._log_writer: LogWriter | None = None

    def start(self, settings: EngineSettings) -> tuple[str, int]:
        """Start it; return the address of the UDP socket by which the SIP thread is woken. Raises pj.Error."""
        self.libCreate()
        self.libInit(self._configuration(settings))
        bell = pj.TransportConfig()
        bell.port = 0
        bell.boundAddress = LOOPBACK
        bell_id = self.transportCreate(pj.PJSIP_TRANSPORT_UDP, bell)
        _, _, port = self.transportGetInfo(bell_id).localAddress.rpartition(":")
        self.libStart()
        self._prefer_codecs(
            DEFAULT_CODECS if settings.codec_priorities is None else settings.codec_priorities
        )
        return LOOPBACK, int(port)

    def open_transport(self, account: SipAccount, bind_address: str, *, ipv6: bool) -> int:
        """Create the transport that an account uses, and return its id. Raises pj.Error."""
        config = pj.TransportConfig()
        config.port = 0
        config.boundAddress = bind_address
        # Else the INVITE with credentials waits 40 ms for the other side to acknowledge our ACK (Nagle's algorithm).
        # PJSIP copies a pointer into this object: it must live until the transport is made.
        no_delay = pj.SockOpt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if account.transport is Transport.TLS:
            config.tlsConfig.proto = _TLS_1_2_AND_1_3
            config.tlsConfig.verifyServer = True
            config.tlsConfig.msecTimeout = _TLS_LIMIT_MS
            config.tlsConfig.sockOptParams.sockOpts.append(no_delay)
            config.tlsConfig.CaBuf = account.certificate_authority or system_authorities()
        kind = _TRANSPORT_TYPES[account.transport] + (_IPV6 if ipv6 else 0)
        transport_id: int = self.transportCreate(kind, config)
        return transport_id

    def close_transport(self, transport_id: int) -> None:
        """Close a transport that no account uses any more; its connections end by themselves."""
        try:
            self.transportClose(transport_id)
        except pj.Error as refused:
            _LOG.debug("transport %d cannot be closed: %s", transport_id, refused.reason)

    def end(self) -> None:
        """Destroy the library. Calls must be over and accounts unregistered: nothing is sent any more."""
        self._listener = None
        gc.collect()  # what a cycle still holds must be freed on this thread, before the library goes
        self.libDestroy(pj.PJSUA_DESTROY_NO_NETWORK)

    def _configuration(self, settings: EngineSettings) -> Any:
        config = pj.EpConfig()
        config.uaConfig.userAgent = settings.user_agent
        config.uaConfig.maxCalls = settings.max_calls
        config.uaConfig.threadCnt = 0
        config.uaConfig.mainThreadOnly = True
        config.uaConfig.mwiUnsolicitedEnabled = False
        config.logConfig.level = settings.log_level
        config.logConfig.consoleLevel = settings.log_level  # also what the log writer gets
        config.logConfig.msgLogging = 1 if settings.log_level >= 4 else 0
        config.logConfig.decor = pj.PJ_LOG_HAS_SENDER | pj.PJ_LOG_HAS_INDENT
        if settings.log_level > 0:
            self._log_writer = LogWriter()
            config.logConfig.writer = self._log_writer
        config.medConfig.noVad = True
        config.medConfig.sndAutoCloseTime = (
            -1
        )  # we close it ourselves, when it can bear no call's first words away
        config.medConfig.maxMediaPorts = _MANY_CALLS_PORTS + 4 * settings.max_calls
        config.medConfig.ecTailLen = _ECHO_TAIL_MS if settings.echo_cancellation else 0
        config.medConfig.ecOptions = pj.PJMEDIA_ECHO_WEBRTC_AEC3
        return config

    def _prefer_codecs(self, priorities: Mapping[str, int]) -> None:
        for codec in self.codecEnum2():
            self.codecSetPriority(codec.codecId, priorities.get(codec.codecId, 0))

    @guarded
    def onTransportState(self, prm: Any) -> None:  # noqa: N802 - PJSIP's name
        """Called by PJSIP."""
        if self._listener is None or prm.type.upper().startswith("UDP"):
            return
        connection = int(prm.hnd)
        if prm.state == pj.PJSIP_TP_STATE_CONNECTED:
            self._listener.connected(connection)
        elif prm.state == pj.PJSIP_TP_STATE_DISCONNECTED:
            self._listener.disconnected(connection, self._failure(prm))

    @guarded
    def onMediaEvent(self, prm: Any) -> None:  # noqa: N802 - PJSIP's name
        """Called by PJSIP."""
        if self._listener is not None and prm.ev.type == pj.PJMEDIA_EVENT_AUD_DEV_ERROR:
            self._listener.sound_failed()

    def _failure(self, prm: Any) -> TransportFailure:
        tls = prm.tlsInfo
        if not tls.isEmpty() and tls.verifyStatus:
            return TransportFailure(
                prm.lastError, certificate_words(tls.verifyStatus, tls.remoteCertInfo.subjectCn)
            )
        words = self.utilStrError(prm.lastError) if prm.lastError else "The connection was closed"
        return TransportFailure(prm.lastError, words)
