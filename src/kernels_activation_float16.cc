#define LOSSACT_STORED float16
#define LOSSACT_THIS_FILE "src/kernels_activation_float16.cc"
#include "src/kernels_activation-inl.h"
