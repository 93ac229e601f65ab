// Checks that the arrays of a call fit together, and that what is written does not overlap what is read.
#include "src/check/check.h"
#include <string>
#include "lossact/error.h"
#include "lossact/options.h"
#include "src/check/constraints.h"
#include "src/check/memory.h"
#include "src/check/values.h"

namespace lossact {

std::string said_by(const Function& f) { return std::string("[").append(f.about.name).append("] "); }

namespace {

std::string shape_text(const Array& a) {
  std::string text = "(";
  if (a.rank == 1) return text + std::to_string(a.shape[1]) + ",)";
  for (int i = 0; i < a.rank; ++i) text += (i ? ", " : "") + std::to_string(a.shape[i]);
  return text + ")";
}
std::string elements_text(std::size_t n) { return std::to_string(n) + " elements"; }

class Checker {
 public:
  Checker(const Function& f, const Call& call, Plan& plan)
      : f_(f), call_(call), p_(plan), by_rows_(f.loop != Loop::map) {}

  void run() {
    p_.function = &f_, p_.accuracy = call_.accuracy, p_.options = call_.options ? call_.options : f_.defaults;
    p_.from_output = call_.from_output;
    check_options(f_, p_.options);
    p_.common = f_.common(p_.options);
    if (call_.arrays.size() != f_.arguments.size())
      throw shape_error(said_by(f_) + "takes " + std::to_string(f_.arguments.size()) + " arrays, was given " +
                        std::to_string(call_.arrays.size()));
    if (!call_.gradients.empty() && call_.gradients.size() != f_.arguments.size())
      throw shape_error(said_by(f_) + "takes one gradient for each argument");
    if (!call_.arrays[0]) throw type_error(said_by(f_).append(name_of(0)) + " is missing");
    first_ = call_.arrays[0];
    for (std::size_t i = 0; i < f_.arguments.size(); ++i) {
      if (call_.arrays[i]) fitting(name_of(i), *call_.arrays[i]);
      if (const Array* const g = call_.gradients.empty() ? nullptr : call_.gradients[i]; g && !fits(*g))
        fitting("grad_" + std::string(f_.arguments[i].name), *g);
    }
    if (call_.output) fitting("output", *call_.output);
    if (call_.grad_output) fitting("grad_output", *call_.grad_output);
    if (f_.halves()) halve();
    std::copy_n(first_->shape, 3, p_.shape);
    if (call_.from_output && !f_.gradient_from_output(p_.options))  // somewhere one output belongs to two inputs
      throw domain_error(said_by(f_) +
                         "the slope does not follow from the output with these options, expected a backward from the "
                         "input");
    if (f_.loop == Loop::row && p_.rows() && first_->shape[1] == 0 && f_.output == Output::number)
      throw shape_error(said_by(f_).append(name_of(0)) + " has rows of no classes");
    count_ = static_cast<double>(p_.rows());
    for (std::size_t i = 0; i < f_.arguments.size(); ++i) argument(i);
    outputs();
  }

