#include "experiment/table/array_columns.h"
#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include "files/idx.h"
#include "lossact/error.h"
#include "text/number.h"

namespace lossact::cli {
namespace {

[[noreturn]] void fail(const std::string& file, const std::string& why) { throw format_error(file + ": " + why); }

/// Where the numbers of a row lie: values[row * step + offsets[i]], with the last index of the shape running fastest
/// over i whatever the order in memory is.
struct Layout {
  std::size_t step = 0;
  std::vector<std::size_t> offsets;
};
Layout layout_of(const std::vector<std::size_t>& shape, bool fortran_order) {
  std::size_t width = 1;
  for (std::size_t i = 1; i < shape.size(); ++i) width *= shape[i];
  Layout layout{.step = fortran_order ? 1 : width, .offsets = std::vector<std::size_t>(width)};
  for (std::size_t i = 0; i < width; ++i) {
    layout.offsets[i] = i;
    if (!fortran_order) continue;
    std::size_t rest = i, offset = 0;
    for (std::size_t d = shape.size(); --d > 0; rest /= shape[d]) offset = (offset * shape[d] + rest % shape[d]);
    // Horner's rule from the last index to the first, with the rows innermost.
    layout.offsets[i] = offset * shape[0];
  }
  return layout;
}
Layout layout_of(const Npy& array) { return layout_of(array.shape, array.fortran_order); }
Layout layout_of(const Idx& array) { return layout_of(array.shape, false); }

/// Copies an array's rows to the columns from `first_column` of the rows from `first_row`.
template <class Array>
void copy(const Array& array, Columns& to, std::size_t first_row, std::size_t first_column) {
  const Layout layout = layout_of(array);
  const std::size_t width = to.names.size();
  std::visit(
      [&]<class T>(const std::vector<T>& values) {
        for (std::size_t row = 0; row < array.shape[0]; ++row) {
          double* numbers = to.numbers.data() + (first_row + row) * width + first_column;
          for (std::size_t i = 0; i < layout.offsets.size(); ++i) {
            const T value = values[row * layout.step + layout.offsets[i]];
            numbers[i] = static_cast<double>(value);
            if constexpr (std::is_integral_v<T> && sizeof(T) == 8)
              if (value > T{1} << 53 || (std::is_signed_v<T> && value < -(T{1} << 53)))
                throw format_error(fmt::format("{}: {} is too large a number to be kept exactly",
                                               to.place(first_row + row, first_column + i), value));
          }
        }
      },
      array.values);
}

void check_count(const Columns& columns) {
  std::size_t count = 0;
  if (__builtin_mul_overflow(columns.rows, columns.names.size(), &count) || count > most_values)
    fail(columns.name, fmt::format("{} of {} are too many; at most {} numbers are taken", counted(columns.rows, "row"),
                                   counted(columns.names.size(), "number"), most_values));
}

template <class Array>
std::size_t size_of(const Array& array) {
  return std::visit([](const auto& values) { return values.size(); }, array.values);
}

}  // namespace

template <class Array>
Columns columns_of(const std::string& file, const std::string& target, std::vector<ArrayPart<Array>> parts) {
  Columns columns{.name = file, .names = {}, .numbers = {}};
  std::vector<std::size_t> ends;
  const std::vector<std::size_t>& shape = parts.front().x.shape;
  for (const ArrayPart<Array>& part : parts) {
    const std::vector<std::size_t>&x = part.x.shape, &y = part.y.shape;
    if (x.empty() || size_of(part.x) == 0) fail(file, fmt::format("{} is empty", part.x_name));
    if (y.empty() || y.size() > 2 || (y.size() == 2 && y[1] != 1))
      fail(file,
           fmt::format("{} has the shape ({}), expected one number for each row", part.y_name, fmt::join(y, ", ")));
    if (x[0] != y[0])
      fail(file, fmt::format("{} has {}, {} has {}", part.x_name, counted(x[0], "row"), part.y_name, y[0]));
    if (!std::equal(x.begin() + 1, x.end(), shape.begin() + 1, shape.end()))
      fail(file, fmt::format("{} has rows of the shape ({}), {} of ({})", parts.front().x_name,
                             fmt::join(shape.begin() + 1, shape.end(), ", "), part.x_name,
                             fmt::join(x.begin() + 1, x.end(), ", ")));
    columns.rows += x[0];
    ends.push_back(columns.rows);
  }
  if (parts.size() > 1) columns.test_rows = parts.back().x.shape[0];
  const std::size_t width = size_of(parts.front().x) / shape[0];
  const char* what = shape.size() > 2 ? "pixel" : "x";
  for (std::size_t i = 0; i < width; ++i) columns.names.push_back(fmt::format("{}_{}", what, i));
  columns.names.push_back(target);
  check_count(columns);
  std::vector<std::pair<std::string, std::string>> names;
  for (const ArrayPart<Array>& part : parts) names.emplace_back(part.x_name, part.y_name);
  columns.place = [file, names, ends, width](std::size_t row, std::size_t column) {
    const bool second = row >= ends.front();
    const auto& [x, y] = names[second];
    if (second) row -= ends.front();
    return column < width ? fmt::format("{}: {}[{}, {}]", file, x, row, column)
                          : fmt::format("{}: {}[{}]", file, y, row);
  };
  columns.numbers.resize(columns.rows * columns.names.size());
  std::size_t row = 0;
  for (ArrayPart<Array>& part : parts) {
    copy(part.x, columns, row, 0);
    copy(part.y, columns, row, width);
    row += part.x.shape[0];
    part = {};
  }
  return columns;
}

template Columns columns_of(const std::string&, const std::string&, std::vector<ArrayPart<Npy>>);
template Columns columns_of(const std::string&, const std::string&, std::vector<ArrayPart<Idx>>);

Columns columns_of(const Npy& array, const std::string& file) {
  if (array.shape.size() != 2)
    fail(file, fmt::format("its shape is ({}); as data it must have two dimensions, rows and columns",
                           fmt::join(array.shape, ", ")));
  if (size_of(array) == 0) fail(file, "it is empty");
  Columns columns{.name = file, .names = {}, .numbers = {}, .rows = array.shape[0]};
  for (std::size_t i = 0; i < array.shape[1]; ++i) columns.names.push_back(fmt::format("column_{}", i));
  check_count(columns);
  columns.place = [file](std::size_t row, std::size_t column) {
    return fmt::format("{}: [{}, {}]", file, row, column);
  };
  columns.numbers.resize(columns.rows * columns.names.size());
  copy(array, columns, 0, 0);
  return columns;
}

}  // namespace lossact::cli
