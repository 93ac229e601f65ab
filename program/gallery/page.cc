#include "program/gallery/page.h"
#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>
#include <fmt/format.h>
#include "program/drawing/curve_svg.h"
#include "program/description.h"
#include "program/error.h"
#include "program/drawing/function_curve.h"
#include "program/functions.h"
#include "program/gallery/groups.h"
#include "program/gallery/usage.h"
#include "program/drawing/markup.h"
#include "program/drawing/mathml.h"
#include "text/number.h"

namespace lossact::cli {
namespace {

std::string element(std::string_view tag, std::string_view text) {
  return fmt::format("<{0}>{1}</{0}>\n", tag, escaped(text));
}
std::string section(std::string_view title, std::string_view content) {
  return fmt::format("<section>\n<h2>{}</h2>\n{}</section>\n", escaped(title), content);
}
std::string code_block(std::string_view code) { return fmt::format("<pre><code>{}</code></pre>\n", escaped(code)); }
std::string link_to(const Function& function) {
  return fmt::format("<a href=\"{}\"><code>{}</code></a>", page_name(function), function.name);
}
/// The name, with places where a line may break.
std::string breakable(std::string_view name) {
  std::string text;
  for (const char c : name) {
    text += c;
    if (c == '.' || c == '_') text += "<wbr/>";
  }
  return text;
}
std::string page(std::string_view title, std::string_view about, std::string_view body) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
      "<meta name=\"color-scheme\" content=\"light dark\"/>\n"
      "<meta name=\"description\" content=\"{1}\"/>\n<title>{0}</title>\n"
      "<link rel=\"icon\" href=\"data:,\"/>\n<link rel=\"stylesheet\" href=\"style.css\"/>\n</head>\n<body>\n{2}"
      "<footer>\n{3}\n</footer>\n</body>\n</html>\n",
      escaped(title), escaped(about), body, page_mark);
}

const Group& group_of(const Function& function) {
  static const std::vector<Group> all = groups();
  return *std::ranges::find_if(
      all, [&](const Group& group) { return std::ranges::find(group.functions, &function) != group.functions.end(); });
}

// --- the formula

/// What is defined, as an expression: "name(x, y)".
std::string defined(const Function& function) {
  std::vector<std::string> symbols;
  for (const std::size_t i : required_arguments(function)) {
    const std::string_view name = function.arguments[i].name;
    if (name.size() == 1) symbols.emplace_back(name);
    else
      symbols.emplace_back(of_probabilities(function) ? "p" : symbols.empty() ? "x" : symbols.size() == 1 ? "y" : name);
  }
  if (function.halves()) symbols = {"x", "y"};
  const bool of_row = by_rows(function) && function.output == Output::elements && !function.halves();
  return fmt::format("{}({}){}", function.about.name, fmt::join(symbols, ", "), of_row ? "[c]" : "");
}
std::string formula(const Function& function) {
  std::vector<std::string_view> parameters;
  for (const ParameterInfo& p : function.parameters) parameters.push_back(p.name);
  return section("Formula",
                 fmt::format("<div class=\"formula\">{}</div>\n<p>As Python writes it: <code>{}</code></p>\n",
                             mathml_definition(defined(function), function.about.formula, parameters),
                             escaped(function.about.formula)));
}

// --- facts and words

std::string facts(const Function& function) {
  std::string list = "<dl>\n";
  for (const auto& [what, words] : facts_in_words(function, function.facts_of_defaults()))
    list += fmt::format("<dt>{}</dt><dd>{}</dd>\n", what, escaped(words));
  return section("Facts", list + "</dl>\n");
}
std::string words(const Function& function) {
  std::string content;
  if (!function.about.note.empty()) content += section("Note", element("p", function.about.note));
  if (!function.about.claim.text.empty()) {
    const Function* against = find(function.about.claim.against);
    content +=
        section("What its paper claims", fmt::format("<p>{}.{}</p>\n", escaped(function.about.claim.text),
                                                     against ? fmt::format(" See also {}.", link_to(*against)) : ""));
  }
  return content;
}