 private:
  std::string_view name_of(std::size_t i) const {
    return i == 0 && call_.from_output ? "output" : f_.arguments[i].name;
  }
  /// The first half stands for the input from here on.
  void halve() {
    if (first_->shape[1] % 2 != 0)
      throw shape_error(said_by(f_).append(name_of(0)) + " has " + std::to_string(first_->shape[1]) +
                        " elements along the axis, expected an even number");
    half_ = *first_, half_.shape[1] /= 2;
    first_ = &half_;
  }
  /// One of the two halves of an array that is as long as the input.
  const Array* half(const Array& a, std::size_t which) {
    Array b = a;
    b.shape[1] /= 2;
    b.data =
        static_cast<char*>(a.data) + static_cast<std::ptrdiff_t>(which * b.shape[1] * size_of(a.type)) * a.stride[1];
    return p_.make(b);
  }
  [[noreturn]] void refuse_shape(std::string_view what, const Array& a, const std::string& expected = {}) const {
    std::string message = said_by(f_).append(what);
    if (f_.halves()) {
      const bool whole = what.starts_with("grad_") && what != "grad_output";
      throw shape_error(message + " has shape " + shape_text(a) + ", expected " +
                        shape_text(whole ? *call_.arrays[0] : *first_) + (whole ? "" : ", half of the input's"));
    }
    if (a.rank == 1 && first_->rank == 1) {
      message +=
          " has " + elements_text(a.size()) + ", " + std::string(name_of(0)) + " has " + std::to_string(first_->size());
    } else {
      message += " has shape " + shape_text(a) + ", " + std::string(name_of(0)) + " has " + shape_text(*first_);
    }
    throw shape_error(expected.empty() ? message : message + ", expected " + expected);
  }
  void fitting(std::string_view what, const Array& a) const {
    if (fits(a)) return;
    throw shape_error(said_by(f_).append(what) + " has shape " + shape_text(a) +
                      (a.rank == 2 ? " and rows every " + std::to_string(a.stride[0]) + " elements" : "") +
                      ", more than any memory holds");
  }
  void element_type(std::string_view what, const Array& a) const {
    if (!is_element(a.type))
      throw type_error(said_by(f_).append(what) + " is an array of " + std::string(lossact::name_of(a.type)) +
                       ", expected floating-point numbers");
  }
  /// Throws shape_error if the array's rows overlap; with `broadcast`, all rows may be the same one.
  void no_overlapping_rows(std::string_view what, const Array& a, bool broadcast) const {
    const auto row = static_cast<std::ptrdiff_t>(a.shape[1] * a.shape[2]);
    const std::ptrdiff_t step = a.stride[0] < 0 ? -a.stride[0] : a.stride[0];
    const bool neighbours = (a.shape[1] <= 1 || a.stride[1] == static_cast<std::ptrdiff_t>(a.shape[2])) &&
                            (a.shape[2] <= 1 || a.stride[2] == 1);
    if (a.shape[0] > 1 && a.size() > 1 && neighbours && step < row && !(broadcast && step == 0))
      throw shape_error(said_by(f_).append(what) + " has rows of " + elements_text(static_cast<std::size_t>(row)) +
                        " that start every " + std::to_string(a.stride[0]));
  }

