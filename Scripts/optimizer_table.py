#!/usr/bin/env python3
"""How well every update rule trains the digits, and how much it minds the learning rate.

    python3 Scripts/optimizer_table.py run [--only adam,muon] [--jobs 2]     trains what is missing
    python3 Scripts/optimizer_table.py render [--check]                      writes the tables into the page

`run` drives `descent train` (a release build) over every optimizer that `descent optimizers` names, and keeps what it
found in Documentation/data/optimizer-digits.json after every optimizer, so that it can be stopped and gone on with.
`render` replaces what stands between the marks in Documentation/optimizers.md; with `--check` it only tells whether
that would change anything. Standard library only.
"""

import argparse
import concurrent.futures
import json
import math
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "Documentation/data/optimizer-digits.json"
PAGE = ROOT / "Documentation/optimizers.md"
DESCENT = ROOT / ".build/release/descent"

STEPS = 1500
BATCH = "32"
COSINE = "warmup 5% -> cosine"
# Half decades on either side of the best rate: three decades in all.
REACH = 3
# No rate further than this from the default, in half decades.
LIMIT = 12
SEEDS = (0, 1, 2)
# What is kept of a run; the data file has a list of each, one value for every seed.
KEPT = ("diverged", "finalLoss", "validationLoss", "validationAccuracy", "testAccuracy")

# What is run instead of a bare name: wrappers around several rules, and settings without which a name says little.
VARIANTS = {
    "sgd": ["sgd", "sgd(momentum: 0.9)", "sgd(momentum: 0.9, nesterov: true)"],
    "sgdw": ["sgdw(momentum: 0.9)"],
    "adam": ["adam", "adam(amsgrad: true)"],
    "dAdaptation": ["dAdaptation(sgd)", "dAdaptation(adam)", "dAdaptation(adagrad)", "dAdaptation(lion)",
                    "dAdaptation(lion(beta1: 0, beta2: 0.9))", "dAdaptation(adan)"],
    "scheduleFree": ["scheduleFree(sgd)", "scheduleFree(adamw)", "scheduleFree(radam)"],
    "mechanic": ["mechanic(sgd)", "mechanic(adam)"],
    "hypergradient": ["hypergradient(sgd, rate: 1e-3)", "hypergradient(adam, rate: 1e-8)"],
    "lineSearch": ["lineSearch(sgd)"],
    "lookahead": ["lookahead(adam)", "lookahead(sgd(momentum: 0.9))"],
    "sam": ["sam(sgd(momentum: 0.9))", "sam(adam)"],
    "cautious": ["cautious(adamw)", "cautious(lion)"],
    "backtracking": ["backtracking(sgd)"],
    "adafactor": ["adafactor", "adafactor(relativeStep: false)"],
    "rprop": ["rprop", "rprop(stepMax: 0.003)"],
    "acprop": ["acprop", "acprop(epsilonInside: 1e-8)"],
    "kate": ["kate", "kate(epsilon: 1e-3)"],
    "adabelief": ["adabelief", "adabelief(epsilon: 1e-8)"],
}
# Rules made for a rate that does not fall, or that see to it themselves.
CONSTANT = {"scheduleFree", "dog", "ldog", "cocob", "polyak", "alig", "backtracking", "lineSearch", "rprop",
            "lbfgs", "asgd"}
# Rules for full batches, with the number of steps.
FULL_BATCH = {"rprop": 100, "lbfgs": 100}


def options(spec):
    name = re.match(r"\w+", spec)[0]
    return {
        "schedule": "constant" if name in CONSTANT else COSINE,
        "batch": "full" if name in FULL_BATCH else BATCH,
        "steps": FULL_BATCH.get(name, STEPS),
    }


def listed(*specs):
    """What the command tells of these optimizers, or of all."""
    done = subprocess.run([DESCENT, "optimizers", "--json", *specs], capture_output=True, text=True)
    answer = json.loads(done.stdout)
    if "error" in answer:
        sys.exit(answer["error"]["message"])
    return answer["optimizers"]


