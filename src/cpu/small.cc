// Small calls of functions of elements: a few contiguous elements of one type. They are answered before a plan is made,
// which would take longer than they do.
#include "src/check/memory.h"
#include "src/cpu/small_pass.h"

namespace lossact::cpu {
namespace {

/// Halves and arrays that are broadcast are copied to the stack, up to so many elements.
constexpr std::size_t kFew = 64;

/// Contiguous, and of the type and shape of `like`.
bool plain(const Array& a, const Array& like) {
  if (a.type != like.type || a.rank != like.rank || a.shape[1] != like.shape[1]) return false;
  if (a.rank == 1) return a.stride[1] == 1;
  return a.shape[0] == like.shape[0] && a.shape[2] == like.shape[2] && a.contiguous();
}
/// n contiguous doubles.
bool doubles(const Array& a, std::size_t n) {
  return a.type == Type::float64 && a.rank == 1 && a.shape[1] == n && a.stride[1] == 1;
}
bool apart(const void* a, std::size_t size_a, const void* b, std::size_t size_b) {
  const auto x = reinterpret_cast<std::uintptr_t>(a), y = reinterpret_cast<std::uintptr_t>(b);
  return x - y >= size_b && y - x >= size_a;
}

// Whatever is not common to all calls is a function of its own: where GCC takes a call for rare it would inline it
// made small and slow, by `rep stos`.
class Small {
 public:
  Small(const Function& f, const Call& call)
      : f_(f), call_(call), like_(*call.arrays[0]), k_(*f.kernels[target()]), n_(like_.size()) {}

  bool run(double& result) {
    half_ = is_half(like_.type), staged_ = half_ && !k_.half_value[0];
    if (n_ == 0 || n_ > (staged_ ? kFew : detail::kBlock) || !is_element(like_.type)) return false;
    width_ = size_of(like_.type), size_ = n_ * width_;
    pass_.options = call_.options ? call_.options : f_.defaults;
    if (!f_.legal(pass_.options)) return false;
    const bool number = f_.output == Output::number, slopes = !call_.gradients.empty();
    if (slopes ? call_.output || (!number && !call_.grad_output) : !number && !call_.output) return false;
    if (call_.from_output && !f_.gradient_from_output(pass_.options)) return false;
    if (!inputs()) return false;
    result = nan;
    return number ? loss(slopes, result) : elements(slopes);
  }

