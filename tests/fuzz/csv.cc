// CSV files, and the tables that are made of them. The first byte says with which options.
#include <cmath>
#include "experiment/table/usage_error.h"
#include "experiment/table/table.h"
#include "lossact/error.h"
#include "tests/fuzz/fuzz.h"

namespace lossact::cli {
namespace {

void check(const Table& table, const TableOptions& options) {
  const std::size_t rows = table.rows(), features = table.features.size();
  ensure(rows >= 5 && features > 0 && table.values.size() == rows * features);
  ensure(!options.task || *options.task == table.task);
  for (const double x : table.values) ensure(std::isfinite(x) || (std::isnan(x) && options.missing == Missing::mean));
  if (table.task == Task::classification) {
    ensure(table.classes.size() > 1 && table.numbers.empty());
    for (const std::int64_t label : table.labels)
      ensure(label >= 0 && static_cast<std::size_t>(label) < table.classes.size());
  } else {
    ensure(table.classes.empty() && table.labels.empty());
    for (const double y : table.numbers) ensure(std::isfinite(y));
  }
}

}  // namespace
}  // namespace lossact::cli

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lossact::cli;
  if (size == 0) return 0;
  TableOptions options;
  constexpr Missing ways[] = {Missing::refuse, Missing::drop, Missing::mean, Missing::mean};
  options.missing = ways[data[0] & 3];
  if (data[0] & 4) options.task = data[0] & 8 ? Task::classification : Task::regression;
  if (data[0] & 16) options.drop.emplace_back("a");
  if (data[0] & 32) options.target.push_back('b');
  if (data[0] & 64) options.decimal = Decimal::comma;
  if (data[0] & 128) options.header = Header::no;
  const auto text = text_of(data + 1, size - 1);
  try {
    check(read_table(text, "file.csv", options), options);
  } catch (const TableError& e) {
    // What is said to take it does.
    if (e.taken_with) check(read_table(text, "file.csv", *e.taken_with), *e.taken_with);
  } catch (const lossact::error&) {
  } catch (const UsageError&) {
  }
  return 0;
}
