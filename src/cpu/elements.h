// Functions from elements to elements: which passes compute what a plan wants, and of which arrays.
#ifndef LOSSACT_SRC_CPU_ELEMENTS_H_
#define LOSSACT_SRC_CPU_ELEMENTS_H_
#include "src/cpu/sources.h"

namespace lossact::cpu {

class Elements {
 public:
  explicit Elements(const Plan& plan) : p_(plan), k_(kernel_of(plan)), fast_(plan.accuracy == fast) {
    inputs_ = plan.from_output ? 1 : plan.inputs;
    // Doubles are computed to all their digits; floats, and halves by way of floats, to those of a float.
    for (std::size_t i = 0; i < inputs_; ++i)
      if (p_.in[i] && p_.in[i]->type == Type::float64) work_ = Type::float64;
  }

  /// Elements [first, last) of the output.
  void forward(std::size_t first, std::size_t last) const {
    const Array& to = *p_.output;
    if (is_half(to.type) && work_ != Type::float64) {
      if (k_.half_value[0] && lie(to)) return one(k_.half_value[to.type == Type::float16], 0, to, to.type, first, last);
      return halves(k_.float_value[1], 0, first, last);
    }
    const bool floats = to.type == Type::float32 && work_ != Type::float64;
    const Pass pass = floats ? k_.float_value[fast_] : k_.value[work_ == Type::float64];
    one(pass, 0, to, floats ? Type::float32 : Type::float64, first, last);
  }
  /// The gradients of elements that are wanted.
  void backward(std::size_t first, std::size_t last) const {
    std::size_t wanted = 0;
    for (std::size_t g = 0; g < p_.gradients; ++g) wanted += by_element(g);
    if (wanted == 0) return;
    const Array& dy = *p_.grad_output;
    if (wanted == 1 && by_element(0)) {
      const Array& to = *p_.gradient[0];
      const Pass* const single = p_.from_output ? k_.float_output_slopes : k_.float_slopes;
      if (work_ == Type::float64) {
        if (to.type == Type::float64 && dy.type == Type::float64)
          return one((p_.from_output ? k_.output_slopes : k_.slopes)[1], 1, to, Type::float64, first, last);
      } else if (dy.type != Type::float64) {
        if (to.type == Type::float32 && !is_half(dy.type)) return one(single[fast_], 1, to, Type::float32, first, last);
        const Pass* const half = p_.from_output ? k_.half_output_slopes : k_.half_slopes;
        if (half[0] && lie(to)) return one(half[to.type == Type::float16], 1, to, to.type, first, last);
        // Four units in the last place of a float do not hold beside a zero, so faithful halves go by way of doubles.
        if (is_half(to.type) && (fast_ || exact(to))) return halves(single[1], 1, first, last);
      }
    }
    slopes(first, last);
  }
  bool by_element(std::size_t g) const { return p_.gradient[g] && p_.of[p_.in_of[g]]->extent != Extent::channel; }
  /// The sum of the slopes in an array that is broadcast; `arrays` are the inputs and the incoming gradient.
  double slope_sum(std::size_t g, std::size_t n, const Array* const* arrays) const {
    Space s;
    Sources sources(s, 0, n);
    for (std::size_t i = 0; i < inputs_; ++i) sources.add(arrays[i], work_);
    sources.add(arrays[inputs_], Type::float64);
    const bool last = g > 0 && g + 1 == k_.gradients;
    const Pass pass = k_.slopes[work_ == Type::float64];
    const void* in[kMostArrays + 2];
    void* out[kMostArrays + 1] = {};
    Sum total;
    in_chunks(0, n, false, [&](std::size_t first, std::size_t size) {
      const bool lanes = last && size % detail::kGroup == 0;
      sources.read(first, size, in);
      out[0] = lanes ? total.lanes() : nullptr, out[1 + g] = lanes ? nullptr : s.out[0];
      pass(p_.options, first, grouped(size), in, kOne, out);
      lanes ? total.added(size) : total.add(s.out[0], size);
    });
    return total.total();
  }

 private:
  static constexpr double kOne[] = {1};

