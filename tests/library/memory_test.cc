// Where the arrays lie: in place, at every alignment, at the end of a page, over poison.
#include <sys/mman.h>
#include <unistd.h>
#include "src/cpu/access.h"
#include "tests/library/all_functions.h"

namespace lossact::testing {
namespace {

/// n elements that end where the process may not read or write.
template <class T>
class Guarded {
 public:
  explicit Guarded(std::size_t n) : bytes_((n * sizeof(T) + page() - 1) / page() * page() + page()) {
    void* memory = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    start_ = static_cast<std::byte*>(memory);
    mprotect(start_ + bytes_ - page(), page(), PROT_NONE);
    data_ = reinterpret_cast<T*>(start_ + bytes_ - page()) - n;
  }
  Guarded(const Guarded&) = delete;
  ~Guarded() { munmap(start_, bytes_); }
  T* data() const { return data_; }

 private:
  static std::size_t page() { return static_cast<std::size_t>(sysconf(_SC_PAGESIZE)); }
  std::size_t bytes_;
  std::byte* start_;
  T* data_;
};

template <class T>
std::vector<T> copy(const T* p, std::size_t n) {
  return {p, p + n};
}

template <class T, class P>
void guard_pages(const Callable<P>&) {
  for (const Accuracy accuracy : {faithful, fast})
    for (std::size_t n = 1; n < 40; ++n) {
      const Caller<P, T> call{.accuracy = accuracy};
      const auto values = numbers<T>(n, 3), ones = std::vector<T>(n, T(1));
      std::vector<T> y(n), dx(n);
      call.forward(values, y);
      call.backward(ones, values, dx);
      Guarded<T> x(n), out(n), g(n);
      std::copy_n(values.data(), n, x.data());
      std::copy_n(ones.data(), n, g.data());
      std::fill_n(out.data(), n, static_cast<T>(nan));  // poison: all of it must be written
      call.forward({x.data(), n}, {out.data(), n});
      EXPECT_EQ(bits(copy(out.data(), n)), bits(y));
      std::fill_n(out.data(), n, static_cast<T>(nan));
      call.backward({g.data(), n}, {x.data(), n}, {out.data(), n});
      EXPECT_EQ(bits(copy(out.data(), n)), bits(dx));
    }
}
const bool pages =
    for_all("GuardPages", activations, [](const auto& f) { all_types([&]<class T>(T) { guard_pages<T>(f); }); });
const bool row_pages = for_all("GuardPages", row_losses, []<class P>(const Callable<P>& f) {
  for (const std::size_t classes : {1ul, 2ul, 10ul, 17ul, 40ul}) {
    const std::size_t n = 3 * classes;
    Guarded<float> x(n), g(n);
    const auto values = numbers<float>(n, 3);
    std::copy_n(values.data(), n, x.data());
    std::fill_n(g.data(), n, NAN);
    const std::int64_t target[] = {0, static_cast<std::int64_t>(classes) - 1, 0};
    f.with_gradient(Rows<const float>{x.data(), 3, classes}, target, Rows<float>{g.data(), 3, classes});
    for (std::size_t i = 0; i < n; ++i) EXPECT_FALSE(std::isnan(g.data()[i]));
  }
});

template <class T, class P>
void every_alignment(const Callable<P>&) {
  const std::size_t n = 100;
  const Caller<P, T> call;
  const auto values = numbers<T>(n, 3);
  std::vector<T> expected(n);
  call.forward(values, expected);
  std::vector<T> in(n + 16), out(n + 16);
  for (std::size_t from = 0; from < 16; ++from)
    for (std::size_t to = 0; to < 16; ++to) {
      std::copy_n(values.data(), n, in.data() + from);
      call.forward({in.data() + from, n}, {out.data() + to, n});
      ASSERT_EQ(bits(copy(out.data() + to, n)), bits(expected)) << from << " " << to;
    }
}
const bool alignments =
    for_all("Alignment", activations, [](const auto& f) { all_types([&]<class T>(T) { every_alignment<T>(f); }); });

template <class T, class P>
void in_place_activation(const Callable<P>& f) {
  for (const Accuracy accuracy : {faithful, fast})
    for (const std::size_t n : {1ul, 16ul, 37ul, 5000ul}) {
      const Caller<P, T> call{.accuracy = accuracy};
      // Inputs large enough that the fast passes call the faithful ones.
      const auto x = numbers<T>(n, 100), dy = numbers<T>(n, 2, 2);
      std::vector<T> y(n), dx(n);
      call.forward(x, y);
      call.backward(dy, x, dx);
      auto same = x;
      call.forward(same, same);
      EXPECT_EQ(bits(same), bits(y));
      same = x;
      call.backward(dy, same, same);
      EXPECT_EQ(bits(same), bits(dx));
      same = dy;
      call.backward(same, x, same);
      EXPECT_EQ(bits(same), bits(dx));
    }
  if constexpr (!learns<P>) {
    std::vector<T> memory(40);
    const std::span<T> all(memory);
    EXPECT_THROW(f(all.first(30), all.subspan(1, 30)), overlap_error);
    EXPECT_THROW(f.backward(all.first(20), all.first(20), all.subspan(3, 20)), overlap_error);
    EXPECT_NO_THROW(f(all.first(20), all.last(20)));
  }
}
const bool in_place =
    for_all("InPlace", activations, [](const auto& f) { all_types([&]<class T>(T) { in_place_activation<T>(f); }); });
const bool rows_in_place = for_all("InPlace", row_activations, []<class P>(const Callable<P>& f) {
  for (const std::size_t classes : {3ul, 20ul, 6000ul}) {
    const std::size_t rows = 4, n = rows * classes;
    const auto x = numbers<float>(n, 5), dy = numbers<float>(n, 2, 2);
    std::vector<float> y(n), dx(n);
    f(Rows<const float>{x.data(), rows, classes}, Rows<float>{y.data(), rows, classes});
    f.backward(Rows<const float>{dy.data(), rows, classes}, Rows<const float>{x.data(), rows, classes},
               Rows<float>{dx.data(), rows, classes});
    auto same = x;
    f(Rows<const float>{same.data(), rows, classes}, Rows<float>{same.data(), rows, classes});
    EXPECT_EQ(bits(same), bits(y));
    same = x;
    f.backward(Rows<const float>{dy.data(), rows, classes}, Rows<const float>{same.data(), rows, classes},
               Rows<float>{same.data(), rows, classes});
    EXPECT_EQ(bits(same), bits(dx));
    EXPECT_THROW(f(Rows<const float>{same.data(), rows - 1, classes}, Rows<float>{same.data() + 1, rows - 1, classes}),
                 overlap_error);
  }
});
template <class T, class P>
void in_place_loss(const OfTwo<P>& f) {
  const std::size_t n = 5000;
  const auto x = numbers<T>(n, 3), t = std::vector<T>(n, T(0.25));
  std::vector<T> dx(n);
  const double loss = f.with_gradient(x, t, dx);
  auto same = x;
  EXPECT_EQ(f.with_gradient(same, t, same), loss);
  EXPECT_EQ(bits(same), bits(dx));
  same = t;
  EXPECT_EQ(f.with_gradient(x, same, same), loss);
  EXPECT_EQ(bits(same), bits(dx));
}
const bool losses_in_place =
    for_all("InPlace", losses_of_two, [](const auto& f) { all_types([&]<class T>(T) { in_place_loss<T>(f); }); });
const bool row_losses_in_place = for_all("InPlace", row_losses, []<class P>(const Callable<P>& f) {
  for (const std::size_t classes : {3ul, 20ul, 6000ul}) {
    const std::size_t rows = 4, n = rows * classes;
    const auto x = numbers<float>(n, 5);
    std::vector<float> t(n, 1.0f / static_cast<float>(classes)), dx(n);
    const Rows<const float> in{x.data(), rows, classes};
    const double loss =
        f.with_gradient(in, Rows<const float>{t.data(), rows, classes}, Rows<float>{dx.data(), rows, classes});
    auto same = x;
    EXPECT_EQ(f.with_gradient(Rows<const float>{same.data(), rows, classes}, Rows<const float>{t.data(), rows, classes},
                              Rows<float>{same.data(), rows, classes}),
              loss);
    EXPECT_EQ(same, dx);
  }
});

// Classes that another thread changes after they were checked: an invalid one counts as ignored, and nothing outside
// the arrays is read or written. The test calls the driver, which does not check.
template <class T, class P>
void classes_of_nobody(const Callable<P>&) {
  const Function& function = detail::function_of<P>();
  constexpr auto least = std::numeric_limits<std::int64_t>::min(), most = std::numeric_limits<std::int64_t>::max();
  for (const std::size_t n : {1ul, 10ul, 40ul, 5000ul})
    for (const double smoothing : {0.0, 0.1})
      for (const bool weighted : {false, true}) {
        const auto end = static_cast<std::int64_t>(n);
        const std::vector<std::int64_t> classes = {end, -1, least, most, end - 1, end + 1, std::int64_t{1} << 40, -99};
        const std::size_t rows = classes.size();
        Guarded<double> weight(n);
        std::fill_n(weight.data(), n, 1.5);
        P options;
        if (weighted) options.weight = {weight.data(), n};
        if constexpr (requires { options.label_smoothing; }) options.label_smoothing = smoothing;
        Guarded<T> x(rows * n), dx(rows * n);
        const auto values = numbers<T>(rows * n, 3);
        std::copy(values.begin(), values.end(), x.data());
        std::fill_n(dx.data(), rows * n, static_cast<T>(nan));
        std::vector<double> losses(rows, nan);
        const Array in = Array::of(x.data(), 2, rows, n, 1, n), out = Array::of(dx.data(), 2, rows, n, 1, n),
                    target = Array::line(classes.data(), rows), each = Array::line(losses.data(), rows);
        Array weights = Array::line(weight.data(), n);
        weights.shape[0] = rows, weights.stride[0] = weights.stride[2] = 0;
        for (const Accuracy accuracy : {faithful, fast}) {
          Plan plan;
          plan.function = &function, plan.options = &options, plan.common = function.common(&options);
          plan.accuracy = accuracy, plan.shape[0] = rows, plan.shape[1] = n, plan.shape[2] = 1;
          plan.inputs = plan.gradients = 2, plan.in[0] = &in, plan.in[1] = &target;
          plan.gradient[0] = &out, plan.gradient[1] = nullptr, plan.gradients_wanted = true;
          plan.output = &each;
          if (weighted) plan.weight = &weights;
          cpu::run_row_losses(plan);
          for (std::size_t r = 0; r < rows; ++r) {
            const bool is_class = classes[r] == end - 1;
            EXPECT_EQ(losses[r] != 0, is_class && (n > 1 || P::input != Meaning::logits)) << n << " classes, row " << r;
            for (std::size_t c = 0; !is_class && c < n; ++c) ASSERT_EQ(static_cast<double>(dx.data()[r * n + c]), 0);
          }
        }
      }
}
const bool unchecked_classes = for_all("ClassesWrittenMeanwhile", row_losses,
                                       [](const auto& f) { all_types([&]<class T>(T) { classes_of_nobody<T>(f); }); });

}  // namespace
}  // namespace lossact::testing
