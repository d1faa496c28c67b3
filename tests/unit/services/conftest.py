"""What the services' tests get: services on a fake link and a fake engine, without Qt."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest_asyncio

from tests.gui.world import World

_TURNS = 12


class Ground(World):
    """The world, and a way to let its events arrive."""

    async def settled(self) -> None:
        """Let every event arrive and every coroutine come to rest."""
        for _ in range(_TURNS):
            await asyncio.sleep(0)


@pytest_asyncio.fixture
async def ground() -> AsyncIterator[Ground]:
    """Services with a running engine, before anybody signed in."""
    made = Ground()
    await made.start()
    await made.settled()
    yield made
    await made.close()


@pytest_asyncio.fixture
async def signed_in(ground: Ground) -> Ground:
    """Services, signed in as Anna Muster and registered."""
    await ground.sign_in()
    await ground.settled()
    return ground
