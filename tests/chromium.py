"""Pages in a headless Chromium that has no network: what the browser tests share."""

import shutil
from contextlib import contextmanager

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ADDRESS = "http://report.invalid/"
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
NARROW, WIDE = 360, 1280  # pixels


def program():
    """Return the path of an installed Chromium; None without one."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


@contextmanager
def opened(browser, html, *, width=WIDE, scheme="light", script=True, policy=POLICY):
    """Show a page as a server under a policy would; let nothing else through.

    `page.asked` lists requests for anything but the page, `page.said` what the console and dialogs
    said: a policy that is violated says so there.
    """
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        java_script_enabled=script,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.asked, page.said = [], []

    def answer(route):
        if route.request.url == ADDRESS:
            headers = {"Content-Security-Policy": policy} if policy else {}
            route.fulfill(body=html, content_type="text/html; charset=utf-8", headers=headers)
        else:
            page.asked.append(route.request.url)
            route.abort()

    def dismissed(dialog):
        page.said.append(dialog.message)
        dialog.dismiss()

    context.route("**/*", answer)
    page.on("console", lambda message: page.said.append(message.text))
    page.on("pageerror", lambda error: page.said.append(str(error)))
    page.on("dialog", dismissed)
    page.goto(ADDRESS)
    yield page
    context.close()


def open_all(page):
    """Open everything that can be opened."""
    page.eval_on_selector_all("details", "all => all.forEach(one => { one.open = true })")
