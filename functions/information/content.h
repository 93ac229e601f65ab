// content(p) = -log p, the information of an event of probability p: what is certain tells nothing.
#ifndef LOSSACT_INFORMATION_CONTENT_H_
#define LOSSACT_INFORMATION_CONTENT_H_
#include "lossact/information.h"
namespace lossact::information {
struct Content {
  double base = std::numbers::e;  // e counts in nats, 2 in bits

  static constexpr About about = {
      .name = "content",
      .formula = "-log(p) / log(base)",
      .source = "Shannon 1948; Hartley 1928",
  };
  static constexpr Loop loop = Loop::fold;
  static constexpr Output output = Output::elements;
  static constexpr Argument<Content> arguments[] = {
      {.name = "probabilities", .gradient = true, .constraint = Constraint::probability}};
  static constexpr auto parameters = std::tuple{Parameter{"base", &Content::base, {.low = 0}}};
  constexpr std::string_view refusal() const { return refused_base(base); }
  constexpr Facts facts() const { return {.range = {0, inf}, .convex = true, .left = nan, .right = nan}; }
};
inline constexpr Callable<Content> content;
}  // namespace lossact::information
#endif

#ifdef LOSSACT_NUMBERS
namespace lossact::LOSSACT_NUMBERS {
template <class M, class V = typename M::V>
constexpr V forward(const information::Content&, M m, V p) {
  return m(0) - m.log(p);
}
template <class M, class V = typename M::V>
constexpr V derivative(const information::Content&, M m, V p) {
  return m(-1) / p;
}
}  // namespace lossact::LOSSACT_NUMBERS
#endif
