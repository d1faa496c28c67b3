"""The client's line to the CTI server over a websocket; fulfils `cti.api.CtiLink`.

What the protocol says is decided by `ClientSession`, when to try again by `retry.pause_before_retry`; here both meet the
network and the clock. Only standard asyncio is used, so that it runs on Qt's loop too.
"""

from __future__ import annotations

from wwphone.cti.link.retry import RetryTimes
from wwphone.cti.link.websocket_link import WebSocketLink

__all__ = ["RetryTimes", "WebSocketLink"]
