"""What a worker holds in memory after many requests."""

from tests.benchmarks.works import WORKS

TURN = 25  # requests of each client
ASKED = ("page of 25", "25 changes from the middle", "one question", "one status history", "poll with nothing new")


def soak(place, clients, requests):
    """Ask the register's server so often, in all of these ways; return the largest worker's MB half way and after."""
    kinds = [work.asks["ours"](place) for work in WORKS if work.name in ASKED]
    asks = [kind[n % len(kind)] for n in range(TURN) for kind in kinds]
    turns, held = requests // (2 * clients.count * TURN), []
    for _ in range(2):
        _turns(place, clients, asks, turns)
        held.append(max(place.servers["ours"].memory()))
    return {"requests": 2 * turns * clients.count * TURN, "half_way_mb": held[0], "mb": held[1]}


def _turns(place, clients, asks, turns):
    for n in range(turns):
        clients.burst(place.server("ours").port, asks, n * TURN, TURN)
