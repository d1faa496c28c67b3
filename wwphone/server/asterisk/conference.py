"""Conference rooms of Asterisk (app_confbridge)."""

from __future__ import annotations

from collections.abc import Callable, Collection

from wwphone.server.api import PbxError
from wwphone.server.conference_api import PbxDoor, PbxInvitation


class Conference:
    """Fulfils `ConferencePbx`, only while the line to the PBX is up."""

    def __init__(self, must_be_connected: Callable[[], None]) -> None:
        """`must_be_connected` raises PbxError while the PBX is out of reach."""
        self._must_be_connected = must_be_connected

    async def set_doors(self, doors: Collection[PbxDoor]) -> None:
        """See `ConferencePbx.set_doors`."""

    async def invite(self, invitation: PbxInvitation) -> None:
        """See `ConferencePbx.invite`."""
        self._refuse(invitation.room)

    async def withdraw(self, invitation_id: str) -> None:
        """See `ConferencePbx.withdraw`."""
        self._refuse(invitation_id)

    async def mute(self, participant_id: str, muted: bool) -> None:
        """See `ConferencePbx.mute`."""
        self._refuse(f"{participant_id} {muted}")

    async def hang_up(self, participant_id: str) -> None:
        """See `ConferencePbx.hang_up`."""
        self._refuse(participant_id)

    async def lock(self, room: str, locked: bool) -> None:
        """See `ConferencePbx.lock`."""
        self._refuse(f"{room} {locked}")

    async def set_chair(self, participant_id: str, chair: bool) -> None:
        """See `ConferencePbx.set_chair`."""
        self._refuse(f"{participant_id} {chair}")

    async def end(self, room: str) -> None:
        """See `ConferencePbx.end`."""
        self._refuse(room)

    def _refuse(self, what: str) -> None:
        self._must_be_connected()
        raise PbxError(f"conferences are not steered yet: {what}")
