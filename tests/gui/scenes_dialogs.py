"""Scenes of dialogs: signing in with every refusal, and the settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtWidgets import QWidget

from tests.gui.scene import Scene
from tests.gui.stage import Stage
from tests.gui.world import DEVICES, World, today
from wwphone.config.options import HOTKEY_ANSWER, HOTKEY_HOLD, HOTKEY_MUTE, PAGE_ON_RING
from wwphone.cti.api import CommandRefusedError, ErrorCode, LinkFailedError, LinkProblem, WireError
from wwphone.domain.account import SessionInfo
from wwphone.domain.actions import Action
from wwphone.domain.call_pages import CallMoment
from wwphone.domain.hotkeys import Hotkey, HotkeyProblem
from wwphone.gui.settings_window import SettingsPage
from wwphone.hotkeys.api import HotkeySupport, NoHotkeys

Shown = Sequence[QWidget]
Refusal = CommandRefusedError | LinkFailedError | None

_ANSWERS_TO_SIGN_IN = (
    ErrorCode.WRONG_PASSWORD,
    ErrorCode.CTI_ACCESS_OFF,
    ErrorCode.ADDRESS_BLOCKED,
    ErrorCode.SIGNED_IN_ELSEWHERE,
    ErrorCode.UNSUPPORTED_VERSION,
    ErrorCode.SERVER_STOPPING,
    ErrorCode.INTERNAL,
    ErrorCode.SESSION_TAKEN_OVER,
    ErrorCode.SESSION_EXPIRED,
)


def _sign_in(name: str, refusal: Callable[[], Refusal], *, everywhere: bool = False) -> Scene:
    async def play(stage: Stage) -> Shown:
        await stage.show()
        stage.shell.ask_to_sign_in(refusal())
        dialog = stage.shell.sign_in_dialog
        assert dialog is not None
        if refusal() is not None:
            dialog._form.server.setText("pbx.muster-ag.ch")
            dialog._form.user.setText("anna")
            dialog._form.password.setText("geheim")
        await stage.settled()
        return [dialog]

    return Scene(f"sign-in{name}", play, everywhere=everywhere)


def _refused(code: ErrorCode) -> Scene:
    def refusal() -> CommandRefusedError:
        retry = 540.0 if code is ErrorCode.ADDRESS_BLOCKED else None
        other = (SessionInfo("PC-EMPFANG", today(8, 12)),) if code is ErrorCode.SIGNED_IN_ELSEWHERE else ()
        return CommandRefusedError(WireError(code, "said so", retry, other))

    everywhere = code is ErrorCode.SIGNED_IN_ELSEWHERE
    return _sign_in(f"-{code.value.replace('_', '-')}", refusal, everywhere=everywhere)


def _failed(problem: LinkProblem) -> Scene:
    return _sign_in(f"-failed-{problem.value.replace('_', '-')}", lambda: LinkFailedError(problem, ""))


async def signing_in(stage: Stage) -> Shown:
    await stage.show()
    stage.world.link.quick.clear()
    stage.shell.ask_to_sign_in(None)
    dialog = stage.shell.sign_in_dialog
    assert dialog is not None
    dialog._form.server.setText("pbx.muster-ag.ch")
    dialog._form.user.setText("anna")
    dialog._form.password.setText("geheim")
    dialog._form.sign_in.click()
    await stage.settled()
    return [dialog]


def _settings(stage: Stage) -> QWidget:
    window = stage.shell.settings_window
    assert window is not None
    return window


async def sound_settings(stage: Stage) -> Shown:
    await stage.signed_in()
    stage.shell.open_settings(SettingsPage.SOUND)
    await stage.settled()
    stage.engine.hear(microphone=0.62, speaker=0.18)
    await stage.settled()
    return [_settings(stage)]


async def sound_settings_without(stage: Stage) -> Shown:
    await stage.signed_in()
    stage.engine.unplug(*(device.device_id for device in DEVICES))
    stage.shell.open_settings(SettingsPage.SOUND)
    await stage.settled()
    return [_settings(stage)]


async def general_settings(stage: Stage) -> Shown:
    await stage.signed_in()
    stage.shell.open_settings(SettingsPage.GENERAL)
    await stage.settled()
    return [_settings(stage)]


class _SomeTaken(NoHotkeys):
    """A desktop where another program has the first key."""

    def grab(
        self, keys: Mapping[Action, Hotkey], on_pressed: Callable[[Action], None]
    ) -> Mapping[Action, HotkeyProblem]:
        """See Hotkeys."""
        del on_pressed
        return {Action.MUTE: HotkeyProblem.TAKEN} if Action.MUTE in keys else {}


async def hotkey_settings(stage: Stage) -> Shown:
    for option, keys in ((HOTKEY_ANSWER, "Ctrl+F9"), (HOTKEY_MUTE, "Pause"), (HOTKEY_HOLD, "Meta+Space")):
        stage.world.settings.set(option, keys)
    await stage.signed_in()
    stage.shell.open_settings(SettingsPage.HOTKEYS)
    await stage.settled()
    return [_settings(stage)]


async def page_settings(stage: Stage) -> Shown:
    stage.world.settings.set(PAGE_ON_RING, "https://crm.muster-ag.ch/suche?nummer=<number>&name=<name>")
    await stage.signed_in()
    stage.shell.open_settings(SettingsPage.PAGES)
    await stage.settled()
    window = stage.shell.settings_window
    assert window is not None
    window.call_pages.rows[CallMoment.ANSWER].field.setText("https://<name>.muster-ag.ch/")
    await stage.settled()
    return [window]


DIALOG_SCENES = (
    _sign_in("", lambda: None, everywhere=True),
    Scene("sign-in-busy", signing_in),
    *(_refused(code) for code in _ANSWERS_TO_SIGN_IN),
    *(_failed(problem) for problem in LinkProblem if problem is not LinkProblem.SAID_NO),
    Scene("settings-sound", sound_settings, everywhere=True),
    Scene("settings-sound-none", sound_settings_without),
    Scene("settings-general", general_settings, everywhere=True),
    Scene(
        "settings-hotkeys",
        hotkey_settings,
        everywhere=True,
        world=lambda: World(hotkeys=_SomeTaken(HotkeySupport.AVAILABLE)),
    ),
    Scene(
        "settings-hotkeys-wayland",
        hotkey_settings,
        world=lambda: World(hotkeys=NoHotkeys(HotkeySupport.WAYLAND)),
    ),
    Scene("settings-pages", page_settings, everywhere=True),
)
