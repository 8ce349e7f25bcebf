// Made by Scripts/rule-summaries.py from the docstrings of the rules.
extension RuleSummary {
  static let rateFree: [String: RuleSummary] = [
    "AdamG": RuleSummary(
      purpose: """
        AdamG: Adam whose step follows a power of the gradients met so far.
        """,
      formula: """
        v ← β₂·v + (1 − β₂)·g²,   r ← β₃·r + (1 − β₃)·p·v^q,   m ← β₁·m + (1 − β₁)·r·g
        w ← w − min(η, 1/√t)·m/(1 − β₁ᵗ)/(√(v/(1 − β₂ᵗ)) + ε)
        """,
      source: """
        Pan, Lu and others, "Towards stability of parameter-free optimization", arXiv 2405.04376, algorithm 1, in \
        the form of pytorch-optimizer's `AdamG` (betas, p, q, eps). η stays 1.
        """),
    "ALIG": RuleSummary(
      purpose: """
        ALI-G: Polyak's step size with momentum, for models that fit their data exactly.
        """,
      formula: """
        s = min(f/(‖g‖² + δ), η)
        w ← w − s·g;   with momentum: v ← μ·v − s·g,   w ← w + μ·v
        adjusted:      v ← μ·v − g,     w ← w + s·μ·v
        """,
      source: """
        Berrada, Zisserman and Kumar, "Training neural networks for and by interpolation", arXiv 1906.05661, \
        algorithm 1, in the form of pytorch-optimizer's `AliG` (momentum, adjusted_momentum). The learning rate is \
        the largest step allowed. The loss must not be below 0, and is the one of the step's own batch; the authors \
        bound ‖w‖ rather than decay the weights.
        """),
    "COCOB": RuleSummary(
      purpose: """
        COCOB: each parameter bets what it has won so far on the sign of its next gradient; there is no rate.
        """,
      formula: """
        c = η·(g + γ·w)
        L ← max(L, |c|),   G ← G + |c|,   R ← max(R − c·(w − w₀), 0),   θ ← θ − c
        w ← w₀ + θ/(L·max(G + L, α·L))·(L + R)
        """,
      source: """
        Orabona and Tommasi, "Training deep networks without learning rates through coin betting", arXiv \
        1705.07795, algorithm 2, in the form of `optax.contrib.cocob` (alpha, eps). η = 1 means nothing more than no \
        factor: the steps are the same for every η but for the ε that L starts from.
        """),
    "DAdaptation": RuleSummary(
      purpose: """
        D-Adaptation: a rate that follows a lower bound on the distance to the solution, for five rules.
        """,
      formula: """
        λ = d·η,   d ← max(d, min(d̂, d·growth)),   d from d₀ = 10⁻⁶ on
        sgd:      s ← s + λ·g (λ = d·η/‖g₀‖);   d̂ = 2·Σ λ⟨g, s⟩/‖s‖;   w ← μ·w + (1 − μ)·(w₀ − s)
        adam:     m ← β₁·m + (1 − β₁)·λ·g,  v as Adam's,  s ← √β₂·s + (1 − √β₂)·λ·g
                  d̂ = r/((1 − √β₂)·‖s‖₁),  r ← √β₂·r + (1 − √β₂)·λ·⟨g, s/(√v + ε)⟩;   w ← w − λγ·w − m/(√v + ε)
        adagrad:  a ← a + g²,  s ← s + λ·g,  d̂ = (Σ s²/(√a + ε) − Σ λ²·Σ g²/(√a + ε))/‖s‖₁;   w ← w₀ − s/(√a + ε)
        lion:     u = sign(β₁·m + (1 − β₁)·g);  r, s and d̂ as adam's, with u in place of g and no v;   w ← (1 − \
        λγ)·w − λ·u
        adan:     m, its difference and v as Adan's with λ in the first two;  s with β₃;  d̂ as adagrad's, with \
        averages
        """,
      source: """
        Defazio and Mishchenko, "Learning-rate-free learning by D-Adaptation", arXiv 2301.07733, in the form of \
        the authors' package `dadaptation` 3.2 (`DAdaptSGD`, `DAdaptAdam`, `DAdaptAdaGrad`, `DAdaptLion`, \
        `DAdaptAdan`). With `adamw` it is also `optax.contrib.dadapt_adamw`. Adam's bias correction, which the \
        package leaves out unless asked, is the inner rule's: on by default. η stays 1, or follows a schedule from \
        1. All groups share one d; one whose rate is 0 has no part in it.
        """),
    "DoG": RuleSummary(
      purpose: """
        DoG: distance over gradients; the rate is how far the parameters have come over the gradients met on the \
        way.
        """,
      formula: """
        d = g + γ·w
        r = the largest ‖w − w₀‖ so far, from r_ε·(1 + ‖w₀‖) on;   G ← G + ‖d‖²
        w ← w − η·r/√(G + ε)·d
        evaluated: a ← a + (1 + p)/(t + p)·(w − a), the polynomial-decay average
        """,
      source: """
        Ivgi, Hinder and Carmon, "DoG is SGD's best friend", arXiv 2302.12022, in the form of the authors' package \
        `dog-optimizer` (reps_rel, init_eta, weight_decay, eps; `PolynomialDecayAverager` with gamma = p), whose \
        steps are also those of `optax.contrib.dog`. The paper holds the average to be essential, and it is what is \
        evaluated and kept; `averaging: false` leaves it out. η stays 1. Each parameter group has a distance and a \
        sum of its own, as there.
        """),
    "DoWG": RuleSummary(
      purpose: """
        DoWG: distance over weighted gradients; gradients met far from the start count for more.
        """,
      formula: """
        d = g + γ·w
        r² = the largest ‖w − w₀‖² so far, from r₀² on;   V ← V + r²·‖d‖²
        w ← w − η·r²/(√V + ε)·d
        """,
      source: """
        Khaled, Mishchenko and Jin, "DoWG unleashed", arXiv 2305.16284, algorithm 1, in the form of \
        `optax.contrib.dowg` (init_estim_sq_dist, eps). η stays 1. One distance over all groups.
        """),
    "LayerwiseDoG": RuleSummary(
      purpose: """
        L-DoG: DoG with a distance and a sum of gradients of its own for each tensor.
        """,
      formula: """
        d = g + γ·w
        r = the largest ‖w − w₀‖ of the tensor so far, from r_ε·(1 + ‖w₀‖) on;   G ← G + ‖d‖² of the tensor
        w ← w − η·r/√(G + ε)·d
        evaluated: a ← a + (1 + p)/(t + p)·(w − a), the polynomial-decay average
        """,
      source: """
        Ivgi, Hinder and Carmon, arXiv 2302.12022, section 4.1, in the form of the authors' `dog.LDoG`. The average \
        is as needed as in DoG.
        """),
    "MoMo": RuleSummary(
      purpose: """
        MoMo: momentum with Polyak's step size for the average of the linear models of recent batches.
        """,
      formula: """
        f̄, m, γ̄ ← averages with β₁ of f, g and ⟨g, w⟩          from the first values on; from 0 with bias \
        correction
        t = max((1 + ηγ)·(f̄ − ρ·f* − γ̄) + ⟨m, w⟩, 0)/‖m‖²       ρ = 1; 1 − β₁ᵗ with bias correction
        s = min(η/ρ, t),   w ← (w − s·m)/(1 + ηγ)
        """,
      source: """
        Schaipp, Ohana, Eickenberg, Defazio and Gower, "MoMo: momentum models for adaptive learning rates", arXiv \
        2305.07583, algorithms 1 and 2, in the form of the authors' `momo.Momo`, whose steps are also those of \
        `optax.contrib.momo` (beta = β₁, lb = f*, use_fstar = `estimateBound`). The learning rate is the largest \
        step allowed. The numbers are over all groups; each group's step is bounded by its own rate.
        """),
    "MoMoAdam": RuleSummary(
      purpose: """
        MoMo-Adam: MoMo with Adam's scaling.
        """,
      formula: """
        f̄, m, γ̄ ← averages with β₁ of f, g and ⟨g, w⟩, from 0 on;   v ← β₂·v + (1 − β₂)·g²,   D = √(v/(1 − β₂ᵗ)) + \
        ε
        t = max((1 + ηγ)·(f̄ − ρ·f* − γ̄) + ⟨m, w⟩, 0)/Σ m²/D        ρ = 1 − β₁ᵗ
        s = min(η/ρ, t),   w ← (w − s·m/D)/(1 + ηγ)
        """,
      source: """
        Schaipp et al., arXiv 2305.07583, algorithm 3, in the form of the authors' `momo.MomoAdam`, whose steps are \
        also those of `optax.contrib.momo_adam` (lb = f*, use_fstar = `estimateBound`). The learning rate is the \
        largest step allowed; the paper finds 10 times what Adam takes safe.
        """),
    "Polyak": RuleSummary(
      purpose: """
        Polyak's step size, bounded (SPS_max): the step after which a linear model of the loss would be at its \
        minimum.
        """,
      formula: """
        s = min((f − f*)/(c·‖g‖² + ε), η)
        w ← w − s·g
        """,
      source: """
        Polyak, 1987; Loizou et al., "Stochastic Polyak step-size for SGD", arXiv 2002.10542, eq. 3; never below \
        0: Garrigos et al., arXiv 2307.14528. As `optax.polyak_sgd` (f_min, eps, scaling = c, variant `sps+`; there \
        the bound is c times the given one, and the variant `sps` goes up the slope where the loss is below f*). The \
        learning rate is the largest step allowed, and stays as it is. f is the loss of the step's own batch.
        """),
    "Prodigy": RuleSummary(
      purpose: """
        Prodigy: Adam with a rate that follows the distance from the start.
        """,
      formula: """
        λ = d·η (·√(1 − β₂ᵗ)/(1 − β₁ᵗ) with bias correction)
        m ← β₁·m + (1 − β₁)·d·g,   v ← β₂·v + (1 − β₂)·d²·g²
        r ← β₃·r + (d/d₀)·λ·⟨g, w₀ − w⟩,   s ← β₃·s + (d/d₀)·λ·g            (d in place of λ there with the \
        safeguard)
        d̂ = c·r/‖s‖₁;   d ← max(d, d̂), growing at most by the growth rate
        w ← (1 − λγ)·w − λ·m/(√v + d·ε)                                      λ with the d before, ε with the d after
        """,
      source: """
        Mishchenko and Defazio, "Prodigy: an expeditiously adaptive parameter-free learner", arXiv 2306.06101, in \
        the form of its authors' `prodigyopt` (betas, beta3, d0, d_coef, growth_rate, decouple, use_bias_correction, \
        safeguard_warmup), which is also `optax.contrib.prodigy` with bias correction. η stays 1, or follows a \
        schedule from 1. All groups share one d; a group whose rate is 0 has no part in it.
        """),
  ]
}
