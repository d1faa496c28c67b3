"""Twenty-four people who do not exist, their ring groups, room and switch, for demonstration and trials: always the same."""

from __future__ import annotations

from dataclasses import dataclass

from wwphone.domain.account import Right
from wwphone.domain.presence import PresenceGroup
from wwphone.server.api import PbxRoom
from wwphone.server.ring_group_api import PbxRingGroup
from wwphone.server.switch_api import PbxRoute, PbxSwitch

RECEPTION, SALES, ENGINEERING, MANAGEMENT = "Reception", "Sales", "Engineering", "Management"
GROUPS = tuple(
    PresenceGroup(name, position)
    for position, name in enumerate((RECEPTION, SALES, ENGINEERING, MANAGEMENT), 1)
)

_EVERYBODY = frozenset({Right.CTI_ACCESS, Right.CONFERENCE_ROOM})
_MORE = {
    RECEPTION: frozenset(
        {Right.MANAGE_PHONEBOOK, Right.MANAGE_ANNOUNCEMENTS, Right.SET_PRESENCE, Right.OPERATE_SWITCHES}
    ),
    SALES: frozenset({Right.RECORD_CALLS, Right.OPERATE_SWITCHES}),
    ENGINEERING: frozenset[Right](),
    MANAGEMENT: frozenset({Right.RECORD_CALLS, Right.ADMINISTRATE}),
}


@dataclass(frozen=True)
class Person:
    """One of them."""

    user: str
    number: str
    first_name: str
    surname: str
    group: str

    @property
    def nickname(self) -> str:
        """What colleagues see."""
        return f"{self.first_name} {self.surname}"

    @property
    def email(self) -> str:
        """An address in a domain that is reserved for examples (RFC 2606)."""
        return f"{self.user}@example.net"

    @property
    def rights(self) -> frozenset[Right]:
        """What the person may do."""
        return _EVERYBODY | _MORE[self.group]


_NAMES = (
    ("carla", "Carla", "Brändli", RECEPTION),
    ("dario", "Dario", "Lüthi", RECEPTION),
    ("ursula", "Ursula", "Grünenfelder", RECEPTION),
    ("anna", "Anna", "Muster", SALES),
    ("eva", "Eva", "Schönenberger", SALES),
    ("stefan", "Stefan", "Vögeli", SALES),
    ("beat", "Beat", "Keller", SALES),
    ("juerg", "Jürg", "Zürcher", SALES),
    ("kaethi", "Käthi", "Rüegg", SALES),
    ("moritz", "Moritz", "Größle", SALES),
    ("simone", "Simone", "Ackermann", SALES),
    ("thomas", "Thomas", "Bühler", ENGINEERING),
    ("bjoern", "Björn", "Köhler", ENGINEERING),
    ("regula", "Regula", "Wüthrich", ENGINEERING),
    ("lukas", "Lukas", "Hofstetter", ENGINEERING),
    ("soeren", "Sören", "Weiß", ENGINEERING),
    ("nadine", "Nadine", "Fässler", ENGINEERING),
    ("reto", "Reto", "Caduff", ENGINEERING),
    ("ulrike", "Ulrike", "Jäger", ENGINEERING),
    ("yves", "Yves", "Aebischer", ENGINEERING),
    ("maja", "Maja", "Stöckli", ENGINEERING),
    ("guenther", "Günther", "Lämmle", MANAGEMENT),
    ("verena", "Verena", "Hürlimann", MANAGEMENT),
    ("oezlem", "Özlem", "Yıldız", MANAGEMENT),
)

PEOPLE = tuple(
    Person(user, str(number), first_name, surname, group)
    for number, (user, first_name, surname, group) in enumerate(_NAMES, 201)
)


def _ring_group(number: str, name: str) -> PbxRingGroup:
    """Everybody of the presence group of the same name."""
    return PbxRingGroup(number, name, tuple(person.user for person in PEOPLE if person.group == name))


RING_GROUPS = (_ring_group("300", RECEPTION), _ring_group("310", SALES))
ROOMS = (PbxRoom("400", "Meeting room"),)
SWITCHES = (
    PbxSwitch(
        "night",
        "Night",
        "1",
        routes=(PbxRoute("300", to_mailbox_of="carla"), PbxRoute("310", to_mailbox_of="anna")),
    ),
)