 private:
  bool inputs() {
    const std::size_t arguments = call_.from_output ? 1 : f_.arguments.size();
    for (std::size_t i = 0; i < arguments; ++i) {
      const ArgumentInfo& info = f_.arguments[i];
      const Array* const a = call_.arrays[i];
      if (pass_.full()) return false;
      if (info.weighs) {
        if (a) return false;
      } else if (!a) {
        if (!info.optional) return false;
        if (info.extent != Extent::random) pass_.read(nullptr, 0);
        else if (!random()) return false;
      } else if (info.extent == Extent::channel) {
        if (!broadcast(*a)) return false;
      } else if (info.extent == Extent::element && plain(*a, like_) && surely_meets(info.constraint, *a)) {
        pass_.read(a->data, width_);
      } else {
        return false;
      }
    }
    read_ = pass_.inputs;
    return true;
  }
  Type work() const { return like_.type == Type::float64 ? Type::float64 : Type::float32; }
  [[gnu::noinline]] bool random() {
    const CommonOptions common = f_.common(pass_.options);
    if (!common.draws) return pass_.read(nullptr, 0), true;
    if (n_ > kFew) return false;
    auto* const floats = reinterpret_cast<float*>(broadcast_);
    stage().random(common.seed, 0, n_, floats);
    if (work() == Type::float64) {
      alignas(64) float drawn[kFew];
      detail::copy(drawn, floats, sizeof drawn), stage().to_double(Type::float32, drawn, n_, broadcast_);
    }
    return pass_.read(broadcast_, size_of(work())), true;
  }
  /// One number for all, or one for each index of the axis, written down for each element.
  [[gnu::noinline]] bool broadcast(const Array& a) {
    const std::size_t count = a.shape[1];
    if (n_ > kFew || channels_ || a.type != like_.type || a.rank != 1 || (count > 1 && a.stride[1] != 1)) return false;
    if (count != 1 && count != like_.shape[1]) return false;
    channels_ = &a, inner_ = count == 1 ? n_ : like_.shape[2];
    if (count == 1) stage().fill(work(), number_at(a, 0, 0, 0), n_, broadcast_);
    else work() == Type::float64 ? spread<double>(a, count) : spread<float>(a, count);
    return pass_.read(broadcast_, size_of(work())), true;
  }
  template <class C>
  void spread(const Array& a, std::size_t count) {
    alignas(64) C numbers[kFew + kPadding];
    if constexpr (sizeof(C) == 8) stage().to_double(a.type, a.data, count, numbers);
    else stage().to_float(a.type, a.data, count, numbers);
    C* const to = reinterpret_cast<C*>(broadcast_);
    for (std::size_t i = 0, c = 0, left = inner_; i < n_; ++i) {
      to[i] = numbers[c];
      if (--left == 0) left = inner_, c = c + 1 == count ? 0 : c + 1;
    }
    for (std::size_t i = n_; i < grouped(n_); ++i) to[i] = 0;
  }
  /// Whether `size` bytes may be written there: apart from all that is read, or over the same elements.
  bool may_write(const Array& a, std::size_t size) const {
    if (channels_ && !apart(a.data, size, channels_->data, channels_->shape[1] * width_)) return false;
    for (std::size_t i = 0; i < read_; ++i)
      if (const void* const b = pass_.in[i])
        if ((a.data != b || a.type != like_.type) && !apart(a.data, size, b, size_)) return false;
    return true;
  }

