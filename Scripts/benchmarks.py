"""Times `descent bench` beside PyTorch and JAX on the same workloads and writes their part of Documentation/benchmarks.md.

usage: python Scripts/benchmarks.py [--rounds 3] [--cores 1,2] [--only NAME,…] [--budget SECONDS]
                                    [--descent .build/release/descent] [--out Documentation/benchmarks.md]

Needs torch, jax, optax and numpy in the Python that runs it, and a release build of the command; the peers' side is
benchmark_peers.py. Every process is held to the same cores by processor affinity, because XLA obeys nothing else. The
tools take turns within a round and the rounds repeat, so that a slow minute of the machine falls on all of them. A
figure is the median over the rounds of the median over 7 blocks of the mean time of a repetition, after a warm-up. A
dash stands for what a tool does not have. Peak memory is that of a process of its own for each workload. Sections of
the page that are not this script's stay, after its own. Linux only (sched_setaffinity, /proc).
"""

import argparse
import datetime
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmark_peers import PEERS, WORKLOADS

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ["Descent", *PEERS]
FLOORS = ["mlp-digits-b32", "mlp-mnist-b128", "cnn-mnist-b64", "gpt-char-b16"]
MEMORY = ["schedule-cosine", "mlp-mnist-b128", "cnn-mnist-b64", "gpt-char-b16"]


# ---------------------------------------------------------------- taking turns


def command(options, tool, cores, names, budget):
    """Runs `names` with a tool and prints JSON; None if it has none of them."""
    common = ["--only", ",".join(names), "--budget", str(budget)]
    if tool != "Descent":
        return [sys.executable, str(ROOT / "Scripts/benchmark_peers.py"), tool, "--cores", str(cores), *common]
    common[1] = ",".join(name for name in names if name in options.known)
    return [options.descent, "bench", "--json", "--threads", str(cores), *common] if common[1] else None


def on_cores(cores, command):
    """The process of `command`, which may use the first `cores` cores, and prints to a pipe."""
    chosen = set(sorted(os.sched_getaffinity(0))[:cores])
    environment = dict(os.environ, OMP_NUM_THREADS=str(cores), JAX_PLATFORMS="cpu")
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, text=True, preexec_fn=lambda: os.sched_setaffinity(0, chosen)
    )


def answer(process):
    """The JSON that a process printed."""
    output = process.communicate()[0]
    if process.returncode != 0:
        sys.exit(f"{' '.join(process.args)} ended with {process.returncode}")
    return json.loads(output)


def time_all(options, workloads):
    """{cores: {workload: {tool: [seconds of each round]}}}, the peers' versions, and {(workload, tool): the forms that
    were fastest}."""
    seconds, versions, choices = {cores: {} for cores in options.cores}, {}, {}
    for round in range(options.rounds):
        for cores in options.cores:
            for tool in TOOLS:
                print(f"round {round + 1}/{options.rounds}, {cores} cores: {tool}", file=sys.stderr, flush=True)
                run = command(options, tool, cores, workloads, options.budget)
                if run is None:
                    continue
                found = answer(on_cores(cores, run))
                if tool == "Descent":
                    results = {row["name"]: row["secondsPerStep"] for row in found["results"]}
                else:
                    results = found["results"]
                    versions.update(found["versions"])
                    for name, form in found["choices"].items():
                        choices.setdefault((name, tool), set()).add(form)
                for name, value in results.items():
                    seconds[cores].setdefault(name, {}).setdefault(tool, []).append(value)
    return seconds, versions, choices


def peak_memory(process):
    """Bytes of the largest resident set of a process (VmHWM), read while it runs."""
    peak = 0
    while process.poll() is None:
        try:
            lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
        except ProcessLookupError:
            break
        peak = max([peak, *(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))])
        time.sleep(0.01)
    answer(process)
    return peak


