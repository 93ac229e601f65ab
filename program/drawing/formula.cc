#include "program/drawing/formula.h"
#include <algorithm>
#include <array>
#include <cctype>
#include <utility>
#include <fmt/format.h>
#include "lossact/error.h"

namespace lossact::cli {
namespace {

using Kind = Formula::Kind;

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) { next(); }

  Formula whole() {
    Formula node = expression();
    if (!token_.empty()) refuse(fmt::format("'{}' is not expected here", token_));
    return node;
  }

 private:
  static constexpr int deepest = 100;
  enum class Token { end, number, name, string, sign };

  [[noreturn]] void refuse(std::string_view why) const {
    throw format_error(fmt::format("formula '{}', column {}: {}", text_, at_ + 1, why));
  }

  void next() {
    at_ = std::min(text_.find_first_not_of(' ', at_ + token_.size()), text_.size());
    token_ = {};
    type_ = Token::end;
    if (at_ == text_.size()) return;
    const auto digit = [&](std::size_t i) { return i < text_.size() && text_[i] >= '0' && text_[i] <= '9'; };
    const auto letter = [&](std::size_t i) {
      return i < text_.size() && (std::isalpha(static_cast<unsigned char>(text_[i])) || text_[i] == '_');
    };
    std::size_t end = at_;
    if (digit(end) || (text_[end] == '.' && digit(end + 1))) {
      type_ = Token::number;
      while (digit(end)) ++end;
      if (end < text_.size() && text_[end] == '.') ++end;
      while (digit(end)) ++end;
      if (end < text_.size() && text_[end] == 'e') {
        ++end;
        if (end < text_.size() && (text_[end] == '-' || text_[end] == '+')) ++end;
        if (!digit(end)) refuse("this number has no exponent");
        while (digit(end)) ++end;
      }
      if (letter(end)) refuse("a number ends in a letter");
    } else if (letter(end)) {
      type_ = Token::name;
      while (letter(end) || digit(end)) ++end;
    } else if (text_[end] == '\'') {
      type_ = Token::string;
      end = text_.find('\'', end + 1);
      if (end == text_.npos) refuse("this string does not end");
      ++end;
    } else {
      type_ = Token::sign;
      static constexpr std::array<std::string_view, 16> signs = {"**", "<=", ">=", "==", "!=", "+", "-", "*",
                                                                 "/",  "<",  ">",  "(",  ")",  "[", "]", ","};
      const auto sign =
          std::ranges::find_if(signs, [&](std::string_view s) { return text_.substr(at_).starts_with(s); });
      if (sign == signs.end() || text_.substr(at_).starts_with("//"))
        refuse(fmt::format("'{}' is no part of a formula", text_[at_]));
      end += sign->size();
    }
    token_ = text_.substr(at_, end - at_);
  }
  bool is(std::string_view token) const { return token_ == token && type_ != Token::string; }
  bool take(std::string_view token) {
    if (!is(token)) return false;
    next();
    return true;
  }
  void expect(std::string_view token) {
    if (!take(token)) refuse(fmt::format("'{}' is missing", token));
  }

  Formula expression() {
    if (++depth_ > deepest) refuse("it is nested too deeply");
    Formula value = disjunction();
    if (take("if")) {
      Formula condition = disjunction();
      expect("else");
      value = {Kind::conditional, {}, {std::move(value), std::move(condition), expression()}};
    }
    --depth_;
    return value;
  }
  Formula disjunction() {
    Formula left = conjunction();
    while (take("or")) left = {Kind::disjunction, {}, {std::move(left), conjunction()}};
    return left;
  }
  Formula conjunction() {
    Formula left = negation();
    while (take("and")) left = {Kind::conjunction, {}, {std::move(left), negation()}};
    return left;
  }
  Formula negation() {
    if (++depth_ > deepest) refuse("it is nested too deeply");
    Formula node = take("not") ? Formula{Kind::negation, {}, {negation()}} : comparison();
    --depth_;
    return node;
  }
  Formula comparison() {
    Formula left = sum();
    if (!compares()) return left;
    Formula node{Kind::comparison, {}, {std::move(left)}};
    while (compares()) {
      node.text += fmt::format("{} ", token_);
      next();
      node.parts.push_back(sum());
    }
    return node;
  }
  bool compares() const { return is("<") || is("<=") || is(">") || is(">=") || is("==") || is("!="); }
  Formula sum() {
    Formula left = product();
    while (is("+") || is("-")) {
      const Kind kind = is("+") ? Kind::sum : Kind::difference;
      next();
      left = {kind, {}, {std::move(left), product()}};
    }
    return left;
  }
  Formula product() {
    Formula left = factor();
    while (is("*") || is("/")) {
      const Kind kind = is("*") ? Kind::product : Kind::quotient;
      next();
      left = {kind, {}, {std::move(left), factor()}};
    }
    return left;
  }
  Formula factor() {
    if (++depth_ > deepest) refuse("it is nested too deeply");
    Formula node = take("-") ? Formula{Kind::negated, {}, {factor()}} : power();
    --depth_;
    return node;
  }
  Formula power() {
    Formula base = primary();
    if (take("**")) return {Kind::power, {}, {std::move(base), factor()}};
    return base;
  }
  Formula primary() {
    Formula node = atom();
    while (is("(") || is("[")) {
      if (take("[")) {
        node = {Kind::index, {}, {std::move(node), expression()}};
        expect("]");
        continue;
      }
      if (node.kind != Kind::name) refuse("only a name can be called");
      Formula call{Kind::call, node.text, {}};
      next();
      do call.parts.push_back(expression());
      while (take(","));
      expect(")");
      node = std::move(call);
    }
    return node;
  }
  Formula atom() {
    const std::string text(token_);
    switch (type_) {
      case Token::number:
        next();
        return {Kind::number, text, {}};
      case Token::string:
        next();
        return {Kind::string, text.substr(1, text.size() - 2), {}};
      case Token::name:
        for (const std::string_view word : {"if", "else", "and", "or", "not", "for", "in", "is", "lambda"})
          if (text == word) refuse(fmt::format("'{}' is not expected here", word));
        next();
        return {Kind::name, text, {}};
      default:
        break;
    }
    if (token_.empty()) refuse("the formula ends here");
    if (!is("(")) refuse(fmt::format("'{}' is not expected here", token_));
    next();
    Formula inner = expression();
    expect(")");
    return inner;
  }

  std::string_view text_, token_ = {};
  std::size_t at_ = 0;
  Token type_ = Token::end;
  int depth_ = 0;
};

}  // namespace

Formula read_formula(std::string_view text) { return Reader(text).whole(); }

Formula lifted(Formula node) {
  const bool runs = node.kind == Kind::call && node.parts.size() == 1 &&
                    (node.text == "sum" || node.text == "min" || node.text == "max");
  for (Formula& part : node.parts) part = lifted(std::move(part));
  if (runs || node.kind == Kind::conditional) return node;
  for (std::size_t i = 0; i < node.parts.size(); ++i) {
    if (node.parts[i].kind != Kind::conditional) continue;
    Formula choice = node.parts[i], then = node;
    then.parts[i] = choice.parts[0];
    node.parts[i] = choice.parts[2];
    return {Kind::conditional, {}, {lifted(std::move(then)), choice.parts[1], lifted(std::move(node))}};
  }
  return node;
}

}  // namespace lossact::cli
