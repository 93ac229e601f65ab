// Interleaved rows of up to sixteen classes, a row to a lane. Included once per target.
HWY_BEFORE_NAMESPACE();
LOSSACT_PUSH_OPTIONS
namespace lossact::HWY_NAMESPACE {
using namespace cpu;

/// Up to `width` rows, `stride` apart, as numbers class by class; of rows that are not there zeros.
template <class T>
LOSSACT_INLINE void class_by_class(const T* x, size_t stride, size_t rows, size_t classes, size_t width, T* to) {
  for (size_t j = 0; j < rows; ++j)
    for (size_t c = 0; c < classes; ++c) to[c * width + j] = detail::get(x + j * stride + c);
  for (size_t j = rows; j < width; ++j)
    for (size_t c = 0; c < classes; ++c) to[c * width + j] = T{};
}
template <class Half>
static void halves_class_by_class(const void* x, size_t stride, size_t rows, size_t classes, size_t width, float* to) {
  using L = Lane<Half, float>;
  Half group[kGroup * kGroup];
  class_by_class(static_cast<const Half*>(x), stride, rows, classes, width, group);
  for (size_t k = 0; k < classes * width; k += L::kLanes) Lane<float, float>::store({L::load(group + k).r}, to + k);
}
/// body(rows from j on, interleaved) for all that there are, a register of them at a time.
template <class T, bool logs, class Body>
LOSSACT_INLINE void over_interleaved(Type type, const void* x, size_t stride, size_t live, size_t classes, Body body) {
  using A = InterleavedRows<T, logs>;
  for (size_t j = 0; j < live; j += A::kRows) {
    const size_t rows = std::min(A::kRows, live - j);
    body(j, A(classes, [&](T* to) LOSSACT_LAMBDA {
           const void* const from = static_cast<const char*>(x) + j * stride * size_of(type);
           if constexpr (std::is_same_v<T, float>) {
             if (type == Type::bfloat16)
               return halves_class_by_class<bfloat16>(from, stride, rows, classes, A::kRows, to);
             if (type == Type::float16)
               return halves_class_by_class<float16>(from, stride, rows, classes, A::kRows, to);
           }
           class_by_class(static_cast<const T*>(from), stride, rows, classes, A::kRows, to);
         }));
  }
}
template <class T>
static void interleaved_loss_of(Type type, const void* x, size_t stride, size_t live, size_t classes, size_t width,
                                const double* wanted, double* const* seen, double* share, double* exponentials) {
  over_interleaved<T, true>(type, x, stride, live, classes, [&](size_t first, const auto& rows) LOSSACT_LAMBDA {
    const auto& m = rows.m;
    const auto c = rows.at(m.load(wanted + first));
    m.store(c.surprise, seen[0] + first), m.store(c.probability, seen[1] + first);
    m.store(c.rest, seen[2] + first), m.store(c.log_total, seen[3] + first);
    m.store(rows.share, share + first);
    for (size_t k = 0; k < classes; ++k) m.store(m.load(rows.kept + k * rows.kRows), exponentials + k * width + first);
  });
}
static void interleaved_loss(Type type, const void* x, size_t stride, size_t rows, size_t classes, size_t width,
                             const double* wanted, double* const* seen, double* share, double* exponentials) {
  const auto run = [&](auto t) LOSSACT_LAMBDA {
    interleaved_loss_of<decltype(t)>(type, x, stride, rows, classes, width, wanted, seen, share, exponentials);
  };
  type == Type::float64 ? run(double()) : run(float());
}
using Wide = Lane<double, double>;
static void interleaved_loss_gradient(size_t classes, size_t width, const double* const* q, const double* const* seen,
                                      const double* share, const double* scale, const double* wanted,
                                      const double* counts, double* e) {
  const Wide::M m;
  for (size_t j = 0; j < width; j += Wide::kLanes) {
    const auto by = m.load(scale + j), own = by * m.load(q[1] + j), total = by * m.load(q[2] + j);
    const auto factor = m.load(share + j) * (own + total),
               there = m.load(seen[1] + j) * total - m.load(seen[2] + j) * own, at = m.load(wanted + j);
    const auto none = m.eq(m.load(counts + j), m(0));
    for (size_t c = 0; c < classes; ++c) {
      double* const here = e + c * width + j;
      const auto g = m.select(m.eq(m(static_cast<double>(c)), at), there, m.load(here) * factor);
      m.store(m.select(none, m(0), g), here);
    }
  }
}
template <class T, bool all>
static void interleaved_classes_of(Type type, const void* x, size_t stride, size_t live, size_t classes, size_t width,
                                   double* const* seen, double* top) {
  over_interleaved<T, all>(type, x, stride, live, classes, [&](size_t first, const auto& rows) LOSSACT_LAMBDA {
    const auto& m = rows.m;
    m.store(rows.top, top + first);
    for (size_t k = 0; k < classes; ++k) {
      const auto c = rows.at_class(k);
      const size_t at = k * width + first;
      m.store(c.probability, seen[1] + at), m.store(c.rest, seen[2] + at);
      if (all) m.store(c.surprise, seen[0] + at), m.store(c.log_total, seen[3] + at);
    }
  });
}
static void interleaved_classes(Type type, bool all, const void* x, size_t stride, size_t rows, size_t classes,
                                size_t width, double* const* seen, double* top) {
  const auto run = [&](auto surprises) LOSSACT_LAMBDA {
    if (type == Type::float64)
      interleaved_classes_of<double, surprises>(type, x, stride, rows, classes, width, seen, top);
    else interleaved_classes_of<float, surprises>(type, x, stride, rows, classes, width, seen, top);
  };
  all ? run(std::true_type()) : run(std::false_type());
}
static void interleaved_gradient(size_t classes, size_t width, const double* const* seen, const double* slope,
                                 const double* top, double* dy) {
  const Wide::M m;
  for (size_t j = 0; j < width; j += Wide::kLanes) {
    const auto largest = m.load(top + j);
    Wide::V own[kGroup], sum[kGroup], of_top = m(0);
    for (size_t c = 0; c < classes; ++c) {
      own[c] = m.load(dy + c * width + j) * m.load(slope + c * width + j);
      const auto here = m.eq(m(static_cast<double>(c)), largest);
      sum[c] = m(0) + m.select(here, m(0), own[c]), of_top = m.select(here, own[c], of_top);
    }
    for (size_t half = kGroup / 2; half; half /= 2)  // as sixteen lanes fold
      for (size_t c = 0; c < half && c + half < classes; ++c) sum[c] = sum[c] + sum[c + half];
    const auto others = sum[0], all = others + of_top;
    for (size_t c = 0; c < classes; ++c) {
      const auto rest = m.select(m.eq(m(static_cast<double>(c)), largest), others, all - own[c]);
      const size_t at = c * width + j;
      m.store(m.load(seen[1] + at) * rest - m.load(seen[2] + at) * own[c], dy + at);
    }
  }
}
/// body(width), which is a constant where it is sixteen.
template <class Body>
LOSSACT_INLINE void at_width(size_t width, Body body) {
  if (width == kGroup) body(std::integral_constant<size_t, kGroup>());
  else body(width);
}
static void from_rows(Type type, const void* x, size_t stride, size_t rows, size_t classes, size_t row_width,
                      double* to) {
  by_type(type, [&](auto t) LOSSACT_LAMBDA {
    using L = Lane<decltype(t), double>;
    const auto* from = static_cast<const decltype(t)*>(x);
    decltype(t) group[kGroup * kGroup];
    at_width(row_width, [&](auto width) LOSSACT_LAMBDA {
      for (size_t j = 0; j < width; ++j)
        for (size_t c = 0; c < classes; ++c)
          group[c * width + j] = j < rows ? detail::get(from + j * stride + c) : decltype(t)();
    });
    for (size_t k = 0; k < classes * row_width; k += L::kLanes) Wide::store({L::load(group + k).r}, to + k);
  });
}
static void to_rows(const double* from, size_t rows, size_t classes, size_t row_width, Type type, void* to,
                    size_t stride) {
  by_type(type, [&](auto t) LOSSACT_LAMBDA {
    using L = Lane<decltype(t), double>;
    auto* const out = static_cast<decltype(t)*>(to);
    decltype(t) group[kGroup * kGroup];
    for (size_t k = 0; k < classes * row_width; k += L::kLanes) L::store({Wide::load(from + k).r}, group + k);
    at_width(row_width, [&](auto width) LOSSACT_LAMBDA {
      for (size_t j = 0; j < rows; ++j)
        for (size_t c = 0; c < classes; ++c) detail::put(out + j * stride + c, group[c * width + j]);
    });
  });
}

}  // namespace lossact::HWY_NAMESPACE
LOSSACT_POP_OPTIONS
HWY_AFTER_NAMESPACE();
