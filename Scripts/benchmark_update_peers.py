"""The peers' side of Scripts/benchmark_updates.py: one tool in a process of its own.

usage: python Scripts/benchmark_update_peers.py PyTorch|JAX|pytorch-optimizer --cores N --only NAME,… [--budget SECONDS]

Prints {"results": {workload: seconds}, "versions": {…}, "choices": {workload: the form that was fastest}} as JSON, with
the workloads of Sources/DescentBench/UpdateWorkloads.swift by their names. Where a tool has several forms of a rule
(fused, foreach, one tensor after another), the fastest counts.
"""

import argparse
import importlib.metadata
import json

from benchmark_peers import Jax, Torch, measure

SIZES = [10_000, 1_000_000, 20_000_000]
HOT = [f"{rule}-update-{size}" for rule in ("adam", "adamw", "sgd-momentum", "lion") for size in SIZES]
EXTRAS = ["adam-clipped-update-1000000", "adam-averaged-update-1000000"]
COPIES = [f"copy-{size}" for size in SIZES]
SHAPES = {"512x512": [(512, 512)], "mlp": [(512, 784), (512,), (512, 512), (512,), (10, 512), (10,)]}

# Our name: the class of pytorch_optimizer, and settings that make it do the same work. Classes of torch.optim stand with
# a dot in front, where pytorch_optimizer only passes them on or has none.
ELEMENT_WISE = {
    "sgd": ("SGD", {}), "adam": (".Adam", {}), "adamw": (".AdamW", {}), "rmsprop": (".RMSprop", {}),
    "adagrad": (".Adagrad", {}), "adamax": ("AdaMax", {}), "lion": ("Lion", {}), "sgdw": ("SGDW", {"momentum": 0.9}),
    "signSGD": ("SignSGD", {"momentum": 0}), "signum": ("SignSGD", {"momentum": 0.9}), "qhm": ("QHM", {"momentum": 0.999}),
    "aggmo": ("AggMo", {}), "pid": ("PID", {"momentum": 0.9}), "adadelta": (".Adadelta", {}), "rprop": (".Rprop", {}),
    "asgd": (".ASGD", {}), "adamc": ("AdamC", {}), "nadam": (".NAdam", {}), "nadamw": ("NAdam", {}),
    "radam": ("RAdam", {}), "tiger": ("Tiger", {}), "adabelief": ("AdaBelief", {"rectify": False}), "yogi": ("Yogi", {}),
    "laprop": ("LaProp", {}), "adan": ("Adan", {}), "adopt": ("ADOPT", {}), "ademamix": ("AdEMAMix", {}),
    "simplifiedAdEMAMix": ("SimplifiedAdEMAMix", {}), "madgrad": ("MADGRAD", {"momentum": 0.9}),
    "qhadam": ("QHAdam", {}), "grams": ("Grams", {}), "adabound": ("AdaBound", {}),
    "ano": ("Ano", {}), "kate": ("Kate", {}),
}
TENSOR_WISE = {
    "lars": ("LARS", {}), "lamb": ("Lamb", {}), "fromage": ("Fromage", {}), "novograd": ("NovoGrad", {}),
    "stableAdamW": ("StableAdamW", {"kahan_sum": False}), "adamp": ("AdamP", {}),
    "adafactor": ("AdaFactor", {"betas": (None, 0.999)}), "came": ("CAME", {}), "mars": ("MARS", {}),
    "muon": ("Muon", {}), "muon-full": ("Muon", {}), "shampoo": ("Shampoo", {}), "soap": ("SOAP", {}),
}


def rule_and_set(workload):
    """The rule's name, and the shapes, of `update-RULE-SET`."""
    rule, name = workload.removeprefix("update-").rsplit("-", 1)
    return rule, SHAPES.get(name) or [(int(name),)]


class TorchUpdates(Torch):
    """PyTorch's own optimizers; for Lion pytorch-optimizer's."""

    def tensors(self, shapes):
        torch = self.torch
        made = [torch.randn(shape, requires_grad=True) for shape in shapes]
        for tensor in made:
            tensor.grad = torch.randn(tensor.shape)
        return made

    def seconds(self, workload, budget):
        if workload.startswith("copy-"):
            return self.copy(14 * int(workload.rsplit("-", 1)[1]), budget)
        torch, optim = self.torch, self.torch.optim
        rule, size = workload.rsplit("-update-", 1)
        parameters = self.tensors([(int(size),)])
        makers = {
            "sgd-momentum": lambda **form: optim.SGD(parameters, lr=1e-3, momentum=0.9, **form),
            "adamw": lambda **form: optim.AdamW(parameters, lr=1e-3, **form),
        }
        forms = {"fused": {"fused": True}, "foreach": {"foreach": True}}
        if rule == "lion":
            from pytorch_optimizer import Lion

            forms = {"foreach": {"foreach": True}, "one by one": {"foreach": False}}
            makers["lion"] = lambda **form: Lion(parameters, lr=1e-4, **form)
        make = makers.get(rule, lambda **form: optim.Adam(parameters, lr=1e-3, **form))
        found = {}
        for form, settings in forms.items():
            step = make(**settings).step
            if rule == "adam-clipped":
                work = lambda: (torch.nn.utils.clip_grad_norm_(parameters, 1.0), step())
            elif rule == "adam-averaged":
                averages = [p.detach().clone() for p in parameters]
                values = [p.detach() for p in parameters]
                work = lambda: (step(), torch._foreach_lerp_(averages, values, 0.01))
            else:
                work = step
            found[form] = measure(work, budget)
        return self.fastest(workload, found)

    def copy(self, bytes, budget):
        source = self.torch.zeros(bytes, dtype=self.torch.uint8)
        target = self.torch.ones_like(source)
        return measure(lambda: target.copy_(source), budget)


