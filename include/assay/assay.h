/* Everything in one include. */
#ifndef ASSAY_ASSAY_H
#define ASSAY_ASSAY_H
#include "assay/archive.h"
#include "assay/key.h"
#include "assay/pack.h"
#include "assay/partial.h"
#include "assay/proof.h"
#include "assay/run.h"
#include "assay/status.h"
#include "assay/store.h"
#include "assay/ticket.h"
#endif