  void argument(std::size_t i) {
    const ArgumentInfo& info = f_.arguments[i];
    const Array* const a = call_.arrays[i];
    if (a && info.extent == Extent::random)
      throw type_error(said_by(f_).append(info.name) + " is drawn, expected no array");
    if (!a && !info.optional && !(call_.from_output && i > 0))
      throw type_error(said_by(f_).append(info.name) + " is missing");
    const Array* view = a;
    if (a && names_class(info.extent) && !is_element(a->type)) {
      view = classes(*a, info);
    } else if (a) {
      if (info.extent == Extent::class_index)
        throw type_error(said_by(f_).append(info.name) + " is an array of " + std::string(lossact::name_of(a->type)) +
                         ", expected a class for each row");
      element_type(name_of(i), *a);
      if (info.extent == Extent::channel) {
        view = channel(*a, info);
      } else if (info.extent == Extent::row) {
        view = row_numbers(*a, info);
      } else if (info.extent == Extent::halves) {
        no_overlapping_rows(name_of(i), *a, true);
        p_.in[p_.inputs] = half(*a, 0), p_.of[p_.inputs] = &info, ++p_.inputs;
        view = half(*a, 1);
      } else if (info.extent == Extent::target) {
        if (!same_shape(*a, *first_)) refuse_shape(info.name, *a);
        no_overlapping_rows(info.name, *a, true);
        if (p_.common.ignore_index >= 0)
          throw domain_error(said_by(f_) + "ignore_index is " + std::to_string(*p_.common.ignore_index) +
                             ", expected none with probabilities as the target");
      } else {
        if (info.weighs ? a->size() != first_->size() : !same_shape(*a, *first_)) refuse_shape(name_of(i), *a);
        no_overlapping_rows(name_of(i), *a, true);
        if (info.weighs && by_rows_ && !same_shape(*a, *first_)) view = in_rows(*a, info);
      }
    }
    if (a && info.constraint != Constraint::none) check_constraint(f_, info, *a);
    if (info.weighs) {
      p_.weight = view;
      return;
    }
    p_.in[p_.inputs] = view, p_.of[p_.inputs] = &info, ++p_.inputs;
  }
  /// The numbers, one for all or one for each index of the axis, broadcast to the first argument's shape by strides of
  /// zero. Along a first argument of one dimension, which has no other axis, optional ones are repeated.
  const Array* channel(const Array& a, const ArgumentInfo& info) {
    const bool one = a.size() == 1 && !info.weighs;
    if (const std::size_t n = a.size();
        info.optional && !info.weighs && a.rank == 1 && first_->rank == 1 && n > 0 && first_->shape[1] % n == 0) {
      Array* const b = p_.make(a);
      b->rank = 2, b->shape[0] = first_->shape[1] / n, b->stride[0] = 0;
      return b;
    }
    if (a.rank != 1 || (!one && a.shape[1] != first_->shape[1]))
      throw shape_error(said_by(f_).append(info.name) + " has " + elements_text(a.size()) + ", " +
                        std::string(name_of(0)) + " has " + std::to_string(first_->shape[1]) +
                        (by_rows_ ? " classes" : " channels"));
    return p_.make(broadcast(a, one));
  }
  /// A one-dimensional array of a number for each row, broadcast along the axis.
  const Array* row_numbers(const Array& a, const ArgumentInfo& info) {
    if (a.rank != 1 || a.size() != p_.rows())
      throw shape_error(said_by(f_).append(info.name) + " has " + elements_text(a.size()) + ", " +
                        std::string(name_of(0)) + " has " + std::to_string(p_.rows()) + " rows");
    Array b = a;
    b.rank = first_->rank;
    std::copy_n(first_->shape, 3, b.shape);
    b.stride[0] = a.stride[1] * static_cast<std::ptrdiff_t>(b.shape[2]), b.stride[1] = 0, b.stride[2] = a.stride[1];
    return p_.make(b);
  }
  /// A one-dimensional array of a number for each element, viewed in the first argument's shape.
  const Array* in_rows(const Array& a, const ArgumentInfo& info) {
    if (a.rank != 1) refuse_shape(info.name, a);
    Array b = a;
    b.rank = first_->rank;
    std::copy_n(first_->shape, 3, b.shape);
    b.stride[2] = a.stride[1];
    for (int k = 1; k >= 0; --k) b.stride[k] = b.stride[k + 1] * static_cast<std::ptrdiff_t>(b.shape[k + 1]);
    return p_.make(b);
  }
  Array broadcast(const Array& a, bool one) const {
    Array b = a;
    b.rank = first_->rank;
    std::copy_n(first_->shape, 3, b.shape);
    b.stride[0] = b.stride[2] = 0;
    if (one) b.stride[1] = 0;
    return b;
  }
  /// An array of which only the number of elements matters, as one dimension.
  const Array* line(std::string_view what, const Array& a) {
    if (a.rank == 1) return &a;
    Array b = a;
    b.rank = 1;
    std::ptrdiff_t next = 0;
    for (int k = 2; k >= 0; --k) {
      if (a.shape[k] <= 1) continue;
      if (next == 0) b.stride[1] = a.stride[k];
      else if (a.stride[k] != next)
        throw shape_error(said_by(f_).append(what) + " of shape " + shape_text(a) +
                          " has elements that are not evenly spaced");
      next = a.stride[k] * static_cast<std::ptrdiff_t>(a.shape[k]);
    }
    b.shape[1] = a.size(), b.shape[0] = b.shape[2] = 1;
    return p_.make(b);
  }
  const Array* classes(const Array& a, const ArgumentInfo& info) {
    const std::size_t rows = p_.rows(), n = first_->shape[1];
    if (a.size() != rows)
      throw shape_error(said_by(f_).append(info.name) + " has " + std::to_string(a.size()) + " classes, " +
                        std::string(name_of(0)) + " has " + std::to_string(rows) + " rows");
    const Array* weight = nullptr;
    for (std::size_t j = 0; j < f_.arguments.size(); ++j)
      if (const Array* const w = call_.arrays[j]; w && f_.arguments[j].divides && w->rank == 1 && w->size() == n)
        weight = w;
    const Array* const indices = line(info.name, a);
    count_ = count_classes(f_, info, *indices, n, p_.common.ignore_index, weight);
    return indices;
  }

