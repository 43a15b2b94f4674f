"""Pictures of the main pages, of the example of a busy month.

    make screenshots

Starts the demo with the example on a port and in a database of its own, and writes a PNG of each page beside this file.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).resolve().parent
PROJECT = FOLDER.parent.parent
PASSWORD = "half-hourly"  # of the demo's logins
LIST = "/admin/register/question/"
WIDE, TELEPHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
# name: (who looks, at what size, where they begin, what they press to get there)
PICTURES = {
    "desk": ("ofgem.triage", WIDE, "/admin/", None),
    "triage": ("ofgem.triage", WIDE, "/admin/triage/", None),
    "list": ("ofgem.triage", WIDE, LIST, None),
    "question": ("ofgem.triage", WIDE, f"{LIST}?tab=review&o=-7", "#result_list tbody a"),
    "review": ("member.one", TELEPHONE, "/admin/", "a[href*='/review/']"),
    "agree": ("ofgem.approver", WIDE, "/admin/", "section[aria-labelledby=ready-heading] ul a"),
    "meeting": ("ofgem.triage", WIDE, "/admin/", "#next-heading a"),
    "actions": ("ofgem.triage", WIDE, "/admin/register/action/", None),
}
PATIENCE = 120  # seconds until the demo answers


@contextmanager
def demo():
    """Give the address of a demo with the example, which ends with the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with TemporaryDirectory() as folder:
        environment = {**os.environ, "DEBUG": "1", "DATABASE_URL": f"sqlite:///{folder}/pictures.sqlite3"}
        command = [sys.executable, "manage.py", "run_demo", f"127.0.0.1:{port}", "--example"]
        server = subprocess.Popen(
            command, cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            _wait_for(port, server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait()


def _wait_for(port, server):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.5)
    raise SystemExit("The demo did not start.")


def sign_in(page: Page, address: str, username: str) -> None:
    page.goto(f"{address}/admin/")
    page.fill("#id_username", username)
    page.fill("#id_password", PASSWORD)
    page.click("input[type=submit]")


def take_pictures(browser, address: str) -> None:
    for name, (username, size, begin, pressed) in PICTURES.items():
        page = browser.new_page(viewport=size, locale="en-GB")
        sign_in(page, address, username)
        page.goto(address + begin)
        if pressed:
            page.locator(pressed).first.click()
        page.wait_for_load_state("networkidle")
        page.screenshot(path=FOLDER / f"{name}.png")
        page.close()


def main() -> None:
    executable = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if executable is None:
        raise SystemExit("Chromium is not installed.")
    with demo() as address, sync_playwright() as playwright:
        take_pictures(playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"]), address)


if __name__ == "__main__":
    main()
