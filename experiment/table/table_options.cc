#include "experiment/table/table_options.h"
#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include "text/problems.h"

namespace lossact::cli {
namespace {

using Values = std::vector<std::string>;

template <class E>
Values named(const std::optional<E>& value) {
  for (const auto& choice : choices<E>)
    if (value == choice.value) return {std::string(choice.name)};
  return {};
}

struct Option {
  std::string_view name;
  Values (*values)(const TableOptions&);  // as they would be typed
};
constexpr Option table_options[] = {
    {"target", [](const TableOptions& o) { return o.target.empty() ? Values() : Values{o.target}; }},
    {"drop", [](const TableOptions& o) { return o.drop; }},
    {"numbers", [](const TableOptions& o) { return o.numbers; }},
    {"categories", [](const TableOptions& o) { return o.categories; }},
    {"task", [](const TableOptions& o) { return named(o.task); }},
    {"missing",
     [](const TableOptions& o) { return o.missing == Missing::refuse ? Values() : named(std::optional(o.missing)); }},
    {"na-values",
     [](const TableOptions& o) {
       return o.na_values ? Values{fmt::format("{}", fmt::join(*o.na_values, ","))} : Values();
     }},
    {"header", [](const TableOptions& o) { return named(o.header); }},
    {"decimal", [](const TableOptions& o) { return named(o.decimal); }},
};

std::vector<std::string> texts_of(const std::vector<Problem>& problems) {
  std::vector<std::string> texts;
  for (const Problem& problem : problems) texts.push_back(problem.text);
  return texts;
}

}  // namespace

std::string typed_option(std::string_view name, const std::string& value) {
  // What begins as an option does is a value only behind a sign of equality.
  return fmt::format("--{}{}{}", name, value.starts_with('-') ? '=' : ' ', shell_word(value));
}

std::string option_text(const TableOptions& options) {
  std::string text;
  for (const Option& option : table_options)
    for (const std::string& value : option.values(options))
      text.append(1, ' ').append(typed_option(option.name, value));
  return text;
}

bool is_table_option(std::string_view name) {
  return std::ranges::find(table_options, name, &Option::name) != std::end(table_options);
}

std::string shell_word(const std::string& word) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=.,:/@%";
  if (!word.empty() && word.find_first_not_of(plain) == word.npos) return word;
  std::string text = "'";
  for (const char c : word)
    if (c == '\'') text += "'\\''";
    else text += c;
  return text + "'";
}

TableError::TableError(const std::string& file, std::vector<Problem> found)
    : format_error(problems_text(file, texts_of(found))), problems(std::move(found)) {}

}  // namespace lossact::cli
