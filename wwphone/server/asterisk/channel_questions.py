"""What Asterisk is asked about its channels, and what it is told to do with one: each is one action and one answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from wwphone.server.api import NobodyThereError, PbxError
from wwphone.server.asterisk.registration_watch import Request

_NAME, _ID, _PEER = "CHANNEL(name)", "CHANNEL(uniqueid)", "BRIDGEPEER"
_HOLD = "CHANNEL(rtp,hold)"
_AT_ONCE = 200
_BETWEEN = "Local/"
_UNTIL_CONNECTED_S = (0.01, 0.02, 0.05, 0.1, 0.2, 0.4)
"""Pauses between questions; where somebody talks with an announcement, nobody is connected however long one waits."""


class ChannelQuestions:
    """Channels by name or uniqueid. All raise PbxLostError when the line breaks."""

    def __init__(self, request: Request) -> None:
        self._request = request

    async def value(self, channel: str, variable: str) -> str:
        """What a channel says of itself, a variable or function; empty when there is none."""
        answer = await self._request("Getvar", ("Channel", channel), ("Variable", variable))
        return answer.fields.get("Value", "") if answer.success else ""

    async def living(self) -> frozenset[str]:
        """The uniqueids of all channels. Raises PbxError."""
        answer = await self._request("CoreShowChannels")
        if not answer.success:
            raise PbxError(f"Asterisk does not list its channels: {answer.message}")
        return frozenset(item.fields.get("Uniqueid", "") for item in answer.items)

    async def items(self, action: str) -> list[Mapping[str, str]] | None:
        """The items of a list that an action gives; None where it is refused."""
        answer = await self._request(action)
        return [item.fields for item in answer.items] if answer.success else None

    async def holding(self, channels: Sequence[str]) -> frozenset[str]:
        """Those of these channels whose devices hold."""
        held: set[str] = set()
        for start in range(0, len(channels), _AT_ONCE):
            batch = channels[start : start + _AT_ONCE]
            answers = await asyncio.gather(*(self.value(one, _HOLD) for one in batch))
            held.update(one for one, answer in zip(batch, answers, strict=True) if answer == "1")
        return frozenset(held)

    async def bridged_with(self, channel: str) -> frozenset[str]:
        """The uniqueids of the channels in the same bridge: one other, or in a conference all of them."""
        status = await self._request("Status", ("Channel", channel))
        bridge = next((item.fields.get("BridgeID", "") for item in status.items), "")
        if not bridge:
            return frozenset()
        inside = await self._request("BridgeInfo", ("BridgeUniqueid", bridge))
        found = frozenset(item.fields.get("Uniqueid", "") for item in inside.items)
        return found - {"", channel}

    async def name(self, channel: str) -> str:
        """The name of a channel. Raises KeyError when there is none."""
        name = await self.value(channel, _NAME)
        if not name:
            raise KeyError(channel)
        return name

    async def uniqueid(self, channel: str) -> str:
        """Its uniqueid. Raises NobodyThereError when there is none."""
        uniqueid = await self.value(channel, _ID)
        if not uniqueid:
            raise NobodyThereError("the other side has just hung up")
        return uniqueid

    async def peer_of(self, channel: str) -> str:
        """The name of the channel this one is connected with, and no other. Raises NobodyThereError."""
        peer = await self.value(channel, _PEER)
        if not peer or "," in peer:  # in a conference, of all of them
            raise NobodyThereError("this leg is not connected with one other")
        return peer

    async def peer_in_call(self, channel: str) -> str:
        """The same for a call that was answered: Asterisk tells so a moment before it connects the two.

        And at first with a channel of its own between them, which vanishes. Raises NobodyThereError.
        """
        for pause_s in _UNTIL_CONNECTED_S:
            peer = await self.value(channel, _PEER)
            if peer and not peer.startswith(_BETWEEN):
                break
            await asyncio.sleep(pause_s)
        return await self.peer_of(channel)

    async def set(self, channel: str, variable: str, value: str) -> None:
        """Set a variable of a channel, or one of its functions. Raises PbxError."""
        await self.act("Setvar", ("Channel", channel), ("Variable", variable), ("Value", value))

    async def tell(self, action: str, *fields: tuple[str, str]) -> bool:
        """Ask something of Asterisk; return whether it did it."""
        return (await self._request(action, *fields)).success

    async def act(self, action: str, *fields: tuple[str, str]) -> None:
        """Ask something of Asterisk. Raises PbxError when it does not do it."""
        answer = await self._request(action, *fields)
        if not answer.success:
            raise PbxError(f"Asterisk refuses {action}: {answer.message}")

    async def redirect(
        self, channel: str, context: str, extension: str, *other: tuple[str, str, str]
    ) -> None:
        """Let a channel, and others with it (name, context, extension), go on elsewhere in the dial plan. Raises PbxError."""
        fields = [("Channel", channel), ("Context", context), ("Exten", extension), ("Priority", "1")]
        for extra, extra_context, extra_extension in other:
            fields += [("ExtraChannel", extra), ("ExtraContext", extra_context)]
            fields += [("ExtraExten", extra_extension), ("ExtraPriority", "1")]
        await self.act("Redirect", *fields)

    async def hang_up(self, channel: str, cause: str = "16") -> bool:
        """End a channel with a cause of Q.850; return whether there was one."""
        answer = await self._request("Hangup", ("Channel", channel), ("Cause", cause))
        return answer.success
