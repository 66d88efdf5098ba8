#define LANES 4
#include "proof/sm3_kernel.h"

#include "proof/sm3_wide.h"

const ay_sm3_kernel ay_sm3_sse2 = {"sse2", LANES, load, absorb, store};
