#define LOSSACT_STORED bfloat16
#define LOSSACT_THIS_FILE "src/kernels_row_loss_bfloat16.cc"
#include "src/kernels_row_loss-inl.h"