  /// Whether floats hold what an exact function makes of these halves, but for underflow.
  bool held(const Array& to) const {
    if (!k_.exact) return false;
    for (std::size_t i = 0; i < inputs_; ++i)
      if (!p_.in[i] || p_.in[i]->type != to.type) return false;
    return !p_.grad_output || p_.grad_output->type == to.type;
  }
  /// Whether rounding that once is all there is to do: the product of two bfloat16 may lie below the normal floats,
  /// which fast does not mind.
  bool exact(const Array& to) const { return held(to) && (to.type == Type::float16 || inputs_ == 1 || fast_); }
  /// Whether all arrays that are read and written are contiguous halves of one type.
  bool lie(const Array& to) const {
    if (!is_half(to.type) || !direct(to, to.type)) return false;
    for (std::size_t i = 0; i < inputs_; ++i)
      if (!p_.in[i] || !direct(*p_.in[i], to.type)) return false;
    return !p_.grad_output || direct(*p_.grad_output, to.type);
  }
  void add_inputs(Sources& sources, Type as) const {
    for (std::size_t i = 0; i < inputs_; ++i)
      if (p_.in[i] || !p_.common.draws) sources.add(p_.in[i], as);
      else sources.add_random(p_.common.seed, as);
  }
  /// One array of floats or doubles, at `place` of the pass's outputs; with grad_output where that is 1.
  void one(Pass pass, std::size_t place, const Array& to, Type type, std::size_t first, std::size_t last) const {
    Space s;
    Sources sources(s, first, last);
    add_inputs(sources, is_half(type) ? type : work_);
    if (place) sources.add(p_.grad_output, type);
    const void* in[kMostArrays + 2];
    void* out[kMostArrays + 1] = {};
    const bool there = direct(to, type);
    in_chunks(first, last, there && sources.lie(), [&](std::size_t at, std::size_t n) {
      const bool whole = there && n % detail::kGroup == 0;
      sources.read(at, n, in);
      out[place] = whole ? address(to, at) : s.out[0];
      pass(p_.options, at, grouped(n), in, kOne, out);
      if (whole) return;
      if (there) detail::copy(address(to, at), s.out[0], n * size_of(type));
      else if (type == Type::float32) scatter(to, at, n, s.out[0]);
      else write(to, at, n, s.out[0]);
    });
  }
  /// To half precision, by way of floats. Where their error may change the rounding, doubles answer.
  void halves(Pass pass, std::size_t place, std::size_t first, std::size_t last) const {
    const Array& to = place ? *p_.gradient[0] : *p_.output;
    Space s;
    Sources sources(s, first, last);
    add_inputs(sources, work_);
    if (place) sources.add(p_.grad_output, Type::float32);
    const void* in[kMostArrays + 2];
    auto* const y = reinterpret_cast<float*>(s.out[0]);
    void* out[kMostArrays + 1] = {};
    out[place] = y;
    const bool all = exact(to), there = to.contiguous();
    Interval enough;
    if (fast_ && !all) enough = p_.function->float_suffices(p_.options, p_.from_output);
    const bool limited = !(enough.low == -inf && enough.high == inf);
    for (std::size_t n; first < last; first += n) {
      n = std::min(kChunk, last - first);
      sources.read(first, n, in);
      pass(p_.options, first, grouped(n), in, kOne, out);
      auto* const rounded = static_cast<std::uint16_t*>(there ? address(to, first) : s.out[1]);
      std::uint64_t parts = 0;
      if (limited)
        parts = stage().outside(static_cast<const float*>(in[0]), y, n, static_cast<float>(enough.low),
                                static_cast<float>(enough.high));
      else if (!fast_ && !all) parts = stage().uncertain(y, n, to.type, held(to) ? -1 : kMargin);
      stage().from_float(y, n, to.type, rounded);
      for (std::size_t at = 0; parts; at += kPadding, parts >>= 1)
        if (parts & 1) by_doubles(place, first + at, std::min(kPadding, n - at), in, at, to.type, enough, y, rounded);
      if (!there) scatter(to, first, n, rounded);
    }
  }
  /// Elements at + [0, n) of what was read, computed in double and rounded once: all that are faithful, or where fast
  /// floats do not suffice.
  void by_doubles(std::size_t place, std::size_t first, std::size_t n, const void* const* in, std::size_t at, Type type,
                  Interval enough, const float* floats, std::uint16_t* to) const {
    const void* part[kMostArrays + 2];
    for (std::size_t i = 0; i < inputs_; ++i) part[i] = in[i] ? static_cast<const float*>(in[i]) + at : nullptr;
    part[inputs_] = nullptr;
    alignas(64) double y[kPadding];
    alignas(64) std::uint16_t answer[kPadding];
    void* out[kMostArrays + 1] = {};
    out[place] = y;
    const Pass pass = place ? (p_.from_output ? k_.output_slopes : k_.slopes)[0] : k_.value[0];
    pass(p_.options, first, grouped(n), part, kOne, out);
    const Factor factor = place ? Factor{static_cast<const float*>(in[inputs_]) + at, true} : Factor{};
    stage().from_double(y, 1, factor, n, type, answer);
    const auto* const x = static_cast<const float*>(part[0]);
    for (std::size_t i = 0; i < n; ++i) {
      const float here = detail::get(x + i), result = floats[at + i];
      if (!fast_ || !(here >= static_cast<float>(enough.low) && here <= static_cast<float>(enough.high)) ||
          result != result)
        detail::put(to + at + i, answer[i]);
    }
  }
  /// All gradients by way of doubles; what is no double is multiplied by the incoming gradient as it is rounded.
  void slopes(std::size_t first, std::size_t last) const {
    Space s;
    Sources sources(s, first, last);
    add_inputs(sources, work_);
    const Array& dy = *p_.grad_output;
    bool doubles = dy.type == Type::float64;
    for (std::size_t g = 0; g < p_.gradients; ++g)
      if (by_element(g)) doubles = doubles && direct(*p_.gradient[g], Type::float64);
    const Type type = dy.type == Type::float64 ? Type::float64 : Type::float32;
    sources.add(&dy, type);
    const Pass pass = (p_.from_output ? k_.output_slopes : k_.slopes)[work_ == Type::float64];
    const void* in[kMostArrays + 2];
    void* out[kMostArrays + 1] = {};
    for (std::size_t g = 0; g < p_.gradients; ++g)
      if (by_element(g)) out[1 + g] = s.out[g];
    for (std::size_t n; first < last; first += n) {
      n = std::min(kChunk, last - first);
      sources.read(first, n, in);
      const Factor factor = doubles ? Factor{} : Factor{in[inputs_], type == Type::float32};
      if (!doubles) in[inputs_] = nullptr;
      pass(p_.options, first, grouped(n), in, kOne, out);
      for (std::size_t g = 0; g < p_.gradients; ++g)
        if (by_element(g)) write(*p_.gradient[g], first, n, s.out[g], 1, factor);
    }
  }

  const Plan& p_;
  const Kernel& k_;
  const bool fast_;
  std::size_t inputs_;
  Type work_ = Type::float32;
};

}  // namespace lossact::cpu
#endif
