// Made by Scripts/rule-summaries.py from the docstrings of the rules.
extension RuleSummary {
  static let curvature: [String: RuleSummary] = [
    "LBFGS": RuleSummary(
      purpose: """
        L-BFGS: Newton's method with an inverse Hessian gathered from the last steps.
        """,
      formula: """
        y = g − g of the iteration before, s = the step it took; the pair is kept if y·s > 10⁻¹⁰, the last `history` \
        of them
        d = −H·g by the two loops over the pairs, from (y·s)/(y·y) of the last;   −g in the first iteration
        t = η by a strong Wolfe search from it, or η itself (`fixed`);   from min(1, 1/‖g‖₁)·η in the first
        w ← w + t·d                                   `iterations` times in a step, on the same batch
        """,
      source: """
        Liu and Nocedal, Math. Programming 45 (1989); Nocedal and Wright, algorithm 7.5; line search: algorithm 3.5. \
        As `torch.optim.LBFGS` (history_size, max_iter, max_eval, line_search_fn), its iterates and tolerances: a \
        step ends early at a gradient below 10⁻⁷ or a change below 10⁻⁹. `style: optax` is `optax.lbfgs` without a \
        line search: the first direction is divided by max(1, ‖g‖₂), and every pair is kept.
        """),
    "Sophia": RuleSummary(
      purpose: """
        Sophia: the average gradient over the average curvature of each element, bounded.
        """,
      formula: """
        m ← β₁·m + (1 − β₁)·g
        h ← β₂·h + (1 − β₂)·diag H(w)                every so many steps, from the first
        w ← (1 − ηγ)·w − η·clip(m/max(λ·h, ε), ±ρ)                  λ: `gamma`
        """,
      source: """
        Liu et al., "Sophia: a scalable stochastic second-order optimizer for language model pre-training", arXiv \
        2305.14342, algorithm 3 with the estimator of algorithm 1. pytorch-optimizer's `SophiaH` is gamma 1, clip \
        0.01, beta1 0.96. `style: optax` divides m by 1 − β₁ᵗ, reads h before the new diagonal enters it, and \
        subtracts the decay with the step (`optax.contrib.sophia`, whose ε is 1e-8). The Gauss–Newton–Bartlett \
        estimator of algorithm 2, which samples labels from the model, is not offered.
        """),
  ]
}
