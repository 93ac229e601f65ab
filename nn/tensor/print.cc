// Tensors as PyTorch prints them.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ostream>
#include <vector>
#include "lossact/nn/detail/autograd.h"

namespace lossact::nn {
namespace {

constexpr std::size_t kMost = 1000, kEdge = 3;  // beyond this many elements only the edges are shown
constexpr std::size_t kLine = 80, kIndent = 7;  // kIndent is as wide as "tensor("

class Printer {
 public:
  explicit Printer(const Tensor& tensor)
      : tensor_(tensor), floating_(detail::is_floating_point(tensor.dtype())), summary_(tensor.numel() > kMost) {
    collect(0, 0);
    bool integers = true;
    double largest = 0, smallest = HUGE_VAL;
    for (const double v : shown_) {
      if (!counts(v)) continue;
      integers = integers && v == std::nearbyint(v);
      largest = std::max(largest, std::fabs(v)), smallest = std::min(smallest, std::fabs(v));
    }
    if (largest > 1e8 || smallest < 1e-4 || largest / smallest > 1000) format_ = "%.4e";
    else if (integers) format_ = "%.0f.";
    for (const double v : shown_)
      if (!floating_ || counts(v)) width_ = std::max(width_, text(v).size());
  }

  std::string all() { return tensor_.numel() == 0 ? "[]" : part(0, 0, kIndent); }

 private:
  /// Whether a number has a say in how all are shown.
  static bool counts(double value) { return std::isfinite(value) && value != 0; }
  double value(std::size_t offset) const {
    return detail::by_any_type(tensor_.dtype(),
                               [&]<class T>(T) { return static_cast<double>(tensor_.data<T>()[offset]); });
  }
  std::string text(double value) const {
    if (tensor_.dtype() == DType::boolean) return value != 0 ? "True" : "False";
    if (std::isnan(value)) return "nan";
    if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
    char buffer[512];  // a double without exponent has up to 309 digits
    return {buffer,
            static_cast<std::size_t>(std::snprintf(buffer, sizeof buffer, floating_ ? format_ : "%.0f", value))};
  }
  std::string padded(std::size_t offset) const {
    const std::string number =
        tensor_.dtype() == DType::int64 ? std::to_string(tensor_.data<std::int64_t>()[offset]) : text(value(offset));
    return std::string(width_ - std::min(width_, number.size()), ' ').append(number);
  }
  /// Calls f for each index of a dimension that is shown, and gap where some are left out.
  template <class F, class Gap>
  void indices(std::size_t size, F f, Gap gap) const {
    const bool cut = summary_ && size > 2 * kEdge;
    for (std::size_t i = 0; i < size; ++i) {
      if (cut && i == kEdge) gap(), i = size - kEdge;
      f(i);
    }
  }
  std::size_t step(std::size_t dim) const {
    std::size_t product = 1;
    for (std::size_t i = dim + 1; i < tensor_.dim(); ++i) product *= tensor_.shape()[i];
    return product;
  }
  void collect(std::size_t dim, std::size_t offset) {
    if (tensor_.numel() == 0) return;
    if (dim == tensor_.dim()) return shown_.push_back(value(offset));
    indices(tensor_.shape()[dim], [&](std::size_t i) { collect(dim + 1, offset + i * step(dim)); }, [] {});
  }
  std::string part(std::size_t dim, std::size_t offset, std::size_t indent) const {
    if (dim == tensor_.dim()) return padded(offset);
    const std::size_t below = tensor_.dim() - dim - 1;
    const std::size_t per_line = std::max<std::size_t>(1, (kLine - indent) / (width_ + 2));
    const std::string line = std::string(below == 0 ? 1 : below, '\n').append(indent + 1, ' ');
    std::string list = "[";
    std::size_t count = 0;
    const auto next = [&](const std::string& item) {
      if (count > 0) list += below > 0 || count % per_line == 0 ? "," + line : ", ";
      list += item;
      ++count;
    };
    indices(
        tensor_.shape()[dim], [&](std::size_t i) { next(part(dim + 1, offset + i * step(dim), indent + 1)); },
        [&] { next(below == 0 ? " ..." : "..."); });
    return list + "]";
  }

  const Tensor& tensor_;
  bool floating_, summary_;
  const char* format_ = "%.4f";
  std::size_t width_ = 1;
  std::vector<double> shown_;
};

}  // namespace

std::ostream& operator<<(std::ostream& out, const Tensor& tensor) {
  if (!tensor.defined()) return out << "tensor(undefined)";
  std::string text = "tensor(" + Printer(tensor).all();
  std::size_t column = text.size() - text.rfind('\n') + 1;  // PyTorch's count: two more than there are
  const auto append = [&](const std::string& more) {
    const bool fits = column + more.size() + 2 <= kLine;
    text += fits ? ", " : ",\n" + std::string(kIndent, ' ');
    column = (fits ? column + 2 : kIndent) + more.size();
    text += more;
  };
  const bool empty = tensor.numel() == 0;
  if (empty && tensor.dim() != 1) append("size=" + to_string(tensor.shape()));
  if (tensor.dtype() == DType::float64 || (empty && tensor.dtype() != DType::float32))
    append("dtype=torch." + std::string(to_string(tensor.dtype())));
  if (!tensor.is_leaf()) append("grad_fn=<" + tensor.grad_fn() + ">");
  else if (tensor.requires_grad()) append("requires_grad=True");
  return out << text << ")";
}

}  // namespace lossact::nn
