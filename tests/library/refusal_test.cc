// Invalid input throws an error that names its cause, and nothing is written.
#include <functional>
#include "tests/library/all_functions.h"

namespace lossact::testing {
namespace {

/// Runs a call, which must throw E with a message that begins with the function's name and contains `saying`, and must
/// leave `out` unchanged.
template <class E>
void refused(std::string_view name, std::string_view saying, std::span<const std::byte> out,
             const std::function<void()>& run) {
  const std::vector<std::byte> before(out.begin(), out.end());
  try {
    run();
    ADD_FAILURE() << name << " accepted what should be refused with: " << saying;
  } catch (const E& e) {
    const std::string what = e.what();
    EXPECT_TRUE(what.starts_with("[" + std::string(name) + "] ")) << what;
    EXPECT_NE(what.find(saying), std::string::npos) << what << "\nexpected: " << saying;
    EXPECT_NE(dynamic_cast<const error*>(&e), nullptr);
  }
  EXPECT_TRUE(std::ranges::equal(out, before)) << "written before all was checked";
}
template <class E, class T>
void refused(std::string_view name, std::string_view saying, const std::vector<T>& out,
             const std::function<void()>& run) {
  refused<E>(name, saying, std::as_bytes(std::span(out)), run);
}

template <class T, class P>
void shapes(const Callable<P>& f) {
  const std::string_view name = P::about.name;
  const std::vector<T> six(6, T(1)), five(5, T(1)), w = {T(0.5), T(0.25)};
  std::vector<T> out(6, T(9)), out5(5, T(9));
  const Caller<P, T> call;
  refused<shape_error>(name, "output has 5 elements, input has 6", out5, [&] { call.forward(six, out5); });
  refused<shape_error>(name, "grad_output has 5 elements, input has 6", out, [&] { call.backward(five, six, out); });
  refused<shape_error>(name, "grad_input has 5 elements, input has 6", out5, [&] { call.backward(six, six, out5); });
  if constexpr (learns<P>) {
    const std::span<const T> none;
    std::vector<double> dw(2, 9), one(1, 9);
    refused<shape_error>(name, "input has 5 elements", out5, [&] { f(five, w, out5); });
    refused<shape_error>(name, "multiple of 2 channels of 2", out, [&] { f(six, w, out, 2); });
    refused<shape_error>(name, "weight has no elements", out, [&] { f(six, none, out); });
    refused<shape_error>(name, "inner is 0", out, [&] { f(six, w, out, 0); });
    refused<shape_error>(name, "grad_weight has 1 elements, weight has 2", out,
                         [&] { f.backward(six, six, w, out, one); });
  } else {
    refused<shape_error>(name, "output has 5 elements, input has 6", out5, [&] { f(six, out5, fast); });
  }
}
const bool activation_shapes =
    for_all("Refusal", activations, [](const auto& f) { all_types([&]<class T>(T) { shapes<T>(f); }); });

/// One call of each kind with these options; out is what it would write.
template <class P>
  requires(P::loop == Loop::map && P::output == Output::elements)
void call_with(const Callable<P>& f, const P& options, std::vector<float>& out) {
  if constexpr (!learns<P>) f(std::vector<float>(4, -1), out, options);
}
template <class P>
  requires(P::loop == Loop::row && P::output == Output::elements)
void call_with(const Callable<P>& f, const P& options, std::vector<float>& out) {
  const std::vector<float> x(4);
  f(Rows<const float>{x.data(), 2, 2}, Rows<float>{out.data(), 2, 2}, options);
}
template <class P>
void call_with(const OfTwo<P>& f, const P& options, std::vector<float>& out) {
  const std::vector<float> x(4, 0.5f);
  f.with_gradient(x, x, out, options);
}
template <class P>
  requires(P::loop == Loop::row && P::output == Output::number)
void call_with(const Callable<P>& f, const P& options, std::vector<float>& out) {
  const std::vector<float> x(4);
  f.with_gradient(Rows<const float>{x.data(), 2, 2}, std::vector<int>{0, 1}, Rows<float>{out.data(), 2, 2}, options);
}
template <class P>
  requires(P::loop == Loop::fold)
void call_with(const Callable<P>& f, const P& options, std::vector<float>& out) {
  const std::vector<float> x(4, 0.5f), of_rows(2, 1.0f);
  const Rows<const float> in{x.data(), 2, 2};
  const Rows<float> gradient{out.data(), 2, 2};
  if constexpr (P::arguments[1].extent == Extent::class_index)
    f.with_gradient(in, std::vector<int>{0, 1}, gradient, options);
  else if constexpr (detail::required<P> == 2) f.with_gradient(in, in, gradient, options);
  else if constexpr (P::arguments[2].extent == Extent::row) f.with_gradient(in, in, of_rows, gradient, options);
  else f.with_gradient(in, in, in, gradient, options);
}

// Every parameter with a bound refuses what lies beyond it, and NaN.
template <class F>
void bounds(const F& f) {
  using P = typename F::Options;
  const auto beyond = [&]<class T>(const Parameter<P, T>& parameter) {
    std::vector<float> out(4, 9);
    if constexpr (std::is_same_v<T, double>) {
      const Interval legal = parameter.legal;
      if (legal.low == -inf && legal.high == inf) return;
      for (const double value : {legal.low - 1, legal.high + std::max(1.0, legal.high), static_cast<double>(nan)}) {
        if (std::isinf(value)) continue;
        P options;
        options.*parameter.value = value;
        refused<domain_error>(P::about.name, parameter.name, out, [&] { call_with(f, options, out); });
      }
    } else if constexpr (std::is_enum_v<T>) {
      P options;
      options.*parameter.value = static_cast<T>(77);
      refused<domain_error>(P::about.name, parameter.name, out, [&] { call_with(f, options, out); });
    }
  };
  std::apply([&](const auto&... parameter) { (beyond(parameter), ...); }, P::parameters);
  if constexpr (has_weights<P>)
    for (const double value : {-1.0, static_cast<double>(nan)}) {
      std::vector<float> out(4, 9);
      const double list[] = {1, value, 1, 1};
      P options;
      options.*weights_of<P> = std::span(list).first(P::loop == Loop::map || P::output == Output::elements ? 4 : 2);
      refused<domain_error>(P::about.name, " is ", out, [&] { call_with(f, options, out); });
    }
}
const bool all_bounds[] = {
    for_all("OptionBounds", activations, [](const auto& f) { bounds(f); }),
    for_all("OptionBounds", row_activations, [](const auto& f) { bounds(f); }),
    for_all("OptionBounds", losses_of_two, [](const auto& f) { bounds(f); }),
    for_all("OptionBounds", row_losses, [](const auto& f) { bounds(f); }),
    for_all("OptionBounds", vector_losses, [](const auto& f) { bounds(f); }),
};
TEST(OptionBounds, SeveralParametersTogether) {
  std::vector<float> out(4, 9);
  refused<domain_error>("rrelu", "lower is above upper", out, [&] { call_with(rrelu, {.lower = 2, .upper = 1}, out); });
  refused<domain_error>("softplus", "beta", out, [&] { call_with(softplus, {.beta = 0}, out); });
  refused<domain_error>("kl_div", "rows", out,
                        [&] { call_with(OfTwo<KlDiv>(), {.reduction = Reduction::batchmean}, out); });
}

const bool output_forms = for_all("OutputForm", activations, []<class P>(const Callable<P>& f) {
  if constexpr (!learns<P>)
    for (const P& options : variants<P>()) {
      std::vector<float> y(4, 0.5f), out(4, 9);
      if (options.facts().increasing) continue;
      refused<domain_error>(P::about.name, "output", out, [&] { f.backward_from_output(y, y, out, options); });
    }
});

template <class T, class P>
void pair_shapes(const OfTwo<P>& f) {
  const std::string_view name = P::about.name;
  const std::string input(P::arguments[0].name), target(P::arguments[1].name), than_input = " has 3 elements, " + input;
  const std::vector<T> four(4, T(0.5)), three(3, T(0.5));
  std::vector<T> out(4, T(9)), out3(3, T(9)), memory(8, T(0.5));
  std::vector<double> losses(4, 9), losses3(3, 9);
  refused<shape_error>(name, target + than_input + " has 4", out, [&] { f.with_gradient(four, three, out); });
  refused<shape_error>(name, "grad_" + input + than_input + " has 4", out3, [&] { f.with_gradient(four, four, out3); });
  refused<shape_error>(name, "losses" + than_input + " has 4", losses3, [&] { f.each(four, four, losses3); });
  refused<shape_error>(name, "grad_output has 3 elements", out,
                       [&] { f.backward(losses3, four, four, out, {.reduction = Reduction::none}); });
  refused<shape_error>(name, "grad_output has 4 elements", out, [&] { f.backward(losses, four, four, out); });
  refused<domain_error>(name, "each", out, [&] { f.with_gradient(four, four, out, {.reduction = Reduction::none}); });
  const std::span<T> all(memory);
  refused<overlap_error>(name, "overlaps", memory,
                         [&] { f.with_gradient(all.first(4), all.first(4), all.subspan(1, 4)); });
}
const bool pairs =
    for_all("Refusal", losses_of_two, [](const auto& f) { all_types([&]<class T>(T) { pair_shapes<T>(f); }); });

// Constraints are checked on every code path: of few contiguous elements, of many, and of strided ones.
const bool constraints = for_all("Constraint", functions(), [](const Function& f) {
  for (std::size_t i = 0; i < f.required(); ++i) {
    if (f.arguments[i].constraint != Constraint::not_negative) continue;
    for (const std::size_t n : {16ul, 300ul, 9000ul})
      for (const std::size_t step : {1ul, 2ul}) {
        std::vector<float> ones(n * step, 1), wrong(n * step, 1);
        wrong[(n - 1) * step] = -1;
        Array one = Array::line(ones.data(), n), other = Array::line(wrong.data(), n);
        one.stride[1] = other.stride[1] = static_cast<std::ptrdiff_t>(step);
        std::vector<const Array*> arrays(f.arguments.size());
        for (std::size_t j = 0; j < f.required(); ++j) arrays[j] = j == i ? &other : &one;
        EXPECT_THROW(run(f, {.arrays = arrays}), domain_error) << f.name << ' ' << n << ' ' << step;
        wrong[(n - 1) * step] = NAN;  // NaN is accepted, and comes out
        EXPECT_TRUE(std::isnan(run(f, {.arrays = arrays}))) << f.name << ' ' << n << ' ' << step;
      }
  }
});

const bool row_activation_shapes = for_all("Refusal", row_activations, []<class P>(const Callable<P>& f) {
  const std::string_view name = P::about.name;
  const std::vector<float> x(12);
  std::vector<float> out(12, 9);
  refused<shape_error>(name, "output has shape (2, 3), input has (3, 2)", out,
                       [&] { f(Rows<const float>{x.data(), 3, 2}, Rows<float>{out.data(), 2, 3}); });
  refused<shape_error>(name, "output has shape (6, 2), input has (2, 2, 3)", out,
                       [&] { f(ClassAxis<const float>{x.data(), 2, 2, 3}, Rows<float>{out.data(), 6, 2}); });
  refused<shape_error>(name, "start every 1", out,
                       [&] { f(Rows<const float>{x.data(), 3, 2, 1}, Rows<float>{out.data(), 3, 2}); });
  refused<shape_error>(name, "grad_output has shape (1, 2)", out, [&] {
    f.backward(Rows<const float>{x.data(), 1, 2}, Rows<const float>{x.data(), 3, 2}, Rows<float>{out.data(), 3, 2});
  });
});

const bool rows = for_all("Refusal", row_losses, []<class P>(const Callable<P>& f) {
  const std::string_view name = P::about.name;
  const std::vector<float> x(12, 0.25f);
  std::vector<float> out(12, 9);
  std::vector<double> losses(2, 9);
  const Rows<const float> in{x.data(), 3, 4};
  const Rows<float> grad{out.data(), 3, 4};
  const auto with_target = [&](std::vector<std::int64_t> y) { return [&, y] { f.with_gradient(in, y, grad); }; };
  refused<index_error>(name, "target 4 at row 1 is outside [0, 4)", out, with_target({0, 4, 1}));
  refused<index_error>(name, "target -1 at row 2 is outside [0, 4)", out, with_target({0, 1, -1}));
  refused<index_error>(name, "outside [0, 4)", out, with_target({0, 1, std::numeric_limits<std::int64_t>::min()}));
  refused<index_error>(name, "outside [0, 4)", out, with_target({0, 1, std::numeric_limits<std::int64_t>::max()}));
  refused<shape_error>(name, "target has 2 classes, input has 3 rows", out, with_target({0, 1}));
  refused<shape_error>(name, "grad_input has shape (4, 3), input has (3, 4)", out,
                       [&] { f.with_gradient(in, std::vector<int>{0, 1, 2}, Rows<float>{out.data(), 4, 3}); });
  refused<shape_error>(name, "target has shape (4, 3), input has (3, 4)", out,
                       [&] { f.with_gradient(in, Rows<const float>{x.data(), 4, 3}, grad); });
  refused<shape_error>(name, "losses has 2 elements, input has 3 rows", losses,
                       [&] { f.each(in, std::vector<int>{0, 1, 2}, losses); });
  refused<shape_error>(name, "rows of no classes", out,
                       [&] { f(Rows<const float>{x.data(), 3, 0}, std::vector<int>{0, 0, 0}); });
  const double two[] = {1, 2};
  P options;
  options.weight = two;
  refused<shape_error>(name, "weight has 2 elements, input has 4 classes", out,
                       [&] { f.with_gradient(in, std::vector<int>{0, 1, 2}, grad, options); });
  options = {};
  options.ignore_index = 1;
  refused<domain_error>(name, "ignore_index is 1", out, [&] { f.with_gradient(in, in, grad, options); });
  refused<domain_error>(name, "classes have no gradient", out,
                        [&] { f.backward(1, in, std::vector<int>{0, 1, 2}, {{}, grad}); });
  refused<overlap_error>(name, "overlaps", out, [&] {
    f.with_gradient(Rows<const float>{out.data(), 2, 4}, std::vector<int>{0, 1}, Rows<float>{out.data() + 1, 2, 4});
  });
});

// Sizes whose products are too large to be numbers of elements, and wrap to small ones.
constexpr std::size_t kHuge = std::size_t{1} << 63, kHalf = std::size_t{1} << 32;
const bool weights_wrap = for_all("SizesThatWrap", activations, []<class P>(const Callable<P>& f) {
  if constexpr (learns<P>) {
    const std::vector<float> x(4, -1), w = {0.5f, 0.25f}, none;
    std::vector<float> out(4, 9), nothing;
    std::vector<double> dw(2, 9);
    for (const std::size_t inner : {kHuge, kHuge + 1, kHuge - 1, ~std::size_t{0}, std::size_t{3}}) {
      refused<shape_error>(P::about.name, "multiple of 2 channels of " + std::to_string(inner), out,
                           [&] { f(x, w, out, inner); });
      refused<shape_error>(P::about.name, "multiple of 2 channels of " + std::to_string(inner), out,
                           [&] { f.backward(x, x, w, out, dw, inner); });
    }
    f(none, w, nothing, kHuge);  // no elements are a multiple of anything
    f.backward(none, none, w, nothing, dw, kHuge);
    EXPECT_EQ(dw, std::vector<double>(2, 0));
  }
});
template <class Run>
void with_shapes_that_wrap(Run run) {
  run(ClassAxis<float>{nullptr, 1, kHalf, kHalf}), run(ClassAxis<float>{nullptr, kHuge, 1, 2});
  run(ClassAxis<float>{nullptr, 2, kHuge, 1}), run(ClassAxis<float>{nullptr, kHalf, 2, kHalf});
  run(ClassAxis<float>{nullptr, kHalf, 0, kHalf});
  run(Rows<float>{nullptr, 3, 2, kHuge}), run(Rows<float>{nullptr, 2, 2, ~std::size_t{0}});
  run(Rows<float>{nullptr, kHuge, 2, 2}), run(Rows<float>{nullptr, 1, kHuge, kHuge});
}
const bool row_activations_wrap = for_all("SizesThatWrap", row_activations, []<class P>(const Callable<P>& f) {
  with_shapes_that_wrap([&](auto view) {
    const std::vector<float> none;
    refused<shape_error>(P::about.name, "more than any memory holds", none, [&] { f(view, view); });
    refused<shape_error>(P::about.name, "more than any memory holds", none, [&] { f.backward(view, view, view); });
  });
});
const bool row_losses_wrap = for_all("SizesThatWrap", row_losses, []<class P>(const Callable<P>& f) {
  with_shapes_that_wrap([&](auto view) {
    const std::vector<std::int64_t> classes;
    std::vector<double> losses;
    refused<shape_error>(P::about.name, "more than any memory holds", losses, [&] { f(view, classes); });
    refused<shape_error>(P::about.name, "more than any memory holds", losses, [&] { f(view, view); });
    refused<shape_error>(P::about.name, "more than any memory holds", losses, [&] { f.each(view, classes, losses); });
    refused<shape_error>(P::about.name, "more than any memory holds", losses,
                         [&] { f.backward(1, view, view, {{}, view}); });
  });
});

}  // namespace
}  // namespace lossact::testing