def weigh_all(options, workloads):
    """{workload: {tool: bytes}}"""
    cores, peaks = max(options.cores), {}
    for name in workloads:
        for tool in TOOLS:
            run = command(options, tool, cores, [name], 1)
            if run is not None:
                print(f"memory, {name}: {tool}", file=sys.stderr, flush=True)
                peaks.setdefault(name, {})[tool] = peak_memory(on_cores(cores, run))
    return peaks


def floors(options, workloads):
    """{cores: {workload: {secondsPerStep, products, traffic}}}: medians over the rounds of each figure."""
    found = {}
    for cores in options.cores if workloads else []:
        runs = []
        for round in range(options.rounds):
            print(f"floor {round + 1}/{options.rounds}, {cores} cores", file=sys.stderr, flush=True)
            run = [options.descent, "bench", "--floor", "--json", "--only", ",".join(workloads), "--threads", str(cores),
                   "--budget", str(options.budget)]
            runs.append({row["name"]: row for row in answer(on_cores(cores, run))["floors"]})
        found[cores] = {
            name: {key: statistics.median(run[name][key] for run in runs)
                   for key in ("secondsPerStep", "products", "traffic")}
            for name in workloads
        }
    return found


# ---------------------------------------------------------------- the page

# The sections that are written anew; all others of the page stay.
OWN_SECTIONS = ["1 core", "2 cores", "How near a step is to its products and its memory traffic", "Peak memory"]


def other_sections(page):
    """The sections of a page as it is, by headings of the second level, that this script does not write."""
    sections = ["## " + part for part in ("\n" + page).split("\n## ")[1:]]
    own = {f"## {name}" for name in OWN_SECTIONS}
    return "".join("\n" + section.rstrip() + "\n" for section in sections if section.partition("\n")[0] not in own)



def in_units(seconds):
    for size, unit in [(1, "s"), (1e-3, "ms"), (1e-6, "µs")]:
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"


def processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def table(cores, rows, workloads):
    lines = [
        f"## {cores} core" + ("s" if cores > 1 else ""),
        "",
        "| workload | Descent | PyTorch | JAX | ratio to the faster | spread of the rounds |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for name in workloads:
        tools = rows.get(name, {})
        median = {tool: statistics.median(values) for tool, values in tools.items()}
        peers = [median[tool] for tool in PEERS if tool in median]
        ratio = f"{median['Descent'] / min(peers):.2f}×" if peers and "Descent" in median else "–"
        spread = max(((max(values) / min(values) - 1) for values in tools.values()), default=0)
        cells = [in_units(median[tool]) if tool in median else "–" for tool in TOOLS]
        lines.append(f"| `{name}` | {' | '.join(cells)} | {ratio} | {spread:.0%} |")
    return lines + [""]


def memory_table(cores, peaks, workloads):
    lines = [
        "## Peak memory",
        "",
        f"The largest resident set of a process that runs one workload for about a second, on {cores} cores. The "
        "tool's own code is in it, and hardly more than that is in `schedule-cosine`.",
        "",
        "| workload | Descent | PyTorch | JAX |",
        "|---|--:|--:|--:|",
    ]
    for name in workloads:
        tools = peaks.get(name, {})
        cells = [f"{tools[tool] / 2**20:.0f} MiB" if tool in tools else "–" for tool in TOOLS]
        lines.append(f"| `{name}` | {' | '.join(cells)} |")
    return lines + [""]


def floor_table(found):
    lines = [
        "## How near a step is to its products and its memory traffic",
        "",
        "Products and convolutions: each run alone again and again, added up. Traffic: the bytes that all other "
        "instructions and the update read and write, each once, at the speed of copying a block as large as the step's "
        "memory, measured in the same process (`descent bench --floor`).",
        "",
        "| workload | cores | step | products | traffic | step / sum |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for cores, rows in found.items():
        for name, row in rows.items():
            total = row["products"] + row["traffic"]
            cells = [in_units(row[key]) for key in ("secondsPerStep", "products", "traffic")]
            lines.append(f"| `{name}` | {cores} | {' | '.join(cells)} | {row['secondsPerStep'] / total:.2f} |")
    return lines + [""]


def forms(choices):
    """Which of two ways was the faster, in words: "hvp8-digits-full (JAX) linearised closure; …"."""
    return "; ".join(f"`{name}` ({tool}) {' or '.join(sorted(form))}" for (name, tool), form in sorted(choices.items()))


def page(options, seconds, versions, choices, workloads, floor, peaks):
    descent = subprocess.run([options.descent, "--version"], stdout=subprocess.PIPE, text=True).stdout.strip()
    swift = subprocess.run(["swift", "--version"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    named = {"Descent": descent, "Swift": swift.split("version ")[-1].split(" ")[0] if swift else "unknown"}
    named.update(versions, Python=platform.python_version())
    lines = [
        "# Benchmarks",
        "",
        f"Measured on {datetime.date.today().isoformat()} by `python Scripts/benchmarks.py`; what each workload is, "
        "`descent bench --help` says.",
        "",
        f"- **Machine:** {processor()}, {os.cpu_count()} logical processors, {memory:.0f} GiB, {platform.platform()}",
        "- **Versions:** " + ", ".join(f"{name} {version}" for name, version in named.items()),
        f"- **Method:** every process held to one or two cores by processor affinity; the tools take turns, rounds: "
        f"{options.rounds}; medians over the rounds of the median of 7 blocks ({options.budget:g} s for each "
        "workload). The last column is the largest difference between two rounds of any of the three.",
        "- **Peers:** PyTorch eager with fused optimizers; JAX jitted with donated buffers. In `hvp-…` PyTorch reuses a "
        "gradient graph that was made before, outside the time; in `hvp8-…` the graph, or JAX's linearisation, is in it. "
        f"Where a tool has two ways, the faster counts: {forms(choices)}.",
        "- A ratio below 1 means that Descent is faster than the faster of the two.",
        "",
    ]
    for cores in options.cores:
        lines += table(cores, seconds[cores], workloads)
    if floor:
        lines += floor_table(floor)
    lines += memory_table(max(options.cores), peaks, [name for name in MEMORY if name in workloads])
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cores", type=lambda text: [int(part) for part in text.split(",")], default=[1, 2])
    parser.add_argument("--only", type=lambda text: text.split(","), default=None)
    parser.add_argument("--budget", type=float, default=2.0, help="seconds of timing for each workload")
    parser.add_argument("--descent", default=str(ROOT / ".build/release/descent"))
    parser.add_argument("--out", type=Path, default=ROOT / "Documentation/benchmarks.md")
    options = parser.parse_args()
    if not Path(options.descent).exists():
        sys.exit(f"{options.descent} is not there; make it with: swift build -c release --product descent")
    available = len(os.sched_getaffinity(0))
    if max(options.cores) > available:
        sys.exit(f"this process may use {available} cores only; --cores asks for {max(options.cores)}")
    workloads = options.only or WORKLOADS
    unknown = set(workloads) - set(WORKLOADS)
    if unknown:
        sys.exit(f"unknown workloads: {', '.join(sorted(unknown))}; known are {', '.join(WORKLOADS)}")
    # The help lists what this build of the command can time.
    text = subprocess.run([options.descent, "bench", "--help"], stdout=subprocess.PIPE, text=True).stdout
    options.known = set(text.split()) & set(WORKLOADS)
    seconds, versions, choices = time_all(options, workloads)
    floor = floors(options, [name for name in FLOORS if name in workloads])
    peaks = weigh_all(options, [name for name in MEMORY if name in workloads])
    options.out.parent.mkdir(parents=True, exist_ok=True)
    kept = other_sections(options.out.read_text()) if options.out.exists() else ""
    options.out.write_text(page(options, seconds, versions, choices, workloads, floor, peaks) + kept)
    print(f"wrote {options.out}", file=sys.stderr)


if __name__ == "__main__":
    main()
