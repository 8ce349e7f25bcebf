#include "dk_update.h"
#include "dk_moments.h"
#include "philox.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif
#include <math.h>
#include <stdlib.h>
#include <string.h>

// ---- The dynamic map (arXiv 2110.02861), with seven bits for exponent and fraction as bitsandbytes has it.
//
// Of the magnitudes, decade i = 0 … 6 is ]10^(i−7), 10^(i−6)], cut into 2^i equal cells where signed, 2^(i+1) where not,
// between 0.1 and 1 times 10^(i−6); the entries are the cells' middles, and besides them 0 and 1. There is no −1.
//
// With q = 2·|s| + 1 for entry s of the signed map (counted from 0 in the middle) and q = code + 1.5 of the other one, the
// exponent of q is that of the decade, and the magnitude is 10^(i−6)·(0.45·q/2^i − 0.8).

// Tops of the decades by the low four bits of q's exponent in a float, 15 being that of the entry 0. The entry 1 has q from
// 256 on, where 0.9·q/2^(i+1) − 0.8 is not yet 1.
#define TOPS 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1
static const float decode_tops[2][16] = {{TOPS, 1 / (0.9 * 256.5 / 256 - 0.8)}, {TOPS, 1 / (0.9 * 257 / 256 - 0.8)}};

// Piece 0 is the entry 0, pieces 1 … 7 are the decades, piece 8 is the entry 1. With w = |x|/(0.9·top) + 0.8/0.9, the entry
// of a decade is the whole part of w·2^i, and of w·2^(i+1) − 1 where not signed, at most the decade's last; for piece 8 a
// factor that leaves w just above 1.
static const float encode_tops[16] = {0,         1 / 0.9e-6, 1 / 0.9e-5, 1 / 0.9e-4, 1 / 0.9e-3,
                                      1 / 0.9e-2, 1 / 0.9e-1, 1 / 0.9,    0.1125};

// Where pieces meet: halfway between the entries on either side. No binade holds two such places, so that the exponent
// of |x| and one comparison tell the piece. By the low five bits of the exponent in a float: 7 … 31 for 2^−24 … 2^0.
#define NEVER 2
static const float encode_limit[2][32] = {
    {NEVER, NEVER, NEVER, NEVER, NEVER, NEVER, NEVER, NEVER,
     1.625e-07f, NEVER, NEVER, 1.45e-06f, NEVER, NEVER, 1.225e-05f, NEVER,
     NEVER, 0.00011125f, NEVER, NEVER, NEVER, 0.00105625f, NEVER, NEVER,
     0.01028125f, NEVER, NEVER, 0.10140625f, NEVER, NEVER, 0.998242188f, NEVER},
    {NEVER, NEVER, NEVER, NEVER, NEVER, NEVER, NEVER, NEVER,
     NEVER, 2.75e-07f, NEVER, 1.9e-06f, NEVER, NEVER, 1.45e-05f, NEVER,
     NEVER, NEVER, 0.0001225f, NEVER, NEVER, 0.0011125f, NEVER, NEVER,
     0.0105625f, NEVER, NEVER, 0.1028125f, NEVER, NEVER, 0.996484375f, NEVER}};
// The piece below that place.
static const int encode_piece[2][32] = {
    {0, 0, 0, 0, 0, 0, 0, 0,
     0, 1, 1, 1, 2, 2, 2, 3,
     3, 3, 4, 4, 4, 4, 5, 5,
     5, 6, 6, 6, 7, 7, 7, 8},
    {0, 0, 0, 0, 0, 0, 0, 0,
     0, 0, 1, 1, 2, 2, 2, 3,
     3, 3, 3, 4, 4, 4, 5, 5,
     5, 6, 6, 6, 7, 7, 7, 8}};

#define BODY "update.body.h"
#include "targets.h"

void dk_update_sgd(dk_path path, size_t begin, size_t end, const dk_sgd *scalars, const dk_pass *pass,
                   float *parameters, const float *gradient, float *buffer, double sums[2]) {
  DISPATCH(path, update_sgd, begin, end, scalars, pass, parameters, gradient, buffer, sums);
}

