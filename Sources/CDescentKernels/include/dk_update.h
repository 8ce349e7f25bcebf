#ifndef DK_UPDATE_H
#define DK_UPDATE_H

#include <stddef.h>

#include "dk_cpu.h"

// One optimizer step over elements begin … end−1 of flat float vectors, in one pass.
//
// Every kernel also writes sums[0] = Σ g² (the gradient as given) and sums[1] = Σ p² (after the step) over its range,
// accumulated in double. An element's new value depends on nothing but its own values and the scalars: how the vector
// is split among calls changes no bit of it. The vectors must not overlap.
//
// What every rule does besides, as the gradient is read and the parameters are written, is told by a `dk_pass`.
//
// Common scalars: `rate` is η; `coupled` is γ where decay is added to the gradient, `keep` is 1 − ηγ where it is
// applied to the parameters (the other one being 0 or 1).

/// What a step does in the same pass whatever the rule: scale and bound the gradient, keep an average.
typedef struct {
  float factor;    ///< What the gradient is multiplied by as it is read.
  float limit;     ///< Then no element is larger in magnitude than this; INFINITY: no limit. A NaN stays one.
  float weight;    ///< Of the new parameters in the average: average ← average + weight·(p − average).
  float *average;  ///< As long as the parameters, apart from all other vectors; NULL: none is kept.
} dk_pass;

/// sums[0] = Σ (factor·g)², sums[1] the same with the limit; in double. Reads the gradient once, writes nothing.
void dk_gradient_squares(dk_path path, size_t begin, size_t end, const dk_pass *pass, const float *gradient,
                         double sums[2]);

/// Leaves the parameters as they are, adds to `sums` what the others write there, and keeps the average: for rules
/// whose formula is not a kernel of its own.
void dk_update_nothing(dk_path path, size_t begin, size_t end, const dk_pass *pass, float *parameters,
                       const float *gradient, double sums[2]);

/// SGD. `buffer` may be NULL: no momentum.
typedef struct {
  float rate, coupled, keep;
  float momentum;
  float intake;      ///< What multiplies the gradient on its way into the buffer: 1 − dampening, and 1 in the first step.
  float own, share;  ///< p ← keep·p − rate·(own·d + share·v): 0 and 1, Nesterov's 1 and μ, quasi-hyperbolic 1 − ν and ν.
} dk_sgd;

void dk_update_sgd(dk_path path, size_t begin, size_t end, const dk_sgd *scalars, const dk_pass *pass,
                   float *parameters, const float *gradient, float *buffer, double sums[2]);

/// Adam and AdamW: p ← keep·p − rate·m/(√(v + inside)·scale + ε).
typedef struct {
  float rate, coupled, keep;  ///< `rate` is η/(1 − β₁ᵗ) with bias correction.
  float fresh1, beta2, fresh2;  ///< 1 − β₁, β₂, 1 − β₂.
  float scale;                  ///< 1/√(1 − β₂ᵗ) with bias correction, else 1.
  float inside;                 ///< Added to v: ε_in·(1 − β₂ᵗ).
  float epsilon;
} dk_adam;

void dk_update_adam(dk_path path, size_t begin, size_t end, const dk_adam *scalars, const dk_pass *pass,
                    float *parameters, const float *gradient, float *mean, float *square, double sums[2]);

/// RMSprop. `buffer` may be NULL: no momentum.
typedef struct {
  float rate, coupled, keep;
  float momentum;
  float beta2, fresh2;    ///< β₂, 1 − β₂.
  float inside, epsilon;  ///< √(v + inside) + ε.
} dk_rmsprop;

void dk_update_rmsprop(dk_path path, size_t begin, size_t end, const dk_rmsprop *scalars, const dk_pass *pass,
                       float *parameters, const float *gradient, float *square, float *buffer, double sums[2]);

/// Adagrad.
typedef struct {
  float rate, coupled, keep;
  float inside, epsilon;  ///< √(s + inside) + ε.
} dk_adagrad;

void dk_update_adagrad(dk_path path, size_t begin, size_t end, const dk_adagrad *scalars, const dk_pass *pass,
                       float *parameters, const float *gradient, float *sum, double sums[2]);

/// ASGD: p ← keep·p − rate·(g + coupled·p); mean ← mean + weight·(p − mean), or p where `restart`.
typedef struct {
  float rate, coupled, keep;
  float weight;
  int restart;
} dk_asgd;

void dk_update_asgd(dk_path path, size_t begin, size_t end, const dk_asgd *scalars, const dk_pass *pass,
                    float *parameters, const float *gradient, float *mean, double sums[2]);

/// PID: sum ← momentum·sum + intake·d; change ← momentum·change + fresh·(d − last); last ← d;
/// p ← keep·p − rate·(d + integral·sum + derivative·change).
typedef struct {
  float rate, coupled, keep;
  float momentum, intake, fresh, integral, derivative;
} dk_pid;

