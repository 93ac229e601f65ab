// Where only the number of an array's elements matters, as of classes, weights and what belongs to each row, the array
// may have any rank, and gives what the same numbers give as one dimension.
#include <gtest/gtest.h>
#include <cmath>
#include <optional>
#include <vector>
#include "lossact/lossact.h"

namespace lossact::testing {
namespace {

/// n numbers as an array of shape (outer, axis, inner), `gap` elements apart, or as one dimension without a gap.
template <class T>
struct Numbers {
  std::vector<T> memory;
  Array array;

  Numbers(const std::vector<T>& values, std::size_t outer, std::size_t axis, std::size_t inner, std::ptrdiff_t gap = 1)
      : memory(values.size() * static_cast<std::size_t>(gap), T(77)) {
    for (std::size_t i = 0; i < values.size(); ++i) memory[i * static_cast<std::size_t>(gap)] = values[i];
    array = Array::of(memory.data(), inner > 1 ? 3 : outer > 1 ? 2 : 1, outer, axis, inner, axis * inner);
    for (std::ptrdiff_t& s : array.stride) s *= gap;
  }
};
constexpr std::size_t kOuter = 2, kAxis = 3, kInner = 4, kSize = kOuter * kAxis * kInner, kRows = kOuter * kInner;

std::vector<float> values_for(const ArgumentInfo& info, std::size_t n, std::size_t seed) {
  std::vector<float> x(n);
  for (std::size_t i = 0; i < n; ++i) {
    const float v = static_cast<float>((i * 7 + seed * 3) % 11 + 1) / 13;
    x[i] = info.constraint == Constraint::sign ? (i % 2 ? 1.0f : -1.0f) : v;
  }
  return x;
}

/// One call of a loss, with what only has a size as one dimension, or in other shapes.
class LossCall {
 public:
  LossCall(const Function& f, bool flat) : f_(f), flat_(flat) {}
  double mean() {
    const std::size_t n = f_.arguments.size();
    std::vector<std::optional<Numbers<float>>> elements(n);
    std::optional<Numbers<std::int64_t>> classes;
    std::vector<const Array*> arrays(n);
    for (std::size_t i = 0; i < n; ++i) {
      const ArgumentInfo& a = f_.arguments[i];
      if (names_class(a.extent)) {
        arrays[i] = &classes.emplace(shaped<std::int64_t>({0, 2, 1, 1, 0, 2, 2, 1}, kOuter, 1, kInner, 3)).array;
      } else if (a.extent == Extent::element && a.weighs) {
        arrays[i] = &elements[i].emplace(shaped(values_for(a, kSize, i), kOuter, kAxis, kInner, 1)).array;
      } else if (a.extent == Extent::element) {
        arrays[i] = &elements[i].emplace(values_for(a, kSize, i), kOuter, kAxis, kInner).array;
      } else if (a.extent == Extent::row) {
        arrays[i] = &elements[i].emplace(values_for(a, kRows, i), 1, kRows, 1).array;
      } else {
        arrays[i] = nullptr;
      }
    }
    const double number = run(f_, {.arrays = arrays});
    // Each row's loss, and a gradient by what came in of each.
    if (!f_.has_classes()) return number;
    Numbers<float> each = shaped(std::vector<float>(kRows), kOuter, 1, kInner, 2),
                   dy = shaped(values_for({}, kRows, 5), kOuter, 1, kInner, 2);
    Options none(f_);
    none.set("reduction", "none");
    run(f_, {.arrays = arrays, .options = none.data(), .output = &each.array});
    Numbers<float> g(std::vector<float>(kSize), kOuter, kAxis, kInner);
    std::vector<const Array*> gradients(n);
    gradients[0] = &g.array;
    run(f_, {.arrays = arrays, .options = none.data(), .grad_output = &dy.array, .gradients = gradients});
    double all = number;
    for (std::size_t r = 0; r < kRows; ++r) all = all * 3 + each.memory[flat_ ? r : 2 * r];
    for (const float v : g.memory) all = all * 3 + v;
    return all;
  }

 private:
  template <class T>
  Numbers<T> shaped(const std::vector<T>& v, std::size_t outer, std::size_t axis, std::size_t inner,
                    std::ptrdiff_t gap) const {
    return flat_ ? Numbers<T>(v, 1, v.size(), 1) : Numbers<T>(v, outer, axis, inner, gap);
  }
  const Function& f_;
  const bool flat_;
};

TEST(Rank, DoesNotMatterWhereTheSizeDecides) {
  std::size_t tried = 0;
  for (const Function* f : functions()) {
    if (!f->is_loss()) continue;
    SCOPED_TRACE(f->name);
    const double expected = LossCall(*f, true).mean();
    ASSERT_TRUE(std::isfinite(expected));
    EXPECT_EQ(LossCall(*f, false).mean(), expected);
    ++tried;
  }
  EXPECT_GT(tried, 10u);
}
TEST(Rank, ElementsThatAreNotEvenlySpacedAreRefused) {
  for (const Function* f : functions()) {
    if (!f->has_classes()) continue;
    SCOPED_TRACE(f->name);
    Numbers<float> x(std::vector<float>(kSize, 0.5f), kOuter, kAxis, kInner);
    Numbers<std::int64_t> y(std::vector<std::int64_t>(2 * kRows), kOuter, 1, kInner);
    y.array.stride[0] = 2 * kInner;
    std::vector<const Array*> arrays(f->arguments.size());
    arrays[0] = &x.array, arrays[1] = &y.array;
    try {
      run(*f, {.arrays = arrays});
      FAIL();
    } catch (const shape_error& e) {
      EXPECT_EQ(std::string(e.what()), "[" + std::string(f->name) +
                                           "] target of shape (2, 1, 4) has elements that are " + "not evenly spaced");
    }
  }
}

}  // namespace
}  // namespace lossact::testing
