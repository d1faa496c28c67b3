"""The banners under the header: a refused command, the line to server and PBX, why calls do not ring, the sound."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from wwphone.cti.api import CommandRefusedError, LinkState
from wwphone.domain.devices import Registration
from wwphone.domain.reachability import Obstacle, ObstacleKind
from wwphone.gui.context import Context
from wwphone.gui.reachability import mending_text, reason_text
from wwphone.gui.states import presence_text
from wwphone.gui.widgets.banner import Banner
from wwphone.gui.words import clock, refusal, sentence
from wwphone.services.account import AccountSnapshot, Stage
from wwphone.services.calls import CallProblem
from wwphone.services.modes import ModeSnapshot
from wwphone.services.reachability import ReachabilitySnapshot, Reason, mended_by_server
from wwphone.services.sound import SoundSnapshot
from wwphone.sip.api import RegistrationState, SoundState


class Banners(QObject):
    """One for each kind of trouble; each is hidden while there is none."""

    sign_in_wanted = Signal()
    sound_settings_wanted = Signal()
    devices_wanted = Signal()

    def __init__(self, area: QWidget, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._area = area
        self._context = context
        self.problem = Banner(context.theme, error=True)
        self.notice = Banner(context.theme, closable=True)
        """What was done a moment ago, and how to undo it."""
        self.notice.close_button.clicked.connect(lambda _=False: self.say_notice(""))
        self.line = Banner(context.theme)
        self.reach = Banner(context.theme)
        self.presence = Banner(context.theme)
        """Somebody else chose one's presence."""
        self.sound = Banner(context.theme)
        self.all = (self.problem, self.notice, self.line, self.reach, self.presence, self.sound)
        """From top to bottom."""
        self._read: set[str] = set()
        """Notes that the person has read and put away; they come back when the state has been another one."""
        layout = area.layout()
        assert isinstance(layout, QVBoxLayout)
        for banner in self.all:
            layout.addWidget(banner)
        services = context.services
        services.account.changed.subscribe(self._on_account_changed)
        services.presence.changed.subscribe(self._on_presence_changed)
        services.presence.replaced.subscribe(self._on_presence_replaced)
        services.devices.changed.subscribe(self._on_devices_changed)
        services.reachability.changed.subscribe(self._on_reachability_changed)
        services.sound.changed.subscribe(self._on_sound_changed)
        services.modes.changed.subscribe(self._on_modes_changed)
        services.calls.problems.subscribe(self._on_call_problem)
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything anew; what was refused in the other language is gone."""
        self.problem.say("")
        self.notice.say("")
        text = self.tr("Close")
        self.notice.close_button.setToolTip(text)
        self.notice.close_button.setAccessibleName(text)
        self._show_line()
        self._show_reach()
        self._show_presence()
        self._show_sound()
        self._arrange()

    def say_problem(self, text: str) -> None:
        """Say what did not work until it is read; an empty text takes it away."""
        self.problem.say(text, self.tr("OK"), lambda: self.say_problem(""))
        self._arrange()

    def say_notice(self, text: str, button: str = "", action: Callable[[], None] | None = None) -> None:
        """Say what was done until it is put away, and offer to undo it; an empty text takes it away."""
        self.notice.say(text, button, action)
        self._arrange()

    # ------------------------------------------------------------ what services tell

    def _on_account_changed(self, _: AccountSnapshot) -> None:
        self._show_line()
        self._arrange()

    def _on_presence_changed(self, users: frozenset[str]) -> None:
        profile = self._context.services.account.snapshot.profile
        if profile and profile.user in users:
            self._show_reach()
            self._show_presence()
            self._arrange()

    def _on_presence_replaced(self, _: None) -> None:
        self._show_reach()
        self._show_presence()
        self._arrange()

    def _on_reachability_changed(self, _: ReachabilitySnapshot) -> None:
        self._show_reach()
        self._show_presence()
        self._arrange()

    def _on_devices_changed(self, _: tuple[Registration, ...]) -> None:
        self._show_reach()
        self._arrange()

    def _on_sound_changed(self, _: SoundSnapshot) -> None:
        self._show_sound()
        self._arrange()

    def _on_modes_changed(self, _: ModeSnapshot) -> None:
        self._show_sound()
        self._show_reach()
        self._arrange()

    def _on_call_problem(self, problem: CallProblem) -> None:
        text = self.tr("That did not work ({detail}). The call goes on.")
        self.say_problem(text.format(detail=problem.detail))

    # ------------------------------------------------------------ what they say

    def _show_line(self) -> None:
        snapshot = self._context.services.account.snapshot
        link = snapshot.link
        if snapshot.stage is Stage.SIGNED_OUT:
            # Without a reason there is nothing to explain: the empty panels offer to sign in.
            reason = refusal(link.error) if link.error else sentence(link.problem) if link.problem else ""
            self.line.say(reason, self.tr("Sign in"), self.sign_in_wanted.emit)
        elif link.state is LinkState.INTERRUPTED:
            text = self.tr(
                "No line to the server since {time}; colleagues are shown as of then. Calls go on."
            )
            self.line.say(text.format(time=clock(link.since)))
        elif link.state is LinkState.CONNECTING and link.problem is not None:
            again = self.tr("It is tried again by itself.")
            self.line.say(f"{sentence(link.problem)} {again}", self.tr("Cancel"), self._on_cancel_wanted)
        elif snapshot.live and not snapshot.pbx_connected:
            self.line.say(self.tr("The CTI server does not reach the PBX: states of phones may be old."))
        elif snapshot.secrets_problem:
            text = self.tr(
                "The key store of this PC cannot be opened, so you will have to sign in again next time."
            )
            self._note(self.line, "secrets", text)
        else:
            self._read.discard("secrets")
            self.line.say("")

    def _note(self, banner: Banner, what: str, text: str) -> None:
        """Say something that can be put away."""

        def put_away() -> None:
            self._read.add(what)
            banner.say("")
            self._arrange()

        banner.say("" if what in self._read else text, self.tr("OK"), put_away)

    def _on_cancel_wanted(self) -> None:
        self._context.run(self._context.services.account.give_up())

    def _show_reach(self) -> None:
        snapshot = self._context.services.reachability.snapshot
        if not snapshot.reasons:
            self.reach.say("")
            self.reach.say_more("", ())
            return
        first, *others = snapshot.reasons
        self.reach.say(self._reason(first), mending_text(first), lambda: self._on_mend_wanted(first))
        self.reach.button.setEnabled(snapshot.live or not mended_by_server(first))
        more = self.tr("and {count} more").format(count=len(others)) if others else ""
        self.reach.say_more(more, [self._reason(each) for each in others])

    def _show_presence(self) -> None:
        """Say who else chose one's presence; where it keeps calls away, the sentence on that says it."""
        services = self._context.services
        name, own = services.presence.own_set_by, services.presence.own
        reasons = services.reachability.snapshot.reasons
        told = any(isinstance(one, Obstacle) and one.kind is ObstacleKind.PRESENCE for one in reasons)
        if own is None or not name or told:
            self.presence.say("")
            return
        text = self.tr("{name} has set your presence to “{presence}”.")
        presence = presence_text(own.status, own.back_at)
        self._note(self.presence, f"presence {own.since}", text.format(name=name, presence=presence))

    def _reason(self, reason: Reason) -> str:
        services = self._context.services
        said = reason_text(reason, services.presence, services.ring_groups.snapshot)
        if reason is not RegistrationState.TOO_MANY_DEVICES:
            return said
        # Refused as the fourth device, with the names of the three (product, "three registrations").
        names = [one.user_agent or one.address for one in self._context.services.devices.registrations]
        if not names:
            return said
        three = self.tr("They are: {names}.")
        return f"{said} {three.format(names=', '.join(names))}"

    def _on_mend_wanted(self, reason: Reason) -> None:
        if reason is RegistrationState.TOO_MANY_DEVICES:
            self.devices_wanted.emit()
        else:
            self._context.run(self._mend(reason))

    async def _mend(self, reason: Reason) -> None:
        try:
            await self._context.services.reachability.mend(reason)
        except CommandRefusedError as error:
            self.say_problem(refusal(error.error))
        else:
            self.say_problem("")

    def _show_sound(self) -> None:
        state = self._context.services.sound.snapshot.state
        if not self._context.services.account.snapshot.voice:
            self.sound.say("")  # the desk phone has the sound
        elif state is None or state is SoundState.READY:
            self._read.discard("sound")
            self.sound.say("")
        elif state is SoundState.NO_DEVICE:
            self._note(self.sound, "sound", sentence(state))
        else:
            self.sound.say(sentence(state), self.tr("Settings"), self.sound_settings_wanted.emit)

    def _arrange(self) -> None:
        self._area.setVisible(any(not banner.isHidden() for banner in self.all))