class JaxUpdates(Jax):
    """Optax's optimizers, jitted with donated buffers."""

    def seconds(self, workload, budget):
        optax = self.optax
        rule, size = workload.rsplit("-update-", 1)
        made = {
            "adamw": lambda: optax.adamw(1e-3, weight_decay=0.01), "sgd-momentum": lambda: optax.sgd(1e-3, momentum=0.9),
            "lion": lambda: optax.lion(1e-4),
            "adam-clipped": lambda: optax.chain(optax.clip_by_global_norm(1.0), optax.adam(1e-3)),
        }.get(rule, lambda: optax.adam(1e-3))()
        normal = lambda seed: self.jax.random.normal(self.jax.random.key(seed), (int(size),))
        parameters, gradient = normal(0), normal(1)
        if rule == "adam-averaged":

            def step(parameters, state, average, gradient):
                updates, state = made.update(gradient, state, parameters)
                parameters = optax.apply_updates(parameters, updates)
                return parameters, state, optax.incremental_update(parameters, average, 0.01)

            compiled = self.jax.jit(step, donate_argnums=(0, 1, 2))
            start = (parameters, made.init(parameters), normal(2))
            return self.timed(lambda p, s, a: compiled(p, s, a, gradient), start, budget)

        def step(parameters, state, gradient):
            updates, state = made.update(gradient, state, parameters)
            return optax.apply_updates(parameters, updates), state

        compiled = self.jax.jit(step, donate_argnums=(0, 1))
        return self.timed(lambda p, s: compiled(p, s, gradient), (parameters, made.init(parameters)), budget)


class RuleLibrary(TorchUpdates):
    """pytorch-optimizer's classes, and torch.optim's where it only passes them on."""

    def __init__(self, cores):
        super().__init__(cores)
        self.versions["pytorch-optimizer"] = importlib.metadata.version("pytorch_optimizer")

    def seconds(self, workload, budget):
        import inspect

        import pytorch_optimizer

        rule, shapes = rule_and_set(workload)
        name, settings = (ELEMENT_WISE | TENSOR_WISE)[rule]
        made = getattr(self.torch.optim, name[1:]) if name.startswith(".") else getattr(pytorch_optimizer, name)
        forms = {"as it is": {}}
        accepted = inspect.signature(made.__init__).parameters
        if "foreach" in accepted:
            forms = {"one by one": {"foreach": False}, "foreach": {"foreach": True}}
        if "fused" in accepted:
            forms["fused"] = {"fused": True}
        if rule.startswith("muon"):
            self.multiply_in(self.torch.float32 if rule == "muon-full" else self.torch.bfloat16)
        found = {}
        for form, flags in forms.items():
            parameters = self.tensors(shapes)
            groups = parameters
            if name == "Muon":
                groups = [{"params": [p for p in parameters if p.ndim == n], "use_muon": n == 2} for n in (1, 2)]
                groups = [group for group in groups if group["params"]]
            try:
                found[form] = measure(made(groups, lr=1e-3, **settings, **flags).step, budget)
            except (RuntimeError, NotImplementedError, ValueError):
                continue  # a form that this rule refuses
        return self.fastest(workload, found)

    def multiply_in(self, dtype):
        """Sets what Muon's products are made in; the library has no setting for it."""
        from functools import partial

        from pytorch_optimizer.optimizer.muon import base
        from pytorch_optimizer.optimizer.utils.matrix import zero_power_via_newton_schulz_5

        base.zero_power_via_newton_schulz_5 = partial(zero_power_via_newton_schulz_5, dtype=dtype)


PEERS = {"PyTorch": TorchUpdates, "JAX": JaxUpdates, "pytorch-optimizer": RuleLibrary}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("peer", choices=PEERS)
    parser.add_argument("--cores", type=int, required=True)
    parser.add_argument("--only", type=lambda text: text.split(","), required=True)
    parser.add_argument("--budget", type=float, default=1.0)
    options = parser.parse_args()
    peer = PEERS[options.peer](options.cores)
    results = {name: peer.seconds(name, options.budget) for name in options.only}
    print(json.dumps({"results": results, "versions": peer.versions, "choices": peer.choices}))


if __name__ == "__main__":
    main()
