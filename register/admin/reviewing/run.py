"""The place of a page in a run of several: `2 of 7`, and what comes next."""

from dataclasses import dataclass

from register.admin.keys import is_key


@dataclass(frozen=True)
class Run:
    """What is still to be dealt with, by its keys in order, the `key` that is shown, and how many there were at first.

    `key` need not be among them: an earlier position can be changed.
    """

    keys: tuple[int, ...]
    key: int
    count: int

    @property
    def place(self):
        """Which one of the run is shown, from 1, or None."""
        return self.count - len(self.keys) + self.keys.index(self.key) + 1 if self.key in self.keys else None

    @property
    def next(self):
        """The key that comes after, or the first that was passed over, or None where this is the last."""
        others = [key for key in self.keys if key != self.key]
        after = self.keys[self.keys.index(self.key) + 1 :] if self.key in self.keys else ()
        return next(iter((*after, *others)), None)


def make_run(keys, key, request):
    """Return the run at this address, which says how many it had at first: `?of=7`."""
    keys, said = tuple(keys), request.GET.get("of", "")
    return Run(keys, key, max(len(keys), min(int(said), 2 * len(keys) + 50) if is_key(said) else 0))
