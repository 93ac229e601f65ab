#include "src/cpu/rows/row_batch.h"
#include "lossact/threads.h"

namespace lossact::cpu {
namespace {
/// An element as bytes, for which no type is needed.
template <std::size_t size>
struct Bytes {
  char byte[size];
};
template <std::size_t size>
void copy_rows(const Array& a, std::size_t first, std::size_t last, char* packed, bool in, bool negated,
               const Masked& masked) {
  using T = Bytes<size>;
  const auto sign = static_cast<char>(negated ? 0x80 : 0);  // the highest bit of the last byte
  const std::size_t classes = a.shape[1], inner = a.shape[2];
  double room = 0;  // for a number of any type
  Array one = Array::line(&room, 1);
  one.type = a.type;
  put_number(one, 0, 0, 0, in ? masked.in : masked.out);
  T masked_out;
  std::memcpy(&masked_out, &room, size);
  auto* to = reinterpret_cast<T*>(packed);
  for (std::size_t r = first; r < last; ++r, to += classes) {
    T* const row = static_cast<T*>(a.data) + static_cast<std::ptrdiff_t>(r / inner) * a.stride[0] +
                   static_cast<std::ptrdiff_t>(r % inner) * a.stride[2];
    for (std::size_t c = 0; c < classes; ++c) {
      T& there = row[static_cast<std::ptrdiff_t>(c) * a.stride[1]];
      T element = in ? there : to[c];
      element.byte[size - 1] = static_cast<char>(element.byte[size - 1] ^ sign);
      if (masked.mask && number_at(*masked.mask, r / inner, c, r % inner) == 0) element = masked_out;
      (in ? to[c] : there) = element;
    }
  }
}
}  // namespace

bool shared_rows(const Plan& plan) {
  return plan.shape[2] == 1 && plan.shape[1] >= 2 * kElementsPerTask &&
         plan.rows() < static_cast<std::size_t>(num_threads());
}

void RowBatch::copy(bool in) {
  switch (size_of(type_)) {
    case 2:
      return copy_rows<2>(*a_, first_, last_, data_, in, negated_, masked_);
    case 4:
      return copy_rows<4>(*a_, first_, last_, data_, in, negated_, masked_);
    default:
      return copy_rows<8>(*a_, first_, last_, data_, in, negated_, masked_);
  }
}

}  // namespace lossact::cpu
