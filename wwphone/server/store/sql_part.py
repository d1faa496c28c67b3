"""What every part of `store.sql_store` is made on."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa

_T = TypeVar("_T")
_P = ParamSpec("_P")
Work = Callable[Concatenate[sa.Connection, _P], _T]
"""Something done on a connection within a transaction."""


class SqlPart(ABC):
    """Some of the store's methods; whoever inherits it brings the transactions."""

    @abstractmethod
    async def _read(self, work: Work[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Do it in a transaction that only reads."""

    @abstractmethod
    async def _write(self, work: Work[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Do it in a transaction."""
