// Made by Scripts/rule-summaries.py from the docstrings of the rules.
extension RuleSummary {
  static let tensorWise: [String: RuleSummary] = [
    "Adafactor": RuleSummary(
      purpose: """
        Adafactor: the mean squares of a matrix kept as a row and a column, and a rate relative to the tensor's \
        size.
        """,
      formula: """
        ρ = η·min(10⁻², 1/√t)     10⁻⁶·t in place of 10⁻² with `warmup`;   ρ = η without `relativeStep`
        α = max(ε₂, RMS(w))·ρ     α = ρ without `scaleByParameter`
        β = 1 − t^c
        R ← β·R + (1 − β)·mean of g² + ε₁ over columns,   C ← β·C + (1 − β)·mean of g² + ε₁ over rows
        V = R·Cᵀ/mean(R)          V ← β·V + (1 − β)·(g² + ε₁) for tensors of fewer than two dimensions
        u = g/√V;   u ← u/max(1, RMS(u)/d)
        m ← β₁·m + (1 − β₁)·α·u   m = α·u without β₁
        w ← (1 − αγ)·w − m
        """,
      source: """
        Shazeer and Stern, "Adafactor: adaptive learning rates with sublinear memory cost", arXiv 1804.04235, \
        algorithms 4 and 5, in the form of `transformers.Adafactor` (scale_parameter, relative_step, warmup_init), \
        which ignores the learning rate where steps are relative; here η multiplies them, 1 being theirs, so that \
        schedules act.
        """),
    "AdamP": RuleSummary(
      purpose: """
        AdamP: Adam that does not lengthen tensors whose length does not matter.
        """,
      formula: """
        m, v as in Adam;   u = m/(√v̂ + ε)           or, with Nesterov, (β₁·m + (1 − β₁)·g)/(√v̂ + ε)
        a tensor of rank ≥ 2 counts as scale-invariant, row by row or as a whole, if |cos(w, g)| < δ/√n in all rows \
        (n
        elements each): then u ← u − ŵ·⟨ŵ, u⟩ by rows or as a whole, with ŵ = w/(‖w‖ + ε), and γ ← κ·γ
        w ← (1 − ηγ)·w − η·u/(1 − β₁ᵗ)
        """,
      source: """
        Heo et al., "AdamP: slowing down the slowdown for momentum optimizers on scale-invariant weights", arXiv \
        2006.08217, algorithm 2, in the form of the authors' package and timm's `AdamP` (delta, wd_ratio).
        """),
    "CAME": RuleSummary(
      purpose: """
        CAME: Adafactor with momentum that trusts an update as far as it agrees with the average of updates.
        """,
      formula: """
        R, C, V as in Adafactor with β₂ in place of β and no bias correction
        u = g/√V;   u ← u/max(1, RMS(u)/d)
        m ← β₁·m + (1 − β₁)·u
        S = (u − m)² + ε₂, kept as row and column means with β₃, as V is
        w ← (1 − ηγ)·w − η·m/√S        η·m for tensors of fewer than two dimensions
        """,
      source: """
        Luo et al., "CAME: confidence-guided adaptive memory efficient optimization", arXiv 2307.02047, algorithm \
        2. As the authors' `came-pytorch` and pytorch-optimizer's.
        """),
    "Fromage": RuleSummary(
      purpose: """
        Fromage: steps as long as the tensor times the rate, kept from growing the tensor.
        """,
      formula: """
        w ← (w − η·(‖w‖/‖g‖)·g)/√(1 + η²)            norms of each tensor, at least `minimumNorm`
        """,
      source: """
        Bernstein et al., "On the distance between two neural networks and the stability of learning", arXiv \
        2002.03432, algorithm 1. As `optax.fromage` (min_norm 1e-6) and pytorch-optimizer's.
        """),
    "LAMB": RuleSummary(
      purpose: """
        LAMB: Adam whose step in each tensor is as long as the tensor, times the rate.
        """,
      formula: """
        g ← g·min(1, c/‖g‖)  over all tensors, with a `maxGradientNorm` c
        m ← β₁·m + (1 − β₁)·g,   v ← β₂·v + (1 − β₂)·g²
        u = m̂/(√v̂ + ε) + γ·w                       m̂, v̂: divided by 1 − βᵗ with bias correction
        r = ‖w‖/‖u‖ for each tensor, 1 where either norm is 0;  at most 1 with `clip`
        w ← w − η·r·u
        """,
      source: """
        You et al., "Large batch optimization for deep learning: training BERT in 76 minutes", arXiv 1904.00962, \
        algorithm 2 with φ(z) = z. As `optax.lamb` (whose defaults are these); timm's `Lamb` clips the gradient's \
        norm to 1 by default and leaves out the ratio where there is no decay (`adaptWithoutDecay: false`); `clip` \
        is its LAMBC.
        """),
    "LARS": RuleSummary(
      purpose: """
        LARS: gradient descent with momentum whose step in each tensor is proportional to the tensor's size.
        """,
      formula: """
        r = τ·‖w‖/(‖g‖ + γ·‖w‖ + ε) for each tensor, 1 where ‖w‖ or ‖g‖ is 0
        d = r·(g + γ·w)
        v ← μ·v + (1 − dampening)·d                  v = d in the first step
        w ← w − η·v          or, with Nesterov,      w ← w − η·(d + μ·v)
        """,
      source: """
        You, Gitman and Ginsburg, "Large batch training of convolutional networks", arXiv 1708.03888, algorithm 1, \
        in the form of timm's `Lars` with `always_adapt`; `clip` is NVIDIA's LARC (r ← min(r/η, 1)). `style: optax` \
        takes r = τ·‖w‖/(‖g + γ·w‖ + ε) and keeps the rate inside the momentum, so that a changed rate acts slowly \
        (`optax.lars`, with ε = 0). `matricesOnly` leaves tensors of fewer than two dimensions to plain momentum \
        without decay, as pytorch-optimizer does.
        """),
    "Muon": RuleSummary(
      purpose: """
        Muon: momentum whose matrix is made orthonormal before the step; other tensors take AdamW.
        """,
      formula: """
        matrices:   M ← μ·M + (1 − μ)·G
                    U = orthonormal of (1 − μ)·G + μ·M  by Newton–Schulz;  of M without Nesterov
                    W ← (1 − ηγ)·W − η·s·U
                    s = √max(1, rows/columns) (`original`) or 0.2·√max(rows, columns) (`matchRMS`, as long as AdamW's steps)
        the rest:   AdamW with the `auxiliary…` settings, at `auxiliaryRateFactor` times the rate
        """,
      source: """
        Jordan et al., "Muon: an optimizer for hidden layers in neural networks", 2024; matchRMS: Liu et al., \
        "Muon is scalable for LLM training", arXiv 2502.16982, eq. 4. As `torch.optim.Muon` (whose decay is 0.1 by \
        default), with products in bfloat16 as there where the parameters are in single precision, unless `products: \
        full`. `style: jordan` adds 10⁻⁷ to the norm that PyTorch bounds by it; `style: optax` adds 10⁻⁸, counts the \
        sides the other way round, corrects for the averages' start at 0, and its auxiliary rule is NAdam with β₂ = \
        0.999 unless told otherwise. A convolution's filters count as the rows of a matrix. Tensors whose names \
        speak of embeddings or an output head take AdamW too, as both papers say, unless `matrices: all`.
        """),
    "NovoGrad": RuleSummary(
      purpose: """
        NovoGrad: momentum over gradients divided by one running norm for each tensor.
        """,
      formula: """
        v ← β₂·v + (1 − β₂)·‖g‖²  for each tensor             v = ‖g‖² in the first step
        m ← β₁·m + g/(√v + ε) + γ·w                           times 1 − β₁ with `averaging`
        w ← w − η·m
        """,
      source: """
        Ginsburg et al., "Stochastic gradient methods with layer-wise adaptive moments", arXiv 1905.11286, \
        algorithm 1. As timm's `NvNovoGrad` and pytorch-optimizer's (betas 0.95, 0.98); `optax.novograd` has 0.9, \
        0.25 and ε = 1e-6.
        """),
    "Shampoo": RuleSummary(
      purpose: """
        Shampoo: the gradient's matrix multiplied from both sides by roots of what its rows and columns have in \
        common.
        """,
      formula: """
        L ← L + G·Gᵀ,   R ← R + Gᵀ·G                 from ε·I
        W ← (1 − ηγ)·W − η·L^(−1/4)·G·R^(−1/4)       vectors: L^(−1/2)·g
        """,
      source: """
        Gupta, Koren and Singer, "Shampoo: preconditioned stochastic tensor optimization", arXiv 1802.09568, \
        algorithm 1. As pytorch-optimizer's `Shampoo` (matrix_eps, decoupled decay). `style: sequential` follows \
        torch-optimizer: both exponents twice as large, and R gathered from L^(−1/2)·G. Tensors of more dimensions \
        count as matrices, the first dimension by the others. A side longer than `maxPreconditionedSide` is left \
        alone. The roots are taken anew every `every` steps, by eigen-decomposition in the parameters' precision.
        """),
    "SOAP": RuleSummary(
      purpose: """
        SOAP: Adam in the eigenbasis of Shampoo's preconditioners.
        """,
      formula: """
        G' = Q_Lᵀ·G·Q_R,   M ← β₁·M + (1 − β₁)·G,   M' = Q_Lᵀ·M·Q_R,   V ← β₂·V + (1 − β₂)·G'²
        N = Q_L·(M'/(√V + ε))·Q_Rᵀ
        W ← (1 − ηγ)·(W − η·√(1 − β₂ᵗ)/(1 − β₁ᵗ)·N)
        L ← β₂·L + (1 − β₂)·G·Gᵀ,   R ← β₂·R + (1 − β₂)·Gᵀ·G
        every so many steps: the columns of Q in the order of their eigenvalues, then Q ← QR factor of L·Q
        """,
      source: """
        Vyas et al., "SOAP: improving and stabilizing Shampoo using Adam", arXiv 2409.11321, algorithms 3 and 4. \
        As the authors' and pytorch-optimizer's `SOAP` (precondition_frequency, max_precondition_dim), whose QR is \
        in single precision. Vectors, and sides longer than `maxPreconditionedSide`, are not turned; tensors of more \
        dimensions count as matrices, the first dimension by the others.
        """),
    "StableAdamW": RuleSummary(
      purpose: """
        StableAdamW: AdamW that takes smaller steps in a tensor whose gradients outgrow their averages.
        """,
      formula: """
        β̂ = β·(1 − βᵗ⁻¹)/(1 − βᵗ) for both                    bias correction by a shorter memory at first
        m ← β̂₁·m + (1 − β̂₁)·g,   v ← β̂₂·v + (1 − β̂₂)·g²
        ρ = η/max(1, RMS(g/√max(v, ε²))) for each tensor
        w ← (1 − ργ)·w − ρ·m/(√v + ε)
        """,
      source: """
        Wortsman et al., "Stable and low-precision training for large-scale vision-language models", arXiv \
        2304.13013, algorithm 2 (update clipping as in Adafactor). As pytorch-optimizer's and optimi's, whose decay \
        goes with the reduced rate.
        """),
  ]
}
