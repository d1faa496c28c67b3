"""The part of the store that keeps planned conferences; see `store.sql_store`."""

from __future__ import annotations

from collections.abc import Collection

from wwphone.domain.conference_plans import RememberedPlan
from wwphone.server.conference_plans_api import ConferenceMail, ConferenceRecord, InviteeRecord
from wwphone.server.store import conference_plans
from wwphone.server.store.sql_part import SqlPart


class SqlConferencePlans(SqlPart):
    """`server.conference_plans_api.ConferencePlansStore`, on the transactions of whoever inherits it."""

    async def planned_conferences(self) -> tuple[ConferenceRecord, ...]:
        """All of them, by id."""
        return await self._read(conference_plans.every)

    async def add_conference(
        self, record: ConferenceRecord, mails: Collection[ConferenceMail], remembered: RememberedPlan | None
    ) -> None:
        """Write a new one with all that goes with it; raises DuplicateError."""
        await self._write(conference_plans.add, record, mails, remembered)

    async def change_conference(
        self,
        record: ConferenceRecord,
        mails: Collection[ConferenceMail],
        remembered: RememberedPlan | None = None,
    ) -> None:
        """Write it anew; raises KeyError, DuplicateError."""
        await self._write(conference_plans.change, record, mails, remembered)

    async def note_invitees(self, conference_id: str, invitees: Collection[InviteeRecord]) -> None:
        """Write what became of some of the invited."""
        await self._write(conference_plans.note_invitees, conference_id, invitees)

    async def free_pins(self, conference_ids: Collection[str]) -> None:
        """Others may have their PINs."""
        await self._write(conference_plans.free_pins, conference_ids)

    async def forget_conferences(self, conference_ids: Collection[str]) -> None:
        """Forget all about them."""
        await self._write(conference_plans.forget, conference_ids)

    async def wish_conference_cancelled(self, conference_id: str) -> None:
        """Let a running server cancel it; raises KeyError."""
        await self._write(conference_plans.wish_cancelled, conference_id)

    async def unwanted_conferences(self) -> frozenset[str]:
        """Those that are to be cancelled."""
        return await self._read(conference_plans.unwanted)

    async def remembered_plans(self) -> dict[str, RememberedPlan]:
        """What each user's next invitation begins with."""
        return await self._read(conference_plans.memories)

    async def feed_digests(self) -> dict[str, str]:
        """The digest of each user's feed."""
        return await self._read(conference_plans.feeds)

    async def save_feed(self, user: str, digest: str | None) -> None:
        """Write it, or that there is none."""
        await self._write(conference_plans.save_feed, user, digest)

    async def numbers_of_addresses(self, user: str, addresses: Collection[str]) -> dict[str, str]:
        """By which number a user's phone book reaches e-mail addresses."""
        return await self._read(conference_plans.numbers_of_addresses, user, addresses)
