#include "program/drawing/mathml.h"
#include <algorithm>
#include <array>
#include <set>
#include <utility>
#include <fmt/format.h>
#include "program/drawing/formula.h"
#include "program/drawing/markup.h"

namespace lossact::cli {
namespace {

using Kind = Formula::Kind;

/// How tightly it holds together when it is written out.
int strength(Kind kind) {
  switch (kind) {
    case Kind::conditional:
      return 0;
    case Kind::disjunction:
      return 1;
    case Kind::conjunction:
      return 2;
    case Kind::negation:
      return 3;
    case Kind::comparison:
      return 4;
    case Kind::sum:
    case Kind::difference:
    case Kind::negated:
      return 5;
    case Kind::product:
    case Kind::quotient:
      return 6;
    default:
      return 7;
  }
}

constexpr std::array<std::pair<std::string_view, std::string_view>, 25> letters = {{
    {"alpha", "α"}, {"beta", "β"},  {"gamma", "γ"}, {"delta", "δ"},  {"epsilon", "ε"}, {"eps", "ε"}, {"zeta", "ζ"},
    {"eta", "η"},   {"theta", "θ"}, {"kappa", "κ"}, {"lambda", "λ"}, {"lambd", "λ"},   {"mu", "μ"},  {"nu", "ν"},
    {"xi", "ξ"},    {"pi", "π"},    {"rho", "ρ"},   {"sigma", "σ"},  {"tau", "τ"},     {"phi", "φ"}, {"chi", "χ"},
    {"psi", "ψ"},   {"omega", "ω"}, {"inf", "∞"},   {"Phi", "Φ"},
}};

std::string sign(std::string_view text) { return fmt::format("<mo>{}</mo>", escaped(text)); }
/// One element: a letter or a number is one already.
std::string row(std::string_view content) {
  const bool leaf = content.starts_with("<mi") || content.starts_with("<mn");
  if (leaf && content.find("</") == content.rfind("</")) return std::string(content);
  return fmt::format("<mrow>{}</mrow>", content);
}
/// The brackets grow only with what is higher than a line.
std::string bracketed(std::string_view content, std::string_view left = "(", std::string_view right = ")") {
  bool high = false;
  for (const std::string_view tag : {"<mfrac>", "<mtable", "<munder>", "<msqrt>"})
    high = high || content.find(tag) != content.npos;
  return row(fmt::format("<mo{0}>{1}</mo>{2}<mo{0}>{3}</mo>", high ? "" : " stretchy=\"false\"", left, content, right));
}
std::string word(std::string_view text) { return fmt::format("<mtext>{}</mtext>", escaped(text)); }
constexpr std::string_view applied = "<mo>\u2061</mo>", times = "<mo>\u2062</mo>",
                           thin_space = "<mspace width=\"0.17em\"/>";

template <class Is>
bool contains(const Formula& node, Is is) {
  return is(node) || std::ranges::any_of(node.parts, [&](const Formula& part) { return contains(part, is); });
}
std::size_t size(const Formula& node) {
  std::size_t count = 1;
  for (const Formula& part : node.parts) count += size(part);
  return count;
}
bool calls(const Formula& node, std::string_view name) { return node.kind == Kind::call && node.text == name; }

class Writer {
 public:
  /// With `brackets` every argument has them.
  Writer(const Formula& whole, const std::vector<std::string_view>& parameters, bool brackets = false)
      : parameters_(parameters.begin(), parameters.end()), brackets_(brackets) {
    note_indices(whole);
  }

  /// Several elements, or one.
  std::string written(const Formula& node) {
    switch (node.kind) {
      case Kind::number:
        return number(node.text);
      case Kind::string:
        return word(fmt::format("‘{}’", node.text));
      case Kind::name:
        return name(node.text);
      case Kind::index:
        return index(node);
      case Kind::call:
        return call(node);
      case Kind::negated:
        return sign("−") + operand(node.parts[0], strength(Kind::product));
      case Kind::sum:
        return sum(node, "+", strength(Kind::sum));
      case Kind::difference:
        return sum(node, "−", strength(Kind::product));
      case Kind::product:
        return product(node);
      case Kind::quotient:
        return quotient(node);
      case Kind::power:
        return power(node);
      case Kind::comparison:
        return comparison(node);
      case Kind::negation:
        return word("not\u00a0") + operand(node.parts[0], strength(Kind::negation));
      case Kind::conjunction:
      case Kind::disjunction: {
        const std::string between = word(node.kind == Kind::conjunction ? "\u00a0and\u00a0" : "\u00a0or\u00a0");
        return operand(node.parts[0], strength(node.kind)) + between + operand(node.parts[1], strength(node.kind) + 1);
      }
      case Kind::conditional:
        return cases(node);
    }
    return {};
  }

 private:
  void note_indices(const Formula& node) {
    if (node.kind == Kind::index && node.parts[1].kind == Kind::name) indices_.insert(node.parts[1].text);
    for (const Formula& part : node.parts) note_indices(part);
  }

