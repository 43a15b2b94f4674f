"""What a worker holds in memory after many requests."""

from tests.benchmarks.works import WORKS

CLIENTS, TURN = 8, 25
ASKED = ("page of 25", "25 changes from the middle", "one question", "one status history", "poll with nothing new")


def soak(place, clients, requests):
    """Ask the register's server so often, in all of these ways; return the largest worker's MB early on and after."""
    kinds = [work.asks["ours"](place) for work in WORKS if work.name in ASKED]
    asks = [kind[n % len(kind)] for n in range(TURN) for kind in kinds]
    turns = requests // (clients.count * TURN)
    _turns(place, clients, asks, turns // 10 + 1)
    early = max(place.servers["ours"].workers())
    _turns(place, clients, asks, turns)
    return {"requests": turns * clients.count * TURN, "early_mb": early, "mb": max(place.servers["ours"].workers())}


def _turns(place, clients, asks, turns):
    for n in range(turns):
        clients.burst(place.port("ours"), asks, n * TURN, TURN)
