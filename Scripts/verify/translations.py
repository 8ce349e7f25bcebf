"""Runs what `descent schedule translate` writes in the real libraries, and compares the rates of every update.

For each schedule and each library the command's code is executed unchanged, given an optimizer (torch, transformers, timm)
whose rate is the `base` that the command names. The rate in force at update t = 0, 1, ... is compared with what
`descent schedule SPEC --json` says, over the whole run, and with the 64 rates after it that the translation names.

Tolerances, of the run's highest rate: 1e-12 for torch, transformers and timm, which compute in doubles; 1e-6 for optax,
keras and mlx, which compute in 32-bit floats by default. Exits with 1 if anything that is said to be exact is not.

python Scripts/verify/translations.py .build/release/descent [Documentation/conformance/translations.json]
in an environment with torch, transformers, timm, optax, keras, jax and mlx. timm is entered past its package's front door
(timm/__init__ wants torchvision); its schedulers' own files are run unchanged. mlx computes in mlx.core itself, one step at
a time as its optimizers do, on their unsigned counter; optax and keras step by step, inside jax.jit, and all steps at once
inside jax.vmap, where the compiler takes the most liberties. With KERAS_BACKEND set to another backend only keras is run.
"""

import importlib.util
import json
import os
import subprocess
import sys
import types
import warnings
from importlib.metadata import version

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("JAX_PLATFORMS", "cpu")
warnings.filterwarnings("ignore")

front = types.ModuleType("timm")
front.__path__ = list(importlib.util.find_spec("timm").submodule_search_locations)
sys.modules["timm"] = front

import jax
import jax.numpy as jnp
import keras
import mlx.core as mx
import numpy as np
import torch

