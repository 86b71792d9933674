"""A run folder: who holds it, which job it is for, what happens when it is damaged, full, read-only or gone."""

import os
import pathlib
import shutil
import signal
import subprocess
import time
import unittest

import harness
from harness import DONE, FAILED, INTERRUPTED, USAGE

SMALL = "[run]\npublish_seconds = 0.1\n[experiments.empty]\ntasks = 300\n"
SLOW = "[run]\npublish_seconds = 0.2\n[experiments.trouble]\ntasks = 300\nmilliseconds = 10\n"


class Holding(harness.RunTest):
    def test_keeps_a_second_run_out(self):
        job = self.job(SLOW)
        first = self.start(job)
        run = self.folder / "runs/job"
        self.wait_until(lambda: (run / "progress.json").exists())
        second = self.run_job(job, 1, expect=USAGE)
        self.assertIn("is in use: pid ", second.stderr)
        self.assertEqual(self.status(run)["state"], "running")
        self.assertEqual(self.end_of(first), DONE, self.log())

    def test_by_a_dead_process_is_taken_over_at_once(self):
        job = self.job(SLOW)
        process = self.start(job, 2)
        run = self.folder / "runs/job"
        self.wait_until(lambda: (run / "progress.json").exists())
        self.kill(lambda what: True)
        self.end_of(process)
        self.wait_until(lambda: not harness.processes_of(self.folder))
        self.assertEqual(self.status(run)["state"], "crashed")
        self.run_job(job, 2)
        self.assertEqual(self.status(run)["state"], "complete")


class OtherJobs(harness.RunTest):
    def test_are_refused_with_what_differs_and_adopted_when_asked(self):
        self.run_job(self.job(SMALL))
        other = self.job(SMALL.replace("300", "400"))
        refused = self.run_job(other, expect=USAGE)
        self.assertIn("experiments.empty.tasks: 300 -> 400", refused.stderr)
        self.assertIn("--adopt", refused.stderr)
        self.run_job(other, 1, "--adopt")
        run = self.folder / "runs/job"
        self.assertEqual(self.events(run, "end")[-1]["executed"], 100)
        self.assertIn("tasks = 400", (run / "job.toml").read_text())

    def test_that_mean_the_same_are_no_others(self):
        self.run_job(self.job(SMALL))
        self.run_job(self.job("# a comment\n" + SMALL.replace("publish_seconds = 0.1", "publish_seconds = 1.0")))

    def test_why_names_what_differs(self):
        self.run_job(self.job(SMALL))
        other = self.job("seed = 5\n" + SMALL)
        told = self.call("why", other, "--runs", self.folder / "runs").stdout
        self.assertIn("seed: stored 1, now 5", told)
        more = self.job(SMALL.replace("300", "301"))
        told = self.call("why", more, "--runs", self.folder / "runs").stdout
        self.assertIn("field i: stored ", told)
        self.assertIn("now 300", told)


class DamagedSegments(harness.RunTest):
    def setUp(self):
        super().setUp()
        self.file = self.job(SMALL)
        self.run_job(self.file)
        self.run = self.folder / "runs/job"
        self.expected = self.digest(self.run)
        self.segment = sorted((self.run / "segments").glob("*.h5"))[0]

    def recovers(self, reason):
        self.assertIn(reason, self.verify(self.run, expect=FAILED))
        result = self.run_job(self.file)
        self.assertIn("set aside in segments/damaged/", result.stderr)
        self.assertTrue((self.run / "segments/damaged" / self.segment.name).exists())
        self.assertEqual(self.digest(self.run), self.expected)

    def test_that_are_cut_short_are_set_aside(self):
        self.segment.write_bytes(self.segment.read_bytes()[:-1000])
        self.recovers("bytes instead of")

    def test_with_a_flipped_bit_are_set_aside(self):
        content = bytearray(self.segment.read_bytes())
        content[-3000] ^= 1
        self.segment.write_bytes(content)
        self.recovers("its checksum does not fit its content")

    def test_that_are_foreign_are_set_aside(self):
        self.segment.write_bytes(b"something else\n" * 1000)
        self.recovers("not a segment of reprise")

    def test_that_are_empty_are_set_aside(self):
        self.segment.write_bytes(b"")
        self.recovers("not a segment of reprise")

    def test_of_a_newer_version_are_set_aside(self):
        content = self.segment.read_bytes()
        lines = content.split(b"\n", 3)
        # A newer header is whole: its own hash fits. Debian's python3 has no XXH3, so xxhsum makes it.
        changed = lines[0] + b"\n" + lines[1].replace(b'"format":1', b'"format":9') + b"\n"
        summed = subprocess.run(["xxhsum", "-H2"], input=changed, capture_output=True, check=True)
        header = (changed + b"xxh128 " + summed.stdout.split()[0] + b"\n").ljust(4096, b"\n")
        self.segment.write_bytes(header + content[4096:])
        self.recovers("newer version")


