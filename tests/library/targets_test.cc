// Every target of the processor gives the same bits.
#include <cstdio>
#include "tests/library/reference.h"

namespace lossact::testing {
namespace {

/// Runs on each target; the bits must be those of the first.
template <class Run>
void same_on_every_target(Run run) {
  std::vector<std::uint64_t> first;
  for (const std::string_view target : targets::available()) {
    targets::use(target);
    ASSERT_EQ(targets::current(), target);
    const std::vector<std::uint64_t> here = run();
    if (first.empty()) first = here;
    ASSERT_EQ(here.size(), first.size());
    for (std::size_t i = 0; i < here.size(); ++i) ASSERT_EQ(here[i], first[i]) << "on " << target << ", number " << i;
  }
  targets::use("");
}
template <class... T>
std::vector<std::uint64_t> all_bits(const std::vector<T>&... parts) {
  std::vector<std::uint64_t> all;
  const auto add = [&](const auto& part) {
    const auto these = bits(part);
    all.insert(all.end(), these.begin(), these.end());
  };
  (add(parts), ...);
  return all;
}
constexpr std::size_t kLengths[] = {1, 3, 7, 16, 17, 33, 4095, 4096, 4097, 3 * 4096 + 5};

template <class T, class P>
void activation(const Callable<P>& f) {
  for (P options : all_variants<P>()) {
    SCOPED_TRACE(text_of(options));
    const auto x = inputs<T>(thresholds(options), sizeof(T) == 4 ? 1048573 : 0x0010000100010007, 0.0937);
    const auto dy = numbers<T>(x.size(), 2);
    for (const Accuracy accuracy : {faithful, fast}) {
      Caller<P, T> call{.options = options, .accuracy = accuracy};
      if constexpr (learns<P>) call.weight = {T(0.25), T(-0.5), T(0.1)}, call.inner = 5;
      const std::size_t whole = x.size() / 15 * 15;
      same_on_every_target([&] {
        std::vector<T> y(whole), dx(whole), from_output(whole);
        call.forward(std::span(x).first(whole), y);
        call.backward(std::span(dy).first(whole), std::span(x).first(whole), dx);
        if constexpr (requires(P p) { derivative_from_output(p, Exact(), 1.0L); })
          if (options.facts().increasing)
            f.backward_from_output(std::span(dy).first(whole), y, from_output, options, accuracy);
        return all_bits(y, dx, from_output);
      });
      // The last, incomplete group is computed as the others are, and so is a call that threads share.
      if constexpr (!learns<P>)
        for (const std::size_t n : kLengths)
          same_on_every_target([&] {
            const std::span<const T> some = std::span(x).subspan(x.size() / 2 - 8, std::min(n, x.size() / 2));
            std::vector<T> y(some.size()), dx(some.size());
            call.forward(some, y);
            call.backward(std::span(dy).first(some.size()), some, dx);
            return all_bits(y, dx);
          });
    }
    if constexpr (learns<P>)
      for (const std::size_t channels : {1ul, 3ul})
        same_on_every_target([&] {
          const auto finite = numbers<T>(9 * 4096, 3), above = numbers<T>(9 * 4096, 2, 2),
                     w = numbers<T>(channels, 1, 3);
          std::vector<T> dx(finite.size());
          std::vector<double> dw(channels);
          f.backward(above, finite, w, dx, dw);
          return all_bits(dx, dw);
        });
  }
}
const bool activations_agree = for_all("Targets", activations, [](const auto& f) {
  activation<float>(f);
  activation<double>(f);
  activation<bfloat16>(f);
  activation<float16>(f);
});

/// |x|, or 0 where that is less than `small`.
double cut(double x, double small) { return std::abs(x) < small ? 0 : std::abs(x); }

template <class T, class P>
void pairs(const OfTwo<P>& f) {
  for (const P& options : all_variants<P>())
    for (const std::size_t n : kLengths) {
      const auto x = numbers<T>(n, 3);
      auto t = numbers<T>(n, 1, 2);
      for (T& v : t) v = T(cut(static_cast<double>(v), 0.1));
      same_on_every_target([&] {
        std::vector<T> dx(n), dt(n);
        std::vector<double> each(n), loss = {f(x, t, options), f.with_gradient(x, t, dx, options)};
        f.each(x, t, each, options);
        f.backward_target(1.5, x, t, dt, options);
        return all_bits(dx, dt, each, loss);
      });
    }
}
const bool pairs_agree = for_all("Targets", losses_of_two, [](const auto& f) {
  pairs<float>(f);
  pairs<double>(f);
  pairs<bfloat16>(f);
  pairs<float16>(f);
});

constexpr std::size_t kClasses[] = {1, 2, 10, 16, 17, 100, 4096, 5000, 9000};

template <class T, class P>
void row_activation(const Callable<P>& f) {
  for (const std::size_t n : kClasses) {
    const auto x = numbers<T>(3 * n, 8), dy = numbers<T>(3 * n, 1, 3);
    same_on_every_target([&] {
      std::vector<T> y(3 * n), dx(3 * n);
      const Rows<const T> in{x.data(), 3, n}, g{dy.data(), 3, n};
      f(in, Rows<T>{y.data(), 3, n});
      f.backward(g, in, Rows<T>{dx.data(), 3, n});
      std::vector<T> from_output(3 * n);
      if constexpr (!has_threshold<P>)
        f.backward_from_output(g, Rows<const T>{y.data(), 3, n}, Rows<T>{from_output.data(), 3, n});
      return all_bits(y, dx, from_output);
    });
  }
}
const bool row_activations_agree = for_all("Targets", row_activations, [](const auto& f) {
  row_activation<float>(f);
  row_activation<double>(f);
  row_activation<bfloat16>(f);
  row_activation<float16>(f);
});

template <class T, class P>
void row_loss(const Callable<P>& f) {
  for (const std::size_t n : kClasses) {
    const auto x = numbers<T>(3 * n, 8);
    auto share = numbers<T>(3 * n, 1, 4);
    for (T& v : share) v = T(cut(static_cast<double>(v), 0.3));
    std::vector<double> weight = numbers<double>(n, 1, 5);
    for (double& w : weight) w = std::abs(w);
    const std::vector<std::int64_t> y = {0, static_cast<std::int64_t>(n / 2), static_cast<std::int64_t>(n - 1)};
    for (P options : all_variants<P>())
      for (const bool weighted : {false, true}) {
        options.weight = weighted ? Weights(weight) : Weights();
        for (const Accuracy accuracy : {faithful, fast})
          same_on_every_target([&] {
            std::vector<T> dx(3 * n), soft_dx(3 * n), dt(3 * n);
            const Rows<const T> in{x.data(), 3, n}, target{share.data(), 3, n};
            const std::vector<double> loss = {
                f.with_gradient(in, y, Rows<T>{dx.data(), 3, n}, options, accuracy),
                f.with_gradient(in, target, Rows<T>{soft_dx.data(), 3, n}, options, accuracy)};
            f.backward(1, in, target, {{}, Rows<T>{dt.data(), 3, n}}, options, accuracy);
            return all_bits(loss, dx, soft_dx, dt);
          });
      }
  }
}
const bool row_losses_agree = for_all("Targets", row_losses, [](const auto& f) {
  row_loss<float>(f);
  row_loss<double>(f);
  row_loss<bfloat16>(f);
  row_loss<float16>(f);
});

const bool informations_agree = for_all("Targets", informations, []<class P>(const Callable<P>& f) {
  std::vector<double> p = numbers<double>(37, 1), q = numbers<double>(37, 1, 2);
  double total_p = 0, total_q = 0;
  for (double& v : p) v = std::abs(v), total_p += v;
  for (double& v : q) v = std::abs(v), total_q += v;
  for (double& v : p) v /= total_p;
  for (double& v : q) v /= total_q;
  same_on_every_target([&] {
    std::vector<double> out(37), value(1);
    if constexpr (distributions_of<P> == 0)
      f(p, out, {.base = 2}), out.resize(74), f.gradient(q, std::span(out).last(37));
    else if constexpr (distributions_of<P> == 1) value[0] = f(p), f.gradient(p, out);
    else value[0] = f(p, q), f.gradient(p, q, out);
    return all_bits(out, value);
  });
});

TEST(Targets, AllThatInfoListsAreRun) {
  std::string ran;
  for (const std::string_view target : targets::available()) {
    targets::use(target);
    EXPECT_EQ(targets::current(), target);
    ran.append(ran.empty() ? "" : ", ").append(target);
  }
  targets::use("");
  EXPECT_EQ(targets::current(), targets::available().front());
  EXPECT_EQ(targets::available().back(), "single");
  EXPECT_THROW(targets::use("no_such_target"), domain_error);
  std::printf("targets of this processor that were run: %s\n", ran.c_str());
}

}  // namespace
}  // namespace lossact::testing
