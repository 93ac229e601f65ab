// The typed calls of every function behind virtual ones, for each family and element type, so that the inputs of the
// calls are written once, and compiled once for each type.
#ifndef LOSSACT_TESTS_LIBRARY_BITS_BITS_CALLS_H_
#define LOSSACT_TESTS_LIBRARY_BITS_BITS_CALLS_H_
#include "tests/library/all_functions.h"

namespace lossact::testing {

/// The defaults; each parameter moved alone; all of them moved together. They are part of what is hashed, so they are
/// not those of other tests.
template <class P>
std::vector<P> options_of() {
  std::vector<P> all;
  const auto add = [&](const P& options) {
    if (detail::function_of<P>().legal(&options)) all.push_back(options);
  };
  const auto each_parameter = [](const auto& body) {
    std::apply([&](const auto&... parameter) { (body(parameter), ...); }, P::parameters);
  };
  const auto count = [&](P options) {
    each_parameter([&]<class T>(const Parameter<P, T>& parameter) {
      if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) options.*parameter.value = 3;
    });
    return options;
  };
  add({});
  P positive, mixed;
  double moved = 0;
  each_parameter([&]<class T>(const Parameter<P, T>& parameter) {
    const auto with = [&](T value) {
      P options;
      options.*parameter.value = value;
      return options;
    };
    if constexpr (std::is_same_v<T, double>) {
      if (std::isnan(P{}.*parameter.value)) return add(with(0.5));  // stands for a result, not in a formula
      for (const double value : {0.0, 0.2, 0.5, 1.7, 2.0, 10.0, -0.3, -1.7, 1e-25, 1e25}) add(with(value));
      positive.*parameter.value = 0.3 + 0.17 * moved;
      mixed.*parameter.value = -1.2 + 1.9 * moved++;
    } else if constexpr (std::is_same_v<T, bool>) {
      add(with(!(P{}.*parameter.value)));
      positive.*parameter.value = mixed.*parameter.value = !(P{}.*parameter.value);
    } else if constexpr (std::is_enum_v<T>) {
      for (const auto& choice : choices<T>) add(with(choice.value)), add(count(with(choice.value)));
    } else if constexpr (std::is_integral_v<T>) {
      add(with(1));
    }
  });
  add(count(positive)), add(count(mixed));
  return all;
}

/// The options and the accuracy of a call. `weight` is one for each element or class of a loss, where it takes weights.
struct Setting {
  std::size_t option = 0;
  Accuracy accuracy = faithful;
  Weights weight = {};
};
template <class P>
P options_with(const std::vector<P>& options, const Setting& with) {
  P chosen = options[with.option];
  if constexpr (has_weights<P>) chosen.*weights_of<P> = with.weight;
  return chosen;
}
template <class P>
inline constexpr bool takes_weights = has_weights<P>;

/// A function's calls, and how many options there are to call it with.
struct Calls {
  std::size_t options = 0;
  bool takes_weights = false;
  virtual ~Calls() = default;
};

/// Learned weights, one for each channel; other functions than those that learn do not read them.
template <class T>
struct Channels {
  std::vector<T> weight = {T(0.25)};
  std::size_t inner = 1;
};
template <class T>
struct ActivationCalls : Calls {
  bool learned = false;
  virtual void value(Setting, const Channels<T>&, std::span<const T> x, std::span<T> y) const = 0;
  virtual void backward(Setting, const Channels<T>&, std::span<const T> dy, std::span<const T> x, std::span<T> dx,
                        std::span<double> dw) const = 0;
  virtual void backward_from_output(Setting, std::span<const T> dy, std::span<const T> y, std::span<T> dx) const = 0;
  /// The value and the slope at one number.
  virtual std::vector<T> one(Setting, T x) const = 0;
};
template <class P, class T>
struct ActivationCallsOf final : ActivationCalls<T> {
  static constexpr Callable<P> f{};
  static constexpr bool kLearned = requires(std::span<const T> x, std::span<T> y) { f(x, x, y, 1, faithful); };
  std::vector<P> all = options_of<P>();

