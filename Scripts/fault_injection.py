"""Scores the diagnosis on runs with known faults, and fits the weights of its evidence about the rate.

    swift build -c release --product DescentFaults
    .build/release/DescentFaults FOLDER 0 79
    python3 Scripts/fault_injection.py score FOLDER/runs.jsonl [--json FILE] [--half held-out|design]
    python3 Scripts/fault_injection.py fit FOLDER/runs.jsonl > Sources/DescentDiagnosis/Statistics/RateWeights+Fitted.swift

Runs of seeds below 40 are for design: weights and thresholds come from them alone. The others are held out. What is
true of a run is told by the losses of the whole training and validation part, and by its neighbours at a third and three
times the rate, never by the log a detector sees. Needs numpy.
"""

import collections
import json
import math
import sys

import numpy as np

DESIGN = 40  # seeds below are for design, the others are held out
CLEAR, SAME = 0.05, 0.01  # a gain that counts, and one that does not; between them a run is neither
TRUE_FAULTS = {"schedule-per-micro-batch", "schedule-never-applied", "schedule-restarted-on-resume", "warmup-longer-than-run",
               "rate-near-zero-for-half"}
CODES = ["non-finite", "divergence", "rate-too-high", "rate-too-low", "plateau", "overfitting", "schedule-fault", "loss-spike",
         "dead-units", "vanishing-gradients", "exploding-gradients"]


def read(path):
    def number(x):
        return float(x) if isinstance(x, str) else x
    runs = []
    for line in open(path):
        run = json.loads(line)
        for key in ("train", "validation"):
            run[key] = np.array([number(x) for x in run[key]], float)
        runs.append(run)
    family = {(r["one"]["family"], r["one"]["rung"]): r for r in runs}
    for r in runs:
        r["truth"] = truth(r, family)
    return runs


def end(r):
    last = r["train"][-1]
    return math.inf if r["diverged"] or not math.isfinite(last) else last


def silent(r):
    return any(f[0] == "dead-units" for v in r["views"] for f in v["findings"])


def graded(x, clear=CLEAR, same=SAME):
    return True if x >= clear else False if x <= same else None


