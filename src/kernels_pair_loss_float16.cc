#define LOSSACT_STORED float16
#define LOSSACT_THIS_FILE "src/kernels_pair_loss_float16.cc"
#include "src/kernels_pair_loss-inl.h"
