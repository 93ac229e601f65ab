// Prints what the library computes, one JSON object to a line for each function and set of options, for oracle.py to
// judge: numbers as hexadecimal floats, parameters as Python spells them.
#include <cstdio>
#include "tests/library/reference.h"
#include "tests/library/vector_calls.h"

namespace lossact::testing {
namespace {

std::string in_quotes(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) (c == '"' || c == '\\' ? result += '\\' : result) += c;
  return result + '"';
}
template <class T>
std::string list(const std::vector<T>& values) {
  std::string result = "[";
  char text[40];
  for (const T v : values) {
    std::snprintf(text, sizeof text, "%s\"%a\"", result.size() > 1 ? ", " : "", static_cast<double>(v));
    result += text;
  }
  return result + "]";
}

/// One line: the function and its options, and then the lists that are added.
class Line {
 public:
  template <class P>
  Line(std::string_view family, const P& options, std::string_view type) {
    text_ = "{\"family\": " + in_quotes(family) + ", \"name\": " + in_quotes(P::about.name) +
            ", \"formula\": " + in_quotes(P::about.formula) + ", \"type\": " + in_quotes(type) + ", \"parameters\": {";
    std::string separator;
    for (const ParameterInfo& parameter : detail::function_of<P>().parameters) {
      text_ += separator + in_quotes(parameter.name) + ": " + in_quotes(shown(parameter, &options));
      separator = ", ";
    }
    text_ += "}";
  }
  template <class T>
  Line& add(std::string_view name, const std::vector<T>& values) {
    text_ += ", " + in_quotes(name) + ": " + list(values);
    return *this;
  }
  void print() const { std::printf("%s}\n", text_.c_str()); }

