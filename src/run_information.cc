// The drivers of functions of distributions.
#include <cmath>
#include <optional>
#include "lossact/kernel.h"
#include "lossact/parameter.h"
#include "src/checks.h"
#include "src/reduce.h"
#include "src/scratch.h"

namespace lossact::detail {
namespace {

/// Probabilities as doubles, whatever they were. Nothing is normalised here: a sum that is not 1, by more than rounding
/// explains, is the caller's mistake. A NaN passes, and comes out.
class Checked {
 public:
  Checked(std::string_view function, std::string_view what, const Probabilities& p, bool distribution)
      : size_(p.size()),
        copy_(p.are_doubles() ? 0 : p.size()),
        data_(p.are_doubles() ? static_cast<const double*>(p.data()) : nullptr) {
    const double tolerance = std::max(1e-6, 2 * p.rounding().epsilon);
    for (std::size_t i = 0; i < size_; ++i) {
      const double here = data_ ? get(data_ + i) : p[i];
      if (here < 0 || here > 1 + tolerance)
        throw domain_error(said_by(function).append(what) + " has " + number_text(here) + " at " + std::to_string(i) +
                           ", expected a probability");
      if (!data_) copy_.data()[i] = here;
    }
    if (!data_) data_ = copy_.data();
    const double lost = static_cast<double>(size_) * p.rounding().least / 2;
    if (const double sum = distribution ? tree_sum(data_, size_) : 1; std::abs(sum - 1) > tolerance + lost)
      throw domain_error(said_by(function).append(what) + " sums to " + number_text(sum) + ", expected 1");
  }
  const double* data() const { return data_; }

 private:
  std::size_t size_;
  Scratch<double, 256> copy_;
  const double* data_;
};
Extent extent(const Probabilities& p) {
  const auto first = reinterpret_cast<std::uintptr_t>(p.data());
  return {first, first + p.bytes()};
}
void no_partial_overlap(std::string_view function, std::string_view output_name, std::span<double> output,
                        std::string_view input_name, const Probabilities& input) {
  no_partial_overlap(function, output_name, extent(output), input_name, extent(input), input.are_doubles());
}

}  // namespace

void run_map(const InformationKernel& kernel, double base, const Probabilities& probabilities, std::span<double> out,
             bool gradient) {
  const std::string_view what = gradient ? "slopes" : "values";
  same_size(kernel.name, what, out.size(), "probabilities", probabilities.size());
  no_partial_overlap(kernel.name, what, out, "probabilities", probabilities);
  const Checked p(kernel.name, "probabilities", probabilities, false);
  (gradient ? kernel.gradient : kernel.values)(out.size(), p.data(), p.data(), base, out.data());
}

double run_sum(const InformationKernel& kernel, double base, const Probabilities& p, const Probabilities& q) {
  same_size(kernel.name, "q", q.size(), "p", p.size());
  const Checked from(kernel.name, "p", p, true);
  std::optional<Checked> other;
  if (&q != &p) other.emplace(kernel.name, "q", q, true);
  Scratch<double, 256> terms(p.size());
  kernel.values(p.size(), from.data(), (other ? *other : from).data(), base, terms.data());
  return tree_sum(terms.data(), p.size());
}

void run_gradient(const InformationKernel& kernel, double base, const Probabilities& p, const Probabilities& q,
                  std::span<double> out) {
  same_size(kernel.name, "q", q.size(), "p", p.size());
  const Checked from(kernel.name, "p", p, true);
  std::optional<Checked> other;
  if (&q != &p) other.emplace(kernel.name, "q", q, true);
  same_size(kernel.name, "the gradient", out.size(), "p", p.size());
  no_partial_overlap(kernel.name, "the gradient", out, "p", p);
  no_partial_overlap(kernel.name, "the gradient", out, "q", q);
  kernel.gradient(p.size(), from.data(), (other ? *other : from).data(), base, out.data());
}

}  // namespace lossact::detail
