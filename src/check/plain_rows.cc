// A quick check of small calls of row functions whose arrays are contiguous, as most are: it has no messages, which are
// check()'s.
#include "src/check/check.h"
#include "src/check/memory.h"
#include "src/check/values.h"

namespace lossact {
namespace {

class PlainRows {
 public:
  PlainRows(const Function& f, const Call& call, Plan& plan) : f_(f), call_(call), p_(plan), x_(*call.arrays[0]) {}

  bool run() {
    constexpr std::size_t kMostElements = 4096;  // with more, the cost of check() is small
    if (!is_element(x_.type) || x_.rank != 2 || !x_.contiguous()) return false;
    if (x_.shape[0] - 1 >= kMostElements || x_.shape[1] - 1 >= kMostElements || x_.size() > kMostElements) return false;
    p_.options = call_.options ? call_.options : f_.defaults;
    if (!f_.legal(p_.options) || (call_.from_output && !f_.gradient_from_output(p_.options))) return false;
    p_.from_output = call_.from_output;
    p_.function = &f_, p_.accuracy = call_.accuracy, p_.common = f_.common(p_.options);
    std::copy_n(x_.shape, 3, p_.shape);
    for (std::size_t i = 0; i < f_.arguments.size(); ++i)
      if (!argument(i, f_.arguments[i])) return false;
    p_.output = call_.output, p_.grad_output = call_.grad_output;
    return f_.output == Output::number ? number() : elements();
  }

 private:
  bool like_input(const Array& a) const {
    return is_element(a.type) && a.rank == 2 && a.shape[0] == x_.shape[0] && a.shape[1] == x_.shape[1] &&
           a.contiguous();
  }
  bool argument(std::size_t i, const ArgumentInfo& info) {
    const Array* const a = call_.arrays[i];
    if (!a) return info.optional && info.weighs;
    if (info.weighs || info.constraint != Constraint::none) return false;
    const Array* const g = call_.gradients.empty() ? nullptr : call_.gradients[i];
    if (info.extent == Extent::target && !is_element(a->type)) {
      if (g || !classes(*a)) return false;
    } else {
      if (!like_input(*a) || (info.extent == Extent::target && p_.common.ignore_index >= 0)) return false;
      counted_ = x_.shape[0];
    }
    if (g) {
      if (!info.gradient || gradient_ || !like_input(*g)) return false;
      gradient_ = g;
    }
    p_.in[p_.inputs] = a, p_.of[p_.inputs] = &info;
    if (info.gradient) p_.in_of[p_.gradients] = p_.inputs, p_.gradient[p_.gradients++] = g;
    ++p_.inputs;
    return true;
  }
  bool classes(const Array& a) {
    if (a.size() != x_.shape[0] || a.shape[1] != a.size() || a.stride[1] != 1) return false;
    counted_ = 0;
    for (std::size_t r = 0; r < x_.shape[0]; ++r) {
      const std::int64_t c = index_at(a, r);
      if (c == p_.common.ignore_index) continue;
      if (static_cast<std::uint64_t>(c) >= x_.shape[1]) return false;
      ++counted_;
    }
    return true;
  }
  /// Whether an array overlaps nothing that is read, except element by element.
  bool may_write(const Array& a) const {
    for (std::size_t i = 0; i < p_.inputs; ++i) {
      const Array& b = *p_.in[i];
      if (!apart(a, b) && !(a.rank == 2 && is_element(b.type) && a.data == b.data && a.type == b.type)) return false;
    }
    return true;
  }
  bool elements() {
    const Array *const y = call_.output, *const dy = call_.grad_output;
    if (y ? gradient_ || dy || !like_input(*y) || !may_write(*y) : !gradient_ || !dy) return false;
    if (y) return true;
    p_.gradients_wanted = true;
    return like_input(*dy) && may_write(*gradient_) &&
           (apart(*gradient_, *dy) || (gradient_->data == dy->data && gradient_->type == dy->type));
  }
  bool number() {
    const Array *const each = call_.output, *const dy = call_.grad_output;
    const Reduction reduction = p_.common.reduction;
    if (reduction != Reduction::mean && reduction != Reduction::sum) return false;
    if (each && (each->type != Type::float64 || each->rank != 1 || each->size() != x_.shape[0] ||
                 each->stride[1] != 1 || gradient_ || dy || !may_write(*each)))
      return false;
    if (dy && (!gradient_ || dy->size() != 1 || !is_element(dy->type) || !apart(*gradient_, *dy))) return false;
    if (gradient_ && !may_write(*gradient_)) return false;
    p_.gradients_wanted = gradient_;
    if (reduction == Reduction::mean) p_.divisor = static_cast<double>(counted_);
    p_.scale = (dy ? number_at(*dy, 0, 0, 0) : 1) / p_.divisor;
    return true;
  }

  const Function& f_;
  const Call& call_;
  Plan& p_;
  const Array& x_;
  const Array* gradient_ = nullptr;
  std::size_t counted_ = 0;
};

}  // namespace

bool plan_plain_rows(const Function& f, const Call& call, Plan& plan) {
  if (call.arrays.size() != f.arguments.size() || !call.arrays[0]) return false;
  if (!call.gradients.empty() && call.gradients.size() != f.arguments.size()) return false;
  return PlainRows(f, call, plan).run();
}

}  // namespace lossact
