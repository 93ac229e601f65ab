// The loops of cross-entropy and its kin. kernels_row_loss_<type>.cc names the type and the file; Highway reads both
// again for each target.
#include "src/highway.h"
#include "lossact/registry/row_loss.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE LOSSACT_THIS_FILE
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "src/lanes-inl.h"
#include "src/row-inl.h"
#undef LOSSACT_NUMBERS
#define LOSSACT_NUMBERS HWY_NAMESPACE
HWY_BEFORE_NAMESPACE();
#include "lossact/registry/row_loss.inc"
namespace lossact::HWY_NAMESPACE {

// l = sum_c q_c f(surprise_c, log_total) with q the mass the target puts on each class; with A = sum q f' and B = sum q
// df/dlog_total, dl/dx_k = p_k (A + B) - q_k f'_k, written p_k (A + B - q_k f'_k) - (1 - p_k) q_k f'_k so that nothing
// cancels at the top.
template <class P, class T>
struct RowLossLoops {
  using L = Lane<T, double>;
  using M = typename L::M;
  using V = typename L::V;
  using R = std::conditional_t<P::input == Meaning::logits, Row<T>, LogRow<T>>;
  using Task = detail::RowTask<T>;

  template <Accuracy accuracy>
  static void run(const void* options, const Task& task) {
    const P p = *static_cast<const P*>(options);
    const M m;
    const bool by_class = task.classes != nullptr;
    const bool dense = !by_class || m.first(mass(p, m, m(0), m(1), 1.0)) != 0;
    if constexpr (P::input == Meaning::logits)
      if (!dense && task.x.classes <= kGroup) return abreast(p, task);
    RowSpace space(task.x.classes, task.shared);
    for (size_t r = 0; r < task.x.rows; ++r) {
      const T* x = task.x[r];
      const size_t n = task.x.classes;
      T* g = task.gradient.data ? task.gradient[r] : nullptr;
      const double scale = g ? detail::get(task.scale.values + r * task.scale.step) : 0;
      const size_t y = by_class ? class_of(task, r, p.ignore_index) : n;
      if (y == kNone) {
        if (g) detail::fill(g, n, T(0));
        if (task.losses) detail::put(task.losses + r, 0.0);
        continue;
      }
      if constexpr (P::input == Meaning::logits && sizeof(T) == 4)
        if (typename R::Extremes found; !dense && R::own_suffices(x, n, space, found)) {
          const T* const next = r + 1 < task.x.rows && n <= kBlock ? task.x[r + 1] : nullptr;
          const double loss = one_of_own<accuracy>(p, x, found, y, n, scale, g, next, space);
          if (task.losses) detail::put(task.losses + r, loss);
          continue;
        }
      const R row(x, n, space);
      const double loss = dense ? many(p, row, x, by_class ? nullptr : task.probabilities[r], y, n, scale, g)
                                : one(p, row, x, y, n, scale, g);
      if (task.losses) detail::put(task.losses + r, loss);
    }
  }
  // The mass is linear in the target, so each class counts what it would count at probability 1, less what it counts
  // at 0.
  static void target_gradient(const void* options, const Task& task) {
    const P p = *static_cast<const P*>(options);
    const M m;
    RowSpace space(task.x.classes, task.shared);
    for (size_t r = 0; r < task.x.rows; ++r) {
      const size_t n = task.x.classes;
      const double classes = static_cast<double>(n);
      const R row(task.x[r], n, space);
      const V scale = m(detail::get(task.scale.values + r * task.scale.step));
      with_weight(
          p, n, task.gradient[r],
          [&](size_t first, size_t, T* out, const double* w, const T* in) LOSSACT_LAMBDA {
            T result[kGroup];
            for (size_t k = 0; k < kGroup; k += L::kLanes) {
              const V weight = m.load(w + k),
                      slope = mass(p, m, m(1), weight, classes) - mass(p, m, m(0), weight, classes);
              const V value = LOSSACT_NUMBERS::forward(p, m, row.at(first + k, L::load(in + k)));
              L::store(m.select(m.eq(slope, m(0)), m(0), scale * slope * value), result + k);
            }
            detail::copy(out, result, sizeof result);
          },
          task.x[r]);
    }
  }

