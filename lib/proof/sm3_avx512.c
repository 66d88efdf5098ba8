#define LANES 16
#include "proof/sm3_kernel.h"

#include "proof/sm3_wide.h"

const ay_sm3_kernel ay_sm3_avx512 = {"avx512", LANES, load, absorb, store};
