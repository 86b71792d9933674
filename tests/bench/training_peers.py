#!/usr/bin/python3
"""The steps of bench_training in PyTorch, one thread: prints microseconds of CPU time a step for each network."""

import sys

try:
    import torch
    from torch import nn

    from peer_networks import ViT, cpu_seconds
except ImportError:
    sys.exit("PyTorch is not here: apt-get install python3-torch")

torch.set_num_threads(1)


class Block(nn.Module):
    def __init__(self, i, o, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(i, o, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(o)
        self.conv2 = nn.Conv2d(o, o, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(o)
        self.shortcut = nn.Identity()
        if stride != 1 or i != o:
            self.shortcut = nn.Sequential(nn.Conv2d(i, o, 1, stride, bias=False), nn.BatchNorm2d(o))

    def forward(self, x):
        y = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        return torch.relu(y + self.shortcut(x))


def resnet(channels, classes, width, blocks, kernel, stride, pooling):
    layers = [nn.Conv2d(channels, width, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(width), nn.ReLU()]
    if pooling:
        layers.append(nn.MaxPool2d(3, 2, 1))
    i = o = width
    for stage, count in enumerate(blocks):
        for block in range(count):
            layers.append(Block(i, o, 2 if stage > 0 and block == 0 else 1))
            i = o
        o *= 2
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(i, classes))


mlp = nn.Sequential(nn.Linear(128, 128), nn.ReLU(), nn.Linear(128, 128), nn.ReLU(), nn.Linear(128, 10))
networks = {
    "MLP, width 128, batch 64": (mlp, (64, 128), 10),
    "ResNet-S(8), batch 128": (resnet(1, 2, 8, (1, 1, 1), 3, 2, False), (128, 1, 28, 28), 2),
    "ResNet-S(16), batch 128": (resnet(1, 2, 16, (2, 2, 2), 3, 2, False), (128, 1, 28, 28), 2),
    "ViT 28 px, patch 4, dim 96, depth 6, batch 64": (ViT(28, 4, 1, 10, 96, 6, 3, 384), (64, 1, 28, 28), 10),
    "ResNet-18 for CIFAR, batch 32": (resnet(3, 10, 64, (2, 2, 2, 2), 3, 1, False), (32, 3, 32, 32), 10),
    "ResNet-18, 224 px, batch 8": (resnet(3, 1000, 64, (2, 2, 2, 2), 7, 2, True), (8, 3, 224, 224), 1000),
}

for name, (network, shape, classes) in networks.items():
    x = torch.randn(*shape)
    y = torch.arange(shape[0]) * 7 % classes
    sgd = torch.optim.SGD(network.parameters(), 0.01, momentum=0.9, weight_decay=5e-4)

    def step():
        sgd.zero_grad(set_to_none=True)
        nn.functional.cross_entropy(network(x), y).backward()
        sgd.step()

    print(f"{name}\t{1e6 * cpu_seconds(step):.0f}", flush=True)
