#include "dk_update.h"

#include <math.h>
#include <string.h>

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

void dk_update_adamax(dk_path path, size_t begin, size_t end, const dk_adamax *scalars, const dk_pass *pass,
                      float *parameters, const float *gradient, float *mean, float *largest, double sums[2]) {
  DISPATCH(path, update_adamax, begin, end, scalars, pass, parameters, gradient, mean, largest, sums);
}

void dk_update_lion(dk_path path, size_t begin, size_t end, const dk_lion *scalars, const dk_pass *pass,
                    float *parameters, const float *gradient, float *mean, double sums[2]) {
  DISPATCH(path, update_lion, begin, end, scalars, pass, parameters, gradient, mean, sums);
}

void dk_update_nothing(dk_path path, size_t begin, size_t end, const dk_pass *pass, float *parameters,
                       const float *gradient, double sums[2]) {
  DISPATCH(path, update_nothing, begin, end, pass, parameters, gradient, sums);
}

void dk_gradient_squares(dk_path path, size_t begin, size_t end, const dk_pass *pass, const float *gradient,
                         double sums[2]) {
  DISPATCH(path, gradient_squares, begin, end, pass, gradient, sums);
}
