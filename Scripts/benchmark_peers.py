"""PyTorch's and JAX's side of Scripts/benchmarks.py: one tool in a process of its own.

usage: python Scripts/benchmark_peers.py PyTorch|JAX --cores N --only NAME,… [--budget SECONDS]

Prints {"results": {workload: seconds}, "versions": {…}, "choices": {workload: the form that was fastest}} as JSON. The
workloads are those of Sources/DescentBench, in each tool's own idiom; where a tool has two natural ways, the faster one
counts.
"""

import argparse
import json
import statistics
import time

DIGITS, MNIST = (64, 128, 128, 10), (784, 512, 512, 10)
# Rows of the batch and widths of an MLP, or the other model's name.
PROBLEMS = {
    "mlp-digits-b32": (32, DIGITS),
    "mlp-mnist-b128": (128, MNIST),
    "mlp-mnist-b128-sgd": (128, MNIST),
    "cnn-mnist-b64": (64, "cnn"),
    "gpt-char-b16": (16, "gpt"),
    "digits-full": (1797, DIGITS),
}
TRAININGS = [name for name in PROBLEMS if name != "digits-full"]
CURVATURES = [
    "grad-digits-full", "hvp-digits-full", "hvp8-digits-full", "grad-cnn-mnist-b64", "hvp8-cnn-mnist-b64",
    "grad-gpt-char-b16", "hvp8-gpt-char-b16",
]
UPDATES = ["adam-update-10000", "adam-update-1000000", "adam-update-20000000"]
WORKLOADS = [*TRAININGS, "sweep32-digits", *CURVATURES, *UPDATES, "schedule-cosine"]
SWEEP_RATES, SWEEP_STEPS = 32, 500
PRODUCTS = 8
# Two blocks of 3×3 convolution, ReLU and 2×2 maximum pooling, then a dense layer.
SIDE, CHANNELS = 28, [16, 32]
VOCABULARY, LAYERS, WIDTH, HEADS, CONTEXT = 65, 4, 128, 4, 64


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


def batch(name):
    """Normal features, or tokens, and labels that follow no rule."""
    import numpy

    random = numpy.random.default_rng(0)
    rows, model = PROBLEMS[name]
    if model == "gpt":
        return [random.integers(0, VOCABULARY, (rows, CONTEXT)) for _ in range(2)]
    shape = (rows, SIDE, SIDE, 1) if model == "cnn" else (rows, model[0])
    return random.standard_normal(shape, dtype="float32"), random.integers(0, 10, rows)


class Peer:
    def __init__(self):
        self.choices = {}

    def fastest(self, workload, seconds):
        """The smallest of {form: seconds}, whose form is noted."""
        form = min(seconds, key=seconds.get)
        if len(seconds) > 1:
            self.choices[workload] = form
        return seconds[form]


