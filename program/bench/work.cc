#include "program/bench/work.h"
#include <tuple>
#include <type_traits>
#include <vector>
#include "lossact/lossact.h"

namespace lossact::cli {
namespace {

template <class T>
std::span<const T> input(const Arrays& a) {
  return {static_cast<const T*>(a.input), a.rows * a.classes};
}
template <class T>
std::span<const T> second(const Arrays& a) {
  return {static_cast<const T*>(a.second), a.rows * a.classes};
}
template <class T>
std::span<T> result(const Arrays& a) {
  return {static_cast<T*>(a.result), a.rows * a.classes};
}
template <class T>
Rows<T> rows(std::span<T> list, const Arrays& a) {
  return {list.data(), a.rows, a.classes};
}

/// Whether the gradient follows from the output: a call on nothing tells.
template <class P>
bool output_suffices(const Activation<P>& f) {
  try {
    f.backward_from_output(std::span<const float>(), std::span<const float>(), std::span<float>());
    return true;
  } catch (const domain_error&) {
    return false;
  }
}

/// `common` has the name and the family.
template <class P>
void add(std::vector<Work>& all, Work common, const Activation<P>& f) {
  common.has_fast = true;
  if constexpr (detail::operand<P> == Operand::learned) {
    static constexpr float weight[] = {static_cast<float>(P::weight)};
    common.pass = Pass::forward, common.read = 1, common.run = [](const Arrays& a, Accuracy accuracy) {
      Activation<P>()(input<float>(a), weight, result<float>(a), 1, accuracy);
    };
    all.push_back(common);
    common.pass = Pass::backward, common.read = 2, common.run = [](const Arrays& a, Accuracy accuracy) {
      double grad_weight[1];
      Activation<P>().backward(second<float>(a), input<float>(a), weight, result<float>(a), grad_weight, 1, accuracy);
    };
    all.push_back(common);
  } else {
    common.pass = Pass::forward, common.read = 1, common.run = [](const Arrays& a, Accuracy accuracy) {
      Activation<P>()(input<float>(a), result<float>(a), accuracy);
    };
    all.push_back(common);
    common.pass = Pass::backward, common.read = 2, common.run = [](const Arrays& a, Accuracy accuracy) {
      Activation<P>().backward(second<float>(a), input<float>(a), result<float>(a), accuracy);
    };
    all.push_back(common);
    if (!output_suffices(f)) return;
    common.pass = Pass::from_output, common.run = [](const Arrays& a, Accuracy accuracy) {
      Activation<P>().backward_from_output(second<float>(a), input<float>(a), result<float>(a), P{}, accuracy);
    };
    all.push_back(common);
  }
}

template <class P>
void add(std::vector<Work>& all, Work common, const RowActivation<P>&) {
  common.has_fast = common.by_rows = true;
  common.pass = Pass::forward, common.read = 1, common.run = [](const Arrays& a, Accuracy accuracy) {
    RowActivation<P>()(rows(input<float>(a), a), rows(result<float>(a), a), P{}, accuracy);
  };
  all.push_back(common);
  common.pass = Pass::backward, common.read = 2, common.run = [](const Arrays& a, Accuracy accuracy) {
    RowActivation<P>().backward(rows(second<float>(a), a), rows(input<float>(a), a), rows(result<float>(a), a), P{},
                                accuracy);
  };
  all.push_back(common);
}

template <class P>
void add(std::vector<Work>& all, Work common, const PairLoss<P>&) {
  common.has_fast = true;
  common.input = common.second = P::input;
  // Logarithms of probabilities are compared with probabilities.
  if (P::input == Meaning::log_probabilities) common.second = Meaning::probabilities;
  common.pass = Pass::gradient, common.read = 2, common.run = [](const Arrays& a, Accuracy accuracy) {
    PairLoss<P>().with_gradient(input<float>(a), second<float>(a), result<float>(a), P{}, accuracy);
  };
  all.push_back(common);
}

template <class P>
void add(std::vector<Work>& all, Work common, const RowLoss<P>&) {
  common.has_fast = common.by_rows = true;
  common.input = P::input;
  common.pass = Pass::gradient, common.read = 1, common.run = [](const Arrays& a, Accuracy accuracy) {
    RowLoss<P>().with_gradient(rows(input<float>(a), a), std::span(a.labels, a.rows), rows(result<float>(a), a), P{},
                               accuracy);
  };
  all.push_back(common);
}

template <class P>
void add(std::vector<Work>& all, Work common, const Information<P>&) {
  common.element_size = sizeof(double);
  common.input = common.second = Meaning::probabilities;
  common.distributions = true;
  common.read = P::distributions == 2 ? 2 : 1;
  common.written = P::distributions == 0 ? 1 : 0;
  common.pass = Pass::forward, common.run = [](const Arrays& a, Accuracy) {
    constexpr Information<P> f;
    if constexpr (P::distributions == 0) f(input<double>(a), result<double>(a));
    else if constexpr (P::distributions == 1) f(input<double>(a));
    else f(second<double>(a), input<double>(a));
  };
  all.push_back(common);
  common.written = 1;
  common.pass = Pass::backward, common.run = [](const Arrays& a, Accuracy) {
    constexpr Information<P> f;
    if constexpr (P::distributions == 2) f.gradient(second<double>(a), input<double>(a), result<double>(a));
    else f.gradient(input<double>(a), result<double>(a));
  };
  all.push_back(common);
}

std::vector<Work> all_works() {
  std::vector<Work> all;
  const auto family = [&](std::string_view prefix, const auto& functions_of) {
    const auto one = [&]<class F>(const F& f) {
      const Function& function = *find(std::string(prefix).append(F::Options::about.name));
      add(all,
          {.name = std::string(function.name),
           .family = function.family,
           .pass = {},
           .element_size = sizeof(float),
           .by_rows = false,
           .has_fast = false,
           .read = 0,
           .written = 1,
           .input = Meaning::values,
           .second = Meaning::values,
           .distributions = false,
           .run = nullptr},
          f);
    };
    std::apply([&](const auto&... f) { (one(f), ...); }, functions_of);
  };
  family("", activations), family("", row_activations), family("", pair_losses), family("", row_losses);
  family("information.", informations);
  return all;
}

}  // namespace

std::string_view in_words(Pass pass) {
  static constexpr std::string_view words[] = {"forward", "backward", "from output", "gradient"};
  return words[static_cast<std::size_t>(pass)];
}

std::span<const Work> works() {
  static const std::vector<Work> all = all_works();
  return all;
}

}  // namespace lossact::cli
