#include "program/drawing/function_curve.h"
#include <algorithm>
#include <fmt/format.h>
#include "program/error.h"
#include "program/evaluation.h"
#include "program/functions.h"
#include "text/number.h"

namespace lossact::cli {
namespace {

using Numbers = std::vector<double>;

bool is_distribution(const ArgumentInfo& argument) { return argument.constraint == Constraint::distribution; }

/// A distribution that stays as it is while another is drawn.
constexpr double other_distribution[] = {0.7, 0.3};

/// The value that an array of elements has while another is drawn.
double fixed_value(const Function& function, const ArgumentInfo& argument) {
  // Beside a pair what it takes further is a variance, a sign: at 0 there would be nothing to see.
  const bool further = !by_rows(function) && function.required() > 2 && &argument >= &function.arguments[2];
  if (further || function.is_gate() || argument.constraint == Constraint::not_negative) return 1;
  // What means the logarithm of a probability is not above 0, and neither is its target's logarithm.
  const bool probabilities = function.input == Meaning::log_probabilities || function.input == Meaning::probabilities;
  return probabilities ? 0.5 : 0;
}

Interval drawn_over(const Function& function) {
  if (of_probabilities(function) || function.input == Meaning::probabilities) return {0, 1};
  if (function.input == Meaning::log_probabilities) return {-5, 0};
  return function.output == Output::number && !by_rows(function) ? Interval{-3, 3} : Interval{-5, 5};
}

/// The options with which a function is drawn: none of its arrays but one number of those that are learned, and every
/// number by itself.
Options drawn_options(Options options) {
  const Function& function = options.function();
  for (std::size_t i = 0; i < function.arguments.size(); ++i) {
    const ArgumentInfo& argument = function.arguments[i];
    if (!argument.learned()) options.set_numbers(i, {});
    else if (options.numbers(i).size() > 1)
      throw UsageError(
          fmt::format("{} is {} numbers, and a curve is drawn at one", argument.name, options.numbers(i).size()));
  }
  if (parameter_of(function, "reduction")) options.set("reduction", "none");
  if (parameter_of(function, "ignore_index")) options.set("ignore_index", "-1");  // the class that came counts
  return options;
}

/// Whether it takes vectors alone, of which none is of classes.
bool of_vectors(const Function& function) { return function.is_loss() && by_rows(function) && !function.has_classes(); }
/// What the second of a varied vector's elements is, and the two of one that stays as it is.
constexpr double beside = 1;
constexpr double other_vectors[][2] = {{1, 0}, {0, 1}};
const double (&other_vector(std::size_t place))[2] { return other_vectors[(place + 1) % std::size(other_vectors)]; }

/// The numbers of an argument where the differentiated one has these, each in a row of two if it has rows.
Array array_at(const Function& function, std::size_t place, const Numbers& x) {
  const ArgumentInfo& argument = function.arguments[place];
  const bool varied = place == differentiated_argument(function);
  Array array{.file = {}, .shape = {x.size()}, .values = {}};
  Numbers values;
  for (const double at : x) {
    if (varied) {
      values.push_back(at);
      if (function.halves()) values.push_back(at);
      else if (of_vectors(function)) values.push_back(beside);
      else if (by_rows(function)) values.push_back(is_distribution(argument) ? 1 - at : 0);
    } else if (is_distribution(argument)) {
      values.insert(values.end(), std::begin(other_distribution), std::end(other_distribution));
    } else if (of_vectors(function) && argument.extent == Extent::element) {
      values.insert(values.end(), std::begin(other_vector(place)), std::end(other_vector(place)));
    } else if (argument.extent == Extent::row) {
      values.push_back(1);
    } else {
      values.push_back(names_class(argument.extent) ? 0 : fixed_value(function, argument));
    }
  }
  if (values.size() > x.size()) array.shape.push_back(2);
  array.values = std::move(values);
  return array;
}

void values_at(const Options& options, const Numbers& x, Numbers& y, Numbers& slope) {
  const Function& function = options.function();
  std::vector<Array> arrays;
  for (const std::size_t place : required_arguments(function)) arrays.push_back(array_at(function, place, x));
  const Evaluation found = evaluate(options, arrays, {.each = true, .gradient = true});
  const auto &each = std::get<Numbers>(found.each.values), &gradient = std::get<Numbers>(found.gradient.values);
  const std::size_t of_each = each.size() / x.size(), of_gradient = gradient.size() / x.size();
  const bool sum_is_one = is_distribution(function.arguments[differentiated_argument(function)]);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double* const row = &gradient[i * of_gradient];
    // The second falls as the first rises, or rises with it.
    y[i] = each[i * of_each], slope[i] = sum_is_one ? row[0] - row[1] : function.halves() ? row[0] + row[1] : row[0];
  }
}

/// x, or the letter that stands for a probability.
std::string variable_of(const Function& function) {
  const std::string_view name = function.arguments[differentiated_argument(function)].name;
  if (!of_probabilities(function)) return "x";
  return name.size() == 1 ? std::string(name) : "p";
}

Curve curve_of(const Options& options) {
  const Function& function = options.function();
  const std::string x = variable_of(function);
  std::vector<std::string> arguments, settings;
  for (const std::size_t place : required_arguments(function)) {
    const ArgumentInfo& argument = function.arguments[place];
    if (place == differentiated_argument(function)) {
      const bool rest = is_distribution(argument);
      const std::string second = function.halves()      ? x
                                 : of_vectors(function) ? number_text(beside)
                                 : rest                 ? "1 - " + x
                                                        : "0";
      arguments.push_back(by_rows(function) ? fmt::format("({}, {})", x, second) : x);
    } else if (of_vectors(function)) {
      arguments.push_back(argument.extent == Extent::row ? "1"
                                                         : fmt::format("({})", fmt::join(other_vector(place), ", ")));
    } else if (names_class(argument.extent)) {
      arguments.emplace_back("0"), settings.emplace_back("where class 0 came");
    } else if (is_distribution(argument)) {
      arguments.emplace_back(argument.name);
      settings.push_back(fmt::format("where {} is ({})", argument.name, fmt::join(other_distribution, ", ")));
    } else {
      arguments.push_back(number_text(fixed_value(function, argument)));
      settings.push_back(fmt::format("at {} {}", in_words(argument), arguments.back()));
    }
  }
  const bool one_of_row = by_rows(function) && function.output == Output::elements;
  return {.of = fmt::format("{}({}){}", function.about.name, fmt::join(arguments, ", "), one_of_row ? "[0]" : ""),
          .variable = arguments.size() > 1 && !by_rows(function) ? "the input " + x : x,
          .setting = fmt::format("{}", fmt::join(settings, ", ")),
          .over = drawn_over(function),
          .values = [drawn = drawn_options(options)](const Numbers& at, Numbers& y, Numbers& slope) {
            values_at(drawn, at, y, slope);
          }};
}

}  // namespace

FunctionCurve function_curve(const Function& function, const std::vector<std::string>& set_options) {
  const Options options = options_of(function, set_options);
  FunctionCurve result = {curve_of(options), options.facts()};
  Curve& curve = result.curve;
  for (const Kink& kink : result.facts.kinks) {
    curve.kinks.push_back(kink);
    if (function.output == Output::elements && std::abs(kink.at) < 1e6)
      curve.over = {std::min(curve.over.low, 1.5 * kink.at), std::max(curve.over.high, 1.5 * kink.at)};
  }
  if (!set_options.empty())
    curve.setting += fmt::format("{}with {}", curve.setting.empty() ? "" : ", ", join(set_options));
  return result;
}

}  // namespace lossact::cli
