#define LOSSACT_STORED float
#define LOSSACT_THIS_FILE "src/kernels_row_loss_float.cc"
#include "src/kernels_row_loss-inl.h"
