// What a pass reads: whole groups of each array, in the array's own memory where that can be, else copied a chunk at a
// time.
#ifndef LOSSACT_SRC_CPU_SOURCES_H_
#define LOSSACT_SRC_CPU_SOURCES_H_
#include "src/cpu/access.h"

namespace lossact::cpu {

inline bool direct(const Array& a, Type as) { return a.type == as && a.contiguous(); }

/// The memory of one thread. Its arrays are an odd number of cache lines apart, lest equal indices share a cache set.
struct Space {
  static constexpr std::size_t kLength = kChunk + 3 * 8;
  alignas(64) double in[kMostArrays + 2][kLength], out[kMostArrays][kLength], pattern[2 * kChunk];
};

class Sources {
 public:
  /// Elements [first, last) will be asked for.
  Sources(Space& space, std::size_t first, std::size_t last) : space_(space), first_(first), last_(last) {}
  Sources(const Sources&) = delete;

  /// The next array, as floats or doubles; null where it is left out.
  void add(const Array* a, Type as) {
    Source& s = source_[count_++];
    s.array = a, s.as = as, s.kind = Kind::staged;
    if (!a) {
      s.kind = Kind::left_out;
    } else if (direct(*a, as)) {
      s.kind = Kind::lying;
    } else if (a->stride[0] == 0 && a->stride[2] == 0 && !pattern_) {
      broadcast(s);
    }
    lie_ = lie_ && (s.kind == Kind::lying || s.kind == Kind::left_out);
  }
  /// Random numbers instead of an array.
  void add_random(std::uint64_t seed, Type as) {
    Source& s = source_[count_++];
    s.as = as, s.kind = Kind::random, s.seed = seed, lie_ = false;
  }
  std::size_t count() const { return count_; }
  /// Whether every array is read in its own memory.
  bool lie() const { return lie_; }
  /// n elements of each from `first` on, padded to whole groups. Where arrays are read in their own memory, n must be
  /// whole groups or less than one.
  void read(std::size_t first, std::size_t n, const void** in) {
    for (std::size_t i = 0; i < count_; ++i) in[i] = read(i, first, n);
  }
  const void* read(std::size_t i, std::size_t first, std::size_t n) {
    const Source& s = source_[i];
    switch (s.kind) {
      case Kind::left_out:
        return nullptr;
      case Kind::lying:
        if (n % detail::kGroup == 0) return address(*s.array, first);
        return n < detail::kGroup ? padded_copy(i, first, n) : cpu::read(*s.array, first, n, s.as, space_.in[i]);
      case Kind::constant:
        return space_.pattern;
      case Kind::periodic:
        return at(s.as, space_.pattern, first % s.period);
      case Kind::random:
        return random(s, first, n, space_.in[i]);
      case Kind::staged:
        break;
    }
    return cpu::read(*s.array, first, n, s.as, space_.in[i]);
  }

 private:
  enum class Kind : std::uint8_t { left_out, lying, constant, periodic, random, staged };
  struct Source {
    const Array* array;
    Type as;
    Kind kind;
    std::size_t period;
    std::uint64_t seed;
  };
  static const void* at(Type as, const double* from, std::size_t i) {
    return as == Type::float32 ? static_cast<const void*>(reinterpret_cast<const float*>(from) + i) : from + i;
  }
  const void* padded_copy(std::size_t i, std::size_t first, std::size_t n) {
    const std::size_t width = size_of(source_[i].as);
    std::memset(space_.in[i], 0, detail::kGroup * width);
    detail::copy(space_.in[i], address(*source_[i].array, first), n * width);
    return space_.in[i];
  }
  /// An array that is broadcast: one number for all, or one for each index of the axis. It is repeated once, for as
  /// long as a chunk that may begin anywhere in its period.
  void broadcast(Source& s) {
    const Array& a = *s.array;
    const std::size_t most = padded(std::min(kChunk, last_ - first_));
    if (a.stride[1] == 0 || a.shape[1] == 1) {
      s.kind = Kind::constant;
      stage().fill(s.as, number_at(a, 0, 0, 0), most, space_.pattern);
    } else if (const std::size_t period = a.shape[1] * a.shape[2]; period <= kChunk) {
      s.kind = Kind::periodic, s.period = period;
      const std::size_t length = last_ <= kChunk ? padded(last_) : period + kChunk;
      s.as == Type::float32 ? fill<float>(a, a.shape[1], a.shape[2], length)
                            : fill<double>(a, a.shape[1], a.shape[2], length);
    } else {
      return;
    }
    pattern_ = true;
  }
  template <class C>
  void fill(const Array& a, std::size_t count, std::size_t inner, std::size_t length) {
    C* const to = reinterpret_cast<C*>(space_.pattern);
    std::size_t i = 0;
    for (std::size_t c = 0; c < count && i < length; ++c) {
      const C value = static_cast<C>(number_at(a, 0, c, 0));
      for (const std::size_t end = std::min(length, i + std::min(inner, length)); i < end; ++i) to[i] = value;
    }
    for (std::size_t period = i; i < length; ++i) to[i] = to[i - period];
  }
  static const void* random(const Source& s, std::size_t first, std::size_t n, double* space) {
    if (s.as == Type::float32) return stage().random(s.seed, first, n, reinterpret_cast<float*>(space)), space;
    alignas(64) float drawn[kChunk];
    stage().random(s.seed, first, n, drawn);
    stage().to_double(Type::float32, drawn, n, space);
    return space;
  }

  Space& space_;
  const std::size_t first_, last_;
  Source source_[kMostArrays + 2];
  std::size_t count_ = 0;
  bool lie_ = true, pattern_ = false;
};

/// body(first, n) for the parts of [first, last): whole groups in one call where `whole` says so, else by chunks; then
/// what is less than a group.
template <class Body>
void in_chunks(std::size_t first, std::size_t last, bool whole, const Body& body) {
  const std::size_t groups = (last - first) / detail::kGroup * detail::kGroup, end = first + groups;
  for (std::size_t n; first < end; first += n) body(first, n = whole ? groups : std::min(kChunk, end - first));
  if (first < last) body(first, last - first);
}

}  // namespace lossact::cpu
#endif
