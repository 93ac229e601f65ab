// What Python sees of a function of the registry: the callables that it is, and the arguments of each.
#include <algorithm>
#include <stdexcept>
#include "lossact/options.h"
#include "python/call/call.h"

namespace lossact::python {
namespace {

/// PyTorch's arguments that are neither arrays nor parameters of a function.
struct Known {
  std::string_view name;
  Role role;
  const char* default_text;
  bool forward_only;
};
constexpr Known kKnown[] = {
    {"inplace", Role::inplace, "False", true},     {"size_average", Role::size_average, "None", false},
    {"reduce", Role::reduce, "None", false},       {"dim", Role::dim, "None", false},
    {"_stacklevel", Role::stacklevel, "3", false}, {"dtype", Role::dtype, "None", true}};

/// Whether a function lies in a namespace, as information.entropy: these take lists too, and return float64.
bool of_numbers(const Function& f) { return f.name.find('.') != std::string_view::npos; }

class Specification {
 public:
  explicit Specification(const Function& f) : f_(f), given_(f.arguments.size()), placed_(f.parameters.size()) {}

  Spec make(std::string_view direction, bool value, std::bitset<kMostArrays> gradients) {
    s_.function = &f_, s_.direction = direction, s_.name = f_.about.name, s_.value = value, s_.gradients = gradients;
    if (direction != "forward") s_.name.append("_").append(direction);
    s_.from_output = direction == "backward_from_output";
    s_.run = of_numbers(f_) ? run_on_numbers : run;
    s_.rows = parameter_of(f_, "rows"), s_.reduction = parameter_of(f_, "reduction");
    if (std::ranges::any_of(f_.arguments, [](const ArgumentInfo& a) { return a.extent == Extent::random; }))
      s_.seed = parameter_of(f_, "seed"), s_.draws = true;
    if (direction.starts_with("backward")) s_.arguments.push_back({.name = "grad_output", .role = Role::grad_output});
    for (std::size_t i = 0; i < given_.size(); ++i)
      if (f_.arguments[i].given() && !f_.arguments[i].optional) add_array(i, false);
    if (f_.torch) add_torch(f_.torch->arguments);
    else if (f_.output == Output::elements && f_.along_axis() && !of_numbers(f_)) add_named("dim");
    for (std::size_t i = 0; i < given_.size(); ++i)
      if (f_.arguments[i].given() && !given_[i]) add_array(i, true);
    for (std::size_t i = 0; i < placed_.size(); ++i)
      if (!placed_[i]) add_parameter(i, true);
    if (!of_numbers(f_)) {
      s_.arguments.push_back({.name = "out", .role = Role::out, .default_text = "None", .keyword_only = true});
      s_.arguments.push_back(
          {.name = "accuracy", .role = Role::accuracy, .default_text = "'faithful'", .keyword_only = true});
    }
    return std::move(s_);
  }

 private:
  void add_array(std::size_t i, bool keyword_only) {
    const ArgumentInfo& a = f_.arguments[i];
    s_.arguments.push_back({.name = std::string(s_.array_name(i)),
                            .role = Role::array,
                            .default_text = a.optional ? "None" : "",
                            .index = i,
                            .keyword_only = keyword_only});
    given_[i] = true;
  }
  void add_parameter(std::size_t i, bool keyword_only) {
    const ParameterInfo& p = f_.parameters[i];
    s_.arguments.push_back({.name = std::string(p.name),
                            .role = Role::parameter,
                            .default_text = &p == s_.seed ? "None" : default_of(f_, p),
                            .index = i,
                            .keyword_only = keyword_only});
    placed_[i] = true;
  }
  /// Adds PyTorch's arguments, in its order.
  void add_torch(std::string_view names) {
    for (std::size_t from = 0; from < names.size();) {
      const std::size_t to = std::min(names.find(", ", from), names.size());
      add_named(names.substr(from, to - from));
      from = to + 2;
    }
  }
  void add_named(std::string_view name) {
    if (const ParameterInfo* p = parameter_of(f_, name))
      return add_parameter(static_cast<std::size_t>(p - f_.parameters.data()), false);
    if (const auto a = std::ranges::find(f_.arguments, name, &ArgumentInfo::name); a != f_.arguments.end())
      return add_array(static_cast<std::size_t>(a - f_.arguments.begin()), false);
    if (!name.empty() && name == f_.identity_above.name) {
      s_.arguments.push_back({.name = std::string(name),
                              .role = Role::identity_above,
                              .default_text = nanobind::repr(nanobind::float_(f_.identity_above.value)).c_str()});
      return;
    }
    const auto known = std::ranges::find(kKnown, name, &Known::name);
    if (known == std::end(kKnown))
      throw std::logic_error(s_.name + " names an argument of PyTorch that is not known: " + std::string(name));
    if (!known->forward_only || s_.direction == "forward")
      s_.arguments.push_back(
          {.name = std::string(name),
           .role = known->role,
           .default_text = known->role == Role::dim && !guesses_dim(f_) ? "-1" : known->default_text});
  }

  const Function& f_;
  std::vector<bool> given_, placed_;
  Spec s_;
};

}  // namespace

std::string module_of(const Function& f) {
  return "lossact." + (of_numbers(f) ? std::string(f.name.substr(0, f.name.find('.'))) : "functional");
}

std::vector<Spec> specifications(const Function& f) {
  if (f.arguments.size() > kMostArrays || f.parameters.size() > kMostParameters || f.options_size > kMostOptions)
    throw std::length_error(std::string(f.name) + " has more arguments than a call has room for");
  std::vector<Spec> all;
  const auto add = [&](std::string_view direction, bool value, std::bitset<kMostArrays> gradients) {
    all.push_back(Specification(f).make(direction, value, gradients));
  };
  std::vector<std::size_t> differentiable;
  std::bitset<kMostArrays> every;
  for (std::size_t i = 0; i < f.arguments.size(); ++i)
    if (f.arguments[i].gradient && !f.arguments[i].optional) differentiable.push_back(i), every.set(i);
  const auto in = [&](std::size_t i) { return std::bitset<kMostArrays>().set(differentiable[i]); };
  add("forward", true, {});
  if (differentiable.empty()) return all;
  if (of_numbers(f)) {
    add("gradient", false, in(differentiable.size() - 1));
  } else if (f.output == Output::elements) {
    add("backward", false, every);
    if (f.along_axis() && f.output_form) add("backward_from_output", false, every);
  } else {
    add("with_gradient", true, in(0));
    add("backward", false, in(0));
    for (std::size_t i = 1; i < differentiable.size(); ++i)
      add("backward_" + std::string(f.arguments[differentiable[i]].name), false, in(i));
  }
  return all;
}

}  // namespace lossact::python
