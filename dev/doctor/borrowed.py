"""python3 -m dev.doctor.borrowed: what the doctor must be told to look at an installation from beside its functions.

Reads JSON texts one after the other from standard input: the address of each operation (Terraform's output
`called_urls`), then what `gcloud run services describe nl-query` and `gcloud run jobs describe migrate` say. Writes the
variables of the service, changed by those of the job, as the JSON object that `gcloud run jobs deploy` takes with
--env-vars-file. Secrets are named there and not told, so that they stay out.

Needs nothing but Python. Exit status: 0 written, 1 not.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any


def main() -> int:
    """The exit status."""
    try:
        addresses, *described = documents(sys.stdin.read())
        variables = {name: value for each in described for name, value in told(each)}
    except ValueError as error:
        print(f"borrowed: {error}", file=sys.stderr)
        return 1
    print(json.dumps({"DOCTOR_FUNCTIONS": json.dumps(addresses)} | variables, indent=1))
    return 0


def documents(text: str) -> list[Any]:
    """Each of the JSON texts.

    >>> documents('{"place_bid": "https://a.example"} {} {}')
    [{'place_bid': 'https://a.example'}, {}, {}]

    Raises:
        ValueError: something is no JSON, or there are not three.
    """
    found, rest = [], text.strip()
    while rest:
        document, end = json.JSONDecoder().raw_decode(rest)
        found.append(document)
        rest = rest[end:].lstrip()
    if len(found) != 3:
        raise ValueError(f"wants addresses, a service and a job, not {len(found)} JSON texts")
    return found


def told(described: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The variables of the first container, wherever it stands: a job holds its task one level deeper than a service.

    >>> list(told({"spec": {"template": {"spec": {"containers": [{"env": [{"name": "DB_NAME", "value": "gavel"}]}]}}}}))
    [('DB_NAME', 'gavel')]

    Raises:
        ValueError: there is no container.
    """
    spec = described.get("spec", {})
    while "template" in spec:
        spec = spec["template"].get("spec", {})
    if not spec.get("containers"):
        raise ValueError("a description has no container: ask gcloud for --format=json")
    for variable in spec["containers"][0].get("env", []):
        if variable.get("value"):
            yield variable["name"], variable["value"]


if __name__ == "__main__":
    sys.exit(main())
