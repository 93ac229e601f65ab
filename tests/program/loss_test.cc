// lossact loss: every loss of the registry, on files of every shape and kind, against the library's own calls.
#include <gtest/gtest.h>
#include <cmath>
#include <numeric>
#include <fmt/format.h>
#include "files/npy.h"
#include "text/number.h"
#include "lossact/lossact.h"
#include "tests/function_traits.h"
#include "tests/program/program.h"

namespace lossact::cli {
namespace {

using namespace lossact::testing;

using Shape = std::vector<std::size_t>;

std::size_t elements(const Shape& shape) {
  return std::accumulate(shape.begin(), shape.end(), std::size_t{1}, std::multiplies<>());
}

/// Logarithms of numbers in (0, 1), which every loss takes as its input; and those numbers, which every loss takes as
/// its target.
template <class T>
std::vector<T> inputs(std::size_t count) {
  std::vector<T> x(count);
  for (std::size_t i = 0; i < count; ++i)
    x[i] = static_cast<T>(std::log(0.05 + static_cast<double>(i * 37 % 90) / 100));
  return x;
}
template <class T>
std::vector<T> targets(std::size_t count) {
  std::vector<T> y(count);
  for (std::size_t i = 0; i < count; ++i) y[i] = static_cast<T>(0.05 + static_cast<double>(i * 53 % 90) / 100);
  return y;
}

template <class T>
std::string npy(const Shape& shape, const std::vector<T>& values) {
  return write_npy({.shape = shape, .fortran_order = false, .values = values});
}

/// A folder with the files of one call, and what the call leaves there.
struct Call {
  Folder folder;
  std::string input = "input.npy", target = "target.npy", further = "further.npy";

