"""Times one step of every update rule in `descent bench` beside PyTorch, JAX and pytorch-optimizer.

usage: python Scripts/benchmark_updates.py [--set hot|element-wise|tensor-wise|moments,…] [--cores 1,2] [--rounds 3]
                    [--only NAME,…] [--budget SECONDS] [--results update-benchmarks.json] [--section Documentation/benchmarks.md]

Needs torch, jax, optax and pytorch_optimizer in the Python that runs it, and a release build of the command; the peers'
side is benchmark_update_peers.py. Every process is held to the same cores by processor affinity, the tools take turns
within a round, and the rounds repeat. Rounds are added to those that the file of results holds already, so that a long
comparison can be made in parts; a figure is the median over all rounds of the median of 7 blocks. With --section the
part "Update rules" of that page is written anew from the results, but for "What the tables say" at its end, after the
runs if --rounds is above 0. Linux only.
"""

import argparse
import datetime
import json
import os
import platform
import statistics
import subprocess
import sys
from pathlib import Path

from benchmark_update_peers import COPIES, ELEMENT_WISE, EXTRAS, HOT, SIZES, TENSOR_WISE
from benchmarks import ROOT, answer, in_units, on_cores

MOMENT_RULES = ["adam", "adamw", "lion", "sgd"]
MOMENTS = [
    f"moments-{rule}-{moments}-{size}" for size in SIZES[1:] for rule in MOMENT_RULES
    for moments in ("full", "bfloat16", "stochasticBfloat16", "dynamic8bit")
]
# By name: the workloads, and the tools they are compared with.
SETS = {
    "hot": (HOT + EXTRAS, ["PyTorch", "JAX"]),
    "copies": (COPIES, ["PyTorch"]),
    "element-wise": ([f"update-{rule}-1000000" for rule in ELEMENT_WISE], ["pytorch-optimizer"]),
    "tensor-wise": ([f"update-{rule}-{set}" for rule in TENSOR_WISE for set in ("512x512", "mlp")],
                    ["pytorch-optimizer"]),
    "moments": (MOMENTS, []),
}


def run(options, tool, cores, names):
    """The JSON of one tool's process."""
    common = ["--only", ",".join(names), "--budget", str(options.budget)]
    if tool == "Descent":
        return answer(on_cores(cores, [options.descent, "bench", "--json", "--threads", str(cores), *common]))
    script = str(ROOT / "Scripts/benchmark_update_peers.py")
    return answer(on_cores(cores, [sys.executable, script, tool, "--cores", str(cores), *common]))


def take_turns(options, results):
    """Adds rounds to {"seconds": {cores: {workload: {tool: [seconds]}}}, "versions": …, "choices": …}."""
    for round in range(options.rounds):
        for cores in options.cores:
            for set in options.set:
                workloads, peers = SETS[set]
                workloads = [name for name in workloads if not options.only or name in options.only]
                for tool in ["Descent", *peers] if workloads else []:
                    print(f"round {round + 1}/{options.rounds}, {cores} cores, {set}: {tool}", file=sys.stderr, flush=True)
                    found = run(options, tool, cores, workloads)
                    times = found["results"]
                    if tool == "Descent":
                        times = {row["name"]: row["secondsPerStep"] for row in times}
                    results["versions"].update(found.get("versions", {}))
                    for name, form in found.get("choices", {}).items():
                        forms = results["choices"].setdefault(f"{name} {tool}", [])
                        if form not in forms:
                            forms.append(form)
                    rows = results["seconds"].setdefault(str(cores), {})
                    for name, value in times.items():
                        rows.setdefault(name, {}).setdefault(tool, []).append(value)
    return results


# ---------------------------------------------------------------- the section of the page


def medians(rows, name):
    return {tool: statistics.median(values) for tool, values in rows.get(name, {}).items()}


def bar(name):
    """What the ratio to the faster peer is to be at most."""
    if name in EXTRAS:
        return "–"
    return {"10000": "0.5×", "1000000": "0.85×", "20000000": "1×"}[name.rsplit("-", 1)[1]]


