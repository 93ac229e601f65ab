#include "src/cpu/access.h"

namespace lossact::cpu {
namespace {
/// Fewer contiguous elements than this are copied one by one.
constexpr std::size_t kFew = 8;

/// body(offset in elements, how many elements, their stride) for the runs of [first, first + n) in order.
template <class Body>
void pieces(const Array& a, std::size_t first, std::size_t n, const Body& body) {
  const std::size_t axis = a.shape[1], inner = a.shape[2];
  const bool by_axis = inner == 1;  // a run goes along the axis
  const std::size_t run = by_axis ? axis : inner;
  const std::ptrdiff_t step = by_axis ? a.stride[1] : a.stride[2];
  std::size_t at = first % run, outer = first / (axis * inner), c = by_axis ? 0 : first / inner % axis;
  for (std::size_t left = n; left;) {
    const std::size_t length = std::min(run - at, left);
    body(static_cast<std::ptrdiff_t>(outer) * a.stride[0] + static_cast<std::ptrdiff_t>(c) * a.stride[1] +
             static_cast<std::ptrdiff_t>(at) * step,
         length, step);
    left -= length, at = 0;
    if (by_axis || ++c == axis) c = 0, ++outer;
  }
}
/// call(an unsigned integer of that size)
template <class Call>
void by_size(std::size_t size, const Call& call) {
  size == 2 ? call(std::uint16_t{}) : size == 4 ? call(std::uint32_t{}) : call(std::uint64_t{});
}
}  // namespace

void gather(const Array& a, std::size_t first, std::size_t n, void* to) {
  by_size(size_of(a.type), [&](auto t) {
    constexpr std::size_t size = sizeof t;
    auto* out = static_cast<char*>(to);
    pieces(a, first, n, [&](std::ptrdiff_t offset, std::size_t length, std::ptrdiff_t step) {
      const auto bytes = static_cast<std::ptrdiff_t>(size);
      const char* const from = static_cast<const char*>(a.data) + offset * bytes;
      if (step == 1 && length > kFew) {
        detail::copy(out, from, length * size);
      } else {
        for (std::size_t j = 0; j < length; ++j)
          detail::copy(out + j * size, from + static_cast<std::ptrdiff_t>(j) * step * bytes, size);
      }
      out += length * size;
    });
  });
}
void scatter(const Array& a, std::size_t first, std::size_t n, const void* from) {
  by_size(size_of(a.type), [&](auto t) {
    constexpr std::size_t size = sizeof t;
    const auto* in = static_cast<const char*>(from);
    pieces(a, first, n, [&](std::ptrdiff_t offset, std::size_t length, std::ptrdiff_t step) {
      const auto bytes = static_cast<std::ptrdiff_t>(size);
      char* const to = static_cast<char*>(a.data) + offset * bytes;
      if (step == 1 && length > kFew) {
        detail::copy(to, in, length * size);
      } else {
        for (std::size_t j = 0; j < length; ++j)
          detail::copy(to + static_cast<std::ptrdiff_t>(j) * step * bytes, in + j * size, size);
      }
      in += length * size;
    });
  });
}
const void* read(const Array& a, std::size_t first, std::size_t n, Type as, void* space) {
  if (is_constant(a)) {
    stage().fill(as, number_at(a, 0, 0, 0), n, space);
    return space;
  }
  alignas(64) double own[kChunk];
  const void* from = own;
  if (a.contiguous()) {
    from = address(a, first);
    if (a.type == as && n % detail::kGroup == 0) return from;
  } else if (a.type == as) {
    gather(a, first, n, space);
    std::memset(static_cast<char*>(space) + n * size_of(as), 0, (padded(n) - n) * size_of(as));
    return space;
  } else {
    gather(a, first, n, own);
  }
  if (as == Type::float32) stage().to_float(a.type, from, n, static_cast<float*>(space));
  else stage().to_double(a.type, from, n, static_cast<double*>(space));
  return space;
}
void write(const Array& a, std::size_t first, std::size_t n, const double* y, double scale, Factor factor) {
  if (a.contiguous()) return stage().from_double(y, scale, factor, n, a.type, address(a, first));
  alignas(64) double own[kChunk];
  stage().from_double(y, scale, factor, n, a.type, own);
  scatter(a, first, n, own);
}
Array row_of(const Array& a, std::size_t r) {
  Array row = a;
  const auto outer = static_cast<std::ptrdiff_t>(a.shape[2] == 1 ? r : r / a.shape[2]),
             inner = static_cast<std::ptrdiff_t>(a.shape[2] == 1 ? 0 : r % a.shape[2]);
  row.data = static_cast<char*>(a.data) +
             (outer * a.stride[0] + inner * a.stride[2]) * static_cast<std::ptrdiff_t>(size_of(a.type));
  row.shape[0] = row.shape[2] = 1;
  return row;
}
double give_losses(const Plan& plan, const double* loss) {
  const std::size_t rows = plan.rows();
  if (plan.output) {
    if (rows && plan.output->type == Type::float64 && plan.output->contiguous()) {
      detail::copy(plan.output->data, loss, rows * sizeof *loss);
    } else {
      for (std::size_t r = 0; r < rows; r += kChunk) write(*plan.output, r, std::min(kChunk, rows - r), loss + r);
    }
    return nan;
  }
  if (plan.grad_output) return nan;
  if (plan.divisor == 0 && plan.common.reduction == Reduction::mean) return plan.common.empty_mean;
  return detail::tree_sum(loss, rows) / plan.divisor;
}

}  // namespace lossact::cpu
