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
const bool odd_addresses_of_one_target = for_every_function("OddAddressSingle", []<class T>(const auto& f, T) {
  targets::use("single");
  Arrays<T> aligned(40), odd(40, 1, 3);
  EXPECT_EQ(every_call<T>(f, odd), every_call<T>(f, aligned));
  targets::use("");
});

}  // namespace
}  // namespace lossact::testing
