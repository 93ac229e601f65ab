// Makes the untyped Function from the type that a function's file defines.
#ifndef LOSSACT_SRC_DESCRIBE_H_
#define LOSSACT_SRC_DESCRIBE_H_
#include <array>
#include <tuple>
#include <utility>
#include "lossact/function.h"
#include "src/cpu/kernel.h"

namespace lossact::detail {

inline constexpr bool within(Interval legal, double v) {
  return (legal.low == -inf && legal.high == inf) || (v >= legal.low && v <= legal.high);
}

/// The tables and the functions that the Function of P points to.
template <class P>
struct Described {
  static_assert(std::is_trivially_copyable_v<P>);
  static constexpr P defaults = {};
  static constexpr auto arguments = [] {
    std::array<ArgumentInfo, std::size(P::arguments)> all{};
    for (std::size_t i = 0; i < all.size(); ++i) {
      const Argument<P>& a = P::arguments[i];
      all[i] = {.name = a.name,
                .extent = a.extent,
                .gradient = a.gradient,
                .weighs = a.weighs,
                .divides = a.weighs && a.divides,
                .negated = a.negated,
                .optional = a.option != nullptr || a.extent == Extent::random,
                .constraint = a.constraint,
                .start = a.start,
                .says = a.says};
    }
    return all;
  }();

  template <class T>
  static constexpr Kind kind_of() {
    if constexpr (std::is_enum_v<T>) return Kind::choice;
    else if constexpr (std::is_same_v<T, bool>) return Kind::boolean;
    else if constexpr (std::is_same_v<T, double>) return Kind::real;
    else if constexpr (std::is_unsigned_v<T>) return Kind::natural;
    else return Kind::integer;
  }
  /// A mean over rows needs to know how many there are, so only a function with a parameter `rows` offers it.
  template <class E>
  static constexpr bool offers(E choice) {
    if constexpr (std::is_same_v<E, Reduction> && !requires(P p) { p.rows; }) return choice != Reduction::batchmean;
    else return true;
  }
  template <class E>
  static constexpr std::size_t offered_count = [] {
    std::size_t n = 0;
    for (const auto& c : choices<E>) n += offers(c.value);
    return n;
  }();
  template <class E>
  static constexpr auto offered = [] {
    std::array<Choice<int>, offered_count<E>> all{};
    std::size_t n = 0;
    for (const auto& c : choices<E>)
      if (offers(c.value)) all[n++] = {c.name, static_cast<int>(c.value)};
    return all;
  }();
  template <std::size_t I>
  static constexpr ParameterInfo parameter() {
    constexpr auto p = std::get<I>(P::parameters);
    using T = std::remove_cvref_t<decltype(defaults.*p.value)>;
    static_assert(std::is_same_v<T, bool> || sizeof(T) == (std::is_enum_v<T> ? sizeof(int) : 8));
    std::span<const Choice<int>> all;
    if constexpr (std::is_enum_v<T>) all = offered<T>;
    return {p.name,  kind_of<T>(),
            p.legal, all,
            p.says,  [](void* bytes) -> void* {
              return &(static_cast<P*>(bytes)->*std::get<I>(P::parameters).value); }};
  }
  static constexpr auto parameters = []<std::size_t... I>(std::index_sequence<I...>) {
    return std::array<ParameterInfo, sizeof...(I)>{parameter<I>()...};
  }(std::make_index_sequence<std::tuple_size_v<decltype(P::parameters)>>());

  static const P& options(const void* bytes) { return *static_cast<const P*>(bytes); }
  static Facts facts(const void* bytes) { return options(bytes).facts(); }
  static bool legal(const void* bytes) {
    const P& p = options(bytes);
    const auto good = [&]<class T>(const Parameter<P, T>& parameter) {
      const T& value = p.*parameter.value;
      if constexpr (std::is_enum_v<T>) {
        for (const auto& choice : choices<T>)
          if (choice.value == value) return offers(value);
        return false;
      } else {
        return std::is_same_v<T, bool> || within(parameter.legal, static_cast<double>(value));
      }
    };
    const bool all = std::apply([&](const auto&... each) { return (good(each) && ...); }, P::parameters);
    return all && refusal(bytes).empty();
  }
  static std::string_view refusal(const void* bytes) {
    if constexpr (requires(const P& p) { p.refusal(); }) return options(bytes).refusal();
    else return {};
  }
  /// Of outputs: the whole range, unless float arithmetic suffices for no input.
  static Interval float_suffices(const void* bytes, bool of_output) {
    const Facts facts = options(bytes).facts();
    const Interval inputs = facts.float_suffices;
    return of_output && inputs.low <= inputs.high ? facts.range : inputs;
  }
  static CommonOptions common(const void* bytes) {
    const P& p = options(bytes);
    CommonOptions c;
    if constexpr (requires { p.reduction; }) c.reduction = p.reduction, c.empty_mean = p.empty_mean;
    if constexpr (requires { p.rows; }) c.rows = p.rows;
    if constexpr (requires { p.ignore_index; }) c.ignore_index = p.ignore_index;
    if constexpr (requires { p.seed; }) c.seed = p.seed, c.draws = p.training;
    return c;
  }
};

/// `name` as the function is looked up, `topic` its file's folder, `summary` its file's first comment; `kernels` is one
/// for each processor target.
template <class P>
constexpr Function describe(std::string_view name, std::string_view topic, std::string_view summary,
                            const cpu::Kernel* const* kernels) {
  using D = Described<P>;
  Function f = {.name = name,
                .topic = topic,
                .summary = summary,
                .about = P::about,
                .loop = P::loop,
                .output = P::output,
                .statistic = {},
                .input = {},
                .meaning = {},
                .torch = {},
                .arguments = D::arguments,
                .parameters = D::parameters,
                .defaults = &D::defaults,
                .options_size = sizeof(P),
                .facts = &D::facts,
                .legal = &D::legal,
                .refusal = &D::refusal,
                .common = &D::common,
                .increasing = [](const void* bytes) { return D::options(bytes).facts().increasing; },
                .output_form = kernels[0]->has_output_form(),
                .float_suffices = &D::float_suffices,
                .identity_above = {},
                .kernels = kernels};
  if constexpr (requires { P::statistic; }) f.statistic = P::statistic;
  if constexpr (requires { P::input; }) f.input = P::input;
  if constexpr (requires { P::meaning; }) f.meaning = P::meaning;
  if constexpr (requires { P::torch; }) f.torch = P::torch;
  if constexpr (requires { P::identity_above; })
    f.identity_above = {P::identity_above.name, P::identity_above.value,
                        [](const void* bytes) { return D::options(bytes).*P::identity_above.scale; }};
  return f;
}

}  // namespace lossact::detail
#endif
