// The loops of softmax and its kin. kernels_row_activation_<type>.cc names the type and the file; Highway reads both
// again for each target.
#include "src/highway.h"
#include "lossact/registry/row_activation.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE LOSSACT_THIS_FILE
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "src/lanes-inl.h"
#include "src/row-inl.h"
#undef LOSSACT_NUMBERS
#define LOSSACT_NUMBERS HWY_NAMESPACE
HWY_BEFORE_NAMESPACE();
#include "lossact/registry/row_activation.inc"
namespace lossact::HWY_NAMESPACE {

// y_c = f(surprise_c) and d surprise_c / d x_k = p_k - [c = k], so dx_k = p_k sum_c(dy_c f'_c) - dy_k f'_k.
template <class P, class T>
struct RowActivationLoops {
  using L = Lane<T, double>;

  static void forward(const void* options, Rows<const T> x, Rows<T> y, bool shared) {
    const P p = *static_cast<const P*>(options);
    if (x.classes <= kGroup) return forward_abreast(p, x, y);
    RowSpace space(x.classes, shared);
    for (size_t r = 0; r < x.rows; ++r) {
      const Row<T> row(x[r], x.classes, space);
      space.over(x.classes, [&](size_t from, size_t to) LOSSACT_LAMBDA {
        groups(
            from, to, y[r],
            [&](size_t first, size_t, T* out, const T* in) LOSSACT_LAMBDA {
              for (size_t k = 0; k < kGroup; k += L::kLanes)
                L::store(LOSSACT_NUMBERS::forward(p, row.m, row.at(first + k, L::load(in + k))), out + k);
            },
            x[r]);
      });
    }
  }
  static void backward(const void* options, Rows<const T> dy, Rows<const T> x, Rows<T> dx, bool shared) {
    const P p = *static_cast<const P*>(options);
    if (x.classes <= kGroup) return backward_abreast(p, dy, x, dx);
    RowSpace space(x.classes, shared);
    for (size_t r = 0; r < x.rows; ++r) {
      const Row<T> row(x[r], x.classes, space);
      // The largest stays out here too: where it has all but all of the probability, its own gradient is what the
      // others leave it.
      const auto m = row.m;
      const auto others = m(sum<L>(
          x.classes, row.top,
          [&](size_t first, const T* in, const T* g)
              LOSSACT_LAMBDA { return L::load(g) * derivative(p, m, row.at(first, L::load(in))); },
          x[r], dy[r]));
      const auto at_top = row.at(row.top, m(static_cast<double>(detail::get(x[r] + row.top))));
      const auto all =
          others + m(m.first(m(static_cast<double>(detail::get(dy[r] + row.top))) * derivative(p, m, at_top)));
      groups(
          0, x.classes, dx[r],
          [&](size_t first, size_t, T* out, const T* in, const T* g) LOSSACT_LAMBDA {
            T result[kGroup];
            for (size_t k = 0; k < kGroup; k += L::kLanes) {
              const auto c = row.at(first + k, L::load(in + k));
              const auto own = L::load(g + k) * derivative(p, m, c);
              L::store(c.probability * m.select(row.is_top(first + k), others, all - own) - c.rest * own, result + k);
            }
            detail::copy(out, result, sizeof result);
          },
          x[r], dy[r]);
    }
  }

 private:
  using A = RowsAbreast<T>;
  static void forward_abreast(const P& p, Rows<const T> x, Rows<T> y) {
    for (size_t first = 0; first < x.rows; first += A::kRows) {
      const A rows(x, first);
      T out[kGroup * A::kRows];
      for (size_t c = 0; c < x.classes; ++c)
        L::store(LOSSACT_NUMBERS::forward(p, rows.m, rows.at_class(c)), out + c * A::kRows);
      spread(out, first, y);
    }
  }
  static void backward_abreast(const P& p, Rows<const T> dy, Rows<const T> x, Rows<T> dx) {
    for (size_t first = 0; first < x.rows; first += A::kRows) {
      const A rows(x, first);
      const auto m = rows.m;
      T g[kGroup * A::kRows], out[kGroup * A::kRows];
      for (size_t j = 0; j < A::kRows; ++j)
        for (size_t c = 0; c < x.classes; ++c)
          g[c * A::kRows + j] = first + j < x.rows ? detail::get(dy[first + j] + c) : T{};
      double own[kGroup * A::kRows], counted[kGroup * A::kRows];
      auto own_of_top = m(0);
      for (size_t c = 0; c < x.classes; ++c) {
        const auto here = L::load(g + c * A::kRows) * derivative(p, m, rows.at_class(c));
        own_of_top = m.select(rows.is_top(c), here, own_of_top);
        m.store(here, own + c * A::kRows), m.store(m.select(rows.is_top(c), m(0), here), counted + c * A::kRows);
      }
      const auto others = rows.folded(counted), all = others + own_of_top;
      for (size_t c = 0; c < x.classes; ++c) {
        const auto k = rows.at_class(c);
        const auto here = m.load(own + c * A::kRows);
        L::store(k.probability * m.select(rows.is_top(c), others, all - here) - k.rest * here, out + c * A::kRows);
      }
      spread(out, first, dx);
    }
  }
  // Numbers that lie class by class, to their rows.
  static void spread(const T* from, size_t first, Rows<T> to) {
    for (size_t j = 0; j < std::min(A::kRows, to.rows - first); ++j) {
      T* const row = to[first + j];
      for (size_t c = 0; c < to.classes; ++c) detail::put(row + c, from[c * A::kRows + j]);
    }
  }
};

template <class P>
constexpr detail::RowActivationKernel<LOSSACT_STORED> kernel_of(RowActivation<P>) {
  using Loops = RowActivationLoops<P, LOSSACT_STORED>;
  return {P::about.name, {&Loops::forward, &Loops::forward}, {&Loops::backward, &Loops::backward}};
}
static const detail::RowActivationKernel<LOSSACT_STORED>* Table() {
  static constexpr auto table =
      std::apply([](auto... f) { return std::array{kernel_of(f)..., detail::RowActivationKernel<LOSSACT_STORED>{}}; },
                 row_activations);
  return table.data();
}
}  // namespace lossact::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "src/export-inl.h"
LOSSACT_EXPORT_TABLE(RowActivationKernel<LOSSACT_STORED>)
#endif