SPECS = [
    # (schedule, updates)
    ("0.1: constant", 100),
    ("0.1: warmup 5% -> cosine", 1000),
    ("0.1: warmup 5% -> cosine to 1%", 1000),
    ("0.1: cosine", 1000),
    ("0.1: cosine to 10%", 777),
    ("3e-4: linear 10% from 0 to 100% -> cosine", 1000),
    ("3e-4: linear 10% from 0 to 100% -> cosine to 1%", 1000),
    ("3e-4: linear 10% from 0 to 100% -> hold -> cosine 20% to 1%", 1000),
    ("3e-4: linear 10% from 0 to 100% -> hold -> 1-sqrt 20%", 1000),
    ("3e-4: linear 10% from 0 to 100% -> linear", 1000),
    ("3e-4: linear 10% from 0 to 100% -> polynomial(2) to 1%", 1000),
    ("3e-4: linear 100 from 0 to 100% -> inverse-sqrt(100)", 1000),
    ("3e-4: linear 100 from 0 to 100% -> restarts 300", 1000),
    ("3e-4: linear 100 from 0 to 100% -> restarts 300 for 900 -> hold from 0", 1200),
    ("0.1: linear", 500),
    ("0.1: linear to 10%", 500),
    ("0.1: warmup 10% -> hold", 300),
    ("0.1: warmup 1 -> hold", 30),
    ("0.1: warmup cosine 10% -> hold", 300),
    ("0.1: warmup 1-sqrt 10% -> linear", 300),
    ("0.1: linear 50 from 0 to 100% -> hold", 300),
    ("0.1: warmup 10% -> hold -> 1-sqrt 20%", 1000),
    ("0.1: warmup 10% -> hold -> 1-square 20%", 1000),
    ("0.1: warmup 10% -> hold -> linear 20% to 5%", 1000),
    ("0.1: hold 80% -> linear", 1000),
    ("0.1: hold 80% -> 1-sqrt", 1000),
    ("0.1: polynomial(2)", 400),
    ("0.1: polynomial(0.5) to 1%", 400),
    ("0.1: polynomial(0.9) cycle 100 to 1%", 450),
    ("0.1: exponential x0.99", 400),
    ("0.1: exponential x0.9999", 20000),
    ("0.1: exponential x0.5 every 100 to 1%", 1000),
    ("1e-5: exponential x1.02 to 0.1 absolute", 1000),
    ("0.1: step x0.5 every 100", 1000),
    ("0.1: warmup 50 -> step x0.5 every 100", 1000),
    ("0.1: drop x0.1 at 50%, 75%", 400),
    ("0.1: warmup 5 -> drop x0.1 at 50%, 75%", 400),
    ("0.1: hold 100 from 100% -> hold 100 from 30% -> hold from 4%", 400),
    ("0.1: inverse-time(0.01)", 1000),
    ("0.1: warmup 50 -> inverse-sqrt(50) to 1%", 1000),
    ("0.1: rex", 500),
    ("0.1: rex(0.9) to 1%", 500),
    ("0.1: restarts 100", 1000),
    ("0.1: restarts 100 to 1%", 1000),
    ("0.1: restarts 100 decay 0.5", 1000),
    ("0.1: restarts 100 x2", 1500),
    ("0.1: restarts 100 x1.5 decay 0.7 to 1%", 1500),
    ("1: noam(512, 400)", 4000),
    ("0.1: cosine(2)", 500),
    ("0.1: cosine(0.5)", 500),
    ("0.1: waves(1.5)", 500),
    ("0.1: waves(7.3) to 5%", 500),
    ("0.1: waves(100)", 50000),
    ("0.1: tanh", 500),
    ("0.1: k-cosine(1.5) to 1%", 500),
    ("0.1: k-polynomial(0.5, 2)", 500),
    ("0.1: geometric to 0.1%", 500),
    ("0.1: warmup geometric 50 from 1% -> power(0.5) knee 200", 2000),
    ("0.1: chebyshev(20, 64)", 300),
    ("0.1: chebyshev(1000, 128)", 300),
    ("onecycle(peak: 0.1)", 1000),
    ("onecycle(peak: 0.1, phases: 3, anneal: linear)", 1000),
    ("onecycle(peak: 0.1, warmup: 17, div: 10, final-div: 100)", 333),
    ("cyclic(low: 0.001, high: 0.1, up: 50, down: 70)", 600),
    ("cyclic(low: 0.001, high: 0.1, up: 50, mode: triangular2) | after continue", 600),
    ("cyclic(low: 0.001, high: 0.1, up: 50, mode: exp-range, gamma: 0.999) | after continue", 600),
    ("0.1: knots linear 0 = 0, 20% = 100%, 100% = 10%", 500),
    ("0.1: knots cosine 0 = 4%, 30% = 100%, 100% = 0", 500),
    ("0.1: knots log 0 = 4%, 30% = 100%, 90% = 1%", 500),
    ("0.1: knots step 0 = 4%, 30% = 100%, 90% = 1%", 500),
    ("0.1: repeat 3 x2 decay 0.5 (hold 80% -> 1-sqrt)", 1000),
    ("0.1: repeat 40 (warmup 10% -> cosine)", 4000),
    ("0.1: laid 2000 (warmup 5% -> cosine) for 800 -> 1-sqrt to 0", 1000),
    ("0.1: wsd(warmup: 5%, decay: 20%)", 1000),
    ("0.1: tri-stage(warmup: 10%, hold: 40%)", 1000),
    ("0.1: (cosine) * (warmup 5% -> hold)", 1000),
    ("0.1: (cosine) * (warmup 5% -> hold) * (hold 90% -> linear)", 1000),
    ("0.1: warmup 100 -> hold -> linear 200 | stretch x1.5", 1000),
    ("0.1: restarts 70 | stretch x1.37", 1000),
    ("0.1: warmup 100 -> cosine | offset 150", 1000),
    ("0.1: warmup 100 -> cosine | delay 150", 1000),
    ("0.1: warmup 30 -> cosine 100 | after repeat", 1000),
    ("0.1: warmup 30 -> cosine 100 | stretch x1.7 | after repeat", 1000),
    ("0.1: warmup 30 -> cosine 100 | delay 13 | after repeat", 1000),
    ("0.1: linear 300 | after zero", 400),
    ("0.1: cosine | after continue", 400),
    ("0.1: cosine | floor 5% | ceiling 90%", 1000),
    ("0.1: cosine | jitter 10% seed 7", 500),
    ("0.1: warmup 5% -> cosine | jitter 20% normal seed 3 from 10% to 90%", 500),
    ("0.1: linear edge both", 300),
    ("0.1: warmup 10% edge left -> cosine edge right to 1%", 300),
    ("0.1: warmup 1000 -> cosine", 60000),
    ("0: hold from 0.01 absolute", 50),
]

DOUBLE, SINGLE = 1e-12, 1e-6
LIBRARIES = {
    "torch": DOUBLE, "transformers": DOUBLE, "timm": DOUBLE, "optax": SINGLE, "keras": SINGLE, "mlx": SINGLE,
}
if keras.backend.backend() != "jax":
    LIBRARIES = {"keras": SINGLE}


def optimizer(base):
    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=base)


