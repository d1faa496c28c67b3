"""The number that the next person called from here sees: chosen for one call, the usual one afterwards."""

from __future__ import annotations

from wwphone.domain.numbers import DialTarget
from wwphone.domain.shown import Shown, shown_call
from wwphone.services.account import AccountService, AccountSnapshot
from wwphone.services.observing import Listeners


class ShownService:
    """The choice; the server says what there is to choose from."""

    def __init__(self, account: AccountService) -> None:
        self._account = account
        self._chosen: Shown | None = None
        self.changed: Listeners[None] = Listeners()
        account.changed.subscribe(self._on_account_changed)

    @property
    def usual(self) -> str:
        """The number that is shown unless one chooses; empty: the PBX's line decides."""
        profile = self._account.snapshot.profile
        return profile.displayed_number if profile else ""

    @property
    def choices(self) -> tuple[str, ...]:
        """One's own numbers that can be shown instead; none, while nobody is signed in."""
        profile = self._account.snapshot.profile
        return profile.shown_numbers if profile else ()

    @property
    def chosen(self) -> Shown | None:
        """What the next call shows; None: the usual number."""
        return self._chosen

    def choose(self, shown: Shown | None) -> None:
        """Choose for the next call. Raises ValueError for a number that is not one's own."""
        if shown is not None and shown.number and shown.number not in self.choices:
            raise ValueError("not one of one's own numbers")
        if shown != self._chosen:
            self._chosen = shown
            self.changed.tell(None)

    def take(self, target: DialTarget) -> tuple[str, dict[str, str]]:
        """What to dial for this call and which headers to send; the choice is used up."""
        if self._chosen is None:
            return target.address, {}
        dialled = shown_call(target, self._chosen)
        self.choose(None)
        return dialled

    def _on_account_changed(self, _: AccountSnapshot) -> None:
        chosen = self._chosen
        if chosen is not None and (not self.choices or (chosen.number and chosen.number not in self.choices)):
            self._chosen = None
        self.changed.tell(None)
