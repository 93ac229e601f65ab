#include "experiment/table/table.h"
#include <algorithm>
#include <fmt/format.h>
#include "experiment/table/usage_error.h"
#include "experiment/table/table_maker.h"

namespace lossact::cli {
namespace {

/// Options with which `attempt` makes a table: those that settle its problems, and the problems that appear behind
/// them. Nothing where there are none.
template <class Attempt>
std::optional<TableOptions> settled(const TableOptions& given, const std::vector<Problem>& found, Attempt&& attempt) {
  constexpr int most_rounds = 8;
  constexpr std::size_t most_ways = 3;
  for (std::size_t way = 0; way < most_ways; ++way) {
    TableOptions options = given;
    std::vector<Problem> problems = found;
    for (int round = 0; round < most_rounds; ++round) {
      if (std::ranges::any_of(problems, [](const Problem& problem) { return problem.settle.empty(); })) break;
      for (const Problem& problem : problems) problem.settle[std::min(way, problem.settle.size() - 1)](options);
      try {
        attempt(options);
        return options;
      } catch (TableError& e) {
        problems = std::move(e.problems);
      } catch (const std::runtime_error&) {
        break;
      }
    }
  }
  return {};
}
template <class Attempt>
Table make_or_tell(const TableOptions& options, Attempt&& attempt) {
  try {
    return attempt(options);
  } catch (TableError& e) {
    e.taken_with = settled(options, e.problems, attempt);
    throw;
  }
}

/// What the reader of the text found, with the option that settles it.
std::vector<Problem> problems_of(const std::vector<CsvProblem>& found) {
  std::vector<Problem> problems;
  for (const CsvProblem& problem : found) {
    problems.push_back({problem.text});
    if (problem.header)
      problems.back().settle = {[header = *problem.header](TableOptions& options) { options.header = header; }};
  }
  return problems;
}

Csv csv_of_text(std::string_view text, const std::string& name, const TableOptions& options,
                std::vector<Problem>& problems) {
  try {
    std::vector<CsvProblem> found;
    Csv csv = read_csv(text, name, options.header, &found);
    problems = problems_of(found);
    return csv;
  } catch (const CsvError& e) {
    throw TableError(name, problems_of(e.problems));
  }
}

Table table_of_text(std::string_view text, const std::string& name, const TableOptions& options) {
  std::vector<Problem> problems;
  std::vector<std::string> notes;
  const Csv csv = csv_of_text(text, name, options, problems);
  if (!csv.why.empty() && problems.empty())
    notes.push_back(csv.has_header() ? fmt::format("line {} names the columns: {}", csv.first_line, csv.why)
                                     : fmt::format("line {} names no columns: {}; they are called column_0, column_1 "
                                                   "and so on (--header yes takes it for names)",
                                                   csv.first_line, csv.why));
  const MissingWords missing(options);
  SurveyedColumns surveyed = survey(csv, missing);
  const Cells cells{csv, surveyed, missing};
  return TableMaker(surveyed.columns, &cells, options, std::move(problems), std::move(notes)).make();
}

}  // namespace

Table make_table(Columns columns, const TableOptions& options) {
  if (options.header || options.decimal || options.na_values)
    throw UsageError(fmt::format("{}: --header, --decimal and --na-values tell how a CSV file is written; this is none",
                                 columns.name));
  return make_or_tell(options,
                      [&](const TableOptions& tried) { return TableMaker(columns, nullptr, tried, {}, {}).make(); });
}

Table read_table(std::string_view text, const std::string& name, const TableOptions& options) {
  return make_or_tell(options, [&](const TableOptions& tried) { return table_of_text(text, name, tried); });
}

}  // namespace lossact::cli
