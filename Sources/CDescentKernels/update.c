#include "dk_update.h"

#include <string.h>

#define BODY "update.body.h"
#include "targets.h"

void dk_update_sgd(dk_path path, size_t begin, size_t end, const dk_sgd *scalars, float *parameters,
                   const float *gradient, float *buffer, double sums[2]) {
  DISPATCH(path, update_sgd, begin, end, scalars, parameters, gradient, buffer, sums);
}

void dk_update_adam(dk_path path, size_t begin, size_t end, const dk_adam *scalars, float *parameters,
                    const float *gradient, float *mean, float *square, double sums[2]) {
  DISPATCH(path, update_adam, begin, end, scalars, parameters, gradient, mean, square, sums);
}

void dk_update_rmsprop(dk_path path, size_t begin, size_t end, const dk_rmsprop *scalars, float *parameters,
                       const float *gradient, float *square, float *buffer, double sums[2]) {
  DISPATCH(path, update_rmsprop, begin, end, scalars, parameters, gradient, square, buffer, sums);
}

void dk_update_adagrad(dk_path path, size_t begin, size_t end, const dk_adagrad *scalars, float *parameters,
                       const float *gradient, float *sum, double sums[2]) {
  DISPATCH(path, update_adagrad, begin, end, scalars, parameters, gradient, sum, sums);
}
