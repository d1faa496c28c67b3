"""One's own registered devices, and which of them is this PC."""

from __future__ import annotations

from collections.abc import Callable

from wwphone.cti.api import CtiLink, LinkEvent, MirrorChanged, MirrorReplaced
from wwphone.domain.devices import Registration
from wwphone.protocol.devices import RegistrationsChanged
from wwphone.services.observing import Listeners
from wwphone.sip.api import RegistrationChanged, SipEvent


class DevicesService:
    """The devices that ring for me."""

    def __init__(self, link: CtiLink) -> None:
        self._link = link
        self._register_call_id = ""
        self.steered: Callable[[], Registration | None] = lambda: None
        """The desk phone that is steered now; None: this PC is the phone."""
        self.changed: Listeners[tuple[Registration, ...]] = Listeners()

    @property
    def registrations(self) -> tuple[Registration, ...]:
        """All of them, as the PBX tells."""
        return self._link.mirror.registrations

    @property
    def register_call_id(self) -> str:
        """Call-ID of the REGISTER of the phone that is used: the steered one's, or the one this program sent.

        Empty where the server knows of none.
        """
        steered = self.steered()
        if steered is not None:
            return steered.call_id
        return next((one.call_id for one in self.registrations if self.is_this_pc(one)), "")

    def is_this_pc(self, registration: Registration) -> bool:
        """Whether a registration is the one this program made: by the Call-ID of its REGISTER."""
        return bool(self._register_call_id) and registration.call_id == self._register_call_id

    def is_steered(self, registration: Registration) -> bool:
        """Whether a registration is the desk phone that is steered now."""
        steered = self.steered()
        return steered is not None and registration.contact == steered.contact

    def received(self, event: LinkEvent) -> None:
        """Take what the link tells."""
        match event:
            case MirrorReplaced():
                self.changed.tell(self.registrations)
            case MirrorChanged(events) if any(isinstance(change, RegistrationsChanged) for change in events):
                self.changed.tell(self.registrations)

    def sip_received(self, event: SipEvent) -> None:
        """Take what the SIP engine tells."""
        if isinstance(event, RegistrationChanged) and event.register_call_id not in (
            "",
            self._register_call_id,
        ):
            self._register_call_id = event.register_call_id
            self.changed.tell(self.registrations)
