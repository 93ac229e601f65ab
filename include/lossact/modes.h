// The processor's modes that change results.
#ifndef LOSSACT_MODES_H_
#define LOSSACT_MODES_H_
#include <cstdint>
#if defined(__x86_64__)
#include <xmmintrin.h>
#elif !defined(__aarch64__)
#include <cfenv>
#endif

namespace lossact::detail {

/// While this lives results are rounded to the nearest, denormals are numbers and nothing traps, whatever the caller
/// has set; then that holds again. It stands in the callers of compiled functions, for a compiler may move arithmetic
/// over a change of modes, but not over such a call.
class DefaultModes {
 public:
#if defined(__x86_64__)
  DefaultModes() : before_(_mm_getcsr()) {
    if (!usual()) _mm_setcsr((before_ & ~kModes) | kUsual);
  }
  ~DefaultModes() {
    if (!usual()) _mm_setcsr(before_);
  }

 private:
  static constexpr unsigned kModes = 0xFFC0, kUsual = 0x1F80;  // FTZ, rounding, six masks, DAZ; all masked
  bool usual() const { return (before_ & kModes) == kUsual; }
  unsigned before_;
#elif defined(__aarch64__)
  DefaultModes() : before_(read()) {
    if (before_ != 0) write(0);
  }
  ~DefaultModes() {
    if (before_ != 0) write(before_);
  }

 private:
  static std::uint64_t read() {
    std::uint64_t mode;
    asm volatile("mrs %0, fpcr" : "=r"(mode));
    return mode;
  }
  static void write(std::uint64_t mode) { asm volatile("msr fpcr, %0" : : "r"(mode)); }
  std::uint64_t before_;
#else
  DefaultModes() : before_(std::fegetround()) {
    if (before_ != FE_TONEAREST) std::fesetround(FE_TONEAREST);
  }
  ~DefaultModes() {
    if (before_ != FE_TONEAREST) std::fesetround(before_);
  }

 private:
  int before_;
#endif
  DefaultModes(const DefaultModes&) = delete;
  DefaultModes& operator=(const DefaultModes&) = delete;
};

}  // namespace lossact::detail
#endif
