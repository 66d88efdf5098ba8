/* How far the shares of categories have moved between two sets of counts: of the same categories, in the same order,
 * neither set empty, totals below 2^62. */
#ifndef AY_CHECK_DRIFT_H
#define AY_CHECK_DRIFT_H

#include <stdbool.h>
#include <stdint.h>

/* Population stability index, sum of (p - q) * ln(p / q) over the shares p now and q then, in millionths, rounded to
 * nearest. A category that neither set has is left out. Where one set has a category that the other has not, 1/2 is
 * added to every count of both (the prior of Jeffreys), as a share of 0 has no logarithm; otherwise nothing is.
 * Computed from the counts in their order, in IEEE doubles without contraction. What another mathematics library makes
 * of a logarithm differs by about 10^-16, so the millionths are the same everywhere but for values that close to a
 * half. *ret_most is the category with the largest part. */
uint64_t ay_psi_e6(const uint64_t *now, const uint64_t *then, uint32_t n, uint32_t *ret_most);

/* Kolmogorov-Smirnov: the largest difference of the cumulative shares, over ordered categories. Whole numbers only.
 * *ret_e6 is cut off; whether it is above the limit is not. */
bool ay_ks_is_above(const uint64_t *now, const uint64_t *then, uint32_t n, uint64_t limit_e6, uint64_t *ret_e6,
                    uint32_t *ret_most);

#endif
