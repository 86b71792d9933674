#!/usr/bin/python3
"""The passes of bench_int8 in PyTorch and, where python3-onnx and npm are installed, in ONNX Runtime, one thread:

    tests/bench/int8_peers.py [build/release/tests/bench/bench_int8]

Prints images a second of CPU time; given bench_int8, runs it first and prints ours beside them. With int8, PyTorch's linear
layers multiply integers (dynamic quantization, through oneDNN) and attention stays in f32, for which it has nothing; it is a
peer only with libopenblas0, as Debian's reference BLAS is ten times slower. In ONNX Runtime all products are of integers, as in
ours, but are cut off at 16 bits where there is no VNNI."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import warnings

try:
    import torch
    from torch import nn

    from peer_networks import ViT, cpu_seconds
except ImportError:
    sys.exit("PyTorch is not here: apt-get install python3-torch")

SHAPES = {"deit_tiny": (192, 3), "deit_small": (384, 6), "vit_base": (768, 12)}  # width, heads
CASES = [("deit_tiny", 1), ("deit_tiny", 8), ("deit_small", 1), ("vit_base", 1)]
HERE = os.path.dirname(os.path.abspath(__file__))


def network_of(model):
    width, heads = SHAPES[model]
    torch.manual_seed(1)
    return ViT(224, 16, 3, 1000, width, 12, heads, 4 * width).eval()


def ours(program):
    """Rates of our passes by (model, batch) and what they are."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out.json")
        subprocess.run([program, f"--benchmark_out={out}"], check=True, stdout=subprocess.DEVNULL,
                       env={**os.environ, "OMP_NUM_THREADS": "1"})
        with open(out, encoding="utf-8") as file:
            runs = json.load(file)["benchmarks"]
    rates = {}
    for run in runs:
        kind, width, batch, *bits = run["name"].split("/")[:5]
        model = next(name for name, shape in SHAPES.items() if shape[0] == int(width))
        bits = [each for each in bits if each.isdigit()]
        name = f"ours, W{bits[0]}A{bits[1]}" if bits else f"ours, {kind}"
        rates[model, int(batch), name] = run["images/s"]
    return rates


def pytorch(model, batch):
    f32 = network_of(model)
    torch.backends.quantized.engine = "onednn"
    int8 = torch.quantization.quantize_dynamic(f32, {nn.Linear}, dtype=torch.qint8)
    x = torch.randn(batch, 3, 224, 224)
    with torch.no_grad():
        return {"PyTorch, f32": batch / cpu_seconds(lambda: f32(x)), "PyTorch, int8": batch / cpu_seconds(lambda: int8(x))}


def runtime_folder():
    """Where onnxruntime-node is, fetched by npm when it was not there; None and a message without npm."""
    folder = os.path.join(HERE, "..", "..", "build", "onnxruntime")
    if not os.path.isdir(os.path.join(folder, "node_modules", "onnxruntime-node")):
        if not shutil.which("npm"):
            print("ONNX Runtime is left out: apt-get install npm python3-onnx", file=sys.stderr)
            return None
        os.makedirs(folder, exist_ok=True)
        fetched = subprocess.run(["npm", "install", "--silent", "--ignore-scripts", "--prefix", folder, "onnxruntime-node"],
                                 stdout=subprocess.DEVNULL)
        if fetched.returncode != 0:
            print("ONNX Runtime is left out: npm could not fetch onnxruntime-node", file=sys.stderr)
            return None
    return os.path.join(folder, "node_modules")


def onnx_runtime(modules, model, batch):
    import onnx_networks

    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch traces shapes as constants, and says so
        f32, int8 = os.path.join(folder, "f32.onnx"), os.path.join(folder, "int8.onnx")
        onnx_networks.export(network_of(model), torch.zeros(batch, 3, 224, 224), f32)
        onnx_networks.to_integers(f32, int8)
        program = ["node", os.path.join(HERE, "onnx_runtime.cjs"), folder, "f32", str(batch), "int8", str(batch)]
        lines = subprocess.run(program, env={**os.environ, "NODE_PATH": modules}, check=True, capture_output=True,
                               text=True).stdout.split("\n")
    rates = dict(line.split("\t") for line in lines if line)
    return {f"ONNX Runtime, {name}": 1e3 * batch / float(rates[name]) for name in ("f32", "int8")}


def main():
    torch.set_num_threads(1)
    rates = ours(sys.argv[1]) if len(sys.argv) > 1 else {}
    try:
        import onnx  # noqa: F401

        modules = runtime_folder()
    except ImportError:
        print("ONNX Runtime is left out: apt-get install npm python3-onnx", file=sys.stderr)
        modules = None
    for model, batch in CASES:
        rows = {name: rate for (m, b, name), rate in rates.items() if (m, b) == (model, batch)}
        rows.update(pytorch(model, batch))
        if modules:
            rows.update(onnx_runtime(modules, model, batch))
        base = rows.get("ours, f32")
        for name, rate in rows.items():
            beside = f"\t{rate / base:.2f}" if base else ""
            print(f"{model}, batch {batch}\t{name}\t{rate:.2f} images/s{beside}", flush=True)


if __name__ == "__main__":
    main()
