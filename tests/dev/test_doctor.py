"""The doctor: for each thing that can be wrong, what it says when it is, and that it is silent when it is not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from common.store.migrate import FILES
from dev.doctor import analysts, clocks, database, examination, functions, identity, market, rules, settings
from dev.doctor.__main__ import main
from dev.doctor.finding import Level
from dev.doctor.installation import Installation, Tokens
from dev.stack import lock, ports
from dev.stack.database import DatabaseServer, connect, private_server
from dev.stack.emulator import RULES, Emulator
from dev.stack.functions import FOR_ANALYSTS, function_environment
from dev.stack.gateway import GatewayFacts, served
from dev.stack.issuer import DASHBOARD_ACCOUNT, Issuer
from dev.stack.settings import ROOT
from tests.dev.patient import answering, changed, found, migrate_again, the_only
from tests.market import Functions
from tests.mirror.public import Public


@pytest.fixture(scope="module")
def server() -> Iterator[DatabaseServer]:
    """A migrated server of these tests alone: they spoil what everybody relies on."""
    with (
        tempfile.TemporaryDirectory(prefix="gavel-doctor-") as folder,
        private_server(Path(folder), durable=False) as server,
    ):
        migrate_again(server)
        yield server


@pytest.fixture
def root(server: DatabaseServer) -> Iterator[Callable[[str], None]]:
    """Runs a statement with every right; {app} and {analyst} are filled in."""
    app, analyst = f"'{server.app.user}'@'{ports.HOST}'", f"'{server.analyst.user}'@'%'"
    with closing(connect(server, server.root)) as connection, connection.cursor() as cursor:
        cursor.execute("SET time_zone = '+00:00'")

        def run(sql: str) -> None:
            cursor.execute(sql.format(app=app, analyst=analyst))

        yield run


@pytest.fixture
def sound(server: DatabaseServer, issuer: Issuer, project: str, functions: Functions) -> Installation:
    """A local installation in which nothing is wrong, without a mirror."""
    env = function_environment(database=server.environment(), issuer=issuer.url, emulator=None, project=project)
    return Installation(
        env=env,
        functions={operation: process.url for operation, process in functions.items()},
        tokens=Tokens(
            person=issuer.user_token("doctor"),
            service=issuer.service_token(email=DASHBOARD_ACCOUNT),
            assertion=issuer.analyst_assertion("doctor@example.com"),
        ),
        local=True,
    )


@pytest.fixture
def public(emulator: Emulator, project: str) -> Iterator[Public]:
    """Everybody, under the repository's rules."""
    with Public(emulator.address, project) as public:
        public.load_rules(RULES.read_text())
        yield public


@pytest.fixture
def mirrored(sound: Installation, emulator: Emulator) -> Installation:
    """The same with a mirror."""
    return changed(sound, MIRROR="firestore", FIRESTORE_EMULATOR_HOST=emulator.address)


def test_nothing_is_found_where_nothing_is_wrong(sound: Installation) -> None:
    """But that there is no mirror, which is somebody's choice."""
    findings = list(examination.examine(sound))

    assert [(f.check, f.said) for f in findings if f.level is not Level.GOOD] == [("mirror", "MIRROR is off")]
    assert {f.check for f in findings} >= {
        *("settings", "identity", "database", "migrations", "functions' grants", "analysts' grants"),
        *("analysts' views", "clocks", "closing", "functions"),
    }


@pytest.mark.emulator
@pytest.mark.usefixtures("public")
def test_every_check_looks_where_there_is_a_mirror(mirrored: Installation) -> None:
    """All good, the rules among them."""
    findings = list(examination.examine(mirrored))

    assert {f.level for f in findings} == {Level.GOOD}
    assert {"rules", "mirror"} <= {f.check for f in findings}


def test_without_a_setting_nothing_else_is_looked_at(sound: Installation) -> None:
    """Whatever else there were to find would be guessed."""
    (finding,) = examination.examine(changed(sound, DB_USER=""))

    assert (finding.level, finding.said) == (Level.FAULT, "DB_USER is not set")


