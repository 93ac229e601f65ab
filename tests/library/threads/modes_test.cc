// The caller's modes of the processor change no bit, on any thread, and are as they were after a call.
#include <cfenv>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif
#include "tests/library/every_call.h"

namespace lossact::testing {
namespace {

/// Sets modes that a caller may have set, as long as this lives.
class Mode {
 public:
  enum Kind { up, down, to_zero, flushing, trapping };
  static constexpr Kind all[] = {up, down, to_zero, flushing, trapping};

  explicit Mode(Kind kind) {
    std::fegetenv(&before_);
    if (kind == up) std::fesetround(FE_UPWARD);
    if (kind == down) std::fesetround(FE_DOWNWARD);
    if (kind == to_zero) std::fesetround(FE_TOWARDZERO);
    if (kind == flushing) flush();
    if (kind == trapping) std::feclearexcept(FE_ALL_EXCEPT), feenableexcept(FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW);
  }
  ~Mode() { std::fesetenv(&before_); }
  Mode(const Mode&) = delete;

#if defined(__x86_64__)
  static unsigned now() { return _mm_getcsr() & 0xFFC0; }

 private:
  static void flush() { _mm_setcsr(_mm_getcsr() | 0x8040); }
#else
  static int now() { return std::fegetround(); }

 private:
  static void flush() {}
#endif
  std::fenv_t before_;
};

const bool modes = for_every_function("Modes", []<class T>(const auto& f, T) {
  // Calls that stay on this thread, and calls that do not.
  for (const std::size_t n : {40ul, 9ul * 4096}) {
    Arrays<T> arrays(n);
    const Bits expected = every_call<T>(f, arrays);
    for (const Mode::Kind kind : Mode::all) {
      Bits got;
      unsigned during = 0, after = 0;
      {
        const Mode mode(kind);
        during = static_cast<unsigned>(Mode::now());
        got = every_call<T>(f, arrays);
        after = static_cast<unsigned>(Mode::now());
      }
      EXPECT_TRUE(got == expected) << "mode " << kind << ", " << n << " elements";
      EXPECT_EQ(after, during) << "mode " << kind << " was not restored";
    }
  }
});

TEST(Modes, AreRestoredAfterAnException) {
  const std::vector<float> x(4);
  std::vector<float> y(3);
  for (const Mode::Kind kind : Mode::all) {
    unsigned during = 0, after = 0;
    bool thrown = false;
    {
      const Mode mode(kind);
      during = static_cast<unsigned>(Mode::now());
      try {
        mish(x, y);
      } catch (const shape_error&) {
        thrown = true;
      }
      after = static_cast<unsigned>(Mode::now());
    }
    EXPECT_TRUE(thrown);
    EXPECT_EQ(after, during) << "mode " << kind;
  }
}
#if defined(__x86_64__)
TEST(Modes, AreNotChangedByLoadingTheLibrary) { EXPECT_EQ(Mode::now(), 0x1F80u); }
#endif

}  // namespace
}  // namespace lossact::testing
