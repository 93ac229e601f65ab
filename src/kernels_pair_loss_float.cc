#define LOSSACT_STORED float
#define LOSSACT_THIS_FILE "src/kernels_pair_loss_float.cc"
#include "src/kernels_pair_loss-inl.h"
