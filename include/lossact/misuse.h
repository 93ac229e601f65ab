// Compile errors that say what is expected, for usual mistakes. Each call has one more overload, which only a call with
// a mistake matches, and which is an error with that sentence. A `requires` expression over such a call is false.
#ifndef LOSSACT_MISUSE_H_
#define LOSSACT_MISUSE_H_
#include <cstddef>
#include <iterator>
#include <tuple>
#include <type_traits>
#include <utility>
#include "lossact/call.h"
#include "lossact/facts.h"
#include "lossact/number.h"

namespace lossact::detail {

#define LOSSACT_LISTED(name, T) #T ", "
/// The mistakes, and what is expected instead.
#define LOSSACT_MISTAKES(X)                                                                                        \
  X(constant, "an array that is written must not be const")                                                        \
  X(no_element, "elements must be " LOSSACT_ELEMENT_TYPES(                                                         \
                    LOSSACT_LISTED) "no other type; classes " LOSSACT_INDEX_TYPES(LOSSACT_LISTED) "no other type") \
  X(mixed, "all arrays of a call must have one element type, not float beside double")                             \
  X(flat, "rows must be lossact::Rows, lossact::ClassAxis or {data, rows, classes}, not a flat array")             \
  X(by_position, "an option must be given by its name in braces, as {.name = value}")
#define LOSSACT_ONE(mistake, expected) mistake,
enum class Mistake { none, LOSSACT_MISTAKES(LOSSACT_ONE) };
#undef LOSSACT_ONE

/// The calls of a function, and what each takes in its arrays, which come first.
enum class Member { apply, backward, backward_from_output, with_gradient, each, gradient };
enum class Place { read, target, numbers, written, doubles, any, none };
template <class P>
constexpr Place place(Member member, std::size_t i) {
  constexpr bool number = P::output == Output::number;
  const bool from_output = member == Member::backward_from_output;
  const std::size_t before = from_output ? 2 : member == Member::backward, inputs = from_output ? 0 : required<P>;
  if (i < before) return number ? Place::any : Place::read;
  if (i < before + inputs) {
    const Extent extent = P::arguments[i - before].extent;
    return names_class(extent) ? Place::target : extent == Extent::row ? Place::numbers : Place::read;
  }
  i -= before + inputs;
  if (i == 0 && !(member == Member::apply && number))
    return member == Member::each || of_distributions<P> ? Place::doubles : Place::written;
  return i == 1 && member == Member::backward && learns<P> ? Place::doubles : Place::none;
}

/// The type that stands for a first argument in braces. Any other argument in braces, or left out, has the type of the
/// options.
struct Untyped {
  template <class... T>
  constexpr Untyped(T&&...) {}
};
/// What an argument's type tells about mistakes.
struct Given {
  enum Form { other, untyped, number, flat, rows } form = other;
  Type type = Type::none;
  bool constant = false;
};
template <class A>
constexpr Given given() {
  using B = std::remove_cvref_t<A>;
  constexpr auto array = []<class T>(Given::Form form, T*) { return Given{form, type_of<T>, std::is_const_v<T>}; };
  if constexpr (std::is_same_v<B, Untyped>) return {Given::untyped};
  else if constexpr (std::is_same_v<B, Accuracy>) return {};
  else if constexpr (std::is_arithmetic_v<B> || std::is_enum_v<B> || is_half<B>) return {Given::number};
  else if constexpr (requires(B& b) { *b.data, b.classes; }) return array(Given::rows, decltype(B::data)());
  else if constexpr (requires(B& b) { *std::data(b), std::size(b); })
    return array(Given::flat, decltype(std::data(std::declval<A&>()))());
  else return {};
}

template <class P, Member member, class... A>
constexpr Mistake mistake_among() {
  constexpr Given all[] = {given<A>()...};
  // In f(x) of one number the options follow x.
  constexpr bool one = member == Member::apply && P::output == Output::elements && by_elements<P> && required<P> == 1 &&
                       all[0].form == Given::number;
  std::size_t i = one;
  Type type = Type::none;
  for (Place at; !one && (at = place<P>(member, i)) != Place::none; ++i) {
    const Given& a = all[i];
    const bool array = a.form == Given::flat || a.form == Given::rows;
    const bool classes = at == Place::target && a.form == Given::flat && a.type != Type::none && !is_element(a.type);
    if (at == Place::any || a.form == Given::untyped || classes) continue;
    if (!array) return Mistake::none;  // none of these mistakes: the compiler's own message stands
    if (at != Place::doubles) {
      if (!is_element(a.type)) return Mistake::no_element;
      if (!by_elements<P> && !of_distributions<P> && at != Place::numbers && a.form == Given::flat)
        return Mistake::flat;
      if (type != Type::none && a.type != type && !of_distributions<P>) return Mistake::mixed;
      type = a.type;
    }
    if ((at == Place::doubles || at == Place::written) && a.constant) return Mistake::constant;
  }
  for (; i < sizeof...(A) && !learns<P>; ++i)
    if (all[i].form == Given::number) return Mistake::by_position;
  return Mistake::none;
}
/// The first mistake of a call. An array of another library, which `Others` takes, may look like a mistake and is none.
template <class P, class Others, Member member, class... A>
inline constexpr Mistake mistake_in = [] {
  constexpr Mistake mistake = mistake_among<P, member, A...>();
  constexpr auto taken = []<std::size_t... I>(std::index_sequence<I...>) {
    return std::is_invocable_v<const Others&, std::tuple_element_t<I, std::tuple<A...>>...>;
  };
  if constexpr (mistake == Mistake::none || member != Member::apply) return mistake;
  else return taken(std::make_index_sequence<required<P>>()) ? Mistake::none : mistake;
}();

// Clang prints the sentence of the attribute diagnose_if. GCC has no such attribute, but prints the template arguments
// of a deleted function, of which the sentence is one.
#if defined(__clang__)
#define LOSSACT_DIAGNOSED(mistake, expected) \
  __attribute__((diagnose_if(found == ::lossact::detail::Mistake::mistake, expected, "error")))
#define LOSSACT_EXPECTED
#define LOSSACT_REFUSED LOSSACT_MISTAKES(LOSSACT_DIAGNOSED)
#else
struct Sentence {
  char text[160] = {};
  constexpr Sentence(Mistake found) {
#define LOSSACT_ONE(mistake, expected) , expected
    constexpr const char* all[] = {"" LOSSACT_MISTAKES(LOSSACT_ONE)};
#undef LOSSACT_ONE
    const char* from = all[static_cast<std::size_t>(found)];
    for (char* to = text; (*to = *from); ++to) ++from;
  }
};
#define LOSSACT_EXPECTED , ::lossact::detail::Sentence expected = found
#define LOSSACT_REFUSED = delete
#endif
/// Among the calls named `member`: the overload for those with a mistake.
#define LOSSACT_REFUSE(P, Others, call, member)                                                                    \
  template <class A = ::lossact::detail::Untyped, class B = P, class C = P, class D = P, class E = P, class F = P, \
            class G = P,                                                                                           \
            ::lossact::detail::Mistake found =                                                                     \
                ::lossact::detail::mistake_in<P, Others, ::lossact::detail::Member::call, A, B, C, D, E, F, G>     \
                    LOSSACT_EXPECTED>                                                                              \
    requires(found != ::lossact::detail::Mistake::none)                                                            \
  void member(A&&, B&& = {}, C&& = {}, D&& = {}, E&& = {}, F&& = {}, G&& = {}) const LOSSACT_REFUSED;

}  // namespace lossact::detail
#endif
