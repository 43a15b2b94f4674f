"""What the tests of the bounded process have it run; a module of its own, which needs no Django."""

import threading

from register.headline_report.report import NotAReport


def return_length(content):
    return len(content)


def fill_memory(content):
    return len(content * (1 << 40))


def spin(content):
    while True:
        pass


def wait(content):
    threading.Event().wait()


def refuse(content):
    raise NotAReport("Not this one.")
