#include "lossact/nn/random.h"
#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include "lossact/nn/detail/autograd.h"
#include "nn/shuffle.h"
#include "numbers/philox.h"

namespace lossact::nn {
namespace {

struct Stream {
  std::uint64_t seed, drawn;
};
thread_local constinit Stream stream{0, 0};

/// The counter's third word tells the streams of one seed apart: its elements (0, as the library draws them) and the
/// seeds that follow from it.
constexpr std::uint32_t kSeeds = 1;

std::uint64_t word(std::uint64_t seed, std::uint64_t position) {
  const auto words =
      philox({static_cast<std::uint32_t>(position), static_cast<std::uint32_t>(position >> 32), kSeeds, 0}, seed);
  return std::uint64_t{words[1]} << 32 | words[0];
}

double fraction(std::uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1p-53; }

}  // namespace

void manual_seed(std::uint64_t seed) { stream = {seed, 0}; }

// Never 0, which options of a function read as: no seed given.
std::uint64_t fresh_seed() { return std::max<std::uint64_t>(word(stream.seed, stream.drawn++), 1); }

Session::Session(std::uint64_t seed)
    : seed_(stream.seed), drawn_(stream.drawn), grad_enabled_(detail::set_grad_enabled(true)) {
  manual_seed(seed);
}
Session::~Session() {
  stream = {seed_, drawn_};
  detail::set_grad_enabled(grad_enabled_);
}

Tensor rand(const Shape& shape, TensorOptions options) {
  const Tensor result = empty(shape, options);
  detail::by_type("rand", result, [&]<class T>(T) {
    const std::uint64_t seed = fresh_seed();
    const std::span<T> to = result.data<T>();
    if constexpr (std::is_same_v<T, float>) {
      std::array<float, 4> u;
      for (std::size_t i = 0; i < to.size(); i += 4) {
        uniform(seed, i, u.data(), 1);
        std::copy_n(u.data(), std::min<std::size_t>(4, to.size() - i), to.data() + i);
      }
    } else {
      for (std::size_t i = 0; i < to.size(); ++i) to[i] = fraction(word(seed, i));
    }
  });
  return result;
}

// Box and Muller 1958: a uniform pair is the radius and the angle of a normal pair.
Tensor randn(const Shape& shape, TensorOptions options) {
  const Tensor result = empty(shape, options);
  detail::by_type("randn", result, [&]<class T>(T) {
    const std::uint64_t seed = fresh_seed();
    const std::span<T> to = result.data<T>();
    for (std::size_t i = 0; i < to.size(); i += 2) {
      const double radius = std::sqrt(-2 * std::log(1 - fraction(word(seed, i))));
      const double angle = 2 * std::numbers::pi * fraction(word(seed, i + 1));
      to[i] = static_cast<T>(radius * std::cos(angle));
      if (i + 1 < to.size()) to[i + 1] = static_cast<T>(radius * std::sin(angle));
    }
  });
  return result;
}

Tensor randint(std::int64_t low, std::int64_t high, const Shape& shape) {
  if (low >= high)
    throw domain_error("[randint] high is " + std::to_string(high) + ", expected more than low, " +
                       std::to_string(low));
  const Tensor result = empty(shape, {.dtype = DType::int64});
  const std::uint64_t seed = fresh_seed(), range = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
  const std::span<std::int64_t> to = result.data<std::int64_t>();
  for (std::size_t i = 0; i < to.size(); ++i)
    to[i] = static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + word(seed, i) % range);
  return result;
}

namespace detail {
// Fisher and Yates. The remainder of 64 bits is uneven by 2^-40 even for millions of elements.
void shuffle(std::span<std::int64_t> order, std::uint64_t seed, std::uint64_t epoch) {
  const std::uint64_t key = word(seed, epoch);
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[word(key, i) % i]);
}
}  // namespace detail

Tensor randperm(std::size_t count) {
  const Tensor result = arange(count, {.dtype = DType::int64});
  detail::shuffle(result.data<std::int64_t>(), fresh_seed(), 0);
  return result;
}

}  // namespace lossact::nn
