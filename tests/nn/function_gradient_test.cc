// Every function of the registry on tensors: values as on spans, gradients against central differences.
#include <tuple>
#include "tests/nn/numerical_gradient.h"

namespace lossact::nn::test {
namespace {

/// Options as training has them: a random slope for each element.
template <class P>
P in_training() {
  P options;
  if constexpr (lossact::testing::draws<P>) options.training = true, options.seed = 17;
  return options;
}

/// Random numbers that are not near a kink.
template <class P>
Tensor away_from_kinks(const P& options, const Shape& shape) {
  const Tensor x = randn(shape, kDouble) * 2;
  for (double& v : x.data<double>())
    for (const Kink& kink : options.facts().kinks)
      if (std::fabs(v - kink.at) < 0.01) v = kink.at + 0.01;
  return x.requires_grad_();
}

template <class F>
void for_each(const auto& family, F f) {
  std::apply([&](const auto&... function) { (f(function), ...); }, family);
}

TEST(FunctionGradient, Activations) {
  manual_seed(2);
  for_each(lossact::testing::activations, [&]<class P>(const Callable<P>& f) {
    const P options = in_training<P>();
    const Tensor x = away_from_kinks(options, {4, 3, 5});
    const auto name = std::string(P::about.name);
    if constexpr (lossact::testing::learns<P>) {
      const Tensor one = tensor({lossact::testing::start_of<P>}, kLeaf), each = linspace(0.1, 0.4, 3, kLeaf);
      check_gradient(name, [&] { return f(x, one, options); }, {x, one});
      check_gradient(name + " per channel", [&] { return f(x, each, options); }, {x, each});
    } else {
      check_gradient(name, [&] { return f(x, options); }, {x});
      std::vector<double> y(x.numel());
      f(std::span<const double>(x.data<double>()), std::span<double>(y), options);
      const Tensor output = f(x, options);
      EXPECT_EQ(output.shape(), x.shape());
      EXPECT_TRUE(std::equal(y.begin(), y.end(), output.template data<double>().begin())) << name;
    }
  });
}

TEST(FunctionGradient, RowActivations) {
  manual_seed(3);
  for_each(lossact::testing::row_activations, [&]<class P>(const Callable<P>& f) {
    const Tensor x = randn({2, 3, 4}, kDouble).requires_grad_();
    const auto name = std::string(P::about.name);
    check_gradient(name, [&] { return f(x); }, {x});
    for (const std::ptrdiff_t dim : {0, 1, 2, -2})
      check_gradient(name + " along " + std::to_string(dim), [&] { return along(f, x, dim); }, {x});
    // Along a dimension is the same as along the last of the transpose.
    const Tensor a = along(f, x, 1), b = f(x.transpose(1, 2)).transpose(1, 2);
    EXPECT_TRUE(std::ranges::equal(a.data<double>(), b.data<double>())) << name;
  });
}

/// Calls f with every reduction that the loss has, with and without what weights it knows.
template <class P, class F>
void with_options(std::span<const double> weights, F f) {
  for (const Reduction reduction : {Reduction::mean, Reduction::sum, Reduction::none, Reduction::batchmean}) {
    const std::string reduced(lossact::testing::name_of_choice<P>(reduction));
    if (reduced.empty()) continue;
    P options;
    options.reduction = reduction;
    f(options, std::string(P::about.name) + " " + reduced);
    if constexpr (lossact::testing::has_weights<P>) {
      options.*lossact::testing::weights_of<P> = weights;
      f(options, std::string(P::about.name) + " weighted " + reduced);
    }
  }
}

/// What a loss of this meaning takes.
Tensor meant(Meaning meaning, const Shape& shape) {
  const Tensor x = rand(shape, kDouble) * 0.8 + 0.1;
  switch (meaning) {
    case Meaning::values:
    case Meaning::logits:
      return x * 4 - 2;
    case Meaning::probabilities:
      return x;
    case Meaning::log_probabilities:
      break;
  }
  return x - 1.5;
}

/// Whether the loss has a gradient in the target at all.
bool has_target_gradient(const std::function<Tensor()>& f) {
  try {
    f();
    return true;
  } catch (const domain_error&) {
    return false;
  }
}

TEST(FunctionGradient, PairLosses) {
  manual_seed(4);
  int in_target = 0;
  for_each(lossact::testing::element_losses, [&]<class P>(const Callable<P>& f) {
    const Shape shape{3, 4};
    const Tensor x = meant(P::input, shape).requires_grad_();
    const Tensor target = rand(shape, kDouble) * 0.8 + 0.1, leaf = target.clone().requires_grad_();
    const Tensor more = (rand(shape, kDouble) + 0.5).requires_grad_();  // whatever else it takes
    const auto loss = [&]<std::size_t... I>(std::index_sequence<I...>) {
      return [&](const Tensor& input, const Tensor& wanted, const P& options) {
        return f(input, wanted, (static_cast<void>(I), more)..., options);
      };
    }(std::make_index_sequence<lossact::detail::required<P> - 2>());
    const std::vector<double> weights(12, 0.7);
    with_options<P>(weights, [&](const P& options, const std::string& name) {
      check_gradient(name, [&] { return loss(x, target, options); }, {x});
      if (!has_target_gradient([&] { return loss(x, leaf, options); })) return;
      ++in_target;
      check_gradient(name + " in both", [&] { return loss(x, leaf, options); }, {x, leaf});
      check_gradient(name + " in the target", [&] { return loss(x.detach(), leaf, options); }, {leaf});
      if constexpr (lossact::detail::required<P> > 2)
        check_gradient(name + " in all", [&] { return loss(x, leaf, options); }, {x, leaf, more});
    });
  });
  EXPECT_GT(in_target, 0);
}

TEST(FunctionGradient, RowLosses) {
  manual_seed(5);
  int in_target = 0;
  const std::vector<double> weights = {0.5, 1.5, 2.0, 0.25};
  for_each(lossact::testing::row_losses, [&]<class P>(const Callable<P>& f) {
    for (const Shape& shape : {Shape{5, 4}, Shape{4}, Shape{2, 4, 3}}) {
      const Tensor x = meant(P::input, shape).requires_grad_();
      const Shape rows = shape.without(shape.size() < 2 ? 0 : 1);
      const Tensor classes = randint(0, 4, rows);
      if constexpr (requires(P p) { p.ignore_index; })
        if (rows.numel() > 1) classes.data<std::int64_t>()[1] = P().ignore_index;
      const Tensor probabilities =
          along(std::get<0>(lossact::testing::row_activations), randn(shape, kDouble), shape.size() < 2 ? 0 : 1);
      const Tensor target = probabilities.clone() * 0 + rand(shape, kDouble);
      const Tensor leaf = target.clone().requires_grad_();
      with_options<P>(weights, [&](const P& options, const std::string& options_name) {
        const std::string name = options_name + " " + to_string(shape);
        check_gradient(name, [&] { return f(x, classes, options); }, {x});
        if (!has_target_gradient([&] { return f(x, target, options); })) return;
        check_gradient(name + " probabilities", [&] { return f(x, target, options); }, {x});
        if (!has_target_gradient([&] { return f(x, leaf, options); })) return;
        ++in_target;
        check_gradient(name + " in both", [&] { return f(x, leaf, options); }, {x, leaf});
      });
    }
  });
  EXPECT_GT(in_target, 0);
}

TEST(FunctionGradient, OfALossIsScaledByWhatComesAfter) {
  for_each(lossact::testing::row_losses, [&]<class P>(const Callable<P>& f) {
    const Tensor x = meant(P::input, {3, 4}).requires_grad_(), classes = tensor({0, 3, 1});
    check_gradient(std::string(P::about.name), [&] { return f(x, classes).pow(2) * 3.0; }, {x});
  });
}

}  // namespace
}  // namespace lossact::nn::test