void dk_update_adam(dk_path path, size_t begin, size_t end, const dk_adam *scalars, const dk_pass *pass,
                    float *parameters, const float *gradient, float *mean, float *square, double sums[2]) {
  DISPATCH(path, update_adam, begin, end, scalars, pass, parameters, gradient, mean, square, sums);
}

void dk_update_rmsprop(dk_path path, size_t begin, size_t end, const dk_rmsprop *scalars, const dk_pass *pass,
                       float *parameters, const float *gradient, float *square, float *buffer, double sums[2]) {
  DISPATCH(path, update_rmsprop, begin, end, scalars, pass, parameters, gradient, square, buffer, sums);
}

void dk_update_adagrad(dk_path path, size_t begin, size_t end, const dk_adagrad *scalars, const dk_pass *pass,
                       float *parameters, const float *gradient, float *sum, double sums[2]) {
  DISPATCH(path, update_adagrad, begin, end, scalars, pass, parameters, gradient, sum, sums);
}

void dk_update_asgd(dk_path path, size_t begin, size_t end, const dk_asgd *scalars, const dk_pass *pass,
               float *parameters, const float *gradient, float *mean, double sums[2]) {
  DISPATCH(path, update_asgd, begin, end, scalars, pass, parameters, gradient, mean, sums);
}

void dk_update_pid(dk_path path, size_t begin, size_t end, const dk_pid *scalars, const dk_pass *pass,
               float *parameters, const float *gradient, float *sum, float *change, float *last, double sums[2]) {
  DISPATCH(path, update_pid, begin, end, scalars, pass, parameters, gradient, sum, change, last, sums);
}

void dk_update_adopt(dk_path path, size_t begin, size_t end, const dk_adopt *scalars, const dk_pass *pass,
               float *parameters, const float *gradient, float *mean, float *square, double sums[2]) {
  DISPATCH(path, update_adopt, begin, end, scalars, pass, parameters, gradient, mean, square, sums);
}

void dk_update_madgrad(dk_path path, size_t begin, size_t end, const dk_madgrad *scalars, const dk_pass *pass,
               float *parameters, const float *gradient, float *square, float *sum, float *start, double sums[2]) {
  DISPATCH(path, update_madgrad, begin, end, scalars, pass, parameters, gradient, square, sum, start, sums);
}

void dk_update_adamax(dk_path path, size_t begin, size_t end, const dk_adamax *scalars, const dk_pass *pass,
                      float *parameters, const float *gradient, float *mean, float *largest, double sums[2]) {
  DISPATCH(path, update_adamax, begin, end, scalars, pass, parameters, gradient, mean, largest, sums);
}

void dk_update_lion(dk_path path, size_t begin, size_t end, const dk_lion *scalars, const dk_pass *pass,
                    float *parameters, const float *gradient, float *mean, double sums[2]) {
  DISPATCH(path, update_lion, begin, end, scalars, pass, parameters, gradient, mean, sums);
}

void dk_update_adabound(dk_path path, size_t begin, size_t end, const dk_adabound *scalars, const dk_pass *pass,
                        float *parameters, const float *gradient, float *mean, float *square, double sums[2]) {
  DISPATCH(path, update_adabound, begin, end, scalars, pass, parameters, gradient, mean, square, sums);
}

void dk_update_laprop(dk_path path, size_t begin, size_t end, const dk_laprop *scalars, const dk_pass *pass,
                      float *parameters, const float *gradient, float *mean, float *square, double sums[2]) {
  DISPATCH(path, update_laprop, begin, end, scalars, pass, parameters, gradient, mean, square, sums);
}

void dk_update_aggmo(dk_path path, size_t begin, size_t end, const dk_aggmo *scalars, const dk_pass *pass,
                     float *parameters, const float *gradient, float *first, float *second, float *third,
                     double sums[2]) {
  DISPATCH(path, update_aggmo, begin, end, scalars, pass, parameters, gradient, first, second, third, sums);
}

