"""The workflows: clean under three linters, pinned, with the least rights, and of one mind with Terraform."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from dev.stack.settings import ROOT
from dev.workflows import __main__ as linting

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
TERRAFORM = ROOT / "terraform"
USES = re.compile(r"^\s*(?:- )?uses: (?P<action>\S+)(?P<comment>.*)$", re.MULTILINE)

SOUND = """
name: sound
on: push
permissions: {}
concurrency:
  group: sound
  cancel-in-progress: true
jobs:
  one:
    name: one
    runs-on: ubuntu-latest
    steps:
      - run: echo "$GITHUB_SHA"
"""


def test_the_workflows_are_clean() -> None:
    """All three linters, as `make check` runs them."""
    assert linting.main([]) == 0


@pytest.mark.parametrize(
    ("sound", "fault", "said"),
    [
        pytest.param('"$GITHUB_SHA"', '"${{ github.head_ref }}"', "template-injection", id="zizmor"),
        pytest.param("runs-on: ubuntu-latest", "runs-on: 24", "Schema validation errors", id="check-jsonschema"),
        pytest.param('"$GITHUB_SHA"', '"${{ steps.none.outputs.one }}"', 'property "none" is not', id="actionlint"),
    ],
)
def test_each_linter_finds_a_fault_of_its_own(
    sound: str, fault: str, said: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A linter that sees no files would find none anywhere."""
    file = tmp_path / ".github" / "workflows" / "one.yml"
    file.parent.mkdir(parents=True)
    file.write_text(SOUND)
    assert linting.main(["--github", str(tmp_path / ".github")]) == 0

    file.write_text(SOUND.replace(sound, fault))

    assert linting.main(["--github", str(tmp_path / ".github")]) == 1
    told = capfd.readouterr()
    assert said in told.out + told.err


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_an_action_is_pinned_to_a_commit(file: Path) -> None:
    """With its version behind it, which Dependabot keeps; a tag could be moved to other code."""
    for found in USES.finditer(file.read_text(encoding="utf-8")):
        if not found["action"].startswith("./"):
            assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", found["action"]), found[0]
            assert re.fullmatch(r" # v\d+\.\d+\.\d+", found["comment"]), found[0]


def test_one_action_has_one_version_everywhere() -> None:
    """The parts of one action as well, which belong together."""
    versions: dict[str, set[str]] = {}
    for file in WORKFLOWS:
        for found in USES.finditer(file.read_text(encoding="utf-8")):
            name, _, commit = found["action"].partition("@")
            versions.setdefault("/".join(name.split("/")[:2]), set()).add(commit)

    assert {name: commits for name, commits in versions.items() if len(commits) > 1} == {}


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_a_job_has_what_it_needs_and_no_more(file: Path) -> None:
    """Rights job by job and an end in time; only deploy.yml becomes somebody, in an environment with its approval."""
    workflow = yaml.safe_load(file.read_text(encoding="utf-8"))

    assert workflow["permissions"] == {}
    assert "concurrency" in workflow
    for name, job in workflow["jobs"].items():
        assert job["permissions"], name
        assert "uses" in job or 0 < job["timeout-minutes"] <= 240, name
        if job["permissions"].get("id-token"):
            assert file.stem == "deploy", name
            assert "environment" in job, name


def test_a_job_has_time_for_every_step_to_take_its_own() -> None:
    """The way back comes last, and being cut off in the middle of it would be the worst of all."""
    plan, deploy = deploy_jobs()
    taken = [step["timeout-minutes"] for step in deploy["steps"] if "timeout-minutes" in step]

    assert len(taken) >= 6
    assert sum(taken) + plan["timeout-minutes"] / 3 <= deploy["timeout-minutes"]  # and for setting up


def test_a_checkout_leaves_no_credentials_behind() -> None:
    """Whatever runs after it could take them."""
    for step in steps():
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


def test_scripts_are_shell_and_take_nothing_but_variables() -> None:
    """What others chose, such as a branch's name, reaches a script as data."""
    scripts = [step["run"] for step in steps() if "run" in step]
    assert scripts
    for script in scripts:
        assert "${{" not in script
        assert subprocess.run(["bash", "-n"], input=script, text=True, check=False).returncode == 0, script