def rate(half_decades):
    return float(f"{10 ** (half_decades / 2):.3g}")


def train(spec, learning_rate, seed, how):
    """One run: its losses and accuracies."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [DESCENT, "train", "--json", "--quiet", "--data", "digits", "--optimizer", spec, "--lr", str(learning_rate),
             "--schedule", how["schedule"], "--batch", how["batch"], "--steps", str(how["steps"]), "--seed", str(seed),
             "--threads", "1", "--out", folder], capture_output=True, text=True)
    result = json.loads(done.stdout)
    if "error" in result:
        sys.exit(f"{spec} at {learning_rate}: {result['error']['message']}")
    return {key: rounded(result[key]) for key in KEPT}


def rounded(value):
    """Five significant digits; texts (of what is not finite) and truth values as they are."""
    return float(f"{value:.5g}") if isinstance(value, float) else value


def number(value):
    return value if isinstance(value, (int, float)) and math.isfinite(value) else math.inf


def loss(runs, initial):
    """The mean validation loss over the seeds, each at most the one before training."""
    return mean([initial if diverged else min(number(value), initial)
                 for value, diverged in zip(runs["validationLoss"], runs["diverged"])])


def accuracy(runs, part):
    """By seed; 0 for a run that diverged."""
    return [0 if diverged else value for value, diverged in zip(runs[part + "Accuracy"], runs["diverged"])]


def mean(values):
    return sum(values) / len(values)


def summary(entry, initial):
    """The best rate, and how loss and accuracy change around it."""
    points = {int(k): runs for k, runs in entry["runs"].items()}
    losses = {k: loss(runs, initial) for k, runs in points.items()}
    best = min(losses, key=lambda k: (losses[k], abs(k - entry["start"])))
    window = [losses[k] for k in range(best - REACH, best + REACH + 1) if k in losses]
    validation = {k: mean(accuracy(runs, "validation")) for k, runs in points.items()}
    good = {k for k in points if validation[k] >= validation[best] - 0.01}
    low = high = best
    while low - 1 in good:
        low -= 1
    while high + 1 in good:
        high += 1
    return {
        "best": best, "loss": losses[best], "test": accuracy(points[best], "test"), "losses": losses,
        "sensitivity": max(0, mean(window) - losses[best]), "width": (high - low) / 2,
        # Whether the good rates go on beyond what was tried.
        "open": low - 1 not in points or high + 1 not in points,
    }


def missing(entry, initial):
    """What to train next: the rates around the best so far."""
    points = {int(k) for k in entry["runs"]}
    around = entry["start"] if not points else summary(entry, initial)["best"]
    return [k for k in range(around - REACH, around + REACH + 1)
            if k not in points and abs(k - entry["start"]) <= LIMIT]


def save(data):
    """One line for each rate."""
    text = json.dumps(data, indent=1)
    DATA.write_text(re.sub(r"\n {5,}\s*(?=\S)|\n {4}(?=\})", " ", text) + "\n")


def run(arguments):
    specs = variants(listed())
    defaults = {spec: entry["defaultLearningRate"] for spec, entry in zip(specs, listed(*specs), strict=True)}
    if arguments.only:
        specs = [spec for spec in specs if re.match(r"\w+", spec)[0] in arguments.only.split(",")]
    data = json.loads(DATA.read_text()) if DATA.exists() else {"optimizers": {}}
    if "initialLoss" not in data:
        data["initialLoss"] = train("sgd", 1e-12, 0, options("sgd") | {"steps": 1})["validationLoss"]
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for spec in specs:
            entry = data["optimizers"].setdefault(spec, {
                "defaultRate": defaults[spec], "start": round(2 * math.log10(defaults[spec])), **options(spec),
                "runs": {}})
            while todo := missing(entry, data["initialLoss"]):
                done = pool.map(lambda job: train(spec, rate(job[0]), job[1], entry), [(k, s) for k in todo for s in SEEDS])
                results = list(done)
                for i, k in enumerate(todo):
                    by_seed = results[i * len(SEEDS):(i + 1) * len(SEEDS)]
                    entry["runs"][str(k)] = {key: [result[key] for result in by_seed] for key in KEPT}
            entry["runs"] = dict(sorted(entry["runs"].items(), key=lambda item: int(item[0])))
            DATA.parent.mkdir(exist_ok=True)
            save(data)
            found = summary(entry, data["initialLoss"])
            print(f"{spec:36} {rate(found['best']):<9g} loss {found['loss']:.4f}  test {mean(found['test']):.3f}, least "
                  f"{min(found['test']):.3f}  sensitivity {found['sensitivity']:.3f}  {found['width']} decades"
                  f"{' or more' if found['open'] else ''}", flush=True)


def table(heading, rows):
    """A markdown table from rows of texts."""
    return "\n".join(f"| {' | '.join(row)} |" for row in [heading, ["---"] * len(heading), *rows])


def short(value, digits=3):
    """A number as a page shows it: 8, 4.04, 1e-05, ∞."""
    return "∞" if not math.isfinite(float(value)) else f"{float(value):.{digits}g}".replace("e-0", "e-")


def family(entries):
    """What the command tells of the rules of one family."""
    meanings = {"step size": "", "multiplier": ", multiplier", "bound": ", bound"}
    return table(
        ["rule", "settings and defaults", "default rate", "memory", "ηλ"],
        [[f"`{entry['name']}`",
          ", ".join(([entry["inner"]] if entry["inner"] else [])
                    + [f"{setting['name']}: {setting['value']}" for setting in entry["settings"]]) or "none",
          short(entry["defaultLearningRate"]) + meanings[entry["rateMeaning"]], short(entry["bytesPerParameter"]),
          short(entry["thresholdTimesRate"])] for entry in entries])


def variants(catalog):
    return [spec for entry in catalog for spec in VARIANTS.get(entry["name"], [entry["name"]])]


def digits(data, catalog):
    """The figures of the runs, one row for an optimizer."""
    rows = []
    for spec in variants(catalog):
        entry = data["optimizers"][spec]
        found = summary(entry, data["initialLoss"])
        default = entry["runs"][str(entry["start"])]
        width = f"{'≥ ' if found['open'] else ''}{found['width']:g}"
        at_best = f"{100 * mean(found['test']):.1f} ({100 * min(found['test']):.1f})"
        rows.append([
            f"`{spec}`", short(rate(found["best"])) + (" c" if entry["schedule"] == "constant" else ""), at_best,
            f"{found['loss']:.3f}", f"{found['sensitivity']:.2f}", width,
            f"{short(rate(entry['start']))}: {100 * mean(accuracy(default, 'test')):.1f}"])
    return table(["optimizer", "best rate", "test accuracy, % (least of 3)", "validation loss", "sensitivity",
                  "width, decades", "at about the default rate, %"], rows)


def render(arguments):
    catalog = listed()
    data = json.loads(DATA.read_text())
    tables = {name: family([entry for entry in catalog if entry["family"] == name])
              for name in dict.fromkeys(entry["family"] for entry in catalog)}
    tables["digits"] = digits(data, catalog)
    page = PAGE.read_text()
    new = re.sub(r"<!-- optimizer_table (\S+) -->\n.*?<!-- end -->",
                 lambda mark: f"<!-- optimizer_table {mark[1]} -->\n{tables[mark[1]]}\n<!-- end -->", page,
                 flags=re.DOTALL)
    if arguments.check:
        sys.exit(f"{PAGE.name} is out of date" if new != page else None)
    PAGE.write_text(new)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("run", help="train what is missing")
    command.add_argument("--only", help="names of optimizers, separated by commas")
    command.add_argument("--jobs", type=int, default=2, help="runs at a time")
    command.set_defaults(call=run)
    command = commands.add_parser("render", help="write the tables into the page")
    command.add_argument("--check", action="store_true", help="only tell whether the page is out of date")
    command.set_defaults(call=render)
    arguments = parser.parse_args()
    arguments.call(arguments)