void dk_update_pid(dk_path path, size_t begin, size_t end, const dk_pid *scalars, const dk_pass *pass,
                   float *parameters, const float *gradient, float *sum, float *change, float *last, double sums[2]);

/// ADOPT after its first step: m ← β₁·m + (1 − β₁)·clip(d/max(√v, ε), limit); v ← β₂·v + (1 − β₂)·d²; p ← keep·p − rate·m.
typedef struct {
  float rate, coupled, keep;
  float beta1, fresh1, beta2, fresh2;
  float epsilon, limit;
} dk_adopt;

void dk_update_adopt(dk_path path, size_t begin, size_t end, const dk_adopt *scalars, const dk_pass *pass,
                     float *parameters, const float *gradient, float *mean, float *square, double sums[2]);

/// MADGRAD: square ← square + lambda·d²; sum ← sum + lambda·d; p ← p + intake·(start − sum/(∛square + ε) − p) − lost·p.
typedef struct {
  float coupled, lambda, intake, lost, epsilon;
} dk_madgrad;

void dk_update_madgrad(dk_path path, size_t begin, size_t end, const dk_madgrad *scalars, const dk_pass *pass,
                       float *parameters, const float *gradient, float *square, float *sum, float *start,
                       double sums[2]);

/// Adamax: u ← max(β₂·u, |d| + ε); p ← keep·p − rate·m/u, with Adam's m and `rate`.
typedef struct {
  float rate, coupled, keep;
  float beta1, fresh1, beta2;
  float epsilon;
} dk_adamax;

void dk_update_adamax(dk_path path, size_t begin, size_t end, const dk_adamax *scalars, const dk_pass *pass,
                      float *parameters, const float *gradient, float *mean, float *largest, double sums[2]);

/// Lion: u = sign(β₁·m + (1 − β₁)·g); p ← keep·p − rate·u; m ← β₂·m + (1 − β₂)·g. `mean` may be NULL: u = sign(g).
typedef struct {
  float rate, coupled, keep;
  float beta1, fresh1, beta2, fresh2;
} dk_lion;

void dk_update_lion(dk_path path, size_t begin, size_t end, const dk_lion *scalars, const dk_pass *pass,
                    float *parameters, const float *gradient, float *mean, double sums[2]);

/// AdaBound: Adam's m and v; p ← keep·p − clamp(step/(√(v + inside) + ε), low, high)·m.
typedef struct {
  float coupled, keep;
  float beta1, fresh1, beta2, fresh2;
  float inside, epsilon;
  float step, low, high;  ///< low ≤ high.
} dk_adabound;

void dk_update_adabound(dk_path path, size_t begin, size_t end, const dk_adabound *scalars, const dk_pass *pass,
                        float *parameters, const float *gradient, float *mean, float *square, double sums[2]);

/// LaProp: v ← β₂·v + (1 − β₂)·g²; m ← β₁·m + intake·g/(√(correction·v + inside) + ε); p ← keep·(p − step·m).
typedef struct {
  float step, keep;
  float beta1, intake, fresh2;
  float correction, inside, epsilon;
} dk_laprop;

void dk_update_laprop(dk_path path, size_t begin, size_t end, const dk_laprop *scalars, const dk_pass *pass,
                      float *parameters, const float *gradient, float *mean, float *square, double sums[2]);

/// AggMo with up to four velocities, the first being d itself: vₖ ← betaₖ·vₖ + d; p ← keep·p − rate·(d + Σ vₖ). Velocities
/// that are not kept are NULL, and so are those after them.
typedef struct {
  float rate, coupled, keep;
  float beta[3];
} dk_aggmo;

void dk_update_aggmo(dk_path path, size_t begin, size_t end, const dk_aggmo *scalars, const dk_pass *pass,
                     float *parameters, const float *gradient, float *first, float *second, float *third,
                     double sums[2]);

/// MARS: d = bound·(g + pull·(g − last)); last ← g; Adam's m and v of d;
/// p ← keep·p − rate·m/(scale·√v + ε), or − rate·sign(m).
typedef struct {
  float rate, keep;
  float pull, bound;
  float beta1, fresh1, beta2, fresh2;
  float scale, epsilon;
  int takes_sign;
} dk_mars;

void dk_update_mars(dk_path path, size_t begin, size_t end, const dk_mars *scalars, const dk_pass *pass,
                    float *parameters, const float *gradient, float *mean, float *square, float *last, double sums[2]);

/// Σ d² in double, with 1 for `bound`.
double dk_mars_squares(dk_path path, size_t begin, size_t end, const dk_mars *scalars, const float *gradient,
                       const float *last);

#endif
