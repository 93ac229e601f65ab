#include "src/check/constraints.h"
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include "lossact/error.h"
#include "src/check/values.h"
#include "src/reduce.h"

namespace lossact {
namespace {

/// The distance between neighbouring numbers of an element type: relative to 1, and absolute among denormals.
struct Rounding {
  double epsilon, least;
};
Rounding rounding_of(Type type) {
#define LOSSACT_ONE(name, T)                                        \
  if (type == Type::name)                                           \
    return {static_cast<double>(std::numeric_limits<T>::epsilon()), \
            static_cast<double>(std::numeric_limits<T>::denorm_min())};
  LOSSACT_ELEMENT_TYPES(LOSSACT_ONE)
#undef LOSSACT_ONE
  return {};
}

template <class Index>
double count_of(const Function& f, const ArgumentInfo& info, const Array& a, std::size_t n,
                std::optional<std::int64_t> ignore, const Array* weight) {
  const std::size_t rows = a.size();
  const auto* const y = static_cast<const Index*>(a.data);
  const std::ptrdiff_t step = a.stride[1];
  const auto at = [&](std::size_t r) {
    return static_cast<std::int64_t>(detail::get(y + static_cast<std::ptrdiff_t>(r) * step));
  };
  const auto bad = [&](std::int64_t c) { return c != ignore && static_cast<std::uint64_t>(c) >= n; };
  std::size_t counted = 0, wrong = 0;
  for (std::size_t r = 0; r < rows; ++r) {
    const std::int64_t c = at(r);
    counted += c != ignore, wrong += bad(c);
  }
  for (std::size_t r = 0; wrong && r < rows; ++r)
    if (const std::int64_t c = detail::settled(at(r)); bad(c))
      throw index_error(said_by(f).append(info.name) + " " + std::to_string(c) + " at row " + std::to_string(r) +
                        " is outside [0, " + std::to_string(n) + ")");
  if (!weight) return static_cast<double>(counted);
  double count = 0;
  for (std::size_t r = 0; r < rows; ++r)
    if (const std::int64_t c = detail::settled(at(r)); c != ignore && !bad(c))
      count += number_at(*weight, 0, static_cast<std::size_t>(c), 0);
  return count;
}

bool meets(Constraint constraint, double x, double tolerance) {
  switch (constraint) {
    case Constraint::not_negative:
      return x >= 0;
    case Constraint::mask:
      return x == 0 || x == 1;
    case Constraint::sign:
      return x == -1 || x == 1;
    default:
      return x >= 0 && x <= 1 + tolerance;
  }
}
std::string_view expected(Constraint constraint) {
  switch (constraint) {
    case Constraint::not_negative:
      return "0 or more";
    case Constraint::mask:
      return "0 or 1";
    case Constraint::sign:
      return "-1 or 1";
    default:
      return "a probability";
  }
}

}  // namespace

// Nothing is normalised here: a sum that is not 1, by more than rounding explains, is the caller's mistake.
void check_constraint(const Function& f, const ArgumentInfo& info, const Array& a) {
  if (surely_meets(info.constraint, a)) return;
  const Rounding rounding = rounding_of(a.type);
  const double tolerance = std::max(1e-6, 2 * rounding.epsilon);
  const auto refuse = [&](double found, std::size_t i) {
    throw domain_error(said_by(f).append(info.name) + " is " + number_text(found) + " at " + std::to_string(i) +
                       ", expected " + std::string(expected(info.constraint)));
  };
  const std::size_t axis = a.shape[1], inner = a.shape[2];
  for (std::size_t r = 0, rows = a.shape[0] * inner; r < rows; ++r) {
    detail::Tree tree;
    for (std::size_t from = 0; from < axis; from += detail::kBlock) {
      double lane[detail::kGroup] = {};
      for (std::size_t i = from; i < std::min(axis, from + detail::kBlock); ++i) {
        const double here = number_at(a, r / inner, i, r % inner);
        if (!(here != here && !info.weighs) && !meets(info.constraint, here, tolerance)) refuse(here, i);
        lane[i % detail::kGroup] += here;
      }
      tree.add(detail::fold(lane));
    }
    const double lost = static_cast<double>(axis) * rounding.least / 2;
    if (const double sum = tree.total();
        info.constraint == Constraint::distribution && std::abs(sum - 1) > tolerance + lost)
      throw domain_error(said_by(f).append(info.name) + " sums to " + number_text(sum) + ", expected 1");
  }
}

double count_classes(const Function& f, const ArgumentInfo& info, const Array& a, std::size_t n,
                     std::optional<std::int64_t> ignore, const Array* weight) {
#define LOSSACT_ONE(name, T) \
  if (a.type == Type::name) return count_of<T>(f, info, a, n, ignore, weight);
  LOSSACT_INDEX_TYPES(LOSSACT_ONE)
#undef LOSSACT_ONE
  return 0;
}

double sum_of(const Array& a) {
  const std::size_t n = a.size();
  if (a.type == Type::float64 && a.contiguous()) return detail::tree_sum(static_cast<const double*>(a.data), n);
  const std::size_t axis = a.shape[1], inner = a.shape[2];
  detail::Tree tree;
  for (std::size_t from = 0; from < n; from += detail::kBlock) {
    double lane[detail::kGroup] = {};
    for (std::size_t i = from; i < std::min(n, from + detail::kBlock); ++i)
      lane[i % detail::kGroup] += number_at(a, i / inner / axis, i / inner % axis, i % inner);
    tree.add(detail::fold(lane));
  }
  return tree.total();
}

}  // namespace lossact
