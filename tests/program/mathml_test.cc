#include "program/drawing/mathml.h"
#include <gtest/gtest.h>
#include "lossact/error.h"
#include "lossact/registry.h"

namespace lossact::cli {
namespace {

/// Reads markup and writes it on a line: a power as a^{b}, an index as a_{b}, a fraction as {a/b}, a table as
/// {a, b; c, d}. Fails where elements are not closed in order, or where one has another number of parts than it must.
class Line {
 public:
  explicit Line(std::string markup) : left_(std::move(markup)) {}
  std::string all() {
    std::string text;
    while (!left_.empty() && !left_.starts_with("</")) text += element();
    return text;
  }

 private:
  std::string element() {
    const std::size_t open_end = left_.find('>');
    EXPECT_TRUE(left_.starts_with('<') && open_end != left_.npos) << left_;
    const std::string head = left_.substr(1, open_end - 1), tag = head.substr(0, head.find(' '));
    left_.erase(0, open_end + 1);
    if (head.ends_with('/')) return {};
    std::vector<std::string> parts;
    std::string text = left_.substr(0, left_.find('<'));
    left_.erase(0, text.size());
    while (!left_.starts_with("</")) {
      if (left_.empty()) {
        ADD_FAILURE() << tag << " is not closed";
        return {};
      }
      parts.push_back(element());
    }
    const std::string close = "</" + tag + ">";
    EXPECT_TRUE(left_.starts_with(close)) << left_ << " closes " << tag;
    left_.erase(0, close.size());
    return written(tag, text, parts);
  }
  static std::string joined(const std::vector<std::string>& parts, const std::string& between) {
    std::string text;
    for (const std::string& part : parts) text += (text.empty() ? "" : between) + part;
    return text;
  }
  static std::string written(const std::string& tag, std::string text, const std::vector<std::string>& parts) {
    if (tag == "mi" || tag == "mn" || tag == "mo" || tag == "mtext") {
      EXPECT_TRUE(parts.empty());
      for (const auto& [from, to] :
           {std::pair("\u00a0", " "), {"\u2061", ""}, {"\u2062", ""}, {"&gt;", ">"}, {"&lt;", "<"}})
        for (std::size_t at; (at = text.find(from)) != text.npos;) text.replace(at, std::string(from).size(), to);
      return text;
    }
    EXPECT_EQ(text, "") << "text in " << tag;
    if (tag == "msup" || tag == "msub" || tag == "munder" || tag == "mfrac") {
      EXPECT_EQ(parts.size(), 2u) << tag;
      if (tag == "mfrac") return "{" + joined(parts, "/") + "}";
      return joined(parts, tag == "msup" ? "^{" : "_{") + "}";
    }
    if (tag == "msqrt") return "√{" + joined(parts, "") + "}";
    if (tag == "mtable") return joined(parts, "; ") + "}";
    if (tag == "mtr") return joined(parts, ", ");
    EXPECT_TRUE(tag == "mrow" || tag == "mtd" || tag == "math") << tag;
    return joined(parts, "");
  }
  std::string left_;
};
std::string line(std::string_view formula, const std::vector<std::string_view>& parameters = {}) {
  return Line(mathml(formula, parameters)).all();
}

TEST(Mathml, EveryFormulaOfTheRegistry) {
  for (const Function* const each : functions()) {
    const Function& function = *each;
    std::vector<std::string_view> parameters;
    for (const ParameterInfo& p : function.parameters) parameters.push_back(p.name);
    EXPECT_NE(line(function.about.formula, parameters), "") << function.name;
  }
}

TEST(Mathml, SumsAndProducts) {
  EXPECT_EQ(line("a - b - c"), "a−b−c");
  EXPECT_EQ(line("a - (b - c)"), "a−(b−c)");
  EXPECT_EQ(line("a + (b - c)"), "a+b−c");
  EXPECT_EQ(line("a * (b + c) * d"), "a(b+c)d");
  EXPECT_EQ(line("a + -b * c"), "a+(−bc)");
  EXPECT_EQ(line("-a * b"), "−ab");
  EXPECT_EQ(line("a * -b"), "a(−b)");
  EXPECT_EQ(line("-(a + b)"), "−(a+b)");
  EXPECT_EQ(line("2 * 3 * x"), "2·3x");
  EXPECT_EQ(line("x * 0.5"), "x·0.5");
  EXPECT_EQ(line("0 * x"), "0");
}

TEST(Mathml, FractionsAndPowers) {
  EXPECT_EQ(line("1 / (1 + exp(-x))"), "{1/1+e^{−x}}");
  EXPECT_EQ(line("a / b / c"), "{{a/b}/c}");
  EXPECT_EQ(line("a / b * c"), "{a/b}c");
  EXPECT_EQ(line("-a / b"), "−{a/b}");
  EXPECT_EQ(line("(x - y)**2"), "(x−y)^{2}");
  EXPECT_EQ(line("-x**2"), "−x^{2}");
  EXPECT_EQ(line("(-x)**2"), "(−x)^{2}");
  EXPECT_EQ(line("2**3**x"), "2^{3^{x}}");
  EXPECT_EQ(line("(2**3)**x"), "(2^{3})^{x}");
  EXPECT_EQ(line("x**(1 / (2 * n))"), "x^{1/(2n)}");
  EXPECT_EQ(line("sqrt(2 / pi)"), "√{{2/π}}");
  EXPECT_EQ(line("1e-03 * x"), "10^{−3}x");
  EXPECT_EQ(line("2.5e6"), "2.5·10^{6}");
}

TEST(Mathml, Calls) {
  EXPECT_EQ(line("x * tanh(log(1 + exp(x)))"), "xtanh(log(1+e^{x}))");
  EXPECT_EQ(line("log(p / q)"), "log{p/q}");
  EXPECT_EQ(line("log(p) * x"), "(logp)x");
  EXPECT_EQ(line("log(p) + x"), "logp+x");
  EXPECT_EQ(line("tanh(x)**2"), "(tanhx)^{2}");
  EXPECT_EQ(line("abs(x) / (1 + abs(x - 1))"), "{|x|/1+|x−1|}");
  EXPECT_EQ(line("max(x, 0)"), "max(x,0)");
  EXPECT_EQ(line("exp(-exp(-x))"), "exp(−e^{−x})");
  EXPECT_EQ(line("exp(x if x > 0 else y)"), "{e^{x}, if x>0; e^{y}, otherwise}");
}

TEST(Mathml, SumsRunOverElements) {
  EXPECT_EQ(line("exp(x[c]) / sum(exp(x))"), "{e^{x_{c}}/∑_{i}e^{x_{i}}}");
  EXPECT_EQ(line("log(sum(exp(x))) - x[y]"), "log∑_{i}e^{x_{i}}−x_{y}");
  EXPECT_EQ(line("-sum(p * log(q)) / log(base)", {"base"}), "−{∑_{i}p_{i}logq_{i}/logbase}");
  EXPECT_EQ(line("sum(x - k) * a", {"k"}), "(∑_{i}(x_{i}−k))a");
  EXPECT_EQ(line("x[i] - max(x)"), "x_{i}−max_{j}x_{j}");
  EXPECT_EQ(line("sum(p * sum(q))"), "∑_{i}p_{i}∑_{j}q_{j}");
}

TEST(Mathml, Cases) {
  EXPECT_EQ(line("x if x > 0 else alpha * (exp(x) - 1)"), "{x, if x>0; α(e^{x}−1), otherwise}");
  EXPECT_EQ(line("a if x <= -1 else b if -1 < x <= 1 else c"), "{a, if x≤−1; b, if −1<x≤1; c, otherwise}");
  EXPECT_EQ(line("(a if b or c else d) if e else f"), "{a, if e and (b or c); d, if e; f, otherwise}");
  EXPECT_EQ(line("(a if b else c) if d else e"), "{a, if d and b; c, if d; e, otherwise}");
  EXPECT_EQ(line("x * (u if training else 0.5)"), "{xu, if training; x·0.5, otherwise}");
  EXPECT_EQ(line("sum(x if x > 0 else 0)"), "∑_{i}({x_{i}, if x_{i}>0; 0, otherwise})");
  EXPECT_EQ(line("x if kind == 'none' or not y != 1 and z else 0"),
            "{x, if kind=‘none’ or not y≠1 and z; 0, otherwise}");
}

TEST(Mathml, ParametersAreRoman) {
  EXPECT_EQ(mathml("k", {"k"}), "<mi mathvariant=\"normal\">k</mi>");
  EXPECT_EQ(mathml("k"), "<mi>k</mi>");
  EXPECT_EQ(mathml("negative_slope", {"negative_slope"}), "<mi>negative_slope</mi>");  // several letters are upright
}

TEST(Mathml, ADefinitionHasBrackets) {
  const std::string text = mathml_definition("f(x)[c]", "log(x[c])");
  const std::size_t second = text.find("<math", 1);
  ASSERT_NE(second, text.npos);
  EXPECT_EQ(Line(text.substr(0, second - 1)).all(), "f(x)_{c}=");
  EXPECT_EQ(Line(text.substr(second)).all(), "logx_{c}");
}

TEST(Mathml, RefusesWhatIsNoFormula) {
  for (const char* text : {"",
                           " ",
                           "x +",
                           "* x",
                           "x % 2",
                           "x // 2",
                           "x.y",
                           "f(x)(y)",
                           "f()",
                           "x y",
                           "(x",
                           "x)",
                           "x[",
                           "x[]",
                           "1abc",
                           "1e",
                           "2x",
                           "lambda x: x",
                           "'a",
                           "x = 1",
                           "x if y",
                           "x else y",
                           "[x for x in y]",
                           "x, y",
                           "x & y",
                           "+x",
                           "\n"})
    EXPECT_THROW(mathml(text), format_error) << text;
  for (const char* nested : {"(", "-", "not ", "f("}) {
    std::string text;
    for (int i = 0; i < 100000; ++i) text += nested;
    EXPECT_THROW(mathml(text + "x"), format_error) << nested;
  }
  try {
    mathml("x % 2");
  } catch (const format_error& e) {
    EXPECT_STREQ(e.what(), "formula 'x % 2', column 3: '%' is no part of a formula");
  }
}

}  // namespace
}  // namespace lossact::cli
