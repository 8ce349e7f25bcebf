// Made by Scripts/rule-summaries.py from the docstrings of the rules.
extension RuleSummary {
  static let elementWise: [String: RuleSummary] = [
    "ACProp": RuleSummary(
      purpose: """
        ACProp: gradients divided by how far those before strayed from their average.
        """,
      formula: """
        w ← (1 − ηγ)·w − η·g/(√(s/(1 − β₂ᵗ⁻¹)) + ε)  the quotient of s is 1 in the first step
        s ← β₂·s + (1 − β₂)·(g − m)² + ε_in
        m ← β₁·m + (1 − β₁)·g
        """,
      source: """
        Zhuang et al., "Momentum centering and asynchronous update for adaptive gradient methods", arXiv \
        2110.05454, in the form of `optax.contrib.acprop`. The average m only centres the variance; the first step \
        is that of plain descent.
        """),
    "AdaBelief": RuleSummary(
      purpose: """
        AdaBelief: Adam that divides by how far gradients stray from their average, not by how large they are.
        """,
      formula: """
        d = g + γ·w                                  coupled decay; w ← (1 − ηγ)·w first where decoupled
        m ← β₁·m + (1 − β₁)·d
        s ← β₂·s + (1 − β₂)·(d − m)² + ε
        w ← w − η · m/(1 − β₁ᵗ) / (√(s/(1 − β₂ᵗ)) + ε)
        """,
      source: """
        Zhuang et al., arXiv 2010.07468, in the form of the authors' `AdaBelief` without rectification: ε is added \
        to the stored variance in every step, and to the root. Optax and pytorch-optimizer take the same steps.
        """),
    "AdaBound": RuleSummary(
      purpose: """
        AdaBound: Adam whose rate for each parameter is held between bounds that close in on that of SGD.
        """,
      formula: """
        d = g + γ·w                                  coupled decay; w ← (1 − ηγ)·w first where decoupled
        m ← β₁·m + (1 − β₁)·d,   v ← β₂·v + (1 − β₂)·d²,   f = η_final·η/η₁
        w ← w − clamp(η·√(1 − β₂ᵗ)/(1 − β₁ᵗ)/(√(v + ε_in) + ε), f·(1 − 1/(κt + 1)), f·(1 + 1/(κt))) · m
        """,
      source: """
        Luo et al., "Adaptive gradient methods with dynamic bound of learning rate", arXiv 1902.09843, in the form \
        of the authors' code and pytorch-optimizer's `AdaBound` (final_lr, gamma = κ; ε_in = 1e-15 there).
        """),
    "Adadelta": RuleSummary(
      purpose: """
        Adadelta: gradients divided by their own root mean square and multiplied by that of the latest steps.
        """,
      formula: """
        d = g + γ·w                                  coupled decay; w ← (1 − ηγ)·w first where decoupled
        s ← ρ·s + (1 − ρ)·d²
        Δ = √(u + ε)/√(s + ε) · d
        u ← ρ·u + (1 − ρ)·Δ²
        w ← w − η·Δ
        """,
      source: """
        Zeiler, arXiv 1212.5701, in the form of `torch.optim.Adadelta` (rho, eps, weight_decay), which takes the \
        same steps as `optax.adadelta`. The paper has no rate: η = 1. Steps begin at about √ε whatever the gradient, \
        so ε decides how soon it gets going.
        """),
    "Adagrad": RuleSummary(
      purpose: """
        Adagrad: gradients divided by the root of the sum of all their squares.
        """,
      formula: """
        d = g + γ·w                                  coupled decay; w ← (1 − ηγ)·w first where decoupled
        s ← s + d²                                   from an initial accumulator of 0
        w ← w − η/(1 + κ·(t − 1)) · d/(√(s + ε_in) + ε)
        """,
      source: """
        Duchi, Hazan and Singer, JMLR 12 (2011), in the form of `torch.optim.Adagrad` (eps, \
        initial_accumulator_value, lr_decay = κ). Keras and Optax start the accumulator at 0.1 and take ε = 1e-7, \
        Optax inside the root.
        """),
    "Adam": RuleSummary(
      purpose: """
        Adam, and AdamW where the weight decay is decoupled.
        """,
      formula: """
        d = g + γ·w                                  coupled decay; w ← (1 − ηγ)·w first where decoupled
        m ← β₁·m + (1 − β₁)·d
        v ← β₂·v + (1 − β₂)·d²
        w ← w − η · m/(1 − β₁ᵗ) / (√(v/(1 − β₂ᵗ) + ε_in) + ε)
        """,
      source: """
        Kingma and Ba, arXiv 1412.6980; Loshchilov and Hutter, arXiv 1711.05101, with the decay multiplied by the \
        rate as every library does (`torch.optim.Adam`, `AdamW`: betas, eps, weight_decay, amsgrad); AMSGrad: Reddi, \
        Kale and Kumar, arXiv 1904.09237; ε_in: `eps_root` of Optax. Without bias correction both powers of β count \
        as 0 (the default of MLX).
        """),
    "Adamax": RuleSummary(
      purpose: """
        Adamax: Adam with the largest gradient of late instead of the mean square.
        """,
      formula: """
        d = g + γ·w                                  coupled decay; w ← (1 − ηγ)·w first where decoupled
        m ← β₁·m + (1 − β₁)·d
        u ← max(β₂·u, |d| + ε)
        w ← w − η/(1 − β₁ᵗ) · m/u
        """,
      source: """
        Kingma and Ba, arXiv 1412.6980, section 7.1, in the form of `torch.optim.Adamax` (betas, eps, weight_decay), \
        which puts ε beside |d|; Optax and Keras add it to u. NaN is kept.
        """),
    "AdamC": RuleSummary(
      purpose: """
        AdamC: AdamW whose weight decay falls with the square of the rate.
        """,
      formula: """
        m ← β₁·m + (1 − β₁)·g,   v ← β₂·v + (1 − β₂)·g²
        w ← (1 − γ·η²/η_max)·w − η · m/(1 − β₁ᵗ) · √(1 − β₂ᵗ)/(√(v + ε_in) + ε)
        """,
      source: """
        Defazio, "Why gradients rapidly increase near the end of training", arXiv 2506.02285. η_max is the largest \
        rate so far, or `peakRate` where a warm-up is still to reach it. As in pytorch-optimizer's `AdamC` (whence \
        the place of ε), where this decay is only for groups marked as followed by a normalisation, the paper's \
        case, and others are AdamW.
        """),
    "Adan": RuleSummary(
      purpose: """
        Adan: Nesterov's momentum from differences of gradients, in Adam's manner.
        """,
      formula: """
        δ = g − g′                                   g′ of the step before; 0 in the first step
        m ← β₁·m + (1 − β₁)·g
        v ← β₂·v + (1 − β₂)·δ
        n ← β₃·n + (1 − β₃)·(g + κ·δ)²,   P = √(n/(1 − β₃ᵗ) + ε_in) + ε
        w ← (w − η·(m/(1 − β₁ᵗ) + κ·v/(1 − β₂ᵗ))/P)/(1 + ηγ)
        """,
      source: """
        Xie et al., arXiv 2208.06677, in the form of the authors' code, timm and pytorch-optimizer, whose betas are \
        1 minus the paper's. `optax.adan` averages with β₂ = 0.92 but takes κ = 1 − β₂ = 0.08, which is another rule \
        (`style: optax`, with its decay by γ·w instead of the proximal one).
        """),
    "AdEMAMix": RuleSummary(
      purpose: """
        AdEMAMix: Adam with a second, very slow average of gradients.
        """,
      formula: """
        d = g + γ·w                                  coupled decay; w ← (1 − ηγ)·w first where decoupled
        m ← β₁·m + (1 − β₁)·d,   s ← β₃·s + (1 − β₃)·d,   v ← β₂·v + (1 − β₂)·d²
        w ← w − η · (m/(1 − β₁ᵗ) + α·s) / (√(v/(1 − β₂ᵗ)) + ε)
        """,
      source: """
        Pagliardini, Ablin and Grangier, "The AdEMAMix optimizer: better, faster, older", arXiv 2409.03137; \
        pytorch-optimizer (t_alpha_beta3 = T) and Optax take the same steps.
        """),
    "ADOPT": RuleSummary(
      purpose: """
        ADOPT: Adam that converges for any β₂: the second moment is that of the steps before, and it normalises \
        before averaging.
        """,
      formula: """
        first step:  v = g², no move
        d = g + γ·w                                  coupled decay; w ← (1 − ηγ)·w first where decoupled
        u = clamp(d/max(√v, ε), ±(t − 1)^ω)          t counts the first step
        m ← β₁·m + (1 − β₁)·u
        w ← w − η·m
        v ← β₂·v + (1 − β₂)·d²
        """,
      source: """
        Taniguchi et al., arXiv 2411.02853, in the form of the authors' code (β₂ = 0.9999, ε = 1e-6, ω = ¼), of \
        Optax, and of timm, whose ω is 0.333. pytorch-optimizer's bound is one step ahead.
        """),
    "AggMo": RuleSummary(
      purpose: """
        Aggregated momentum: the mean of several heavy balls of different weight.
        """,
      formula: """
        d = g + γ·w                                  coupled decay; w ← (1 − ηγ)·w first where decoupled
        vₖ ← βₖ·vₖ + d                               βₖ = 1 − aᵏ for k = 0 … K − 1: 0, 0.9, 0.99 by default
        w ← w − η/K · Σₖ vₖ
        """,
      source: """
        Lucas et al., "Aggregated momentum: stability through passive damping", arXiv 1804.00325, with its \
        exponential choice of β; in the form of pytorch-optimizer's `AggMo`. The first velocity is the gradient \
        itself and needs no memory.
        """),
    "Ano": RuleSummary(
      purpose: """
        Ano: the direction from the average's sign, the length from the gradient itself.
        """,
      formula: """
        d = g + γ·w                                  coupled decay; w ← (1 − ηγ)·w first where decoupled
        m ← β₁·m + (1 − β₁)·d
        v ← β₂·v + (1 − β₂)·sign(d² − v)·d²
        w ← w − η·|d|·sign(m)/(√(v/(1 − β₂ᵗ)) + ε)
        """,
      source: """
        Kegreisz, "Ano: faster is better in noisy landscapes", arXiv 2508.18258, in the form of \
        pytorch-optimizer's `Ano` (betas 0.92, 0.99). v is Yogi's but for the β₂ before it.
        """),
    "ASGD": RuleSummary(
      purpose: """
        Averaged stochastic gradient descent: plain steps of a falling rate, and the mean of the parameters for use.
        """,
      formula: """
        ηₜ = η/(1 + λ·η·(t − 1))^α,   d = g + γ·w
        w ← (1 − λ·ηₜ)·w − ηₜ·d
        a ← a + (w − a)/max(1, t − 1 − t₀)           evaluated: a
        """,
      source: """
        Polyak and Juditsky, SIAM J. Control Optim. 30 (1992); Bottou's SGD; in the form of `torch.optim.ASGD` \
        (lambd, alpha, t0, weight_decay), which only keeps a for the user to look at. There a changed rate acts one \
        step late.
        """),
    "Grams": RuleSummary(
      purpose: """
        Grams: the length of Adam's step in the direction of the gradient's sign.
        """,
      formula: """
        m ← β₁·m + (1 − β₁)·g,   v ← β₂·v + (1 − β₂)·g²
        u = m/(1 − β₁ᵗ) / (√v/√(1 − β₂ᵗ) + ε)
        w ← (1 − ηγ)·w − η·|u|·sign(g)
        """,
      source: """
        Cao et al., "Grams: gradient descent with adaptive momentum scaling", arXiv 2412.17107, in the form of \
        pytorch-optimizer's `Grams` (ε = 1e-6).
        """),
    "Kate": RuleSummary(
      purpose: """
        Kate: Adagrad without the root, made independent of the gradient's scale.
        """,
      formula: """
        d = g + γ·w                                  coupled decay; w ← (1 − ηγ)·w first where decoupled
        s ← s + d² + ε,   q ← q + δ·d² + d²/s
        w ← w − η·√q·d/s
        """,
      source: """
        Choudhury et al., "Remove that square root: a new efficient scale-invariant version of AdaGrad", arXiv \
        2403.02648 (δ is η there), in the form of pytorch-optimizer's `Kate`.
        """),
    "LaProp": RuleSummary(
      purpose: """
        LaProp: gradients normalised first and averaged then, where Adam averages first.
        """,
      formula: """
        v ← β₂·v + (1 − β₂)·g²,   u = g/(√((v + ε_in)/(1 − β₂ᵗ)) + ε)
        m ← β₁·m + (1 − β₁)·η·u,   n ← β₁·n + (1 − β₁)·η
        w ← (1 − ηγ)·(w − η·m/n)                     m/n: the average of u, weighted by the rates of its time
        """,
      source: """
        Ziyin et al., "LaProp: separating momentum and adaptivity in Adam", arXiv 2002.04839, in the form of the \
        authors' code and timm's `LaProp` (betas 0.9, 0.999; ε = 1e-15): the rate is inside the average, so that the \
        past counts by the rates it was made with. In pytorch-optimizer ε is ε_in.
        """),
    "Lion": RuleSummary(
      purpose: """
        Lion: the sign of an average of gradients.
        """,
      formula: """
        u = sign(β₁·m + (1 − β₁)·g)
        w ← (1 − ηγ)·w − η·u
        m ← β₂·m + (1 − β₂)·g
        """,
      source: """
        Chen et al., "Symbolic discovery of optimization algorithms", arXiv 2302.06675, Program 1; weight decay is \
        decoupled there, and coupled (added to g) only if asked for. Rates are 3 to 10 times smaller than AdamW's. \
        As in `optax.lion`, whose weight decay is 0.001 by default.
        """),
    "MADGRAD": RuleSummary(
      purpose: """
        MADGRAD: dual averaging with momentum and the cube root of summed squares.
        """,
      formula: """
        d = g + γ·w
        λ = (η + ε)·√t;   s ← s + λ·d,   ν ← ν + λ·d²
        z = x₀ − s/(∛ν + ε)
        w ← μ·w + (1 − μ)·z                          less (η + ε)·γ·w of before where decoupled
        """,
      source: """
        Defazio and Jelassi, "Adaptivity without compromise: a momentumized, adaptive, dual averaged gradient \
        method", arXiv 2101.11075, in the form of the authors' `MADGRAD` (ε is added to the rate unless that is 0); \
        Optax takes the same steps. Without momentum x₀ is recovered from the state instead of being kept. Weight \
        decay is usually 0 here.
        """),
    "MARS": RuleSummary(
      purpose: """
        MARS: a gradient corrected by its last change, bounded in norm, under AdamW or Lion.
        """,
      formula: """
        c = g + κ·β₁/(1 − β₁)·(g − g′)               g′ of the step before; c = g in the first step
        c ← c/max(1, ‖c‖₂)                           over each tensor
        m ← β₁·m + (1 − β₁)·c,   v ← β₂·v + (1 − β₂)·c²
        adamw:  w ← (1 − ηγ)·w − η · m/(1 − β₁ᵗ) / (√v/√(1 − β₂ᵗ) + ε)
        lion:   w ← (1 − ηγ)·w − η·sign(m)
        """,
      source: """
        Yuan et al., "MARS: unleashing the power of variance reduction for training large models", arXiv \
        2411.10438 (the approximate form, with the gradient of the batch before), in the form of timm's `Mars`. \
        Tensors of fewer than two dimensions take plain AdamW with the same constants, as there.
        """),
    "MirrorMADGRAD": RuleSummary(
      purpose: """
        Mirror MADGRAD: MADGRAD as mirror descent, for long runs with coarse arithmetic.
        """,
      formula: """
        d = g + γ·w                                  coupled decay; z ← (1 − (η + ε)·γ)·z first where decoupled
        ν ← √((t − 1)/t)·ν + d²
        z ← z − (η + ε)·∛t·d/(∛ν + ε)                z begins at the parameters
        w ← μ·w + (1 − μ)·z
        """,
      source: """
        the authors' `MirrorMADGRAD`, of the package madgrad, which belongs to Defazio and Jelassi, arXiv 2101.11075 \
        (ε is added to the rate unless that is 0).
        """),
    "NAdam": RuleSummary(
      purpose: """
        NAdam: Adam with Nesterov's momentum; NAdamW where the weight decay is decoupled.
        """,
      formula: """
        d = g + γ·w                                  coupled decay; w ← (1 − ηγ)·w first where decoupled
        m ← β₁·m + (1 − β₁)·d,   v ← β₂·v + (1 − β₂)·d²,   P = √(v/(1 − β₂ᵗ)) + ε
        torch:   μₜ = β₁·(1 − ½·0.96^(ψt)),   Mₜ = μ₁ … μₜ
                 w ← w − η·(μₜ₊₁·m/(1 − Mₜ₊₁) + (1 − μₜ)·d/(1 − Mₜ))/P
        optax:   w ← w − η·(β₁·m/(1 − β₁ᵗ⁺¹) + (1 − β₁)·d/(1 − β₁ᵗ))/P
        timm:    w ← w − η·(β₁·m + (1 − β₁)·d)/(1 − β₁ᵗ)/P
        """,
      source: """
        Dozat, ICLR 2016 workshop, in the form of `torch.optim.NAdam` (momentum_decay = ψ), with the schedule of the \
        paper. Optax's `nadam` has none; timm's `NAdamW`, the baseline of the AlgoPerf competition, corrects both \
        parts alike, so that its first step is 1.9 times Adam's.
        """),
    "PID": RuleSummary(
      purpose: """
        Descent as a PID controller: the gradient, its momentum (integral) and an average of its changes \
        (derivative).
        """,
      formula: """
        e = g + γ·w                                  coupled decay; w ← (1 − ηγ)·w first where decoupled
        v ← μ·v + (1 − τ)·e
        c ← μ·c + (1 − μ)·(e − e′)                   e′ of the step before; no change in the first step
        w ← w − η·(e + K_i·v + K_d·c)
        """,
      source: """
        An et al., "A PID controller approach for stochastic optimization of deep networks", CVPR 2018, in the \
        form of pytorch-optimizer's `PID` and its authors' code (integral 5, derivative 10).
        """),
    "QHAdam": RuleSummary(
      purpose: """
        QHAdam: quasi-hyperbolic means in both of Adam's moments.
        """,
      formula: """
        d = g + γ·w                                  coupled decay; w ← (1 − ηγ)·w first where decoupled
        m ← β₁·m + (1 − β₁)·d,   v ← β₂·v + (1 − β₂)·d²,   m̂ = m/(1 − β₁ᵗ),   v̂ = v/(1 − β₂ᵗ)
        w ← w − η·(ν₁·m̂ + (1 − ν₁)·d)/(√(ν₂·v̂ + (1 − ν₂)·d²) + ε)
        """,
      source: """
        Ma and Yarats, arXiv 1810.06801, with the values recommended there; the steps of torch-optimizer's and \
        pytorch-optimizer's `QHAdam` (whose defaults are Adam's).
        """),
    "QHM": RuleSummary(
      purpose: """
        Quasi-hyperbolic momentum: a mean of the gradient and of its average.
        """,
      formula: """
        d = g + γ·w                                  coupled decay; w ← (1 − ηγ)·w first where decoupled
        b ← μ·b + (1 − μ)·d
        w ← w − η·(ν·b + (1 − ν)·d)
        """,
      source: """
        Ma and Yarats, "Quasi-hyperbolic momentum and Adam for deep learning", arXiv 1810.06801, whose \
        recommendation ν = 0.7, μ = 0.999 is the default; in the form of pytorch-optimizer's `QHM`.
        """),
    "RAdam": RuleSummary(
      purpose: """
        RAdam: Adam that trusts its second moment as far as the number of steps allows.
        """,
      formula: """
        d = g + γ·w                                  coupled decay; w ← (1 − ηγ)·w first where decoupled
        m ← β₁·m + (1 − β₁)·d,   v ← β₂·v + (1 − β₂)·d²,   m̂ = m/(1 − β₁ᵗ)
        ρ = ρ∞ − 2t·β₂ᵗ/(1 − β₂ᵗ),   ρ∞ = 2/(1 − β₂) − 1
        ρ > 5:  w ← w − η·r·m̂·√(1 − β₂ᵗ)/(√v + ε),   r = √((ρ − 4)(ρ − 2)ρ∞ / ((ρ∞ − 4)(ρ∞ − 2)ρ))
        else:   w ← w − η·m̂                          or not at all
        """,
      source: """
        Liu et al., "On the variance of the adaptive learning rate and beyond", arXiv 1908.03265, in the form of \
        `torch.optim.RAdam`. Optax adds ε after the correction of v (style `optax`); pytorch-optimizer does not move \
        before rectification begins (`unrectified: skip`).
        """),
    "RMSprop": RuleSummary(
      purpose: """
        RMSprop: gradients divided by the root of a moving average of their squares.
        """,
      formula: """
        d = g + γ·w                                  coupled decay; w ← (1 − ηγ)·w first where decoupled
        v ← β₂·v + (1 − β₂)·d²                       from an initial accumulator of 0
        a ← β₂·a + (1 − β₂)·d                        where centred; else a = 0
        u = d/(√(max(v − a², 0) + ε_in) + ε)         v and a over 1 − β₂ᵗ with bias correction
        w ← w − η·u              or, with momentum,  b ← μ·b + u;  w ← w − η·b   (Nesterov: w ← w − η·(u + μ·b))
        """,
      source: """
        Hinton, Coursera lecture 6e (2012), in the form of `torch.optim.RMSprop` (centered: Graves, arXiv \
        1308.0850), whose smoothing constant `alpha` is `beta2` here: it plays the part β₂ plays in Adam. ε stands \
        outside the root (PyTorch, MLX); Keras, Optax and TensorFlow put it inside, and take 0.9 for β₂. \
        TensorFlow's, which EfficientNet and its kin were tuned with, also starts v at 1 and has the rate inside the \
        momentum: `rmsprop(beta2: 0.9, epsilon: 0, epsilonInside: 1e-10, momentum: 0.9, initialAccumulator: 1, \
        rateInMomentum: true)`.
        """),
    "Rprop": RuleSummary(
      purpose: """
        Rprop: a step length of its own for every parameter, which grows while the gradient keeps its sign.
        """,
      formula: """
        s ← clamp(s·η₊) where g·g′ > 0,  clamp(s·η₋) where g·g′ < 0,  between the least and the largest length
        g ← 0 where g·g′ < 0                         do not move, and forget the gradient
        w ← w − s·sign(g);   g′ ← g
        """,
      source: """
        Riedmiller and Braun, "A direct adaptive method for faster backpropagation learning", ICNN 1993 (the \
        variant without backtracking), in the form of `torch.optim.Rprop` (etas, step_sizes). Meant for full \
        batches. Optax's `rprop` applies the step of the call before.
        """),
    "SGD": RuleSummary(
      purpose: """
        Stochastic gradient descent with momentum (heavy ball or Nesterov) and weight decay; SGDW where that is \
        decoupled.
        """,
      formula: """
        d = g + γ·w                                  coupled decay; w ← (1 − ηγ)·w first where decoupled (SGDW)
        v ← μ·v + (1 − τ)·d                          v = d in the first step
        w ← w − η·v          or, with Nesterov,      w ← w − η·(d + μ·v)
        """,
      source: """
        Sutskever et al., ICML 2013, in the form of `torch.optim.SGD` (momentum, dampening, nesterov, weight_decay \
        under the names here); decoupled decay: Loshchilov and Hutter, arXiv 1711.05101.
        """),
    "SignSGD": RuleSummary(
      purpose: """
        The sign of the gradient, or of its average (Signum).
        """,
      formula: """
        d = g + γ·w                                  coupled decay; w ← (1 − ηγ)·w first where decoupled
        m ← μ·m + (1 − μ)·d                          m = d without momentum
        w ← w − η·sign(m)
        """,
      source: """
        Bernstein et al., "signSGD: compressed optimisation for non-convex problems", arXiv 1802.04434, where the \
        decay is decoupled; in the form of `optax.sign_sgd`, `optax.signum` and pytorch-optimizer's `SignSGD`. The \
        average's scale does not matter to its sign. The sign of 0 is 0; a NaN stays one.
        """),
    "SimplifiedAdEMAMix": RuleSummary(
      purpose: """
        Simplified AdEMAMix: one accumulated momentum and the gradient itself, over Adam's second moment.
        """,
      formula: """
        d = g + γ·w                                  coupled decay; w ← (1 − ηγ)·w first where decoupled
        m ← β₁·m + d,   v ← β₂·v + (1 − β₂)·d²
        w ← w − η · (m + α·d) / (√(v/(1 − β₂ᵗ)) + ε)
        """,
      source: """
        Morwani et al., "Connections between Schedule-Free optimizers, AdEMAMix, and accelerated SGD variants", \
        arXiv 2502.02431, in the form of `optax.contrib.simplified_ademamix`. m is a sum, so rates are about 1 − β₁ \
        of Adam's.
        """),
    "Tiger": RuleSummary(
      purpose: """
        Tiger: the sign of an average of gradients, with one constant instead of Lion's two.
        """,
      formula: """
        m ← β·m + (1 − β)·g
        w ← (1 − ηγ)·w − η·sign(m)
        """,
      source: """
        Su, "Tiger: a tight-fisted optimizer", github.com/bojone/tiger (2023), in the form of pytorch-optimizer's \
        `Tiger` (beta 0.965, weight decay 0.01). Signum by another name; the lighter of the sign rules in memory.
        """),
    "Yogi": RuleSummary(
      purpose: """
        Yogi: Adam whose second moment moves towards g² by steps in proportion to g², so that it falls slowly.
        """,
      formula: """
        d = g + γ·w                                  coupled decay; w ← (1 − ηγ)·w first where decoupled
        m ← β₁·m + (1 − β₁)·d
        v ← v − (1 − β₂)·sign(v − d²)·d²
        w ← w − η · m/(1 − β₁ᵗ) / (√(v/(1 − β₂ᵗ)) + ε)
        """,
      source: """
        Zaheer et al., "Adaptive methods for nonconvex optimization", NeurIPS 2018, in the form of `optax.yogi` \
        and pytorch-optimizer's `Yogi`: both moments start from 1e-6, ε = 1e-3.
        """),
  ]
}
