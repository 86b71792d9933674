#!/usr/bin/python3
"""What a browser makes of a report: run as  browser_test.py <sample_report> [<folder for screenshots>].

Exits 77 (skipped) where Chromium, its driver or python3-selenium is missing.
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

SKIPPED = 77
WIDTHS = (380, 1280)
THEMES = ("light", "dark")

try:
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
except ImportError:
    webdriver = None


def missing():
    """The Debian packages that this test needs and that are not there."""
    packages = [] if webdriver else ["python3-selenium"]
    packages += [] if shutil.which("chromium") else ["chromium"]
    packages += [] if shutil.which("chromedriver") else ["chromium-driver"]
    packages += [] if shutil.which("gnuplot") else ["gnuplot-nox"]
    return packages


def start_browser(profile):
    options = Options()
    options.binary_location = shutil.which("chromium")
    for argument in ("headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-dev-shm-usage",
                     "disable-background-networking", "disable-component-update", "disable-sync",
                     f"user-data-dir={profile}"):
        options.add_argument("--" + argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return webdriver.Chrome(service=Service(shutil.which("chromedriver")), options=options)


class Page(unittest.TestCase):
    sample = None
    screenshots = None

    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory(prefix="reprise-report-", ignore_cleanup_errors=True)
        cls.addClassCleanup(cls.scratch.cleanup)
        folder = pathlib.Path(cls.scratch.name)
        cls.report = folder / "report"
        subprocess.run([cls.sample, cls.report], check=True)
        cls.browser = start_browser(folder / "profile")
        cls.addClassCleanup(cls.browser.quit)

    def show(self, width=1280, theme="light", media=""):
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False})
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "media": media, "features": [{"name": "prefers-color-scheme", "value": theme}]})
        self.browser.get((self.report / "index.html").as_uri())

    def run_js(self, script, *arguments):
        return self.browser.execute_script(script, *arguments)

    def looks(self):
        for theme in THEMES:
            for width in WIDTHS:
                self.show(width, theme)
                yield theme, width

    def test_console_is_silent_and_nothing_is_fetched(self):
        for _ in self.looks():
            self.assertEqual(self.browser.get_log("browser"), [])
            requested = [entry["message"] for entry in self.browser.get_log("performance")
                         if '"Network.requestWillBeSent"' in entry["message"]]
            elsewhere = [each for each in requested if '"url":"http' in each]
            self.assertEqual(elsewhere, [])

    def test_no_horizontal_scroll(self):
        for _, width in self.looks():
            widest = self.run_js("return document.documentElement.scrollWidth")
            self.assertLessEqual(widest, width)
            outside = self.run_js("""
                return [...document.querySelectorAll('body *')].filter((each) => {
                  const box = each.getBoundingClientRect();
                  return box.width > 0 && box.right > innerWidth + 1 && !each.closest('.scroll, .skip, svg');
                }).map((each) => each.outerHTML.slice(0, 120))""")
            self.assertEqual(outside, [])

    def test_every_figure_is_drawn(self):
        for _ in self.looks():
            panels = self.run_js("""
                return [...document.querySelectorAll('svg.plot')].map((svg) => ({
                  title: svg.querySelector('title').textContent,
                  width: svg.getBoundingClientRect().width,
                  drawn: [...svg.querySelectorAll('.series path, .series polygon, .series use')]
                    .filter((each) => each.getBoundingClientRect().width + each.getBoundingClientRect().height > 2).length,
                  words: [...svg.querySelectorAll('text')].map((each) => each.textContent).join(' ')}))""")
            self.assertEqual(len(panels), 9)
            for panel in panels:
                self.assertGreater(panel["width"], 200, panel["title"])
                if "nothing to show yet" not in panel["words"]:
                    self.assertGreater(panel["drawn"], 0, panel["title"])

    def test_axes_are_labelled_with_units(self):
        self.show()
        words = self.run_js("return [...document.querySelectorAll('svg.plot text')].map((each) => each.textContent)")
        for label in ("bandwidth h (σ)", "risk (nat²)", "time since the start (s)", "accuracy lost (%)"):
            self.assertIn(label, words)

    def test_words_of_a_figure_do_not_overlap(self):
        for _ in self.looks():
            clashes = self.run_js("""
                const clashes = [];
                for (const svg of document.querySelectorAll('svg.plot')) {
                  const frame = svg.getBoundingClientRect();
                  const slanted = (each) => /rotate\\((?!270)/.test(each.parentElement.getAttribute('transform'));
                  const boxes = [...svg.querySelectorAll('text')]
                    .filter((each) => each.textContent.trim() && !slanted(each))
                    .map((each) => [each.textContent, each.getBoundingClientRect()]);
                  boxes.forEach(([text, a], i) => {
                    if (a.left < frame.left - 2 || a.right > frame.right + 2 || a.top < frame.top - 2 ||
                        a.bottom > frame.bottom + 2) clashes.push(text + ' leaves its figure');
                    for (const [other, b] of boxes.slice(i + 1)) {
                      if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 3 &&
                          b.top < a.bottom - 3) clashes.push(text + ' / ' + other);
                    }
                  });
                }
                return clashes;""")
            self.assertEqual(clashes, [])

    def test_figures_lie_on_the_page_itself(self):
        self.show(theme="dark")
        self.assertEqual(self.run_js("return document.querySelectorAll('svg.plot rect[x=\"0\"][y=\"0\"]').length"), 0)
        self.assertEqual(self.run_js("""
            return [...document.querySelectorAll('svg.plot')].map((each) => getComputedStyle(each).backgroundColor)
              .filter((each) => each !== 'rgba(0, 0, 0, 0)')"""), [])

    def test_identifiers_are_unique(self):
        self.show()
        twice = self.run_js("""
            const ids = [...document.querySelectorAll('[id]')].map((each) => each.id);
            return ids.filter((id, i) => ids.indexOf(id) !== i);""")
        self.assertEqual(twice, [])

    def test_links_lead_somewhere(self):
        self.show()
        links = self.run_js("return [...document.querySelectorAll('a[href]')].map((a) => a.getAttribute('href'))")
        ids = set(self.run_js("return [...document.querySelectorAll('[id]')].map((each) => each.id)"))
        self.assertGreater(len(links), 30)
        for link in links:
            if link.startswith("#"):
                self.assertIn(link[1:], ids)
            elif not link.startswith("https://"):
                self.assertTrue((self.report / link).is_file(), link)

    def test_verdicts_lead_to_claims_with_their_rows(self):
        self.show()
        rows = self.run_js("""
            return [...document.querySelectorAll('.scoreboard tbody tr')].map((row) => ({
              verdict: row.querySelector('.verdict').textContent.trim(),
              claim: document.querySelector(row.querySelector('.verdict').getAttribute('href')).textContent,
              tables: [...document.querySelectorAll(row.querySelector('.verdict').getAttribute('href') + ' dd a')]
                .map((a) => document.querySelector(a.getAttribute('href')).tagName)}))""")
        self.assertEqual(len(rows), 6)
        settled = [row for row in rows if row["verdict"][2:] in ("reproduced", "not reproduced")]
        self.assertEqual(len(settled), 3)
        for row in settled:
            self.assertIn("in results.h5", row["claim"])
            self.assertEqual(row["tables"], ["FIGURE"])

    def claims(self):
        return self.run_js("return [...document.querySelectorAll('.scoreboard tbody tr')].filter((row) => !row.hidden)"
                           ".map((row) => row.querySelector('strong').textContent)")

    def test_scoreboard_sorts_by_mouse_and_keyboard(self):
        self.show()
        head = self.browser.find_elements(By.CSS_SELECTOR, ".scoreboard th")[1]
        button = head.find_element(By.TAG_NAME, "button")
        self.assertEqual(head.get_attribute("aria-sort"), "none")
        button.click()
        self.assertEqual(head.get_attribute("aria-sort"), "ascending")
        self.assertEqual(self.claims(), ["A1", "M1", "P1", "P2", "P5a", "P10"])
        button.send_keys(Keys.ENTER)
        self.assertEqual(head.get_attribute("aria-sort"), "descending")
        self.assertEqual(self.claims(), ["P10", "P5a", "P2", "P1", "M1", "A1"])
        verdict = self.browser.find_elements(By.CSS_SELECTOR, ".scoreboard th")[5]
        verdict.find_element(By.TAG_NAME, "button").send_keys(Keys.SPACE)
        self.assertEqual(head.get_attribute("aria-sort"), "none")
        self.assertEqual(self.claims()[0], "P1")

    def test_scoreboard_filters(self):
        self.show()
        self.run_js("""
            const select = document.getElementById('by-paper');
            select.value = 'mptq';
            select.dispatchEvent(new Event('change'));""")
        self.assertEqual(self.claims(), ["M1"])
        self.assertIn("1 of 6", self.browser.find_element(By.ID, "shown").text)

    def test_text_of_users_stays_text(self):
        self.show()
        self.assertIn("<script>alert(1)</script> stays text", self.run_js("return document.body.textContent"))
        self.assertEqual(self.run_js("return document.querySelectorAll('[href^=\"javascript\"]').length"), 0)

    def test_dark_differs_from_light_and_the_switch_works(self):
        background = "return getComputedStyle(document.body).backgroundColor"
        ink = "return getComputedStyle(document.querySelector('svg.plot text')).fill"
        self.show(theme="light")
        light = self.run_js(background), self.run_js(ink)
        self.browser.find_element(By.ID, "theme").click()
        switched = self.run_js(background), self.run_js(ink)
        self.show(theme="dark")
        dark = self.run_js(background), self.run_js(ink)
        self.assertEqual(switched, dark)
        self.assertNotEqual(light[0], dark[0])
        self.assertNotEqual(light[1], dark[1])

    def test_contrast_of_text(self):
        contrast = """
            const luminance = (colour) => {
              const [r, g, b] = colour.match(/[\\d.]+/g).map(Number)
                .map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
              return 0.2126 * r + 0.7152 * g + 0.0722 * b;
            };
            const paperOf = (each) => {
              for (; each; each = each.parentElement) {
                const colour = getComputedStyle(each).backgroundColor;
                if (!colour.endsWith(', 0)')) return colour;
              }
              return 'rgb(255, 255, 255)';
            };
            return ['.fine', '.source', '.verdict', '.scale', '.notice', 'a', 'dt', '.role-published', '.tally li']
              .flatMap((selector) => [...document.querySelectorAll(selector)]).map((each) => {
                const [a, b] = [getComputedStyle(each).color, paperOf(each)].map(luminance);
                return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), each.outerHTML.slice(0, 80)];
              }).filter(([ratio]) => ratio < 4.5);"""
        for theme in THEMES:
            self.show(theme=theme)
            self.assertEqual(self.run_js(contrast), [])
            self.assertEqual(self.run_js("""
                return [...document.querySelectorAll('svg.plot path, svg.plot polygon')]
                  .filter((each) => !each.closest('defs')).map((each) => getComputedStyle(each))
                  .filter((each) => [each.stroke, each.fill].includes(arguments[0])).length""",
                                         "rgb(0, 0, 0)"), 0, "drawn in black that no theme changes")

    def test_prints_on_white(self):
        self.show(theme="dark", media="print")
        self.assertEqual(self.run_js("return getComputedStyle(document.body).backgroundColor"), "rgb(255, 255, 255)")

    def test_screenshots(self):
        if self.screenshots is None:
            self.skipTest("no folder for screenshots was named")
        import base64
        for theme, width in self.looks():
            height = self.run_js("return document.documentElement.scrollHeight")
            image = self.browser.execute_cdp_cmd("Page.captureScreenshot", {
                "captureBeyondViewport": True,
                "clip": {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}})
            (self.screenshots / f"{theme}-{width}.png").write_bytes(base64.b64decode(image["data"]))
        self.show(media="print")
        printed = self.browser.execute_cdp_cmd("Page.printToPDF", {"printBackground": False, "preferCSSPageSize": True})
        (self.screenshots / "print.pdf").write_bytes(base64.b64decode(printed["data"]))


def main():
    lacking = missing()
    if lacking:
        print("SKIPPED: the report was not looked at in a browser. Install:", *lacking, flush=True)
        return SKIPPED
    Page.sample = sys.argv[1]
    if len(sys.argv) > 2:
        Page.screenshots = pathlib.Path(sys.argv[2])
        Page.screenshots.mkdir(parents=True, exist_ok=True)
    return 0 if unittest.main(argv=sys.argv[:1], exit=False, verbosity=2).result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
