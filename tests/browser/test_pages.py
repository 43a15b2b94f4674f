"""The pages of a busy month: whoever reads them, on whatever screen, by eye, by ear or by keys."""

from itertools import pairwise

import pytest

from tests.browser.example import LIST, Places, example, sign_in  # noqa: F401 a fixture

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
WIDE, TELEPHONE = {"viewport": {"width": 1280, "height": 720}}, {"viewport": {"width": 390, "height": 844}}
SCREENS = {
    "wide": WIDE,
    "dark": {**WIDE, "color_scheme": "dark"},
    "telephone": TELEPHONE,
    "dark telephone": {**TELEPHONE, "color_scheme": "dark"},
    "200 %": {"viewport": {"width": 640, "height": 360}, "device_scale_factor": 2},
    "forced colours": {**WIDE, "forced_colors": "active"},
}
FIRST_ITEM = {"/admin/": "ul.lines li a.ref", LIST: "#result_list tbody tr a", "/admin/triage/": "h1"}


def get_main_pages():
    places = Places.find()
    return [
        "/admin/",
        "/admin/triage/",
        LIST,
        places.question,
        places.meeting,
        "/admin/register/action/",
        places.action,
        places.update,
        "/admin/changes/",
        "/admin/decisions/",
        places.past,
        "/admin/find/?q=meter",
    ]


def get_pages_of(username):
    """Return what only this person's role opens."""
    places = Places.find()
    return {
        "member.one": ["/admin/", LIST, places.question, places.answer, places.review, "/admin/reviews/"],
        "ofgem.approver": ["/admin/", f"{LIST}?tab=ready", places.agree],
    }[username]


@pytest.mark.parametrize("screen", SCREENS)
def test_the_main_pages_break_no_rule_on_any_screen(screen, visitor, example):  # noqa: F811
    triager = sign_in(visitor, "ofgem.triage", **SCREENS[screen])
    for address in get_main_pages():
        triager.open(address).check()


@pytest.mark.parametrize("username", ["member.one", "ofgem.approver"])
def test_the_pages_of_each_role_break_no_rule(username, visitor, example):  # noqa: F811
    for screen in ("wide", "dark telephone"):
        person = sign_in(visitor, username, **SCREENS[screen])
        for address in get_pages_of(username):
            person.open(address).check()


def test_nothing_scrolls_sideways_and_the_first_item_is_in_sight(visitor, example):  # noqa: F811
    for screen in ("wide", "telephone"):
        triager = sign_in(visitor, "ofgem.triage", **SCREENS[screen])
        for address in get_main_pages():
            page = triager.open(address).page
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (screen, address)
            if first := FIRST_ITEM.get(address):
                box = page.locator(first).first.bounding_box()
                assert box["y"] + box["height"] < page.viewport_size["height"], (screen, address)


def test_six_rows_and_more_are_above_the_fold(visitor, example):  # noqa: F811
    page = sign_in(visitor, "ofgem.triage", **WIDE).open(LIST).page
    rows = [row.bounding_box() for row in page.locator("#result_list tbody tr").all()[:8]]
    assert sum(box["y"] + box["height"] <= 720 for box in rows) >= 6


READ_ALOUD = """() => {
  const shown = (node) => node.checkVisibility({checkVisibilityCSS: true});
  const name = (node) => (node.getAttribute("aria-label") || node.textContent).trim().replace(/\\s+/g, " ");
  return [...document.querySelectorAll("header, nav, main, h1, h2, h3")].filter(shown)
    .map((node) => [node.tagName.toLowerCase(), name(node).slice(0, 60)]);
}"""


def test_each_page_is_read_in_order_with_one_name(visitor, example):  # noqa: F811
    page = sign_in(visitor, "ofgem.triage", **WIDE).page
    titles = set()
    for address in get_main_pages():
        page.goto(page.url.split("/admin")[0] + address)
        parts = page.evaluate(READ_ALOUD)
        headings = [int(tag[1]) for tag, _ in parts if tag in ("h1", "h2", "h3")]
        assert headings.count(1) == 1, (address, parts)
        assert all(later - earlier <= 1 for earlier, later in pairwise(headings)), address
        assert [tag for tag, _ in parts].count("main") == 1, address
        unnamed = page.evaluate(
            "() => [...document.querySelectorAll('input:not([type=hidden]), select, textarea, button, a[href]')]"
            ".filter((n) => n.checkVisibility() && !n.labels?.length && !n.textContent.trim() && !n.value"
            " && !n.ariaLabel && !n.title && !n.getAttribute('aria-labelledby')).map((n) => n.outerHTML)"
        )
        assert unnamed == [], address
        titles.add(page.title())
    assert len(titles) == len(get_main_pages())


def test_a_review_is_given_by_keyboard_alone(visitor, example):  # noqa: F811
    page = sign_in(visitor, "member.one", **WIDE).open("/admin/").page
    page.locator("a[href*='/review/']").first.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "1 of 7" in page.inner_text(".breadcrumbs")
    _reach(page, "input[name=position]")
    page.keyboard.press("Space")
    _reach(page, "button.main")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "2 of 7" in page.inner_text(".breadcrumbs")


def _reach(page, selector):
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"The Tab key does not reach {selector}.")


def test_what_is_missing_is_summed_up_and_has_the_focus(visitor, example):  # noqa: F811
    page = sign_in(visitor, "member.one", **TELEPHONE).open(Places.find().review).page
    page.click("button.main")
    assert page.title().startswith("Error:")
    assert page.evaluate("document.activeElement.matches('.problem')")
    page.click(".problem a")
    assert page.evaluate("document.activeElement.name") == "position"
