"""The house rule that nothing leaves the system without a verdict of the gate."""

import ast

import pytest

from tools import house_rules


def told(name: str, text: str) -> list[str]:
    return [what for _, what in house_rules._gate(name, ast.parse(text))]


@pytest.mark.parametrize(
    "text",
    [
        "await self.sms.send(to=number, text=text, key=key)",
        "await services.gateway.send(to=number)",
        "await mail.send(letter)",
        "await line.send(Place(call=call, target=target, from_user=number))",
        "await line.send(ports.Place(call=call))",
    ],
)
def test_a_way_out_that_nobody_knows_is_a_breach(text: str) -> None:
    assert told("desk/new_idea.py", f"async def go(): {text}")


def test_a_known_way_out_must_ask_the_gate() -> None:
    send = "async def go():\n    await sms.send(to=number)\n"
    assert told("messages/actions.py", send) == [
        "leads out, and messages/outbox.py does not ask the gate for it"
    ]
    assert told("messages/actions.py", "from cardline.messages import outbox\n" + send) == []


def test_whoever_leaves_the_asking_to_another_must_use_it() -> None:
    place = "async def go():\n    await line.send(Place(call=call))\n"
    used = "from cardline.hotline.call.ringing_back import take_callback\n"
    assert told("app/calls/ringing_back.py", place) != []
    assert told("app/calls/ringing_back.py", used + place) == []


def test_what_stays_inside_is_no_way_out() -> None:
    inside = (
        "async def go():\n    await line.send(HangUp(call=call))\n    await socket.send(text)\n"
    )
    assert told("hotline/call/talking.py", inside) == []
    rung = "async def go():\n    await line.send(Dial(call=call))\n"
    assert told("hotline/supervision/requests.py", rung) == ["Dial() leads out past the gate"]
    assert told("adapters/sms/gateway.py", "gateway.send(text)") == []


def test_every_way_out_of_the_house_is_known() -> None:
    found = [breach for breach in house_rules.breaches() if "gate" in breach]
    assert found == []