  /// In brackets unless it holds together that strongly.
  std::string operand(const Formula& node, int least) {
    const std::string content = written(node);
    return strength(node.kind) < least ? bracketed(content) : content;
  }
  std::string script(const Formula& node) {
    const bool before = std::exchange(script_, true);
    std::string content = row(written(node));
    script_ = before;
    return content;
  }

  std::string number(std::string_view text) {
    const std::size_t e = text.find('e');
    if (e == text.npos) return fmt::format("<mn>{}</mn>", text);
    const std::string_view digits = text.substr(0, e);
    std::string_view exponent = text.substr(e + 1);
    const bool minus = exponent.starts_with('-');
    exponent.remove_prefix(std::min(exponent.find_first_of("123456789"), exponent.size() - 1));
    const std::string power =
        fmt::format("<msup><mn>10</mn><mrow>{}<mn>{}</mn></mrow></msup>", minus ? sign("−") : "", exponent);
    return digits == "1" ? power : row(fmt::format("<mn>{}</mn><mo>·</mo>{}", digits, power));
  }
  std::string name(std::string_view text) {
    const auto letter = std::ranges::find_if(letters, [&](const auto& entry) { return entry.first == text; });
    if (letter != letters.end()) return fmt::format("<mi>{}</mi>", letter->second);
    const bool is_parameter = parameters_.contains(text);
    std::string plain = text.size() == 1 && is_parameter ? fmt::format("<mi mathvariant=\"normal\">{}</mi>", text)
                                                         : fmt::format("<mi>{}</mi>", text);
    // Within a sum an array is meant element by element.
    if (sum_index_.empty() || is_parameter || text.size() > 1 || indices_.contains(text)) return plain;
    return fmt::format("<msub>{}<mi>{}</mi></msub>", plain, sum_index_);
  }
  std::string index(const Formula& node) {
    const std::string before = std::exchange(sum_index_, {});
    const bool low = node.parts[0].kind == Kind::name || node.parts[0].kind == Kind::call;
    const std::string base = low ? row(written(node.parts[0])) : bracketed(written(node.parts[0]));
    std::string result = fmt::format("<msub>{}{}</msub>", base, script(node.parts[1]));
    sum_index_ = before;
    return result;
  }

  static bool starts_with_minus(const Formula& node) {
    if (node.kind == Kind::negated) return true;
    const bool from_left = node.kind == Kind::sum || node.kind == Kind::difference || node.kind == Kind::product ||
                           node.kind == Kind::quotient;
    return from_left && starts_with_minus(node.parts[0]);
  }
  bool starts_with_number(const Formula& node) const {
    if (node.kind == Kind::number) return true;
    const bool from_left =
        node.kind == Kind::product || node.kind == Kind::power || (node.kind == Kind::quotient && script_);
    return from_left && starts_with_number(node.parts[0]);
  }
  std::string sum(const Formula& node, std::string_view between, int least) {
    const Formula& right = node.parts[1];
    const std::string content = written(right);
    const bool enclosed = strength(right.kind) < least || starts_with_minus(right);
    return operand(node.parts[0], strength(Kind::sum)) + sign(between) + (enclosed ? bracketed(content) : content);
  }

  /// Whether it ends in an argument without brackets, which would take what follows for its own.
  bool ends_open(const Formula& node) const {
    if (node.kind == Kind::call) return open(node) || calls(node, "sum");
    return (node.kind == Kind::product || node.kind == Kind::negated) && ends_open(node.parts.back());
  }
  std::string product(const Formula& node) {
    const Formula &left = node.parts[0], &right = node.parts[1];
    if (left.kind == Kind::number && left.text == "0") return written(left);
    std::string before = operand(left, strength(Kind::product));
    if (left.kind == Kind::negated) before = written(left);
    if (ends_open(left)) before = bracketed(before);
    std::string after = operand(right, strength(Kind::product));
    if (starts_with_number(right)) return before + sign("·") + after;
    const bool words = is_word(left) || is_word(right);
    return before.append(times).append(words ? thin_space : "").append(after);
  }
  /// Whether it is written in letters that run into their neighbours.
  bool is_word(const Formula& node) const {
    if (node.kind == Kind::call) return !calls(node, "abs") && !calls(node, "sqrt") && !as_power(node);
    if (node.kind == Kind::product) return is_word(node.parts[1]);
    return node.kind == Kind::name && node.text.size() > 1 &&
           std::ranges::none_of(letters, [&](const auto& entry) { return entry.first == node.text; });
  }
  std::string quotient(const Formula& node) {
    const Formula &above = node.parts[0], &below = node.parts[1];
    if (above.kind == Kind::negated) return sign("−") + quotient({Kind::quotient, {}, {above.parts[0], below}});
    if (!script_) return fmt::format("<mfrac>{}{}</mfrac>", row(written(above)), row(written(below)));
    return operand(above, strength(Kind::product)) + sign("/") + operand(below, strength(Kind::power));
  }
  std::string power(const Formula& node) {
    const Formula& base = node.parts[0];
    const bool low =
        base.kind == Kind::name || base.kind == Kind::number || base.kind == Kind::index || calls(base, "abs");
    const std::string content = written(base);
    return fmt::format("<msup>{}{}</msup>", low ? row(content) : bracketed(content), script(node.parts[1]));
  }

