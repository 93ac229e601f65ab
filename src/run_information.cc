// The drivers of functions of distributions.
#include <cmath>
#include "lossact/kernel.h"
#include "lossact/parameter.h"
#include "src/checks.h"
#include "src/floating_point.h"
#include "src/reduce.h"
#include "src/scratch.h"

namespace lossact::detail {
namespace {

void check_probabilities(std::string_view function, std::string_view what, std::span<const double> p) {
  for (std::size_t i = 0; i < p.size(); ++i)
    if (p[i] < 0 || p[i] > 1 + 1e-6)
      throw domain_error(said_by(function).append(what) + " has " + number_text(p[i]) + " at " + std::to_string(i) +
                         ", expected a probability");
}
/// Nothing is normalised here: a sum that is not 1 is the caller's mistake. A NaN passes, and comes out.
void check_distribution(std::string_view function, std::string_view what, std::span<const double> p) {
  check_probabilities(function, what, p);
  if (const double sum = tree_sum(p.data(), p.size()); std::abs(sum - 1) > 1e-6)
    throw domain_error(said_by(function).append(what) + " sums to " + number_text(sum) + ", expected 1");
}
void check_both(std::string_view function, std::span<const double> p, std::span<const double> q) {
  same_size(function, "q", q.size(), "p", p.size());
  check_distribution(function, "p", p);
  if (q.data() != p.data()) check_distribution(function, "q", q);
}
// log(e) is 1 to the last bit, so nats are not touched.
double unit(double base) { return 1 / std::log(base); }

}  // namespace

void run_map(const InformationKernel& kernel, double base, std::span<const double> p, std::span<double> out,
             bool gradient) {
  same_size(kernel.name, gradient ? "slopes" : "values", out.size(), "probabilities", p.size());
  check_probabilities(kernel.name, "probabilities", p);
  no_partial_overlap(kernel.name, gradient ? "slopes" : "values", out, "probabilities", p);
  const DenormalsOn mode;
  (gradient ? kernel.gradient : kernel.values)(p.size(), p.data(), p.data(), unit(base), out.data());
}

double run_sum(const InformationKernel& kernel, double base, std::span<const double> p, std::span<const double> q) {
  check_both(kernel.name, p, q);
  const DenormalsOn mode;
  Scratch<double, 256> terms(p.size());
  kernel.values(p.size(), p.data(), q.data(), unit(base), terms.data());
  return tree_sum(terms.data(), p.size());
}

void run_gradient(const InformationKernel& kernel, double base, std::span<const double> p, std::span<const double> q,
                  std::span<double> out) {
  check_both(kernel.name, p, q);
  same_size(kernel.name, "the gradient", out.size(), "p", p.size());
  no_partial_overlap(kernel.name, "the gradient", out, "p", p);
  no_partial_overlap(kernel.name, "the gradient", out, "q", q);
  const DenormalsOn mode;
  kernel.gradient(p.size(), p.data(), q.data(), unit(base), out.data());
}

}  // namespace lossact::detail
