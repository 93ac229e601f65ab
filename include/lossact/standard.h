// Which C++ a compiler must speak: included before anything that another would not understand.
#ifndef LOSSACT_STANDARD_H_
#define LOSSACT_STANDARD_H_
#if __cplusplus < 202002L
#error "Lossact must be compiled as C++20 or later: -std=c++20"
#endif
#endif