def truth(r, family):
    one, loss, val = r["one"], r["train"], r["validation"]
    third, triple = (family.get((one["family"], one["rung"] + k)) for k in (-1, 1))
    t = dict.fromkeys(CODES, False)
    finite = loss[np.isfinite(loss)]
    first = loss[0]
    broken = r["diverged"] or r.get("nonFinite", False) or not math.isfinite(loss[-1])
    t["non-finite"] = r.get("nonFinite", False)
    own = max(first - finite.min(), 0) + 0.1 * abs(first)
    rise = (loss[-1] - finite.min()) / own if math.isfinite(loss[-1]) else math.inf
    t["divergence"] = None if r.get("nonFinite", False) else True if r["diverged"] else graded(rise, 0.5, 0.25)
    gone = broken or t["divergence"]
    best = min(end(x) for x in (r, third, triple) if x)
    drop = first - best
    if third is None or triple is None:
        t["rate-too-high"] = t["rate-too-low"] = None
    elif end(r) == math.inf:
        t["rate-too-high"] = True if end(third) < math.inf else None
        t["rate-too-low"] = False if end(triple) == math.inf else None
    elif drop > 0.002 * abs(first):
        t["rate-too-high"] = graded((end(r) - end(third)) / drop)
        t["rate-too-low"] = graded((end(r) - end(triple)) / drop)
    r["gains"] = [None if x is None or not math.isfinite(end(r)) else (end(r) - end(x)) / max(drop, 1e-12)
                  for x in (third, triple)]
    # Classes can be learnt by heart: the loss that could be reached is 0.
    classes = "linear" not in one["data"] and "noisy" not in one["data"] and "chebyshev" not in one["data"]
    floor = min(x["train"][np.isfinite(x["train"])].min() for (f, _), x in family.items() if f == one["family"])
    way = first - (0 if classes else floor)
    late = (loss[len(loss) * 2 // 3] - loss[-1]) / way if way > 0 else 0
    left = (loss[-1] - (0 if classes else floor)) / way if way > 0 else 0
    if gone or t["rate-too-low"] is not False or one["injection"] in TRUE_FAULTS | {"not-shuffled"}:
        t["plateau"] = None
    else:
        stuck = abs(late) < 0.01 and left > 0.25
        t["plateau"] = True if stuck else False if abs(late) > 0.03 or left < 0.1 else None
    if gone or not np.all(np.isfinite(val)):
        t["overfitting"] = None
    else:
        lowest = int(val.argmin())
        if val[0] - val[lowest] < 0.05 * abs(val[0]):
            t["overfitting"] = None if val[-1] - val[lowest] > 0.01 * abs(val[0]) else False
        else:
            t["overfitting"] = graded((val[-1] - val[lowest]) / (val[0] - val[lowest]), 0.05, 0.02)
            if t["overfitting"] and loss[-1] > loss[lowest] + 0.02 * (first - loss.min()):
                t["overfitting"] = None
    t["schedule-fault"] = None if broken and one["injection"] in TRUE_FAULTS else one["injection"] in TRUE_FAULTS
    # Whether units are dead was looked at where some were silent during the run.
    t["dead-units"] = (None if gone else graded(r["dead"], 0.6, 0.4) if r.get("dead") is not None
                       else None if silent(r) else False)
    if one["injection"] in ("vanishing", "exploding"):
        t["vanishing-gradients"] = one["injection"] == "vanishing" or None
        t["exploding-gradients"] = one["injection"] == "exploding" or None
    if one["injection"] == "saddle":
        t["vanishing-gradients"] = t["exploding-gradients"] = None
    if one["injection"] == "bad-batch" and not gone:
        before, after = loss[10], loss[11:15]
        t["loss-spike"] = None if len(after) < 4 else bool(after.min() > before + 0.02 * (first - before))
        if first - before < 0.02 * abs(first):
            t["loss-spike"] = None
    elif gone or t["rate-too-high"] is not False:
        t["loss-spike"] = None
    faults = [t[c] for c in CODES]
    r["healthy"] = all(x is False for x in faults)
    return t


def wilson(k, n, z=1.96):
    if n == 0:
        return (0.0, 1.0)
    p = k / n
    c, h = p + z * z / 2 / n, z * math.sqrt(p * (1 - p) / n + z * z / 4 / n / n)
    return ((c - h) / (1 + z * z / n), (c + h) / (1 + z * z / n))


def score(runs, half, view):
    table, alarms, healthy, notes = {}, 0, 0, []
    which = collections.Counter()
    mine = [r for r in runs if (r["one"]["seed"] >= DESIGN) == (half == "held-out")]
    for code in CODES:
        cell = collections.Counter()
        for r in mine:
            v = next((v for v in r["views"] if v["view"] == view), None)
            if v is None:
                continue
            said = any(f[0] == code and f[1] != "note" for f in v["findings"])
            is_so = r["truth"][code]
            if view != "record" and r["one"]["injection"] == "schedule-never-applied" and code == "schedule-fault":
                is_so = None
            if is_so is not None and code in v.get("notJudged", []):
                cell["unjudged"] += 1
                continue
            cell["unclear" if is_so is None else ("hit" if said else "miss") if is_so else "false" if said else "right"] += 1
        table[code] = cell
    for r in mine:
        v = next((v for v in r["views"] if v["view"] == view), None)
        if v is None or not r["healthy"]:
            continue
        healthy += 1
        wrong = [f[0] for f in v["findings"] if f[1] != "note"]
        alarms += bool(wrong)
        which.update(wrong)
        notes.append(sum(f[1] == "note" for f in v["findings"]))
    return {"runs": len(mine), "cells": {c: dict(x) for c, x in table.items()}, "healthy": healthy, "alarms": alarms,
            "which": dict(which), "notes": max(notes, default=0)}


def figures(cell):
    hit, miss, false, right = (cell.get(k, 0) for k in ("hit", "miss", "false", "right"))
    return (hit / max(1, hit + miss), wilson(hit, hit + miss), hit / max(1, hit + false), wilson(hit, hit + false),
            false / max(1, false + right))


def show(result):
    print("| finding | runs with it | recall | 95 % | precision | 95 % | false alarms | neither | not judged |")
    print("|---|---:|---:|---|---:|---|---:|---:|---:|")
    for code, cell in result["cells"].items():
        recall, ri, precision, pi, alarm = figures(cell)
        print(f"| `{code}` | {cell.get('hit', 0) + cell.get('miss', 0)} | {recall:.2f} | {ri[0]:.2f}–{ri[1]:.2f} | {precision:.2f} "
              f"| {pi[0]:.2f}–{pi[1]:.2f} | {100 * alarm:.1f} % | {cell.get('unclear', 0)} | {cell.get('unjudged', 0)} |")
    low, high = wilson(result["alarms"], result["healthy"])
    print(f"\n{result['alarms']} of {result['healthy']} healthy runs have a warning or an error: "
          f"{100 * result['alarms'] / max(1, result['healthy']):.1f} % ({100 * low:.1f}–{100 * high:.1f} %); "
          f"{result['which']}; at most {result['notes']} notes.")


def fit(runs, code, views, penalty=3.0):
    x, y = [], []
    for r in runs:
        if r["one"]["seed"] >= DESIGN or r["truth"][code] is None or end(r) == math.inf:
            continue
        for v in r["views"]:
            if v["view"] in views and v["features"] and (v["view"] != "record" or len(v["features"]) > 20):
                x.append([float(f) for f in v["features"]])
                y.append(r["truth"][code])
    x, y = np.array(x), np.array(y, float)
    mean, spread = x.mean(0), x.std(0) + 1e-9
    z = np.hstack([(x - mean) / spread, np.ones((len(x), 1))])
    w = np.zeros(z.shape[1])
    ridge = np.full(len(w), penalty)
    ridge[-1] = 0
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(z @ w, -30, 30)))
        h = (z * (p * (1 - p))[:, None]).T @ z + np.diag(ridge)
        w -= np.linalg.solve(h, z.T @ (p - y) + ridge * w)
    weights = w[:-1] / spread
    return weights, w[-1] - (weights * mean).sum(), x, y


