/* The kernels with vectors. Each is compiled for the processors it is named after: ask before calling (sm3_lanes.c). */
#ifndef AY_PROOF_SM3_WIDE_H
#define AY_PROOF_SM3_WIDE_H

#include "proof/sm3.h"

extern const ay_sm3_kernel ay_sm3_sse2, ay_sm3_avx2, ay_sm3_avx512;

#endif
