// A quick check of calls whose arrays are contiguous and of one shape, as most are: a few comparisons and no messages,
// which are check()'s.
#include <new>
#include "src/check/check.h"
#include "src/check/memory.h"
#include "src/check/values.h"
#include "src/reduce.h"

namespace lossact {
namespace {

/// The memory of a contiguous array.
struct Piece {
  std::uintptr_t at;
  std::size_t size;
  explicit Piece(const Array& a) : at(reinterpret_cast<std::uintptr_t>(a.data)), size(a.size() * size_of(a.type)) {}
};
bool apart(Piece a, Piece b) { return a.at - b.at >= b.size && b.at - a.at >= a.size; }

class Plain {
 public:
  Plain(const Function& f, const Call& call, Plan& plan)
      : f_(f), call_(call), p_(plan), first_(*call.arrays[0]), number_(f.output == Output::number) {}

  bool run() {
    constexpr std::size_t most = std::size_t{1} << 20;  // of sizes below it no product wraps
    if (first_.shape[0] >= most || first_.shape[1] >= most || first_.shape[2] >= most) return false;
    if (!is_element(first_.type) || !in_one_piece(first_) || first_.size() == 0) return false;
    p_.function = &f_, p_.accuracy = call_.accuracy, p_.options = call_.options ? call_.options : f_.defaults;
    p_.from_output = call_.from_output;
    if (!f_.legal(p_.options) || (call_.from_output && !f_.gradient_from_output(p_.options))) return false;
    new (&p_.common) CommonOptions(f_.common(p_.options));  // in place: a copy would wait for the stores
    p_.shape[0] = detail::settled(first_.shape[0]), p_.shape[1] = detail::settled(first_.shape[1]);
    p_.shape[2] = detail::settled(first_.shape[2]);  // one by one: so would a load of several
    p_.output = call_.output, p_.grad_output = call_.grad_output;
    return arguments() && (!p_.output || (like(*p_.output) && may_write(*p_.output, 0))) &&
           (number_ ? reduced() : !p_.grad_output || like(*p_.grad_output)) && gradients();
  }

 private:
  static bool in_one_piece(const Array& a) {
    return a.rank == 1 ? a.stride[1] == 1 || a.shape[1] == 1 : a.contiguous();
  }
  /// Whether an array is contiguous and of the first argument's shape.
  bool like(const Array& a) const {
    return is_element(a.type) && a.rank == first_.rank && a.shape[1] == p_.shape[1] && a.shape[0] == p_.shape[0] &&
           a.shape[2] == p_.shape[2] && in_one_piece(a);
  }
  bool arguments() {
    for (std::size_t i = 0; i < f_.arguments.size(); ++i) {
      const ArgumentInfo& info = f_.arguments[i];
      const Array* a = call_.arrays[i];
      if (!a) {
        if (!info.optional && !(call_.from_output && i > 0)) return false;
      } else if (info.weighs) {
        if (!is_element(a->type) || a->size() != first_.size() || !in_one_piece(*a)) return false;
      } else if (info.extent == Extent::channel) {
        if (!is_element(a->type) || !channels(*a)) return false;
        a = broadcast(*a);
      } else if (info.extent != Extent::element || !like(*a)) {
        return false;
      }
      if (a && !surely_meets(info.constraint, *a)) return false;
      if (info.weighs) p_.weight = a;
      else p_.in[p_.inputs] = a, p_.of[p_.inputs] = &info, ++p_.inputs;
    }
    return true;
  }
  /// Whether an array is contiguous and holds one number for all elements, or one for each index of the axis.
  bool channels(const Array& a) const {
    return a.rank == 1 && (a.shape[1] == 1 || a.shape[1] == p_.shape[1]) && in_one_piece(a);
  }
  const Array* broadcast(const Array& a) {
    Array* const b = p_.make();
    b->data = a.data, b->type = a.type, b->rank = first_.rank;
    for (std::size_t i = 0; i < 3; ++i) b->shape[i] = detail::settled(p_.shape[i]), b->stride[i] = 0;
    b->stride[1] = a.shape[1] != 1;
    return b;
  }
  bool reduced() {
    const Reduction reduction = p_.common.reduction;
    if (!p_.output && !p_.grad_output && reduction == Reduction::none) return false;
    if (reduction == Reduction::batchmean) p_.divisor = static_cast<double>(p_.common.rows);
    if (reduction == Reduction::mean) {
      const bool weighted = p_.weights_divide();
      if (weighted && p_.weight->type != Type::float64) return false;
      p_.divisor = weighted ? detail::tree_sum(static_cast<const double*>(p_.weight->data), p_.size())
                            : static_cast<double>(p_.size());
    }
    double factor = 1;
    if (p_.grad_output && reduction == Reduction::none) return like(*p_.grad_output);
    if (p_.grad_output) {
      if (p_.grad_output->size() != 1 || !is_element(p_.grad_output->type)) return false;
      factor = number_at(*p_.grad_output, 0, 0, 0);
    }
    p_.scale = factor / p_.divisor;
    return true;
  }
  bool gradients() {
    for (std::size_t i = 0, input = 0; !call_.gradients.empty() && i < f_.arguments.size(); ++i) {
      const ArgumentInfo& info = f_.arguments[i];
      const Array* g = call_.gradients[i];
      if (g && (!info.gradient || !call_.arrays[i])) return false;
      if (g) {
        const bool channel = info.extent == Extent::channel;
        if (channel ? !is_element(g->type) || !channels(*g) || g->shape[1] != call_.arrays[i]->shape[1] : !like(*g))
          return false;
        if (!may_write(*g, i)) return false;
        if (channel) g = broadcast(*g);
        p_.gradients_wanted = true;
      }
      if (info.gradient) p_.in_of[p_.gradients] = input, p_.gradient[p_.gradients++] = g;
      input += !info.weighs;
    }
    return !p_.gradients_wanted || number_ || p_.grad_output;
  }
  /// Whether an array overlaps nothing that is read, except element by element, and none of the gradients of the first
  /// `before` arguments.
  bool may_write(const Array& a, std::size_t before) const {
    const Piece to(a);
    const auto same = [&](const Array& b) { return a.data == b.data && a.type == b.type && a.rank == b.rank; };
    for (std::size_t i = 0; i < f_.arguments.size(); ++i) {
      const Array* const b = call_.arrays[i];
      const ArgumentInfo& info = f_.arguments[i];
      if (b && !apart(to, Piece(*b)) && !(info.extent == Extent::element && !info.weighs && same(*b) && like(a)))
        return false;
    }
    if (const Array* const g = call_.grad_output)
      if (!apart(to, Piece(*g)) && (number_ || !same(*g) || !like(a))) return false;
    for (std::size_t i = 0; i < before; ++i)
      if (const Array* const b = call_.gradients[i]; b && !apart(to, Piece(*b))) return false;
    return true;
  }

  const Function& f_;
  const Call& call_;
  Plan& p_;
  const Array& first_;
  const bool number_;
};

}  // namespace

bool plan_plain(const Function& f, const Call& call, Plan& plan) {
  if (call.arrays.size() != f.arguments.size() || !call.arrays[0]) return false;
  if (!call.gradients.empty() && call.gradients.size() != f.arguments.size()) return false;
  return Plain(f, call, plan).run();
}

}  // namespace lossact
