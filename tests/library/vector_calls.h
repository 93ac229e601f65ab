// Calls of losses of vectors, whichever arrays a function takes, on arrays that are filled by its arguments' data.
#ifndef LOSSACT_TESTS_LIBRARY_VECTOR_CALLS_H_
#define LOSSACT_TESTS_LIBRARY_VECTOR_CALLS_H_
#include <optional>
#include "tests/library/shifted.h"

namespace lossact::testing {

/// How rows lie: `inner` of them side by side, with `step` elements between neighbours in memory, `shift` bytes beyond
/// an aligned address.
struct VectorLayout {
  std::size_t rows, axis, inner = 1, step = 1, shift = 0;

  std::size_t elements() const { return rows * axis * step; }
  std::size_t at(std::size_t row, std::size_t element) const {
    return ((row / inner * axis + element) * inner + row % inner) * step;
  }
};

/// The arrays of a call. The same seed gives the same numbers in every layout and, but for rounding, of every type.
template <class T>
class VectorCall {
 public:
  VectorCall(const Function& function, VectorLayout layout, unsigned seed = 1) : f_(function), layout_(layout) {
    const bool probabilities = f_.input == Meaning::probabilities;
    for (std::size_t i = 0; i < f_.arguments.size(); ++i) {
      const auto all =
          numbers<double>(layout.rows * layout.axis, probabilities ? 1 : 2, seed + 7 * static_cast<unsigned>(i));
      std::vector<T> here(layout.elements());
      for (std::size_t r = 0; r < layout.rows; ++r)
        for (std::size_t c = 0; c < layout.axis; ++c) {
          const double v = all[r * layout.axis + c];
          here[layout.at(r, c)] = T(probabilities ? std::abs(v) : v);
        }
      elements_.emplace_back(here, layout.shift);
      gradients_.emplace_back(std::vector<T>(layout.elements(), T(7)), layout.shift);
    }
    std::vector<T> signs(layout.rows);
    std::vector<std::int64_t> classes(layout.rows);
    for (std::size_t r = 0; r < layout.rows; ++r)
      signs[r] = T(r % 3 ? 1 : -1), classes[r] = layout.axis ? static_cast<std::int64_t>((5 * r + 1) % layout.axis) : 0;
    signs_.emplace(signs, layout.shift), classes_.emplace(classes, layout.shift);
    for (std::size_t c = 0; c < layout.axis; ++c) weights_.push_back(0.5 + static_cast<double>(c % 4));
  }

  /// Element `element` of row `row` of argument i.
  T get(std::size_t i, std::size_t row, std::size_t element) const {
    return at(elements_[i], layout_.at(row, element));
  }
  void set(std::size_t i, std::size_t row, std::size_t element, T value) {
    auto* const bytes = reinterpret_cast<std::byte*>(elements_[i].span().data());
    std::memcpy(bytes + layout_.at(row, element) * sizeof value, static_cast<const void*>(&value), sizeof value);
  }
  T gradient(std::size_t i, std::size_t row, std::size_t element) const {
    return at(gradients_[i], layout_.at(row, element));
  }
  double number(std::size_t row) const { return static_cast<double>(at(*signs_, row)); }
  std::int64_t wanted(std::size_t row) const { return at(*classes_, row); }
  bool has_gradient(std::size_t i) const { return f_.arguments[i].gradient; }
  bool is_element(std::size_t i) const { return f_.arguments[i].extent == Extent::element; }

  /// Each returns the loss. with_gradients writes the gradients too, `in_place` over the inputs.
  double value(const void* options, bool weighted = false) const { return call(options, weighted, false, nullptr, {}); }
  double with_gradients(const void* options, bool weighted = false, bool in_place = false) {
    if (in_place)
      for (std::size_t i = 0; i < elements_.size(); ++i) gradients_[i] = elements_[i];
    return call(options, weighted, true, nullptr, {}, in_place);
  }
  std::vector<double> each(const void* options, bool weighted = false) const {
    std::vector<double> losses(layout_.rows, 7);
    call(options, weighted, false, &losses, {});
    return losses;
  }
  void backward(const void* options, std::vector<double> grad_output, bool weighted = false) {
    call(options, weighted, true, nullptr, grad_output);
  }
  /// All gradients and losses of the rows, in the order of rows.
  Bits bits_of(const void* options, bool weighted, bool in_place = false) {
    Bits all = {bits(value(options, weighted)), bits(with_gradients(options, weighted, in_place))};
    append(all, gradients());
    append(all, each(options, weighted));
    return all;
  }
  /// Of one argument after another, row by row.
  std::vector<T> gradients() const {
    std::vector<T> all;
    for (std::size_t i = 0; i < elements_.size(); ++i)
      for (std::size_t r = 0; has_gradient(i) && r < layout_.rows; ++r)
        for (std::size_t c = 0; c < layout_.axis; ++c) all.push_back(gradient(i, r, c));
    return all;
  }

 private:
  /// Read as bytes: it may lie at any address.
  template <class U>
  static U at(const Shifted<U>& values, std::size_t i) {
    U value;
    const auto* const bytes = reinterpret_cast<const std::byte*>(values.span().data());
    std::memcpy(static_cast<void*>(&value), bytes + i * sizeof value, sizeof value);
    return value;
  }
  double call(const void* options, bool weighted, bool gradients, std::vector<double>* losses,
              std::span<const double> grad_output, bool in_place = false) const {
    std::vector<lossact::Array> arrays(f_.arguments.size()), slopes(arrays.size());
    std::vector<const lossact::Array*> in(arrays.size()), out(arrays.size());
    for (std::size_t i = 0; i < arrays.size(); ++i) {
      const ArgumentInfo& a = f_.arguments[i];
      if (a.optional && !weighted) continue;
      auto* const data = const_cast<Shifted<T>&>(in_place && a.gradient ? gradients_[i] : elements_[i]).span().data();
      if (a.optional) arrays[i] = lossact::Array::line(weights_.data(), weights_.size());
      else if (a.extent == Extent::row) arrays[i] = lossact::Array::line(signs_->span().data(), layout_.rows);
      else if (a.extent == Extent::class_index) arrays[i] = lossact::Array::line(classes_->span().data(), layout_.rows);
      else arrays[i] = view(data);
      in[i] = &arrays[i];
      if (!gradients || !a.gradient) continue;
      slopes[i] = view(const_cast<Shifted<T>&>(gradients_[i]).span().data());
      out[i] = &slopes[i];
    }
    const lossact::Array each = losses ? lossact::Array::line(losses->data(), losses->size()) : lossact::Array(),
                         scale = lossact::Array::line(grad_output.data(), grad_output.size());
    Call asked = {.arrays = in, .options = options};
    if (losses) asked.output = &each;
    if (gradients) asked.gradients = out;
    if (!grad_output.empty()) asked.grad_output = &scale;
    return run(f_, asked);
  }
  lossact::Array view(T* data) const {
    const std::size_t outer = layout_.inner ? layout_.rows / layout_.inner : 0;
    auto a = lossact::Array::of(data, layout_.inner == 1 ? 2 : 3, outer, layout_.axis, layout_.inner,
                                layout_.axis * layout_.inner);
    for (auto& stride : a.stride) stride *= static_cast<std::ptrdiff_t>(layout_.step);
    return a;
  }

  const Function& f_;
  const VectorLayout layout_;
  std::vector<Shifted<T>> elements_, gradients_;
  std::optional<Shifted<T>> signs_;
  std::optional<Shifted<std::int64_t>> classes_;
  std::vector<double> weights_;
};

}  // namespace lossact::testing
#endif