  Result operator()(const std::string& name, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {"loss", name, "--input", input};
    std::vector<std::string> files = {target, further}, names = {"target"};
    if (const Function* const f = find(name); f && f->required() > 2) {
      names.clear();
      for (std::size_t i = 1; i < f->required(); ++i) names.emplace_back(f->arguments[i].name);
    }
    for (std::size_t i = 0; i < names.size(); ++i) {
      const bool is_target = names[i] == "target";
      arguments.insert(arguments.end(),
                       {is_target ? "--target" : "--array", is_target ? files[i] : names[i] + "=" + files[i]});
    }
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments, folder.path().string());
  }
  template <class T>
  std::vector<T> written(const std::string& file, const Shape& shape) const {
    const Npy array = read_npy(content(folder.file(file)), file);
    EXPECT_EQ(array.shape, shape);
    EXPECT_FALSE(array.fortran_order);
    return std::get<std::vector<T>>(array.values);
  }
};

std::string lines(const std::vector<double>& numbers) {
  std::string text;
  for (const double number : numbers) text += number_text(number) + "\n";
  return text;
}

/// The name under which a function object is looked up.
template <class F>
std::string name_of(const F&) {
  return std::string(lossact::detail::function_of<typename F::Options>().name);
}

/// Runs the program in every way, and the library beside it. Bits are compared, not numbers that are near.
template <class T, class F>
void expect_as_the_library(const Call& call, const F& f, const Shape& shape, const Shape& losses_shape,
                           const auto& input, const auto& target, const auto& output_of) {
  using P = typename F::Options;
  const std::string name = name_of(f);
  SCOPED_TRACE(name);
  std::vector<T> gradient(elements(shape));
  std::vector<double> each(elements(losses_shape));
  f.each(input, target, std::span<double>(each), P{});

  EXPECT_EQ(call(name).out, lines({f(input, target, P{})}));
  const double loss = f.with_gradient(input, target, output_of(gradient), P{});
  const Result all = call(name, {"--gradient", "g.npy", "--output", "o.npy"});
  EXPECT_EQ(all.status, 0) << all.err;
  EXPECT_EQ(all.err, "");
  EXPECT_EQ(all.out, lines({loss}));
  EXPECT_EQ(call.written<T>("g.npy", shape), gradient);
  EXPECT_EQ(call.written<double>("o.npy", losses_shape), each);

  P sum;
  sum.reduction = Reduction::sum;
  EXPECT_EQ(call(name, {"--set", "reduction=sum"}).out, lines({f(input, target, sum)}));

  P none;
  none.reduction = Reduction::none;
  f.backward(std::vector<double>(each.size(), 1), input, target, output_of(gradient), none);
  EXPECT_EQ(call(name, {"--set", "reduction=none", "--gradient", "g.npy"}).out, lines(each));
  EXPECT_EQ(call.written<T>("g.npy", shape), gradient);
  fs::remove(call.folder.file("o.npy"));
  EXPECT_EQ(call(name, {"--set", "reduction=none", "--output", "o.npy"}).out, "");
  EXPECT_EQ(call.written<double>("o.npy", losses_shape), each);
}

template <class T>
void expect_every_pair_loss() {
  for (const Shape& shape : {Shape{}, Shape{5}, Shape{2, 3, 4}}) {
    const Call call;
    const std::vector<T> x = inputs<T>(elements(shape)), y = targets<T>(elements(shape));
    call.folder.write(call.input, npy(shape, x)), call.folder.write(call.target, npy(shape, y));
    call.folder.write(call.further, npy(shape, std::vector<T>(elements(shape), T(kFurther))));
    const auto each = [&](const auto& f) {
      expect_as_the_library<T>(call, f, shape, shape, std::span<const T>(x), std::span<const T>(y),
                               [](std::vector<T>& gradient) { return std::span<T>(gradient); });
    };
    std::apply([&](const auto&... f) { (each(f), ...); }, losses_of_two);
  }
}
TEST(Loss, EveryPairLossAsTheLibrary) {
  expect_every_pair_loss<float>();
  expect_every_pair_loss<double>();
}

template <class T>
void expect_every_row_loss() {
  struct Case {
    Shape shape, losses;
    std::size_t outer, classes, inner;
  };
  for (const auto& [shape, losses, outer, classes, inner] :
       {Case{{3}, {}, 1, 3, 1}, Case{{4, 3}, {4}, 4, 3, 1}, Case{{2, 3, 2, 2}, {2, 2, 2}, 2, 3, 4}}) {
    const Call call;
    const std::vector<T> x = inputs<T>(elements(shape)), p = targets<T>(elements(shape));
    std::vector<std::int64_t> labels(elements(losses));
    for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<std::int64_t>(i * 7 % classes);
    labels.back() = -100;  // ignored
    if (labels.size() == 1) labels.back() = 1;
    const auto view = [&](auto* data) { return ClassAxis{data, outer, classes, inner}; };
    const auto output = [&](std::vector<T>& gradient) { return view(gradient.data()); };
    call.folder.write(call.input, npy(shape, x));
    call.folder.write("probabilities.npy", npy(shape, p));
    call.folder.write("classes.npy", npy(losses, std::vector<double>(labels.begin(), labels.end())));
    const auto each = [&](const auto& f) {
      for (const bool by_class : {false, true}) {
        fs::copy_file(call.folder.file(by_class ? "classes.npy" : "probabilities.npy"), call.folder.file(call.target),
                      fs::copy_options::overwrite_existing);
        if (by_class) expect_as_the_library<T>(call, f, shape, losses, view(x.data()), labels, output);
        else expect_as_the_library<T>(call, f, shape, losses, view(x.data()), view(p.data()), output);
      }
    };
    std::apply([&](const auto&... f) { (each(f), ...); }, row_losses);
  }
}
TEST(Loss, EveryRowLossAsTheLibrary) {
  expect_every_row_loss<float>();
  expect_every_row_loss<double>();
}

TEST(Loss, ClassesOfEveryType) {
  const Call call;
  call.folder.write(call.input, npy({3, 3}, inputs<float>(9)));
  call.folder.write(call.target, npy({3}, std::vector<float>{2, 0, 1}));
  const std::string expected = call("cross_entropy").out;
  EXPECT_NE(expected, "");
  const auto of_type = [&]<class T>(T) {
    call.folder.write(call.target, npy({3}, std::vector<T>{2, 0, 1}));
    EXPECT_EQ(call("cross_entropy").out, expected);
  };
  of_type(std::uint8_t()), of_type(std::int8_t()), of_type(std::uint16_t()), of_type(std::int16_t());
  of_type(std::uint32_t()), of_type(std::int32_t()), of_type(std::uint64_t()), of_type(std::int64_t());
  // Integers are values too, but no input.
  call.folder.write(call.target, npy({3, 3}, std::vector<std::int64_t>(9, 1)));
  EXPECT_EQ(call("mse_loss").status, 0);
  call.folder.write(call.input, npy({3, 3}, std::vector<std::int64_t>(9, 1)));
  EXPECT_EQ(call("mse_loss").err, "lossact: input.npy: the input is integers, expected float32 or float64\n");
}

TEST(Loss, InformationOfTwoDistributionsForEachRow) {
  const Call call;
  const std::vector<double> q = {0.5, 0.25, 0.25, 0.25, 0.25, 0.5}, p = {0, 0.5, 0.5, 1, 0, 0};
  call.folder.write(call.input, npy({2, 3}, q)), call.folder.write(call.target, npy({2, 3}, p));
  const auto each = [&](const auto& f) {
    using P = typename std::remove_cvref_t<decltype(f)>::Options;
    if constexpr (std::size(P::arguments) == 2) {
      const std::span<const double> ps(p), qs(q);
      std::vector<double> gradient(6);
      f.gradient(ps.first(3), qs.first(3), std::span(gradient).first(3), P{.base = 2});
      f.gradient(ps.last(3), qs.last(3), std::span(gradient).last(3), P{.base = 2});
      const Result result = call(name_of(f), {"--set", "base=2", "--gradient", "g.npy", "--output", "o.npy"});
      EXPECT_EQ(result.status, 0) << result.err;
      EXPECT_EQ(call.written<double>("g.npy", {2, 3}), gradient);
      const std::vector<double> values = {f(ps.first(3), qs.first(3), P{.base = 2}),
                                          f(ps.last(3), qs.last(3), P{.base = 2})};
      EXPECT_EQ(call.written<double>("o.npy", {2}), values);
      EXPECT_EQ(call(name_of(f), {"--set", "base=2"}).out, lines(values));
    }
  };
  std::apply([&](const auto&... f) { (each(f), ...); }, informations);
  EXPECT_EQ(call("information.kl_divergence", {"--set", "base=2"}).out, "1\n2\n");
  // No rows, however long each would be.
  const std::string none = npy({0, 1'000'000'000'000'000'000}, std::vector<double>{});
  call.folder.write(call.input, none), call.folder.write(call.target, none);
  const Result result = call("information.kl_divergence", {"--output", "o.npy"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(call.written<double>("o.npy", {0}), std::vector<double>{});
}

TEST(Loss, TablesOfNumbers) {
  Call call;
  call.input = "input.csv", call.target = "target.csv";
  call.folder.write(call.input, "a,b\n0,0\n0,0\n1,1\n"), call.folder.write(call.target, "class\n0\n1\n0\n");
  EXPECT_NEAR(read_number(call("cross_entropy").lines().at(0)).value(), std::log(2), 1e-15);
  EXPECT_EQ(call("cross_entropy", {"--gradient", "g.npy"}).status, 0);
  EXPECT_EQ(call.written<double>("g.npy", {3, 2})[0], -0.5 / 3);
  call.folder.write(call.target, "a,b\n.5,.5\n1,0\n0,1\n");
  EXPECT_NEAR(read_number(call("cross_entropy").lines().at(0)).value(), std::log(2), 1e-15);
  EXPECT_EQ(call("mse_loss").out, lines({(0.5 + 1 + 1) / 6}));
  // A text's numbers are of the input's type.
  call.input = "input.npy";
  call.folder.write(call.input, npy({3, 2}, std::vector<float>{0, 0, 0, 0, 1, 1}));
  EXPECT_EQ(call("mse_loss", {"--gradient", "g.npy"}).out, lines({(0.5 + 1 + 1) / 6}));
  EXPECT_EQ(call.written<float>("g.npy", {3, 2})[0], -1.0F / 6);
}

TEST(Loss, Parameters) {
  const Call call;
  call.folder.write(call.input, npy({2, 2}, std::vector<double>{0, 0, 0, 0}));
  call.folder.write(call.target, npy({2, 2}, std::vector<double>{1, 2, 3, 4}));
  EXPECT_EQ(call("mse_loss", {"--set", "weight=1,1,1,5"}).out, lines({(1 + 4 + 9 + 5 * 16) / 8.0}));
  // batchmean divides by the rows, unless it is told another number.
  const double sum = read_number(call("kl_div", {"--set", "reduction=sum"}).lines().at(0)).value();
  EXPECT_EQ(call("kl_div", {"--set", "reduction=batchmean"}).out, lines({sum / 2}));
  EXPECT_EQ(call("kl_div", {"--set", "reduction=batchmean", "--set", "rows=4"}).out, lines({sum / 4}));
}

TEST(Loss, WhatIsWrongIsNamedAndNothingIsWritten) {
  const Call call;
  const auto expect = [&](int status, const std::string& name, const std::vector<std::string>& more,
                          const std::string& message) {
    const std::vector<std::string> before = call.folder.names();
    const Result result = call(name, more);
    EXPECT_EQ(result.status, status) << message;
    EXPECT_EQ(result.err, "lossact: " + message + "\n");
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(call.folder.names().size(), before.size()) << message;
  };
  const std::vector<std::string> both = {"--gradient", "g.npy", "--output", "o.npy"};
  expect(1, "mse_loss", both, "input.npy: No such file or directory");
  call.folder.write(call.input, npy({2, 3}, std::vector<float>(6)));
  expect(1, "mse_loss", both, "target.npy: No such file or directory");
  call.folder.write(call.target, npy({3, 2}, std::vector<float>(6)));
  expect(1, "mse_loss", both, "target.npy: the target has shape (3, 2), the input (2, 3); expected the same shape");
  expect(1, "cross_entropy", both,
         "target.npy: the target has shape (3, 2), the input (2, 3); expected a class for each row, (2), or a "
         "probability for each class");
  call.folder.write(call.target, npy({2, 3}, std::vector<double>(6)));
  expect(1, "mse_loss", both, "target.npy: the target is float64, the input float32");
  call.folder.write(call.target, npy({2}, std::vector<float>{0, 3}));
  expect(1, "cross_entropy", both, "[cross_entropy] target 3 at row 1 is outside [0, 3)");
  call.folder.write(call.target, npy({2}, std::vector<float>{0, 0.5}));
  expect(1, "cross_entropy", both, "target.npy: the target of row 1 is 0.5, expected the number of a class");
  call.folder.write(call.target, npy({2}, std::vector<float>{0, NAN}));
  expect(1, "cross_entropy", both, "target.npy: the target of row 1 is nan, expected the number of a class");
  call.folder.write(call.input, npy({2, 2}, std::vector<double>{1, 0, 1, 0}));
  call.folder.write(call.target, npy({2, 2}, std::vector<double>{1, 0, 1, 1}));
  expect(1, "information.kl_divergence", both,
         "[kl_divergence] p sums to 2.0, expected 1 (p is the target, q the input)");
  call.folder.write(call.input, npy({}, std::vector<float>{1}));
  call.folder.write(call.target, npy({}, std::vector<float>{0}));
  expect(1, "nll_loss", both,
         "input.npy: the input is one number, expected rows of classes: (C), (N, C) or (N, C, d1, ...)");
  expect(1, "information.kl_divergence", both, "input.npy: q is one number, expected rows along the last dimension");
  expect(1, "mse_loss", {"--set", "weight=1,2"}, "[mse_loss] weight has 2 elements, input has 1");
  expect(1, "mse_loss", {"--gradient", "none/g.npy"}, "none/g.npy: its folder does not exist");
  expect(1, "mse_loss", {"--gradient", "g.npy", "--output", "none/o.npy"}, "none/o.npy: its folder does not exist");

  // So many losses that there is no memory for them, of a file of 128 bytes.
  const std::string nothing = npy({std::size_t{1} << 59, 0}, std::vector<double>{});
  call.folder.write(call.input, nothing), call.folder.write(call.target, nothing);
  const auto refused = [](std::string_view what) {
    return fmt::format("input.npy: {} has shape (576460752303423488, 0), rows of no classes", what);
  };
  expect(1, "cross_entropy", {"--set", "reduction=none"}, refused("the input"));
  expect(1, "information.kl_divergence", {"--set", "base=2"}, refused("q"));

  expect(2, "mse", {}, "unknown function 'mse'; did you mean 'mse_loss'?");
  expect(2, "mish", {},
         "'mish' is an activation, y = f(x), which lossact eval computes; a loss has an input and a target");
  expect(2, "information.entropy", {},
         "'information.entropy' is a function of probabilities, which lossact eval computes; a loss has an input and "
         "a target");
  expect(2, "mse_loss", {"--set", "reduction=avg"}, "[mse_loss] reduction is 'avg', expected none | mean | sum");
  expect(2, "mse_loss", {"--gradient", "g.csv"}, "--gradient writes an array: FILE.npy, not 'g.csv'");
  expect(1, "mse_loss", {"--gradient", "g.npy", "--output", "./g.npy"}, "g.npy: two results would be written there");
}

}  // namespace
}  // namespace lossact::cli
