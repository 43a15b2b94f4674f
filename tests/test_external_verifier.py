"""What the script that outsiders run says of a ledger, over a real server, and what it exits with."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from register.ledger.digests import GENESIS, entry_digest
from register.ledger.external_verifier import main

VERIFIED, BROKEN, NOT_CHECKED = 0, 1, 2
PAGE = 4  # entries


def make_chain(count, salt="c"):
    entries, previous = [], GENESIS
    for position in range(1, count + 1):
        content = (salt * 64)[:60] + f"{position:04}"
        previous = entry_digest(previous, position, content)
        entries.append({"position": position, "snapshot_digest": content, "digest": previous})
    return entries


class Register(BaseHTTPRequestHandler):
    """Serves a chain in pages. What a test sets on the server makes it lie, refuse or break off."""

    def do_GET(self):
        since = int(parse_qs(urlsplit(self.path).query)["since"][0])
        self.server.asked.append(since)
        status, body = self.server.answer(since)
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) + self.server.cut))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def answer_from(chain, head=None):
    """Return a function that answers with pages of a chain, whose head is its last entry's unless told."""
    last = chain[-1] if chain else {"position": 0, "digest": GENESIS}
    head = head or {"position": last["position"], "digest": last["digest"]}

    def answer(since):
        rest = [entry for entry in chain if entry["position"] > since]
        reached = rest[:PAGE][-1]["position"] if rest else since
        return 200, {"results": rest[:PAGE], "next": str(reached), "more": len(rest) > PAGE, "head": head}

    return answer


@pytest.fixture
def register():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Register)
    server.answer, server.cut, server.asked = answer_from(make_chain(10)), 0, []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def verify(register):
    """Run the script against the server; return (what it exits with, what it says)."""

    def run(noted=None, token="token"):
        said = []
        code = main(f"http://127.0.0.1:{register.server_port}/ledger/", token, noted, write=said.append)
        return code, "\n".join(said)

    return run


def test_a_chain_that_follows_is_verified(verify):
    head = make_chain(10)[-1]
    assert verify() == (
        VERIFIED,
        f"ok: 10 entries, 0 of them with a snapshot that you may read\nhead 10:{head['digest']}",
    )
    assert verify(noted=f"10:{head['digest']}")[0] == VERIFIED


def test_a_list_that_stops_before_its_own_head_is_broken(verify, register):
    chain = make_chain(10)
    head = {"position": 10, "digest": chain[-1]["digest"]}
    register.answer = answer_from(chain[:6], head)
    assert verify() == (BROKEN, "broken: the ledger stops at 6, although its own head is at 10")


def test_what_is_written_while_pages_are_read_is_read_too(verify, register):
    chain = make_chain(12)

    def answer(since):
        before = chain[:9] if len(register.asked) < 4 else chain
        return answer_from(before, {"position": 12, "digest": chain[-1]["digest"]})(since)

    register.answer = answer
    assert verify()[0] == VERIFIED


def test_pages_that_never_go_on_are_given_up(verify, register):
    register.answer = lambda since: (200, {"results": [], "next": "0", "more": True, "head": make_chain(5)[-1]})
    assert verify()[0] == BROKEN
    assert len(register.asked) == 2


@pytest.mark.parametrize("head", [{"position": 10, "digest": "f" * 64}, {"position": 3, "digest": "f" * 64}])
def test_another_head_than_the_last_entry_is_broken(head, verify, register):
    register.answer = answer_from(make_chain(10), head)
    assert verify()[0] == BROKEN


@pytest.mark.parametrize("forge", [lambda chain: chain.pop(4), lambda chain: chain[4].update(digest="f" * 64)])
def test_a_forgery_and_a_gap_are_broken(forge, verify, register):
    chain = make_chain(10)
    forge(chain)
    register.answer = answer_from(chain)
    code, said = verify()
    assert code == BROKEN
    assert "position 5" in said


def test_a_snapshot_that_is_none_is_broken(verify, register):
    chain = make_chain(3)
    chain[1] |= {"snapshot": "no JSON", "salt": "s", "model": "question", "at": "2021-03-16T00:00:00Z"}
    register.answer = answer_from(chain)
    code, said = verify()
    assert (code, "position 2: its snapshot is none" in said) == (BROKEN, True)


def test_a_head_noted_earlier_shows_a_ledger_rewritten_or_cut(verify, register):
    assert "rewritten" in verify(noted=f"5:{'f' * 64}")[1]
    assert verify(noted=f"11:{'f' * 64}") == (
        BROKEN,
        "broken: position 11 was noted as a head, but the ledger ends at 10",
    )


def test_an_empty_ledger_is_broken(verify, register):
    register.answer = answer_from([])
    assert verify() == (BROKEN, "broken: the ledger is empty: there is nothing to verify")


STATUSES = {401: "refuses this token", 410: "run this again", 500: "status 500", 503: "status 503"}


@pytest.mark.parametrize("status", STATUSES)
def test_an_answer_of_another_status_is_not_checked(status, verify, register):
    register.answer = lambda since: (status, b"{}")
    code, said = verify()
    assert (code, STATUSES[status] in said, len(said.splitlines())) == (NOT_CHECKED, True, 1)


def test_a_body_that_was_cut_off_is_not_checked(verify, register):
    register.cut = 100
    code, said = verify()
    assert code == NOT_CHECKED
    assert said.startswith("could not be checked: no whole answer came from http://127.0.0.1:")


@pytest.mark.parametrize("body", [b"", b'{"results": [', b"\xff", b"<html>"])
def test_a_body_that_is_no_json_is_not_checked(body, verify, register):
    register.answer = lambda since: (200, body)
    assert verify()[0] == NOT_CHECKED


@pytest.mark.parametrize(
    "page", [[], {}, {"results": [5]}, {"results": [{"position": None}], "next": 1, "more": False, "head": {}}, 5, None]
)
def test_an_answer_of_another_shape_is_not_checked(page, verify, register):
    register.answer = lambda since: (200, page)
    code, said = verify()
    assert (code, said.endswith("is no page of a ledger")) == (NOT_CHECKED, True)


def test_a_server_that_is_away_is_not_checked(capsys):
    assert main("http://127.0.0.1:9/", "token") == NOT_CHECKED
    assert capsys.readouterr().out.startswith("could not be checked: ")


@pytest.mark.parametrize("url", ["", "register.example.org", "http://", "nothing://x/"])
def test_an_address_that_is_none_is_not_checked(url, capsys):
    assert main(url, "token") == NOT_CHECKED


@pytest.mark.parametrize("noted", ["garbage", "5", "5:ff", "²:" + "f" * 64])
def test_a_noted_head_that_is_none_is_said_to_be_so(noted, verify):
    assert verify(noted) == (
        NOT_CHECKED,
        "could not be checked: give the noted head as POSITION:DIGEST, as it was printed",
    )


def test_a_token_that_no_header_can_hold_is_not_checked(verify):
    assert verify(token="a\nb")[0] == NOT_CHECKED


def test_a_forgery_is_told_although_the_rest_could_not_be_read(verify, register):
    chain = make_chain(10)
    chain[2]["digest"] = "f" * 64
    whole = answer_from(chain)
    register.answer = lambda since: whole(since) if since < 4 else (503, b"")
    code, said = verify()
    assert (code, said.splitlines()[0]) == (
        BROKEN,
        "broken: position 3: the digest does not follow from the one before",
    )
    assert said.endswith("could not be checked beyond position 4: the register answers with status 503")
