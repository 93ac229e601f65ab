// Requires C++20. Included before all else, so that under an older standard this is the first error.
#ifndef LOSSACT_STANDARD_H_
#define LOSSACT_STANDARD_H_
#if __cplusplus < 202002L
#error "Lossact must be compiled as C++20 or later: -std=c++20"
#endif
#endif
