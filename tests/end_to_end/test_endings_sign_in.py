"""Every way in which nobody gets in: the sentence in the sign-in dialog, and what does not happen without being asked."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.helpers.certificates import CertificateAuthority, ServerCertificate
from tests.helpers.client import Client, seat_in
from tests.helpers.company import CompanyPlan, RealCompany
from tests.helpers.waiting import wait_until
from wwphone.cti.api import ErrorCode, LinkProblem
from wwphone.domain.account import MAX_REGISTRATIONS
from wwphone.gui.words import SENTENCES
from wwphone.sip.api import RegistrationState

pytestmark = pytest.mark.end_to_end

SIGN_IN_LIMIT = 5
REFUSED = 'wwphone_sign_ins_total{kind="sign_in",outcome="wrong_password"}'
BLOCKED_MINUTES = 7
MakeCertificate = Callable[[CertificateAuthority], ServerCertificate]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealCompany]:
    """A company in which Eva may not use the client at all."""
    plan = CompanyPlan(without_cti_access=frozenset({"eva"}))
    with RealCompany(tmp_path_factory.mktemp("company"), plan) as running:
        yield running


@pytest.fixture(scope="module")
def newcomer(company: RealCompany, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client that knows nobody's password: its dialog is open, and stays open at each refusal."""
    seat = seat_in(company, "anna", password="")
    with Client(seat, tmp_path_factory.mktemp("newcomer")) as client:
        yield client


def devices_shown(client: Client) -> list[str]:
    """What the panel My devices says of each device that is registered."""
    return [text for text in client.window().texts() if "baresip" in text and "registered until" in text]


def told(client: Client, sentence: str) -> None:
    """Wait for a sentence in the dialog, and see that nobody got in."""
    client.wait_for(lambda: sentence in client.text_of("problem_text"), sentence)
    assert not client.text_of("own_line").isdigit()


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        (CertificateAuthority.self_signed, LinkProblem.CERTIFICATE_UNTRUSTED),
        (CertificateAuthority.for_another_host, LinkProblem.CERTIFICATE_WRONG_HOST),
        (CertificateAuthority.expired, LinkProblem.CERTIFICATE_EXPIRED),
        (CertificateAuthority.not_yet_valid, LinkProblem.CERTIFICATE_EXPIRED),
    ],
    ids=["untrusted", "wrong host", "expired", "not yet valid"],
)
def test_a_wrong_certificate_of_the_cti_server(
    company: RealCompany, newcomer: Client, wrong: MakeCertificate, problem: LinkProblem
) -> None:
    company.show_certificate(wrong(company.authority))
    try:
        newcomer.sign_in(company.member("anna").cti_password)

        told(newcomer, SENTENCES[problem])
    finally:
        company.show_certificate(company.authority.good())


def test_no_server_at_this_port(company: RealCompany, tmp_path: Path) -> None:
    with Client(seat_in(company, "anna", password="", port=9), tmp_path) as client:
        client.sign_in(company.member("anna").cti_password)

        told(client, SENTENCES[LinkProblem.CONNECTION_REFUSED])


def test_a_user_without_cti_access_is_told_why(company: RealCompany, tmp_path: Path) -> None:
    with Client(seat_in(company, "eva", password=""), tmp_path) as client:
        client.sign_in(company.member("eva").cti_password)

        told(client, SENTENCES[ErrorCode.CTI_ACCESS_OFF])


def test_a_remembered_password_that_is_no_longer_right_opens_the_dialog(
    company: RealCompany, tmp_path: Path
) -> None:
    with Client(seat_in(company, "anna", password="the-one-of-last-year"), tmp_path) as client:
        told(client, SENTENCES[ErrorCode.WRONG_PASSWORD])

        client.sign_in(company.member("anna").cti_password)
        client.wait_until_reachable()
        assert not client.text_of("problem_text")


def test_signed_in_elsewhere_one_can_move_here_and_the_other_pc_is_told(
    company: RealCompany, tmp_path: Path
) -> None:
    office = seat_in(company, "beat", pc="PC-OFFICE")
    home = seat_in(company, "beat", pc="PC-HOME", password="")
    with Client(office, tmp_path / "office") as there, Client(home, tmp_path / "home") as here:
        there.wait_until_reachable()
        here.sign_in(company.member("beat").cti_password)
        told(here, "You are signed in on PC-OFFICE since")
        assert there.text_of("own_line").isdigit()

        here.press("Move here")

        here.wait_until_reachable()
        there.wait_for_banner(SENTENCES[ErrorCode.SESSION_TAKEN_OVER])
        wait_until(lambda: company.contacts("beat") == 1, "the one registration of the PC at home")
        assert "Office" not in str(here.banners())
        here.dial("801")
        here.wait_until_talking("801")
        here.press("Hang up", within="801")


def test_the_pbx_shows_a_certificate_of_another_authority(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    elsewhere = CertificateAuthority(tmp_path / "another", "another authority")
    plan = CompanyPlan(settings={"sip": {"certificate_authority": str(elsewhere.ca_file)}})
    with (
        RealCompany(tmp_path_factory.mktemp("company"), plan) as company,
        Client(seat_in(company, "anna"), tmp_path / "anna") as anna,
    ):
        anna.wait_for_banner(SENTENCES[RegistrationState.CERTIFICATE_REJECTED])

        assert company.contacts("anna") == 0
        anna.dial("207")
        anna.wait_for(lambda: "not registered" in anna.text_of("dial_hint"), "why nothing is dialled")


def test_five_wrong_passwords_block_the_address_and_the_dialog_says_how_long(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    plan = CompanyPlan(settings={"sign_in": {"window_s": BLOCKED_MINUTES * 60.0, "limit": SIGN_IN_LIMIT}})
    with (
        RealCompany(tmp_path_factory.mktemp("company"), plan) as company,
        Client(seat_in(company, "anna", password=""), tmp_path) as client,
    ):
        for refused in range(1, SIGN_IN_LIMIT + 1):
            client.sign_in(f"wrong-{refused}")
            wait_until(lambda: company.figure(REFUSED) >= refused, "the refusal")  # noqa: B023 - asked at once
            told(client, SENTENCES[ErrorCode.WRONG_PASSWORD])

        client.sign_in(company.member("anna").cti_password)

        told(client, f"{SENTENCES[ErrorCode.ADDRESS_BLOCKED]} Wait {BLOCKED_MINUTES} min.")
        assert company.figure(REFUSED) == SIGN_IN_LIMIT, "a refused password is never tried again by itself"


def test_a_fourth_device_is_refused_with_the_names_of_the_three_and_takes_the_first_free_place(
    company: RealCompany, tmp_path: Path
) -> None:
    phones = [company.phone("moritz") for _ in range(MAX_REGISTRATIONS)]
    with contextlib.ExitStack() as running:
        for phone in phones:
            running.enter_context(phone).register()
        client = running.enter_context(Client(seat_in(company, "moritz"), tmp_path))

        client.wait_for_banner(SENTENCES[RegistrationState.TOO_MANY_DEVICES])
        client.wait_for(
            lambda: str(client.banners()).count("baresip") == MAX_REGISTRATIONS, "the names of the three"
        )
        assert company.contacts("moritz") == MAX_REGISTRATIONS
        client.press("My devices")
        client.wait_for(lambda: len(devices_shown(client)) == MAX_REGISTRATIONS, "the list of devices")

        phones[0].stop()

        client.wait_until_reachable()
        client.wait_for(lambda: "baresip" not in str(client.banners()), "the end of the warning")
        wait_until(lambda: company.contacts("moritz") == MAX_REGISTRATIONS, "three registrations again")
