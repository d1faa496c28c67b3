"""Transferring a call in one flow: choose whom, talk to them or not, hand the call over.

What may follow what stands in `TRANSFER_TRANSITIONS`; None is no transfer. Anything else is a programming error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from wwphone.domain.calls import Party

NOBODY = Party("")


class TransferStage(Enum):
    """How far a transfer is."""

    CHOOSING = "choosing"
    """The call is held; the person chooses whom it goes to."""
    CONSULTING = "consulting"
    """Whom it goes to is called first, or talks with us."""
    HANDING_OVER = "handing_over"
    """The PBX was asked and has not told the outcome yet."""


TRANSFER_TRANSITIONS: Mapping[TransferStage | None, frozenset[TransferStage | None]] = MappingProxyType(
    {
        None: frozenset({TransferStage.CHOOSING}),
        TransferStage.CHOOSING: frozenset({TransferStage.CONSULTING, TransferStage.HANDING_OVER, None}),
        TransferStage.CONSULTING: frozenset({TransferStage.CHOOSING, TransferStage.HANDING_OVER, None}),
        TransferStage.HANDING_OVER: frozenset({TransferStage.CONSULTING, None}),
    }
)


@dataclass(frozen=True)
class Transfer:
    """One call on its way to somebody else."""

    call_id: str
    stage: TransferStage
    resumes: bool
    """The call was active when it began, so it is taken back when the transfer comes to nothing."""
    target: Party = NOBODY
    """Whom it goes to, once chosen."""
    consultation_id: str = ""
    """The call with them, while there is one."""
