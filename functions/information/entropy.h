// entropy(p) = sum p (-log p), the information that an event of the distribution brings on average.
#ifndef LOSSACT_INFORMATION_ENTROPY_H_
#define LOSSACT_INFORMATION_ENTROPY_H_
#include "lossact/information.h"
namespace lossact::information {
struct Entropy {
  double base = std::numbers::e;  // e counts in nats, 2 in bits

  static constexpr About about = {
      .name = "entropy",
      .formula = "-sum(p * log(p)) / log(base)",
      .source = "Shannon 1948",
  };
  static constexpr Loop loop = Loop::fold;
  static constexpr Output output = Output::number;
  static constexpr Argument<Entropy> arguments[] = {
      {.name = "p", .gradient = true, .constraint = Constraint::distribution}};
  static constexpr auto parameters = std::tuple{Parameter{"base", &Entropy::base, {.low = 0}}};
  constexpr std::string_view refusal() const { return refused_base(base); }
  constexpr Facts facts() const { return {.range = {0, inf}, .left = nan, .right = nan}; }
};
inline constexpr Callable<Entropy> entropy;
}  // namespace lossact::information
#endif

#ifdef LOSSACT_NUMBERS
namespace lossact::LOSSACT_NUMBERS {
template <class M, class V = typename M::V>
constexpr V forward(const information::Entropy&, M m, V p) {
  return m.select(m.eq(p, m(0)), m(0), m(0) - p * m.log(p));  // 0 log 0 = 0
}
template <class M, class V = typename M::V>
constexpr V derivative(const information::Entropy&, M m, V p) {
  return m(-1) - m.log(p);
}
}  // namespace lossact::LOSSACT_NUMBERS
#endif