@pytest.mark.parametrize(
    ("env", "mark", "said"),
    [
        ({"SERVICE_AUDIENCE": ""}, "✗", "SERVICE_AUDIENCE is empty"),
        ({"SCHEDULER_ACCOUNT": ""}, "✗", "SCHEDULER_ACCOUNT is empty"),
        ({"DASHBOARD_ACCOUNT": ""}, "✗", "DASHBOARD_ACCOUNT is empty"),
        ({"IAP_AUDIENCE": ""}, "✗", "IAP_AUDIENCE is empty"),
        ({"REPORTING_DB_USER": "gavel_app"}, "✗", "REPORTING_DB_USER is the functions' own user"),
        ({"BID_LANES": "9", "DB_POOL_SIZE": "8"}, "✗", "BID_LANES 9 > DB_POOL_SIZE 8"),
        ({"SCHEDULER_ACCOUNT": DASHBOARD_ACCOUNT}, "✗", "SCHEDULER_ACCOUNT is DASHBOARD_ACCOUNT"),
        ({"REPORTING_DB_USER": ""}, "!", "REPORTING_DB_USER is not set"),
        ({"SITE_URL": "shop.example"}, "!", "SITE_URL is no address"),
    ],
)
def test_a_setting_that_does_not_fit_is_named(sound: Installation, env: dict[str, str], mark: str, said: str) -> None:
    """With what does not work because of it."""
    assert the_only(settings.look, changed(sound, **env)) == (mark, said)


def test_as_many_lanes_as_connections_are_fine(sound: Installation) -> None:
    """One connection each."""
    assert the_only(settings.look, changed(sound, BID_LANES="8", DB_POOL_SIZE="8"))[0] == "✓"


def test_a_deployed_installation_has_nothing_of_a_laptop(sound: Installation) -> None:
    """Which would let anybody be anyone there."""
    with answering({"GET": 200}, text='{"api_base": "/api"}') as site:
        there = replace(changed(sound, SITE_URL=site), local=False)
        assert the_only(settings.look, there) == ("✗", "LOCAL_ISSUER is set")
        assert the_only(settings.look, changed(there, LOCAL_ISSUER=""))[0] == "✓"


def test_pages_that_call_another_host_must_be_let_in(sound: Installation) -> None:
    """The site says what its pages call. Their own host passes calls on, wherever functions have their addresses."""
    elsewhere = '{"api_base": "https://api.example/api"}'
    with answering({"GET": 200}, text=elsewhere) as site:
        there = replace(changed(sound, SITE_URL=site, LOCAL_ISSUER=""), local=False)
        assert the_only(settings.look, there) == ("✗", f"ALLOWED_ORIGINS lacks {site}")
        assert the_only(settings.look, changed(there, ALLOWED_ORIGINS=site))[0] == "✓"
        assert the_only(settings.look, replace(there, local=True))[0] == "✓"
    for own in ('{"api_base": "/api"}', '{"api_base": "SITE/api"}'):
        with answering({"GET": 200}, text=own) as site:
            there = replace(changed(there, SITE_URL=site), functions={"place_bid": "https://place-bid.example"})
            assert the_only(settings.look, there)[0] == "✓"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"api_base": 1}', "<html>"])
def test_a_site_that_does_not_say_what_its_pages_call_is_told(sound: Installation, text: str) -> None:
    """Before its first release there is none."""
    with answering({"GET": 404 if not text else 200}, text=text) as site:
        there = replace(changed(sound, SITE_URL=site, LOCAL_ISSUER=""), local=False)
        assert the_only(settings.look, there) == ("!", f"{site}/config.json does not say where pages call")


def test_an_issuer_that_does_not_answer_is_named(sound: Installation) -> None:
    """For each whose tokens nobody can check then."""
    away = changed(sound, LOCAL_ISSUER=f"http://{ports.HOST}:{ports.free_port()}")

    assert found(identity.look, away) == [
        ("✗", "no RS256 key of the issuer for people can be had"),
        ("✗", "no RS256 key of the issuer for services can be had"),
        ("✗", "no ES256 key of the issuer for analysts can be had"),
    ]


