"""The paper that README.md adds, added exactly as it says: to a copy of the source tree, built and run there."""

import csv
import math
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
HEADING = "## Add your own paper\n"
NOT_SOURCE = {".git", "build", "runs", "report"}


def section():
    text = (SOURCE / "README.md").read_text()
    return re.split(r"^## ", text[text.index(HEADING) + len(HEADING):], maxsplit=1, flags=re.M)[0]


def blocks():
    """The code blocks in order: language, text, and the path that was last named before each."""
    for match in re.finditer(r"^```(\w+)\n(.*?)^```$", section(), flags=re.M | re.S):
        prose = re.sub(r"^```.*?^```$", "", section()[:match.start()], flags=re.M | re.S)
        yield match[1], match[2], re.findall(r"`([^`\n]+)`", prose)[-1]


class WorkedExample(unittest.TestCase):
    def setUp(self):
        # In the build folder, where there is room. The compiler cache knows files by their place in the source tree.
        parent = pathlib.Path(os.environ.get("REPRISE_TEST_FOLDER", tempfile.gettempdir()))
        self.tree = pathlib.Path(tempfile.mkdtemp(prefix="worked-example-", dir=parent))
        self.addCleanup(shutil.rmtree, self.tree, ignore_errors=True)
        shutil.copytree(SOURCE, self.tree, dirs_exist_ok=True, ignore=lambda folder, names: [
            name for name in names if pathlib.Path(folder) == SOURCE and name in NOT_SOURCE])

    def command(self, line):
        environment = dict(os.environ)
        environment.setdefault("CMAKE_BUILD_PARALLEL_LEVEL", str(len(os.sched_getaffinity(0))))
        result = subprocess.run(["bash", "-c", line], cwd=self.tree, env=environment, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertEqual(result.returncode, 0, line + "\n" + result.stdout[-8000:])
        return result.stdout

    def reported(self):
        """The claim's row in the report's scoreboard."""
        with open(self.tree / "report/pi/tables/scoreboard.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual(len(rows), 1, rows)
        return rows[0]

    def test_does_what_it_says(self):
        seen = []
        for language, text, path in blocks():
            if language != "sh":
                # It replaces what a reader has who followed the README already.
                (self.tree / path).parent.mkdir(parents=True, exist_ok=True)
                (self.tree / path).write_text(text)
                continue
            output = "".join(self.command(line) for line in text.splitlines())
            row = self.reported()
            value, error = float(row["value"]), float(row["value_standard_error"])
            seen.append((error, output))
            self.assertLess(abs(value - math.pi), 3 * error)
            self.assertEqual(row["verdict"], "reproduced")
            report = (self.tree / "report/pi/report.md").read_text()
            self.assertIn("1 claim: 1 reproduced", report)
            self.assertIn("A1", report)
            figures = list((self.tree / "report/pi/figures").glob("*.svg"))
            self.assertEqual(len(figures), 1, figures)
            self.assertIn("<svg", figures[0].read_text())
        self.assertEqual(len(seen), 2)
        self.assertLessEqual(seen[0][0], 1e-3)
        self.assertLessEqual(seen[1][0], 3e-4)
        # The second time, what the first had drawn was taken from the store.
        run = [int(re.search(r"(\d+) tasks run", output)[1]) for _, output in seen]
        stored = [int(re.search(r"(\d+) results stored", output)[1]) for _, output in seen]
        self.assertEqual(run[0], stored[0])
        self.assertEqual(run[1], stored[1] - stored[0])
        if shutil.which("clang-format"):
            self.command("clang-format --dry-run --Werror workers/pi/*.cpp")


if __name__ == "__main__":
    unittest.main(verbosity=2)
