// Rows as the passes want them, with contiguous classes, whatever the strides and the type of the array.
#ifndef LOSSACT_SRC_CPU_ROWS_ROW_BATCH_H_
#define LOSSACT_SRC_CPU_ROWS_ROW_BATCH_H_
#include <vector>
#include "src/cpu/access.h"

namespace lossact::cpu {

/// Whether the threads share each row, because there are fewer rows than threads.
bool shared_rows(const Plan& plan);
/// body(first, last) for parts of the rows, on the threads.
template <class Body>
void over_rows(const Plan& plan, const Body& body) {
  const std::size_t rows = plan.rows();
  detail::parallel(rows, shared_rows(plan) ? rows : kElementsPerTask / std::max<std::size_t>(plan.shape[1], 1), body);
}

/// Contiguous elements of a type.
struct Row {
  void* data = nullptr;
  Type type = Type::none;

  Row from(std::size_t i) const { return {data ? static_cast<char*>(data) + i * size_of(type) : nullptr, type}; }
};

/// What takes part of an array, and what stands in the place of what does not: in copies, and where they are brought
/// back.
struct Masked {
  const Array* mask = nullptr;
  double in = 0, out = 0;
};
// What does not take part is impossible, and has no gradient.
inline Masked masked_input(const Plan& plan) { return {plan.weight, -inf, 0}; }
inline Masked masked_output(const Plan& plan) {
  return {plan.weight, 0, plan.function->meaning == Meaning::log_probabilities ? -inf : 0};
}
inline Masked masked_slopes(const Plan& plan) { return {plan.weight, 0, 0}; }

/// Rows of an array, in its own memory if each row is contiguous. Otherwise, or where they are negated or masked,
/// copies of a few rows at a time.
class RowBatch {
 public:
  /// Of no array where `a` is null.
  explicit RowBatch(const Array* a, bool negated = false, Masked masked = {})
      : a_(a), negated_(negated), masked_(masked) {
    if (!a) return;
    type_ = a->type;
    packed_ = negated || masked.mask || a->shape[2] != 1 || (a->shape[1] != 1 && a->stride[1] != 1) || a->stride[0] < 0;
    stride_ = packed_ ? a->shape[1] : static_cast<std::size_t>(a->stride[0]);
  }
  explicit operator bool() const { return a_; }
  bool packed() const { return packed_; }
  Type type() const { return type_; }
  /// Between the first classes of two rows.
  std::size_t stride() const { return stride_; }
  /// Row r, of those that were taken.
  Row row(std::size_t r) const { return a_ ? Row{data_ + (r - first_) * stride_ * size_of(type_), type_} : Row(); }
  /// Takes rows [first, last); copies are filled if `read`.
  void take(std::size_t first, std::size_t last, bool read) {
    if (!a_) return;
    if (!packed_) {
      data_ = static_cast<char*>(a_->data);
      return;
    }
    first_ = first, last_ = last;
    memory_.resize((last - first) * stride_ * size_of(type_));
    data_ = memory_.data();
    if (read) copy(true);
  }
  /// Brings copies back that were written.
  void put_back() {
    if (packed_) copy(false);
  }

 private:
  void copy(bool in);
  const Array* a_;
  Type type_ = Type::none;
  bool negated_ = false, packed_ = false;
  Masked masked_;
  std::size_t stride_ = 0, first_ = 0, last_ = 0;
  char* data_ = nullptr;
  std::vector<char> memory_;
};

/// body(first, last) for rows that are taken together: those of `in`, which are read, and of `out`, which are written.
template <class Body>
void in_batches(std::size_t first, std::size_t last, std::size_t classes, std::initializer_list<RowBatch*> in,
                std::initializer_list<RowBatch*> out, const Body& body) {
  std::size_t step = last - first;
  const auto packed = [](const RowBatch* b) { return b->packed(); };
  if (std::any_of(in.begin(), in.end(), packed) || std::any_of(out.begin(), out.end(), packed))
    step = std::max<std::size_t>(kElementsPerTask / std::max<std::size_t>(classes, 1), 1);
  for (std::size_t to; first < last; first = to) {
    to = std::min(last, first + step);
    for (RowBatch* b : in) b->take(first, to, true);
    for (RowBatch* b : out) b->take(first, to, false);
    body(first, to);
    for (RowBatch* b : out) b->put_back();
  }
}

/// How a pass over rows of any types is computed: of floats or doubles, to floats or doubles. Other types travel by way
/// of memory of this thread.
class RowTypesOf {
 public:
  /// Doubles where any of what is read is doubles.
  explicit RowTypesOf(std::initializer_list<Type> read) {
    for (const Type t : read)
      if (t == Type::float64) as_ = Type::float64;
  }
  Type read_as() const { return as_; }
  /// n classes as the pass reads them, by way of space `i`.
  const void* read(std::size_t i, Row from, std::size_t n) {
    if (from.type == as_ || !from.data) return from.data;
    double* const to = space(i, n);
    if (as_ == Type::float32) stage().to_float(from.type, from.data, n, reinterpret_cast<float*>(to));
    else stage().to_double(from.type, from.data, n, to);
    return to;
  }
  /// run(which pass, where to)
  template <class Run>
  void write(Row to, std::size_t n, const Run& run) {
    const RowTypes doubles = as_ == Type::float32 ? kFloatsToDoubles : kDoubles;
    if (!to.data || to.type == Type::float64) return run(doubles, to.data);
    if (to.type == Type::float32 && as_ == Type::float32) return run(kFloats, to.data);
    double* const y = space(kSpaces - 1, n);
    run(doubles, y);
    stage().from_double(y, 1, {}, n, to.type, to.data);
  }

 private:
  static constexpr std::size_t kSpaces = 3;
  double* space(std::size_t i, std::size_t n) {
    if (padded(n) <= kSmall) return small_[i];
    if (large_[i].size() < padded(n)) large_[i].resize(padded(n));
    return large_[i].data();
  }
  static constexpr std::size_t kSmall = 512;
  Type as_ = Type::float32;
  alignas(64) double small_[kSpaces][kSmall];
  std::vector<double> large_[kSpaces];
};

}  // namespace lossact::cpu
#endif
