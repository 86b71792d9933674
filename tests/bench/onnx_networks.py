"""Vision transformers as ONNX files, in f32 and with products of 8-bit integers (for int8_peers.py)."""

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper

STEP = 4 / 127  # of activations; scales don't matter for time


def export(network, x, path):
    """Writes the network for inputs of x's shape."""
    torch.onnx.export(network, x, path, opset_version=13, input_names=["x"], output_names=["y"])


class Integers:
    """Replaces products of matrices by ONNX Runtime's of 8-bit codes: of weights with a scale for each output, and of
    activations. Where a bias is added, the product adds it."""

    def __init__(self, graph):
        self.graph = graph
        self.constants = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
        self.readers = {}
        for node in graph.node:
            for name in node.input:
                self.readers.setdefault(name, []).append(node)
        self.nodes = []
        self.coded = set()
        self.constant("step", np.array(STEP, np.float32))
        self.constant("middle", np.array(128, np.uint8))

    def constant(self, name, array):
        self.graph.initializer.append(numpy_helper.from_array(array, name))
        return name

    def activation(self, name):
        """Codes, scale, zero."""
        codes = f"{name}_codes"
        if codes not in self.coded:
            self.coded.add(codes)
            self.nodes.append(helper.make_node("QuantizeLinear", [name, "step", "middle"], [codes]))
        return codes, "step", "middle"

    def weight(self, name, transposed):
        weight = self.constants[name].T if transposed else self.constants[name]
        scale = np.abs(weight).max(axis=0) / 127
        codes = np.rint(weight / scale).astype(np.int8)
        return (self.constant(f"{name}_codes", codes), self.constant(f"{name}_scale", scale.astype(np.float32)),
                self.constant(f"{name}_zero", np.zeros(scale.shape, np.int8)))

    def bias(self, node):
        """Name of the bias that is added to a product, and of their sum; no name where none is."""
        if node.op_type == "Gemm":
            return node.input[2], node.output[0]
        readers = self.readers.get(node.output[0], [])
        if len(readers) == 1 and readers[0].op_type == "Add":
            added = [name for name in readers[0].input if name != node.output[0]]
            if len(added) == 1 and added[0] in self.constants and self.constants[added[0]].ndim == 1:
                return added[0], readers[0].output[0]
        return "", node.output[0]

    def convert(self):
        done = set()
        for node in self.graph.node:
            if node.output[0] in done:
                continue
            if node.op_type not in ("MatMul", "Gemm"):
                self.nodes.append(node)
                continue
            a, a_scale, a_zero = self.activation(node.input[0])
            right = node.input[1]
            b, b_scale, b_zero = (self.weight(right, node.op_type == "Gemm") if right in self.constants
                                  else self.activation(right))
            bias, output = self.bias(node)
            done.add(output)
            inputs = [a, b, a_scale, b_scale, a_zero, b_zero] + ([bias] if bias else [])
            self.nodes.append(helper.make_node("MatMulIntegerToFloat", inputs, [output], domain="com.microsoft"))
        del self.graph.node[:]
        self.graph.node.extend(self.nodes)


def to_integers(source, target):
    model = onnx.load(source)
    Integers(model.graph).convert()
    model.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    onnx.save(model, target)