def test_builds_and_installations_come_before_anybody_is_signed_in() -> None:
    """What they run is other people's code, and would find the deploy account's credentials."""
    for job in deploy_jobs():
        names = [str(step.get("uses", step.get("run", ""))) for step in job["steps"]]
        signed_in = next(index for index, name in enumerate(names) if name.startswith("google-github-actions/auth@"))
        for script in names[signed_in:]:
            assert not re.search(r"docker build|\bnpm\b.* ci|\bnpx\b|pip install|bootstrap", script), script


def test_terraform_is_given_every_variable_that_it_asks_for() -> None:
    """By the plan; the variables that the workflow sets exist, and so do the outputs that it reads."""
    text = (TERRAFORM / "variables.tf").read_text(encoding="utf-8")
    blocks = dict(re.findall(r'^variable "(\w+)" {\n(.*?)^}', text, re.MULTILINE | re.DOTALL))
    required = {name for name, block in blocks.items() if not re.search(r"^  default\b", block, re.MULTILINE)}
    tfvars = [
        set(re.findall(r"^(\w+)\s*=", (TERRAFORM / "environments" / f"{name}.tfvars").read_text(), re.MULTILINE))
        for name in ("dev", "prod")
    ]
    plan, deploy = deploy_jobs()
    given = {name.removeprefix("TF_VAR_") for name in plan["env"] if name.startswith("TF_VAR_")} | {"archives"}
    again = {name.removeprefix("TF_VAR_") for name in deploy["env"] if name.startswith("TF_VAR_")}

    assert given <= blocks.keys()
    assert all(required <= given | held for held in tfvars)
    assert given - again == {"archives", "dashboard_image"}  # a roll-back gives those of the release before

    outputs = set(re.findall(r'^output "(\w+)"', (TERRAFORM / "outputs.tf").read_text(encoding="utf-8"), re.MULTILINE))
    scripts = [step["run"] for step in deploy["steps"] if "run" in step] + [(ROOT / ".github" / "smoke.sh").read_text()]
    read = set(re.findall(r"terraform \S+ output -\w+ (\w+)", "\n".join(scripts)))
    assert read == {"called_urls", "site_config_json", "site_firebase_json"}
    assert read <= outputs


def test_an_installation_has_the_last_word() -> None:
    """Its variables come after its environment's, as on a person's machine: of two files the later one counts."""
    plan, _ = deploy_jobs()
    scripts = [str(step.get("run")) for step in plan["steps"]] + [(ROOT / ".github" / "roll_back.sh").read_text()]
    order = [re.findall(r"-var-file=\"?([\w./$-]+)", script) for script in scripts if "-var-file" in script]

    assert order == [["environments/$ENVIRONMENT.tfvars", "installation.tfvars.json"]] * 2


def test_a_release_is_carried_out_in_order() -> None:
    """The schema before the functions that need it, rights before the first call, pages after functions that work."""
    _, deploy = deploy_jobs()
    names = [step["name"] for step in deploy["steps"] if "name" in step]

    assert names[-7:] == [
        "Migrate",
        "Apply",
        "Grant rights",
        "Smoke test",
        "Deploy the site",
        "Remember the release",
        "Roll back",
    ]
    assert not any("continue-on-error" in step for step in deploy["steps"])
    assert [step["name"] for step in deploy["steps"] if "if" in step] == ["Roll back"]


def test_an_auction_decides_whether_a_release_stays() -> None:
    """Each step after which functions may not work leads back, and the way back is tried by an auction too."""
    _, deploy = deploy_jobs()
    named = {step["name"]: step for step in deploy["steps"] if "name" in step}
    back = named["Roll back"]
    failed = re.search(r"\(([^()]+)\)$", back["if"])

    assert named["Smoke test"]["run"] == "sh .github/smoke.sh"
    assert [named[name]["id"] for name in ("Apply", "Grant rights", "Smoke test")] == ["apply", "grant", "smoke"]
    assert back["if"].startswith("failure() && ")
    assert failed
    assert failed[1].split(" || ") == [f"steps.{step}.outcome == 'failure'" for step in ("apply", "grant", "smoke")]
    assert back["run"] == "sh .github/roll_back.sh"
    assert (ROOT / ".github" / "roll_back.sh").read_text(encoding="utf-8").endswith("\nsh .github/smoke.sh\n")


