"""Times `descent bench` beside PyTorch and JAX on the same workloads and writes Documentation/benchmarks.md.

usage: python Scripts/benchmarks.py [--rounds 3] [--cores 1,2] [--only NAME,…] [--budget SECONDS]
                                    [--descent .build/release/descent] [--out Documentation/benchmarks.md]

Needs torch, jax, optax and numpy in the Python that runs it, and a release build of the command. Every process is
held to the same cores by processor affinity, because XLA obeys nothing else. The tools take turns within a round and
the rounds repeat, so that a slow minute of the machine falls on all of them. A figure is the median over the rounds
of the median over 7 blocks of the mean time of a repetition, after a warm-up. Linux only (sched_setaffinity).
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

ROOT = Path(__file__).resolve().parent.parent

# ---------------------------------------------------------------- the peers, in a process of their own


def measure(work, budget, wait=lambda: None):
    """Median over 7 blocks of the mean seconds of `work`, as Sources/DescentBench/Timing.swift has it."""
    work(), work(), wait()
    start = time.perf_counter()
    work(), wait()
    once = max(time.perf_counter() - start, 1e-7)
    count = max(1, int(budget / 7 / once))
    means = []
    for _ in range(7):
        start = time.perf_counter()
        for _ in range(count):
            work()
        wait()
        means.append((time.perf_counter() - start) / count)
    return statistics.median(means)


MLPS = {
    # name: widths, rows of the batch, optimizer
    "mlp-digits-b32": ([64, 128, 128, 10], 32, "adam"),
    "mlp-mnist-b128": ([784, 512, 512, 10], 128, "adam"),
    "mlp-mnist-b128-sgd": ([784, 512, 512, 10], 128, "sgd"),
}
DIGITS = [64, 128, 128, 10]
DIGIT_ROWS = 1797
SWEEP_RATES, SWEEP_STEPS = 32, 500


class Torch:
    """PyTorch, eager, with its fused optimizers."""

    def __init__(self, cores):
        import numpy
        import torch

        torch.set_num_threads(cores)
        self.torch, self.random = torch, numpy.random.default_rng(0)
        self.versions = {"PyTorch": torch.__version__}

    def mlp(self, widths):
        nn = self.torch.nn
        layers = []
        for index, (inputs, outputs) in enumerate(zip(widths, widths[1:])):
            layers += [nn.Linear(inputs, outputs)] + ([nn.ReLU()] if index < len(widths) - 2 else [])
        return nn.Sequential(*layers)

    def rows(self, count, features):
        x = self.random.standard_normal((count, features), dtype="float32")
        return self.torch.from_numpy(x), self.torch.from_numpy(self.random.integers(0, 10, count))

    def step(self, model, optimizer, x, y):
        optimizer.zero_grad(set_to_none=True)
        self.torch.nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()

    def training(self, name, budget):
        widths, rows, rule = MLPS[name]
        model, (x, y) = self.mlp(widths), self.rows(rows, widths[0])
        optim = self.torch.optim
        if rule == "adam":
            optimizer = optim.Adam(model.parameters(), lr=1e-3, fused=True)
        else:
            optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9, fused=True)
        return measure(lambda: self.step(model, optimizer, x, y), budget)

    def sweep(self, budget):
        x, y = self.rows(DIGIT_ROWS, 64)

        def train(rate):
            model = self.mlp(DIGITS)
            optimizer = self.torch.optim.Adam(model.parameters(), lr=rate, fused=True)
            for i in range(SWEEP_STEPS):
                first = i * 32 % 1760
                self.step(model, optimizer, x[first : first + 32], y[first : first + 32])

        # All rates cost the same: two of them are timed, times 16.
        train(1e-3)
        start = time.perf_counter()
        train(1e-4), train(1e-2)
        return (time.perf_counter() - start) * SWEEP_RATES / 2

    def curvature(self, budget):
        model, (x, y) = self.mlp(DIGITS), self.rows(DIGIT_ROWS, 64)
        parameters = list(model.parameters())
        grad, loss = self.torch.autograd.grad, self.torch.nn.functional.cross_entropy
        yield "grad-digits-full", measure(lambda: grad(loss(model(x), y), parameters), budget)
        # The graph of the gradient is made once, as PyHessian does, and is not in the time of a product.
        gradient = grad(loss(model(x), y), parameters, create_graph=True)
        direction = [self.torch.ones_like(p) for p in parameters]
        yield "hvp-digits-full", measure(lambda: grad(gradient, parameters, direction, retain_graph=True), budget)

    def update(self, count, budget):
        parameter = self.torch.randn(count, requires_grad=True)
        parameter.grad = self.torch.randn(count)
        return measure(self.torch.optim.Adam([parameter], lr=1e-3, fused=True).step, budget)

    def schedule(self, budget):
        optimizer = self.torch.optim.SGD(self.torch.nn.Linear(1, 1).parameters(), lr=0.1)
        schedule = self.torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 10_000_000)
        optimizer.step()
        return measure(schedule.step, budget)


class Jax:
    """JAX, jitted, with Optax's optimizers and donated buffers."""

    def __init__(self, cores):
        import jax
        import numpy
        import optax

        self.jax, self.optax, self.random = jax, optax, numpy.random.default_rng(0)
        self.versions = {"JAX": jax.__version__, "Optax": optax.__version__}

    def mlp(self, widths):
        jax = self.jax
        keys = jax.random.split(jax.random.key(0), len(widths))
        parameters = [
            (jax.random.normal(key, (i, o)) * (2 / i) ** 0.5, jax.numpy.zeros(o))
            for key, i, o in zip(keys, widths, widths[1:])
        ]

        def loss(parameters, x, y):
            for w, b in parameters[:-1]:
                x = jax.nn.relu(x @ w + b)
            w, b = parameters[-1]
            return self.optax.softmax_cross_entropy_with_integer_labels(x @ w + b, y).mean()

        return parameters, loss

    def rows(self, count, features):
        x = self.random.standard_normal((count, features), dtype="float32")
        return self.jax.numpy.asarray(x), self.jax.numpy.asarray(self.random.integers(0, 10, count))

    def timed(self, function, state, budget):
        """`function` maps the state to the next one."""
        held = [state]

        def work():
            held[0] = function(*held[0])

        return measure(work, budget, lambda: self.jax.block_until_ready(held[0]))

    def training(self, name, budget):
        widths, rows, kind = MLPS[name]
        (parameters, loss), (x, y) = self.mlp(widths), self.rows(rows, widths[0])
        rule = self.optax.adam(1e-3) if kind == "adam" else self.optax.sgd(0.1, momentum=0.9)

        def step(parameters, state, x, y):
            updates, state = rule.update(self.jax.grad(loss)(parameters, x, y), state, parameters)
            return self.optax.apply_updates(parameters, updates), state

        compiled = self.jax.jit(step, donate_argnums=(0, 1))
        return self.timed(lambda p, s: compiled(p, s, x, y), (parameters, rule.init(parameters)), budget)

    def sweep(self, budget):
        """The faster of one batched program and one program run 32 times."""
        jax = self.jax
        (parameters, loss), (x, y) = self.mlp(DIGITS), self.rows(DIGIT_ROWS, 64)
        rule = self.optax.scale_by_adam()

        def train(rate):
            def body(carry, i):
                parameters, state = carry
                first = i * 32 % 1760
                batch = [jax.lax.dynamic_slice_in_dim(a, first, 32) for a in (x, y)]
                value, gradient = jax.value_and_grad(loss)(parameters, *batch)
                updates, state = rule.update(gradient, state, parameters)
                return (jax.tree.map(lambda p, u: p - rate * u, parameters, updates), state), value

            return jax.lax.scan(body, (parameters, rule.init(parameters)), jax.numpy.arange(SWEEP_STEPS))[1]

        rates = jax.numpy.logspace(-5, 0, SWEEP_RATES)
        batched, single = jax.jit(jax.vmap(train)), jax.jit(train)
        together = measure(lambda: batched(rates).block_until_ready(), budget)
        return min(together, measure(lambda: [single(rate) for rate in rates][-1].block_until_ready(), budget))

    def curvature(self, budget):
        jax = self.jax
        (parameters, loss), (x, y) = self.mlp(DIGITS), self.rows(DIGIT_ROWS, 64)
        direction = jax.tree.map(jax.numpy.ones_like, parameters)
        gradient = jax.jit(lambda p: jax.grad(loss)(p, x, y))
        product = jax.jit(lambda p, v: jax.jvp(lambda q: jax.grad(loss)(q, x, y), (p,), (v,))[1])
        yield "grad-digits-full", self.timed(lambda _: [gradient(parameters)], [parameters], budget)
        yield "hvp-digits-full", self.timed(lambda _: [product(parameters, direction)], [parameters], budget)

    def update(self, count, budget):
        parameters, gradient = (
            self.jax.numpy.asarray(self.random.standard_normal(count, dtype="float32")) for _ in range(2)
        )
        rule = self.optax.adam(1e-3)

        def step(parameters, state, gradient):
            updates, state = rule.update(gradient, state, parameters)
            return self.optax.apply_updates(parameters, updates), state

        compiled = self.jax.jit(step, donate_argnums=(0, 1))
        return self.timed(lambda p, s: compiled(p, s, gradient), (parameters, rule.init(parameters)), budget)

    def schedule(self, budget):
        rate = self.optax.cosine_decay_schedule(0.1, 10_000_000)
        return measure(lambda: rate(5), budget)


