"""Real models and images of a paper at toy size: a checkpoint of random weights and some images, written by this test."""

import json
import os
import pathlib
import re
import struct
import subprocess
import sys
import unittest
import unittest.mock

import h5py
import numpy
from PIL import Image

import harness
from harness import DONE, FAILED, USAGE

GUIDE = pathlib.Path(__file__).resolve().parents[2] / "workers/mptq_vit/DATA.md"
PAPER_JOB = pathlib.Path(__file__).resolve().parents[2] / "jobs/paper/mptq-vit.toml"
MODELS = ("vit_small", "vit_base", "deit_tiny", "deit_small", "deit_base", "swin_tiny", "swin_small", "swin_base")


def deit_tiny_shapes(width=192):
    shapes = {"cls_token": (1, 1, width), "pos_embed": (1, 197, width), "patch_embed.proj.weight": (width, 3, 16, 16),
              "patch_embed.proj.bias": (width,), "norm.weight": (width,), "norm.bias": (width,),
              "head.weight": (1000, width), "head.bias": (1000,)}
    for i in range(12):
        for name, rows, columns in (("attn.qkv", 3 * width, width), ("attn.proj", width, width),
                                    ("mlp.fc1", 4 * width, width), ("mlp.fc2", width, 4 * width)):
            shapes["blocks.%d.%s.weight" % (i, name)] = (rows, columns)
            shapes["blocks.%d.%s.bias" % (i, name)] = (rows,)
        for name in ("norm1", "norm2"):
            shapes["blocks.%d.%s.weight" % (i, name)] = shapes["blocks.%d.%s.bias" % (i, name)] = (width,)
    return shapes


def random_tensors(dice):
    tensors = {}
    for name, shape in deit_tiny_shapes().items():
        scale = 1 / numpy.sqrt(numpy.prod(shape[1:])) if len(shape) > 1 and name.endswith("weight") else 0.1
        shift = 1 if "norm" in name and name.endswith("weight") else 0
        tensors[name] = (shift + scale * dice.standard_normal(shape)).astype("f2")
    return tensors


def write_safetensors(path, tensors):
    header, data = {}, b""
    for name, values in tensors.items():
        begin = len(data)
        data += values.tobytes()
        header[name] = {"dtype": {"f2": "F16", "f4": "F32"}[values.dtype.str[1:]], "shape": list(values.shape),
                        "data_offsets": [begin, len(data)]}
    text = json.dumps(header).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


