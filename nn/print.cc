// Tensors as PyTorch prints them.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ostream>
#include <vector>
#include "lossact/nn/tensor.h"

namespace lossact::nn {
namespace {

constexpr std::size_t kMost = 1000, kEdge = 3;  // beyond this many elements only the edges are shown

class Printer {
 public:
  explicit Printer(const Tensor& tensor)
      : tensor_(tensor), values_(tensor.detach().to(DType::float64)), summary_(tensor.numel() > kMost) {
    collect(0, 0);
    bool integers = true;
    double largest = 0, smallest = HUGE_VAL;
    for (const double v : shown_) {
      if (!std::isfinite(v)) continue;
      integers = integers && v == std::nearbyint(v);
      if (v != 0) largest = std::max(largest, std::fabs(v)), smallest = std::min(smallest, std::fabs(v));
    }
    if (tensor.dtype() == DType::int64) format_ = "%.0f";
    else if (integers && largest < 1e8) format_ = "%.0f.";
    else if (largest >= 1e8 || smallest < 1e-4 || largest / smallest > 1000) format_ = "%.4e";
    for (const double v : shown_) width_ = std::max(width_, text(v).size());
  }

  std::string all() { return part(0, 0, 7); }

 private:
  std::string text(double value) const {
    if (std::isnan(value)) return "nan";
    if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
    char buffer[64];
    return {buffer, static_cast<std::size_t>(std::snprintf(buffer, sizeof buffer, format_, value))};
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
    if (dim == tensor_.dim()) return shown_.push_back(values_.data<double>()[offset]);
    indices(tensor_.shape()[dim], [&](std::size_t i) { collect(dim + 1, offset + i * step(dim)); }, [] {});
  }
  std::string part(std::size_t dim, std::size_t offset, std::size_t indent) const {
    if (dim == tensor_.dim()) {
      const std::string number = text(values_.data<double>()[offset]);
      return tensor_.dim() == 0 ? number : std::string(width_ - number.size(), ' ').append(number);
    }
    const std::size_t below = tensor_.dim() - dim - 1;
    std::string separator = ", ";
    if (below > 0) separator.assign(",").append(below, '\n').append(indent + 1, ' ');
    const std::size_t per_line = std::max<std::size_t>(1, (80 - std::min<std::size_t>(indent + 1, 60)) / (width_ + 2));
    std::string list = "[";
    std::size_t on_line = 0;
    const auto next = [&](const std::string& item) {
      if (list.size() > 1) list += separator;
      if (below == 0 && on_line == per_line) {
        list.back() = '\n';
        list.append(indent + 1, ' ');
        on_line = 0;
      }
      list += item;
      ++on_line;
    };
    indices(
        tensor_.shape()[dim], [&](std::size_t i) { next(part(dim + 1, offset + i * step(dim), indent + 1)); },
        [&] { next("..."); });
    return list + "]";
  }

  const Tensor& tensor_;
  const Tensor values_;
  bool summary_;
  const char* format_ = "%.4f";
  std::size_t width_ = 0;
  std::vector<double> shown_;
};

}  // namespace

std::ostream& operator<<(std::ostream& out, const Tensor& tensor) {
  if (!tensor.defined()) return out << "tensor(undefined)";
  const NoGrad guard;
  out << "tensor(" << Printer(tensor).all();
  if (tensor.numel() == 0 && tensor.dim() != 1) out << ", size=" << to_string(tensor.shape());
  if (tensor.dtype() == DType::float64) out << ", dtype=float64";
  if (tensor.requires_grad()) out << ", requires_grad=True";
  return out << ")";
}

}  // namespace lossact::nn
