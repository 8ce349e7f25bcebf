"""Scores the diagnosis on runs with known faults, and fits the trees of its evidence about the rate.

    swift build -c release --product DescentFaults
    .build/release/DescentFaults FOLDER 0 79          # once: makes the runs
    .build/release/DescentFaults judge FOLDER         # as often as a detector changes
    python3 Scripts/fault_injection.py score FOLDER… [--json FILE] [--half held-out|design]
    python3 Scripts/fault_injection.py fit FOLDER… > Sources/DescentDiagnosis/Statistics/BoostedTrees+Fitted.swift

Runs of seeds 320 to 479 are held out; the trees come from the others alone. What is
true of a run is told by the losses of the whole training and validation part, and by its neighbours at a third and three
times the rate, never by the log a detector sees. Needs numpy, and scikit-learn (1.9) to fit.
"""

import collections
import json
import math
import sys

import numpy as np

HELD_OUT = set(range(320, 480))  # seeds; the others are for design
VALIDATIONS = 23  # the feature that counts validation losses; five about them follow
CLEAR, SAME = 0.05, 0.01  # a gain that counts, and one that does not; between them a run is neither
TRUE_FAULTS = {"schedule-per-micro-batch", "schedule-never-applied", "schedule-restarted-on-resume", "warmup-longer-than-run",
               "rate-near-zero-for-half"}
EXPLAIN = {"rate-too-high", "dead-units", "vanishing-gradients", "exploding-gradients"}
CODES = ["non-finite", "divergence", "rate-too-high", "rate-too-low", "plateau", "overfitting", "schedule-fault", "loss-spike",
         "dead-units", "vanishing-gradients", "exploding-gradients"]


def is_held_out(r):
    return r["one"]["seed"] in HELD_OUT


def read(folders):
    """The judged runs of folders that DescentFaults made."""
    runs = []
    for folder in folders:
        for line in open(folder + "/judged.jsonl"):
            judged = json.loads(line)
            run = judged["facts"]
            run["views"] = judged["views"]
            run["lowest"] = (judged.get("lowestValidation"), judged.get("lowestValidationStep"))
            for key in ("train", "validation", "early"):
                run[key] = np.array([float(x) for x in run[key]], float)
            runs.append(run)
    families = collections.defaultdict(dict)
    for r in runs:
        families[r["one"]["family"]][r["one"]["rung"]] = r
    for r in runs:
        r["truth"] = truth(r, families[r["one"]["family"]])
    return runs


def end(r):
    last = r["train"][-1]
    return math.inf if r["diverged"] or not math.isfinite(last) else last


def silent(r):
    return any(f[0] == "dead-units" for v in r["views"] for f in v["findings"])


def graded(x, clear=CLEAR, same=SAME):
    return True if x >= clear else False if x <= same else None


def climbed(r):
    """Whether the run diverged: the loss ends at least half of its way, and a tenth of its first, above its lowest."""
    if r.get("nonFinite", False):
        return None
    if end(r) == math.inf:
        return True
    loss, seen = r["train"], np.concatenate([r["train"], r["early"]])
    lowest = seen[np.isfinite(seen)].min()
    return graded((loss[-1] - lowest) / (loss[0] - lowest + 0.1 * abs(loss[0])), 0.5, 0.25)


def about_the_rate(r, family):
    """Whether the rate is too high, and too low; None where that is open."""
    one, first = r["one"], r["train"][0]
    if one["injection"] == "bad-batch":
        return None, None  # One update at hundreds of times the rate, whatever the rate: its neighbours say nothing.
    if climbed(r) or end(r) == math.inf:
        # Any lower rate that comes down shows that the rate was to blame.
        lower = [x for k, x in family.items() if k < one["rung"]]
        return (True if any(climbed(x) is False and end(x) < first for x in lower) else None), None
    third, triple = (family.get(one["rung"] + k) for k in (-1, 1))
    if third is None or triple is None:
        return None, None
    drop = first - min(end(x) for x in (r, third, triple))
    if drop < 0.002 * abs(first):
        r["still"] = True  # No rate of the three moves it: it is none of the rate's business.
        return False, False
    if drop < 0.02 * abs(first):
        return None, None
    r["gains"] = [(end(r) - end(x)) / drop for x in (third, triple)]
    return graded(r["gains"][0]), graded(r["gains"][1])


