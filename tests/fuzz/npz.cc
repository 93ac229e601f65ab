// .npz files: every array in them, and the table that is made of them.
#include "files/npz.h"
#include "experiment/table/data_source.h"
#include "experiment/table/usage_error.h"
#include "lossact/error.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lossact::cli;
  const std::string_view bytes = text_of(data, size);
  try {
    const Npz npz(bytes, "file.npz");
    for (const std::string& name : npz.names()) {
      try {
        (void)npz.read(name);
      } catch (const lossact::error&) {
      }
    }
    const Table table = read_content(bytes, "file.npz", {.missing = Missing::mean});
    ensure(table.values.size() == table.rows() * table.features.size() && table.test_rows < table.rows());
  } catch (const lossact::error&) {
  }
  return 0;
}
