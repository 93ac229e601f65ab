// The checks of every call, by the data that describes the function and its arguments, whichever the function and the
// processor. Nothing is written before all checks have passed.
#ifndef LOSSACT_SRC_CHECK_CHECK_H_
#define LOSSACT_SRC_CHECK_CHECK_H_
#include "lossact/function.h"

namespace lossact {

inline constexpr std::size_t kMostArguments = 8;

/// A checked call, as the drivers take it: every array has the shape (outer, axis, inner), by strides of zero where one
/// number serves many elements.
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
  /// In the order of the arguments that have a gradient, null where it is not wanted; and the input that each is with
  /// respect to.
  const Array* gradient[kMostArguments];
  std::size_t in_of[kMostArguments];
  const Array *output = nullptr, *grad_output = nullptr;
  bool gradients_wanted = false, from_output = false;
  /// The divisor of the sum of the losses, and the factor of all gradients where they have the same one.
  double divisor = 1, scale = 1;

  std::size_t size() const { return shape[0] * shape[1] * shape[2]; }
  std::size_t rows() const { return shape[0] * shape[2]; }
  /// Whether a mean divides by what the weights sum to.
  bool weights_divide() const { return weight && std::ranges::any_of(function->arguments, &ArgumentInfo::divides); }

  Plan() = default;
  Plan(const Plan&) = delete;
  /// Storage for a view of one of the call's arrays: broadcast, or half of it.
  Array* make() { return &made_[used_++]; }
  Array* make(const Array& view) { return &(*make() = view); }

 private:
  Array made_[3 * kMostArguments];
  std::size_t used_ = 0;
};
/// Fills in the plan of a call whose arrays are contiguous and of one shape, as most are. False where they are not, or
/// where something may be wrong; check() must then fill in a new plan.
bool plan_plain(const Function& function, const Call& call, Plan& plan);
/// Fills in the plan, or throws: type_error, shape_error, overlap_error, domain_error, index_error.
void check(const Function& function, const Call& call, Plan& plan);
/// Fills in the plan of a small call of a row function. False where its arrays are not contiguous, or where something
/// may be wrong; check() must then fill in a new plan.
bool plan_plain_rows(const Function& function, const Call& call, Plan& plan);

/// `[name] `, with which every message begins.
std::string said_by(const Function& function);
/// The shortest text that reads back as the same number, as Python prints it: 1.0, 0.01, 1e-08, inf.
std::string number_text(double value);

}  // namespace lossact
#endif
