#!/usr/bin/env python3
"""Check the pjsua2 of the Python that runs this: lists what it can do, exits 1 naming each thing that is missing.

Nothing is believed, all is done, on the loopback address and without a sound card: transports are opened, TLS is
spoken with Python's own ``ssl``, a call to itself is made with each way of encrypting, and the echo canceller runs on a
sound device that ALSA simulates. ``--json FILE`` writes the list for a program.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import socket
import ssl
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

try:
    import pjsua2 as pj
except ImportError as problem:
    sys.exit(f"pjsua2 cannot be imported by {sys.executable}: {problem}")

PATIENCE_S = 10.0
CODECS = ("opus/48000/2", "G722/16000/1", "PCMA/8000/1", "PCMU/8000/1")
TRANSPORTS = ("UDP", "TCP", "TLS")
TLS_VERSIONS = ("TLSv1.2", "TLSv1.3")
SUITES = (
    "AEAD_AES_256_GCM", "AEAD_AES_128_GCM", "AES_256_CM_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_80",
)  # fmt: skip
AUDIO_DRIVERS = {"Linux": "ALSA", "Darwin": "core audio", "Windows": "wasapi"}
ECHO_CANCELLER = "WebRTC AEC3"

# For "localhost", signed by itself; it is in this public file and so protects nothing.
_CERTIFICATE = """
MIIBmzCCAUGgAwIBAgIUKztIY/HStQtXZEo+5ZBO/pE7KuwwCgYIKoZIzj0EAwIwFDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMjA2
MDE1OVoYDzIxMjYxMDI5MDYwMTU5WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARohVXRlixZWFF4
/K5POvlwR2v60/03ACsltLSWO4KRYqa5ejE0XA2vMWwG6vE9SXNFJgsD7o1eBwW3YGqvBuWfo28wbTAdBgNVHQ4EFgQUEorS2/pephFfP6pv
y9esKdd+s5QwHwYDVR0jBBgwFoAUEorS2/pephFfP6pvy9esKdd+s5QwDwYDVR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SH
BH8AAAEwCgYIKoZIzj0EAwIDSAAwRQIhAJfgTml5YKkHtPzDxFBAzkV4J6DmMy2G5epkTepmQ7V0AiAcHose78GusKkmlIu9gW7Q6be+zTr8
wcWVgYqRHyD5Ww=="""
_KEY = """
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgCzbrhpv0F/Y8SuNw46vLSk30bcAiR+dsOqyd5Nu3KEShRANCAARohVXRlixZ
WFF4/K5POvlwR2v60/03ACsltLSWO4KRYqa5ejE0XA2vMWwG6vE9SXNFJgsD7o1eBwW3YGqvBuWf"""

# A sound device that swallows what is played and hears silence.
_ALSA_CONFIGURATION = """
pcm.wwphone_check { type null hint { show on description "check" } }
pcm.!default { type null }
"""


class _Call(pj.Call):  # type: ignore[misc]
    """One end of the call to itself."""

    def media(self) -> Any:
        """The call's audio once it is active, else None."""
        info = self.getInfo()  # must be kept: its parts do not keep it alive
        for index, media in enumerate(info.media):
            if media.type == pj.PJMEDIA_TYPE_AUDIO and media.status == pj.PJSUA_CALL_MEDIA_ACTIVE:
                return self.getAudioMedia(index)
        return None

    def received(self) -> int:
        """How many packets of audio were received, deciphered and accepted."""
        statistics = self.getStreamStat(0)  # must be kept, as above
        return int(statistics.rtcp.rxStat.pkt)


class _Account(pj.Account):  # type: ignore[misc]
    """Answers every call."""

    def __init__(self) -> None:
        super().__init__()
        self.answered: list[_Call] = []

    def onIncomingCall(self, parameters: Any) -> None:  # noqa: N802 - PJSIP's name
        """Take the call."""
        call = _Call(self, parameters.callId)
        self.answered.append(call)
        answer = pj.CallOpParam(True)
        answer.statusCode = 200
        answer.opt.textCount = answer.opt.videoCount = 0
        call.answer(answer)