  /// Checks what is written: it has the right shape, and overlaps nothing that is read except element by element.
  void outputs() {
    const bool number = f_.output == Output::number;
    p_.output = call_.output, p_.grad_output = call_.grad_output;
    if (p_.output) {
      if (number) p_.output = numbers("losses", *p_.output);
      else like_input("output", *p_.output);
      written("output", *p_.output, 0);
    }
    if (number) reduced();
    else if (p_.grad_output) like_input("grad_output", *p_.grad_output);
    for (std::size_t i = 0, input = 0; i < f_.arguments.size(); ++i) {
      const ArgumentInfo& info = f_.arguments[i];
      const Array* const g = call_.gradients.empty() ? nullptr : call_.gradients[i];
      if (g) gradient(i, *g);
      if (info.gradient && info.extent == Extent::halves) {
        for (std::size_t k = 0; k < 2; ++k)
          p_.in_of[p_.gradients] = k, p_.gradient[p_.gradients++] = g ? half(*g, k) : nullptr;
      } else if (info.gradient) {
        const bool one = g && info.extent == Extent::channel && g->size() == 1;
        p_.in_of[p_.gradients] = input;
        p_.gradient[p_.gradients++] = g && info.extent == Extent::channel ? p_.make(broadcast(*g, one)) : g;
      }
      input += !info.weighs;
    }
    if (f_.loop == Loop::row && number) both_in_place();
    if (p_.gradients_wanted && !number && !p_.grad_output)
      throw type_error(said_by(f_) + "grad_output is missing, expected it with a gradient");
  }
  /// Each gradient of a row is made of all that is read of the row, so only the last one may be written over it.
  void both_in_place() const {
    const auto in_place = [&](const Array* g) {
      return g && std::any_of(p_.in, p_.in + p_.inputs, [&](const Array* a) { return a && !apart(*g, *a); });
    };
    if (p_.gradients == 2 && in_place(p_.gradient[0]) && in_place(p_.gradient[1]))
      throw overlap_error(said_by(f_) + "both gradients overlap what they are made of, expected one of them apart");
  }
  void like_input(std::string_view what, const Array& a) const {
    element_type(what, a);
    if (!same_shape(a, *first_)) refuse_shape(what, a);
    no_overlapping_rows(what, a, what == "grad_output");
  }
  /// Of elements a number each; of rows one for each row, as one dimension.
  const Array* numbers(std::string_view what, const Array& a) {
    element_type(what, a);
    if (a.size() == (by_rows_ ? p_.rows() : p_.size())) return by_rows_ ? line(what, a) : &a;
    if (!by_rows_) refuse_shape(what, a);
    throw shape_error(said_by(f_).append(what) + " has " + elements_text(a.size()) + ", " + std::string(name_of(0)) +
                      " has " + std::to_string(p_.rows()) + " rows");
  }
  void reduced() {
    const Reduction reduction = p_.common.reduction;
    if (!p_.output && !p_.grad_output && reduction == Reduction::none)
      throw domain_error(said_by(f_) + "reduction is 'none', which has no one number: use each");
    if (f_.loop == Loop::fold && !f_.is_loss() && !p_.output && !p_.grad_output && p_.rows() != 1)
      throw shape_error(said_by(f_).append(name_of(0)) + " has " + std::to_string(p_.rows()) +
                        " rows, expected one distribution, or an output for each");
    if (reduction == Reduction::batchmean) p_.divisor = static_cast<double>(p_.common.rows);
    if (reduction == Reduction::mean)
      p_.divisor = by_rows_ ? count_ : p_.weights_divide() ? sum_of(*p_.weight) : static_cast<double>(p_.size());
    p_.scale = 1 / p_.divisor;
    if (!p_.grad_output) return;
    if (reduction == Reduction::none) {
      p_.grad_output = numbers("grad_output", *p_.grad_output);
      return;
    }
    element_type("grad_output", *p_.grad_output);
    if (p_.grad_output->size() != 1)
      throw shape_error(said_by(f_) + "grad_output has " + elements_text(p_.grad_output->size()) +
                        ", expected one number for a reduced loss");
    p_.scale = number_at(*p_.grad_output, 0, 0, 0) / p_.divisor;
  }
  void gradient(std::size_t i, const Array& g) {
    const ArgumentInfo& info = f_.arguments[i];
    char name[64] = "grad_";
    info.name.copy(name + 5, sizeof name - 6);
    const std::string_view what = name;
    if (!info.gradient) throw domain_error(said_by(f_) + "has no gradient in " + std::string(info.name));
    const Array* const a = call_.arrays[i];
    if (!a) throw type_error(said_by(f_).append(info.name) + " is missing, expected it with its gradient");
    if (!is_element(a->type))
      throw domain_error(said_by(f_) + "classes have no gradient, expected probabilities as the " +
                         std::string(info.name));
    element_type(what, g);
    if (!same_shape(g, *a)) {
      if (info.extent == Extent::channel)
        throw shape_error(said_by(f_).append(what) + " has " + elements_text(g.size()) + ", " + std::string(info.name) +
                          " has " + std::to_string(a->size()));
      refuse_shape(what, g);
    }
    no_overlapping_rows(what, g, false);
    written(what, g, i);
    p_.gradients_wanted = true;
  }
  /// Throws overlap_error if `a` overlaps an array that is read, except element by element, or the gradient of one of
  /// the first `before` arguments, which is written too.
  void written(std::string_view what, const Array& a, std::size_t before) const {
    const auto refuse = [&](const std::string& other) {
      throw overlap_error(said_by(f_).append(what) + " overlaps " + other +
                          ", expected the same memory or none in common");
    };
    for (std::size_t i = 0; i < f_.arguments.size(); ++i) {
      const Array* const b = call_.arrays[i];
      const ArgumentInfo& info = f_.arguments[i];
      const bool by_element = !info.weighs && info.extent != Extent::channel && a.rank == first_->rank;
      if (b && !apart(a, *b) && !(by_element && same_memory(a, *b))) refuse(std::string(name_of(i)));
    }
    if (const Array* const g = call_.grad_output)
      if (!apart(a, *g) && !(f_.output == Output::elements && same_memory(a, *g))) refuse("grad_output");
    for (std::size_t i = 0; i < before && i < call_.gradients.size(); ++i)
      if (const Array* const b = call_.gradients[i]; b && !apart(a, *b))
        refuse("grad_" + std::string(f_.arguments[i].name));
  }

