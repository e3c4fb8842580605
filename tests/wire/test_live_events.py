"""Live events over real WebSockets: what a browser is told, and what it is never told."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest
from psycopg import AsyncConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from cardline.adapters.postgres.database import Database
from cardline.app.live.hub import PAGES_OF_A_SESSION
from cardline.core.ids import AgentId, InteractionId
from cardline.core.live import STAFF, Audience, Kind, tell, to_agents, to_roles
from cardline.core.transaction import JsonObject
from cardline.routing.model import AgentEvent
from tests.actions.routing_floor import Floor, after
from tests.wire.live_server import LiveServer, Page, live_server


@pytest.fixture
async def node(database: Database) -> AsyncIterator[LiveServer]:
    async with live_server(database) as node:
        yield node


async def say(
    node: LiveServer,
    key: str,
    to: Audience = STAFF,
    kind: Kind = "task",
    data: JsonObject | None = None,
) -> None:
    async with node.database.transaction() as tx:
        tell(tx, kind=kind, id=key, to=to, data=data)


async def until_state(page: Page, state: str) -> None:
    while (await page.next("agent"))["data"]["state"] != state:
        pass


async def test_a_page_is_greeted_with_the_time_of_the_server_and_pinged(node: LiveServer) -> None:
    async with node.page(await node.log_in("6001")) as page:
        hello = await page.next("hello")
        assert hello["data"] == {"at": node.clock().isoformat(), "resumed": False}
        assert hello["epoch"] == node.live.ring.epoch
        node.clock.now += timedelta(minutes=20)
        ping = await page.next("ping")
        assert ping["data"] == {"at": node.clock().isoformat(), "fresh": True}
        assert ping["n"] >= hello["n"]


async def test_an_event_arrives_once_with_its_data_after_the_commit(node: LiveServer) -> None:
    async with node.page(await node.log_in("6001")) as page:
        await page.next("hello")
        with pytest.raises(ZeroDivisionError):
            async with node.database.transaction() as tx:
                tell(tx, kind="case", id="never", to=STAFF)
                _ = 1 / 0
        await say(node, "t1", data={"due": "今天"})
        told = await page.next("task", "case")
        assert (told["kind"], told["id"], told["data"]) == ("task", "t1", {"due": "今天"})


async def test_data_that_is_too_large_is_left_out(node: LiveServer) -> None:
    async with node.page(await node.log_in("6001")) as page:
        await page.next("hello")
        await say(node, "large", data={"text": "长" * 4000})
        assert (await page.next("task"))["data"] is None


async def test_everybody_hears_only_what_is_for_them(node: LiveServer) -> None:
    agent, lead = await node.log_in("6001"), await node.log_in("6009", "lead")
    quality = await node.log_in("6020", "quality")
    async with node.page(agent) as one, node.page(lead) as two, node.page(quality) as three:
        for page in (one, two, three):
            await page.next("hello")
        await say(node, "his", to_agents(AgentId("a6001")))
        await say(node, "leads", to_roles("lead"))
        await say(node, "both", to_agents(AgentId("a6001")) | to_roles("quality"))
        await say(node, "all", STAFF)
        heard = []
        for page in (one, two, three):
            ids = [(await page.next("task"))["id"]]
            while ids[-1] != "all":
                ids.append((await page.next("task"))["id"])
            heard.append(ids)
    assert heard == [["his", "both", "all"], ["leads", "all"], ["both", "all"]]


async def test_a_page_that_was_away_is_told_what_it_missed(node: LiveServer) -> None:
    cookie = await node.log_in("6001")
    async with node.page(cookie) as page:
        await page.next("hello")
        await say(node, "t1")
        await page.next("task")
        position = page.position
    await say(node, "t2")
    await say(node, "not his", to_roles("lead"))
    await say(node, "t3")
    async with node.page(cookie, after=position) as page:
        hello = await page.next("hello")
        assert hello["data"]["resumed"] is True
        assert (await page.next("task"))["id"] == "t2"
        assert (await page.next("task"))["id"] == "t3"


@pytest.mark.parametrize(
    "after", ["n-of-another-run:3", "nonsense", "", ":", "EPOCH:99", "EPOCH:-1"]
)
async def test_a_position_that_nobody_knows_means_to_read_everything_again(
    node: LiveServer, after: str
) -> None:
    position = after.replace("EPOCH", node.live.ring.epoch)
    async with node.page(await node.log_in("6001"), after=position) as page:
        assert (await page.next("hello"))["data"]["resumed"] is False
        if after:
            assert (await page.next("resync", "task"))["kind"] == "resync"
        else:
            await say(node, "t1")
            assert (await page.next("task", "resync"))["kind"] == "task"


async def test_after_a_restart_a_page_reads_everything_again(database: Database) -> None:
    async with live_server(database) as node:
        cookie = await node.log_in("6001")
        async with node.page(cookie) as page:
            await page.next("hello")
            await say(node, "t1")
            await page.next("task")
            position = page.position
            node.stop.set()
            assert await page.until_closed() == 1012
    async with live_server(database) as node, node.page(cookie, after=position) as page:
        await page.next("hello")
        assert (await page.next("resync", "task"))["kind"] == "resync"


async def test_when_the_database_was_lost_every_page_reads_again(node: LiveServer) -> None:
    async with node.page(await node.log_in("6001")) as page:
        await page.next("hello")
        async with node.database.transaction() as tx:
            await tx.connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND query LIKE 'LISTEN%'"
            )
        assert (await page.next("resync", "task"))["kind"] == "resync"
        await say(node, "t1")
        assert (await page.next("task"))["id"] == "t1"


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "http://127.0.0.1", "null", "https://127.0.0.1:1", "ftp://x", None],
)
async def test_the_page_of_another_site_cannot_listen(node: LiveServer, origin: str | None) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with node.page(await node.log_in("6001"), origin=origin):
            pass
    assert refused.value.response.status_code == 403
    assert not node.live.listeners


@pytest.mark.parametrize("cookie", ["", "cardline_session=guessed", "other=1"])
async def test_without_a_session_the_page_is_told_to_log_in(node: LiveServer, cookie: str) -> None:
    async with node.page(cookie) as page:
        assert await page.until_closed() == 4401
    assert page.told == []


async def test_who_comes_to_a_node_that_goes_away_is_sent_to_the_next(node: LiveServer) -> None:
    cookie = await node.log_in("6001")
    node.live.close()
    async with node.page(cookie) as page:
        assert await page.until_closed() == 1012
    async with node.page("cardline_session=guessed") as page:
        assert await page.until_closed() == 1012  # nobody was asked who that is


async def test_a_session_without_second_factor_hears_nothing(node: LiveServer) -> None:
    async with node.page(await node.log_in("6001", proven=False)) as page:
        assert await page.until_closed() == 4403
    assert page.told == []


async def test_the_end_of_a_session_ends_its_connections_alone(node: LiveServer) -> None:
    ended, other = await node.log_in("6001"), await node.log_in("6002")
    async with node.page(ended) as one, node.page(ended) as two, node.page(other) as three:
        for page in (one, two, three):
            await page.next("hello")
        await node.log_out(ended)
        assert (await one.until_closed(), await two.until_closed()) == (4401, 4401)
        await say(node, "t1")
        assert (await three.next("task"))["id"] == "t1"


async def test_listening_does_not_keep_a_session_alive(node: LiveServer) -> None:
    async with node.page(await node.log_in("6001")) as page:
        await page.next("hello")
        node.clock.now += timedelta(minutes=29)
        await asyncio.sleep(3)
        node.clock.now += timedelta(minutes=2)
        assert await page.until_closed() == 4401


async def test_a_page_that_says_something_is_sent_away(node: LiveServer) -> None:
    async with node.page(await node.log_in("6001")) as page:
        await page.next("hello")
        await page.connection.send("hello?")
        assert await page.until_closed() == 1008


async def test_a_session_has_so_many_pages_and_no_more(node: LiveServer) -> None:
    cookie = await node.log_in("6001")
    async with AsyncExitStack() as open_pages:
        for _ in range(PAGES_OF_A_SESSION):
            page = await open_pages.enter_async_context(node.page(cookie))
            await page.next("hello")
        async with node.page(cookie) as one_more:
            assert await one_more.until_closed() == 4429
        async with node.page(await node.log_in("6002")) as colleague:
            await colleague.next("hello")


async def test_what_is_far_too_large_ends_the_connection_alone(node: LiveServer) -> None:
    async with (
        node.page(await node.log_in("6001")) as page,
        node.page(await node.log_in("6002")) as other,
    ):
        await page.next("hello")
        await page.connection.send("x" * 1_000_000)
        assert await page.until_closed() in (1008, 1009)
        await other.next("ping")


async def test_a_browser_that_does_not_read_is_cut_off_and_resumes(node: LiveServer) -> None:
    slow, quick = await node.log_in("6001"), await node.log_in("6002")
    data: JsonObject = {"text": "x" * 7000}
    async with node.page(quick) as other, node.page(slow, max_queue=1) as page:
        await other.next("hello")
        await page.next("hello")
        position = page.position
        sent = 0
        while node.live.listeners > 1:
            async with node.database.transaction() as tx:
                for _ in range(200):
                    tell(tx, kind="task", id=f"t{sent}", to=STAFF, data=data)
                    sent += 1
            while (await other.next("task"))["id"] != f"t{sent - 1}":
                pass
            assert sent < 20_000
        with pytest.raises(ConnectionClosed):
            while True:
                await page.next()
        assert page.connection.close_code in (4408, 1006)
        assert len(page.told) < sent
    async with node.page(slow, after=position) as page:
        await page.next("hello")
        assert (await page.next("resync", "task"))["kind"] == "resync"
    assert len(other.told) >= sent


async def test_an_agent_sees_his_offer_and_everybody_his_state(node: LiveServer) -> None:
    floor = Floor(node.database)
    agent = await floor.agent("a6001", "account")
    mine, theirs = await node.log_in("6001"), await node.log_in("6002")
    async with node.page(mine) as one, node.page(theirs) as two:
        await one.next("hello")
        await two.next("hello")
        await floor.enter("i1", at=1)
        (offer,) = await floor.offers(at=2)
        told = await one.next("offer")
        assert told["id"] == offer.id
        assert "token" not in told["data"]
        assert told["data"]["number"] == "138****8000"
        assert (await one.next("agent"))["data"]["state"] == "offered"
        await floor.accept(offer, at=3)
        gone = await one.next("offer-gone")
        assert gone["data"] == {"interaction": "i1", "state": "accepted"}
        assert (await one.next("agent"))["data"]["interaction"] == "i1"
        await until_state(two, "talking")
        assert not any(one["kind"].startswith("offer") for one in two.told)
        await floor.end("i1", agent, at=60)
        assert (await two.next("agent"))["data"]["state"] == "wrap-up"


async def test_a_wrap_up_that_ends_by_itself_is_told(node: LiveServer) -> None:
    floor = Floor(node.database)
    agent = await floor.agent("a6001", "account")
    async with node.page(await node.log_in("6002")) as page:
        await page.next("hello")
        assert await floor.talk("i1", agent, at=1) == ()
        await floor.end("i1", agent, at=2)
        await until_state(page, "wrap-up")
        node.clock.now += timedelta(minutes=20)
        assert (await page.next("agent"))["data"]["state"] == "ready"


async def test_queues_are_told_with_what_changed_and_not_for_every_caller(node: LiveServer) -> None:
    floor = Floor(node.database)
    async with node.page(await node.log_in("6001")) as page:
        await page.next("hello")
        for number in range(60):
            await floor.enter(f"i{number}", at=number / 100)
        events = 0
        waiting = 0
        while waiting < 60:
            told = await page.next("queues")
            events += 1
            queues = {queue["name"]: queue for queue in told["data"]["queues"]}
            if "account-zh" in queues:
                waiting = queues["account-zh"]["waiting"]
        assert events < 30


async def test_no_number_and_no_secret_is_in_any_event_of_a_call(node: LiveServer) -> None:
    floor = Floor(node.database)
    agent = await floor.agent("a6001", "account", phone="sip:6001@192.0.2.1")
    mine = await node.log_in("6001")
    async with node.page(mine) as one, node.page(await node.log_in("6009", "lead")) as two:
        await one.next("hello")
        await two.next("hello")
        await floor.enter("i1", at=1)
        (offer,) = await floor.offers(at=2)
        await one.next("offer")
        await floor.accept(offer, at=3)
        for page in (one, two):
            await until_state(page, "talking")
        await floor.end("i1", agent, at=4)
        node.clock.now = after(5)
        await floor.ask(agent, AgentEvent.LOG_OUT, at=5)
        for page in (one, two):
            await until_state(page, "logged-out")
    for page in (one, two):
        everything = json.dumps(page.told)
        assert "13800138000" not in everything
        assert mine.partition("=")[2] not in everything
        assert offer.token not in everything
    assert InteractionId("i1") in json.dumps(two.told)


async def test_no_event_is_lost_between_the_hello_and_the_first_read(
    node: LiveServer, database_url: str
) -> None:
    """What a page reads after the hello, with what it is told since, is all that happened."""
    last = 300
    async with await AsyncConnection.connect(database_url) as owner:
        await owner.execute("CREATE TABLE happened AS SELECT 0 AS n")
        await owner.execute("GRANT SELECT, UPDATE ON happened TO PUBLIC")

    async def happen() -> None:
        for number in range(1, last + 1):
            async with node.database.transaction() as tx:
                await tx.connection.execute("UPDATE happened SET n = %s", (number,))
                tell(tx, kind="task", id=str(number), to=STAFF)

    async def open_page(cookie: str, pause: float) -> None:
        async with node.page(cookie) as page:
            await page.next("hello")
            await asyncio.sleep(pause)  # the page loads; what is told meanwhile waits for it
            async with node.database.transaction() as tx:
                cursor = await tx.connection.execute("SELECT n FROM happened")
                (known,) = await cursor.fetchone() or (0,)
            heard = [0]
            while max(known, heard[-1]) < last:
                heard.append(int((await page.next("task"))["id"]))
            assert set(range(known + 1, last + 1)) <= set(heard)
            assert heard == sorted(set(heard))

    cookie = await node.log_in("6001")
    happening = asyncio.create_task(happen())
    async with asyncio.TaskGroup() as pages:
        for number in range(20):
            pages.create_task(open_page(cookie, pause=number % 4 / 20))
            await asyncio.sleep(0.02)
    await happening


async def test_what_happens_at_one_node_is_told_by_every_node(
    database: Database, database_url: str
) -> None:
    async with (
        Database(database_url) as beside,
        live_server(database) as one,
        live_server(beside) as other,
    ):
        cookie = await one.log_in("6001")
        agent = await Floor(database).agent("a6001", "account", ready=False)
        async with one.page(cookie) as here, other.page(cookie) as there:
            for page in (here, there):
                await page.next("hello")
            await say(one, "from the one", to_agents(agent))
            await say(other, "from the other")
            for page in (here, there):
                heard = {(await page.next("task"))["id"] for _ in range(2)}
                assert heard == {"from the one", "from the other"}
            await Floor(beside).ask(agent, AgentEvent.LOG_IN, phone="sip:6001@192.0.2.1", at=1)
            for page in (here, there):
                await until_state(page, "not-ready")
            await one.log_out(cookie)
            assert await here.until_closed() == await there.until_closed() == 4401
