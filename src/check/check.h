// What every call is checked for, from the function's arguments alone: this knows no function, no loop and no
// processor. Nothing is written before all of it was found right.
#ifndef LOSSACT_SRC_CHECK_CHECK_H_
#define LOSSACT_SRC_CHECK_CHECK_H_
#include "lossact/function.h"

namespace lossact {

inline constexpr std::size_t kMostArguments = 8;

/// A call that was found right, in the words of the loops: every array has the shape (outer, axis, inner), those that
/// are one for many elements by strides of zero.
struct Plan {
  const Function* function;
  const void* options;
  CommonOptions common;
  Accuracy accuracy;
  std::size_t shape[3];
  std::size_t inputs = 0, gradients = 0;
  /// What the formula takes; null where it was left out.
  const Array* in[kMostArguments];
  const ArgumentInfo* of[kMostArguments];
  const Array* weight = nullptr;
  /// In the order of the arguments that have one; null where none is wanted; and which input each is in.
  const Array* gradient[kMostArguments];
  std::size_t in_of[kMostArguments];
  const Array *output = nullptr, *grad_output = nullptr;
  bool gradients_wanted = false, from_output = false;
  /// What the sum of the losses is divided by, and what each gradient is multiplied by where that is the same for all.
  double divisor = 1, scale = 1;

  std::size_t size() const { return shape[0] * shape[1] * shape[2]; }
  std::size_t rows() const { return shape[0] * shape[2]; }
  /// Whether a mean divides by what the weights sum to.
  bool weights_divide() const { return weight && std::ranges::any_of(function->arguments, &ArgumentInfo::divides); }

  Plan() = default;
  Plan(const Plan&) = delete;
  /// A place for a view that the call does not have.
  Array* make() { return &made_[used_++]; }
  Array* make(const Array& view) { return &(*make() = view); }

 private:
  Array made_[3 * kMostArguments];
  std::size_t used_ = 0;
};
/// Fills in the plan of a call whose arrays are neighbours of one shape, as most are. False where they are not, or
/// where something may be wrong; then the plan is spoilt.
bool plan_plain(const Function& function, const Call& call, Plan& plan);
/// Fills in the plan, or throws: type_error, shape_error, overlap_error, domain_error, index_error.
void check(const Function& function, const Call& call, Plan& plan);
/// Fills in the plan of a small call of a function of rows. False where it is not plain or not right: the plan is then
/// to be made anew.
bool plan_plain_rows(const Function& function, const Call& call, Plan& plan);

/// `[name] `, with which every message begins.
std::string said_by(const Function& function);
/// The shortest text that reads back as the same number, as Python prints it: 1.0, 0.01, 1e-08, inf.
std::string number_text(double value);

}  // namespace lossact
#endif
