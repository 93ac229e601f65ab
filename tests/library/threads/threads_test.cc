// The number of threads changes no bit.
#include <barrier>
#include <thread>
#ifdef LOSSACT_TESTS_WITH_TBB
#include <tbb/global_control.h>
#endif
#include "tests/library/all_functions.h"

namespace lossact::testing {
namespace {

/// Runs it with 1, 2, 3 and all threads; the results must be the same.
template <class Run>
void same_with_any_threads(Run run) {
  set_num_threads(1);
  const auto expected = run();
  for (const int threads : {2, 3, 0}) {
    set_num_threads(threads);
    EXPECT_EQ(run(), expected) << threads << " threads";
  }
  set_num_threads(0);
}

constexpr std::size_t kMany = 40 * 4096 + 17;

template <class T, class P>
void activation(const Callable<P>&) {
  Caller<P, T> call;
  if constexpr (requires { call.options.training; }) call.options.training = true;
  const auto x = numbers<T>(kMany, 8), dy = numbers<T>(kMany, 1, 2);
  same_with_any_threads([&] {
    std::vector<T> y(kMany), dx(kMany);
    call.forward(x, y);
    call.backward(dy, x, dx);
    y.insert(y.end(), dx.begin(), dx.end());
    return bits(y);
  });
}
const bool activation_threads =
    for_all("Threads", activations, [](const auto& f) { all_types([&]<class T>(T) { activation<T>(f); }); });
template <class T, class P>
void weight(const Callable<P>& f) {
  if constexpr (learns<P>) {
    const std::size_t inner = 5, channels = 300, n = 100 * inner * channels;
    const auto x = numbers<T>(n, 8), dy = numbers<T>(n, 1, 2), w = numbers<T>(channels, 0.5, 3);
    same_with_any_threads([&] {
      std::vector<T> dx(n);
      std::vector<double> dw(channels);
      f.backward(dy, x, w, dx, dw, inner);
      return bits(dw);
    });
  }
}
const bool weight_threads =
    for_all("WeightGradient", activations, [](const auto& f) { all_types([&]<class T>(T) { weight<T>(f); }); });
template <class T, class P>
void pairs(const OfTwo<P>& f) {
  const auto x = numbers<T>(kMany, 3), t = std::vector<T>(kMany, T(0.25));
  same_with_any_threads([&] {
    std::vector<T> dx(kMany);
    std::vector<double> results(kMany);
    f.each(x, t, results);
    results.push_back(f(x, t));
    results.push_back(f.with_gradient(x, t, dx));
    for (const T slope : dx) results.push_back(static_cast<double>(slope));
    return bits(results);
  });
}
const bool pair_threads =
    for_all("Threads", losses_of_two, [](const auto& f) { all_types([&]<class T>(T) { pairs<T>(f); }); });
const bool row_threads = for_all("Threads", row_losses, []<class P>(const Callable<P>& f) {
  for (const std::size_t classes : {10ul, 1000ul, 70000ul}) {
    const std::size_t rows = 400000 / classes, n = rows * classes;
    const auto x = numbers<float>(n, 5);
    std::vector<std::int32_t> y(rows);
    for (std::size_t r = 0; r < rows; ++r) y[r] = static_cast<std::int32_t>(r * 7 % classes);
    same_with_any_threads([&] {
      std::vector<float> dx(n);
      std::vector<double> results = {
          f.with_gradient(Rows<const float>{x.data(), rows, classes}, y, Rows<float>{dx.data(), rows, classes})};
      results.insert(results.end(), dx.begin(), dx.end());
      return bits(results);
    });
  }
});

// Fewer rows than threads: the threads share each.
const bool shared_rows = for_all("SharedRow", row_losses, []<class P>(const Callable<P>& f) {
  for (const std::size_t classes : {32768ul, 32769ul, 150001ul}) {
    auto x = numbers<float>(classes, 5);
    const auto share = numbers<float>(classes, 0.01, 4);
    for (const std::size_t top : {std::size_t(3), classes / 2, classes - 1}) {
      x[top] = 6;
      const std::vector<std::int32_t> y = {static_cast<std::int32_t>(top)};
      for (const Accuracy accuracy : {faithful, fast})
        same_with_any_threads([&] {
          std::vector<float> dx(classes), soft(classes);
          const Rows<const float> in{x.data(), 1, classes};
          std::vector<double> results = {f(in, y, {}, accuracy),
                                         f.with_gradient(in, y, Rows<float>{dx.data(), 1, classes}, {}, accuracy),
                                         f.with_gradient(in, Rows<const float>{share.data(), 1, classes},
                                                         Rows<float>{soft.data(), 1, classes}, {}, accuracy)};
          results.insert(results.end(), dx.begin(), dx.end());
          results.insert(results.end(), soft.begin(), soft.end());
          return bits(results);
        });
    }
  }
});
const bool shared_activations = for_all("SharedRow", row_activations, []<class P>(const Callable<P>& f) {
  const std::size_t classes = 150001;
  const auto x = numbers<float>(classes, 5), dy = numbers<float>(classes, 1, 2);
  same_with_any_threads([&] {
    std::vector<float> y(classes), dx(classes);
    const Rows<const float> in{x.data(), 1, classes};
    f(in, Rows<float>{y.data(), 1, classes});
    f.backward(Rows<const float>{dy.data(), 1, classes}, in, Rows<float>{dx.data(), 1, classes});
    y.insert(y.end(), dx.begin(), dx.end());
    if constexpr (!has_threshold<P>) {
      f.backward_from_output(Rows<const float>{dy.data(), 1, classes}, Rows<const float>{y.data(), 1, classes},
                             Rows<float>{dx.data(), 1, classes});
      y.insert(y.end(), dx.begin(), dx.end());
    }
    return bits(y);
  });
});

// The bits of a row do not depend on the other rows of the batch.
const bool batch = for_all("BatchIndependence", row_losses, []<class P>(const Callable<P>& f) {
  const std::size_t rows = 100, classes = 37;
  const auto x = numbers<float>(rows * classes, 5);
  const std::vector<std::int64_t> y(rows, 5);
  std::vector<double> all(rows), one(1);
  f.each(Rows<const float>{x.data(), rows, classes}, y, all);
  for (std::size_t r = 0; r < rows; ++r) {
    f.each(Rows<const float>{x.data() + r * classes, 1, classes}, std::span(y).first(1), one);
    EXPECT_EQ(one[0], all[r]);
  }
});

TEST(Threads, CallsFromSeveralThreadsDoNotDisturbEachOther) {
  const auto x = numbers<float>(kMany, 4);
  std::vector<float> expected(kMany);
  mish(x, expected);
  std::vector<std::thread> callers;
  std::barrier together(4);
  std::vector<int> wrong(4);
  for (std::size_t i = 0; i < 4; ++i)
    callers.emplace_back([&, i] {
      std::vector<float> y(kMany);
      together.arrive_and_wait();
      for (int round = 0; round < 3; ++round) {
        mish(x, y);
        wrong[i] += y != expected;
      }
    });
  for (auto& caller : callers) caller.join();
  EXPECT_EQ(wrong, std::vector<int>(4));
}

TEST(Threads, CountIsChecked) {
  EXPECT_THROW(set_num_threads(-1), domain_error);
  set_num_threads(1);
  EXPECT_EQ(num_threads(), 1);
  set_num_threads(0);
  EXPECT_GE(num_threads(), 1);
}

#ifdef LOSSACT_TESTS_WITH_TBB
// As in a container that allows no further threads: they cannot start, because no memory holds a stack of this size.
TEST(ThreadsDeathTest, WithoutThreadsTheCallersDoesTheWork) {
  ::testing::GTEST_FLAG(death_test_style) = "threadsafe";  // in a process of its own, in which none was made before
  const auto alone = [] {
    const tbb::global_control stack(tbb::global_control::thread_stack_size, std::size_t{1} << 47);
    const tbb::global_control threads(tbb::global_control::max_allowed_parallelism, 4);
    std::vector<float> x = numbers<float>(kMany, 100), expected(kMany), y(kMany);
    set_num_threads(1);
    mish(x, expected);
    bool same = true;
    for (const int limit : {0, 4, 0}) {
      set_num_threads(limit);
      mish(x, y);
      same &= y == expected;
    }
    mish(x, x);  // in place: nothing may be done twice
    std::exit(same && x == expected ? 0 : 1);
  };
  EXPECT_EXIT(alone(), ::testing::ExitedWithCode(0), "");
}
#endif

}  // namespace
}  // namespace lossact::testing