def run_torch(space, count):
    rates, optimizer, scheduler = [], space["optimizer"], space["scheduler"]
    for _ in range(count):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        try:
            scheduler.step()
        except ValueError:  # OneCycleLR at its end
            break
    return rates


def run_timm(space, count):
    rates, optimizer, scheduler = [], space["optimizer"], space["scheduler"]
    for t in range(count):
        rates.append(optimizer.param_groups[0]["lr"])
        scheduler.step_update(num_updates=t + 1)
    return rates


def run_jax(space, count):
    schedule = space["schedule"]
    one = jax.jit(lambda t: jnp.asarray(schedule(t), jnp.float32))
    rates = np.asarray(jax.jit(jax.vmap(one))(jnp.arange(count, dtype=jnp.int32)), np.float64)
    # As an optimizer calls it, one count at a time, traced and untraced.
    for t in sorted({*range(0, count, max(count // 20, 1)), count - 1}):
        for rate in (one(jnp.int32(t)), schedule(jnp.int32(t))):
            assert abs(float(rate) - rates[t]) <= 5e-7 * rates.max(), (t, float(rate), rates[t])
    return rates.tolist()


def run_mlx(space, count):
    schedule = space["schedule"]
    rates = [schedule(mx.array(t, mx.uint64)) for t in range(count)]
    mx.eval(rates)
    return [float(rate) for rate in rates]


def run_keras(space, count):
    if keras.backend.backend() == "jax":
        return run_jax(space, count)
    return [float(space["schedule"](keras.ops.convert_to_tensor(t, "int32"))) for t in range(count)]


RUNNERS = {
    "torch": run_torch, "transformers": run_torch, "timm": run_timm, "optax": run_jax, "keras": run_keras, "mlx": run_mlx,
}


def descent(command, *arguments):
    done = subprocess.run([command, "schedule", *arguments, "--json"], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{arguments}: {done.stdout}{done.stderr}")
    return json.loads(done.stdout)


def main():
    command = sys.argv[1]
    results, failures = [], []
    worst = {library: [0.0, ""] for library in LIBRARIES}
    for spec, steps in SPECS:
        ours = descent(command, spec, "--steps", str(steps))["rates"]
        for library, tolerance in LIBRARIES.items():
            written = descent(command, "translate", spec, "--to", library, "--steps", str(steps))
            rates = ours + written["after"]
            space = {"optimizer": optimizer(written["base"])} if written["base"] is not None else {}
            exec(compile("import mlx.optimizers as optim\n" + written["code"], f"{library}: {spec}", "exec"), space)
            theirs = RUNNERS[library](space, len(rates))
            peak = max(rates)
            distance = [abs(a - b) / peak for a, b in zip(rates, theirs)]
            within, after = max(distance[:steps]), max(distance[steps:], default=0.0)
            told = any("After the run" in note or "ends with the run" in note for note in written["notes"])
            result = {
                "schedule": spec, "steps": steps, "library": library, "ownCall": written["call"] is not None,
                "exact": written["exact"], "table": any("table" in note for note in written["notes"]),
                "deviation": float(f"{within:.3g}"), "deviationAfter": float(f"{after:.3g}"),
            }
            results.append(result)
            good = len(theirs) >= steps and within <= tolerance and (after <= tolerance or told)
            if within > worst[library][0]:
                worst[library] = [within, spec]
            if not good and written["exact"]:
                failures.append(result)
                print("FAILED", json.dumps(result), file=sys.stderr)
    versions = {name: version(name) for name in ["torch", "transformers", "timm", "optax", "jax", "keras", "mlx"]}
    versions["keras backend"] = keras.backend.backend()
    summary = {
        library: {
            "schedules": len(SPECS),
            "exact": sum(r["exact"] for r in results if r["library"] == library),
            "ownCalls": sum(r["ownCall"] for r in results if r["library"] == library),
            "tables": sum(r["table"] for r in results if r["library"] == library),
            "tolerance": LIBRARIES[library],
            "largestDeviation": worst[library][0],
            "where": worst[library][1],
        }
        for library in LIBRARIES
    }
    print(json.dumps({"versions": versions, "summary": summary}, indent=2))
    if len(sys.argv) > 2:
        with open(sys.argv[2], "w") as file:
            # One result a line.
            rows = ",\n    ".join(json.dumps(r) for r in results)
            file.write(
                f'{{\n  "versions": {json.dumps(versions)},\n  "summary": {json.dumps(summary, indent=2)},\n'
                f'  "results": [\n    {rows}\n  ]\n}}\n')
    sys.exit(1 if failures else 0)


main()