  ActivationCallsOf() { this->options = all.size(), this->learned = kLearned; }
  void value(Setting with, const Channels<T>& c, std::span<const T> x, std::span<T> y) const override {
    if constexpr (kLearned) f(x, c.weight, y, c.inner, with.accuracy);
    else f(x, y, all[with.option], with.accuracy);
  }
  void backward(Setting with, const Channels<T>& c, std::span<const T> dy, std::span<const T> x, std::span<T> dx,
                std::span<double> dw) const override {
    if constexpr (kLearned) f.backward(dy, x, c.weight, dx, dw, c.inner, with.accuracy);
    else f.backward(dy, x, dx, all[with.option], with.accuracy);
  }
  void backward_from_output(Setting with, std::span<const T> dy, std::span<const T> y, std::span<T> dx) const override {
    if constexpr (kLearned) throw domain_error("its output does not suffice");
    else f.backward_from_output(dy, y, dx, all[with.option], with.accuracy);
  }
  std::vector<T> one(Setting with, T x) const override {
    if constexpr (kLearned) return {};
    else return {f(x, all[with.option], with.accuracy), f.derivative(x, all[with.option], with.accuracy)};
  }
};

template <class T>
struct PairLossCalls : Calls {
  using In = std::span<const T>;
  using Gradients = std::span<const double>;
  virtual double value(Setting, In x, In y) const = 0;
  virtual double with_gradient(Setting, In x, In y, std::span<T> dx) const = 0;
  virtual void each(Setting, In x, In y, std::span<double> losses) const = 0;
  virtual void backward(Setting, Gradients dl, In x, In y, std::span<T> dx) const = 0;
  virtual void backward_target(Setting, Gradients dl, In x, In y, std::span<T> dy) const = 0;
};
template <class P, class T>
struct PairLossCallsOf final : PairLossCalls<T> {
  using typename PairLossCalls<T>::In, typename PairLossCalls<T>::Gradients;
  static constexpr OfTwo<P> f{};
  std::vector<P> all = options_of<P>();

  PairLossCallsOf() { this->options = all.size(), this->takes_weights = testing::takes_weights<P>; }
  P of(const Setting& with) const { return options_with(all, with); }
  double value(Setting with, In x, In y) const override { return f(x, y, of(with), with.accuracy); }
  double with_gradient(Setting with, In x, In y, std::span<T> dx) const override {
    return f.with_gradient(x, y, dx, of(with), with.accuracy);
  }
  void each(Setting with, In x, In y, std::span<double> losses) const override {
    f.each(x, y, losses, of(with), with.accuracy);
  }
  void backward(Setting with, Gradients dl, In x, In y, std::span<T> dx) const override {
    f.backward(dl, x, y, dx, of(with), with.accuracy);
  }
  void backward_target(Setting with, Gradients dl, In x, In y, std::span<T> dy) const override {
    f.backward_target(dl, x, y, dy, of(with), with.accuracy);
  }
};

/// Memory as rows: `outer` of them at a stride, or with their classes `inner` elements apart.
template <class T>
struct Layout {
  std::size_t outer = 0, classes = 0, gap = 0, inner = 1;
  std::size_t rows() const { return outer * inner; }
  std::size_t elements() const { return outer * (classes * inner + gap); }
  /// Where a class of a row lies.
  std::size_t at(std::size_t row, std::size_t c) const {
    return row / inner * (classes * inner + gap) + c * inner + row % inner;
  }
};
/// body(view), where view(memory) gives the type that users write for memory in that layout.
template <class T, class Body>
auto in_views(const Layout<T>& layout, const Body& body) {
  const auto [outer, classes, gap, inner] = layout;
  if (inner == 1) return body([=]<class E>(E* data) { return Rows<E>{data, outer, classes, classes + gap}; });
  return body([=]<class E>(E* data) { return ClassAxis<E>{data, outer, classes, inner}; });
}
template <class T>
struct RowActivationCalls : Calls {
  virtual void value(Setting, const Layout<T>&, const T* x, T* y) const = 0;
  virtual void backward(Setting, const Layout<T>&, const T* dy, const T* x, T* dx) const = 0;
  virtual void backward_from_output(Setting, const Layout<T>&, const T* dy, const T* y, T* dx) const = 0;
};
template <class P, class T>
struct RowActivationCallsOf final : RowActivationCalls<T> {
  static constexpr Callable<P> f{};
  std::vector<P> all = options_of<P>();

  RowActivationCallsOf() { this->options = all.size(); }
  void value(Setting with, const Layout<T>& layout, const T* x, T* y) const override {
    in_views(layout, [&](auto view) { f(view(x), view(y), all[with.option], with.accuracy); });
  }
  void backward(Setting with, const Layout<T>& layout, const T* dy, const T* x, T* dx) const override {
    in_views(layout, [&](auto view) { f.backward(view(dy), view(x), view(dx), all[with.option], with.accuracy); });
  }
  void backward_from_output(Setting with, const Layout<T>& layout, const T* dy, const T* y, T* dx) const override {
    in_views(layout,
             [&](auto view) { f.backward_from_output(view(dy), view(y), view(dx), all[with.option], with.accuracy); });
  }
};

