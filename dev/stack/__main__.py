"""The local stack's commands: `python -m dev.stack up | down | reset | status | setup | npm | test`."""

import argparse
import asyncio
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import uvloop

from dev.stack import emulator, foreground, gateway, install, lock, state
from dev.stack.process import StartFailed
from dev.stack.progress import say
from dev.stack.settings import ROOT, SettingError, StackSettings, environment


def main() -> int:
    """Run one command; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m dev.stack", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("up", help="start everything and stay until Ctrl-C")
    commands.add_parser("down", help="stop the stack of this GAVEL_HOME")
    commands.add_parser("reset", help="stop it and forget its data")
    commands.add_parser("status", help="say whether it runs, and where")
    setup = commands.add_parser("setup", help="install what is missing and build the site")
    setup.add_argument("--tests", action="store_true", help="also what only the tests need")
    commands.add_parser("npm", help="run npm in the site's folder with the arguments that follow")
    commands.add_parser(
        "test", help="run pytest with the arguments that follow, without what needs an emulator we lack"
    )
    arguments, rest = parser.parse_known_args()
    if rest and arguments.command not in ("npm", "test"):
        parser.error(f"unknown arguments: {' '.join(rest)}")
    env = environment()
    try:
        return _run(arguments, rest, StackSettings.from_env(env), env)
    except (SettingError, StartFailed, TimeoutError) as failure:
        say(f"✗ {failure}")
        return 1


def _run(arguments: argparse.Namespace, rest: list[str], settings: StackSettings, env: Mapping[str, str]) -> int:
    match arguments.command:
        case "up":
            return _up(settings, env)
        case "down":
            stopped = lock.stop_holder(settings.home)
            say("Stopped." if stopped else f"No stack runs in {settings.home}.")
        case "reset":
            _reset(settings.home)
        case "status":
            return _status(settings.home)
        case "setup":
            install.prepare_machine(settings, env, tests=arguments.tests)
        case "npm":
            settings.logs.mkdir(parents=True, exist_ok=True)
            install.install_site_packages(settings.site, log=settings.logs / "install.log")
            install.npm(rest, site=settings.site)
        case "test":
            return _test(rest, env)
    return 0


def _up(settings: StackSettings, env: Mapping[str, str]) -> int:
    try:
        with lock.hold(settings.home):
            try:
                listener = gateway.listening(settings.port)
            except OSError:
                other = settings.port + 1
                raise StartFailed(
                    f"Port {settings.port} is taken by another program. Choose another one: GAVEL_PORT={other} make up"
                ) from None
            with listener, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                return runner.run(foreground.run(settings, env, listener=listener))
    except lock.Held:
        say(f"It is running already: {state.read(settings.home).get('gateway', 'it is just starting')}")
        return 0


def _reset(home: Path) -> None:
    if lock.stop_holder(home):
        say("Stopped.")
    kept = state.present(home)
    if not kept:
        say(f"There is nothing to forget in {home}.")
        return
    say(f"Forgetting, in {home}: {', '.join(path.name for path in kept)}.")
    state.forget(home)


def _status(home: Path) -> int:
    """0 and the address if the stack of this home runs, else 3, as a service's status has it."""
    if lock.holder(home) is None:
        say(f"No stack runs in {home}.")
        return 3
    facts = state.read(home)
    say(f"Running at {facts.get('gateway')}")
    for name, child in facts.get("children", {}).items():
        say(f"  {name:16} pid {child['pid']}, port {child['port']}, restarts {child['restarts']}")
    return 0


def _test(arguments: list[str], env: Mapping[str, str]) -> int:
    """Run pytest on two processes, each file on one; where there is no emulator, say loudly what did not run."""
    missing = emulator.why_missing(env)
    without = ["-m", "not emulator"] if missing else []
    command = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadfile", *without, *arguments]
    status = subprocess.run(command, cwd=ROOT, env=dict(env), check=False).returncode
    if missing:
        say(f"!!! The tests marked `emulator` DID NOT RUN (mirror, rules, live updates). {missing}")
    return status


if __name__ == "__main__":
    sys.exit(main())
