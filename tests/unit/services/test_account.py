"""Signing in and out, what is remembered, and what happens when things come in an unlucky order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from tests.gui.world import ME, PASSWORD, SERVER, SIP_ACCOUNT, World, registrations
from tests.unit.services.conftest import Ground
from wwphone.config.options import SERVER_AUTHORITY, SERVER_HOST, SERVER_PORT, USER
from wwphone.cti.api import (
    CommandRefusedError,
    Credentials,
    ErrorCode,
    LinkFailedError,
    LinkProblem,
    LinkState,
    ServerAddress,
    WireError,
)
from wwphone.domain.account import Profile
from wwphone.protocol.account import ProfileChanged
from wwphone.protocol.calls import PbxStateChanged
from wwphone.protocol.devices import RegistrationsChanged
from wwphone.services.account import AccountSnapshot, Remembered, SignInGivenUpError, Stage
from wwphone.services.bundle import Ground as Parts
from wwphone.services.bundle import Services
from wwphone.sip.api import RegistrationState

RIGHT = Credentials(ME, PASSWORD)
CTI_KEY, SIP_KEY = f"{ME}@{SERVER.host}", f"sip:{ME}@{SERVER.host}"
Logs = Callable[..., object]


def stages(ground: World) -> list[Stage]:
    """The stages from now on, each once."""
    seen: list[Stage] = []

    def note(snapshot: AccountSnapshot) -> None:
        if not seen or seen[-1] is not snapshot.stage:
            seen.append(snapshot.stage)

    ground.services.account.changed.subscribe(note)
    return seen


async def test_signing_in_registers_and_remembers(ground: Ground) -> None:
    seen = stages(ground)
    await ground.services.account.sign_in(SERVER, RIGHT, remember=True)
    await ground.settled()
    account = ground.services.account.snapshot
    assert seen == [Stage.SIGNING_IN, Stage.SIGNED_IN]
    assert account.live
    assert account.pbx_connected
    assert account.profile is not None
    assert account.profile.nickname == "Anna Muster"
    assert account.registration.state is RegistrationState.REGISTERED
    assert ground.engine.account == SIP_ACCOUNT
    assert ground.services.account.remembered == Remembered(SERVER, ME)
    assert ground.secrets.secrets[CTI_KEY] == PASSWORD
    assert SIP_ACCOUNT.password in ground.secrets.secrets[SIP_KEY]


async def test_no_secret_gets_into_settings_or_words(ground: Ground) -> None:
    await ground.services.account.sign_in(SERVER, RIGHT, remember=True)
    for secret in (PASSWORD, SIP_ACCOUNT.password):
        assert secret not in repr(ground.settings.__dict__)
        assert secret not in repr(ground.services.account.snapshot)
        assert secret not in repr(RIGHT)


async def test_not_remembering_forgets_what_was_remembered_before(signed_in: Ground) -> None:
    assert signed_in.secrets.secrets
    await signed_in.services.account.sign_in(SERVER, RIGHT, remember=False)
    assert signed_in.secrets.secrets == {}
    assert signed_in.services.account.remembered == Remembered(SERVER, ME), "name and server are no secrets"


async def test_a_refusal_leaves_one_signed_out(ground: Ground) -> None:
    seen = stages(ground)
    with pytest.raises(CommandRefusedError):
        await ground.services.account.sign_in(SERVER, Credentials(ME, "guess"), remember=True)
    assert seen == [Stage.SIGNING_IN, Stage.SIGNED_OUT]
    assert ground.secrets.secrets == {}
    assert ground.engine.account is None
    assert ground.services.account.snapshot.link.error is not None


async def test_no_connection_leaves_one_signed_out(ground: Ground) -> None:
    ground.link.cut(LinkProblem.NO_ROUTE)
    with pytest.raises(LinkFailedError):
        await ground.services.account.sign_in(SERVER, RIGHT, remember=True)
    assert ground.services.account.snapshot.stage is Stage.SIGNED_OUT
    assert ground.services.account.remembered is None


async def test_moving_here(ground: Ground) -> None:
    ground.link.refuse_sign_in(WireError(ErrorCode.SIGNED_IN_ELSEWHERE, "elsewhere"))
    with pytest.raises(CommandRefusedError):
        await ground.services.account.sign_in(SERVER, RIGHT, remember=False)
    await ground.services.account.sign_in(SERVER, RIGHT, remember=False, take_over=True)
    assert ground.services.account.snapshot.stage is Stage.SIGNED_IN


async def test_a_locked_key_store_is_noted_and_nothing_else(ground: Ground, expected_logs: Logs) -> None:
    expected_logs("the password is not remembered", logger="wwphone.services")
    ground.secrets.locked = True
    await ground.services.account.sign_in(SERVER, RIGHT, remember=True)
    assert ground.services.account.snapshot.stage is Stage.SIGNED_IN
    assert ground.services.account.snapshot.secrets_problem == "KeyringLocked"


# ---------------------------------------------------------------- as the last time


async def test_nothing_is_remembered_at_the_first_start(ground: Ground) -> None:
    assert ground.services.account.remembered is None
    assert await ground.services.account.sign_in_remembered() is False
    assert ground.link.sign_ins == []


async def test_the_next_start_signs_in_by_itself(ground: Ground) -> None:
    await ground.remember()
    assert await ground.services.account.sign_in_remembered() is True
    [(server, credentials, _, take_over)] = ground.link.sign_ins
    assert (server, credentials, take_over) == (SERVER, RIGHT, False)


async def test_without_a_password_it_asks(ground: Ground) -> None:
    await ground.remember()
    ground.secrets.secrets.clear()
    assert await ground.services.account.sign_in_remembered() is False


async def test_with_a_locked_key_store_it_asks(ground: Ground) -> None:
    await ground.remember()
    ground.secrets.locked = True
    assert await ground.services.account.sign_in_remembered() is False
    assert ground.services.account.snapshot.secrets_problem == "KeyringLocked"


async def test_a_wrong_password_is_forgotten_so_that_it_is_not_tried_again(ground: Ground) -> None:
    await ground.remember()
    ground.secrets.secrets[CTI_KEY] = "changed since"
    with pytest.raises(CommandRefusedError):
        await ground.services.account.sign_in_remembered()
    assert ground.secrets.secrets == {}


async def test_another_refusal_keeps_the_password(ground: Ground) -> None:
    await ground.remember()
    ground.link.refuse_sign_in(WireError(ErrorCode.SERVER_STOPPING, "soon"))
    with pytest.raises(CommandRefusedError):
        await ground.services.account.sign_in_remembered()
    assert ground.secrets.secrets[CTI_KEY] == PASSWORD


async def test_the_telephone_does_not_wait_for_the_server(signed_in: Ground) -> None:
    """The SIP account of last time is used until the CTI server answers."""
    following = Ground(settings=signed_in.settings)
    following.secrets = signed_in.secrets
    following = _again(following)
    await following.start()
    following.link.quick.clear()
    trying = asyncio.get_running_loop().create_task(following.services.account.sign_in_remembered())
    await following.settled()
    account = following.services.account.snapshot
    assert account.stage is Stage.SIGNING_IN
    assert account.registration.state is RegistrationState.REGISTERED
    assert following.engine.account == SIP_ACCOUNT

    following.link.quick.set()
    assert await trying is True
    assert following.engine.account == SIP_ACCOUNT, "the same account is not registered anew"
    await following.close()


def _again(ground: Ground) -> Ground:
    """The services of a new start with the secrets of before."""
    ground.services = Services(
        Parts(ground.engine, ground.link, ground.settings, ground.secrets, ground.services.sound._sounds)
    )
    return ground


async def test_a_new_sip_account_replaces_the_remembered_one(signed_in: Ground) -> None:
    ground = signed_in
    changed = ground.secrets.secrets[SIP_KEY].replace(SIP_ACCOUNT.password, "the former one")
    await ground.services.account.sign_out()
    await ground.remember()
    ground.secrets.secrets[SIP_KEY] = changed
    await ground.services.account.sign_in_remembered()
    assert SIP_ACCOUNT.password in ground.secrets.secrets[SIP_KEY]


@pytest.mark.parametrize(
    "stored",
    ["", "not json", "[]", "{}", '{"user": 7}', '{"transport": "pigeon", "media_encryption": "off"}'],
)
async def test_an_unreadable_sip_account_counts_as_none(
    ground: Ground, stored: str, expected_logs: Logs
) -> None:
    expected_logs("cannot be read", logger="wwphone.services")
    await ground.remember()
    ground.secrets.secrets[SIP_KEY] = stored
    assert await ground.services.account.sign_in_remembered() is True


@pytest.mark.parametrize(
    ("host", "port", "user"), [("", 8443, "anna"), ("pbx", 8443, ""), ("pbx", 0, "anna")]
)
async def test_half_a_memory_is_none(
    ground: Ground, host: str, port: int, user: str, expected_logs: Logs
) -> None:
    expected_logs("remembered server is none", logger="wwphone.services", optional=True)
    for option, value in ((SERVER_HOST, host), (SERVER_PORT, port), (USER, user)):
        ground.settings.set(option, value)
    assert ground.services.account.remembered is None


async def test_port_and_authority_are_remembered(ground: Ground) -> None:
    server = ServerAddress("pbx.example.ch", 9443, "/etc/ca.pem")
    await ground.services.account.sign_in(server, RIGHT, remember=False)
    assert ground.settings.text(SERVER_AUTHORITY) == "/etc/ca.pem"
    assert ground.services.account.remembered == Remembered(server, ME)


# ---------------------------------------------------------------- unlucky orders


async def test_a_try_can_be_given_up(ground: Ground) -> None:
    ground.link.quick.clear()
    trying = asyncio.get_running_loop().create_task(
        ground.services.account.sign_in(SERVER, RIGHT, remember=True)
    )
    await ground.settled()
    await ground.services.account.give_up()
    with pytest.raises(SignInGivenUpError):
        await trying
    assert ground.services.account.snapshot.stage is Stage.SIGNED_OUT
    assert ground.secrets.secrets == {}


async def test_a_second_try_takes_the_place_of_the_first(ground: Ground) -> None:
    ground.link.quick.clear()
    first = asyncio.get_running_loop().create_task(
        ground.services.account.sign_in(SERVER, Credentials("beat", "x"), remember=False)
    )
    await ground.settled()
    ground.link.quick.set()
    await ground.services.account.sign_in(SERVER, RIGHT, remember=False)
    with pytest.raises(SignInGivenUpError):
        await first
    await ground.settled()
    account = ground.services.account.snapshot
    assert account.stage is Stage.SIGNED_IN, "the end of the first changes nothing any more"
    assert account.user == ME
    assert ground.engine.account == SIP_ACCOUNT


async def test_whoever_waits_may_be_cancelled(ground: Ground) -> None:
    ground.link.quick.clear()
    trying = asyncio.get_running_loop().create_task(
        ground.services.account.sign_in(SERVER, RIGHT, remember=True)
    )
    await ground.settled()
    trying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await trying
    assert ground.services.account._attempt is None


async def test_giving_up_nothing_is_fine(ground: Ground) -> None:
    await ground.services.account.give_up()
    assert ground.services.account.snapshot.stage is Stage.SIGNED_OUT


async def test_signing_out_forgets_and_unregisters(signed_in: Ground) -> None:
    await signed_in.services.account.sign_out()
    await signed_in.settled()
    account = signed_in.services.account.snapshot
    assert account.stage is Stage.SIGNED_OUT
    assert account.profile is None
    assert account.registration.state is RegistrationState.UNREGISTERED
    assert signed_in.secrets.secrets == {}
    assert signed_in.link.state.state is LinkState.SIGNED_OUT


async def test_signing_out_with_a_locked_key_store_still_signs_out(signed_in: Ground) -> None:
    signed_in.secrets.locked = True
    await signed_in.services.account.sign_out()
    assert signed_in.services.account.snapshot.stage is Stage.SIGNED_OUT


async def test_another_pc_takes_over(signed_in: Ground) -> None:
    signed_in.link.say_goodbye(WireError(ErrorCode.SESSION_TAKEN_OVER, "taken over"))
    await signed_in.settled()
    account = signed_in.services.account.snapshot
    assert account.stage is Stage.SIGNED_OUT
    assert account.link.error is not None
    assert account.link.error.code is ErrorCode.SESSION_TAKEN_OVER
    assert account.registration.state is RegistrationState.UNREGISTERED
    assert len(signed_in.link.sign_ins) == 1, "it does not come back by itself"


async def test_a_cut_line_signs_nobody_out(signed_in: Ground) -> None:
    signed_in.link.cut(LinkProblem.LINE_LOST)
    account = signed_in.services.account.snapshot
    assert account.stage is Stage.SIGNED_IN
    assert not account.live
    assert account.registration.state is RegistrationState.REGISTERED
    signed_in.link.heal()
    assert signed_in.services.account.snapshot.live


async def test_profile_and_pbx_are_followed(signed_in: Ground) -> None:
    signed_in.link.change(ProfileChanged(Profile(ME, "299", "Anna Meier")), PbxStateChanged(connected=False))
    account = signed_in.services.account.snapshot
    assert account.profile is not None
    assert account.profile.number == "299"
    assert not account.pbx_connected


async def test_a_place_that_became_free_is_taken(ground: Ground) -> None:
    ground.engine.answer_registrations_with(RegistrationState.TOO_MANY_DEVICES)
    await ground.sign_in()
    await ground.settled()
    seen = [ground.services.account.snapshot.registration.state]
    ground.engine.answer_registrations_with(RegistrationState.REGISTERED)
    for devices in (registrations(), registrations()[1:]):
        ground.link.change(RegistrationsChanged(devices))
        await ground.settled()
        seen.append(ground.services.account.snapshot.registration.state)
    full = RegistrationState.TOO_MANY_DEVICES
    assert seen == [full, full, RegistrationState.REGISTERED]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (RegistrationState.UNREACHABLE, RegistrationState.REGISTERED),
        (RegistrationState.TOO_MANY_DEVICES, RegistrationState.REGISTERED),
        (RegistrationState.REFUSED, RegistrationState.REFUSED),  # a password is never tried again by itself
    ],
)
async def test_when_the_pbx_is_back_nobody_waits_for_the_next_try(
    ground: Ground, before: RegistrationState, after: RegistrationState
) -> None:
    ground.engine.answer_registrations_with(before)
    await ground.sign_in()
    await ground.settled()
    ground.engine.answer_registrations_with(RegistrationState.REGISTERED)
    ground.link.change(PbxStateChanged(connected=False))
    await ground.settled()
    assert ground.services.account.snapshot.registration.state is before

    ground.link.change(PbxStateChanged(connected=True))
    await ground.settled()

    assert ground.services.account.snapshot.registration.state is after


async def test_trying_again_asks_engine_and_link(signed_in: Ground) -> None:
    signed_in.engine.lose_registrar()
    signed_in.engine.answer_registrations_with(RegistrationState.REGISTERED)
    signed_in.services.account.register_again()
    await signed_in.settled()
    assert signed_in.services.account.snapshot.registration.state is RegistrationState.REGISTERED
    assert signed_in.link.checks == 1


async def test_a_server_without_voice_for_this_pc(ground: Ground) -> None:
    ground.link.sip_account = None
    await ground.sign_in()
    await ground.settled()
    assert ground.engine.account is None
    assert SIP_KEY not in ground.secrets.secrets
