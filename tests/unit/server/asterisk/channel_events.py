"""Events about channels as Asterisk 22.10 sends them, for tests: the same fields, the same order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from wwphone.server.asterisk.ami import AmiEvent

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
_STATES = {"0": "Down", "4": "Ring", "5": "Ringing", "6": "Up"}


class Ticking:
    """A clock that goes on by one second each time it is read."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@dataclass
class FakeChannel:
    """A channel; change its attributes and ask for events about it."""

    name: str
    uniqueid: str
    call: str
    state: str = "0"
    number: str = "<unknown>"
    caller: str = "<unknown>"
    exten: str = ""
    context: str = "wwphone-phones"
    bridge: str = ""
    application: str = ""
    variable: str = "WWPHONE_DIRECTION=(null)"
    dnid: str = ""

    def fields(self, prefix: str = "") -> dict[str, str]:
        """What every event says of it."""
        about = {
            "Channel": self.name,
            "ChannelState": self.state,
            "ChannelStateDesc": _STATES[self.state],
            "ConnectedLineNum": self.number,
            "ConnectedLineName": self.caller,
            "Context": self.context,
            "Exten": self.exten,
            "Uniqueid": self.uniqueid,
            "Linkedid": self.call,
        }
        return {prefix + name: value for name, value in about.items()}

    def event(self, name: str, **more: str) -> AmiEvent:
        """An event about it."""
        return AmiEvent(name, {"Event": name, **self.fields(), **more})

    def new(self) -> AmiEvent:
        """It was created."""
        return self.event("Newchannel")

    def becomes(self, state: str) -> AmiEvent:
        """Its state changed."""
        self.state = state
        return self.event("Newstate")

    def connected_with(self, number: str, name: str) -> AmiEvent:
        """The other side is known."""
        self.number, self.caller = number, name
        return self.event("NewConnectedLine")

    def dials(self, other: FakeChannel, name: str = "DialBegin", status: str = "") -> AmiEvent:
        """It dials another: `DialBegin`, `DialState` or `DialEnd`."""
        more = {"DialStatus": status} if status else {}
        return AmiEvent(name, {"Event": name, **self.fields(), **other.fields("Dest"), **more})

    def is_dialled(self) -> AmiEvent:
        """Asterisk itself dials it, for nobody's channel."""
        return AmiEvent("DialBegin", {"Event": "DialBegin", **self.fields("Dest")})

    def enters(self, bridge: str, members: int, kind: str = "basic") -> AmiEvent:
        """It was put into a bridge, which now has so many members; conferences are of the kind "base"."""
        self.bridge = bridge
        more = {"BridgeUniqueid": bridge, "BridgeNumChannels": str(members), "BridgeType": kind}
        return self.event("BridgeEnter", **more)

    def leaves(self, members: int) -> AmiEvent:
        """It was taken out of its bridge, which now has so many members."""
        return self.event("BridgeLeave", BridgeUniqueid=self.bridge, BridgeNumChannels=str(members))

    def ends(self, cause: int = 16) -> AmiEvent:
        """It is over."""
        return self.event("Hangup", Cause=str(cause))

    def status(self, seconds: int = 0) -> dict[str, str]:
        """Its line in the answer to `Status`."""
        return {
            "Event": "Status",
            **self.fields(),
            "BridgeID": self.bridge,
            "Application": self.application,
            "Variable": self.variable,
            "DNID": self.dnid,
            "Seconds": str(seconds),
        }


def contact_detail(user: str, contact: str, **more: str) -> dict[str, str]:
    """A line of the list of registrations."""
    return {
        "Event": "ContactStatusDetail",
        "AOR": user,
        "URI": contact,
        "UserAgent": "Snom/8.9",
        "RegExpire": "1772442000",
        "ViaAddress": "192.0.2.7:5060",
        "CallID": f"call-{contact}",
        "Status": "Reachable",
        "RoundtripUsec": "12345",
        "EndpointName": user,
        **more,
    }


def contact_status(user: str, contact: str, status: str, microseconds: int = 0) -> AmiEvent:
    """`ContactStatus`."""
    about = {"URI": contact, "ContactStatus": status, "AOR": user, "RoundtripUsec": str(microseconds)}
    return AmiEvent("ContactStatus", {"Event": "ContactStatus", "EndpointName": user, **about})
