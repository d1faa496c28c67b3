"""Sixty customers and suppliers of the demo company who do not exist, at numbers nobody has: always the same."""

from __future__ import annotations

from collections.abc import Iterator

from wwphone.domain.phonebook import ContactDetails
from wwphone.server.phonebook_api import GLOBAL, ContactDraft

_COMPANIES = (
    ("Zimmerei Aebi AG", "44"),
    ("Bäckerei Zürcher & Söhne", "44"),
    ("Hôtel du Lac Léman SA", "22"),
    ("Garage Schönbächler GmbH", "41"),
    ("Treuhand Käslin & Partner", "31"),
    ("Spitex Oberwiesental", "52"),
    ("Getränke Lüscher AG", "62"),
    ("Tipografia Bernasconi SA", "91"),
    ("Druckerei Häfliger AG", "61"),
    ("Apotheke zum Löwen", "71"),
    ("Fürsprecher Wälti & Roth", "31"),
    ("Gemeinde Oberwiesental", "52"),
    ("Elektro Gübeli AG", "55"),
    ("Menuiserie Crettenand Sàrl", "27"),
    ("Reisebüro Weitweg", "81"),
)
"""With the area code of a place; behind it stands 555, as in films."""
_FIRST_NAMES = (
    "Hans", "Ruth", "Jürg", "Béatrice", "Urs", "Käthi", "René", "Margrit", "Köbi", "Françoise", "Gian", "Chiara",
    "Luzia", "Niklaus", "Zoé", "Sämi", "Ursina", "Loïc", "Annelies", "Töbi",
)  # fmt: skip
_SURNAMES = (
    "Müller", "Meier", "Zbinden", "Rüegsegger", "Blanc", "Bernasconi", "Caflisch", "Gschwind", "Hürlimann", "Iten",
    "Jäggi", "Nägeli", "Ochsner", "Pérez", "Röthlisberger", "Schürch", "Tschümperlin", "Vögtli", "Wyss", "Zgraggen",
    "Amstutz", "Bösch", "Christen",
)  # fmt: skip
_NOTES = {
    0: "Nur vormittags erreichbar.",
    7: "Zahlt immer pünktlich.",
    23: "Spricht Italienisch und Deutsch.",
    41: "Hund im Büro!",
}
_COUNT = 60


def _entries() -> Iterator[ContactDetails]:
    for number in range(_COUNT):
        company, area = _COMPANIES[number % len(_COMPANIES)]
        switchboard = number < len(_COMPANIES) and number % 3 == 0
        line = number // len(_COMPANIES)
        office = (
            f"+41{area}55501{number % len(_COMPANIES):02}"
            if switchboard
            else f"+41{area}5550{line + 2}{number:02}"
        )
        if switchboard:
            yield ContactDetails(company=company, office=office, email=f"info{number}@example.com")
            continue
        yield ContactDetails(
            first_name=_FIRST_NAMES[number * 7 % len(_FIRST_NAMES)],
            surname=_SURNAMES[number * 5 % len(_SURNAMES)],
            company="" if number % 10 == 9 else company,
            office="" if number % 10 == 9 else office,
            mobile=f"+417955502{number:02}" if number % 2 else "",
            private=f"+414455509{number:02}" if number % 10 == 9 or number % 7 == 0 else "",
            email=f"kontakt{number}@example.com" if number % 3 == 1 else "",
            note=_NOTES.get(number, ""),
        )


CONTACTS = tuple(
    ContactDraft(f"demo{number:02}", GLOBAL, details) for number, details in enumerate(_entries(), 1)
)