def floor(r, family):
    """What the training loss of these data could come down to."""
    data = r["one"]["data"]
    lowest = min(x["train"][np.isfinite(x["train"])].min() for x in family.values())
    if any(name in data for name in ("linear", "noisy", "chebyshev")):
        return lowest
    # Classes can be learnt by heart, but for labels of which 36 of 100 are wrong that takes a network far too large: then it
    # is the entropy of the labels.
    return min(lowest, 1.44) if "label-noise" in data else 0


def stuck(r, family):
    loss = r["train"]
    least = floor(r, family)
    way = loss[0] - least
    if way <= 0:
        return None
    late, left = (loss[len(loss) * 2 // 3] - loss[-1]) / way, (loss[-1] - least) / way
    return True if abs(late) < 0.01 and left > 0.25 else False if abs(late) > 0.03 or left < 0.1 else None


def truth(r, family):
    one, loss, val = r["one"], r["train"], r["validation"]
    t = dict.fromkeys(CODES, False)
    first = loss[0]
    broken = r["diverged"] or r.get("nonFinite", False) or not math.isfinite(loss[-1])
    t["non-finite"] = r.get("nonFinite", False)
    t["divergence"] = climbed(r)
    gone = broken or t["divergence"]
    t["rate-too-high"], t["rate-too-low"] = about_the_rate(r, family)
    # Whether units are dead was looked at where some were silent during the run.
    t["dead-units"] = (None if gone else graded(r["dead"], 0.6, 0.4) if r.get("dead") is not None
                       else None if silent(r) else False)
    # At too low a rate a loss that hardly falls is no plateau; nor is one that stands still for another known cause.
    if gone or t["rate-too-low"] is not False or t["rate-too-high"] or t["dead-units"] or one["injection"] in TRUE_FAULTS | {"not-shuffled", "bad-batch"}:
        t["plateau"] = None
    else:
        t["plateau"] = stuck(r, family)
    if gone or not np.all(np.isfinite(val)):
        t["overfitting"] = None
    else:
        lowest, place = val.min(), int(val.argmin())
        if r["lowest"][0] is not None and r["lowest"][0] < lowest:
            lowest, place = r["lowest"][0], min(20, -(-r["lowest"][1] * 20 // one["steps"]))
        if val[0] - lowest < 0.05 * abs(val[0]):
            t["overfitting"] = None if val[-1] - lowest > 0.01 * abs(val[0]) else False
        else:
            t["overfitting"] = graded((val[-1] - lowest) / (val[0] - lowest), 0.05, 0.02)
            if t["overfitting"] and loss[-1] > loss[place] + 0.02 * (first - loss.min()):
                t["overfitting"] = None
    t["schedule-fault"] = None if broken and one["injection"] in TRUE_FAULTS else one["injection"] in TRUE_FAULTS
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


def named_cause(r, v):
    """Whether a fault that explains a plateau was found where it is: the plateau is not asked for again."""
    return any(f[0] in EXPLAIN and f[1] != "note" and r["truth"][f[0]] for f in v["findings"])


def score(runs, half, view):
    table, alarms, healthy, notes = {}, 0, 0, []
    which = collections.Counter()
    mine = [r for r in runs if is_held_out(r) == (half == "held-out")]
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
            if code == "plateau" and is_so and not said and named_cause(r, v):
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


def examples(runs, code, views):
    """Features and truth of design runs that stayed finite; the others need no trees."""
    x, y = [], []
    for r in runs:
        if is_held_out(r) or r["truth"][code] is None or end(r) == math.inf or not np.isfinite(r["train"]).all():
            continue
        for v in r["views"]:
            if v["view"] in views and v.get("features") and (v["view"] != "record" or v["hasHealth"]):
                x.append([float(f) for f in v["features"]])
                y.append(r["truth"][code])
                if v["view"] != "record":
                    # The same log without validation losses.
                    blind = list(x[-1])
                    blind[VALIDATIONS] = 0
                    blind[VALIDATIONS + 1:VALIDATIONS + 6] = [math.nan] * 5
                    x.append(blind)
                    y.append(r["truth"][code])
    width = min(map(len, x))
    x = np.array([row[:width] for row in x])
    x[:, np.isnan(x).all(0)] = 0  # Nothing can be asked of what no log shows.
    return x, np.array(y)


def table(model):
    """The trees of a fitted model as rows of 22 numbers; see BoostedTrees."""
    rows = []
    for (predictor,) in model._predictors:
        questions, answers = [(0, 0.0)] * 7, [0.0] * 8

        def walk(node, place):
            at = predictor.nodes[node]
            if place >= 7:
                answers[place - 7] = at["value"]
            elif at["is_leaf"]:
                # Whatever is asked below, the answer is the same.
                first = place
                while first < 7:
                    first = 2 * first + 1
                answers[first - 7] = at["value"]
            else:
                code = int(at["feature_idx"]) + 1
                questions[place] = (code if at["missing_go_to_left"] else -code, at["num_threshold"])
                walk(at["left"], 2 * place + 1)
                walk(at["right"], 2 * place + 2)

        walk(0, 0)
        rows.append([f for q in questions for f in q] + answers)
    return float(np.ravel(model._baseline_prediction)[0]), rows


def fitted(runs):
    from sklearn.ensemble import HistGradientBoostingClassifier
    print("// swift-format-ignore-file\n// Made by Scripts/fault_injection.py fit; see Documentation/diagnosis.md.")
    print("extension BoostedTrees {")
    for name, code, views in (("tooLow", "rate-too-low", ["record"]), ("tooLowFromLosses", "rate-too-low", ["csv", "csv-every-10"]),
                              ("tooHigh", "rate-too-high", ["record"]),
                              ("tooHighFromLosses", "rate-too-high", ["csv", "csv-every-10"])):
        x, y = examples(runs, code, views)
        model = HistGradientBoostingClassifier(
            max_depth=3, max_iter=120, learning_rate=0.1, min_samples_leaf=12, l2_regularization=3, early_stopping=False)
        bias, rows = table(model.fit(x, y))
        print(f"{name}: {len(y)} logs, {int(y.sum())} with it", file=sys.stderr)
        print(f"  static let {name} = BoostedTrees(\n    bias: {bias:.5g},\n    trees: [")
        for row in rows:
            print("      [" + ", ".join(f"{v:.4g}" for v in row) + "],")
        print("    ])")
    print("}")


if __name__ == "__main__":
    half, target = "held-out", None
    words = sys.argv[2:]
    for option in ("--half", "--json"):
        if option in words:
            place = words.index(option)
            if option == "--half":
                half = words[place + 1]
            else:
                target = words[place + 1]
            del words[place:place + 2]
    runs = read(words)
    if sys.argv[1] == "fit":
        fitted(runs)
    else:
        views = {v: score(runs, half, v) for v in ("record", "csv", "csv-every-10")}
        for view, result in views.items():
            print(f"\n### {view}, {half}: {result['runs']} runs\n")
            show(result)
        # For Sources/DescentDiagnosis/FalseAlarms.swift.
        print("\nfalse alarms:", {c: round(figures(x)[4], 3) for c, x in views["record"]["cells"].items()})
        if target:
            json.dump({"half": half, "views": views}, open(target, "w"), separators=(",", ":"))
