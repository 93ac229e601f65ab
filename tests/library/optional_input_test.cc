// Optional inputs of a formula: one number for all elements, or one for each index of the axis.
#include "tests/library/all_functions.h"

namespace lossact::testing {
namespace {

constexpr std::size_t kRows = 7, kColumns = 3, kSize = kRows * kColumns;

/// The place of the optional input among the arguments, or their number if the function has none.
std::size_t optional_input(const Function& f) {
  std::size_t i = 0;
  while (i < f.arguments.size() && !(f.arguments[i].given() && f.arguments[i].optional && !f.arguments[i].weighs)) ++i;
  return i;
}

/// A call on elements of T, with losses and a gradient for each.
template <class T>
class Call {
 public:
  explicit Call(const Function& f) : f_(f), options_(f) {
    options_.set("reduction", "none");
    for (std::size_t i = 0; i < f.required(); ++i) {
      inputs_.push_back(numbers<T>(kSize, 1, static_cast<unsigned>(i + 1)));
      for (T& v : inputs_.back()) v = T(std::abs(static_cast<double>(v)));
    }
  }
  /// The bits of losses and gradients with the optional input; `view` makes the arrays that are read and written.
  template <class View>
  std::vector<std::uint64_t> operator()(const Array* optional, View view) {
    const std::size_t place = optional_input(f_), count = f_.arguments.size();
    std::vector<double> losses(kSize), ones(kSize, 1);
    std::vector<std::vector<T>> slopes(inputs_.size(), std::vector<T>(kSize));
    std::vector<Array> in, out;
    for (std::size_t i = 0; i < inputs_.size(); ++i)
      in.push_back(view(inputs_[i].data())), out.push_back(view(slopes[i].data()));
    std::vector<const Array*> arrays(count), gradients(count);
    for (std::size_t i = 0; i < inputs_.size(); ++i) arrays[i] = &in[i], gradients[i] = &out[i];
    arrays[place] = optional;
    const Array each = view(losses.data()), dy = view(ones.data());
    run(f_, {.arrays = arrays, .options = options_.data(), .output = &each});
    run(f_, {.arrays = arrays, .options = options_.data(), .grad_output = &dy, .gradients = gradients});
    std::vector<std::uint64_t> all = bits(losses);
    for (const auto& slope : slopes)
      for (const std::uint64_t b : bits(slope)) all.push_back(b);
    return all;
  }

 private:
  const Function& f_;
  Options options_;
  std::vector<std::vector<T>> inputs_;
};

const bool agree = for_all("OptionalInput", functions(), [](const Function& f) {
  if (optional_input(f) == f.arguments.size() || f.along_axis()) return;
  all_types([&]<class T>(T) {
    Call<T> call(f);
    const auto line = [](auto* data) { return Array::line(data, kSize); };
    const auto rows = [](auto* data) { return Array::of(data, 2, kRows, kColumns, 1, kColumns); };
    const double one[] = {1}, two[] = {2}, several[] = {0.5, 2, 3};
    const Array of_one = Array::line(one, 1), of_two = Array::line(two, 1), of_several = Array::line(several, kColumns);
    const auto left_out = call(nullptr, line), twice = call(&of_two, line), by_column = call(&of_several, rows);
    EXPECT_EQ(call(&of_one, line), left_out) << "what is left out is 1";
    EXPECT_NE(twice, left_out);
    EXPECT_EQ(call(nullptr, rows), left_out);
    EXPECT_EQ(call(&of_several, line), by_column) << "over and over";
    std::vector<double> each(kSize);
    for (std::size_t i = 0; i < kSize; ++i) each[i] = several[i % kColumns];
    const Array of_each = Array::line(each.data(), kSize);
    EXPECT_EQ(call(&of_each, line), by_column);
    // A column does not depend on the others.
    for (std::size_t c = 0; c < kColumns; ++c) {
      const Array here = Array::line(several + c, 1);
      const auto all = call(&here, line);
      for (std::size_t i = c; i < all.size(); i += kColumns) EXPECT_EQ(all[i], by_column[i]) << i;
    }
  });
});

const bool refused = for_all("OptionalInput.Refused", functions(), [](const Function& f) {
  const std::size_t place = optional_input(f);
  if (place == f.arguments.size() || f.along_axis()) return;
  const std::vector<float> x(kSize, 0.5f);
  const double several[] = {0.5, 2, 3, -1};
  const auto with = [&](const Array& of, std::size_t count, std::size_t first) {
    std::vector<const Array*> arrays(f.arguments.size());
    for (std::size_t i = 0; i < f.required(); ++i) arrays[i] = &of;
    const Array numbers = Array::line(several + first, count);
    arrays[place] = &numbers;
    run(f, {.arrays = arrays});
  };
  const Array line = Array::line(x.data(), kSize), rows = Array::of(x.data(), 2, kRows, kColumns, 1, kColumns);
  EXPECT_NO_THROW(with(line, 3, 0));
  EXPECT_NO_THROW(with(rows, 3, 0));
  EXPECT_THROW(with(line, 2, 0), shape_error);
  EXPECT_THROW(with(line, 0, 0), shape_error);
  EXPECT_THROW(with(rows, 2, 0), shape_error);
  EXPECT_THROW(with(rows, 3, 1), domain_error);
});

// With an optional input, the gradient is that of the loss with that input.
const bool differentiated = for_all("OptionalInput.Gradient", functions(), [](const Function& f) {
  const std::size_t place = optional_input(f);
  if (place == f.arguments.size() || f.along_axis()) return;
  const double several[] = {0.5, 2, 3};
  const Array numbers_of = Array::line(several, 3);
  std::vector<std::vector<double>> inputs, slopes(f.required(), std::vector<double>(kSize));
  for (std::size_t i = 0; i < f.required(); ++i)
    inputs.push_back(numbers<double>(kSize, 2, static_cast<unsigned>(i + 1)));
  std::vector<Array> in, out;
  std::vector<const Array*> arrays(f.arguments.size()), gradients(f.arguments.size());
  for (std::size_t i = 0; i < f.required(); ++i)
    in.push_back(Array::line(inputs[i].data(), kSize)), out.push_back(Array::line(slopes[i].data(), kSize));
  for (std::size_t i = 0; i < f.required(); ++i) {
    arrays[i] = &in[i];
    if (f.arguments[i].gradient) gradients[i] = &out[i];
  }
  arrays[place] = &numbers_of;
  run(f, {.arrays = arrays, .gradients = gradients});
  for (std::size_t i = 0; i < f.required(); ++i)
    for (std::size_t k = 0; gradients[i] && k < kSize; ++k) {
      const double here = inputs[i][k], h = 1e-5;
      const auto at = [&](double x) {
        inputs[i][k] = x;
        return run(f, {.arrays = arrays});
      };
      EXPECT_NEAR(slopes[i][k], (at(here + h) - at(here - h)) / (2 * h), 1e-9) << f.arguments[i].name << ' ' << k;
      inputs[i][k] = here;
    }
});

}  // namespace
}  // namespace lossact::testing
