#include "files/array.h"
#include <fmt/format.h>
#include "files/csv.h"
#include "files/file.h"
#include "text/number.h"
#include "files/packed.h"
#include "lossact/error.h"

namespace lossact::cli {
namespace {

/// The same elements, where the first index ran fastest.
template <class T>
std::vector<T> transposed(const std::vector<T>& values, const std::vector<std::size_t>& shape) {
  std::vector<std::size_t> index(shape.size()), step(shape.size(), 1);
  for (std::size_t d = 1; d < shape.size(); ++d) step[d] = step[d - 1] * shape[d - 1];
  std::vector<T> result;
  result.reserve(values.size());
  for (std::size_t at = 0; result.size() < values.size();) {
    result.push_back(values[at]);
    for (std::size_t d = shape.size(); d-- > 0; index[d] = 0) {
      at += step[d];
      if (++index[d] < shape[d]) break;
      at -= step[d] * shape[d];
    }
  }
  return result;
}

Array from_npy(std::string_view bytes, const std::string& file) {
  Npy npy = read_npy(bytes, file);
  if (npy.fortran_order) std::visit([&](auto& values) { values = transposed(values, npy.shape); }, npy.values);
  return {.file = file, .shape = std::move(npy.shape), .values = std::move(npy.values), .typed = true};
}

Array from_csv(std::string_view text, const std::string& file) {
  const Csv csv = read_csv(text, file);
  if (!csv.has_header())
    throw format_error(fmt::format("{}:1: the first line must name the columns: {}", file, csv.why));
  std::vector<double> values;
  values.reserve(csv.rows() * csv.columns());
  for (std::size_t row = 0; row < csv.rows(); ++row)
    for (std::size_t column = 0; column < csv.columns(); ++column) {
      const std::optional<double> value = read_number(csv.cell(row, column));
      if (!value)
        throw format_error(fmt::format("{}:{}: column '{}': '{}' is not a number", file, csv.lines[row],
                                       csv.header[column], csv.cell(row, column)));
      values.push_back(*value);
    }
  return {.file = file, .shape = {csv.rows(), csv.columns()}, .values = std::move(values), .typed = false};
}

}  // namespace

Array read_array(const std::string& file) {
  std::string content = files::read_file(file, most_bytes);
  if (is_gzip(content)) content = gunzip(content, file);
  const bool npy = content.starts_with("\x93NUMPY") || file.ends_with(".npy");
  return npy ? from_npy(content, file) : from_csv(content, file);
}

std::string shape_text(const std::vector<std::size_t>& shape) { return fmt::format("({})", fmt::join(shape, ", ")); }

}  // namespace lossact::cli
