"""What is on or off in the PBX and may be changed by service codes: log-ins to ring groups, and switches.

Theory. The dial plan obeys entries of AstDB: `wwphone-group/<number>/<user>` is `out`, `wwphone-switch/<name>` is `on`. A code writes such an entry
itself, so it counts without the CTI server, and beside it a note of what was keyed in: `wwphone-keyed/<kind>/<name>` is
`<1 or 0>|<seconds since 1970>|<user>|<what the phone calls itself>`. The note is told by an event at once, and read on
every new line. Until the services have said what counts (`set_flag`) a flag with a note is left as it is there; their
word deletes the note.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from wwphone.server.asterisk.ami import AmiEvent
from wwphone.server.asterisk.astdb import AstDbKeeper, Key, Request, delete_entry, read_family
from wwphone.server.asterisk.channels import party_text
from wwphone.server.clock import Clock
from wwphone.server.ring_group_api import PbxFlag, PbxFlagKeyed, PbxFlagKind

KEYED_EVENT = "WwphoneKeyed"
KEYED_FAMILY = "wwphone-keyed"
_ON: Mapping[PbxFlagKind, str] = {PbxFlagKind.LOGGED_OUT: "out", PbxFlagKind.SWITCH: "on"}
"""What stands in AstDB when it is on; nothing does when it is off."""
_KINDS = {kind.value: kind for kind in PbxFlagKind}


def key_of(flag: PbxFlag) -> Key:
    """Where the dial plan looks for it."""
    return f"wwphone-{flag.kind.value}", flag.name


class FlagKeeper:
    """Brings flags to Asterisk, and what was keyed in there to the services."""

    def __init__(self, request: Request, clock: Clock) -> None:
        self._request = request
        self._clock = clock
        self._keeper = AstDbKeeper(request, [f"wwphone-{kind.value}" for kind in PbxFlagKind])
        self._undecided: set[Key] = set()
        """Flags with a note."""
        self.logged_out: set[tuple[str, str]] = set()
        """Ring groups' numbers and the members who are logged out there."""

    def want(self, flag: PbxFlag, *, on: bool) -> None:
        """Let this count; nothing is written yet."""
        if flag.kind is PbxFlagKind.LOGGED_OUT:
            number, _, user = flag.name.partition("/")
            (self.logged_out.add if on else self.logged_out.discard)((number, user))
        self._keeper.want(key_of(flag), _ON[flag.kind] if on else None)

    def forget(self) -> None:
        """The line broke: what is there must be read again."""
        self._keeper.forget()
        self._undecided.clear()

    async def bring_all(self) -> list[PbxFlagKeyed]:
        """Write what differs; return what was keyed in and not decided yet. Raises PbxError, PbxLostError."""
        notes = await read_family(self._request, KEYED_FAMILY)
        keyed = [
            one for (_, name), value in sorted(notes.items()) if (one := _keyed(name, value)) is not None
        ]
        self._undecided = {key_of(one.flag) for one in keyed}
        await self._keeper.bring(but=self._undecided)
        return keyed

    async def bring(self, flag: PbxFlag) -> None:
        """Write this flag as it counts. Raises PbxError, PbxLostError."""
        key = key_of(flag)
        await self._keeper.bring([key])
        if key in self._undecided:
            self._undecided.discard(key)
            await delete_entry(self._request, (KEYED_FAMILY, f"{flag.kind.value}/{flag.name}"))

    def apply(self, event: AmiEvent) -> list[PbxFlagKeyed]:
        """Take an event of the dial plan."""
        fields = event.fields
        keyed = _keyed(fields.get("Flag", ""), fields.get("Keyed", ""))
        if keyed is None or fields.get("UserEvent") != KEYED_EVENT:
            return []
        key = key_of(keyed.flag)
        self._undecided.add(key)
        self._keeper.changed_there(key, _ON[keyed.flag.kind] if keyed.on else None)
        # It is now: whatever the PBX's clock says.
        return [PbxFlagKeyed(keyed.flag, keyed.on, self._clock(), keyed.user, keyed.set_from)]


def _keyed(name: str, value: str) -> PbxFlagKeyed | None:
    """Read a note; None for what is none of ours."""
    kind, _, rest = name.partition("/")
    on, seconds, user, set_from = (*value.split("|", 3), "", "", "")[:4]
    if kind not in _KINDS or not rest or on not in ("0", "1") or not seconds.isdecimal():
        return None
    try:
        at = datetime.fromtimestamp(int(seconds), UTC) + timedelta(seconds=1)
    except (OverflowError, ValueError, OSError):
        return None
    return PbxFlagKeyed(PbxFlag(_KINDS[kind], rest), on == "1", at, user, party_text(set_from))
