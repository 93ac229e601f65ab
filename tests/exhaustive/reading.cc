#include "tests/exhaustive/reading.h"
#include <mpfr.h>
#include <cmath>
#include <string_view>
#include <fmt/format.h>
#include "lossact/error.h"
#include "tests/library/reference.h"

namespace lossact::testing {
namespace {

using cli::Formula;
using Kind = Formula::Kind;

/// A number of MPFR, of the precision that mpfr_set_default_prec last said in this thread.
class Precise {
 public:
  Precise(double value = 0) {
    mpfr_init(number_);
    mpfr_set_d(number_, value, MPFR_RNDN);
  }
  Precise(const Precise& other) {
    mpfr_init(number_);
    mpfr_set(number_, other.number_, MPFR_RNDN);
  }
  Precise& operator=(const Precise& other) {
    mpfr_set(number_, other.number_, MPFR_RNDN);
    return *this;
  }
  ~Precise() { mpfr_clear(number_); }

  static Precise read(const std::string& decimal) {
    Precise result;
    mpfr_set_str(result.number_, decimal.c_str(), 10, MPFR_RNDN);
    return result;
  }
  using OfOne = int(mpfr_ptr, mpfr_srcptr, mpfr_rnd_t);
  using OfTwo = int(mpfr_ptr, mpfr_srcptr, mpfr_srcptr, mpfr_rnd_t);
  static Precise of(OfOne f, const Precise& x) {
    Precise result;
    f(result.number_, x.number_, MPFR_RNDN);
    return result;
  }
  static Precise of(OfTwo f, const Precise& x, const Precise& y) {
    Precise result;
    f(result.number_, x.number_, y.number_, MPFR_RNDN);
    return result;
  }
  static Precise pi() {
    Precise result;
    mpfr_const_pi(result.number_, MPFR_RNDN);
    return result;
  }
  friend Precise operator+(const Precise& a, const Precise& b) { return of(mpfr_add, a, b); }
  friend Precise operator-(const Precise& a, const Precise& b) { return of(mpfr_sub, a, b); }
  friend Precise operator*(const Precise& a, const Precise& b) { return of(mpfr_mul, a, b); }
  friend Precise operator/(const Precise& a, const Precise& b) { return of(mpfr_div, a, b); }
  friend int compare(const Precise& a, const Precise& b) { return mpfr_cmp(a.number_, b.number_); }
  long double rounded() const { return mpfr_get_ld(number_, MPFR_RNDN); }

 private:
  mpfr_t number_;
};

/// A value with its derivative, as numbers/dual.h has them in double.
struct WithSlope {
  Precise value, slope;
};

struct Word {
  std::string_view name;
  Precise::OfOne* value;
  Precise (*slope)(const Precise& x, const Precise& value);
};
const Word words[] = {
    {"exp", mpfr_exp, [](const Precise&, const Precise& y) { return y; }},
    {"log", mpfr_log, [](const Precise& x, const Precise&) { return 1 / x; }},
    {"tanh", mpfr_tanh, [](const Precise&, const Precise& y) { return 1 - y * y; }},
    {"sqrt", mpfr_sqrt, [](const Precise&, const Precise& y) { return 0.5 / y; }},
    {"erf", mpfr_erf,
     [](const Precise& x, const Precise&) {
       return 2 / Precise::of(mpfr_sqrt, Precise::pi()) * Precise::of(mpfr_exp, 0 - x * x);
     }},
    {"sin", mpfr_sin, [](const Precise& x, const Precise&) { return Precise::of(mpfr_cos, x); }},
    {"cos", mpfr_cos, [](const Precise& x, const Precise&) { return 0 - Precise::of(mpfr_sin, x); }},
};

/// One evaluation, at one precision.
class Evaluation {
 public:
  Evaluation(double x, const std::map<std::string, double>& names) : x_{x, 1}, names_(names) {}