class Torch(Peer):
    """PyTorch, eager, with its fused optimizers; the CNN in either memory format."""

    def __init__(self, cores):
        super().__init__()
        import torch

        torch.set_num_threads(cores)
        self.torch, self.versions = torch, {"PyTorch": torch.__version__}

    def mlp(self, widths):
        nn = self.torch.nn
        layers = []
        for inputs, outputs in zip(widths, widths[1:]):
            layers += [nn.Linear(inputs, outputs), nn.ReLU()]
        return nn.Sequential(*layers[:-1])

    def cnn(self):
        nn = self.torch.nn
        layers, inputs = [], 1
        for outputs in CHANNELS:
            layers += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
            inputs = outputs
        return nn.Sequential(*layers, nn.Flatten(), nn.Linear(inputs * (SIDE // 4) ** 2, 10))

    def gpt(self):
        torch, nn = self.torch, self.torch.nn

        class Attention(nn.Module):
            def __init__(self):
                super().__init__()
                self.qkv = nn.Linear(WIDTH, 3 * WIDTH, bias=False)
                self.projection = nn.Linear(WIDTH, WIDTH, bias=False)

            def forward(self, x):
                rows, time, _ = x.shape
                q, k, v = self.qkv(x).view(rows, time, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
                mixed = nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
                return self.projection(mixed.transpose(1, 2).reshape(rows, time, WIDTH))

        class Residual(nn.Sequential):
            def forward(self, x):
                return x + super().forward(x)

        class Tokens(nn.Module):
            def __init__(self):
                super().__init__()
                self.embedding = nn.Embedding(VOCABULARY, WIDTH)
                self.positions = nn.Parameter(torch.zeros(CONTEXT, WIDTH))

            def forward(self, tokens):
                return self.embedding(tokens) + self.positions

        layers = [Tokens()]
        for _ in range(LAYERS):
            expand, contract = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)
            layers.append(Residual(nn.LayerNorm(WIDTH), Attention()))
            layers.append(Residual(nn.LayerNorm(WIDTH), expand, nn.GELU(approximate="tanh"), contract))
        return nn.Sequential(*layers, nn.LayerNorm(WIDTH), nn.Linear(WIDTH, VOCABULARY, bias=False))

    def problems(self, name):
        """By memory format: the model and its loss on the batch."""
        kind = PROBLEMS[name][1]
        x, y = (self.torch.from_numpy(array) for array in batch(name))
        if kind == "cnn":
            x = x.permute(0, 3, 1, 2)
        formats = {"contiguous": self.torch.contiguous_format}
        if kind == "cnn":
            formats["channels last"] = self.torch.channels_last

        def loss_of(model, x):
            return lambda: self.torch.nn.functional.cross_entropy(model(x).flatten(0, -2), y.flatten())

        for form, memory_format in formats.items():
            model = {"cnn": self.cnn, "gpt": self.gpt}.get(kind, lambda: self.mlp(kind))()
            model = model.to(memory_format=memory_format)
            yield form, (model, loss_of(model, x.contiguous(memory_format=memory_format)))

    def step(self, optimizer, loss):
        optimizer.zero_grad(set_to_none=True)
        loss().backward()
        optimizer.step()

    def training(self, name, budget):
        optim, seconds = self.torch.optim, {}
        for form, (model, loss) in self.problems(name):
            if name.endswith("-sgd"):
                optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9, fused=True)
            else:
                optimizer = optim.Adam(model.parameters(), lr=1e-3, fused=True)
            seconds[form] = measure(lambda: self.step(optimizer, loss), budget)
        return self.fastest(name, seconds)

    def sweep(self, budget):
        x, y = (self.torch.from_numpy(array) for array in batch("digits-full"))

        def train(rate):
            model = self.mlp(DIGITS)
            optimizer = self.torch.optim.Adam(model.parameters(), lr=rate, fused=True)
            for i in range(SWEEP_STEPS):
                rows = slice(i * 32 % 1760, i * 32 % 1760 + 32)
                self.step(optimizer, lambda: self.torch.nn.functional.cross_entropy(model(x[rows]), y[rows]))

        # All rates cost the same: two of them are timed, times 16.
        train(1e-3)
        start = time.perf_counter()
        train(1e-4), train(1e-2)
        return (time.perf_counter() - start) * SWEEP_RATES / 2

    def curvature(self, workload, budget):
        kind, name = workload.split("-", 1)
        grad, seconds = self.torch.autograd.grad, {}
        for form, (model, loss) in self.problems(name):
            parameters = list(model.parameters())
            direction = [self.torch.ones_like(p) for p in parameters]

            def graph():
                # The fused attention has no second derivative.
                attention = self.torch.nn.attention
                with attention.sdpa_kernel(attention.SDPBackend.MATH):
                    return grad(loss(), parameters, create_graph=True)

            def products(gradient, count):
                for _ in range(count):
                    grad(gradient, parameters, direction, retain_graph=True)

            if kind == "grad":
                seconds[form] = measure(lambda: grad(loss(), parameters), budget)
            elif kind == "hvp":
                # The graph of the gradient is made once, as PyHessian does, and is not in the time of a product.
                gradient = graph()
                seconds[form] = measure(lambda: products(gradient, 1), budget)
            else:
                seconds[form] = measure(lambda: products(graph(), PRODUCTS), budget) / PRODUCTS
        return self.fastest(workload, seconds)

    def update(self, count, budget):
        parameter = self.torch.randn(count, requires_grad=True)
        parameter.grad = self.torch.randn(count)
        return measure(self.torch.optim.Adam([parameter], lr=1e-3, fused=True).step, budget)

    def schedule(self, budget):
        optimizer = self.torch.optim.SGD(self.torch.nn.Linear(1, 1).parameters(), lr=0.1)
        schedule = self.torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 10_000_000)
        optimizer.step()
        return measure(schedule.step, budget)


class Jax(Peer):
    """JAX, jitted, with Optax's optimizers and donated buffers."""

    def __init__(self, cores):
        super().__init__()
        import jax
        import optax

        self.jax, self.optax = jax, optax
        self.versions = {"JAX": jax.__version__, "Optax": optax.__version__}

    def mlp(self, widths, normal):
        parameters = [(normal(i, o) * (2 / i) ** 0.5, self.jax.numpy.zeros(o)) for i, o in zip(widths, widths[1:])]

        def outputs(parameters, x):
            for w, b in parameters[:-1]:
                x = self.jax.nn.relu(x @ w + b)
            w, b = parameters[-1]
            return x @ w + b

        return parameters, outputs

    def cnn(self, normal):
        jax = self.jax
        blocks, inputs = [], 1
        for outputs in CHANNELS:
            blocks.append((normal(3, 3, inputs, outputs) * (2 / 9 / inputs) ** 0.5, jax.numpy.zeros(outputs)))
            inputs = outputs
        features = inputs * (SIDE // 4) ** 2
        dense = (normal(features, 10) * features**-0.5, jax.numpy.zeros(10))

        def outputs(parameters, x):
            blocks, (weight, bias) = parameters
            for kernel, b in blocks:
                layout = ("NHWC", "HWIO", "NHWC")
                x = jax.nn.relu(jax.lax.conv_general_dilated(x, kernel, (1, 1), "SAME", dimension_numbers=layout) + b)
                # On CPU a third of the time of reduce_window, whose gradient is slow.
                rows, height, width, channels = x.shape
                x = x.reshape(rows, height // 2, 2, width // 2, 2, channels).max((2, 4))
            return x.reshape(len(x), -1) @ weight + bias

        return (blocks, dense), outputs

    def gpt(self, normal):
        jax, np = self.jax, self.jax.numpy
        norm = lambda: (np.ones(WIDTH), np.zeros(WIDTH))
        small = lambda *shape: normal(*shape) * 0.02
        blocks = [
            dict(
                norm1=norm(), qkv=small(WIDTH, 3 * WIDTH), projection=small(WIDTH, WIDTH), norm2=norm(),
                expand=(small(WIDTH, 4 * WIDTH), np.zeros(4 * WIDTH)),
                contract=(small(4 * WIDTH, WIDTH), np.zeros(WIDTH)),
            )
            for _ in range(LAYERS)
        ]
        parameters = dict(
            embedding=small(VOCABULARY, WIDTH), positions=np.zeros((CONTEXT, WIDTH)), blocks=blocks, norm=norm(),
            head=small(WIDTH, VOCABULARY),
        )
        visible = np.tril(np.ones((CONTEXT, CONTEXT), bool))

        def normalized(x, weight, bias):
            return jax.nn.standardize(x, epsilon=1e-5) * weight + bias

        def attention(x, qkv, projection):
            rows = len(x)
            q, k, v = np.moveaxis((x @ qkv).reshape(rows, CONTEXT, 3, HEADS, WIDTH // HEADS), 2, 0)
            scores = np.einsum("rqhc,rkhc->rhqk", q, k) * (WIDTH // HEADS) ** -0.5
            weights = jax.nn.softmax(np.where(visible, scores, -1e9))
            return np.einsum("rhqk,rkhc->rqhc", weights, v).reshape(rows, CONTEXT, WIDTH) @ projection

        def outputs(parameters, tokens):
            x = parameters["embedding"][tokens] + parameters["positions"]
            for block in parameters["blocks"]:
                x = x + attention(normalized(x, *block["norm1"]), block["qkv"], block["projection"])
                (expand, b1), (contract, b2) = block["expand"], block["contract"]
                x = x + jax.nn.gelu(normalized(x, *block["norm2"]) @ expand + b1) @ contract + b2
            return normalized(x, *parameters["norm"]) @ parameters["head"]

        return parameters, outputs

    def problem(self, name):
        """Parameters, their loss on a batch, and the batch."""
        jax, kind = self.jax, PROBLEMS[name][1]
        keys = iter(jax.random.split(jax.random.key(0), 64))
        normal = lambda *shape: jax.random.normal(next(keys), shape)
        make = {"cnn": self.cnn, "gpt": self.gpt}.get(kind, lambda normal: self.mlp(kind, normal))
        parameters, outputs = make(normal)

        def loss(parameters, x, y):
            return self.optax.softmax_cross_entropy_with_integer_labels(outputs(parameters, x), y).mean()

        return parameters, loss, [jax.numpy.asarray(array) for array in batch(name)]

    def timed(self, function, state, budget):
        """`function` maps the state to the next one."""
        held = [state]

        def work():
            held[0] = function(*held[0])

        return measure(work, budget, lambda: self.jax.block_until_ready(held[0]))

    def training(self, name, budget):
        parameters, loss, (x, y) = self.problem(name)
        rule = self.optax.sgd(0.1, momentum=0.9) if name.endswith("-sgd") else self.optax.adam(1e-3)

        def step(parameters, state, x, y):
            updates, state = rule.update(self.jax.grad(loss)(parameters, x, y), state, parameters)
            return self.optax.apply_updates(parameters, updates), state

        compiled = self.jax.jit(step, donate_argnums=(0, 1))
        return self.timed(lambda p, s: compiled(p, s, x, y), (parameters, rule.init(parameters)), budget)

    def sweep(self, budget):
        jax = self.jax
        parameters, loss, (x, y) = self.problem("digits-full")
        rule = self.optax.scale_by_adam()

        def train(rate):
            def body(carry, i):
                parameters, state = carry
                first = i * 32 % 1760
                rows = [jax.lax.dynamic_slice_in_dim(a, first, 32) for a in (x, y)]
                value, gradient = jax.value_and_grad(loss)(parameters, *rows)
                updates, state = rule.update(gradient, state, parameters)
                return (jax.tree.map(lambda p, u: p - rate * u, parameters, updates), state), value

            return jax.lax.scan(body, (parameters, rule.init(parameters)), jax.numpy.arange(SWEEP_STEPS))[1]

        rates = jax.numpy.logspace(-5, 0, SWEEP_RATES)
        batched, single = jax.jit(jax.vmap(train)), jax.jit(train)
        return self.fastest("sweep32-digits", {
            "vmap": measure(lambda: batched(rates).block_until_ready(), budget),
            "one by one": measure(lambda: [single(rate) for rate in rates][-1].block_until_ready(), budget),
        })

    def curvature(self, workload, budget):
        jax = self.jax
        kind, name = workload.split("-", 1)
        parameters, loss, (x, y) = self.problem(name)

        def gradient(p):
            return jax.grad(loss)(p, x, y)

        def seconds(function):
            return self.timed(lambda _: [function()], [parameters], budget)

        if kind == "grad":
            compiled = jax.jit(gradient)
            return seconds(lambda: compiled(parameters))
        direction = jax.tree.map(jax.numpy.ones_like, parameters)
        if kind == "hvp":
            product = jax.jit(lambda p, v: jax.jvp(gradient, (p,), (v,))[1])
            return seconds(lambda: product(parameters, direction))
        directions = [jax.tree.map(lambda a: a + i, direction) for i in range(PRODUCTS)]

        @jax.jit
        def together(p, directions):
            linear = jax.linearize(gradient, p)[1]
            return [linear(v) for v in directions]

        linearized = jax.jit(lambda p: jax.linearize(gradient, p)[1])
        product = jax.jit(lambda linear, v: linear(v))

        def closure():
            linear = linearized(parameters)
            return [product(linear, v) for v in directions]

        return self.fastest(workload, {
            "one program": seconds(lambda: together(parameters, directions)) / PRODUCTS,
            "linearised closure": seconds(closure) / PRODUCTS,
        })

    def update(self, count, budget):
        normal = lambda seed: self.jax.random.normal(self.jax.random.key(seed), (count,))
        parameters, gradient = normal(0), normal(1)
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


def seconds(peer, workload, budget):
    if workload in TRAININGS:
        return peer.training(workload, budget)
    if workload in CURVATURES:
        return peer.curvature(workload, budget)
    if workload in UPDATES:
        return peer.update(int(workload.rsplit("-", 1)[1]), budget)
    if workload == "sweep32-digits":
        return peer.sweep(budget)
    return peer.schedule(min(budget, 0.5))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("peer", choices=PEERS)
    parser.add_argument("--cores", type=int, required=True)
    parser.add_argument("--only", type=lambda text: list(filter(None, text.split(","))), default=WORKLOADS)
    parser.add_argument("--budget", type=float, default=2.0)
    options = parser.parse_args()
    peer = PEERS[options.peer](options.cores)
    results = {name: seconds(peer, name, options.budget) for name in options.only}
    print(json.dumps({"results": results, "versions": peer.versions, "choices": peer.choices}))


if __name__ == "__main__":
    main()
