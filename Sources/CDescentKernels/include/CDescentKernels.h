// Vector kernels with run-time choice of the instruction set. No library is needed beyond libm.
#include "dk_cpu.h"
#include "dk_update.h"