  const Function& f_;
  const Call& call_;
  Plan& p_;
  const bool by_rows_;
  const Array* first_ = nullptr;
  Array half_;  // of the input, where the formula takes its halves
  double count_ = 0;
};

}  // namespace

void detail::same_size(std::string_view function, std::string_view what, std::size_t size, std::string_view other,
                       std::size_t expected) {
  if (size == expected) return;
  throw shape_error(std::string("[").append(function).append("] ").append(what) + " has " + elements_text(size) + ", " +
                    std::string(other) + " has " + std::to_string(expected));
}
void detail::check_channels(std::string_view function, std::size_t elements, std::size_t channels, std::size_t inner) {
  if (channels != 0 && inner != 0 && (channels == 1 || (elements % channels == 0 && elements / channels % inner == 0)))
    return;
  const std::string who = std::string("[").append(function) + "] ";
  if (channels == 0) throw shape_error(who + "weight has no elements, expected one or one per channel");
  if (inner == 0) throw shape_error(who + "inner is 0, expected 1 or more");
  throw shape_error(who + "input has " + std::to_string(elements) + " elements, expected a multiple of " +
                    std::to_string(channels) + " channels of " + std::to_string(inner));
}

void check(const Function& function, const Call& call, Plan& plan) { Checker(function, call, plan).run(); }

}  // namespace lossact