def test_keys_of_another_kind_are_no_keys(sound: Installation, issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    """An issuer without a key for analysts."""
    monkeypatch.setattr(issuer, "keys", {"keys": issuer.keys["keys"][:1]})

    assert found(identity.look, sound) == [("✗", "no ES256 key of the issuer for analysts can be had")]


def test_a_token_that_is_not_believed_is_told(sound: Installation, issuer: Issuer) -> None:
    """One of another project; and one that has expired."""
    person, late = issuer.user_token("doctor", aud="another"), issuer.analyst_assertion("d@example.com", exp=1)
    tokens = replace(sound.tokens, person=person, assertion=late)

    marks = found(identity.look, replace(sound, tokens=tokens))

    assert marks[1:] == [
        ("✗", "a person's token is refused: The token is not valid here."),
        ("✗", "an analyst's assertion is refused: The token has expired."),
    ]
    assert found(identity.look, sound)[1:] == [
        ("✓", "a person's token is believed"),
        ("✓", "an analyst's assertion is believed"),
    ]


def test_a_token_of_another_issuers_key_is_told(sound: Installation, project: str) -> None:
    """Its key is not found however often one asks."""
    with Issuer(project=project) as stranger:
        tokens = replace(sound.tokens, person=stranger.user_token("doctor"))

    assert found(identity.look, replace(sound, tokens=tokens))[1][0] == "✗"


def test_without_a_persons_token_the_door_is_not_tried(sound: Installation) -> None:
    """Which is said."""
    assert found(identity.look, replace(sound, tokens=Tokens()))[1:] == [("!", "no person's token was tried")]


@pytest.mark.parametrize("env", [{"DB_PASSWORD": "wrong"}, {"DB_NAME": "nowhere"}, {"DB_PORT": "1"}])
def test_without_a_database_no_table_is_looked_at(sound: Installation, env: dict[str, str]) -> None:
    """One line says it, and the rest goes on."""
    findings = list(examination.examine(changed(sound, **env)))

    faults = [f for f in findings if f.level is Level.FAULT]
    assert [f.check for f in faults] == ["database"]
    assert sound.env["DB_PASSWORD"] not in faults[0].said
    assert {"functions"} <= {f.check for f in findings}
    assert not {"migrations", "closing"} & {f.check for f in findings}


def test_a_migration_that_is_missing_changed_or_unknown_is_named(
    sound: Installation, root: Callable[[str], None]
) -> None:
    """Each with what to do."""
    first, *_, last = sorted(path.name for path in FILES.glob("*.sql"))
    assert the_only(database.migrations, sound)[0] == "✓"
    root("CREATE TABLE kept AS SELECT * FROM schema_migrations")
    try:
        root(f"DELETE FROM schema_migrations WHERE name = '{last}'")  # noqa: S608 - our own names
        assert the_only(database.migrations, sound) == ("✗", f"not applied: {last}")
        root(f"UPDATE schema_migrations SET digest = '', name = '{last}' WHERE name = '{first}'")  # noqa: S608 - our own
        assert found(database.migrations, sound) == [
            ("✗", f"not applied: {first}"),
            ("✗", f"applied in another form: {last}"),
        ]
        root("REPLACE INTO schema_migrations SELECT * FROM kept")
        root("INSERT INTO schema_migrations VALUES ('9999_later.sql', REPEAT('0', 64), UTC_TIMESTAMP(6))")
        assert the_only(database.migrations, sound) == ("!", "the database is ahead: 9999_later.sql")
        root("DROP TABLE schema_migrations")
        assert the_only(database.migrations, sound)[1].startswith(f"not applied: {first}, ")
    finally:
        root("DROP TABLE IF EXISTS schema_migrations")
        root("ALTER TABLE kept RENAME TO schema_migrations")
    assert the_only(database.migrations, sound)[0] == "✓"


@pytest.mark.parametrize(
    ("spoil", "mend", "said"),
    [
        (
            "GRANT CREATE ON gavel.* TO {app}",
            "REVOKE CREATE ON gavel.* FROM {app}",
            "may too much: CREATE ON `gavel`.*",
        ),
        ("GRANT PROCESS ON *.* TO {app}", "REVOKE PROCESS ON *.* FROM {app}", "may too much: PROCESS ON *.*"),
        (
            "GRANT SELECT ON reporting.users TO {app}",
            "REVOKE SELECT ON reporting.users FROM {app}",
            "may too much: SELECT ON `reporting`.`users`",
        ),
        ("REVOKE DELETE ON gavel.* FROM {app}", "GRANT DELETE ON gavel.* TO {app}", "may not DELETE"),
        (
            "GRANT SELECT ON gavel.* TO {app} WITH GRANT OPTION",
            "REVOKE GRANT OPTION ON gavel.* FROM {app}",
            "may too much: SELECT, INSERT, UPDATE, DELETE ON `gavel`.*",
        ),
    ],
)
def test_a_right_more_or_less_of_the_functions_user_is_named(
    sound: Installation, root: Callable[[str], None], spoil: str, mend: str, said: str
) -> None:
    """What a function does not need, a burglar shall not have."""
    assert the_only(database.grants, sound)[0] == "✓"
    root(spoil)
    try:
        assert found(database.grants, sound)[0] == ("✗", f"gavel_app {said}")
    finally:
        root(mend)
    assert the_only(database.grants, sound)[0] == "✓"


def test_the_user_who_migrates_looks_at_every_functions_user(
    sound: Installation, server: DatabaseServer, root: Callable[[str], None]
) -> None:
    """By name, as they are told to him; one who does not exist is a fault of the whole."""
    env = {
        "DB_USER": server.root.user,
        "DB_PASSWORD": server.root.password,
        "FUNCTION_DB_USERS": "place-bid, get-listing",
    }
    seen = changed(sound, **env)
    for user in ("place-bid", "get-listing"):
        root(f"CREATE USER '{user}'@'%'")
        root(f"GRANT SELECT, INSERT, UPDATE, DELETE ON gavel.* TO '{user}'@'%'")
    try:
        assert {mark for mark, _ in found(database.grants, seen)} == {"✓"}
        root("REVOKE INSERT ON gavel.* FROM 'get-listing'@'%'")
        assert found(database.grants, seen)[1:] == [("✗", "get-listing may not INSERT")]
        root("DROP USER 'get-listing'@'%'")
        faults = [f for f in examination.examine(seen) if f.level is Level.FAULT]
        assert [f.check for f in faults] == ["functions' grants"]
    finally:
        root("DROP USER IF EXISTS 'place-bid'@'%', 'get-listing'@'%'")


@pytest.mark.parametrize(
    ("spoil", "mend", "said"),
    [
        ("GRANT SELECT ON gavel.users TO {analyst}", "REVOKE SELECT ON gavel.users FROM {analyst}", "too much: "),
        (
            "REVOKE SELECT ON reporting.bids FROM {analyst}",
            "GRANT SELECT ON reporting.bids TO {analyst}",
            "missing: bids",
        ),
    ],
)
def test_a_right_more_or_less_of_the_analysts_user_is_named(
    sound: Installation, root: Callable[[str], None], spoil: str, mend: str, said: str
) -> None:
    """In the words of common.store.grants."""
    assert the_only(analysts.grants, sound)[0] == "✓"
    root(spoil)
    try:
        mark, told = the_only(analysts.grants, sound)
    finally:
        root(mend)
    assert (mark, said in told) == ("✗", True)
    assert the_only(analysts.grants, sound)[0] == "✓"


def test_an_analyst_who_cannot_sign_in_is_told(sound: Installation) -> None:
    """It is not the same as having no rights."""
    shut_out = changed(sound, REPORTING_DB_PASSWORD="wrong")

    assert the_only(analysts.grants, shut_out)[0] == "✗"
    assert the_only(analysts.views, shut_out)[0] == "✗"
    assert found(analysts.grants, changed(sound, REPORTING_DB_USER="")) == []


@pytest.mark.parametrize(
    ("spoil", "mend"),
    [
        ("DROP VIEW reporting.watches", "SELECT 1"),
        ("ALTER TABLE gavel.watches RENAME TO gavel.away", "ALTER TABLE gavel.away RENAME TO gavel.watches"),
    ],
)
def test_a_view_that_is_gone_or_broken_is_named(
    sound: Installation, server: DatabaseServer, root: Callable[[str], None], spoil: str, mend: str
) -> None:
    """And migrating mends it."""
    assert the_only(analysts.views, sound)[0] == "✓"
    root(spoil)
    try:
        assert the_only(analysts.views, sound) == ("✗", "cannot be read: watches")
    finally:
        root(mend)
        migrate_again(server)
    assert the_only(analysts.views, sound)[0] == "✓"


@pytest.mark.parametrize(
    ("seconds", "mark"), [(0, "✓"), (1, "✓"), (-1, "✓"), (7.5, "!"), (-7.5, "!"), (60, "✗"), (-60, "✗")]
)
def test_a_clock_that_is_off_is_told(sound: Installation, seconds: float, mark: str) -> None:
    """This machine's, against both others. Seconds from each limit, for a busy machine answers late."""
    wrong = replace(sound, now=lambda: datetime.now(UTC) + timedelta(seconds=seconds))

    assert [mark_found for mark_found, _ in found(clocks.look, wrong)] == [mark, mark]


@pytest.mark.parametrize(("seconds", "mark"), [(2.9, "✓"), (3.0, "!"), (9.9, "!"), (10.0, "✗"), (-10.0, "✗")])
def test_three_seconds_are_doubtful_and_ten_are_wrong(seconds: float, mark: str) -> None:
    """Ten is what tokens are given."""
    assert clocks.judge("the database", timedelta(seconds=seconds)).level.value == mark


def test_a_function_whose_clock_is_off_is_told(sound: Installation) -> None:
    """By the Date of its answers; one that does not answer is passed over."""
    nowhere = f"http://{ports.HOST}:{ports.free_port()}"
    with answering({"OPTIONS": 204}, seconds=-60) as late:
        marks = found(clocks.look, replace(sound, functions={"a": nowhere, "b": late}))

    assert [mark for mark, _ in marks] == ["✓", "✗"]
    assert "behind" in marks[1][1]
    assert found(clocks.look, replace(sound, functions={"a": nowhere}))[1][0] == "!"


@pytest.fixture
def a_listing(root: Callable[[str], None]) -> Iterator[None]:
    """One active listing, made an hour ago, that nobody has bid on."""
    root("INSERT INTO users (id, alias, display_name, created_at) VALUES ('s', 'seller', 'S', UTC_TIMESTAMP(6))")
    root(
        "INSERT INTO listings (id, seller_id, title, description, category, currency, starting_price, current_price,"
        " soft_close_window_seconds, soft_close_extension_seconds, soft_close_max_extension_seconds, created_at,"
        " starts_at, scheduled_end, ends_at, status, mirrored_version) SELECT 'AAAAAAAAAAA', 's', 'Lamp', '', 'art',"
        " 'USD', 100, 100, 0, 0, 0, t, t, t, t + INTERVAL 1 DAY, 'active', 1"
        " FROM (SELECT UTC_TIMESTAMP(6) - INTERVAL 1 HOUR AS t) hour_ago"
    )
    yield
    for table in ("bids", "listings", "users"):
        root(f"DELETE FROM {table}")  # noqa: S608 - our own names


@pytest.mark.usefixtures("a_listing")
@pytest.mark.parametrize("status", ["active", "scheduled"])
def test_an_auction_that_nobody_closes_is_told(sound: Installation, root: Callable[[str], None], status: str) -> None:
    """From a minute and a half after its end."""
    change = "UPDATE listings SET ends_at = UTC_TIMESTAMP(6) - INTERVAL {} SECOND, status = '{}'"
    root(change.format(80, status))
    assert the_only(market.closing, sound)[0] == "✓"

    root(change.format(100, status))
    mark, said = the_only(market.closing, sound)

    assert mark == "✗"
    assert said.startswith("1 auctions are overdue, the oldest for 10")
    root(change.format(100, "closed"))
    assert the_only(market.closing, sound)[0] == "✓"


@pytest.mark.usefixtures("a_listing")
@pytest.mark.parametrize(
    "last",
    [
        "UPDATE listings SET created_at = UTC_TIMESTAMP(6) - INTERVAL {} SECOND, starts_at = created_at",
        "UPDATE listings SET starts_at = UTC_TIMESTAMP(6) - INTERVAL {} SECOND",
        "UPDATE listings SET closed_at = UTC_TIMESTAMP(6) - INTERVAL {} SECOND",
        (
            "REPLACE INTO bids (listing_id, seq, bidder_id, bidder, max_amount, idempotency_key, placed_at, leader,"
            " price, ends_at, version) SELECT id, 1, 'b', 1, 1, 'key', UTC_TIMESTAMP(6) - INTERVAL {} SECOND, 1, 1,"
            " ends_at, 2 FROM listings"
        ),
    ],
    ids=["made", "opened", "closed", "bid"],
)
def test_a_listing_that_the_mirror_does_not_show_is_told(
    sound: Installation, root: Callable[[str], None], last: str
) -> None:
    """A minute after it last changed, whatever changed it."""
    mirrored = changed(sound, MIRROR="firestore")
    assert the_only(market.lag, mirrored)[0] == "✓"
    root("UPDATE listings SET version = 2")
    root(last.format(50))
    assert the_only(market.lag, mirrored)[0] == "✓"

    root(last.format(70))
    mark, said = the_only(market.lag, mirrored)

    assert mark == "✗"
    assert said.startswith("1 listings are not shown as they stand, the oldest for 7")
    assert the_only(market.lag, sound) == ("!", "MIRROR is off")


@pytest.mark.emulator
@pytest.mark.parametrize(
    ("rule", "instead", "said"),
    [
        ("allow get: if true", "allow get: if false", ["a listing cannot be read without an account (403)"]),
        ("limit <= 50", "limit <= 20", ["fifty listings cannot be queried (403)"]),
        ("limit <= 50", "limit <= 51", ["more than fifty listings can be queried (200)"]),
        ("allow write: if false", "allow write: if true", ["anybody may write listings (404)"]),
        (
            "match /listings/{listing} {",
            "match /users/{user} { allow read, write: if true; }\n match /listings/{listing} {",
            ["anybody may write users (404)", "anybody may read other collections (404)"],
        ),
    ],
)
def test_rules_that_are_not_ours_are_told(
    mirrored: Installation, public: Public, rule: str, instead: str, said: list[str]
) -> None:
    """What a stranger can do then, and nothing is changed by trying."""
    text = RULES.read_text()
    assert the_only(rules.look, mirrored)[0] == "✓"
    assert public.load_rules(text.replace(rule, instead)).status_code == 200
    try:
        assert found(rules.look, mirrored) == [("✗", one) for one in said]
    finally:
        public.load_rules(text)
    for collection in ("listings", "users"):
        assert public.send("GET", f"/{collection}/doctor-looks-for-this", owner=True).status_code == 404


def test_an_emulator_that_is_gone_is_told(sound: Installation) -> None:
    """By its address, and what it means; the other checks go on."""
    gone = changed(sound, MIRROR="firestore", FIRESTORE_EMULATOR_HOST=f"{ports.HOST}:{ports.free_port()}")

    findings = list(examination.examine(gone))

    (fault,) = [finding for finding in findings if finding.level is Level.FAULT]
    assert fault.check == "rules"
    assert f"does not answer at http://{gone.env['FIRESTORE_EMULATOR_HOST']}" in fault.said
    assert "Bids go on" in fault.advice


def test_a_function_that_does_not_answer_is_named(sound: Installation) -> None:
    """One that has no address too."""
    nowhere = f"http://{ports.HOST}:{ports.free_port()}"
    spoilt = {**sound.functions, "place_bid": nowhere}
    del spoilt["get_listing"]

    said = [one for _, one in found(functions.look, replace(sound, functions=spoilt))]

    assert said[0] == "get_listing has no address"
    assert said[1].startswith(f"place_bid does not answer at {nowhere} (ConnectError")


@pytest.mark.parametrize(
    ("operation", "statuses", "said"),
    [
        ("place_bid", {"OPTIONS": 403}, "place_bid answers OPTIONS with 403"),
        ("place_bid", {"OPTIONS": 404}, "place_bid answers OPTIONS with 404"),
        ("place_bid", {"OPTIONS": 204, "POST": 400}, "place_bid answers 400 to a stranger"),
        ("search_listings", {"OPTIONS": 204, "GET": 500}, "search_listings answers 500"),
        ("close_auctions", {"OPTIONS": 500}, "close_auctions answers OPTIONS with 500"),
        ("close_auctions", {"OPTIONS": 204, "POST": 200}, "close_auctions answers 200 to a stranger"),
        ("nl_query", {"OPTIONS": 403, "POST": 503}, "nl_query answers 503 to a stranger"),
        ("nl_questions", {"OPTIONS": 403, "GET": 200, "POST": 200}, "nl_questions answers 200 to a stranger"),
    ],
)
def test_a_function_that_lets_in_or_keeps_out_the_wrong_people_is_named(
    sound: Installation, operation: str, statuses: dict[str, int], said: str
) -> None:
    """By the answer that it gave."""
    with answering(statuses) as url:
        wrong = replace(sound, functions={**sound.functions, operation: url})
        assert the_only(functions.look, wrong) == ("✗", said)


@pytest.mark.parametrize("operation", ["close_auctions", *sorted(FOR_ANALYSTS)])
def test_what_the_platform_keeps_strangers_from_is_fine(sound: Installation, operation: str) -> None:
    """It answers 403 before the function is asked, preflights too."""
    with answering({"OPTIONS": 403, "POST": 403, "GET": 403}) as url:
        private = replace(sound, functions={**sound.functions, operation: url})
        assert the_only(functions.look, private)[0] == "✓"
    with answering({"OPTIONS": 404, "POST": 404, "GET": 404}) as url:
        inside = replace(sound, functions={**sound.functions, operation: url})
        assert the_only(functions.look, replace(inside, local=False))[0] == "✓", "only its own network comes in"
        assert the_only(functions.look, inside)[0] == "✗", "here there is no such network"


@pytest.fixture
def home(tmp_path: Path, server: DatabaseServer, functions: Functions) -> Iterator[Path]:
    """What a running stack leaves in its GAVEL_HOME, and its gateway."""
    (tmp_path / "database").mkdir()
    roles = {"root": server.root, "app": server.app, "migrate": server.migrate, "analyst": server.analyst}
    accounts = {role: {"user": account.user, "password": account.password} for role, account in roles.items()}
    (tmp_path / "database" / "accounts.json").write_text(json.dumps(accounts))
    addresses = {operation: process.url for operation, process in functions.items()}
    with Issuer() as issuer:
        gateway = GatewayFacts(
            functions=addresses, issuer=issuer, dist=tmp_path, emulator=None, project=issuer.project, site_url=""
        )
        with served(gateway) as url, lock.hold(tmp_path):
            facts = {
                "gateway": url,
                "issuer": issuer.url,
                "database": {"host": server.host, "port": server.port, "schema": server.schema},
                "functions": addresses,
            }
            (tmp_path / "stack.json").write_text(json.dumps(facts))
            yield tmp_path


def doctor(*arguments: str, home: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """The command, in a process of its own."""
    command = [sys.executable, "-m", "dev.doctor", *arguments]
    around = {**os.environ, "GAVEL_HOME": str(home), **env}
    return subprocess.run(command, cwd=ROOT, env=around, capture_output=True, text=True, check=False)


def test_the_running_stack_is_found_by_its_home(home: Path) -> None:
    """One line a finding, and the status says whether something is wrong."""
    well = doctor(home=home)

    assert (well.returncode, well.stderr) == (0, "")
    lines = well.stdout.splitlines()
    assert all(line.startswith(("✓ ", "! mirror: ")) for line in lines)
    assert len(lines) >= 12

    facts = json.loads((home / "stack.json").read_text())
    del facts["functions"]["place_bid"]
    (home / "stack.json").write_text(json.dumps(facts))
    ill = doctor("--json", home=home)

    assert (ill.returncode, ill.stderr) == (1, "")
    (fault,) = [finding for finding in json.loads(ill.stdout) if finding["level"] == "fault"]
    assert (fault["check"], fault["said"]) == ("functions", "place_bid has no address")
    assert fault["advice"]


def test_where_no_stack_runs_it_says_how_to_start_one(tmp_path: Path) -> None:
    """In both forms."""
    plain, listed = doctor(home=tmp_path), doctor("--json", home=tmp_path)

    assert (plain.returncode, listed.returncode) == (1, 1)
    assert f"No stack runs in {tmp_path}. Start it with `make up`" in plain.stdout
    assert json.loads(listed.stdout)[0]["level"] == "fault"


def test_a_deployed_installation_is_read_from_the_environment(
    sound: Installation, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its functions' addresses from a file or a variable, or below one address."""
    for name, value in sound.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DOCTOR_TOKEN", sound.tokens.person or "")
    file = tmp_path / "functions.json"
    file.write_text(json.dumps(dict(sound.functions)))

    assert main(["--deployed", "--json", "--functions", str(file)]) == 1
    faults = [f for f in json.loads(capsys.readouterr().out) if f["level"] == "fault"]
    assert [f["said"] for f in faults] == ["LOCAL_ISSUER is set"]

    monkeypatch.setenv("DOCTOR_FUNCTIONS", json.dumps(dict(sound.functions)))
    assert main(["--deployed", "--json"]) == 1
    assert [f for f in json.loads(capsys.readouterr().out) if f["level"] == "fault"] == faults
    monkeypatch.delenv("DOCTOR_FUNCTIONS")

    with answering({"OPTIONS": 404}) as url:
        assert main(["--deployed", "--api", f"{url}/"]) == 1
    assert "functions: place_bid answers OPTIONS with 404" in capsys.readouterr().out

    monkeypatch.delenv("GAVEL_API", raising=False)
    assert main(["--deployed"]) == 1
    assert "Say where the functions answer" in capsys.readouterr().out
    file.write_text("[]")
    assert main(["--deployed", "--functions", str(file)]) == 1
    assert "is no JSON object" in capsys.readouterr().out
