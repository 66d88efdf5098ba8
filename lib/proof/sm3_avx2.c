#define LANES 8
#include "proof/sm3_kernel.h"

#include "proof/sm3_wide.h"

const ay_sm3_kernel ay_sm3_avx2 = {"avx2", LANES, load, absorb, store};
