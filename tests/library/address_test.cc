// Arrays at addresses that are no multiple of their element's size: the same bits, and nothing that UBSan sees.
#include "tests/library/every_call.h"

namespace lossact::testing {
namespace {

const bool odd_addresses = for_every_function("OddAddress", []<class T>(const auto& f, T) {
  for (const std::size_t n : {40ul, 200ul}) {
    Arrays<T> aligned(n);
    const Bits expected = every_call<T>(f, aligned);
    for (std::size_t offset = 1; offset < sizeof(T); ++offset) {
      Arrays<T> odd(n, offset, offset);
      EXPECT_EQ(every_call<T>(f, odd), expected) << offset << " bytes on, " << n << " elements";
    }
  }
});
// Rows that are computed one by one, and keep exponentials in the memory of their results.
template <class T>
Bits long_rows(std::size_t offset, auto call) {
  const std::size_t classes = 5000;
  Shifted<T> x(numbers<T>(2 * classes, 3), offset), out(std::vector<T>(2 * classes), offset);
  call(Rows<const T>{x.span().data(), 2, classes}, Rows<T>{out.span().data(), 2, classes});
  Bits all;
  append(all, out.values());
  return all;
}
const bool long_rows_at_odd_addresses =
    for_all("OddAddressOfLongRows", row_activations, []<class P>(const Callable<P>& f) {
      for (const Accuracy accuracy : {faithful, fast}) {
        const auto value = [&](auto x, auto y) { f(x, y, {}, accuracy); };
        EXPECT_EQ(long_rows<float>(1, value), long_rows<float>(0, value));
      }
    });
const bool losses_of_long_rows_at_odd_addresses =
    for_all("OddAddressOfLongRows", row_losses, []<class P>(const Callable<P>& f) {
      const std::int64_t y[] = {4000, 7};
      for (const Accuracy accuracy : {faithful, fast}) {
        const auto gradient = [&](auto x, auto dx) { f.with_gradient(x, y, dx, {}, accuracy); };
        EXPECT_EQ(long_rows<float>(3, gradient), long_rows<float>(0, gradient));
      }
    });
const bool odd_addresses_of_one_target = for_every_function("OddAddressSingle", []<class T>(const auto& f, T) {
  targets::use("single");
  Arrays<T> aligned(40), odd(40, 1, 3);
  EXPECT_EQ(every_call<T>(f, odd), every_call<T>(f, aligned));
  targets::use("");
});

}  // namespace
}  // namespace lossact::testing