class RealModels(harness.RunTest):
    def setUp(self):
        super().setUp()
        self.data = self.folder / "data"
        self.dice = numpy.random.default_rng(1)
        environment = unittest.mock.patch.dict(os.environ, REPRISE_DATA=str(self.data), OMP_NUM_THREADS="1",
                                               XDG_DATA_HOME="/nowhere", XDG_DATA_DIRS="/nowhere")
        environment.start()
        self.addCleanup(environment.stop)
        self.checkpoint = self.data / "deit_tiny/model.safetensors"

    def write_image(self, name, size, mode="RGB"):
        path = self.data / "imagenet" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        small = Image.fromarray(self.dice.integers(0, 256, (6, 8, 3), "u1"))
        small.resize(size, Image.BICUBIC).convert(mode).save(path, "PNG" if mode == "P" else "JPEG")

    def write_data(self):
        self.tensors = random_tensors(self.dice)
        write_safetensors(self.checkpoint, self.tensors)
        for name, size, mode in (("val/n01/a.JPEG", (60, 40), "RGB"), ("val/n02/b.JPEG", (40, 50), "L"),
                                 ("val/n02/c.JPEG", (300, 260), "CMYK"), ("val/n03/d.JPEG", (33, 33), "P"),
                                 ("train/n01/e.JPEG", (50, 50), "RGB"), ("train/n02/f.JPEG", (90, 40), "RGB"),
                                 ("train/n03/g.JPEG", (40, 61), "RGB")):
            self.write_image(name, size, mode)

    def write_job(self, name="uniform", more="", methods='"minmax"', bits="8"):
        path = self.folder / (name + ".toml")
        path.write_text('paper = "mptq-vit"\nscale = "custom"\n[experiments.uniform_bits]\nmodels = ["deit_tiny"]\n'
                        'methods = [%s]\nbits = [%s]\nseeds = 1\ncalibration = 2\ntest = 0\n' % (methods, bits)
                        + more)
        return path

    def report(self, run):
        out = self.folder / "report"
        self.assertEqual(self.call("report", run, "-o", out).returncode, DONE)
        return (out / "report.md").read_text()

    def predictions(self, run):
        """Classes of each evaluation, in no order: rows come by keys."""
        packed = self.folder / "packed.h5"
        packed.unlink(missing_ok=True)
        self.assertEqual(self.call("pack", run, "-o", packed).returncode, DONE)
        found = []

        def visit(name, node):
            if isinstance(node, h5py.Dataset) and re.search(r"evaluation.*predicted", name):
                found.extend(map(list, node[()]))
        with h5py.File(packed) as file:
            file.visititems(visit)
        return sorted(found)

    def problem(self, job):
        """What `check` says of a job that can't run."""
        found = self.call("check", job)
        self.assertEqual(found.returncode, FAILED, found.stdout + found.stderr)
        return found.stdout

    def test_folders_and_a_pack_on_any_number_of_ranks(self):
        self.write_data()
        job = self.write_job(methods='"minmax", "mptq"', bits="4")
        self.run_job(job, 1, runs="alone")
        digest = self.digest(self.folder / "alone/uniform")
        self.run_job(job, 2, runs="two")
        self.assertEqual(self.digest(self.folder / "two/uniform"), digest)
        from_folders = self.predictions(self.folder / "alone/uniform")
        self.assertEqual([len(classes) for classes in from_folders], [4, 4, 4])
        text = self.report(self.folder / "alone/uniform")
        for each in ("DeiT-T in single precision has", "4 validation images of 3 classes", "72.21", "agree", "C5",
                     "wants 50000 validation images"):
            self.assertIn(each, text)

        # The script of the guide as it stands there, and the run again without the folders.
        script = self.folder / "pack.py"
        script.write_text(re.search(r"```python\n(.*?)```", GUIDE.read_text(), re.S).group(1))
        pack = self.data / "imagenet-pack"
        pack.mkdir()
        for part in ("train", "val"):
            subprocess.run([sys.executable, script, self.data / "imagenet" / part, pack / (part + ".h5"), "1", "0.875"],
                           check=True)
        (self.data / "imagenet").rename(self.data / "elsewhere")
        self.run_job(job, 1, runs="packed")
        self.assertEqual(self.predictions(self.folder / "packed/uniform"), from_folders)

        wide = self.write_job("wide", "deit_crop = 0.9\n")
        self.assertIn("cropped to 0.875, and the model wants 0.9", self.problem(wide))
        checked = self.call("data", "check", "mptq-vit")
        self.assertRegex(checked.stdout, r"imagenet-pack +sound")
        self.assertRegex(checked.stdout, r"deit_tiny +sound")

    def test_all_that_is_missing_is_told_at_once(self):
        found = self.problem(PAPER_JOB)
        self.assertIn("problem: experiments uniform_bits, full_bits, mixed_bits: ", found)
        for model in MODELS:
            self.assertEqual(found.count("the data set %s (" % model), 1, model)
            self.assertIn("%s ($REPRISE_DATA): no such folder" % (self.data / model), found)
        self.assertIn("repository timm/swin_base_patch4_window7_224.ms_in22k_ft_in1k", found)
        self.assertEqual(found.count("the data set imagenet ("), 1)
        self.assertEqual(found.count("the data set imagenet-pack ("), 1)
        listed = self.call("data", "list", "mptq-vit").stdout
        for name in MODELS + ("imagenet", "imagenet-pack"):
            self.assertRegex(listed, r"(?m)^%s +missing" % name)
        self.assertIn(str(self.data / "imagenet"), self.call("data", "where", "imagenet").stdout)

    def test_wrong_checkpoints_are_refused_before_anything_runs(self):
        self.write_data()
        job = self.write_job()
        whole = self.checkpoint.read_bytes()
        cases = []
        self.checkpoint.write_bytes(whole[:len(whole) // 2])
        cases.append(self.problem(job))
        write_safetensors(self.checkpoint, dict(self.tensors, **{"head.weight": self.tensors["head.weight"][:10]}))
        cases.append(self.problem(job))
        self.assertIn("head.weight has shape [10, 192], not [1000, 192]", cases[-1])
        self.tensors["norm.bias"][7] = numpy.nan
        write_safetensors(self.checkpoint, self.tensors)
        cases.append(self.problem(job))
        self.assertIn("norm.bias holds numbers that are not finite", cases[-1])
        for case in cases:
            self.assertIn("%s: " % self.checkpoint, case)
            self.assertIn("fetch repository timm/deit_tiny_patch16_224.fb_in1k", case)
        run = self.run_job(job, 1, expect=FAILED)
        self.assertIn("norm.bias holds numbers that are not finite", run.stderr)

    def test_wrong_images_and_settings(self):
        self.write_data()
        job = self.write_job()
        image = self.data / "imagenet/val/n02/c.JPEG"
        image.write_bytes(image.read_bytes()[:300])
        run = self.run_job(job, 1, expect=FAILED)
        self.assertIn("imagenet/val/n02/c.JPEG", run.stderr + self.report(self.folder / "runs/uniform"))
        checked = self.call("data", "check", "mptq-vit")
        self.assertEqual(checked.returncode, FAILED)
        self.assertIn("imagenet/val/n02/c.JPEG", checked.stdout)
        self.write_image("val/flat.JPEG", (40, 40))
        self.assertIn("val/flat.JPEG: is no folder", self.problem(job))
        (self.data / "imagenet/val/flat.JPEG").unlink()
        many = self.write_job("many")
        many.write_text(many.read_text().replace("calibration = 2", "calibration = 9"))
        self.assertIn("DeiT-T can't be calibrated on 9 images: there are 3 training images", self.problem(many))
        wrong = self.call("check", self.write_job("wrong", "deit_crop = 1.5\n"))
        self.assertEqual(wrong.returncode, USAGE)
        self.assertIn("deit_crop", wrong.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