class Phone:
    """A PJSIP endpoint that lives for the check alone; its thread is the one that made it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._log = folder / "pjsip.log"
        (folder / "certificate.pem").write_text(_pem("CERTIFICATE", _CERTIFICATE), "ascii")
        (folder / "key.pem").write_text(_pem("PRIVATE KEY", _KEY), "ascii")
        self._transports: dict[str, int] = {}
        self._endpoint = pj.Endpoint()
        self._endpoint.libCreate()
        settings = pj.EpConfig()
        settings.uaConfig.threadCnt = 0
        settings.uaConfig.mainThreadOnly = True
        settings.medConfig.noVad = True
        settings.logConfig.level = 5
        settings.logConfig.consoleLevel = 0
        settings.logConfig.filename = str(self._log)
        self._endpoint.libInit(settings)
        self._endpoint.libStart()

    def close(self) -> None:
        """End it; it cannot be used any more, nor can another be made in this process."""
        gc.collect()
        self._endpoint.libDestroy(pj.PJSUA_DESTROY_NO_NETWORK)

    def wait_for(self, condition: Callable[[], Any]) -> bool:
        """Let PJSIP work until the condition is true; False when ``PATIENCE_S`` have passed."""
        end_s = time.monotonic() + PATIENCE_S
        while not condition():
            if time.monotonic() > end_s:
                return False
            self._endpoint.libHandleEvents(10)
        return True

    def version(self) -> str:
        """PJSIP's version."""
        return str(self._endpoint.libVersion().full)

    def codecs(self) -> list[str]:
        """Names of all audio codecs."""
        return [str(codec.codecId) for codec in self._endpoint.codecEnum2()]

    def suites(self) -> list[str]:
        """Names of all SRTP crypto suites."""
        return [str(name) for name in self._endpoint.srtpCryptoEnum()]

    def transports(self) -> list[str]:
        """Open a transport of each kind on a free port of the loopback address; return those that opened."""
        kinds = {
            "UDP": pj.PJSIP_TRANSPORT_UDP, "TCP": pj.PJSIP_TRANSPORT_TCP, "TLS": pj.PJSIP_TRANSPORT_TLS,
            "UDP6": pj.PJSIP_TRANSPORT_UDP6,
        }  # fmt: skip
        for name, kind in kinds.items():
            settings = pj.TransportConfig()
            settings.boundAddress = "::1" if name.endswith("6") else "127.0.0.1"
            if name == "TLS":
                settings.tlsConfig.certFile = str(self._folder / "certificate.pem")
                settings.tlsConfig.privKeyFile = str(self._folder / "key.pem")
            try:
                self._transports[name] = self._endpoint.transportCreate(kind, settings)
            except pj.Error as error:
                sys.stderr.write(f"{name}: {error.reason}\n")
        return list(self._transports)

    def tls_versions(self) -> list[str]:
        """Shake hands with each version of TLS as a client; return the versions that PJSIP's server speaks."""
        if "TLS" not in self._transports:
            return []
        return [name for name, version in _VERSIONS.items() if self._shakes_hands(version)]

    def _shakes_hands(self, version: ssl.TLSVersion) -> bool:
        result: list[bool] = []
        place = ("127.0.0.1", self._port("TLS"))  # asked here: PJSIP knows this thread alone

        def client() -> None:
            try:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
                context.load_verify_locations(self._folder / "certificate.pem")
                context.minimum_version = context.maximum_version = version
                with socket.create_connection(place, PATIENCE_S) as connection:
                    connection.settimeout(PATIENCE_S)
                    with context.wrap_socket(connection, server_hostname="localhost"):
                        result.append(True)
            except OSError as error:
                sys.stderr.write(f"{version.name}: {error}\n")
                result.append(False)

        thread = threading.Thread(target=client)
        thread.start()
        self.wait_for(lambda: result)
        thread.join(PATIENCE_S)
        return result == [True]

    def _port(self, transport: str) -> int:
        address = str(self._endpoint.transportGetInfo(self._transports[transport]).localAddress)
        return int(address.rpartition(":")[2])

    def call_encrypted(self, keying: int, suite: str = "") -> bool:
        """Call ourselves over TLS with this keying (and suite) alone; True when both ends understand each other."""
        if "TLS" not in self._transports:
            return False
        settings = pj.AccountConfig()
        settings.idUri = "sip:check@127.0.0.1"
        settings.sipConfig.transportId = self._transports["TLS"]
        settings.mediaConfig.srtpUse = pj.PJMEDIA_SRTP_MANDATORY
        settings.mediaConfig.srtpSecureSignaling = 1
        settings.mediaConfig.transportConfig.boundAddress = "127.0.0.1"
        settings.mediaConfig.srtpOpt.keyings.append(keying)
        if suite:
            crypto = pj.SrtpCrypto()
            crypto.name = suite
            settings.mediaConfig.srtpOpt.cryptos.append(crypto)
        self._endpoint.audDevManager().setNullDev()
        account = _Account()
        account.create(settings)
        call = _Call(account)
        try:
            how = pj.CallOpParam(True)
            how.opt.textCount = how.opt.videoCount = 0
            call.makeCall(f"sip:check@127.0.0.1:{self._port('TLS')};transport=tls", how)
            return self._understand_each_other(call, account, suite)
        finally:
            self._endpoint.hangupAllCalls()
            self.wait_for(lambda: not any(end.isActive() for end in (call, *account.answered)))
            account.answered.clear()
            account.shutdown()

    def _understand_each_other(self, call: _Call, account: _Account, suite: str) -> bool:
        if not self.wait_for(lambda: account.answered and call.media() and account.answered[0].media()):
            return False
        ends = (call, account.answered[0])
        for end in ends:
            self._endpoint.audDevManager().getCaptureDevMedia().startTransmit(end.media())
        if not self.wait_for(lambda: all(end.received() > 5 for end in ends)):
            return False
        wanted = f"Active Crypto-suite: {suite}"
        return all(wanted in line for end in ends for line in _lines_with("SRTP status", end.dump(True, "")))

    def audio_drivers(self) -> list[str]:
        """Names of the sound systems PJSIP sees devices of."""
        manager = self._endpoint.audDevManager()
        manager.refreshDevs()
        return sorted({str(device.driver) for device in manager.enumDev2()})

    def echo_canceller(self) -> list[str]:
        """Open a sound device, let the echo canceller run; return the one that PJSIP says it created."""
        manager = self._endpoint.audDevManager()
        try:
            number = manager.lookupDev(AUDIO_DRIVERS[platform.system()], "wwphone_check")
            manager.setEcOptions(200, pj.PJMEDIA_ECHO_WEBRTC_AEC3)
            manager.setCaptureDev(number)
            manager.setPlaybackDev(number)
            manager.getCaptureDevMedia().startTransmit(manager.getPlaybackDevMedia())
        except pj.Error as error:
            sys.stderr.write(f"sound device: {error.reason}\n")
            return []
        wanted = f"Creating {ECHO_CANCELLER}"
        created = self.wait_for(lambda: wanted in self._log.read_text("utf-8", "replace"))
        manager.setNullDev()
        return [ECHO_CANCELLER] if created else []