  bool elements(bool slopes) {
    const Array* const to = slopes ? call_.gradients[0] : call_.output;
    if (!to || !plain(*to, like_) || !may_write(*to, size_)) return false;
    if (slopes) {
      const Array& dy = *call_.grad_output;
      if (!plain(dy, like_) || pass_.full()) return false;
      if (to->data != dy.data && !apart(to->data, size_, dy.data, size_)) return false;
      for (std::size_t i = 1, place = 1; i < call_.gradients.size(); ++i) {
        place += f_.arguments[i].gradient;
        if (call_.gradients[i] && !channel_gradient(i, place, *to)) return false;
      }
      pass_.read(dy.data, width_), pass_.write(nullptr, 0);
    }
    if (staged_) return halves(slopes, *to);
    const bool floats = like_.type == Type::float32, by_fast = call_.accuracy == fast;
    if (half_)
      pass_.pass = chosen(slopes, k_.half_value, k_.half_slopes, k_.half_output_slopes)[to->type == Type::float16];
    else if (floats) pass_.pass = float_pass(slopes)[by_fast];
    else pass_.pass = chosen(slopes, k_.value, k_.slopes, k_.output_slopes)[1];
    pass_.write(to->data, width_);
    if (slopes && f_.arguments.size() > 1) pass_.write(nullptr, 0);
    pass_.run(n_, nullptr);
    return true;
  }
  /// The gradient in the array that is broadcast, summed as by the driver of large calls: nothing else may fail after.
  [[gnu::noinline]] bool channel_gradient(std::size_t argument, std::size_t place, const Array& grad_input) {
    const Array &to = *call_.gradients[argument], &dy = *call_.grad_output;
    if (f_.arguments[argument].extent != Extent::channel || !channels_ || !is_element(to.type) || to.rank != 1)
      return false;
    const std::size_t count = channels_->shape[1], size = count * size_of(to.type);
    if (to.shape[1] != count || (count > 1 && to.stride[1] != 1)) return false;
    for (const Array* const other : {call_.arrays[0], &dy, &grad_input})
      if (!apart(to.data, size, other->data, size_)) return false;
    if (!apart(to.data, size, channels_->data, count * width_)) return false;
    alignas(64) double x[SmallPass::kMost][kFew], terms[kFew];
    const void* in[SmallPass::kMost];
    void* out[SmallPass::kMost] = {};
    for (std::size_t i = 0; i < read_; ++i) {
      in[i] = pass_.in[i];
      if (in[i] == broadcast_ || !in[i]) continue;
      if (work() == Type::float64) stage().to_double(like_.type, in[i], n_, x[i]);
      else stage().to_float(like_.type, in[i], n_, reinterpret_cast<float*>(x[i]));
      in[i] = x[i];
    }
    stage().to_double(like_.type, dy.data, n_, x[read_]);
    in[read_] = x[read_], out[place] = terms;
    k_.slopes[work() == Type::float64](pass_.options, 0, grouped(n_), in, &pass_.scale, out);
    for (std::size_t c = 0; c < count; ++c) {
      double lanes[detail::kGroup];
      std::fill_n(lanes, detail::kGroup, 0.0);
      for (std::size_t k = 0, i = c * inner_; i < n_; i += (count - 1) * inner_)
        for (const std::size_t end = std::min(n_, i + inner_); i < end; ++i, ++k) lanes[k % detail::kGroup] += terms[i];
      put_number(to, 0, c, 0, detail::fold(lanes));
    }
    return true;
  }
  const Pass* chosen(bool slopes, const Pass* value, const Pass* of_input, const Pass* of_output) const {
    return !slopes ? value : call_.from_output ? of_output : of_input;
  }
  const Pass* float_pass(bool slopes) const {
    return chosen(slopes, k_.float_value, k_.float_slopes, k_.float_output_slopes);
  }
  void to_floats(float (&x)[SmallPass::kMost][kFew]) {
    for (std::size_t i = 0; i < pass_.inputs; ++i) {
      if (pass_.in_width[i] != 2) continue;
      stage().to_float(like_.type, pass_.in[i], n_, x[i]);
      pass_.in[i] = x[i], pass_.in_width[i] = sizeof(float);
    }
  }
  /// Halves by way of floats. False where their error may change the rounding; then nothing was written.
  [[gnu::noinline]] bool halves(bool slopes, const Array& to) {
    alignas(64) float x[SmallPass::kMost][kFew];
    to_floats(x);
    const std::size_t n = grouped(n_), place = slopes;
    const bool by_fast = call_.accuracy == fast, all = k_.exact && (to.type == Type::float16 || read_ == 1 || by_fast);
    void* out[SmallPass::kMost] = {};
    if (slopes && !by_fast && !all) {
      alignas(64) double y[kFew];
      const Factor factor = {pass_.in[read_], true};
      pass_.in[read_] = nullptr, out[1] = y;
      (call_.from_output ? k_.output_slopes : k_.slopes)[0](pass_.options, 0, n, pass_.in, &pass_.scale, out);
      stage().from_double(y, 1, factor, n_, to.type, to.data);
      return true;
    }
    alignas(64) float y[kFew];
    out[place] = y;
    float_pass(slopes)[1](pass_.options, 0, n, pass_.in, &pass_.scale, out);
    if (!all && !by_fast && stage().uncertain(y, n_, to.type, k_.exact ? -1 : kMargin)) return false;
    if (!all && by_fast) {
      const Interval enough = f_.float_suffices(pass_.options, call_.from_output);
      if (!(enough.low == -inf && enough.high == inf) &&
          stage().outside(x[0], y, n_, static_cast<float>(enough.low), static_cast<float>(enough.high)))
        return false;
    }
    stage().from_float(y, n_, to.type, to.data);
    return true;
  }