 private:
  std::string text_;
};
template <class T>
constexpr std::string_view type_name = sizeof(T) == 4 ? "float" : "double";

/// About 700 finite inputs of every size, with the neighbours of every threshold among them.
template <class T, class P>
std::vector<T> points(const P& options) {
  std::vector<T> all = inputs<T>(options), chosen;
  std::erase_if(all, [](T v) { return !std::isfinite(v); });
  for (const double threshold : thresholds(options))
    for (const double at : {threshold, -threshold})
      for (const int steps : {-1, 0, 1}) chosen.push_back(moved(static_cast<T>(at), steps));
  for (std::size_t i = 0; i < all.size(); i += 1 + all.size() / 400) chosen.push_back(all[i]);
  for (const T v : numbers<T>(60, 5)) chosen.push_back(v);
  return chosen;
}

template <class T, class P>
  requires(P::loop == Loop::map && P::output == Output::elements && !is_gate<P> && !of_halves<P>)
void print(const Callable<P>&, const P& options) {
  const std::vector<T> x = points<T>(options), ones(x.size(), 1);
  const std::vector<double> aside = beside(options, x.size(), 0.25);
  std::vector<T> y(x.size()), slope(x.size());
  const Caller<P, T> call{.options = options};
  call.forward(x, y);
  call.backward(ones, x, slope);
  std::vector<double> kinks;
  for (const Kink& kink : options.facts().kinks) kinks.push_back(kink.at);
  Line line("activation", options, type_name<T>);
  line.add("x", x).add("value", y).add("slope", slope).add("kinks", kinks);
  if constexpr (learns<P>) line.add("weight", aside);
  if constexpr (draws<P>) line.add("u", aside);
  line.print();
}
template <class T, class P>
  requires(is_gate<P> || of_halves<P>)
void print(const Callable<P>& f, const P& options) {
  std::vector<T> x, y;
  for (const T a : {T(-100), T(-41), T(-30), T(-2.5), T(-0.1), T(0), T(1e-5), T(0.7), T(4), T(45)})
    for (const T b : {T(-90), T(-41), T(-3), T(1e-30), T(1e-3), T(1), T(60)}) x.push_back(a), y.push_back(b);
  for (const T v : numbers<T>(100, 6)) x.push_back(v), y.push_back(v / 7 + 1);
  std::vector<T> values(x.size());
  if constexpr (of_halves<P>) {
    std::vector<T> both = x;
    both.insert(both.end(), y.begin(), y.end());
    f(Rows<const T>{both.data(), 1, both.size()}, Rows<T>{values.data(), 1, values.size()}, options);
  } else {
    f(x, y, values, options);
  }
  Line("gate", options, type_name<T>).add("x", x).add("y", y).add("value", values).print();
}
template <class T, class P>
void print(const OfTwo<P>& f, const P& options) {
  std::vector<T> x, y;
  for (const T a : {T(-30), T(-2.5), T(-0.1), T(0), T(1e-5), T(0.7), T(4)})
    for (const T b : {T(1e-30), T(1e-3), T(0.2), T(0.5), T(0.999), T(1)}) x.push_back(a), y.push_back(b);
  for (const T v : numbers<T>(100, 6)) x.push_back(v), y.push_back(std::abs(v) / 7);
  // Inputs that equal the target, and inputs close to it.
  for (const T v : numbers<T>(200, 1, 3)) {
    const T b = std::abs(v);
    for (const int steps : {-2, -1, 0, 1, 2}) {
      bool logarithms = P::input == Meaning::log_probabilities;
      if constexpr (requires { options.log_target; }) logarithms = logarithms && !options.log_target;
      x.push_back(moved(logarithms ? std::log(b) : b, steps)), y.push_back(b);
    }
  }
  std::vector<double> losses(x.size());
  f.each(x, y, losses, options);
  Line line("pair_loss", options, type_name<T>);
  line.add("x", x).add("y", y).add("value", losses);
  for (const std::size_t i : further_inputs<P>)
    line.add(P::arguments[i].name, std::vector<T>(x.size(), is_optional(P::arguments[i]) ? 1 : kFurther));
  line.print();
}

/// Rows with near and far classes, certain and uncertain ones.
template <class T>
std::vector<std::vector<T>> some_rows() {
  std::vector<std::vector<T>> all = {{0.5}, {20, 0}, {0, 20}, {-90, 3, 2}, {1, 1, 1, 1}, {300, -300, 299}};
  for (const std::size_t n : {2ul, 3ul, 7ul, 16ul, 40ul})
    for (const double scale : {0.1, 4.0, 60.0}) all.push_back(numbers<T>(n, scale, static_cast<unsigned>(n)));
  return all;
}
template <class T, class P>
  requires(P::loop == Loop::row && P::output == Output::elements)
void print(const Callable<P>& f, const P& options) {
  for (const auto& x : some_rows<T>()) {
    std::vector<T> y(x.size());
    f(Rows<const T>{x.data(), 1, x.size()}, Rows<T>{y.data(), 1, x.size()}, options);
    Line("row_activation", options, type_name<T>).add("x", x).add("value", y).print();
  }
}
template <class T, class P>
  requires(P::loop == Loop::row && P::output == Output::number)
void print(const Callable<P>& f, const P& options) {
  for (const auto& x : some_rows<T>()) {
    std::vector<double> losses(x.size());
    for (std::size_t y = 0; y < x.size(); ++y) {
      const std::int64_t target[] = {static_cast<std::int64_t>(y)};
      f.each(Rows<const T>{x.data(), 1, x.size()}, target, std::span(losses).subspan(y, 1), options);
    }
    Line("row_loss", options, type_name<T>).add("x", x).add("value", losses).print();
  }
}
template <class T, class P>
  requires(P::loop == Loop::fold)
void print(const Callable<P>&, const P& options) {
  P sum = options;
  sum.reduction = Reduction::sum;
  for (const std::size_t axis : {1ul, 2ul, 7ul, 17ul}) {
    const Function& f = detail::function_of<P>();
    VectorCall<T> call(f, {3, axis});
    call.with_gradients(&sum);
    const std::vector<double> losses = call.each(&sum);
    for (std::size_t r = 0; r < 3; ++r) {
      Line line("vector_loss", options, type_name<T>);
      line.add("value", std::vector<double>{losses[r]});
      for (std::size_t i = 0; i < f.arguments.size(); ++i) {
        const ArgumentInfo& a = f.arguments[i];
        std::vector<T> here, slopes;
        if (a.optional) continue;
        for (std::size_t c = 0; c < (call.is_element(i) ? axis : 1); ++c) {
          if (call.is_element(i)) here.push_back(call.get(i, r, c)), slopes.push_back(call.gradient(i, r, c));
          else here.push_back(a.extent == Extent::row ? T(call.number(r)) : T(call.wanted(r)));
        }
        const std::string name = i == 0 ? "x" : i == 1 ? "y" : std::string(a.name);
        line.add(name, here);
        if (a.gradient) line.add("slope_" + name, slopes);
      }
      line.print();
    }
  }
}
template <class P>
void print_information(const Callable<P>& f, const P& options) {
  for (const std::size_t n : {1ul, 2ul, 3ul, 10ul}) {
    const auto distribution = [&](unsigned seed) {
      std::vector<double> p = numbers<double>(n, 6, seed);
      double total = 0;
      for (double& v : p) v = std::exp(v), total += v;
      for (double& v : p) v /= total;
      return p;
    };
    const auto p = distribution(1), q = distribution(2);
    Line line("information", options, "double");
    line.add("p", p);
    if constexpr (distributions_of<P> == 0) {
      std::vector<double> values(n);
      f(p, values, options);
      line.add("value", values);
    } else if constexpr (distributions_of<P> == 1) {
      line.add("value", std::vector<double>{f(p, options)});
    } else {
      line.add("q", q).add("value", std::vector<double>{f(p, q, options)});
    }
    line.print();
  }
}

/// The options that change the formula; those that only reduce, weight or count are left at their defaults.
template <class P>
std::vector<P> formula_variants() {
  auto all = all_variants<P>();
  if constexpr (requires(P p) { p.p; }) {
    P options;
    options.p = 1, all.push_back(options);
    options.p = 2, all.push_back(options);
    options.p = 3;
    if (detail::function_of<P>().legal(&options)) all.push_back(options);
  }
  if constexpr (requires(P p) { p.label_smoothing; })
    std::erase_if(all, [](const P& p) { return p.label_smoothing != 0; });
  return all;
}

template <class Family>
void print_in_both_types(const Family& family) {
  const auto one = [](const auto& f) {
    using P = typename std::remove_cvref_t<decltype(f)>::Options;
    for (const P& options : formula_variants<P>()) {
      print<float>(f, options);
      print<double>(f, options);
    }
  };
  std::apply([&](const auto&... f) { (one(f), ...); }, family);
}
void print_informations() {
  const auto one = []<class P>(const Callable<P>& f) {
    for (const P& options : all_variants<P>()) print_information(f, options);
  };
  std::apply([&](const auto&... f) { (one(f), ...); }, informations);
}

}  // namespace

void print_everything() {
  print_in_both_types(activations);
  print_in_both_types(row_activations);
  print_in_both_types(gates);
  print_in_both_types(halves_functions);
  print_in_both_types(losses_of_two);
  print_in_both_types(row_losses);
  print_in_both_types(vector_losses);
  print_informations();
}

}  // namespace lossact::testing

int main() { lossact::testing::print_everything(); }
