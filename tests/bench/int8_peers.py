#!/usr/bin/python3
"""The passes of bench_int8 in PyTorch, one thread: prints milliseconds of CPU time a pass. With int8, linear layers multiply
integers (dynamic quantization, through oneDNN), attention stays in f32: PyTorch has nothing for it."""

import sys
import time

try:
    import torch
    from torch import nn

    from peer_networks import ViT
except ImportError:
    sys.exit("PyTorch is not here: apt-get install python3-torch")

torch.set_num_threads(1)
torch.manual_seed(1)
f32 = ViT(224, 16, 3, 1000, 192, 12, 3, 768).eval()
torch.backends.quantized.engine = "onednn"
int8 = torch.quantization.quantize_dynamic(f32, {nn.Linear}, dtype=torch.qint8)

with torch.no_grad():
    for name, network in (("f32", f32), ("int8", int8)):
        for batch in (1, 8):
            x = torch.randn(batch, 3, 224, 224)
            for _ in range(2):
                network(x)
            best = float("inf")
            for _ in range(3):
                passes = 0
                start = time.process_time()
                while time.process_time() < start + 0.7 or passes < 2:
                    network(x)
                    passes += 1
                best = min(best, (time.process_time() - start) / passes)
            print(f"DeiT-T, batch {batch}, {name}\t{1e3 * best:.1f}", flush=True)