  [[gnu::noinline]] bool loss(bool slopes, double& result) {
    const CommonOptions common = f_.common(pass_.options);
    const bool each = common.reduction == Reduction::none && slopes, sum = !call_.grad_output && !call_.output;
    if (pass_.inputs + 2 > SmallPass::kMost) return false;
    if (!each && !call_.output && common.reduction != Reduction::mean && common.reduction != Reduction::sum)
      return false;
    const double divisor = common.reduction == Reduction::mean ? static_cast<double>(n_) : 1;
    if (k_.weighs) pass_.read(nullptr, 0);
    const void* factors = nullptr;
    pass_.scale = 1 / divisor;
    if (const Array* const dy = call_.grad_output) {
      if (!slopes || (each ? !doubles(*dy, n_) : dy->size() != 1 || !is_element(dy->type))) return false;
      if (each) factors = dy->data;
      else pass_.scale = number_at(*dy, 0, 0, 0) / divisor;
    } else if (each) {
      return false;
    }
    pass_.read(factors, sizeof(double));
    alignas(64) double lanes[detail::kGroup];
    if (sum) std::fill_n(lanes, detail::kGroup, 0.0);
    if (slopes) {
      pass_.pass = like_.type == Type::float32 ? k_.float_slopes[0] : k_.slopes[1];
      pass_.write(sum ? lanes : nullptr, 0);
      if (!gradients()) return false;
    } else {
      pass_.pass = k_.value[like_.type != Type::float32];
      if (const Array* const to = call_.output) {
        if (!doubles(*to, n_) || to->rank != like_.rank || !may_write(*to, n_ * sizeof(double))) return false;
        pass_.write(to->data, sizeof(double)), pass_.write(nullptr, 0);
      } else {
        pass_.write(nullptr, 0), pass_.write(lanes, 0);
      }
    }
    if (half_) {
      of_halves(sum ? lanes : nullptr);
    } else {
      pass_.run(n_, sum ? lanes : nullptr);
    }
    if (sum) result = detail::fold(lanes) / divisor;
    return true;
  }
  /// A loss of halves and its gradients, by way of doubles.
  [[gnu::noinline]] void of_halves(double* lanes) {
    alignas(64) double x[SmallPass::kMost][kFew], y[SmallPass::kMost][kFew];
    for (std::size_t i = 0; i < pass_.inputs; ++i) {
      if (pass_.in_width[i] != 2) continue;
      stage().to_double(like_.type, pass_.in[i], n_, x[i]);
      pass_.in[i] = x[i], pass_.in_width[i] = sizeof(double);
    }
    void* to[SmallPass::kMost];
    for (std::size_t i = 0; i < pass_.outputs; ++i) {
      to[i] = pass_.out_width[i] == 2 ? pass_.out[i] : nullptr;
      if (to[i]) pass_.out[i] = y[i], pass_.out_width[i] = sizeof(double);
    }
    pass_.run(n_, lanes);
    for (std::size_t i = 0; i < pass_.outputs; ++i)
      if (to[i]) stage().from_double(y[i], 1, {}, n_, like_.type, to[i]);
  }
  bool gradients() {
    bool wanted = false;
    for (std::size_t i = 0; i < f_.arguments.size(); ++i) {
      const Array* const g = call_.gradients[i];
      if (!f_.arguments[i].gradient) {
        if (g) return false;
        continue;
      }
      if (pass_.full()) return false;
      if (g) {
        if (!plain(*g, like_) || !may_write(*g, size_)) return false;
        if (call_.grad_output && !lossact::apart(*g, *call_.grad_output)) return false;
        for (std::size_t j = 1; j < pass_.outputs; ++j)
          if (pass_.out[j] && !apart(pass_.out[j], size_, g->data, size_)) return false;
        wanted = true;
      }
      pass_.write(g ? g->data : nullptr, width_);
    }
    return wanted;
  }

  const Function& f_;
  const Call& call_;
  const Array& like_;
  const Kernel& k_;
  const std::size_t n_;
  bool half_ = false, staged_ = false;
  std::size_t width_ = 0, size_ = 0, read_ = 0, inner_ = 1;
  const Array* channels_ = nullptr;
  alignas(64) double broadcast_[kFew];
  SmallPass pass_;
};

}  // namespace

bool run_small(const Function& f, const Call& call, double& result) {
  if (call.arrays.size() != f.arguments.size() || !call.arrays[0]) return false;
  if (!call.gradients.empty() && call.gradients.size() != f.arguments.size()) return false;
  return Small(f, call).run(result);
}

}  // namespace lossact::cpu
