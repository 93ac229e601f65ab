// Losses of (input, target) pairs on arrays.
#include "python/loss.h"

namespace lossact::python {
namespace {

template <class T>
struct Gradient {
  Written<T> written;
  std::span<T> view() const { return written.span(); }
  void commit() const { written.commit(); }
};

template <class T>
class Pairs {
 public:
  Pairs(const Spec& spec, const Array& x, const Array& y)
      : losses(x.count()),
        shape(x.shape_vector()),
        x_((check_same_element(spec, y, x), check_same_shape(spec, y, x), x)),
        y_(y) {}
  std::span<const T> input() const { return x_.span(); }
  std::span<const T> target() const { return y_.span(); }
  Gradient<T> gradient(const Array& array) const { return {Written<T>(array)}; }

  const std::size_t losses;
  const std::vector<Py_ssize_t> shape;

 private:
  Values<T> x_, y_;
};

}  // namespace

void add_pair_losses(std::vector<Spec>& specs) {
  const auto add = [&]<class F>(const F&) { add_loss<Pairs, F>(specs, "pair_loss"); };
  std::apply([&](const auto&... f) { (add(f), ...); }, pair_losses);
}

}  // namespace lossact::python
