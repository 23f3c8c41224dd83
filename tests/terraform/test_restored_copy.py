"""A restored copy of the database is imported resource by resource (docs/restore.md): nothing stands in the way."""

import re

from dev.stack.settings import ROOT

DATABASE = ROOT / "terraform" / "modules" / "database"


def test_no_output_asks_for_one_of_several_resources() -> None:
    """While the first of them is imported the others are not there, and such an output would fail that import."""
    several = re.findall(
        r'^resource "(\w+)" "(\w+)" {\n  for_each', (DATABASE / "main.tf").read_text(encoding="utf-8"), re.MULTILINE
    )
    outputs = (DATABASE / "outputs.tf").read_text(encoding="utf-8")

    assert several
    assert [f"{kind}.{name}" for kind, name in several if f"{kind}.{name}[" in outputs] == []
