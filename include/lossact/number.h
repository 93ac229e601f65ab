// Which kinds of element the library computes with, and how well.
#ifndef LOSSACT_NUMBER_H_
#define LOSSACT_NUMBER_H_
#include <tuple>

namespace lossact {

/// faithful: at most 1 ULP from the exact result for float, 4 for double. fast: at most 4 ULP for float, the same as
/// faithful for double. Both give the same bits on every machine. It is the last argument of every call.
enum class Accuracy { faithful, fast };
inline constexpr Accuracy faithful = Accuracy::faithful, fast = Accuracy::fast;

/// std::tuple{Each<float>, Each<double>}: the one list of element types.
template <template <class> class Each>
using ForEachType = std::tuple<Each<float>, Each<double>>;

}  // namespace lossact
#endif
