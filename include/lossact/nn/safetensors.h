// Tensors in files, in the format safetensors (https://github.com/huggingface/safetensors), which holds names, shapes
// and numbers and nothing that could be run.
#ifndef LOSSACT_NN_SAFETENSORS_H_
#define LOSSACT_NN_SAFETENSORS_H_
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include "lossact/nn/file_error.h"
#include "lossact/nn/tensor.h"

namespace lossact::nn {

/// Tensors by name, as Module::state_dict() gives them: "0.weight", "0.bias", ...
using StateDict = std::map<std::string, Tensor>;

/// Writes a file that other libraries read too, byte for byte as theirs. It is written beside its place and renamed, so
/// that at every moment there is the old file or the new one whole. domain_error for a name that is not UTF-8 or is
/// "__metadata__", which the format keeps for itself, and for an undefined tensor; file_error where it cannot be
/// written.
LOSSACT_API void save(const std::filesystem::path& path, const StateDict& tensors);
/// Reads a file of float32, float64, int64 and bool tensors. Nothing in it is trusted: format_error, with the file's
/// name, what was expected and what was found, for whatever is not exactly such a file, before more of it is read than
/// the header; file_error where it cannot be read.
LOSSACT_API StateDict load(const std::filesystem::path& path);

/// The same with the bytes of the file; `file` is what errors call it.
LOSSACT_API std::string write_safetensors(const StateDict& tensors);
LOSSACT_API StateDict read_safetensors(std::string_view bytes, const std::string& file);

}  // namespace lossact::nn
#endif