PEERS = {"PyTorch": Torch, "JAX": Jax}


def run_peer(name, cores, only, budget):
    """Prints the peer's seconds by workload and its versions as one JSON object."""
    peer, results = PEERS[name](cores), {}
    for workload in only:
        if workload in MLPS:
            results[workload] = peer.training(workload, budget)
        elif workload == "sweep32-digits":
            results[workload] = peer.sweep(budget)
        elif workload.startswith("adam-update-"):
            results[workload] = peer.update(int(workload.rsplit("-", 1)[1]), budget)
        elif workload == "schedule-cosine":
            results[workload] = peer.schedule(min(budget, 0.5))
    if {"grad-digits-full", "hvp-digits-full"} & set(only):
        results.update((key, value) for key, value in peer.curvature(budget) if key in only)
    print(json.dumps({"results": results, "versions": peer.versions}))


# ---------------------------------------------------------------- taking turns


def on_cores(cores, command):
    """The JSON that `command` prints, run on the first `cores` cores."""
    chosen = set(sorted(os.sched_getaffinity(0))[:cores])
    environment = dict(os.environ, OMP_NUM_THREADS=str(cores), JAX_PLATFORMS="cpu")
    done = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, text=True, preexec_fn=lambda: os.sched_setaffinity(0, chosen)
    )
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}")
    return json.loads(done.stdout)


