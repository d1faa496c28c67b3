"""The number that whom one calls sees: chosen for one call, remembered for whom one calls, or the usual one."""

from __future__ import annotations

from wwphone.cti.api import CtiLink, LinkEvent, MirrorChanged, MirrorReplaced
from wwphone.domain.numbers import DialTarget
from wwphone.domain.shown import Shown, is_outside, shown_call
from wwphone.protocol.shown import SetShownDefault, ShownDefaultChanged
from wwphone.services.account import AccountService, AccountSnapshot
from wwphone.services.observing import Listeners


class ShownService:
    """The choice for the next call, and what the server remembers for numbers; it says what there is to choose from."""

    def __init__(self, link: CtiLink, account: AccountService) -> None:
        self._link = link
        self._account = account
        self._chosen: Shown | None = None
        self._has_chosen = False
        self._target: DialTarget | None = None
        self.changed: Listeners[None] = Listeners()
        account.changed.subscribe(self._on_account_changed)

    @property
    def usual(self) -> str:
        """The number that is shown unless one chooses; empty: the PBX's line decides."""
        profile = self._account.snapshot.profile
        return profile.displayed_number if profile else ""

    @property
    def choices(self) -> tuple[str, ...]:
        """The numbers that can be shown instead; none, while nobody is signed in."""
        profile = self._account.snapshot.profile
        return profile.shown_numbers if profile else ()

    @property
    def target(self) -> str:
        """The number outside that the dial field means; empty: it means none."""
        return self._target.address if self._target else ""

    @property
    def chosen(self) -> Shown | None:
        """What was chosen for the next call; None: nothing, or the usual number."""
        return self._chosen

    @property
    def next(self) -> Shown | None:
        """What the call that the dial field means shows; None: the usual number."""
        return self._for(self._target)

    def default_for(self, called: str) -> Shown | None:
        """What is remembered for a number, as long as it may be shown; None: nothing."""
        shown = self._link.mirror.shown_defaults.get(called)
        return shown if shown is not None and self._may_show(shown) else None

    def choose(self, shown: Shown | None) -> None:
        """Choose for the next call (None: the usual number). Raises ValueError for what may not be shown."""
        if shown is not None and not self._may_show(shown):
            raise ValueError("not one of one's own numbers")
        if (shown, True) != (self._chosen, self._has_chosen):
            self._chosen, self._has_chosen = shown, True
            self.changed.tell(None)

    def look_at(self, target: DialTarget | None) -> None:
        """The dial field means this number; None: a colleague, or nothing that can be dialled."""
        meant = target if target is not None and is_outside(target) else None
        if meant != self._target:
            self._target = meant
            self.changed.tell(None)

    def take(self, target: DialTarget) -> tuple[str, dict[str, str]]:
        """What to dial for this call and which headers to send; the choice is used up."""
        shown = self._for(target)
        dialled = (target.address, dict[str, str]()) if shown is None else shown_call(target, shown)
        if self._has_chosen:
            self._chosen, self._has_chosen = None, False
            self.changed.tell(None)
        return dialled

    async def remember(self, called: str, shown: Shown | None) -> None:
        """Show this to a number from now on, on every PC; None: the usual number. Raises CommandRefusedError."""
        await self._link.request(SetShownDefault(called, shown))

    def received(self, event: LinkEvent) -> None:
        """Take what the link tells."""
        match event:
            case MirrorReplaced():
                self.changed.tell(None)
            case MirrorChanged(events) if any(isinstance(one, ShownDefaultChanged) for one in events):
                self.changed.tell(None)

    def _for(self, target: DialTarget | None) -> Shown | None:
        if self._has_chosen:
            return self._chosen
        return self.default_for(target.address) if target else None

    def _may_show(self, shown: Shown) -> bool:
        return bool(self.choices) and (not shown.number or shown.number in self.choices)

    def _on_account_changed(self, _: AccountSnapshot) -> None:
        if self._chosen is not None and not self._may_show(self._chosen):
            self._chosen, self._has_chosen = None, False
        self.changed.tell(None)