def hot_table(rows):
    lines = ["| workload | Descent | PyTorch | JAX | ratio to the faster | wanted at most | GB/s | of a copy | spread |",
             "|---|--:|--:|--:|--:|--:|--:|--:|--:|"]
    for name in SETS["hot"][0]:
        found = medians(rows, name)
        if "Descent" not in found:
            continue
        peers = [found[tool] for tool in ("PyTorch", "JAX") if tool in found]
        ratio = f"{found['Descent'] / min(peers):.2f}×" if peers else "–"
        # Adam reads four arrays and writes three; with one average less it is three and two.
        size, arrays = name.rsplit("-", 1)[1], 5 if name.startswith(("lion", "sgd")) else 7
        speed = 4 * arrays * int(size) / found["Descent"] / 1e9
        copies = medians(rows, f"copy-{size}")
        share = f"{speed / (28 * int(size) / min(copies.values()) / 1e9):.2f}" if copies else "–"
        spread = max(max(values) / min(values) - 1 for values in rows[name].values())
        cells = [in_units(found[tool]) if tool in found else "–" for tool in ("Descent", "PyTorch", "JAX")]
        gigabytes = "–" if name in EXTRAS else f"{speed:.0f}"
        lines.append(f"| `{name}` | {' | '.join(cells)} | {ratio} | {bar(name)} | {gigabytes} | "
                     f"{'–' if name in EXTRAS else share} | {spread:.0%} |")
    return lines + [""]


def rule_table(results, set):
    cores = [c for c in ("1", "2") if any(name in results["seconds"].get(c, {}) for name in SETS[set][0])]
    head = "".join(f" Descent, {c} | pytorch-optimizer, {c} | ratio, {c} |" for c in cores)
    lines = [f"| workload |{head}", "|---|" + "--:|" * (3 * len(cores))]
    for name in SETS[set][0]:
        cells = []
        for c in cores:
            found = medians(results["seconds"][c], name)
            if "Descent" not in found:
                cells += ["–", "–", "–"]
                continue
            peer = found.get("pytorch-optimizer")
            cells += [in_units(found["Descent"]), in_units(peer) if peer else "–",
                      f"{found['Descent'] / peer:.2f}×" if peer else "–"]
        lines.append(f"| `{name}` | {' | '.join(cells)} |")
    return lines + [""]


def moments_table(rows):
    words = ["full", "bfloat16", "stochasticBfloat16", "dynamic8bit"]
    lines = [f"| rule, parameters | {' | '.join(f'`{word}`' for word in words)} |", "|---|" + "--:|" * len(words)]
    for size in SIZES[1:]:
        for rule in MOMENT_RULES:
            found = [medians(rows, f"moments-{rule}-{word}-{size}").get("Descent") for word in words]
            if not all(found):
                continue
            cells = [f"{in_units(x)} ({x / found[0]:.2f}×)" for x in found]
            lines.append(f"| {rule}, {size} | {' | '.join(cells)} |")
    return lines + [""]


def rounds_line(results, names):
    """How many rounds the lines of a table rest on, in words."""
    counts = {}
    for name in names:
        found = [len(values) for rows in results["seconds"].values() for values in rows.get(name, {}).values()]
        if found:
            counts.setdefault((min(found), max(found)), []).append(name)
    if not counts:
        return []
    words = lambda few, most: ("1 round" if most == 1 else f"{most} rounds") if few == most else f"{few} to {most} rounds"
    usual = max(counts, key=lambda key: len(counts[key]))
    others = [f"{', '.join(f'`{name}`' for name in names)} on {words(*key)}" for key, names in sorted(counts.items())
              if key != usual]
    lines = "All lines rest" if not others else "Lines rest"
    return [f"{lines} on {words(*usual)}{''.join('; ' + other for other in others)}.", ""]


