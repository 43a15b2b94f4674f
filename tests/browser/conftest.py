"""A real browser: Chromium, driven by Playwright, watched for whatever should not happen."""

import os
import shutil
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import sync_playwright

from tests.conftest import PASSWORD

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
PICTURES = Path(__file__).resolve().parent.parent.parent / "build" / "screenshots"
QUIET = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
RULES = {"preload": False, "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.fixture(scope="session")
def chromium():
    if CHROMIUM is None and os.environ.get("CI"):
        pytest.fail("Chromium is not installed, and in CI these tests must run.")
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: apt-get install chromium.")
    # The ORM is used beside Playwright's loop, in tests alone.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


class Visitor:
    """One person at one browser window; `check` looks over the page they are on."""

    def __init__(self, page, address):
        self.page, self.address, self.faults = page, address, []
        page.on("console", lambda message: self.faults.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("request", self._only_here)

    def _only_here(self, request):
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.faults.append(f"another host: {request.url}")

    def open(self, path):
        self.page.goto(self.address + path)
        return self

    def sign_in(self, username, password=PASSWORD):
        self.open("/admin/").page.fill("#id_username", username)
        self.page.fill("#id_password", password)
        self.page.click("input[type=submit]")
        return self

    def _violations(self):
        """Run axe in the page, by evaluate, which the page's policy does not govern: the policy stays as it is."""
        self.page.evaluate(AXE)
        found = self.page.evaluate("rules => axe.run(document, rules)", RULES)["violations"]
        self.page.wait_for_timeout(50)
        self.faults.clear()  # axe tries inline styles of its own, which the policy refuses and the console says
        return [f"{v['id']}: {node['html'][:160]}" for v in found for node in v["nodes"][:3]]

    def check(self, picture=None):
        """Assert that the page breaks no rule of WCAG 2.2 A or AA, is silent on the console and asks no other host."""
        self.page.wait_for_load_state("networkidle")
        if picture:
            PICTURES.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=PICTURES / f"{picture}.png", full_page=True)
        assert self.faults == [], f"{self.page.url}: {self.faults}"
        assert self._violations() == [], self.page.url
        return self


@pytest.fixture
def visitor(chromium, live_server, transactional_db):
    """Return a function that opens a window for somebody of the cast, signed in."""
    contexts = []

    def visit(username, password=PASSWORD, **options):
        context = chromium.new_context(**{"viewport": {"width": 1440, "height": 900}, "locale": "en-GB", **options})
        contexts.append(context)
        context.set_default_timeout(15_000)
        return Visitor(context.new_page(), live_server.url).sign_in(username, password)

    yield visit
    for context in contexts:
        context.close()
