// Every call of a function on given arrays, with all that it returns and writes, as bits. These must not depend on
// where the arrays lie, nor on the processor's modes.
#ifndef LOSSACT_TESTS_LIBRARY_EVERY_CALL_H_
#define LOSSACT_TESTS_LIBRARY_EVERY_CALL_H_
#include "lossact/modes.h"
#include "tests/library/vector_calls.h"

namespace lossact::testing {

/// The arrays of the calls of one function on n elements, at addresses `offset` bytes beyond aligned ones, made before
/// anything is called.
template <class T>
struct Arrays {
  static constexpr std::size_t kClasses = 5, kManyClasses = 40;
  std::size_t n, offset;
  Shifted<T> x, dy, share, weight, out;
  Shifted<double> weights, class_weights, losses, scales;
  Shifted<std::int64_t> classes;

  explicit Arrays(std::size_t elements, std::size_t shift = 0, std::size_t wide = 0)
      : n(elements),
        offset(shift),
        x(with_denormals(numbers<T>(n, 3)), shift),
        dy(numbers<T>(n, 1, 2), shift),
        share(shares(n), shift),
        weight(std::vector<T>{T(0.25), T(0.5)}, shift),
        out(std::vector<T>(n), shift),
        weights(std::vector<double>(n, 1e-310), wide),
        class_weights(std::vector<double>(kManyClasses, 0.7), wide),
        losses(std::vector<double>(n), wide),
        scales(numbers<double>(n, 1, 5), wide),
        classes(some_classes(n), wide) {}

