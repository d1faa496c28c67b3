"""Looking at an Asterisk without changing anything: can it be reached, which version is it, are its modules loaded."""

from __future__ import annotations

import asyncio
import re

from wwphone.server.api import PbxError
from wwphone.server.asterisk.ami import AmiEvent
from wwphone.server.asterisk.connection import AmiConnection
from wwphone.server.asterisk.settings import AsteriskSettings
from wwphone.server.commands.findings import Finding, bad, doubtful, good

OLDEST_VERSION = 20
NEEDED_MODULES = (
    "app_bridgeaddchan",
    "app_celgenuserevent",
    "app_channelredirect",
    "app_confbridge",
    "app_dial",
    "app_directed_pickup",
    "app_mixmonitor",
    "app_playback",
    "app_read",
    "app_sayunixtime",
    "app_userevent",
    "app_voicemail",
    "app_waitforcond",
    "cel_custom",
    "chan_pjsip",
    "format_pcm",
    "func_channel",
    "func_db",
    "func_global",
    "func_groupcount",
    "func_lock",
    "func_volume",
    "pbx_config",
    "res_musiconhold",
    "res_parking",
    "res_pjsip_authenticator_digest",
    "res_pjsip_header_funcs",
    "res_pjsip_notify",
    "res_pjsip_registrar",
    "res_srtp",
)
TONE_MODULES = ("app_chanspy", "app_playback", "func_periodic_hook")
"""What `MixMonitor` plays its tone with."""
UNWANTED_MODULES = ("res_ari", "res_stasis_device_state")
"""A client of ARI that disconnects at the wrong moment has been seen to take Asterisk 22.10 down."""

_PATIENCE_S = 10.0
_VERSION = re.compile(r"(\d+)\.")


async def examine_pbx(settings: AsteriskSettings, patience_s: float = _PATIENCE_S) -> list[Finding]:
    """Sign in to AMI, look, sign off."""
    answered: asyncio.Future[list[Finding]] = asyncio.get_running_loop().create_future()

    async def look() -> None:
        found = await _look(connection)
        if not answered.done():
            answered.set_result(found)

    def give_up(reason: str) -> None:
        if not answered.done():
            answered.set_result([bad(f"the PBX at {where} does not let us in: {reason}")])

    where = f"{settings.ami.host} port {settings.ami.port}"
    connection = AmiConnection(
        settings.ami, settings.times, (), on_event=_ignore, on_up=look, on_down=give_up
    )
    connection.start()
    try:
        async with asyncio.timeout(patience_s):
            return await answered
    except TimeoutError:
        return [bad(f"the PBX at {where} does not answer within {patience_s:.0f} s")]
    finally:
        await connection.close()


def _ignore(event: AmiEvent) -> None:
    """None was asked for."""
    del event


async def _look(connection: AmiConnection) -> list[Finding]:
    core = await connection.request("CoreSettings")
    version = core.fields.get("AsteriskVersion", "")
    found = [_version_finding(version)]
    missing = [name for name in NEEDED_MODULES if not await _is_loaded(connection, name)]
    if missing:
        found.append(bad(f"the PBX lacks the modules {', '.join(missing)}"))
    else:
        found.append(good(f"the PBX has loaded all {len(NEEDED_MODULES)} modules that we need"))
    toneless = [name for name in TONE_MODULES if not await _is_loaded(connection, name)]
    if toneless:
        found.append(
            doubtful(f"recorded calls have no tone: the PBX lacks the modules {', '.join(toneless)}")
        )
    unwanted = [name for name in UNWANTED_MODULES if await _is_loaded(connection, name)]
    if unwanted:
        found.append(
            doubtful(f"the PBX has loaded {', '.join(unwanted)}, which may take it down; unload them")
        )
    return found


async def _is_loaded(connection: AmiConnection, module: str) -> bool:
    try:
        return (await connection.request("ModuleCheck", ("Module", module))).success
    except PbxError as error:
        raise PbxError(f"the module {module} could not be asked for: {error}") from error


def _version_finding(version: str) -> Finding:
    number = _VERSION.search(version)
    if number is None:
        return doubtful(f"the PBX calls itself Asterisk {version or 'without a version'}")
    if int(number[1]) < OLDEST_VERSION:
        return bad(f"the PBX is Asterisk {version}; at least {OLDEST_VERSION} is needed")
    return good(f"the PBX is Asterisk {version}")