 private:
  static constexpr size_t kNone = static_cast<size_t>(-1);
  // The class of a row, or kNone. It was checked, but another thread may have written it since: what is no class counts
  // as ignored.
  static LOSSACT_INLINE size_t class_of(const Task& task, size_t row, std::int64_t ignore_index) {
    const std::int64_t y = detail::settled(detail::get(task.classes + row));
    return y != ignore_index && static_cast<std::uint64_t>(y) < task.x.classes ? static_cast<size_t>(y) : kNone;
  }
  static LOSSACT_INLINE double weight_of(const P& p, size_t y) {
    return p.weight.empty() ? 1 : detail::get(p.weight.data() + y);
  }
  // NaN in, NaN out, whatever the definition says.
  static LOSSACT_INLINE V slope(const P& p, M m, const ClassOf<V>& c) {
    return m.select(m.eq(c.surprise, c.surprise), derivative(p, m, c), c.surprise);
  }
  static LOSSACT_INLINE V by_total(const P& p, M m, const ClassOf<V>& c) {
    if constexpr (requires { derivative_by_total(p, m, c); }) return derivative_by_total(p, m, c);
    else return m(0);
  }
  // The groups of a row, with the weight of each class or 1.
  template <class Out, class Body, class... In>
  static LOSSACT_INLINE void with_weight(const P& p, size_t n, Out* out, Body body, const In*... in) {
    static constexpr auto ones = [] {
      std::array<double, kGroup> all{};
      all.fill(1);
      return all;
    }();
    if (!p.weight.empty())
      groups(
          0, n, out,
          [&](size_t i, size_t live, Out* o, const double* w, const In*... a)
              LOSSACT_LAMBDA { body(i, live, o, w, a...); },
          p.weight.data(), in...);
    else
      groups(
          0, n, out,
          [&](size_t i, size_t live, Out* o, const In*... a) LOSSACT_LAMBDA { body(i, live, o, ones.data(), a...); },
          in...);
  }
  // A row whose mass is all on one class: its loss, its gradient there, and what makes gradients of the other classes'
  // exponentials.
  struct OneClass {
    V loss, gradient, factor;
  };
  static LOSSACT_INLINE OneClass one_class(const P& p, const ClassOf<V>& c, V share, V weight, double n, V scale) {
    const M m;
    const V q = mass(p, m, m(1), weight, n), own = scale * q * slope(p, m, c), total = scale * q * by_total(p, m, c);
    return {.loss = m.select(m.eq(q, m(0)), m(0), q * LOSSACT_NUMBERS::forward(p, m, c)),
            .gradient = c.probability * total - c.rest * own,
            .factor = share * (own + total)};
  }
  static LOSSACT_INLINE double one(const P& p, const R& row, const T* x, size_t y, size_t n, double scale, T* g) {
    const M m;
    const OneClass at_y = one_class(p, row.at(y, m(static_cast<double>(detail::get(x + y)))), m(row.share),
                                    m(weight_of(p, y)), static_cast<double>(n), m(scale));
    if (!g) return m.first(at_y.loss);
    row.scaled(x, m(m.first(at_y.factor)), g);
    T gradient[kGroup];
    L::store(at_y.gradient, gradient);
    detail::put(g + y, gradient[0]);
    return m.first(at_y.loss);
  }
  // The same in float arithmetic but for the sum and for what is done once.
  template <Accuracy accuracy>
  static LOSSACT_INLINE double one_of_own(const P& p, const T* x, const auto& found, size_t y, size_t n, double scale,
                                          T* g, const T* next, const RowSpace& space) {
    const M m;
    const double x_y = static_cast<double>(detail::get(x + y));  // the gradient may take the place of the logits
    const R row(std::integral_constant<Accuracy, accuracy>(), x, n, found, g, next, space);
    const OneClass at_y =
        one_class(p, row.at(y, m(x_y)), m(row.share), m(weight_of(p, y)), static_cast<double>(n), m(scale));
    if (!g) return m.first(at_y.loss);
    const double factor = row.unit * m.first(at_y.factor);
    const auto times = [&](auto lane, double f) LOSSACT_LAMBDA {
      using F = decltype(lane);
      const typename F::M number;
      space.over(n, [&](size_t from, size_t to) LOSSACT_LAMBDA {
        groups(
            from, to, g,
            [&](size_t, size_t, T* out, const T* in) LOSSACT_LAMBDA {
              for (size_t k = 0; k < kGroup; k += F::kLanes) F::store(F::load(in + k) * number(f), out + k);
            },
            g);
      });
    };
    // As a float it must be normal.
    if (std::abs(factor) >= std::numeric_limits<T>::min() && std::abs(factor) <= std::numeric_limits<T>::max())
      times(Lane<T, T>(), factor);
    else times(L(), factor);
    T gradient[kGroup];
    L::store(at_y.gradient, gradient);
    detail::put(g + y, gradient[0]);
    return m.first(at_y.loss);
  }
  // The same for rows of up to sixteen classes, some at a time.
  static void abreast(const P& p, const Task& task) {
    using A = RowsAbreast<T>;
    const M m;
    const size_t n = task.x.classes;
    for (size_t first = 0; first < task.x.rows; first += A::kRows) {
      const A rows(task.x, first);
      const size_t live = std::min(A::kRows, task.x.rows - first);
      double y[A::kRows] = {}, weight[A::kRows] = {}, scale[A::kRows] = {}, counts[A::kRows] = {}, losses[A::kRows];
      for (size_t j = 0; j < live; ++j) {
        const size_t wanted = class_of(task, first + j, p.ignore_index);
        if (wanted == kNone) continue;
        y[j] = static_cast<double>(wanted), counts[j] = 1;
        weight[j] = weight_of(p, wanted);
        if (task.gradient.data) scale[j] = detail::get(task.scale.values + (first + j) * task.scale.step);
      }
      const V at = m.load(y);
      const auto ignored = m.eq(m.load(counts), m(0));
      const OneClass at_y =
          one_class(p, rows.at(at), rows.share, m.load(weight), static_cast<double>(n), m.load(scale));
      if (task.losses) {
        m.store(m.select(ignored, m(0), at_y.loss), losses);
        detail::copy(task.losses + first, losses, live * sizeof(double));
      }
      if (!task.gradient.data) continue;
      T gradient[kGroup * A::kRows];
      for (size_t c = 0; c < n; ++c) {
        const V g = m.select(m.eq(m(static_cast<double>(c)), at), at_y.gradient,
                             m.load(rows.kept + c * A::kRows) * at_y.factor);
        L::store(m.select(ignored, m(0), g), gradient + c * A::kRows);
      }
      for (size_t j = 0; j < live; ++j) {
        T* const to = task.gradient[first + j];
        for (size_t c = 0; c < n; ++c) detail::put(to + c, gradient[c * A::kRows + j]);
      }
    }
  }
  // Mass on many classes: probabilities t as the target, or a smoothed label y.
  static LOSSACT_INLINE double many(const P& p, const R& row, const T* x, const T* t, size_t y, size_t n, double scale,
                                    T* g) {
    const M m;
    const auto q = [&](size_t first, const T* at, const double* w) LOSSACT_LAMBDA {
      const V share = t ? L::load(at) : m.select(m.eq(m.index(first), m(static_cast<double>(y))), m(1), m(0));
      return mass(p, m, share, m.load(w), static_cast<double>(n));
    };
    const T* targets = t ? t : x;  // not read without t
    const auto add = [&](size_t skip, auto f) LOSSACT_LAMBDA {
      detail::Tree tree;
      Lanes<M> lanes;
      with_weight(
          p, n, static_cast<double*>(nullptr),
          [&](size_t i, size_t live, double*, const double* w, const T* in, const T* at) LOSSACT_LAMBDA {
            for (size_t k = 0; k < kGroup; k += L::kLanes) {
              const V here = q(i + k, at + k, w + k);
              const V term = m.select(m.eq(here, m(0)), m(0), here * f(row.at(i + k, L::load(in + k))));  // 0 log 0 = 0
              lanes.add(i, k, live, term, skip);
            }
            if ((i + kGroup) % kBlock == 0 || live < kGroup || i + live == n) tree.add(lanes.fold()), lanes.clear();
          },
          x, targets);
      return tree.total();
    };
    const double loss = add(kNone, [&](auto c) LOSSACT_LAMBDA { return LOSSACT_NUMBERS::forward(p, m, c); });
    if (!g) return loss;
    // The largest stays out here too: where it has all but all of the probability, its gradient is what the others
    // leave it.
    V own_of_top = m(0), total_of_top = m(0);
    if (row.top < n) {
      const auto c = row.at(row.top, m(static_cast<double>(detail::get(x + row.top))));
      const V share = m(t ? static_cast<double>(detail::get(t + row.top)) : row.top == y ? 1 : 0);
      const V here = mass(p, m, share, m(weight_of(p, row.top)), static_cast<double>(n));
      const auto none = m.eq(here, m(0));
      own_of_top = m(m.first(m.select(none, m(0), here * slope(p, m, c))));
      total_of_top = m(m.first(m.select(none, m(0), here * by_total(p, m, c))));
    }
    const V others =
        m(add(row.top, [&](auto c) LOSSACT_LAMBDA { return slope(p, m, c) + by_total(p, m, c); })) + total_of_top;
    const V all = others + own_of_top;
    with_weight(
        p, n, g,
        [&](size_t first, size_t, T* out, const double* w, const T* in, const T* at) LOSSACT_LAMBDA {
          T result[kGroup];
          for (size_t k = 0; k < kGroup; k += L::kLanes) {
            const auto c = row.at(first + k, L::load(in + k));
            const V own = q(first + k, at + k, w + k) * slope(p, m, c);
            const V rest = m.select(row.is_top(first + k), others, all - own);
            L::store(m(scale) * (c.probability * rest - c.rest * own), result + k);
          }
          detail::copy(out, result, sizeof result);
        },
        x, targets);
    return loss;
  }
};

template <class P>
constexpr detail::RowLossKernel<LOSSACT_STORED> kernel_of(RowLoss<P>) {
  using Loops = RowLossLoops<P, LOSSACT_STORED>;
  return {P::about.name,
          {&Loops::template run<faithful>, &Loops::template run<fast>},
          {&Loops::target_gradient, &Loops::target_gradient}};
}
static const detail::RowLossKernel<LOSSACT_STORED>* Table() {
  static constexpr auto table = std::apply(
      [](auto... f) { return std::array{kernel_of(f)..., detail::RowLossKernel<LOSSACT_STORED>{}}; }, row_losses);
  return table.data();
}
}  // namespace lossact::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "src/export-inl.h"
LOSSACT_EXPORT_TABLE(RowLossKernel<LOSSACT_STORED>)
#endif
