// .npy files. What is read is written and read again, and becomes a table where it can.
#include "files/npy.h"
#include "experiment/table/data_source.h"
#include "lossact/error.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lossact::cli;
  try {
    const Npy array = read_npy(text_of(data, size), "file.npy");
    std::size_t count = 1;
    for (const std::size_t length : array.shape) count *= length;
    std::visit([&](const auto& values) { ensure(values.size() == count); }, array.values);
    const std::string written = write_npy(array);
    const Npy again = read_npy(written, "file.npy");
    ensure(again.shape == array.shape && again.fortran_order == array.fortran_order);
    ensure(write_npy(again) == written);
    const Table table = read_content(written, "file.npy", {.missing = Missing::mean});
    ensure(table.values.size() == table.rows() * table.features.size());
  } catch (const lossact::error&) {
  }
  return 0;
}
