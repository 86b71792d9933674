"""The paper's real data at toy size, from files that this test writes to the report, killed and resumed on the way."""

import os
import signal
import unittest
import unittest.mock

import h5py
import numpy

import harness
from harness import DONE, FAILED

SETTINGS = """
seeds = %(seeds)d
baselines = %(baselines)s
ensemble = 2
ensemble_objective = "ensemble_member"
adjustments = ["temperature", "platt", "dirichlet", "mix_n_match"]
refinements = ["cape_bin", "control"]
refinement_rates = []
bins = [3]
resamples = 50
[experiments.real_data.recipe]
epochs = %(epochs)d
batch = 16
shards = %(shards)d
[experiments.real_data.refinement]
epochs = 2
batch = 16
rate = 0.01
shards = %(shards)d
[experiments.real_data.network]
architecture = "%(architecture)s"
width = 4
"""


class RealData(harness.RunTest):
    def setUp(self):
        super().setUp()
        self.data = self.folder / "data"
        self.dice = numpy.random.default_rng(1)
        environment = unittest.mock.patch.dict(os.environ, REPRISE_DATA=str(self.data), OMP_NUM_THREADS="1")
        environment.start()
        self.addCleanup(environment.stop)

    def place(self, name):
        folder = self.data / name
        folder.mkdir(parents=True)
        return folder

    def job(self, source, architecture, more="", epochs=2, shards=1, seeds=1,
            baselines="[\"focal\"]"):
        path = self.folder / (source + ".toml")
        path.write_text(
            'paper = "deep-probability"\nscale = "custom"\n[run]\npublish_seconds = 0.2\ncheckpoint_seconds = 0.1\n'
            '[experiments.real_data]\nsource = "%s"\n' % source
            + SETTINGS % {"architecture": architecture, "epochs": epochs, "shards": shards, "seeds": seeds,
                          "baselines": baselines} + more)
        return path

    def report(self, run, *expected):
        out = self.folder / "report"
        self.assertEqual(self.call("report", run, "-o", out).returncode, DONE)
        text = (out / "report.md").read_text()
        for each in ("Methods on real data", "not available", "CaPE-bin", "deep ensemble", "mix-n-match",
                     "95 % intervals", "Reliability") + expected:
            self.assertIn(each, text)

    # Data at toy size.

    def write_faces(self):
        folder = self.place("utkface")
        for mode, count in (("train", 60), ("val", 30), ("test", 40)):
            ages = self.dice.integers(1, 90, count)
            with h5py.File(folder / (mode + "_im.h5"), "w") as images, \
                    h5py.File(folder / (mode + "_label.h5"), "w") as labels:
                for i, age in enumerate(ages):
                    name = "%02d_%d" % (age, i)
                    noise = self.dice.integers(0, 60, (12, 10, 3))
                    images[name] = (noise + 2 * age).clip(0, 255).astype("u1")
                    labels[name] = numpy.array([[age, 0]], "i8")

    def write_radar(self):
        with h5py.File(self.place("dwd-radar") / "radar.h5", "w") as file:
            for i in range(160):
                time = "2016%02d%02d%02d%02d" % (5, 1 + i // 288, i % 288 // 12, i % 12 * 5)
                rain = self.dice.gamma(1, 1, (20, 20)) * (1 + numpy.sin(i / 5))
                if i == 40:
                    rain[9, 9] = numpy.nan
                file.create_dataset(time, data=rain.astype("f4"), compression="gzip")

    def write_slides(self):
        with h5py.File(self.place("slide-embeddings") / "slides.h5", "w") as file:
            slides = ["TCGA-05-%04d-01Z-00-DX%d" % (patient, slide) for patient in range(40) for slide in (1, 2)]
            outcomes = self.dice.integers(0, 2, len(slides))
            file["slide_id"] = slides
            file["label"] = outcomes.astype("u1")
            for slide, outcome in zip(slides, outcomes):
                file["emb/" + slide] = self.dice.normal(outcome, 2, (self.dice.integers(1, 9), 8)).astype("f4")

    def write_dashcam(self):
        with h5py.File(self.place("dashcam") / "images.h5", "w") as file:
            outcomes = self.dice.integers(0, 2, 100)
            images = self.dice.integers(0, 100, (100, 9, 32, 32)) + 100 * outcomes[:, None, None, None]
            file.create_dataset("images", data=images.astype("u1"), chunks=(1, 9, 32, 32))
            file["y"] = outcomes.astype("u1")
            file["group"] = numpy.arange(100) // 4

    # Tests.

    def test_missing_data_are_told_before_anything_runs(self):
        for source, name, files in (("utkface", "utkface", "train_im.h5"), ("radar", "dwd-radar", "radar.h5"),
                                    ("slides", "slide-embeddings", "slides.h5"),
                                    ("dashcam_frames", "dashcam-frames", "accident, nonaccident")):
            found = self.call("check", self.job(source, "resnet18"))
            self.assertEqual(found.returncode, FAILED, found.stderr)
            self.assertIn("the data set %s" % name, found.stdout)
            self.assertIn("%s ($REPRISE_DATA): no such folder" % (self.data / name), found.stdout)
            self.assertIn("How to get it: ", found.stdout)
            self.assertIn(files, found.stdout)

    def test_wrong_data_end_the_run_with_file_and_data_set(self):
        self.write_dashcam()
        file = self.data / "dashcam/images.h5"
        with h5py.File(file, "a") as packed:
            del packed["y"]
            packed["y"] = numpy.zeros(99, "u1")
        job = self.job("dashcam", "resnet18")
        found = self.run_job(job, 1, expect=FAILED)
        self.assertIn("%s: data set y is uint8 [99]; it must be uint8 or int64 or int32 [100]" % file, found.stderr)
        checked = self.call("data", "check", "deep-probability")
        self.assertEqual(checked.returncode, FAILED)
        self.assertIn("data set y is uint8 [99]", checked.stdout)
        file.write_bytes(file.read_bytes()[:5000])
        self.assertIn("is no whole HDF5 file", self.call("check", job).stdout)

    def test_networks_that_do_not_go_with_the_data_are_refused(self):
        self.write_slides()
        job = self.job("slides", "resnet18")
        found = self.call("check", job)
        self.assertEqual(found.returncode, FAILED)
        self.assertIn("it must be float32 [any, 1536]", found.stdout)  # the paper's; these have 8
        job.write_text(job.read_text().replace("seeds = 1", "seeds = 1\ninputs = 8"))
        self.assertIn("the network resnet18 doesn't go with bags", self.call("check", job).stdout)

    def test_faces_survive_kills_and_differ_in_no_bit(self):
        self.write_faces()
        job = self.job("utkface", "resnet_small", epochs=4, shards=2, baselines='["infinite_data"]')
        job.write_text(job.read_text().replace("seeds = 1", 'seeds = 1\nscenarios = ["linear", "discrete"]'))
        self.run_job(job, 1, runs="unbroken")
        expected = self.digest(self.folder / "unbroken/utkface")
        run = self.folder / "runs/utkface"
        process = self.start(job, 2)
        self.wait_for_work(run, 1)
        self.kill(lambda what: True, signal.SIGKILL)
        self.end_of(process)
        self.run_job(job, 2)
        self.assertEqual(self.digest(run), expected)
        self.report(run, "P8", "MSE\\_p 0.0241", "below the claim's scale",
                    "Outcomes of the linear scenario were drawn")

    def test_radar_maps(self):
        self.write_radar()
        job = self.job("radar", "resnet18",
                       "[experiments.real_data.radar]\nside = 20\ncrop = 16\nstep = 1\nlabel_offset = 3\nmost = 90\n")
        job.write_text(job.read_text().replace("seeds = 1", "seeds = 1\nsplit = [4, 2, 2]\nshares = 3"))
        self.run_job(job, 2)
        self.report(self.folder / "runs/radar", "4 as cells were not seen")

    def test_slides(self):
        self.write_slides()
        job = self.job("slides", "gated_attention", baselines='["kernel_calibration", "confidence_penalty"]')
        job.write_text(job.read_text().replace("seeds = 1", "seeds = 1\nsplit = [2, 1, 1]\ninputs = 8"))
        self.run_job(job, 2)
        self.report(self.folder / "runs/slides", "80 slides of 40 patients")

    def test_dashcams(self):
        self.write_dashcam()
        job = self.job("dashcam", "vgg11", seeds=2)
        self.run_job(job, 2)
        self.report(self.folder / "runs/dashcam", "mean over 2 seeds")


if __name__ == "__main__":
    unittest.main(verbosity=2)