class Folders(harness.RunTest):
    def test_of_other_things_are_left_alone(self):
        other = self.folder / "runs/job"
        other.mkdir(parents=True)
        (other / "thesis.tex").write_text("\\documentclass{book}")
        refused = self.run_job(self.job(SMALL), expect=USAGE)
        self.assertIn("is not a run folder", refused.stderr)
        self.assertEqual([file.name for file in other.iterdir()], ["thesis.tex"])

    def test_that_vanish_end_the_run_with_a_message(self):
        process = self.start(self.job(SLOW.replace("300", "3000")))
        run = self.folder / "runs/job"
        self.wait_until(lambda: (run / "progress.json").exists() and self.status(run)["stored"] > 0)
        shutil.rmtree(run, ignore_errors=True)
        self.assertNotEqual(self.end_of(process), DONE)
        self.assertIn("may have been removed or renamed", self.log())

    @unittest.skipUnless(os.geteuid() == 0, "needs root to mount a small disk")
    def test_on_a_full_disk_end_the_run_and_lose_nothing(self):
        disk = self.folder / "runs"
        disk.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)], capture_output=True).returncode:
            self.skipTest("cannot mount a tmpfs here")
        self.addCleanup(subprocess.run, ["umount", "-l", str(disk)], capture_output=True)
        job = self.job("[run]\npublish_seconds = 0.1\n[experiments.mixed]\ndraws = 4\nlarge = 200\nlarge_values = 20000\n")
        result = self.call("run", job, "-n", 1, "--runs", disk)
        self.assertEqual(result.returncode, FAILED, result.stderr)
        self.assertIn("No space left on device", result.stderr)
        self.assertIn("free some space", result.stderr)
        stored = self.status(disk / "job")["stored"]
        self.assertIn("digest", self.verify(disk / "job"))
        subprocess.run(["mount", "-o", "remount,size=200m", str(disk)], check=True)
        self.run_job(job)
        self.assertEqual(self.events(disk / "job", "start")[-1]["stored"], stored)

    def test_that_are_read_only_are_refused_with_a_message(self):
        runs = self.folder / "runs"
        runs.mkdir()
        runs.chmod(0o555)
        command = self.command("run", self.job(SMALL), "--runs", runs)
        if os.geteuid() == 0:  # root may write anywhere: do it as nobody
            for path in (self.folder, *self.folder.iterdir()):
                path.chmod(path.stat().st_mode | 0o055)
            command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] + command
        result = subprocess.run(command, capture_output=True, text=True, timeout=60 * harness.SLOW)
        self.assertNotEqual(result.returncode, DONE)
        self.assertIn("must be writable", result.stderr)


class Packed(harness.RunTest):
    def test_files_open_with_h5py_and_pandas(self):
        import h5py
        import numpy
        import pandas

        self.run_job(self.job("[experiments.mixed]\ndraws = 8\n[experiments.empty]\ntasks = 50\n"))
        run = self.folder / "runs/job"
        packed = self.folder / "results.h5"
        told = self.call("pack", run, "-o", packed).stdout
        self.assertEqual(told.strip().rsplit("\n", 1)[-1], self.digest(run))
        self.assertEqual(self.digest(packed), self.digest(run))
        with h5py.File(packed) as file:
            draws = file["tasks/synthetic.draw@1"]
            self.assertEqual(list(draws["input/replicate"][()]), list(range(8)))
            self.assertEqual(h5py.check_enum_dtype(draws["input/shape"].dtype), {"round": 0, "square": 1})
            self.assertEqual(draws["input/label"][3], b"draw 3")
            self.assertEqual(draws["input/point"].shape, (8, 3))
            self.assertEqual(draws["input/point"].attrs["unit"], b"m")
            self.assertEqual(draws["input/milliseconds"].attrs["unit"], b"ms")
            self.assertEqual(draws["output/odd"].dtype, bool)
            # Ragged: draw i has 2 + i % 3 rows of 4.
            shapes = draws["output/image.shapes"][()].reshape(-1, 2)
            self.assertEqual([list(shape) for shape in shapes], [[2 + i % 3, 4] for i in range(8)])
            offsets = draws["output/image.offsets"][()]
            for i in range(8):
                image = draws["output/image"][offsets[i] : offsets[i + 1]]
                self.assertAlmostEqual(float(numpy.mean(image, dtype=float)), draws["output/mean"][i], places=12)
            halves = pandas.DataFrame({"i": file["tasks/synthetic.empty@1/input/i"][:50],
                                       "value": file["tasks/synthetic.empty@1/output/value"][:50]})
            self.assertTrue((halves["value"] == halves["i"] / 2).all())
            self.assertEqual(file["job/toml"][0].decode(), (run / "job.toml").read_text())
            self.assertIn("sum", file["published/empty/tables"])
        dumped = subprocess.run(["h5dump", "-H", str(packed)], capture_output=True, text=True)
        self.assertEqual(dumped.returncode, 0, dumped.stderr)
        self.assertIn("synthetic.draw@1", dumped.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