_VERSIONS = {"TLSv1.2": ssl.TLSVersion.TLSv1_2, "TLSv1.3": ssl.TLSVersion.TLSv1_3}


def _pem(kind: str, text: str) -> str:
    return f"-----BEGIN {kind}-----{text}\n-----END {kind}-----\n"


def _lines_with(words: str, text: str) -> list[str]:
    """The lines with these words; never an empty list, so that all() of it means something."""
    return [line for line in text.splitlines() if words in line] or [""]


def find() -> dict[str, Any]:
    """Try everything; return what is there, by kind."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pjsua2-check-")))
        if platform.system() == "Linux":
            (folder / "asound.conf").write_text(_ALSA_CONFIGURATION, "ascii")
            os.environ["ALSA_CONFIG_PATH"] = str(folder / "asound.conf")
        phone = Phone(folder)
        stack.callback(phone.close)
        found: dict[str, Any] = {"version": phone.version(), "codecs": phone.codecs()}
        found["transports"] = phone.transports()
        found["tls"] = phone.tls_versions()
        offered = phone.suites()
        sdes, dtls = pj.PJMEDIA_SRTP_KEYING_SDES, pj.PJMEDIA_SRTP_KEYING_DTLS_SRTP
        found["srtp"] = [suite for suite in SUITES if suite in offered and phone.call_encrypted(sdes, suite)]
        found["dtls_srtp"] = ["DTLS-SRTP"] if phone.call_encrypted(dtls) else []
        found["audio"] = phone.audio_drivers()
        # macOS and Windows have no simulated device: there the echo canceller is tried by hand (README.md).
        found["echo"] = phone.echo_canceller() if platform.system() == "Linux" else [ECHO_CANCELLER]
        return found


def missing_of(found: dict[str, Any], system: str) -> list[str]:
    """Return what a product of ours needs and was not found."""
    wanted: dict[str, Sequence[str]] = {
        "codecs": CODECS, "transports": TRANSPORTS, "tls": TLS_VERSIONS, "srtp": SUITES,
        "dtls_srtp": ("DTLS-SRTP",), "audio": (AUDIO_DRIVERS.get(system, "ALSA"),), "echo": (ECHO_CANCELLER,),
    }  # fmt: skip
    return [f"{kind}: {name}" for kind, names in wanted.items() for name in names if name not in found[kind]]


def main(arguments: Sequence[str]) -> int:
    """Print what is there and what is missing; return the exit code."""
    parser = argparse.ArgumentParser(description="Check what this Python's pjsua2 can do.")
    parser.add_argument("--json", type=Path, help="file to write the list to")
    options = parser.parse_args(arguments)
    found = find()
    for kind, names in found.items():
        sys.stdout.write(f"{kind}: {names if isinstance(names, str) else ', '.join(names)}\n")
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    missing = missing_of(found, platform.system())
    for name in missing:
        sys.stdout.write(f"MISSING {name}\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
