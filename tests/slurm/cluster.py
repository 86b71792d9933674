"""A real Slurm of two nodes for the tests beside it."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "integration"))
import harness  # noqa: E402
from harness import DONE  # noqa: E402

SCRIPT = HERE.parents[1] / "slurm" / "local-cluster.sh"


class Cluster:
    """Started for a test class, ended with it."""

    def __init__(self, *options):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="rsl-", dir="/tmp"))  # sockets need short paths
        started = self.command("start", "2", "--cpus", "8", *options)
        if started.returncode != 0:
            self.stop()
            raise RuntimeError(started.stdout + started.stderr)
        self.environment = dict(os.environ)
        for name, value in re.findall(r"^export (\w+)=(.*)$", self.command("env").stdout, flags=re.M):
            self.environment[name] = value.strip("'\"")

    def command(self, *words):
        return subprocess.run(["bash", str(SCRIPT), words[0], *words[1:], "--dir", str(self.folder)], text=True,
                              capture_output=True, stdin=subprocess.DEVNULL, timeout=120)

    def call(self, *words, check=True):
        result = subprocess.run([str(word) for word in words], text=True, capture_output=True, env=self.environment,
                                stdin=subprocess.DEVNULL, timeout=120)
        if check and result.returncode != 0:
            raise AssertionError("%s: %s%s" % (words, result.stdout, result.stderr))
        return result

    def stop(self):
        self.command("stop", "--purge")
        shutil.rmtree(self.folder, ignore_errors=True)


class SlurmTest(harness.RunTest):
    """Jobs of about ten seconds on a Slurm of their own; expected digests come from a run of one process."""

    OPTIONS = ()
    WORK = """
[run]
publish_seconds = 0.3
checkpoint_seconds = 0.3
[experiments.mixed]
draws = 300
milliseconds = 50
[experiments.long]
tasks = 2
steps = 100
milliseconds = 30
"""

    @classmethod
    def setUpClass(cls):
        if shutil.which("slurmctld") is None:
            message = "SKIPPED: SLURM IS NOT INSTALLED HERE AND THE TESTS OF RUNNING UNDER SLURM WERE NOT RUN (jobs/install.sh slurm)"
            print(message, file=sys.stderr)
            sys.exit(77)
        cls.cluster = Cluster(*cls.OPTIONS)
        cls.addClassCleanup(cls.cluster.stop)

    def setUp(self):
        super().setUp()
        self.addCleanup(self.cancel_all)

    def cancel_all(self):
        self.cluster.call("scancel", "--full", "--signal=KILL", "--user", str(os.geteuid()), check=False)
        self.cluster.call("scancel", "--user", str(os.geteuid()), check=False)
        self.wait_until(lambda: not self.cluster.call("squeue", "-h").stdout.strip(), timeout=60)

    def call(self, *words, timeout=120):
        """As the harness's, but talking to this cluster."""
        return subprocess.run(self.command(*words), capture_output=True, text=True, timeout=timeout,
                              stdin=subprocess.DEVNULL, cwd=self.folder, env=self.cluster.environment)

    def expected(self, job):
        self.run_job(job, 1, runs="unbroken")
        return self.digest(self.folder / "unbroken" / pathlib.Path(job).stem)

    def profile(self, text):
        path = self.folder / "site.toml"
        path.write_text(text)
        return path

    def submit(self, job, *options, expect=DONE, timeout=120):
        """Returns the ids of the jobs submitted."""
        result = self.call("submit", job, "--runs", self.folder / "runs", *options, timeout=timeout)
        self.assertEqual(result.returncode, expect, result.stdout + result.stderr)
        found = re.search(r"Submitted Slurm jobs? ([\d, ]+)", result.stdout)
        return found.group(1).split(", ") if found else result

    def logs(self):
        return "".join("\n--- %s\n%s" % (path.name, path.read_text(errors="replace"))
                       for path in sorted(self.folder.glob("runs/*/slurm/*.log")))

    def log(self):
        """What is shown when a test waited in vain."""
        events = "".join(path.read_text() for path in self.folder.glob("runs/*/events.jsonl"))
        return "%s\n%s\n%s\n%s" % (self.logs(), events, self.cluster.call("squeue", "-a", "-l", check=False).stdout,
                                   self.cluster.call("sinfo", check=False).stdout)

    def state(self, run):
        result = self.call("status", "--state", run)
        return result.stdout.strip()

    def wait_stored(self, run, rows=20):
        """Until the run has stored so many rows."""
        self.wait_until(lambda: (run / "progress.json").exists() and self.status(run)["stored"] >= rows, timeout=90)

    def wait_complete(self, run, timeout=120):
        self.wait_until(lambda: self.state(run) == "complete", timeout=timeout, every=0.3)

    def in_queue(self, job_id):
        """PENDING, RUNNING, ...; empty once it has left."""
        states = self.cluster.call("squeue", "-h", "-j", job_id, "-o", "%T", check=False).stdout.split()
        return states[0] if states else ""

    def check(self, run, expected):
        """Complete, the same bits as unbroken, and nothing that was published ran again."""
        told = self.verify(run)
        self.assertIn("complete: ", told, self.logs())
        self.assertNotIn("more than once", told, self.logs())
        self.assertEqual(told.strip().rsplit("\n", 1)[-1], expected)
