// Made by Scripts/rule-summaries.py from the docstrings of the rules.
extension RuleSummary {
  static let wrappers: [String: RuleSummary] = [
    "Backtracking": RuleSummary(
      purpose: """
        Backtracking line search along another rule's step.
        """,
      formula: """
        d: the inner rule's step, its learning rate included
        s ← min(increase·s, maxRate);   while f(w + s·d) > f(w) + s·slope·⟨g, d⟩ : s ← decrease·s
        w ← w + s·d                                    s = 0 if no finite loss was found
        """,
      source: """
        Armijo, Pacific J. Math. 16 (1966); Nocedal and Wright, Numerical Optimization, algorithm 3.1. As \
        `optax.scale_by_backtracking_linesearch` with its tolerances at 0; `maxRate` bounds s, as max_learning_rate \
        there, and s is 1 before the first step. Every trial is one loss on the step's batch.
        """),
    "Cautious": RuleSummary(
      purpose: """
        Cautious: of another rule's step, only the elements that go downhill, made larger in turn.
        """,
      formula: """
        u: the inner rule's step without its decoupled weight decay
        k = 1 where u·(−g) > 0, else 0;   k ← k/max(mean of k, 10⁻³) for each tensor
        w ← (1 − ηγ)·w + k·u
        """,
      source: """
        Liang et al., "Cautious optimizers: improving training with one line of code", arXiv 2411.16085, algorithm \
        1. As timm's `caution` for AdamW, NAdamW, LaProp and Lion. The decay of `adamc`, `adan`, `muon`, `prodigy`, \
        `soap`, `adafactor` and `adamg` is no such part of their steps, and goes through the mask with them.
        """),
    "Hypergradient": RuleSummary(
      purpose: """
        Hypergradient descent: the rate itself goes down the slope of the loss.
        """,
      formula: """
        u: the inner rule's step with a rate of 1
        h ← h + κ·⟨g, u before⟩          before the step that uses it; from 0
        w ← w − max(η + h, 0)·u
        """,
      source: """
        Baydin et al., "Online learning rate adaptation with hypergradient descent", arXiv 1703.04782, algorithms \
        4 to 6 (SGD, Nesterov, Adam; here any rule), which give h for a constant η the name α − η. As `gdtuo` of \
        Chandra et al., arXiv 1909.13371, with SGD on the rate of SGD, momentum or Adam. What is learnt is added to \
        the rate asked for, so that schedules still act; where the sum would fall below 0, or the rate asked for is \
        0, there is no step.
        """),
    "LineSearch": RuleSummary(
      purpose: """
        Stochastic line search: the largest step along the inner rule's direction that lowers the batch's loss \
        enough.
        """,
      formula: """
        u: the inner rule's step with a rate of 1;   α = min(increase·α before, η)
        while f(w − α·u) > f(w) − c·α·⟨g, u⟩:   α ← decrease·α          at most `trials` times
        w ← w − α·u
        """,
      source: """
        Vaswani et al., "Painless stochastic gradient", arXiv 1905.09997, algorithm 1 (Armijo) with the reset of \
        section 6: each search begins a little above the step before. As `optax.scale_by_backtracking_linesearch` \
        (slope_rtol = c, decrease_factor, increase_factor, max_learning_rate = η, max_backtracking_steps = trials); \
        a search that only meets losses that are not finite makes no step, and the next begins from the smallest α \
        tried. The authors' reset, γ^(batch/rows) with γ = 2, is an increase of 2^(1/steps per epoch). The same \
        batch is evaluated once or more in each step. The learning rate is the largest step allowed.
        """),
    "Lookahead": RuleSummary(
      purpose: """
        Lookahead: slow weights that go part of the way every k steps of another rule.
        """,
      formula: """
        fast weights w: a step of the inner rule; after every k of them
        φ ← φ + α·(w − φ),   w ← φ
        """,
      source: """
        Zhang et al., "Lookahead optimizer: k steps forward, 1 step back", arXiv 1907.08610, algorithm 1. The \
        inner rule's momentum stays as it is when the weights are set back, as Optax has it; `momentum: pullback` \
        takes it back like the weights (from 0 at first), and `reset` sets it to 0, as pytorch-optimizer offers \
        after the paper's section 4.
        """),
    "Mechanic": RuleSummary(
      purpose: """
        Mechanic: learns the scale of any rule's updates from how well they foretold the next gradients.
        """,
      formula: """
        Δ: the sum of the inner rule's updates u, which were all made with the rate η;   w = w₀ + s·Δ
        h = ⟨g + λ·s·‖g‖/‖w‖·w, Δ⟩ of the step's gradient, with the Δ before u enters it
        for each β of 0.9, 0.99, …:   m ← max(β·m, |h| + ε),   v ← β²·v + h²,   r ← max(β·r − s_β·h, 0)
                                      s_β = (s₀/n·m + r)/(√v + ε)
        s = Σ s_β,   w ← w₀ + s·(Δ + u)
        """,
      source: """
        Cutkosky, Defazio and Mehta, "Mechanic: a learning rate tuner", arXiv 2306.00144, algorithm 1. By default \
        as `optax.contrib.mechanize` (weight_decay = λ, s_init, eps), which bounds h by the m before and finds Δ \
        again from w − w₀; `style: authors` as the authors' `mechanic_pytorch.mechanize` (s_decay, s_init; ‖w‖ after \
        the inner step, h not bounded, s from 0, Δ kept, ε not in m). The rate is the inner rule's own and stays 1, \
        or follows a schedule from 1.
        """),
    "SAM": RuleSummary(
      purpose: """
        Sharpness-aware minimisation: the gradient is taken where the loss is worst nearby.
        """,
      formula: """
        e = ρ·g/‖g‖            adaptive:  e = ρ·w²·g/‖w·g‖
        the inner rule steps from w with the gradient at w + e
        """,
      source: """
        Foret et al., arXiv 2010.01412, eq. 2; adaptive: Kwon et al. (ASAM), arXiv 2102.11600, without their η. One \
        more gradient per step, on the same batch. The norm is over the whole vector, with 10⁻¹² added.
        """),
    "ScheduleFree": RuleSummary(
      purpose: """
        Schedule-Free: averaging in place of a decaying rate, around any rule; no horizon needs to be known.
        """,
      formula: """
        the gradient is taken at y, the parameters being trained; Δ: the inner rule's step from y, without momentum
        η_t = η·min(1, t/warmup),   c = tʳ·(max η_t)^p / Σ of the same over all steps
        z ← z + Δ,   x ← x + c·(z − x),   y = x + (1 − β)·(z − x)
        evaluated: x = y + (1 − 1/β)·(z − y), the running average of z
        """,
      source: """
        Defazio et al., "The road less scheduled", arXiv 2405.15682, in the form of its authors' package \
        `schedulefree` (`SGDScheduleFree`, `AdamWScheduleFree`, `RAdamScheduleFree`, `ScheduleFreeWrapper`). β takes \
        the place of the inner rule's average of gradients: its β₁ counts as 0 (a `momentum` it has is kept: leave \
        it out). Weight decay is the inner rule's, taken at y. Around `radam` there is no step until the second \
        moment is known well enough (ρ > 4), and no warm-up is needed.
        """),
  ]
}