std::string meaning_in_words(Meaning meaning) {
  for (const Function* const function : functions())
    if (function->meaning == meaning)
      return fmt::format("The input is {}; {} makes them of a network’s outputs.", in_words(meaning),
                         link_to(*function));
  if (meaning == Meaning::logits)
    return "The input is logits: any numbers, the larger one is against the others, the likelier its class. A "
           "network’s last outputs go in as they are.";
  if (meaning == Meaning::values) return "The input is values, which are compared with the target as they are.";
  return fmt::format("The input is {}.", in_words(meaning));
}
std::string reduction_in_words(std::string_view reduction, bool weighted) {
  if (reduction == "none") return "keeps the loss of each";
  if (reduction == "mean")
    return weighted ? "divides the sum of the losses by that of their weights"
                    : "divides the sum of the losses by their number";
  if (reduction == "sum") return "adds the losses";
  return "divides the sum of the losses by the number of rows";
}
std::string input_and_reduction(const Function& function) {
  std::string content;
  if (function.input) content += fmt::format("<p>{}</p>\n", meaning_in_words(*function.input));
  if (const ParameterInfo* const reduction = parameter_of(function, "reduction")) {
    const bool weighted = std::ranges::any_of(function.arguments, &ArgumentInfo::divides);
    content += fmt::format("<p>What becomes of the losses of all {}, <code>reduction</code> says:</p>\n<dl>\n",
                           by_rows(function) ? "rows" : "pairs");
    for (const Choice<int>& choice : reduction->choices)
      content +=
          fmt::format("<dt><code>{}</code></dt><dd>{}</dd>\n", choice.name, reduction_in_words(choice.name, weighted));
    content += "</dl>\n";
  }
  return content.empty() ? content : section("Input and reduction", content);
}

// --- parameters

/// A parameter that is a number, with a few values that are worth a look.
struct Drawn {
  std::string value;
  Curve curve;
};
std::vector<double> values_of(const Curve& curve) {
  const std::vector<double> x = places(curve.over, 101);
  std::vector<double> y(x.size()), slope(x.size());
  curve.values(x, y, slope);
  return y;
}
/// Whether one sees that the curves are not the same.
bool differ(const Curve& a, const Curve& b) {
  const std::vector<double> first = values_of(a), second = values_of(b);
  const Interval range = seen(first);
  for (std::size_t i = 0; i < first.size(); ++i)
    if (std::abs(first[i] - second[i]) > 0.02 * (range.high - range.low)) return true;
  return false;
}
/// The default and up to three legal values around it for which the curve is another one, in order; fewer than two
/// where nothing is seen of the parameter.
std::vector<Drawn> drawn_at(const Function& function, std::string_view parameter, double default_value) {
  std::vector<Drawn> result;
  const auto add = [&](double value) {
    const std::string text = number_text(value);
    try {
      Curve curve = function_curve(function, {fmt::format("{}={}", parameter, text)}).curve;
      if (std::ranges::all_of(result, [&](const Drawn& other) { return differ(other.curve, curve); }))
        result.push_back({text, std::move(curve)});
    } catch (const UsageError&) {  // this value is not legal
    }
  };
  add(default_value);
  std::vector<double> below, above;
  for (const double size : {0.0, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0}) {
    const double value = std::copysign(size, default_value);
    if (size < std::abs(default_value)) below.insert(below.begin(), value);
    if (size > std::abs(default_value)) above.push_back(value);
  }
  for (std::size_t i = 0; i < below.size() && result.size() < 2; ++i) add(below[i]);
  for (std::size_t i = 0; i < above.size() && result.size() < 4; ++i) add(above[i]);
  for (std::size_t i = 0; i < below.size() && result.size() < 4; ++i) add(below[i]);
  std::ranges::sort(result, {}, [](const Drawn& drawn) { return read_number(drawn.value).value_or(0); });
  return result;
}
std::string short_number(const std::string& value) { return fmt::format("{:.4g}", read_number(value).value_or(0)); }
/// The same curve for a few values of one parameter, all on one scale.
std::string multiples(const Function& function, std::string_view parameter, double default_value) {
  const std::vector<Drawn> few = drawn_at(function, parameter, default_value);
  if (few.size() < 2) return {};
  Interval range = {inf, -inf};
  for (const Drawn& drawn : few) {
    const Interval one = drawn_range(drawn.curve);
    range = {std::min(range.low, one.low), std::max(range.high, one.high)};
  }
  std::string text = fmt::format("<h3><code>{}</code></h3>\n<div class=\"multiples\">\n", parameter);
  for (std::size_t i = 0; i < few.size(); ++i) {
    const bool is_default = few[i].value == number_text(default_value);
    const Drawing drawing = {DrawingSize::small, fmt::format("{}-{}", parameter, i + 1), range};
    text += fmt::format("<figure>\n{}<figcaption>{} = {}{}</figcaption>\n</figure>\n", svg(few[i].curve, drawing),
                        parameter, short_number(few[i].value), is_default ? ", the default" : "");
  }
  return text + "</div>\n";
}
std::string parameters(const Function& function) {
  const std::vector<Setting> settings = settings_of(function);
  if (settings.empty()) return {};
  std::string content =
      "<table>\n<thead><tr><th scope=\"col\">name</th><th scope=\"col\">default</th><th scope=\"col\">legal</th>"
      "</tr></thead>\n<tbody>\n";
  for (const Setting& setting : settings)
    content += fmt::format("<tr><th scope=\"row\"><code>{}</code></th><td><code>{}</code></td><td>{}</td></tr>\n",
                           setting.name, escaped(setting.default_value), escaped(setting.legal));
  content += "</tbody>\n</table>\n";
  for (const Setting& setting : settings)
    if (const auto value = read_number(setting.default_value); value && std::isfinite(*value))
      content += multiples(function, setting.name, *value);
  return section("Parameters", content);
}