def section(results, rounds):
    versions = ", ".join(f"{name} {version}" for name, version in sorted(results["versions"].items()))
    lines = [
        "## Update rules",
        "",
        f"One step of an optimizer alone, measured on {results['date']} by `python Scripts/benchmark_updates.py` on "
        f"{os.cpu_count()} cores of a server processor with AVX-512, beside {versions}; medians over {rounds} rounds in which "
        "the tools take turns. PyTorch counts with the faster of its fused and foreach forms (Lion: that of "
        "pytorch-optimizer), JAX jitted with donated buffers, pytorch-optimizer with the faster of foreach and one tensor "
        "after another. GB/s: what the formula must read and write, each once; beside it its share of the speed at which as "
        "many bytes are copied in the same run (the faster of our copy and PyTorch's). A copy's stores may pass by the "
        "cache, those of an update need not, so the share can exceed 1.",
        "",
    ]
    for cores in ("1", "2"):
        rows = results["seconds"].get(cores, {})
        if any(name in rows for name in HOT):
            lines += [f"### {cores} core" + ("s" if cores == "2" else ""), "", *hot_table(rows),
                      *rounds_line({"seconds": {cores: rows}}, SETS["hot"][0])]
    if any(name in rows for rows in results["seconds"].values() for name in SETS["element-wise"][0]):
        lines += ["### Element-wise rules, a million parameters", "", *rule_table(results, "element-wise"),
                  *rounds_line(results, SETS["element-wise"][0])]
    if any(name in rows for rows in results["seconds"].values() for name in SETS["tensor-wise"][0]):
        lines += ["### Rules that work on tensors", "", *rule_table(results, "tensor-wise"),
                  *rounds_line(results, SETS["tensor-wise"][0])]
    for cores in ("1", "2"):
        rows = results["seconds"].get(cores, {})
        if any(name in rows for name in MOMENTS):
            lines += [f"### Precision of the moments, {cores} core" + ("s" if cores == "2" else ""), "",
                      *moments_table(rows), *rounds_line({"seconds": {cores: rows}}, MOMENTS)]
    return "\n".join(lines)


def replace_section(page, text):
    """Puts the part where the page has it, or at its end; what follows the next heading of its level stays, and so do
    its last words, "What the tables say", which are written by hand."""
    before, _, rest = page.partition("## Update rules\n")
    part, _, after = rest.partition("\n## ")
    words = part.partition("\n### What the tables say\n")[2].strip()
    text = text.rstrip() + (f"\n\n### What the tables say\n\n{words}" if words else "")
    return before.rstrip() + "\n\n" + text + "\n" + (f"\n## {after}" if after else "")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--set", type=lambda text: text.split(","), default=list(SETS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cores", type=lambda text: [int(part) for part in text.split(",")], default=[1, 2])
    parser.add_argument("--only", type=lambda text: text.split(","), default=None)
    parser.add_argument("--budget", type=float, default=0.5, help="seconds of timing for each workload and form")
    parser.add_argument("--descent", default=str(ROOT / ".build/release/descent"))
    parser.add_argument("--results", type=Path, default=Path("update-benchmarks.json"))
    parser.add_argument("--section", type=Path, default=None, help="a page whose part on update rules is written anew")
    options = parser.parse_args()
    unknown = set(options.set) - set(SETS)
    if unknown:
        sys.exit(f"unknown sets: {', '.join(sorted(unknown))}; known are {', '.join(SETS)}")
    if options.rounds and not Path(options.descent).exists():
        sys.exit(f"{options.descent} is not there; make it with: swift build -c release --product descent")
    results = {"seconds": {}, "versions": {}, "choices": {}}
    if options.results.exists():
        results = json.loads(options.results.read_text())
    if options.rounds:
        results["date"] = datetime.date.today().isoformat()
        results["versions"]["Python"] = platform.python_version()
        take_turns(options, results)
        options.results.write_text(json.dumps(results, indent=1) + "\n")
    counts = [len(v) for rows in results["seconds"].values() for tools in rows.values() for v in tools.values()]
    text = section(results, f"{min(counts)}" if min(counts) == max(counts) else f"{min(counts)} to {max(counts)}")
    if options.section:
        options.section.write_text(replace_section(options.section.read_text(), text))
    else:
        print(text)


if __name__ == "__main__":
    main()
