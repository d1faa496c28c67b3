"""`pjsip.conf`: an endpoint, an authentication and an address of record for each user.

Passwords stand there as digests only (RFC 8760): who reads the file cannot sign in anywhere else with them.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator

from wwphone.domain.account import MAX_REGISTRATIONS, MediaEncryption
from wwphone.domain.numbers import VOICEMAIL_NUMBER
from wwphone.server.api import PbxConfiguration, PbxUser
from wwphone.server.asterisk.configuration.escaping import display_name, token
from wwphone.server.asterisk.configuration.voicemail import MAILBOX_CONTEXT
from wwphone.server.asterisk.settings import AsteriskSettings, DigestAlgorithm

_TEMPLATES = """\
; A dot cannot stand in a user's name, so no user is called like a template.
[wwphone.endpoint](!)
type = endpoint
context = wwphone-phones
subscribe_context = wwphone-hints
language = {language}
disallow = all
allow = opus,g722,alaw,ulaw
direct_media = no
rtp_symmetric = yes
force_rport = yes
rewrite_contact = yes
dtmf_mode = auto_info
allow_transfer = yes
allow_subscribe = yes
; The number of a caller is the user's own, whatever the phone says.
trust_id_inbound = no
trust_id_outbound = yes
send_pai = yes
connected_line_method = update
timers = yes
; A phone that died in a call must not stay busy for ever.
rtp_timeout = 60
rtp_timeout_hold = 7200
notify_early_inuse_ringing = yes
mwi_subscribe_replaces_unsolicited = yes
voicemail_extension = {voicemail}
{media}
[wwphone.auth](!)
type = auth
auth_type = {auth_type}
realm = {realm}

[wwphone.aor](!)
type = aor
max_contacts = {max_contacts}
; The next device is refused (403), except when one of these does not answer any more.
remove_existing = no
remove_unavailable = yes
qualify_frequency = {qualify_s}
qualify_timeout = 3.0
minimum_expiration = 60
default_expiration = 300
maximum_expiration = 3600
"""

_MEDIA = """\
media_address = {address}
bind_rtp_to_media_address = yes
"""

_LEGACY_MD5 = (DigestAlgorithm.MD5,)
_HASHES = {DigestAlgorithm.MD5: "md5", DigestAlgorithm.SHA_256: "sha256"}


def pjsip_conf(configuration: PbxConfiguration, settings: AsteriskSettings) -> str:
    """Return the file for these users."""
    media = _MEDIA.format(address=settings.media_address) if settings.media_address else ""
    templates = _TEMPLATES.format(
        language=configuration.language,
        voicemail=VOICEMAIL_NUMBER,
        media=media,
        auth_type="md5" if settings.digests == _LEGACY_MD5 else "digest",
        realm=settings.realm,
        max_contacts=MAX_REGISTRATIONS,
        qualify_s=max(1, math.ceil(settings.probe_period_s)),
    )
    rooms = {room.owner: room.number for room in configuration.rooms if room.owner}
    sections = [templates]
    for user in configuration.users:
        lines = [*_endpoint(user, rooms.get(user.user, ""), settings), *_auth(user, settings), *_aor(user)]
        sections.append("\n".join([*lines, ""]))
    return "\n".join(sections)


def _endpoint(user: PbxUser, room: str, settings: AsteriskSettings) -> Iterator[str]:
    yield f"[{user.user}](wwphone.endpoint)"
    yield f"auth = {user.user}"
    yield f"aors = {user.user}"
    yield f'callerid = "{display_name(user.display_name, user.user)}" <{user.number}>'
    yield f"mailboxes = {user.number}@{MAILBOX_CONTEXT}"
    yield f"set_var = WWPHONE_NUMBER={user.number}"
    if user.displayed_number:
        yield f"set_var = WWPHONE_DISPLAYED_NUMBER={user.displayed_number}"
    if user.displayed_number_when_forwarding:
        yield f"set_var = WWPHONE_DISPLAYED_WHEN_FORWARDING={user.displayed_number_when_forwarding}"
    if user.shown_numbers:
        yield f"set_var = WWPHONE_SHOWN_NUMBERS={'/'.join(user.shown_numbers)}"
    if room:
        yield f"set_var = WWPHONE_ROOM={room}"
    group = token(user.pickup_group)
    if group:
        yield f"named_call_group = {group}"
    own = (user.pickup_group,) if user.pickup_group else ()
    picks_up_in = [token(name) for name in (own if user.picks_up_in is None else user.picks_up_in)]
    if picks_up_in:
        yield f"set_var = WWPHONE_PICKUP_GROUPS=:{':'.join(picks_up_in)}:"
        yield f"named_pickup_group = {','.join(picks_up_in)}"
    if user.media_encryption is MediaEncryption.REQUIRED:
        yield "media_encryption = sdes"
        yield "media_encryption_optimistic = no"
    if user.tls_only:
        yield f"transport = {settings.tls_transport}"


def _auth(user: PbxUser, settings: AsteriskSettings) -> Iterator[str]:
    yield f"[{user.user}](wwphone.auth)"
    yield f"username = {user.user}"
    digests = {algorithm: _digest(user, settings.realm, algorithm) for algorithm in settings.digests}
    if settings.digests == _LEGACY_MD5:
        yield f"md5_cred = {digests[DigestAlgorithm.MD5]}"
        return
    yield f"supported_algorithms_uas = {','.join(algorithm.value for algorithm in digests)}"
    yield f"password_digest = {','.join(f'{algorithm.value}:{digest}' for algorithm, digest in digests.items())}"


def _digest(user: PbxUser, realm: str, algorithm: DigestAlgorithm) -> str:
    """H(A1) of RFC 7616 section 3.4.2."""
    text = f"{user.user}:{realm}:{user.sip_password}".encode()
    return hashlib.new(_HASHES[algorithm], text, usedforsecurity=False).hexdigest()


def _aor(user: PbxUser) -> Iterator[str]:
    yield f"[{user.user}](wwphone.aor)"
    yield f"mailboxes = {user.number}@{MAILBOX_CONTEXT}"
