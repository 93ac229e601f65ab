#define LOSSACT_STORED bfloat16
#define LOSSACT_THIS_FILE "src/kernels_activation_bfloat16.cc"
#include "src/kernels_activation-inl.h"