void dk_update_mars(dk_path path, size_t begin, size_t end, const dk_mars *scalars, const dk_pass *pass,
                    float *parameters, const float *gradient, float *mean, float *square, float *last, double sums[2]) {
  DISPATCH(path, update_mars, begin, end, scalars, pass, parameters, gradient, mean, square, last, sums);
}

double dk_mars_squares(dk_path path, size_t begin, size_t end, const dk_mars *scalars, const float *gradient,
                       const float *last) {
  return DISPATCH(path, mars_squares, begin, end, scalars, gradient, last);
}

void dk_update_nothing(dk_path path, size_t begin, size_t end, const dk_pass *pass, float *parameters,
                       const float *gradient, double sums[2]) {
  DISPATCH(path, update_nothing, begin, end, pass, parameters, gradient, sums);
}

void dk_gradient_squares(dk_path path, size_t begin, size_t end, const dk_pass *pass, const float *gradient,
                         double sums[2]) {
  DISPATCH(path, gradient_squares, begin, end, pass, gradient, sums);
}

// ---- Packed averages

double dk_dynamic8_value(int code, int is_signed) {
  const double q = is_signed ? 2.0 * abs(code - 127) + 1 : code + 1.5;
  if (q < 2) return 0;
  if (q >= 256) return 1;
  const int i = ilogb(q) - 1;
  static const double top[] = {1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1};
  const double magnitude = top[i] * (0.45 * q / (1 << i) - 0.8);
  return is_signed && code < 127 ? -magnitude : magnitude;
}

int dk_dynamic8_code(double x, int is_signed) {
  int low = 0, high = 255;
  while (high - low > 1) {
    const int middle = (low + high) / 2;
    if (dk_dynamic8_value(middle, is_signed) <= x)
      low = middle;
    else
      high = middle;
  }
  const double below = x - dk_dynamic8_value(low, is_signed), above = dk_dynamic8_value(high, is_signed) - x;
  // Halfway goes to the smaller magnitude, as in the kernels.
  return below < above || (below == above && x > 0) ? low : high;
}

void dk_unpack(dk_path path, size_t begin, size_t end, const dk_packed *array, float *values) {
  DISPATCH(path, unpack, begin, end, array, values);
}

void dk_pack(dk_path path, size_t begin, size_t end, const float *values, const dk_packed *array) {
  DISPATCH(path, pack, begin, end, values, array);
}

void dk_update_sgd_packed(dk_path path, size_t begin, size_t end, const dk_sgd *scalars, const dk_pass *pass,
                          float *parameters, const float *gradient, const dk_packed *buffer, double sums[2]) {
  DISPATCH(path, update_sgd_packed, begin, end, scalars, pass, parameters, gradient, buffer, sums);
}

void dk_update_adam_packed(dk_path path, size_t begin, size_t end, const dk_adam *scalars, const dk_pass *pass,
                           float *parameters, const float *gradient, const dk_packed *mean, const dk_packed *square,
                           double sums[2]) {
  DISPATCH(path, update_adam_packed, begin, end, scalars, pass, parameters, gradient, mean, square, sums);
}

void dk_update_adamax_packed(dk_path path, size_t begin, size_t end, const dk_adamax *scalars, const dk_pass *pass,
                             float *parameters, const float *gradient, const dk_packed *mean, const dk_packed *largest,
                             double sums[2]) {
  DISPATCH(path, update_adamax_packed, begin, end, scalars, pass, parameters, gradient, mean, largest, sums);
}

void dk_update_lion_packed(dk_path path, size_t begin, size_t end, const dk_lion *scalars, const dk_pass *pass,
                           float *parameters, const float *gradient, const dk_packed *mean, double sums[2]) {
  DISPATCH(path, update_lion_packed, begin, end, scalars, pass, parameters, gradient, mean, sums);
}