/// The target of rows: classes in one of three types, or probabilities.
template <class T>
struct RowTarget {
  std::vector<std::uint8_t> bytes = {};
  std::vector<std::int32_t> ints = {};
  std::vector<std::int64_t> longs = {};
  std::vector<T> probabilities = {};
};
template <class T>
struct RowLossCalls : Calls {
  using Target = RowTarget<T>;
  using Gradients = std::span<const double>;
  virtual double value(Setting, const Layout<T>&, const T* x, const Target&) const = 0;
  virtual double with_gradient(Setting, const Layout<T>&, const T* x, const Target&, T* dx) const = 0;
  virtual void each(Setting, const Layout<T>&, const T* x, const Target&, std::span<double> losses) const = 0;
  virtual void backward(Setting, const Layout<T>&, Gradients dl, const T* x, const Target&, T* dx) const = 0;
  virtual void backward_target(Setting, const Layout<T>&, Gradients dl, const T* x, const Target&, T* dt) const = 0;
};
template <class P, class T>
struct RowLossCallsOf final : RowLossCalls<T> {
  using typename RowLossCalls<T>::Target, typename RowLossCalls<T>::Gradients;
  static constexpr Callable<P> f{};
  std::vector<P> all = options_of<P>();

  RowLossCallsOf() { this->options = all.size(), this->takes_weights = testing::takes_weights<P>; }
  P of(const Setting& with) const { return options_with(all, with); }
  /// body(view, target)
  template <class Body>
  static auto on(const Layout<T>& layout, const Target& target, const Body& body) {
    return in_views(layout, [&](auto view) {
      if (!target.bytes.empty()) return body(view, target.bytes);
      if (!target.ints.empty()) return body(view, target.ints);
      if (target.probabilities.empty()) return body(view, target.longs);
      return body(view, view(target.probabilities.data()));
    });
  }
  double value(Setting with, const Layout<T>& layout, const T* x, const Target& target) const override {
    return on(layout, target, [&](auto view, const auto& t) { return f(view(x), t, of(with), with.accuracy); });
  }
  double with_gradient(Setting with, const Layout<T>& layout, const T* x, const Target& target, T* dx) const override {
    return on(layout, target,
              [&](auto view, const auto& t) { return f.with_gradient(view(x), t, view(dx), of(with), with.accuracy); });
  }
  void each(Setting with, const Layout<T>& layout, const T* x, const Target& target,
            std::span<double> losses) const override {
    on(layout, target, [&](auto view, const auto& t) { f.each(view(x), t, losses, of(with), with.accuracy); });
  }
  void backward(Setting with, const Layout<T>& layout, Gradients dl, const T* x, const Target& target,
                T* dx) const override {
    on(layout, target,
       [&](auto view, const auto& t) { f.backward(dl, view(x), t, view(dx), of(with), with.accuracy); });
  }
  void backward_target(Setting with, const Layout<T>& layout, Gradients dl, const T* x, const Target& target,
                       T* dt) const override {
    on(layout, target,
       [&](auto view, const auto& t) { f.backward(dl, view(x), t, {{}, view(dt)}, of(with), with.accuracy); });
  }
};

/// A function of none, one or two distributions; of none, `value` writes one number for each probability.
struct InformationCalls : Calls {
  int distributions = 0;
  virtual std::vector<double> value(Setting, std::span<const double> p, std::span<const double> q) const = 0;
  virtual std::vector<double> gradient(Setting, std::span<const double> p, std::span<const double> q) const = 0;
};
template <class P>
struct InformationCallsOf final : InformationCalls {
  static constexpr Callable<P> f{};
  std::vector<P> all = options_of<P>();

  InformationCallsOf() { options = all.size(), distributions = distributions_of<P>; }
  std::vector<double> value(Setting with, std::span<const double> p, std::span<const double> q) const override {
    if constexpr (distributions_of<P> == 0) {
      std::vector<double> values(p.size());
      f(p, std::span(values), all[with.option]);
      return values;
    } else if constexpr (distributions_of<P> == 1) return {f(p, all[with.option])};
    else return {f(p, q, all[with.option])};
  }
  std::vector<double> gradient(Setting with, std::span<const double> p, std::span<const double> q) const override {
    std::vector<double> slopes(p.size());
    if constexpr (distributions_of<P> == 2) f.gradient(p, q, slopes, all[with.option]);
    else f.gradient(p, slopes, all[with.option]);
    return slopes;
  }
};

}  // namespace lossact::testing
#endif
