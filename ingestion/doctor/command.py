"""`python -m ingestion doctor`: whom to examine, and how it is told."""

import argparse
import json
from collections import Counter
from dataclasses import asdict

from ingestion import console
from ingestion.doctor import FOUND, Diagnosis, Patient, Skipped, examine, loyalty, machine, storage, till
from ingestion.grocer import systems, till_databases
from ingestion.pipelines import given


def run(arguments: argparse.Namespace) -> int:
    """Examine everything and tell; 1 when something was found."""
    found: list[Diagnosis] = []
    everybody = patients(arguments.to)
    with console.Steps() as steps, steps.step("Examining", len(everybody)) as advance:
        for patient in everybody:
            found += examine([patient])
            advance(1)
    if arguments.json:
        console.stdout().print_json(json.dumps([asdict(diagnosis) for diagnosis in found]))
    else:
        tell(found)
    return int(any(diagnosis.verdict == FOUND for diagnosis in found))


def patients(to: str) -> list[Patient]:
    """The machine, the systems as the next load would reach them, and raw."""
    grocer = systems.running()
    own_till = till_databases.configured()
    url = given("pos.till_url", own_till.url)
    address = given("loyalty.base_url", grocer.loyalty_url if grocer else "")
    client = given("loyalty.client_id", grocer.client_id if grocer else "")
    secret = given("loyalty.client_secret", grocer.client_secret if grocer else "")
    folder = systems.drops_folder()
    drops = given("promotions.drops", str(folder) if folder.is_dir() else "")
    return [
        machine.patient(),
        absent("till") if url == own_till.url and not own_till.exists() else till.patient(url),
        loyalty.Loyalty(address, client, secret).patient() if address else absent("loyalty"),
        storage.drops(drops) if drops else absent("promotions"),
        storage.raw(to),
    ]


def absent(system: str) -> Patient:
    """A system of the grocer's that nobody has brought up, and that nothing else stands for."""

    def name() -> str:
        raise Skipped("the grocer is down: a load starts it")

    return Patient(system, {"name": name})


def tell(found: list[Diagnosis]) -> None:
    """A table of all checks, then a line for each cause."""
    console.table(
        ("system", "check", "verdict", "what was seen"),
        [(one.system, one.check, one.verdict, one.cause if one.verdict == FOUND else one.told) for one in found],
        title="What keeps a load from going well",
    )
    for one in found:
        if one.verdict == FOUND:
            console.stdout().print(f"{one.cause} ({one.system}): {one.told}", markup=False)
    verdicts = Counter(one.verdict for one in found)
    if not verdicts[FOUND]:
        console.stdout().print(f"All is well: {verdicts['ok']} checks.")
