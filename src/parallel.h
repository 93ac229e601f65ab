// Work in pieces, on the caller's thread or on several.
#ifndef LOSSACT_SRC_PARALLEL_H_
#define LOSSACT_SRC_PARALLEL_H_
#include <algorithm>
#include <cstddef>

namespace lossact::detail {

/// body(context, first, last) for pieces of [0, count), at least `grain` long but for the last, on the threads that
/// num_threads() allows. Denormals are on in each. The pieces must not depend on each other.
void parallel_pieces(std::size_t count, std::size_t grain, const void* context,
                     void (*body)(const void* context, std::size_t first, std::size_t last));

template <class Body>
void parallel(std::size_t count, std::size_t grain, const Body& body) {
  parallel_pieces(count, std::max<std::size_t>(grain, 1), &body,
                  [](const void* b, std::size_t first, std::size_t last) {
                    (*static_cast<const Body*>(b))(first, last);
                  });
}

}  // namespace lossact::detail
#endif