def fitted(runs):
    print("// Made by Scripts/fault_injection.py fit; see Documentation/diagnosis.md.")
    print("extension RateWeights {")
    for name, code, views in (("tooLow", "rate-too-low", ["record"]), ("tooLowFromLosses", "rate-too-low", ["csv", "csv-every-10"]),
                              ("tooHigh", "rate-too-high", ["record"]),
                              ("tooHighFromLosses", "rate-too-high", ["csv", "csv-every-10"])):
        weights, bias, x, y = fit(runs, code, views)
        p = 1 / (1 + np.exp(-(x @ weights + bias)))
        best = max((min(((p > t) & (y > 0)).sum() / max(1, (p > t).sum()), ((p > t) & (y > 0)).sum() / y.sum()), t)
                   for t in np.linspace(0.02, 0.98, 97))
        print(f"{name}: {len(y)} logs, {int(y.sum())} with it; balanced at {best[1]:.2f}: {best[0]:.3f}", file=sys.stderr)
        text = ", ".join(f"{w:.4g}" for w in weights)
        print(f"  static let {name} = RateWeights(\n    bias: {bias:.4g},\n    weights: [")
        line = "     "
        for part in text.split(", "):
            if len(line) + len(part) > 112:
                print(line)
                line = "     "
            line += " " + part + ","
        print(line)
        print("    ])")
    print("}")


if __name__ == "__main__":
    runs = read(sys.argv[2])
    if sys.argv[1] == "fit":
        fitted(runs)
    else:
        half = sys.argv[sys.argv.index("--half") + 1] if "--half" in sys.argv else "held-out"
        views = {v: score(runs, half, v) for v in ("record", "csv", "csv-every-10")}
        for view, result in views.items():
            print(f"\n### {view}, {half}: {result['runs']} runs\n")
            show(result)
        # For Sources/DescentDiagnosis/FalseAlarms.swift.
        print("\nfalse alarms:", {c: round(figures(x)[4], 3) for c, x in views["record"]["cells"].items()})
        if "--json" in sys.argv:
            json.dump({"half": half, "views": views}, open(sys.argv[sys.argv.index("--json") + 1], "w"), separators=(",", ":"))