 private:
  static std::vector<T> with_denormals(std::vector<T> values) {
    const auto least = static_cast<double>(std::numeric_limits<T>::min());
    for (std::size_t i = 0; i < values.size(); i += 3) values[i] = T(i % 2 ? -least / 100 : least / 60);
    return values;
  }
  static std::vector<std::int64_t> some_classes(std::size_t n) {
    std::vector<std::int64_t> all(n);
    for (std::size_t i = 0; i < n; ++i) all[i] = static_cast<std::int64_t>(i % kClasses);
    return all;
  }
  static std::vector<T> shares(std::size_t n) {
    std::vector<T> all = numbers<T>(n, 1, 3);
    for (T& v : all) v = T(std::abs(static_cast<double>(v)));
    return all;
  }
};

template <class T, class P>
  requires of_halves<P>
Bits every_call(const Callable<P>& f, Arrays<T>& a) {
  Bits all;
  const std::size_t rows = a.n / 10;
  for (const std::size_t inner : {1ul, rows}) {
    const auto view = [&](auto s, std::size_t n) {
      return ClassAxis<typename decltype(s)::element_type>{s.data(), rows / inner, n, inner};
    };
    Shifted<T> y(std::vector<T>(5 * rows), a.offset);
    f(view(std::as_const(a.x).span().first(10 * rows), 10), view(y.span(), 5));
    f.backward(view(std::as_const(a.dy).span().first(5 * rows), 5),
               view(std::as_const(a.x).span().first(10 * rows), 10), view(a.out.span().first(10 * rows), 10));
    append(all, y.values()), append(all, a.out.values());
    if (rows == 0) break;
  }
  return all;
}
template <class T, class P>
  requires is_gate<P>
Bits every_call(const Callable<P>& f, Arrays<T>& a) {
  Bits all;
  const P options;
  for (const Accuracy accuracy : {faithful, fast}) {
    Shifted<T> first(std::vector<T>(a.n), a.offset), second = first;
    f(a.x.span(), a.share.span(), a.out.span(), options, accuracy);
    f.backward(a.dy.span(), a.x.span(), a.share.span(), {first.span(), second.span()}, options, accuracy);
    append(all, a.out.values()), append(all, first.values()), append(all, second.values());
  }
  return all;
}
template <class T, class P>
  requires(P::loop == Loop::map && !of_halves<P> && !is_gate<P>)
Bits every_call(const Callable<P>& f, Arrays<T>& a) {
  Bits all;
  for (const Accuracy accuracy : {faithful, fast})
    if constexpr (learns<P>) {
      for (const std::size_t channels : {1ul, 2ul}) {
        Shifted<double> dw(std::vector<double>(channels), a.offset % 2);
        const auto w = a.weight.span().first(channels);
        f(a.x.span(), w, a.out.span(), 1, accuracy);
        append(all, a.out.values());
        f.backward(a.dy.span(), a.x.span(), w, a.out.span(), dw.span(), 1, accuracy);
        append(all, a.out.values()), append(all, dw.values());
      }
    } else {
      P options;
      if constexpr (requires { options.training; }) options.training = true;
      f(a.x.span(), a.out.span(), options, accuracy);
      append(all, a.out.values());
      f.backward(a.dy.span(), a.x.span(), a.out.span(), options, accuracy);
      append(all, a.out.values());
      if (output_suffices(f, options)) {
        f.backward_from_output(a.dy.span(), a.share.span(), a.out.span(), options, accuracy);
        append(all, a.out.values());
      }
    }
  return all;
}
template <class T, class P>
Bits every_call(const OfTwo<P>& f, Arrays<T>& a) {
  Bits all;
  for (const bool weighted : {false, true}) {
    P options;
    if constexpr (requires { options.weight; }) {
      if (weighted) options.weight = a.weights.span();
    } else if (weighted) break;
    all.push_back(bits(f(a.x.span(), a.share.span(), options)));
    all.push_back(bits(f.with_gradient(a.x.span(), a.share.span(), a.out.span(), options)));
    append(all, a.out.values());
    f.each(a.x.span(), a.share.span(), a.losses.span(), options);
    append(all, a.losses.values());
    options.reduction = Reduction::none;
    f.backward(a.scales.span(), a.x.span(), a.share.span(), a.out.span(), options);
    append(all, a.out.values());
    f.backward_target(a.scales.span(), a.x.span(), a.share.span(), a.out.span(), options);
    append(all, a.out.values());
  }
  return all;
}

/// run(rows of a span) for rows of few and of many classes, and for classes in the middle.
template <class T, class Run>
void in_every_layout(std::size_t n, Run run) {
  for (const std::size_t classes : {Arrays<T>::kClasses, Arrays<T>::kManyClasses})
    run([=](auto s) { return Rows<typename decltype(s)::element_type>{s.data(), n / classes, classes}; }, n / classes,
        classes);
  constexpr std::size_t classes = Arrays<T>::kClasses;
  run([=](auto s) { return ClassAxis<typename decltype(s)::element_type>{s.data(), 1, classes, n / classes}; },
      n / classes, classes);
}
template <class T, class P>
  requires(P::loop == Loop::row && P::output == Output::elements)
Bits every_call(const Callable<P>& f, Arrays<T>& a) {
  Bits all;
  in_every_layout<T>(a.n, [&](auto rows, std::size_t, std::size_t) {
    f(rows(a.x.span()), rows(a.out.span()));
    append(all, a.out.values());
    f.backward(rows(a.dy.span()), rows(a.x.span()), rows(a.out.span()));
    append(all, a.out.values());
    if constexpr (!has_threshold<P>) {
      f.backward_from_output(rows(a.dy.span()), rows(a.share.span()), rows(a.out.span()));
      append(all, a.out.values());
    }
  });
  return all;
}
template <class T, class P>
  requires(P::loop == Loop::row && P::output == Output::number)
Bits every_call(const Callable<P>& f, Arrays<T>& a) {
  Bits all;
  in_every_layout<T>(a.n, [&](auto rows, std::size_t count, std::size_t classes) {
    const auto y = std::as_const(a.classes).span().first(count);
    const auto x = rows(a.x.span()), share = rows(a.share.span()), out = rows(a.out.span());
    const auto losses = a.losses.span().first(count);
    const std::span<const double> scales = a.scales.span().first(count);
    for (P options : {P{}, P{.weight = a.class_weights.span().first(classes)}, P{.ignore_index = 2}})
      for (const Accuracy accuracy : {faithful, fast}) {
        all.push_back(bits(f.with_gradient(x, y, out, options, accuracy)));
        append(all, a.out.values());
        options.reduction = Reduction::none;
        f.each(x, y, losses, options, accuracy);
        f.backward(scales, x, y, out, options, accuracy);
        append(all, a.losses.values()), append(all, a.out.values());
        options.reduction = Reduction::mean;
        if (options.ignore_index >= 0) continue;
        all.push_back(bits(f.with_gradient(x, share, out, options, accuracy)));
        append(all, a.out.values());
        f.backward(2.0, x, share, {{}, out}, options, accuracy);
        append(all, a.out.values());
      }
  });
  return all;
}
template <class T, class P>
  requires(P::loop == Loop::fold && !requires { P::input; })
Bits every_call(const Callable<P>& f, Arrays<T>& a) {
  Bits all;
  const std::size_t n = 8;
  const Shifted<T> p(std::vector<T>(n, T(0.125)), a.offset), q(std::vector<T>(n, T(0.125)), a.offset);
  const auto out = a.losses.span().first(n);
  for (const double base : {std::numbers::e, 3.0})
    if constexpr (distributions_of<P> == 0) {
      f(a.share.span(), a.losses.span(), {.base = base});
      append(all, a.losses.values());
      f.gradient(a.share.span(), a.losses.span(), {.base = base});
      append(all, a.losses.values());
    } else if constexpr (distributions_of<P> == 1) {
      all.push_back(bits(f(p.span(), {.base = base})));
      f.gradient(p.span(), out, {.base = base});
      append(all, a.losses.values());
    } else {
      all.push_back(bits(f(p.span(), q.span(), {.base = base})));
      f.gradient(p.span(), q.span(), out, {.base = base});
      append(all, a.losses.values());
    }
  return all;
}

template <class T, class P>
  requires(P::loop == Loop::fold && requires { P::input; })
Bits every_call(const Callable<P>&, Arrays<T>& a) {
  Bits all;
  const P options;
  for (const std::size_t axis : {Arrays<T>::kClasses, Arrays<T>::kManyClasses}) {
    std::optional<VectorCall<T>> call;
    {
      const lossact::detail::DefaultModes modes;  // the inputs must not depend on the caller's modes
      call.emplace(detail::function_of<P>(), VectorLayout{a.n / axis, axis, 1, 1, a.offset});
    }
    const Bits here = call->bits_of(&options, false);
    all.insert(all.end(), here.begin(), here.end());
  }
  return all;
}

/// body(f, T()) for every function of every family and every element type, as test `property`.
template <class Run>
bool for_every_function(const char* property, Run body) {
  const auto all = [&](const auto& family) {
    for_all(property, family, [body](const auto& f) { all_types([&]<class T>(T type) { body(f, type); }); });
  };
  all(activations), all(gates), all(halves_functions), all(row_activations), all(losses_of_two), all(row_losses),
      all(vector_losses), all(informations);
  return true;
}

}  // namespace lossact::testing
#endif
