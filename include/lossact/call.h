// From the views of a typed call to the arrays of run(), in the order of the file's arguments.
#ifndef LOSSACT_CALL_H_
#define LOSSACT_CALL_H_
#include <concepts>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include "lossact/array.h"
#include "lossact/facts.h"
#include "lossact/view.h"

namespace lossact::detail {

/// How many arrays a call of P must have; they come first among its arguments.
template <class P>
inline constexpr std::size_t required = [] {
  std::size_t n = 0;
  for (const auto& a : P::arguments) n += a.option == nullptr && a.extent != Extent::random;
  return n;
}();
/// How many of the required arrays have a gradient.
template <class P>
inline constexpr std::size_t differentiable = [] {
  std::size_t n = 0;
  for (std::size_t i = 0; i < required<P>; ++i) n += P::arguments[i].gradient;
  return n;
}();
/// Whether P takes each element by itself, so that only the number of elements matters and not their shape.
template <class P>
inline constexpr bool by_elements = P::loop == Loop::map && P::arguments[0].extent != Extent::halves;
/// Whether P has a weight that is trained with a network.
template <class P>
inline constexpr bool learns = [] {
  for (const auto& a : P::arguments)
    if (a.start == a.start) return true;
  return false;
}();
/// Whether P takes distributions and is no loss: a quantity of information.
template <class P>
inline constexpr bool of_distributions =
    (P::arguments[0].constraint == Constraint::probability || P::arguments[0].constraint == Constraint::distribution) &&
    !requires { P::input; };  // a loss of probabilities is a loss

template <class T>
constexpr Array array(std::span<T> values) {
  return Array::line(values.data(), values.size());
}
template <class T>
constexpr Array array(const AnyRows<T>& rows) {
  return Array::of(rows.data, rows.inner == 1 ? 2 : 3, rows.outer, rows.classes, rows.inner, rows.step);
}
template <class T>
Array array(const AnyTarget<T>& target) {
  if (!target.by_class) return array(target.probabilities);
  Array classes = Array::line(static_cast<const std::uint8_t*>(target.classes), target.count);
  classes.type = target.width == 1 ? Type::uint8 : target.width == 4 ? Type::int32 : Type::int64;
  return classes;
}

/// The arrays of a call of P: those given, in the order of the arguments, and the optional ones among the options.
template <class P>
class Arrays {
  static constexpr std::size_t kCount = std::size(P::arguments);

 public:
  template <class... A>
  explicit Arrays(const P& options, const A&... given) : all_{&given...} {
    for (std::size_t i = sizeof...(given); i < kCount; ++i)
      if (const auto option = P::arguments[i].option; option && !(options.*option).empty()) {
        all_[i] = std::construct_at(optional_ + i - required<P>, array(options.*option));
      }
  }
  operator std::span<const Array* const>() const { return all_; }

 private:
  const Array* all_[kCount];
  Array optional_[kCount > required<P> ? kCount - required<P> : 1];
};
/// One of several gradients; one that is not given is not computed.
template <class Out>
struct Gradient {
  Out to = {};
  bool wanted = false;

  constexpr Gradient() = default;
  template <class A>
    requires std::convertible_to<A&&, Out>
  constexpr Gradient(A&& array) : to(std::forward<A>(array)), wanted(true) {}
};
/// The gradients that are wanted: the array for that in the first argument, or, in braces, one for each argument that
/// has a gradient, `{}` where that is not wanted.
template <class Out, class Each>
struct Gradients;
template <class Out, std::size_t... K>
struct Gradients<Out, std::index_sequence<K...>> {
  template <std::size_t>
  using One = Gradient<Out>;
  One<0> all[sizeof...(K)] = {};

  constexpr Gradients() = default;
  template <class... A>
    requires(sizeof...(A) > 0 && std::constructible_from<Out, A...>)
  constexpr Gradients(A&&... parts) : all{Out(std::forward<A>(parts)...)} {}
  constexpr Gradients(const One<K>&... each)
    requires(sizeof...(K) > 1)
      : all{each...} {}
};

/// Where the gradients in P's arguments are written; null where one is not wanted.
template <class P>
class Wanted {
  static constexpr std::size_t kCount = std::size(P::arguments);

 public:
  /// The gradient in one argument.
  explicit Wanted(const Array& gradient, std::size_t in = 0) { all_[in] = &gradient; }
  template <class Out, class Each>
  explicit Wanted(const Gradients<Out, Each>& gradients) {
    const auto take = [&]<std::size_t... I>(std::index_sequence<I...>) { (take_one<I>(gradients), ...); };
    take(std::make_index_sequence<required<P>>());
  }
  operator std::span<const Array* const>() const { return all_; }

 private:
  /// I is a constant: only elements at constant indices can be kept in registers.
  template <std::size_t I, class G>
  void take_one(const G& gradients) {
    if constexpr (P::arguments[I].gradient) {
      constexpr std::size_t place = [] {
        std::size_t before = 0;
        for (std::size_t i = 0; i < I; ++i) before += P::arguments[i].gradient;
        return before;
      }();
      if (const auto& gradient = gradients.all[place]; gradient.wanted)
        all_[I] = std::construct_at(made_ + I, array(gradient.to));
    }
  }

  const Array* all_[kCount] = {};
  Array made_[kCount];  // constructed in place: a copy would wait for the stores
};

}  // namespace lossact::detail
#endif
