#!/usr/bin/env python3
"""Checks the built-in trainings at the edge of stability against the figures of the field, over seeds and rates.

    python3 Scripts/verify/edge.py .build/release/descent [Documentation/data/edge-recipes.json] [--seeds 10]

Drives `descent edge --json` and writes what it measured. Exits with 1 if a figure lies outside its bounds, each of which
stands beside it in the file. Standard library only; about a minute.
"""

import json
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def edge(descent, *arguments):
    """The JSON object of a run, and its wall seconds."""
    start = time.monotonic()
    run = subprocess.run([descent, "edge", *map(str, arguments), "--json", "--quiet"], capture_output=True, text=True)
    if run.returncode not in (0, 3):
        sys.exit(f"descent edge {' '.join(map(str, arguments))}: {run.stderr or run.stdout}")
    return json.loads(run.stdout) | {"wall": time.monotonic() - start}


def late(run, key="ratio"):
    """The second half of a series."""
    values = [row[key] for row in run["series"]]
    return values[len(values) // 2:]


def spread(values):
    return {"least": min(values), "median": statistics.median(values), "most": max(values)}


class Checks:
    """Figures with their bounds."""

    def __init__(self):
        self.rows = []

    def add(self, recipe, figure, values, low=None, high=None):
        values = list(values) if isinstance(values, (list, tuple)) else [values]
        fine = all((low is None or v >= low) and (high is None or v <= high) for v in values)
        self.rows.append({"recipe": recipe, "figure": figure, "bounds": [low, high], "runs": len(values), "holds": fine}
                         | spread(values))
        print(f"{'ok  ' if fine else 'FAIL'} {recipe:44} {figure:18} {min(values):10.4g} … {max(values):<10.4g} "
              f"in [{low}, {high}]", file=sys.stderr)

    @property
    def hold(self):
        return all(row["holds"] for row in self.rows)


def chebyshev(descent, seeds, checks, pool):
    for rate in (0.4, 0.2):
        runs = list(pool.map(
            lambda seed: edge(descent, "--example", "chebyshev", "--lr", rate, "--steps", 8000, "--seed", seed), seeds))
        name = f"chebyshev, sgd, {rate}"
        checks.add(name, "crossingStep", [run["crossingStep"] for run in runs], 300, 6000)
        checks.add(name, "meanRatio", [run["meanRatio"] for run in runs], 0.97, 1.07)
        checks.add(name, "p5Ratio", [run["p5Ratio"] for run in runs], 0.82)
        checks.add(name, "p95Ratio", [run["p95Ratio"] for run in runs])
        checks.add(name, "maxRatio", [run["maxRatio"] for run in runs], None, 1.45)
        checks.add(name, "fractionRising", [run["fractionRising"] for run in runs], 0.005, 0.6)
        # Single losses rise, so the median of the last tenth is what must have fallen.
        checks.add(name, "last losses / first",
                   [statistics.median(row["loss"] for row in run["series"][-80:]) / run["series"][0]["loss"] for run in runs],
                   0, 0.95)
        checks.add(name, "wall seconds", [run["wall"] for run in runs], 0, 2)
    runs = list(pool.map(
        lambda seed: edge(descent, "--example", "chebyshev", "--lr", 0.05, "--steps", 8000, "--seed", seed), seeds[:3]))
    checks.add("chebyshev, sgd, 0.05", "largest ratio", [max(row["ratio"] for row in run["series"]) for run in runs], 0, 0.9)
    checks.add("chebyshev, sgd, 0.05", "fractionRising", [run["fractionRising"] for run in runs], 0, 0)


def adaptive(descent, seeds, checks, pool):
    cases = [("adam", rate, 0.97, 1.03) for rate in (1e-3, 3e-3, 1e-2)]
    cases += [("rmsprop(beta2: 0.99)", 1e-3, 0.98, 1.05), ("rmsprop(beta2: 0.99)", 3e-3, 0.98, 1.05),
              ("rmsprop(beta2: 0.999)", 1e-3, 0.98, 1.05), ("adam(beta1: 0.5)", 1e-2, 0.97, 1.03)]
    for rule, rate, low, high in cases:
        runs = list(pool.map(
            lambda seed: edge(descent, "--example", "chebyshev", "--optimizer", rule, "--lr", rate, "--steps", 8000,
                              "--seed", seed), seeds[:3]))
        name = f"chebyshev, {rule}, {rate}"
        checks.add(name, "median ratio, late", [statistics.median(late(run)) for run in runs], low, high)
        checks.add(name, "crossingStep", [run["crossingStep"] for run in runs])


def classifier(descent, seeds, checks, pool):
    cases = [("sgd", 0.4, 1.0, 1.09), ("sgd", 0.8, 1.0, 1.12), ("sgd(momentum: 0.9)", 0.4, 0.85, 1.05),
             ("sgd(momentum: 0.9)", 0.6, 0.85, 1.05), ("sgd(momentum: 0.9, nesterov: true)", 0.2, 0.95, 1.08),
             ("adam", 3e-3, 0.95, 1.05), ("sgd(weightDecay: 1e-3)", 0.4, 1.0, 1.1)]
    for rule, rate, low, high in cases:
        runs = list(pool.map(
            lambda seed: edge(descent, "--example", "classifier", "--optimizer", rule, "--lr", rate, "--seed", seed),
            seeds[:3]))
        checks.add(f"classifier, {rule}, {rate}", "median ratio, late",
                   [statistics.median(late(run)) for run in runs], low, high)
    for name, arguments, high in (("sgd, 0.2", ["--lr", 0.2], 1.05),
                                  ("sgd(weightDecay: 1e-2), 0.4", ["--lr", 0.4, "--optimizer", "sgd(weightDecay: 1e-2)"], 0.85)):
        runs = list(pool.map(
            lambda seed: edge(descent, "--example", "classifier", *arguments, "--seed", seed), seeds[:3]))
        checks.add(f"classifier, {name}", "largest ratio",
                   [max(row["ratio"] for row in run["series"]) for run in runs], 0, high)


def stochastic(descent, seeds, checks, pool):
    bounds = {4: ((0.3, 0.55), (0.7, 1.0)), 16: ((0.5, 0.8), (0.7, 0.95)), 64: ((0.85, 1.1), (0.85, 1.1)),
              "full": ((0.95, 1.1), None)}
    for batch, (whole, batches) in bounds.items():
        runs = list(pool.map(
            lambda seed: edge(descent, "--example", "stochastic", "--batch", batch, "--lr", 0.4, "--steps", 8000,
                              "--seed", seed), seeds[:3]))
        name = f"stochastic, batch {batch}, 0.4"
        checks.add(name, "mean ratio, late", [statistics.mean(late(run)) for run in runs], *whole)
        if batches:
            checks.add(name, "Batch Sharpness", [statistics.mean(late(run, "batchRatio")) for run in runs], *batches)


def catapult(descent, seeds, checks, pool):
    tables = [edge(descent, "--example", "catapult", "--seed", seed)["table"] for seed in seeds[:3]]
    for rows in zip(*tables):
        multiple = round(rows[0]["multiple"], 3)
        name = f"catapult, η·λ₀ = {multiple:g}"
        runs = [edge(descent, "--example", "catapult", "--seed", seed, "--lr", row["rate"])
                for seed, row in zip(seeds, rows)]
        if multiple > 4:
            checks.add(name, "diverged", [run["diverged"] for run in runs], 1, 1)
            continue
        checks.add(name, "deviation", [run["deviation"] for run in runs], 0, 1e-12)
        checks.add(name, "largest loss / first", [run["growth"] for run in runs], *((1, 1) if multiple < 2 else (1.5, None)))
        checks.add(name, "η·λ at the end", [run["endMultiple"] for run in runs], 0, 2)


def rate_change(descent, seeds, checks, pool):
    def at(run, step):
        return next(row["ratio"] for row in run["series"] if row["step"] == step)

    runs = list(pool.map(lambda seed: edge(descent, "--example", "rate-change", "--seed", seed), seeds[:3]))
    checks.add("rate-change", "ratio before the cut", [at(run, 3990) for run in runs], 0.85, 1.3)
    checks.add("rate-change", "ratio after the cut", [at(run, 4000) for run in runs], 0.4, 0.65)
    checks.add("rate-change", "ratio before the rise", [at(run, 7990) for run in runs], 0.85, 1.2)
    checks.add("rate-change", "most after the rise",
               [max(row["ratio"] for row in run["series"] if row["step"] >= 8000) for run in runs], 0, 1.45)
    jump = "hold 4000 -> hold 4000 from 50% -> hold from 100%"
    runs = list(pool.map(
        lambda seed: edge(descent, "--example", "chebyshev", "--steps", 12000, "--schedule", jump, "--seed", seed),
        seeds[:3]))
    checks.add("rate-change in one step", "diverged", [run["diverged"] for run in runs], 1, 1)
    checks.add("rate-change in one step", "steps until then", [run["divergedAt"] - 8000 for run in runs], 1, 200)


def main():
    words = sys.argv[1:]
    count = int(words.pop(words.index("--seeds") + 1)) if "--seeds" in words else 10
    words = [word for word in words if word != "--seeds"]
    if not words:
        sys.exit(__doc__)
    descent = str(Path(words[0]).resolve())
    target = Path(words[1]) if len(words) > 1 else ROOT / "Documentation/data/edge-recipes.json"
    seeds, checks = list(range(count)), Checks()
    # One at a time: the wall seconds of a run are part of what is checked.
    with ThreadPoolExecutor(1) as pool:
        for recipe in (chebyshev, adaptive, classifier, stochastic, catapult, rate_change):
            recipe(descent, seeds, checks, pool)
    target.write_text(json.dumps({"seeds": count, "figures": checks.rows}, indent=1, ensure_ascii=False) + "\n")
    print(f"{sum(row['holds'] for row in checks.rows)} of {len(checks.rows)} figures within their bounds", file=sys.stderr)
    sys.exit(0 if checks.hold else 1)


if __name__ == "__main__":
    main()
