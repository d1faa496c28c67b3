"""The part of the PBX in memory that keeps flags."""

from __future__ import annotations

from wwphone.server.ring_group_api import PbxFlag, PbxFlagKeyed, PbxFlagKind


class FakeFlags:
    """What is on, and what was keyed in until it is answered."""

    def __init__(self) -> None:
        super().__init__()
        self.flags: set[PbxFlag] = set()
        """Those that are on."""
        self.noted: dict[PbxFlag, PbxFlagKeyed] = {}
        """What was keyed in and not answered yet."""

    def keep(self, flag: PbxFlag, *, on: bool) -> None:
        """This counts from now on."""
        self.noted.pop(flag, None)
        (self.flags.add if on else self.flags.discard)(flag)

    def note(self, keyed: PbxFlagKeyed) -> None:
        """A phone changed a flag."""
        (self.flags.add if keyed.on else self.flags.discard)(keyed.flag)
        self.noted[keyed.flag] = keyed

    def is_logged_out(self, number: str, user: str) -> bool:
        """Whether a member does not ring for a group."""
        return PbxFlag(PbxFlagKind.LOGGED_OUT, f"{number}/{user}") in self.flags