// --- calls

std::string calls(const Function& function) {
  std::string content = "<p>With <code>#include &lt;lossact/lossact.h&gt;</code>, in float or double:</p>\n" +
                        code_block(call_in_code(function));
  if (const std::string network = network_in_code(function); !network.empty())
    content += "<p>In a network, with <code>#include &lt;lossact/nn/nn.h&gt;</code>:</p>\n" + code_block(network);
  content += "<p>Its signature, as Python writes it:</p>\n" + code_block(signature(function));
  return section("In C++", content);
}

}  // namespace

std::string page_name(const Function& function) { return fmt::format("{}.html", function.name); }

std::string function_page(const Function& function) {
  const Curve curve = function_curve(function).curve;
  const bool kinks = !curve.kinks.empty();
  const std::string body = fmt::format(
      "<header>\n<nav><a href=\"index.html\">All functions</a></nav>\n<h1>{}</h1>\n<p class=\"summary\">{}</p>\n"
      "<p class=\"group\">One of the group <em>{}</em>.</p>\n</header>\n<main>\n"
      "<div class=\"first\">\n<figure class=\"curve\">\n{}<figcaption>The line is the function, the dashes are its "
      "slope."
      "{}</figcaption>\n</figure>\n<div>\n{}{}</div>\n</div>\n{}{}{}{}{}</main>\n",
      breakable(function.name), escaped(function.summary), group_of(function).title, svg(curve),
      kinks ? " The ring marks a kink, the dot the slope that is taken there." : "", formula(function), facts(function),
      words(function), input_and_reduction(function), parameters(function), calls(function),
      section("Source", element("p", fmt::format("{}.", function.about.source))));
  return page(fmt::format("{} – Lossact", function.name), function.summary, body);
}

std::string index_page() {
  std::string body =
      "<header>\n<h1>Functions of Lossact</h1>\n<p class=\"summary\">Every loss and activation function of the "
      "library, by "
      "what it does. Each has its curve and slope, formula, facts, parameters, and how it is called.</p>\n</header>\n"
      "<main>\n";
  for (const Group& group : groups()) {
    std::string list = element("p", group.what) + "<ul class=\"cards\">\n";
    for (const Function* function : group.functions) {
      const Curve curve = function_curve(*function).curve;
      list += fmt::format("<li><a href=\"{}\">{}<span><strong>{}</strong></span></a><p>{}</p></li>\n",
                          page_name(*function), svg(curve, {DrawingSize::thumbnail, std::string(function->name), {}}),
                          breakable(function->name), escaped(function->summary));
    }
    body += section(group.title, list + "</ul>\n");
  }
  return page("Functions of Lossact", "Every loss and activation function of Lossact, by what it does",
              body + "</main>\n");
}

}  // namespace lossact::cli
