#!/usr/bin/env python3
"""The largest Hessian eigenvalue of a digits MLP: Descent's Lanczos beside PyHessian's power iteration.

usage: python Scripts/benchmark_pyhessian.py [--rounds 5] [--cores 1]

Both have the same weights (those of seed 0; and after 100 steps of gradient descent at 0.1, which each makes itself), all
1,797 digits, the same cores, and their own default tolerance; rounds take turns. `tracked` is Descent's measurement in
the course of a training, ten steps after the one before and with its eigenvector to begin with, to a residual of 0.003;
PyHessian always begins anew. The truth is Lanczos in double precision to the end. Needs a release build, and numpy, torch
and pyhessian.
"""

import argparse
import copy
import json
import pathlib
import statistics
import subprocess
import tempfile
import time

import numpy
import torch
from pyhessian import hessian

DESCENT = ".build/release/descent"
WIDTHS = (64, 128, 128, 10)


def digits():
    """Pixels from 0 to 1 and labels, from the data built into Descent."""
    data = numpy.frombuffer(pathlib.Path("Sources/CDescentDigits/digits.bin").read_bytes(), dtype="uint8")
    rows = len(data) // 65
    return torch.tensor(data[rows:].reshape(rows, 64) / 16.0), torch.tensor(data[:rows].astype("int64"))


def weights():
    """Descent's initial parameters for seed 0, by their names: a run whose one step moves nothing."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [DESCENT, "train", "--model", "mlp:64-128-128-10", "--optimizer", "sgd", "--lr", "1e-30", "--steps", "1",
             "--quiet", "--out", folder], check=True, capture_output=True)
        path = next(pathlib.Path(folder).glob("*/checkpoints/*.safetensors"))
        raw = path.read_bytes()
    length = int.from_bytes(raw[:8], "little")
    tensors = {}
    for name, tensor in json.loads(raw[8:8 + length]).items():
        if name != "__metadata__" and tensor["dtype"] == "F32":
            begin, end = tensor["data_offsets"]
            values = numpy.frombuffer(raw[8 + length:][begin:end], dtype="<f4")
            tensors[name] = torch.tensor(values.reshape(tensor["shape"]).copy())
    return tensors


def network(tensors):
    layers = []
    for index, (inputs, outputs) in enumerate(zip(WIDTHS, WIDTHS[1:])):
        layer = torch.nn.Linear(inputs, outputs)
        layer.weight.data = tensors[f"layer{index}.weight"].T.contiguous()
        layer.bias.data = tensors[f"layer{index}.bias"].clone()
        layers += [layer, torch.nn.ReLU()]
    return torch.nn.Sequential(*layers[:-1])


def truth(model, pixels, labels, products=60):
    """λ₁ by Lanczos with full re-orthogonalisation in double precision."""
    model = model.double()
    parameters = list(model.parameters())
    loss = torch.nn.functional.cross_entropy(model(pixels.double()), labels)
    gradient = torch.cat([g.reshape(-1) for g in torch.autograd.grad(loss, parameters, create_graph=True)])

    def product(vector):
        parts = torch.autograd.grad(gradient @ vector, parameters, retain_graph=True)
        return torch.cat([part.reshape(-1) for part in parts])

    torch.manual_seed(0)
    basis = [torch.nn.functional.normalize(torch.randn(gradient.numel(), dtype=torch.float64), dim=0)]
    diagonal, off = [], []
    for _ in range(products):
        z = product(basis[-1])
        diagonal.append(float(z @ basis[-1]))
        for _ in range(2):
            for q in basis:
                z = z - (z @ q) * q
        off.append(float(z.norm()))
        basis.append(z / z.norm())
    matrix = numpy.diag(diagonal) + numpy.diag(off[:-1], 1) + numpy.diag(off[:-1], -1)
    return float(numpy.linalg.eigvalsh(matrix)[-1])


def descended(model, pixels, labels, steps):
    for _ in range(steps):
        loss = torch.nn.functional.cross_entropy(model(pixels), labels)
        gradients = torch.autograd.grad(loss, list(model.parameters()))
        with torch.no_grad():
            for parameter, gradient in zip(model.parameters(), gradients):
                parameter -= 0.1 * gradient
    return model


def compare(workload, model, pixels, labels, rounds, cores):
    exact = truth(copy.deepcopy(model), pixels, labels)
    ours, theirs, values = [], [], []
    for turn in range(rounds):
        answer = json.loads(
            subprocess.run([DESCENT, "bench", "--only", workload, "--threads", str(cores), "--json"], check=True,
                           capture_output=True).stdout)["results"][0]
        ours.append(answer["secondsPerStep"])
        torch.manual_seed(turn)
        start = time.perf_counter()
        tool = hessian(model, torch.nn.CrossEntropyLoss(), data=(pixels.float(), labels), cuda=False)
        found, _ = tool.eigenvalues(top_n=1)
        theirs.append(time.perf_counter() - start)
        values.append(found[0])
    return {
        "truth": exact,
        "descent": {"seconds": statistics.median(ours), "value": answer["value"],
                    "relativeError": abs(answer["value"] / exact - 1)},
        "pyhessian": {"seconds": statistics.median(theirs), "values": values,
                      "medianRelativeError": statistics.median(abs(v / exact - 1) for v in values)},
        "ratio": statistics.median(t / o for t, o in zip(theirs, ours)),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cores", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.cores)
    pixels, labels = digits()
    tensors = weights()
    results = {"versions": {"torch": torch.__version__}}
    for workload, steps in (
        ("sharpness-digits-full", 0), ("sharpness-digits-trained", 100), ("sharpness-digits-tracked", 100),
    ):
        model = descended(network(tensors), pixels.float(), labels, steps)
        results[workload] = compare(workload, model, pixels, labels, options.rounds, options.cores)
    print(json.dumps(results, indent=2))


main()
