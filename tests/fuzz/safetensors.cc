// .safetensors files. What is read is written and read again.
#include "lossact/nn/safetensors.h"
#include "lossact/error.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lossact::nn;
  try {
    const StateDict tensors = read_safetensors(text_of(data, size), "file.safetensors");
    const std::string written = write_safetensors(tensors);
    const StateDict again = read_safetensors(written, "file.safetensors");
    ensure(again.size() == tensors.size());
    for (const auto& [name, tensor] : tensors) {
      const Tensor& other = again.at(name);
      ensure(other.shape() == tensor.shape() && other.dtype() == tensor.dtype());
    }
    ensure(write_safetensors(again) == written);
  } catch (const lossact::format_error&) {
  }
  return 0;
}
