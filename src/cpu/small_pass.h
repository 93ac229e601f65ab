// One pass over a few contiguous elements.
#ifndef LOSSACT_SRC_CPU_SMALL_PASS_H_
#define LOSSACT_SRC_CPU_SMALL_PASS_H_
#include "src/cpu/access.h"

namespace lossact::cpu {

/// What one pass takes and writes: n elements each, of which the pass takes whole groups, and the rest by way of
/// copies.
struct SmallPass {
  static constexpr std::size_t kMost = 5;  // more arrays than a small call has
  Pass pass;
  const void* options;
  const void* in[kMost];
  void* out[kMost];
  std::uint8_t in_width[kMost], out_width[kMost];  // bytes of an element
  std::size_t inputs = 0, outputs = 0;
  double scale = 1;

  bool full() const { return inputs == kMost || outputs == kMost; }
  void read(const void* from, std::size_t width) {
    in[inputs] = from, in_width[inputs++] = static_cast<std::uint8_t>(width);
  }
  void write(void* to, std::size_t width) {
    out[outputs] = to, out_width[outputs++] = static_cast<std::uint8_t>(width);
  }
  /// With `lanes`, which is one of the outputs, the sum is left there.
  void run(std::size_t n, double* lanes) {
    const std::size_t whole = n / detail::kGroup * detail::kGroup, rest = n - whole;
    if (whole) pass(options, 0, whole, in, &scale, out);
    if (rest) run_rest(whole, rest, lanes);
  }

 private:
  void run_rest(std::size_t whole, std::size_t rest, double* lanes) {
    alignas(64) double tail[kMost][detail::kGroup], end[kMost][detail::kGroup], last[detail::kGroup];
    const void* from[kMost];
    void* to[kMost];
    for (std::size_t i = 0; i < inputs; ++i) {
      from[i] = nullptr;
      if (!in[i]) continue;
      std::memset(tail[i], 0, detail::kGroup * in_width[i]);
      detail::copy(tail[i], static_cast<const char*>(in[i]) + whole * in_width[i], rest * in_width[i]);
      from[i] = tail[i];
    }
    for (std::size_t i = 0; i < outputs; ++i) {
      to[i] = out[i] ? end[i] : nullptr;
      if (out[i] && out[i] == lanes) std::fill_n(last, detail::kGroup, 0.0), to[i] = last;
    }
    pass(options, whole, detail::kGroup, from, &scale, to);
    for (std::size_t i = 0; i < outputs; ++i)
      if (out[i] && out[i] != lanes)
        detail::copy(static_cast<char*>(out[i]) + whole * out_width[i], end[i], rest * out_width[i]);
    for (std::size_t j = 0; lanes && j < rest; ++j) lanes[j] += last[j];
  }
};

}  // namespace lossact::cpu
#endif
