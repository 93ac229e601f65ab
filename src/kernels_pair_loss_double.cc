#define LOSSACT_STORED double
#define LOSSACT_THIS_FILE "src/kernels_pair_loss_double.cc"
#include "src/kernels_pair_loss-inl.h"
