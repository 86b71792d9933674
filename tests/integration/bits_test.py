"""The same job gives the same bits on any number of ranks, run through or killed and resumed.

With REPRISE_TEST_JOB this is shown of that job, with the program that knows its paper, instead of synthetic tasks.
"""

import os
import pathlib
import random
import signal
import time
import unittest

import harness
from harness import DONE

MIXED = """
[run]
publish_seconds = 0.2
checkpoint_seconds = 0.1
[experiments.mixed]
draws = 120
milliseconds = 4
[experiments.empty]
tasks = 5000
[experiments.long]
tasks = 3
steps = 60
milliseconds = 4
"""

# Tasks of one grant name more earlier results than a few.
LONGER = MIXED.replace("draws = 120", "draws = 400\ngatherings = 5").replace("tasks = 3", "tasks = 9")


class Bits(harness.RunTest):
    def job(self, text, name="job", seed=1):
        """A job of synthetic tasks, or REPRISE_TEST_JOB, published often so that kills leave something."""
        given = os.environ.get("REPRISE_TEST_JOB")
        if not given:
            return super().job("seed = %d\n" % seed + text, name)
        path = self.folder / (name + ".toml")
        text = pathlib.Path(given).read_text().replace("\nscale =", "\nseed = %d\nscale =" % seed, 1)
        path.write_text(text + "\n[run]\npublish_seconds = 0.2\n")
        return path

    def columns(self, run):
        """Every result column of a run, packed: names and raw bytes, without provenance."""
        import h5py

        packed = self.folder / "packed.h5"
        self.assertEqual(self.call("pack", run, "-o", packed).returncode, DONE)
        found = {}
        with h5py.File(packed) as file:
            file["tasks"].visititems(
                lambda name, item: found.update({name: item[()].tobytes()})
                if isinstance(item, h5py.Dataset) and "/provenance/" not in name else None)
            ranks = set()
            file["tasks"].visititems(
                lambda name, item: ranks.update(item[()].tolist()) if name.endswith("/provenance/rank") else None)
        return found, ranks

    def test_are_the_same_on_1_2_3_and_5_ranks(self):
        job = self.job(MIXED)
        expected = None
        for ranks in (1, 2, 3, 5):
            run = "ranks%d" % ranks
            self.run_job(job, ranks, runs=run)
            folder = self.folder / run / "job"
            columns, worked = self.columns(folder)
            self.assertEqual(self.status(folder)["holder"]["ranks"], ranks)
            # Every worker rank has worked, and no other: 0 coordinates where there are several.
            self.assertEqual(worked, {0} if ranks == 1 else set(range(1, ranks + 1)))
            digest = self.digest(folder)
            if expected is None:
                expected = (columns, digest)
            self.assertEqual(digest, expected[1])
            self.assertEqual(columns.keys(), expected[0].keys())
            for name, raw in columns.items():
                self.assertEqual(raw, expected[0][name], name)

    def test_differ_with_another_seed(self):
        digests = []
        for seed in (1, 2):
            job = self.job(MIXED, "seed%d" % seed, seed)
            self.run_job(job, 2)
            digests.append(self.digest(self.folder / "runs" / ("seed%d" % seed)))
        self.assertNotEqual(*digests)

    def test_survive_kills_at_random_moments(self):
        job = self.job(LONGER)
        self.run_job(job, 1, runs="unbroken")
        expected = self.digest(self.folder / "unbroken/job")
        run = self.folder / "runs/job"
        dice = random.Random(int(os.environ.get("REPRISE_TEST_SEED", "20241018")))
        victims = {
            "a worker": lambda what: what.startswith("rank ") and what != "rank 0" and dice.random() < 0.5,
            "the coordinator": lambda what: what == "rank 0",
            "all at once": lambda what: True,
        }
        kills = 0
        latest = 1.2 * harness.SLOW
        for attempt in range(60):
            name, who = list(victims.items())[attempt % 3]
            process = self.start(job, 3)
            time.sleep(dice.uniform(0.1 * latest, latest))
            if self.kill(who) > 0:
                kills += 1
            else:
                latest = max(0.9 * latest, 0.2)  # it had ended before
            if name == "all at once":
                self.end_of(process)
                self.wait_until(lambda: not harness.processes_of(self.folder))
                self.assertIn("digest", self.verify(run)) if run.exists() and (run / "frozen.json").exists() else None
            else:
                # Whatever was killed, the run goes on or starts again by itself; now stop what is left of it.
                time.sleep(dice.uniform(0.0, 0.3))
                self.kill(lambda what: True)
                self.end_of(process)
                self.wait_until(lambda: not harness.processes_of(self.folder))
            if kills >= 20:
                break
        self.assertGreaterEqual(kills, 20)
        # A task whose rank was killed three times is set aside, as it should be: chance may do that here.
        self.run_job(job, 3, "--retry-set-aside")
        text = self.verify(run)
        self.assertNotIn("more than once", text)  # nothing that was published ran again
        self.assertIn("complete: ", text)
        self.assertEqual(text.strip().rsplit("\n", 1)[-1], expected)


class Resuming(Bits):
    test_are_the_same_on_1_2_3_and_5_ranks = test_differ_with_another_seed = test_survive_kills_at_random_moments = None

    def test_runs_nothing_twice(self):
        job = self.job(MIXED)
        self.run_job(job, 2)
        again = self.run_job(job, 2)
        self.assertIn(" 0 tasks run", " " + again.stderr.replace("reprise: 0", " 0"))
        self.assertEqual(self.events(self.folder / "runs/job", "end")[-1]["executed"], 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
