// lossact show NAME: the facts of a function, and the function and its slope drawn.
#include <array>
#include <fmt/format.h>
#include "cli/commands.h"
#include "cli/curve.h"
#include "cli/description.h"
#include "cli/file.h"
#include "cli/functions.h"
#include "cli/number.h"
#include "cli/terminal.h"

namespace lossact::cli {
namespace {

using Numbers = std::vector<double>;

template <class P>
Curve curve_of(const Activation<P>& f, const Chosen<P>& chosen) {
  const auto values = [f, chosen](const Numbers& x, Numbers& y, Numbers& slope) {
    const Numbers one(x.size(), 1.0);
    const std::span<const double> in(x), ones(one);
    if constexpr (detail::operand<P> == Operand::learned) {
      Numbers grad_weight(1);
      const std::span<const double> weight(&chosen.weight, 1);
      f(in, weight, std::span<double>(y));
      f.backward(ones, in, weight, std::span<double>(slope), std::span<double>(grad_weight));
    } else {
      f(in, std::span<double>(y), chosen.options());
      f.backward(ones, in, std::span<double>(slope), chosen.options());
    }
  };
  return {.of = looked_up(f) + "(x)", .variable = "x", .setting = {}, .values = values};
}

// Of a row of two classes, over the first one's logit.
template <class P>
Curve curve_of(const RowActivation<P>& f, const Chosen<P>& chosen) {
  const auto values = [f, chosen](const Numbers& x, Numbers& y, Numbers& slope) {
    for (std::size_t i = 0; i < x.size(); ++i) {
      std::array<double, 2> row = {x[i], 0}, output{}, one = {1, 0}, gradient{};
      f({row.data(), 1, 2}, Rows<double>{output.data(), 1, 2}, chosen.options());
      f.backward(Rows<const double>{one.data(), 1, 2}, Rows<const double>{row.data(), 1, 2},
                 Rows<double>{gradient.data(), 1, 2}, chosen.options());
      y[i] = output[0], slope[i] = gradient[0];
    }
  };
  return {.of = looked_up(f) + "((x, 0))[0]", .variable = "x", .setting = {}, .values = values};
}

template <class P>
Curve curve_of(const PairLoss<P>& f, const Chosen<P>& chosen) {
  // What means the logarithm of a probability is not above 0, and neither is its target's logarithm.
  constexpr bool logarithms = P::input == Meaning::log_probabilities;
  constexpr bool probabilities = P::input == Meaning::probabilities;
  static constexpr double target = logarithms || probabilities ? 0.5 : 0;
  const auto values = [f, chosen](const Numbers& x, Numbers& y, Numbers& slope) {
    P options = chosen.options();
    options.reduction = Reduction::sum;
    for (std::size_t i = 0; i < x.size(); ++i)
      y[i] = f.with_gradient(std::span<const double>(&x[i], 1), std::span<const double>(&target, 1),
                             std::span<double>(&slope[i], 1), options);
  };
  return {.of = fmt::format("{}(x, {})", looked_up(f), number_text(target)),
          .variable = "the input x",
          .setting = fmt::format("at the target {}", number_text(target)),
          .over = logarithms      ? Interval{-5, 0}
                  : probabilities ? Interval{0, 1}
                                  : Interval{-3, 3},
          .values = values};
}

// Of a row of two classes, over the logit of the class that came.
template <class P>
Curve curve_of(const RowLoss<P>& f, const Chosen<P>& chosen) {
  constexpr bool logarithms = P::input == Meaning::log_probabilities;
  const auto values = [f, chosen](const Numbers& x, Numbers& y, Numbers& slope) {
    P options = chosen.options();
    options.reduction = Reduction::sum;
    options.weight = {};
    options.ignore_index = -1;
    const std::array<std::int64_t, 1> target = {0};
    for (std::size_t i = 0; i < x.size(); ++i) {
      std::array<double, 2> row = {x[i], 0}, gradient{};
      y[i] =
          f.with_gradient(Rows<const double>{row.data(), 1, 2}, target, Rows<double>{gradient.data(), 1, 2}, options);
      slope[i] = gradient[0];
    }
  };
  return {.of = looked_up(f) + "((x, 0), 0)",
          .variable = "x",
          .setting = "where class 0 came",
          .over = logarithms ? Interval{-5, 0} : Interval{-5, 5},
          .values = values};
}

// Of two events, over the probability of the first.
template <class P>
Curve curve_of(const Information<P>& f, const Chosen<P>& chosen) {
  const auto values = [f, chosen](const Numbers& x, Numbers& y, Numbers& slope) {
    const P& options = chosen.options();
    for (std::size_t i = 0; i < x.size(); ++i) {
      if constexpr (P::distributions == 0) {
        f(std::span<const double>(&x[i], 1), std::span<double>(&y[i], 1), options);
        f.gradient(std::span<const double>(&x[i], 1), std::span<double>(&slope[i], 1), options);
      } else {
        const std::array<double, 2> p = {0.7, 0.3}, q = {x[i], 1 - x[i]};
        std::array<double, 2> gradient{};
        if constexpr (P::distributions == 1) {
          y[i] = f(q, options);
          f.gradient(q, gradient, options);
        } else {
          y[i] = f(p, q, options);
          f.gradient(p, q, gradient, options);
        }
        slope[i] = gradient[0] - gradient[1];  // the second probability falls as the first rises
      }
    }
  };
  const std::string name = looked_up(f);
  if constexpr (P::distributions == 0)
    return {.of = name + "(p)", .variable = "p", .setting = {}, .over = {0, 1}, .values = values};
  else if constexpr (P::distributions == 1)
    return {.of = name + "(p, 1 - p)", .variable = "p", .setting = {}, .over = {0, 1}, .values = values};
  else
    return {.of = fmt::format("{}(p, (q, 1 - q))", name),
            .variable = "q",
            .setting = "where p is (0.7, 0.3)",
            .over = {0, 1},
            .values = values};
}

std::string limit_in_words(double limit) { return std::isnan(limit) ? "none" : number_text(limit); }

/// What the facts speak of, where it is not simply x.
std::string facts_of_what(std::string_view family) {
  if (family.starts_with("row_")) return "as a function of the surprise -log p of a class, p being its probability";
  if (family == "pair_loss") return "as a function of the input, at every fixed target";
  return {};
}

/// Everything with words before it, and the words in a column.
void print_facts(const Function& function, const Facts& facts, std::size_t width) {
  constexpr std::size_t indent = 13;
  const auto line = [&](std::string_view what, const std::string& text) {
    if (text.empty()) return;
    const std::string lines = wrapped(text, width, indent);
    fmt::print("{:<{}}{}", what, indent, lines.substr(indent));
  };
  fmt::print("{}: {}\n\n", function.name, family_in_words(function.family));
  line("formula", std::string(function.formula));
  line("source", std::string(function.source));
  line("note", std::string(function.note));
  line("claim", std::string(function.claim.text));
  line("facts", facts_of_what(function.family));
  line("range", in_words(facts.range));
  if (!std::isnan(facts.left) || !std::isnan(facts.right))
    line("limits",
         fmt::format("{} on the left, {} on the right", limit_in_words(facts.left), limit_in_words(facts.right)));
  line("saturates", std::string(facts.saturates()));
  std::vector<std::string> shape, kinks;
  if (facts.increasing) shape.emplace_back("increasing");
  if (facts.convex) shape.emplace_back("convex");
  if (facts.odd) shape.emplace_back("odd");
  if (facts.even) shape.emplace_back("even");
  line("shape", join(shape));
  line("steepness",
       std::isfinite(facts.lipschitz) ? fmt::format("at most {}", number_text(facts.lipschitz)) : "unbounded");
  for (const Kink& kink : facts.kinks)
    kinks.push_back(
        fmt::format("at {}, where the slope is taken as {}", number_text(kink.at), number_text(kink.slope)));
  line("kinks", kinks.empty() ? "none" : join(kinks));
  line("call", function.signature);
  if (!function.parameters.empty()) {
    fmt::print("\nparameters\n");
    TextTable table("lll");
    for (const ParameterInfo& p : function.parameters)
      table.add({"  " + std::string(p.name), p.default_value, p.legal});
    fmt::print("{}", table.text());
  }
}

struct Typed {
  std::string name, svg;
  std::vector<std::string> set;
};

template <class F>
void show(const F& f, const Typed& typed) {
  using P = typename F::Options;
  const Function& function = function_named(typed.name);
  const Chosen<P> chosen = choose<P>(typed.set);
  const Facts facts = chosen.options().facts();
  Curve curve = curve_of(f, chosen);
  for (const Kink& kink : facts.kinks) {
    curve.kinks.push_back(kink.at);
    if (function.family == "activation" && std::abs(kink.at) < 1e6)
      curve.over = {std::min(curve.over.low, 1.5 * kink.at), std::max(curve.over.high, 1.5 * kink.at)};
  }
  if (!typed.set.empty()) curve.setting += fmt::format("{}with {}", curve.setting.empty() ? "" : ", ", join(typed.set));
  const std::size_t width = terminal_width();
  print_facts(function, facts, std::min<std::size_t>(width, 120));
  fmt::print("\n{}", plot_both(curve, width));
  if (!typed.svg.empty()) write_file(typed.svg, svg(curve, curve.of));
}

}  // namespace

void add_show(CLI::App& program) {
  CLI::App* command = program.add_subcommand("show", "The facts of a function, and its graph and slope");
  auto typed = std::make_shared<Typed>();
  command->add_option("NAME", typed->name, "a function of lossact list")->required()->type_name("");
  command->add_option("--set", typed->set, "a parameter, NAME=VALUE; may be repeated")
      ->allow_extra_args(false)
      ->type_name("K=V");
  command->add_option("--svg", typed->svg, "draw it into an SVG file too")->type_name("FILE");
  for (const Function& function : functions())
    if (function.family == "activation" && !function.parameters.empty()) {
      const ParameterInfo& p = function.parameters.front();
      command->footer(fmt::format("Example:\n  lossact show {} --set {}={}", function.name, p.name, p.default_value));
      break;
    }
  command->callback([typed] { with_function(typed->name, [&](const auto& f) { show(f, *typed); }); });
}

}  // namespace lossact::cli
