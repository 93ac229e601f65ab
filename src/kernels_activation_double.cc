#define LOSSACT_STORED double
#define LOSSACT_THIS_FILE "src/kernels_activation_double.cc"
#include "src/kernels_activation-inl.h"