def time_all(options, workloads):
    """{cores: {workload: {tool: [seconds of each round]}}} and the peers' versions."""
    seconds, versions = {}, {}
    names = ",".join(workloads)
    for round in range(options.rounds):
        for cores in options.cores:
            for tool in ["Descent", *PEERS]:
                print(f"round {round + 1}/{options.rounds}, {cores} cores: {tool}", file=sys.stderr, flush=True)
                budget = str(options.budget)
                if tool == "Descent":
                    command = [options.descent, "bench", "--json", "--threads", str(cores)]
                    command += ["--budget", budget, "--only", names]
                    rows = on_cores(cores, command)["results"]
                    found = {row["name"]: row["secondsPerStep"] for row in rows}
                else:
                    command = [sys.executable, __file__, "--peer", tool, "--cores", str(cores)]
                    answer = on_cores(cores, command + ["--budget", budget, "--only", names])
                    found = answer["results"]
                    versions.update(answer["versions"])
                for name, value in found.items():
                    seconds.setdefault(cores, {}).setdefault(name, {}).setdefault(tool, []).append(value)
    return seconds, versions


# ---------------------------------------------------------------- the page


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
        cells = [in_units(median[tool]) if tool in median else "–" for tool in ["Descent", *PEERS]]
        lines.append(f"| `{name}` | {' | '.join(cells)} | {ratio} | {spread:.0%} |")
    return lines + [""]


def page(options, seconds, versions, workloads):
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
        "- **Peers:** PyTorch eager with fused optimizers (its Hessian product reuses a gradient graph that was made "
        "before, outside the time); JAX jitted with donated buffers (its sweep is the faster of `vmap` and one by one).",
        "- A ratio below 1 means that Descent is faster than the faster of the two.",
        "",
    ]
    for cores in options.cores:
        lines += table(cores, seconds[cores], workloads)
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cores", type=lambda text: [int(part) for part in text.split(",")], default=[1, 2])
    parser.add_argument("--only", type=lambda text: text.split(","), default=None)
    parser.add_argument("--budget", type=float, default=2.0, help="seconds of timing for each workload")
    parser.add_argument("--descent", default=str(ROOT / ".build/release/descent"))
    parser.add_argument("--out", type=Path, default=ROOT / "Documentation/benchmarks.md")
    parser.add_argument("--peer", choices=PEERS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peer:
        return run_peer(options.peer, options.cores[0], options.only, options.budget)
    if not Path(options.descent).exists():
        sys.exit(f"{options.descent} is not there; make it with: swift build -c release --product descent")
    available = len(os.sched_getaffinity(0))
    if max(options.cores) > available:
        sys.exit(f"this process may use {available} cores only; --cores asks for {max(options.cores)}")
    workloads = options.only or [
        *MLPS, "sweep32-digits", "grad-digits-full", "hvp-digits-full", "hvp8-digits-full",
        "adam-update-10000", "adam-update-1000000", "adam-update-20000000", "schedule-cosine",
    ]
    seconds, versions = time_all(options, workloads)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(page(options, seconds, versions, workloads))
    print(f"wrote {options.out}", file=sys.stderr)


if __name__ == "__main__":
    main()
