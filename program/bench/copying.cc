#include "program/bench/copying.h"
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

// The widest registers there are, as the kernels have them.
#if defined(__x86_64__)
#define LOSSACT_CLI_WIDEST __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define LOSSACT_CLI_WIDEST
#endif

namespace lossact::cli {
namespace {

using Word = std::uint64_t;

LOSSACT_CLI_WIDEST void combine(const Word* __restrict first, const Word* __restrict second, Word* __restrict result,
                                std::size_t words) {
  for (std::size_t i = 0; i < words; ++i) result[i] = first[i] & second[i];
}
LOSSACT_CLI_WIDEST Word read_one(const Word* first, std::size_t words) {
  Word common = 0;
  for (std::size_t i = 0; i < words; ++i) common |= first[i];
  return common;
}
LOSSACT_CLI_WIDEST Word read_two(const Word* first, const Word* second, std::size_t words) {
  Word common = 0;
  for (std::size_t i = 0; i < words; ++i) common |= first[i] & second[i];
  return common;
}

}  // namespace

void copy(const void* first, const void* second, void* result, std::size_t bytes, int threads) {
  const auto piece = [&](std::size_t from, std::size_t to) {
    const auto part = [&](const void* array) {
      return reinterpret_cast<const Word*>(static_cast<const char*>(array) + from);
    };
    char* const written = static_cast<char*>(result) + (result ? from : 0);
    const std::size_t words = (to - from) / sizeof(Word);
    // Somebody must look at what was read, or the compiler leaves it out.
    static std::atomic<Word> seen;
    if (result && second) combine(part(first), part(second), reinterpret_cast<Word*>(written), words);
    else if (result) std::memcpy(written, part(first), to - from);
    else seen = second ? read_two(part(first), part(second), words) : read_one(part(first), words);
  };
  // Below, waking a thread takes longer than the copy.
  constexpr std::size_t worth_a_thread = 1 << 20;
  if (threads == 1 || bytes < worth_a_thread) return piece(0, bytes);
  constexpr std::size_t page = 4096;
  const std::size_t size = (bytes / (4 * static_cast<std::size_t>(threads)) / page + 1) * page;
  tbb::task_arena(threads).execute([&] {
    tbb::parallel_for(std::size_t(0), (bytes + size - 1) / size,
                      [&](std::size_t i) { piece(i * size, std::min(bytes, (i + 1) * size)); });
  });
}

}  // namespace lossact::cli
