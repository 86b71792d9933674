"""Runs the real program on small jobs, and kills it. For the tests beside it; only Python's standard library."""

import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import unittest.mock

PROGRAM = os.environ.get("REPRISE_TEST_PROGRAM") or str(
    pathlib.Path(__file__).resolve().parents[2] / "build/release/tests/integration/reprise_synthetic")
# Sanitizers make everything slower by a factor.
SLOW = float(os.environ.get("REPRISE_TEST_SLOWNESS", "1"))

DONE, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 75


def processes_of(folder):
    """Ids of the live processes that have a run folder's job on their command line, with what they are."""
    found = {}
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
            if str(folder).encode() not in b" ".join(words):
                continue
            environment = (entry / "environ").read_bytes().split(b"\0")
            state = (entry / "stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            continue
        if state == "Z":
            continue
        rank = [word.split(b"=")[1] for word in environment if word.startswith(b"OMPI_COMM_WORLD_RANK=")]
        name = pathlib.Path(words[0].decode()).name
        if name.startswith("mpirun") or name.startswith("orterun"):
            found[int(entry.name)] = "mpirun"
        elif rank:
            found[int(entry.name)] = "rank %d" % int(rank[0])
        elif any(word.startswith(b"REPRISE_LAUNCH=") for word in environment):
            found[int(entry.name)] = "alone"
        else:
            found[int(entry.name)] = "launcher"
    return found


def allowed_cpus(pid):
    """The CPUs that a process's main thread may use; none when it has gone."""
    try:
        return os.sched_getaffinity(pid)
    except OSError:
        return set()


def is_watched_over(pid):
    """Whether the launcher knows a rank that starts: its second thread waits for the end of that connection."""
    try:
        return len(os.listdir("/proc/%d/task" % pid)) > 1
    except OSError:
        return False


class RunTest(unittest.TestCase):
    """A scratch folder for each test, and commands to run, kill and look at jobs in it."""

    maxDiff = None

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="reprise-test-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        # A run survives a process that a sanitizer ends, and its test might pass: so findings go to files.
        self.findings = pathlib.Path(tempfile.mkdtemp(prefix="reprise-findings-"))
        self.findings.chmod(0o777)
        self.addCleanup(shutil.rmtree, self.findings, ignore_errors=True)
        log = "log_path=%s/found" % self.findings
        environment = unittest.mock.patch.dict(os.environ, {
            name: ":".join(filter(None, [os.environ.get(name), log]))
            for name in ("ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS")})
        environment.start()
        self.addCleanup(environment.stop)
        self.addCleanup(self.check_findings)
        self.addCleanup(self.kill_all)

    def kill_all(self):
        for pid in processes_of(self.folder):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def check_findings(self):
        found = sorted(self.findings.iterdir())
        self.assertFalse(found, "".join(file.read_text(errors="replace") for file in found[:3]))

    def job(self, text, name="job"):
        """Writes a job of the synthetic paper; returns its path."""
        path = self.folder / (name + ".toml")
        path.write_text('paper = "synthetic"\nscale = "custom"\n' + text)
        return path

    def command(self, *words):
        return [PROGRAM] + [str(word) for word in words]

    def call(self, *words, timeout=120):
        """Runs a command to its end."""
        return subprocess.run(self.command(*words), capture_output=True, text=True, timeout=timeout * SLOW,
                              stdin=subprocess.DEVNULL, cwd=self.folder)

    def run_job(self, job, ranks=1, *options, runs="runs", expect=DONE, timeout=120):
        result = self.call("run", job, "-n", ranks, "--runs", self.folder / runs, *options, timeout=timeout)
        self.assertEqual(result.returncode, expect, result.stderr)
        return result

    def start(self, job, ranks=1, *options, runs="runs"):
        """Starts a run; its output goes to a file."""
        log = open(self.folder / "log", "ab")
        self.addCleanup(log.close)
        return subprocess.Popen(self.command("run", job, "-n", ranks, "--runs", self.folder / runs, *options),
                                stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=self.folder)

    def end_of(self, process, timeout=60):
        """The exit code of a process that start() has started."""
        return process.wait(timeout * SLOW)

    def wait_for_work(self, run, *ranks, epoch=1):
        """Until each of these ranks was seen with a task in hand: then it is watched over."""
        seen = set()

        def look():
            for rank in ranks:
                try:
                    hand = (pathlib.Path(run) / ("hands/e%d-r%04d" % (epoch, rank))).read_bytes()
                except OSError:
                    continue
                if hand[32:36] not in (b"", bytes(4)):
                    seen.add(rank)
            return len(seen) == len(ranks)

        self.wait_until(look, every=0.001)

    def log(self):
        return (self.folder / "log").read_text(errors="replace")

    def verify(self, run, expect=DONE):
        result = self.call("verify", run)
        self.assertEqual(result.returncode, expect, result.stdout + result.stderr)
        return result.stdout

    def digest(self, run):
        return self.verify(run).strip().rsplit("\n", 1)[-1]

    def status(self, run):
        result = self.call("status", run, "--json")
        self.assertEqual(result.returncode, DONE, result.stderr)
        return json.loads(result.stdout)

    def events(self, run, kind=None):
        found = []
        for line in (pathlib.Path(run) / "events.jsonl").read_text().splitlines():
            try:
                event = json.loads(line)
            except ValueError:
                continue
            if kind is None or event["event"] == kind:
                found.append(event)
        return found

    def wait_until(self, condition, timeout=60, every=0.02):
        deadline = time.monotonic() + timeout * SLOW
        while time.monotonic() < deadline:
            value = condition()
            if value:
                return value
            time.sleep(every)
        self.fail("waited %g s in vain; the log says:\n%s" % (timeout * SLOW, self.log()))

    def kill(self, who, number=signal.SIGKILL):
        """Kills the processes of this test's runs that `who` picks (by what they are); returns how many."""
        killed = 0
        for pid, what in processes_of(self.folder).items():
            if who(what):
                try:
                    os.kill(pid, number)
                    killed += 1
                except ProcessLookupError:
                    pass
        return killed
