// A property is written once and becomes one test for each function of a family: ctest and --gtest_filter see
// `NaN.mish`, and a function that is added is tested without a change here.
#ifndef LOSSACT_TESTS_LIBRARY_ALL_FUNCTIONS_H_
#define LOSSACT_TESTS_LIBRARY_ALL_FUNCTIONS_H_
#include <gtest/gtest.h>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>
#include <random>
#include <string>
#include <vector>
#include "lossact/lossact.h"
#include "tests/function_traits.h"

namespace lossact::testing {

class Body : public ::testing::Test {
 public:
  explicit Body(std::function<void()> run) : run_(std::move(run)) {}
  void TestBody() override { run_(); }

 private:
  std::function<void()> run_;
};

/// Registers test `property`.`function` for every function of a family; body(f) takes the function's object.
template <class Family, class Run>
bool for_all(const char* property, const Family& family, Run body) {
  const auto add = [&](const auto& f) {
    using Options = typename std::remove_cvref_t<decltype(f)>::Options;
    ::testing::RegisterTest(property, std::string(Options::about.name).c_str(), nullptr, nullptr, __FILE__, __LINE__,
                            [=]() -> ::testing::Test* { return new Body([=] { body(f); }); });
  };
  std::apply([&](const auto&... f) { (add(f), ...); }, family);
  return true;
}

/// The same for every function of the registry, without its type.
template <class Run>
bool for_all(const char* property, std::span<const Function* const> all, Run body) {
  for (const Function* f : all)
    ::testing::RegisterTest(property, std::string(f->name).c_str(), nullptr, nullptr, __FILE__, __LINE__,
                            [=]() -> ::testing::Test* { return new Body([=] { body(*f); }); });
  return true;
}

/// body(T()) for every element type.
template <class Body>
void all_types(Body body) {
  std::apply([&](auto... type) { (body(type), ...); }, ElementTypes());
}

/// Interesting options of a function: the defaults, and each numeric parameter moved where that is legal.
template <class P>
std::vector<P> variants() {
  std::vector<P> all = {P{}};
  const auto vary = [&]<class T>(const Parameter<P, T>& parameter) {
    const auto add = [&](T value) {
      P options;
      options.*parameter.value = value;
      if (detail::function_of<P>().legal(&options)) all.push_back(options);  // together with the other defaults
    };
    if constexpr (std::is_same_v<T, double>) {
      if (std::isnan(P{}.*parameter.value)) return;  // not a parameter of the formula
      for (const double value : {0.0, 0.2, 0.5, 1.7}) add(value);
    } else if constexpr (std::is_same_v<T, bool>) add(!(P{}.*parameter.value));
    else if constexpr (std::is_enum_v<T> && !std::is_same_v<T, Reduction>)
      for (const auto& choice : choices<T>) add(choice.value);
  };
  std::apply([&](const auto&... parameter) { (vary(parameter), ...); }, P::parameters);
  return all;
}
/// The options as a reader would write them, for messages.
template <class P>
std::string text_of(const P& options) {
  std::string text(P::about.name);
  for (const ParameterInfo& parameter : detail::function_of<P>().parameters)
    text += ' ' + std::string(parameter.name) + '=' + shown(parameter, &options);
  return text;
}

/// Numbers of [-scale, scale], the same at every run.
template <class T>
std::vector<T> numbers(std::size_t n, double scale, unsigned seed = 1) {
  std::mt19937 random(seed);
  std::vector<T> x(n);
  for (T& v : x) v = static_cast<T>(scale * (static_cast<double>(random()) * 0x1p-31 - 1));
  return x;
}

/// The calls of an activation, with any second operand that it has; learned weights are 0.25, -0.5 and 0.1 in channels
/// of `inner`.
template <class P, class T>
struct Caller {
  P options = {};
  Accuracy accuracy = faithful;
  std::vector<T> weight = {T(0.25)};
  std::size_t inner = 1;
  static constexpr Callable<P> f{};

  void forward(std::span<const T> x, std::span<T> y) const {
    if constexpr (learns<P>) f(x, weight, y, inner, accuracy);
    else f(x, y, options, accuracy);
  }
  void backward(std::span<const T> dy, std::span<const T> x, std::span<T> dx) const {
    if constexpr (learns<P>) {
      std::vector<double> dw(weight.size());
      f.backward(dy, x, weight, dx, dw, inner, accuracy);
    } else f.backward(dy, x, dx, options, accuracy);
  }
};

/// Whether the slope follows from the output.
template <class P>
bool output_suffices(const Callable<P>& f, const P& options) {
  const std::vector<float> one = {1};
  std::vector<float> slope(1);
  try {
    f.backward_from_output(one, one, slope, options);
    return true;
  } catch (const domain_error&) {
    return false;
  }
}

/// The bits of a number, all NaNs being one: a NaN's sign and payload are not promised.
inline std::uint64_t bits(double x) { return std::isnan(x) ? ~std::uint64_t{0} : std::bit_cast<std::uint64_t>(x); }
inline std::uint64_t bits(float x) { return std::isnan(x) ? ~std::uint64_t{0} : std::bit_cast<std::uint32_t>(x); }
inline std::uint64_t bits(bfloat16 x) { return std::isnan(static_cast<float>(x)) ? ~std::uint64_t{0} : x.bits; }
inline std::uint64_t bits(float16 x) { return std::isnan(static_cast<float>(x)) ? ~std::uint64_t{0} : x.bits; }
template <class T>
std::vector<std::uint64_t> bits(const std::vector<T>& values) {
  std::vector<std::uint64_t> all;
  for (const T v : values) all.push_back(bits(v));
  return all;
}

}  // namespace lossact::testing
#endif
