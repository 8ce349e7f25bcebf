// Vector kernels with run-time choice of the instruction set. No library is needed beyond libm.
#include "dk_cpu.h"
#include "dk_arrays.h"
#include "dk_elementwise.h"
#include "dk_gemm.h"
#include "dk_memory.h"
#include "dk_pool.h"
#include "dk_program.h"
#include "dk_update.h"
