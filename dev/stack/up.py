"""One local stack: its parts brought up in order, and taken down again."""

import asyncio
import os
import sys
from collections.abc import Mapping
from socket import socket

from dev.stack import dashboard, database, emulator, functions, gateway, ports, scheduler
from dev.stack.database import DatabaseServer
from dev.stack.issuer import Issuer, kept_key
from dev.stack.process import Program, StartFailed, tethered
from dev.stack.progress import say, step
from dev.stack.settings import ROOT, StackSettings
from dev.stack.supervisor import Supervisor


class Stack:
    """One local stack; `start`, then `stop`, from one event loop."""

    def __init__(self, settings: StackSettings, env: Mapping[str, str], listener: socket) -> None:
        """A stack that will serve on the listening socket."""
        self.settings = settings
        self.env = env
        self.listener = listener
        self.url = f"http://{ports.HOST}:{listener.getsockname()[1]}"
        self.operations = settings.operations()
        self.ports = ports.remembered_ports(
            settings.home / "ports.json", ["database", "firestore", "issuer", "dashboard", *self.operations]
        )
        self.issuer = Issuer(
            key=kept_key(settings.home / "issuer.pem"), port=self.ports["issuer"], project=settings.project
        )
        self.supervisor = Supervisor(settings.home / "stack.json", say)
        self.supervisor.facts = {"pid": os.getpid(), "gateway": self.url, "issuer": self.issuer.url}
        self.why_no_emulator = emulator.why_missing(env)
        self.emulator: str | None = None
        if self.why_no_emulator is None:
            self.emulator = env.get("FIRESTORE_EMULATOR_HOST") or f"{ports.HOST}:{self.ports['firestore']}"
        self.functions = {name: f"http://{ports.HOST}:{self.ports[name]}" for name in self.operations}
        self.dashboard = f"http://{ports.HOST}:{self.ports['dashboard']}"
        self.web = gateway.server(gateway.application(self._gateway_facts()))
        self.tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Bring everything up.

        Raises:
            StartFailed: a part did not come up.
        """
        self.issuer.open()
        server = await self._start_database()
        if self.why_no_emulator is None:
            await self._start_emulator(server)
        await self._start_functions_and_dashboard(server)
        self.tasks.append(asyncio.create_task(self.web.serve(sockets=[self.listener])))
        await self._seed()
        await self._make_history(server)
        every = self.settings.schedule_seconds
        self.tasks.append(asyncio.create_task(scheduler.run(self.functions, issuer=self.issuer, every_seconds=every)))
        self._tell_addresses(server)

    async def stop(self) -> None:
        """Take everything down: gateway, scheduler, functions and dashboard, emulator, database."""
        self.web.should_exit = True
        for task in self.tasks[1:]:  # the first is the gateway, which ends by itself
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self.supervisor.stop()
        await asyncio.to_thread(self.issuer.close)

    async def _start_database(self) -> DatabaseServer:
        home = self.settings.home / "database"
        with step("database") as told:
            server, program = await asyncio.to_thread(database.prepare, home, port=self.ports["database"], env=self.env)
            self.supervisor.facts["database"] = {"host": server.host, "port": server.port, "schema": server.schema}
            await self.supervisor.start([program])
            told.append(server.version)
        with step("migrations"):
            env = server.environment(server.migrate)
            del env["REPORTING_DB_PASSWORD"]  # the server's own set-up has made the analysts' user
            await self._run_module("dev.migrate", log="migrate.log", env=env)
        return server

    async def _start_emulator(self, server: DatabaseServer) -> None:
        async def mirror_again() -> None:
            await asyncio.to_thread(database.forget_mirror, server)

        with step("Firestore emulator"):
            self.supervisor.facts["firestore_emulator"] = self.emulator
            if not self.env.get("FIRESTORE_EMULATOR_HOST"):
                program = emulator.emulator_program(
                    port=self.ports["firestore"], log=self.settings.logs / "firestore.log", env=self.env
                )
                await self.supervisor.start([program], after_restart=mirror_again)
            await mirror_again()  # it keeps nothing from the last time

    async def _start_functions_and_dashboard(self, server: DatabaseServer) -> None:
        """Side by side: Streamlit takes as long to start as a function."""
        log = self.settings.logs / "dashboard.log"
        app = dashboard.dashboard_program(gateway=self.url, port=self.ports["dashboard"], log=log, env=self.env)
        self.supervisor.facts |= {"functions": self.functions, "dashboard": self.dashboard}
        with step("functions and the analysts' app") as told:
            await self.supervisor.start([*self._function_programs(server), app])
            told.append(", ".join(self.operations))

    def _function_programs(self, server: DatabaseServer) -> list[Program]:
        env = functions.function_environment(
            database=server.environment(),
            issuer=self.issuer.url,
            emulator=self.emulator,
            site=self.url,
            project=self.settings.project,
        )
        return [
            functions.function_program(
                name,
                {**functions.function_defaults(name), **self.env, **env},
                port=self.ports[name],
                directory=self.settings.functions,
                log=self.settings.logs / f"{name}.log",
            )
            for name in self.operations
        ]

    async def _seed(self) -> None:
        """Fill the market on the first start; a stack without goods is still a stack."""
        stamp = self.settings.home / "seeded"
        if stamp.exists():
            return
        try:
            with step("seed the market"):
                await self._run_module("dev.seed", "--gateway", self.url, log="seed.log", env={})
        except StartFailed as failure:
            say(f"! {failure}")
            return
        stamp.touch()

    async def _make_history(self, server: DatabaseServer) -> None:
        """A year of past sales for the analysts, once in each database: the stamp lies beside the data."""
        stamp = self.settings.home / "database" / "history"
        count = self.settings.history_listings
        if not count or stamp.exists():
            return
        try:
            with step("a year of past sales"):
                arguments = ("--listings", str(count))
                await self._run_module("dev.seed.history", *arguments, log="history.log", env=server.environment())
        except StartFailed as failure:
            say(f"! {failure}")
            return
        stamp.touch()

    async def _run_module(self, module: str, *arguments: str, log: str, env: Mapping[str, str]) -> None:
        """Run one of our own tools to its end.

        Raises:
            StartFailed: it failed; the message names its log.
        """
        file = self.settings.logs / log
        with file.open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                *tethered([sys.executable, "-m", module, *arguments]),
                cwd=ROOT,
                env={**self.env, **env},
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        try:
            status = await process.wait()
        except asyncio.CancelledError:
            process.kill()
            raise
        if status:
            raise StartFailed(f"`python -m {module}` failed ({status}); see {file}.")

    def _gateway_facts(self) -> gateway.GatewayFacts:
        return gateway.GatewayFacts(
            functions=self.functions,
            issuer=self.issuer,
            dist=self.settings.site / "dist",
            emulator=self.emulator,
            project=self.settings.project,
            site_url=self.url,
            dashboard=self.dashboard,
        )

    def _tell_addresses(self, server: DatabaseServer) -> None:
        home = self.settings.home.relative_to(ROOT) if self.settings.home.is_relative_to(ROOT) else self.settings.home
        say()
        say(f"Gavel is open at {self.url}")
        say(f"  analysts    {self.dashboard}")
        say(f"  functions   {self.url}/api/<operation>")
        say(f"  database    {server.host}:{server.port}, schema {server.schema}; accounts in {home}/database")
        if self.why_no_emulator is None:
            say(f"  Firestore   {self.emulator}")
        else:
            say(f"  Firestore   live updates off, pages poll. {self.why_no_emulator}")
        say(f"  logs        {home}/logs")
        say("Ctrl-C stops everything.")