  WithSlope value(const Formula& f) const {
    const auto part = [&](std::size_t i) { return value(f.parts[i]); };
    switch (f.kind) {
      case Kind::number:
        return {Precise::read(f.text), 0};
      case Kind::name:
        if (f.text == "x") return x_;
        if (f.text == "pi") return {Precise::pi(), 0};
        if (const auto found = names_.find(f.text); found != names_.end()) return {found->second, 0};
        throw format_error(fmt::format("'{}' is no name of this function", f.text));
      case Kind::call:
        return call(f);
      case Kind::negated: {
        const WithSlope a = part(0);
        return {0 - a.value, 0 - a.slope};
      }
      case Kind::sum: {
        const WithSlope a = part(0), b = part(1);
        return {a.value + b.value, a.slope + b.slope};
      }
      case Kind::difference: {
        const WithSlope a = part(0), b = part(1);
        return {a.value - b.value, a.slope - b.slope};
      }
      case Kind::product: {
        const WithSlope a = part(0), b = part(1);
        return {a.value * b.value, a.slope * b.value + a.value * b.slope};
      }
      case Kind::quotient: {
        const WithSlope a = part(0), b = part(1);
        const Precise ratio = a.value / b.value;
        return {ratio, (a.slope - ratio * b.slope) / b.value};
      }
      case Kind::power: {
        const WithSlope a = part(0), b = part(1);
        if (compare(b.slope, 0) != 0) throw format_error("x in an exponent");
        return {Precise::of(mpfr_pow, a.value, b.value),
                b.value * Precise::of(mpfr_pow, a.value, b.value - 1) * a.slope};
      }
      case Kind::conditional:
        return part(holds(f.parts[1]) ? 0 : 2);
      default:
        throw format_error("a truth is not a number");
    }
  }

 private:
  bool holds(const Formula& f) const {
    switch (f.kind) {
      case Kind::conjunction:
        return holds(f.parts[0]) && holds(f.parts[1]);
      case Kind::disjunction:
        return holds(f.parts[0]) || holds(f.parts[1]);
      case Kind::negation:
        return !holds(f.parts[0]);
      case Kind::comparison: {
        std::string_view signs = f.text;  // "< <= "
        for (std::size_t i = 0; i + 1 < f.parts.size(); ++i, signs.remove_prefix(signs.find(' ') + 1)) {
          const std::string_view sign = signs.substr(0, signs.find(' '));
          const int order = compare(value(f.parts[i]).value, value(f.parts[i + 1]).value);
          const bool so = sign == "<"    ? order < 0
                          : sign == "<=" ? order <= 0
                          : sign == ">"  ? order > 0
                          : sign == ">=" ? order >= 0
                          : sign == "==" ? order == 0
                                         : order != 0;
          if (!so) return false;
        }
        return true;
      }
      default:
        return compare(value(f).value, 0) != 0;
    }
  }
  WithSlope call(const Formula& f) const {
    WithSlope x = value(f.parts[0]);
    if (f.text == "min" || f.text == "max") {
      for (std::size_t i = 1; i < f.parts.size(); ++i) {
        const WithSlope y = value(f.parts[i]);
        if (f.text == "min" ? compare(y.value, x.value) < 0 : compare(y.value, x.value) > 0) x = y;
      }
      return x;
    }
    if (f.text == "abs") return compare(x.value, 0) < 0 ? WithSlope{0 - x.value, 0 - x.slope} : x;
    for (const Word& word : words) {
      if (word.name != f.text) continue;
      const Precise y = Precise::of(word.value, x.value);
      return {y, word.slope(x.value, y) * x.slope};
    }
    throw format_error(fmt::format("'{}' is no word of formulas", f.text));
  }

  WithSlope x_;
  const std::map<std::string, double>& names_;
};

bool stands(long double before, long double now) { return std::abs(before - now) <= unit<float>(now) * 0x1p-36L; }

}  // namespace

Reading::Reading(cli::Formula formula, std::map<std::string, double> names)
    : formula_(std::move(formula)), names_(std::move(names)) {}

std::optional<Reading::Point> Reading::at(double x) const {
  // The first precision holds 1 + the smallest float, and a hundred bits below it.
  constexpr mpfr_prec_t first = 256, last = 1 << 14;
  std::optional<Point> before;
  for (mpfr_prec_t bits = first; bits <= last; bits *= 2) {
    mpfr_set_default_prec(bits);
    mpfr_clear_overflow();
    const WithSlope exact = Evaluation(x, names_).value(formula_);
    if (mpfr_overflow_p()) return {};
    const Point now = {exact.value.rounded(), exact.slope.rounded()};
    if (before && stands(before->value, now.value) && stands(before->slope, now.slope)) return now;
    before = now;
  }
  throw error(fmt::format("no answer stands at {} bits, at {}", std::size_t{last}, x));
}

}  // namespace lossact::testing
