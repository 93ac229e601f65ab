// Which kinds of element the library computes with, and how well.
#ifndef LOSSACT_NUMBER_H_
#define LOSSACT_NUMBER_H_
#include <tuple>
#include "lossact/half.h"

namespace lossact {

/// faithful: at most 1 ULP from the exact result for float, 4 for double and for the gradients of losses of rows;
/// bfloat16 and float16 are the exact result rounded. fast: at most 4 ULP for float, 0.6 for bfloat16 and float16, the
/// same as faithful for double. Both give the same bits on every machine. It is the last argument of every call.
enum class Accuracy { faithful, fast };
inline constexpr Accuracy faithful = Accuracy::faithful, fast = Accuracy::fast;

/// The one list of element types.
using ElementTypes = std::tuple<float, double, bfloat16, float16>;

}  // namespace lossact
#endif
