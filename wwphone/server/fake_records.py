"""The records of calls of a PBX in memory, for tests of the server's services. Never a feature of the product."""

from __future__ import annotations

from wwphone.server.history_api import (
    CallRecordsUnreadableError,
    RecordedCall,
    RecordedCalls,
    RecordMark,
)

_FILE = "fake"


class FakeRecords:
    """Calls in the order in which they ended; the mark counts them."""

    def __init__(self) -> None:
        self.calls: list[RecordedCall] = []
        self.unreadable = False
        self.begun: list[RecordMark | None] = []
        """Every mark that was read on at."""
        self.most = 100
        """Calls that one read gives."""
        self._next = 0

    async def begin(self, mark: RecordMark | None) -> None:
        """See `CallRecords.begin`."""
        self.begun.append(mark)
        self._next = mark.offset if mark is not None and mark.file == _FILE else 0

    async def read(self) -> RecordedCalls:
        """See `CallRecords.read`."""
        if self.unreadable:
            raise CallRecordsUnreadableError("there is no such file")
        calls = tuple(self.calls[self._next : self._next + self.most])
        self._next += len(calls)
        return RecordedCalls(calls, RecordMark(_FILE, self._next), self._next < len(self.calls))


class FakeCallRecords:
    """The part of the PBX in memory that the record of calls is made with."""

    def __init__(self) -> None:
        super().__init__()
        self.call_records = FakeRecords()
        self.sip_call_ids: dict[str, str] = {}
        """Legs by their SIP Call-ID, as far as a test has any."""

    async def sip_call_of(self, leg_id: str) -> str:
        """Look into `sip_call_ids`."""
        return next((call for call, leg in self.sip_call_ids.items() if leg == leg_id), "")