def test_a_release_can_be_carried_out_again_by_hand() -> None:
    """From main to dev and from a tag v… to prod, as when it is pushed; from elsewhere nothing is deployed."""
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "deploy.yml").read_text(encoding="utf-8"))
    plan, deploy = deploy_jobs()
    (refs,) = re.findall(r"^vars\.DEPLOY == 'on' && \((.*)\)$", plan["if"])

    assert workflow[True] == {"push": {"branches": ["main"], "tags": ["v*"]}, "workflow_dispatch": None}  # YAML's `on`
    assert refs == "github.ref == 'refs/heads/main' || startsWith(github.ref, 'refs/tags/v')"
    assert deploy["needs"] == "plan"  # so that it is left out with it


@pytest.mark.parametrize("lacking", [[], ["GCP_REGION"], ["GCP_PROJECT_ID", "TERRAFORM_VARIABLES"]])
def test_a_deployment_without_a_variable_says_which(lacking: list[str]) -> None:
    """DEPLOY may be on before an environment has its own. It ends before anything is built or anybody is signed in."""
    plan, _ = deploy_jobs()
    step = plan["steps"][0]
    text = (ROOT / ".github" / "workflows" / "deploy.yml").read_text(encoding="utf-8")
    needed = set(re.findall(r"\bvars\.(\w+)", text)) - {"DEPLOY"}
    env = {name: "" if name in lacking else "set" for name in needed}

    done = subprocess.run(
        ["bash", "-e", "-c", step["run"]],
        env={"PATH": os.defpath, "ENVIRONMENT": "prod", **env},
        check=False,
        capture_output=True,
        text=True,
    )

    assert step["env"].keys() | {"TERRAFORM_VARIABLES"} == needed
    assert done.returncode == bool(lacking)
    assert done.stdout.startswith("::error::") == bool(lacking)
    assert [name for name in sorted(needed) if name in done.stdout] == lacking


def test_checkov_looks_at_terraform() -> None:
    """In the job that has Terraform, in a version that only an update changes."""
    check = yaml.safe_load((ROOT / ".github" / "workflows" / "check.yml").read_text(encoding="utf-8"))
    scripts = [step["run"] for step in check["jobs"]["terraform"]["steps"] if "run" in step]
    requirements = ROOT / ".github" / "checkov" / "requirements.txt"

    assert sum('pip" install' in script and str(requirements.relative_to(ROOT)) in script for script in scripts) == 1
    assert scripts[-1] == (
        '"$RUNNER_TEMP/checkov/bin/checkov" -d terraform --framework terraform --skip-download --compact --quiet'
    )
    assert re.search(r"^checkov==\d+\.\d+\.\d+$", requirements.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize(
    ("said", "status", "told"),
    [
        pytest.param("Apply complete!", 0, "", id="all is well"),
        pytest.param("Error: Error creating Service", 1, "", id="halfway"),
        pytest.param("Error: Saved plan is stale", 1, "untouched=true\n", id="stale"),
        pytest.param("Error: Error acquiring the state lock", 1, "untouched=true\n", id="locked"),
    ],
)
def test_what_was_not_begun_is_not_taken_back(said: str, status: int, told: str, tmp_path: Path) -> None:
    """The step says so to the one that rolls back; it fails whenever Terraform does."""
    _, deploy = deploy_jobs()
    (apply,) = [step["run"] for step in deploy["steps"] if step.get("id") == "apply"]
    program(tmp_path / "terraform", f"echo '{said}'; exit {status}")
    output = tmp_path / "output"
    output.touch()
    env = {"PATH": f"{tmp_path}:{os.defpath}", "GITHUB_OUTPUT": str(output), "RUNNER_TEMP": str(tmp_path)}

    done = subprocess.run(["bash", "-eo", "pipefail", "-c", apply], env=env, check=False, capture_output=True)

    assert done.returncode == status
    assert output.read_text() == told
    (back,) = [step["if"] for step in deploy["steps"] if step.get("name") == "Roll back"]
    assert "!steps.apply.outputs.untouched" in back


def steps() -> Iterator[dict[str, Any]]:
    """Every step of every workflow."""
    for file in WORKFLOWS:
        for job in yaml.safe_load(file.read_text(encoding="utf-8"))["jobs"].values():
            yield from job.get("steps", [])


def deploy_jobs() -> tuple[dict[str, Any], dict[str, Any]]:
    """The two jobs that become the deploy account: the plan's, and the one that carries it out."""
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "deploy.yml").read_text(encoding="utf-8"))["jobs"]
    return jobs["plan"], jobs["deploy"]


def program(path: Path, script: str) -> None:
    """A command of that name which does this."""
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