  /// Whether what is called is written before its argument without brackets.
  static bool open(const Formula& node) {
    static constexpr std::array<std::string_view, 7> never = {"exp", "abs", "sqrt", "sum", "max", "min", "floor"};
    if (std::ranges::find(never, node.text) != never.end() || node.parts.size() != 1) return false;
    static constexpr std::array<std::string_view, 3> closed = {"exp", "abs", "sum"};
    const Formula& argument = node.parts[0];
    return argument.kind == Kind::name || argument.kind == Kind::number || argument.kind == Kind::index ||
           argument.kind == Kind::quotient ||
           (argument.kind == Kind::call && std::ranges::find(closed, argument.text) != closed.end());
  }
  /// Whether exp is written as a power of e.
  bool as_power(const Formula& node) const {
    if (!calls(node, "exp") || node.parts.size() != 1) return false;
    const Formula& argument = node.parts[0];
    return !script_ && size(argument) <= 8 && !contains(argument, [](const Formula& part) {
      return part.kind == Kind::conditional || (part.kind == Kind::call && part.text != "abs");
    });
  }
  std::string call(const Formula& node) {
    const Formula& first = node.parts[0];
    const bool one = node.parts.size() == 1;
    if (calls(node, "abs") && one) return bracketed(written(first), "|", "|");
    if (calls(node, "sqrt") && one) return fmt::format("<msqrt>{}</msqrt>", written(first));
    if (as_power(node)) return fmt::format("<msup><mi mathvariant=\"normal\">e</mi>{}</msup>", script(first));
    if (one && (calls(node, "sum") || calls(node, "max") || calls(node, "min"))) return over_elements(node);
    std::string arguments;
    for (const Formula& part : node.parts) arguments += (arguments.empty() ? "" : sign(",")) + written(part);
    const bool is_open = open(node) && !brackets_;
    return fmt::format("<mi>{}</mi>{}{}{}", escaped(node.text), applied, is_open ? thin_space : "",
                       is_open ? arguments : bracketed(arguments));
  }
  std::string over_elements(const Formula& node) {
    const Formula& body = node.parts[0];
    const std::string before = sum_index_;
    for (const std::string_view letter : {"i", "j", "k", "l"})
      if (letter > before && !indices_.contains(letter) && !parameters_.contains(letter)) {
        sum_index_ = letter;
        break;
      }
    const std::string index = fmt::format("<mi>{}</mi>", sum_index_);
    const bool is_sum = node.text == "sum";
    const std::string operation = is_sum ? fmt::format("<munder><mo>∑</mo>{}</munder>", index)
                                         : fmt::format("<munder><mi>{}</mi>{}</munder>{}", node.text, index, applied);
    std::string content = operand(body, strength(Kind::product));
    sum_index_ = before;
    return row(operation + content);
  }

  std::string comparison(const Formula& node) {
    std::string result = operand(node.parts[0], strength(Kind::sum));
    std::string_view left = node.text;
    for (std::size_t i = 1; i < node.parts.size(); ++i) {
      const std::string_view text = left.substr(0, left.find(' '));
      left.remove_prefix(text.size() + 1);
      result += sign(text == "<=" ? "≤" : text == ">=" ? "≥" : text == "==" ? "=" : text == "!=" ? "≠" : text);
      result += operand(node.parts[i], strength(Kind::sum));
    }
    return result;
  }
  std::string cases(const Formula& node) {
    return row(fmt::format("<mo>{{</mo><mtable class=\"cases\">{}</mtable>", lines(node, {})));
  }
  /// A line for each value. The first whose conditions hold is meant, so no line says which do not hold.
  std::string lines(const Formula& node, std::vector<const Formula*> conditions) {
    if (node.kind == Kind::conditional) {
      std::vector<const Formula*> more = conditions;
      more.push_back(&node.parts[1]);
      return lines(node.parts[0], std::move(more)) + lines(node.parts[2], std::move(conditions));
    }
    std::string when = conditions.empty() ? word("otherwise") : "";
    for (const Formula* condition : conditions) {
      when += word(when.empty() ? "if\u00a0" : "\u00a0and\u00a0");
      when += conditions.size() == 1 ? written(*condition) : operand(*condition, strength(Kind::conjunction));
    }
    return fmt::format("<mtr><mtd>{}</mtd><mtd>{}</mtd></mtr>", row(written(node)), row(when));
  }

  std::set<std::string, std::less<>> parameters_, indices_;
  std::string sum_index_;
  bool script_ = false;
  bool brackets_;
};

}  // namespace

std::string mathml(std::string_view expression, const std::vector<std::string_view>& parameters) {
  const Formula node = lifted(read_formula(expression));
  return row(Writer(node, parameters).written(node));
}

std::string mathml_definition(std::string_view call, std::string_view expression,
                              const std::vector<std::string_view>& parameters) {
  const Formula left = read_formula(call);
  return fmt::format("<math>{}</math>\n<math displaystyle=\"true\">{}</math>",
                     row(Writer(left, {}, true).written(left) + sign("=")), mathml(expression, parameters));
}

}  // namespace lossact::cli
