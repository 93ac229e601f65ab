// Freed blocks wait in one list per size and thread. A training step frees what the next one needs, so after the first
// step nothing is allocated any more.
#include "lossact/nn/detail/pool.h"
#include <array>
#include <bit>
#include <new>

#if defined(__SANITIZE_ADDRESS__)
#define LOSSACT_POISON 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LOSSACT_POISON 1
#endif
#endif
#ifdef LOSSACT_POISON
#include <sanitizer/asan_interface.h>
#endif

namespace lossact::nn::detail {
namespace {

constexpr std::align_val_t kLine{64};
constexpr std::size_t kSmallest = 64, kLargest = std::size_t{1} << 24;  // larger blocks are not kept
constexpr std::size_t kMostKept = std::size_t{1} << 28;                 // bytes waiting per thread

// Four sizes to a doubling, so that at most a fifth of a block is waste: 64, 80, 96, 112, 128, 160, ...
struct Class {
  std::size_t index, bytes;
};
Class class_of(std::size_t bytes) {
  if (bytes <= kSmallest) return {0, kSmallest};
  const auto doubling =
      static_cast<std::size_t>(std::bit_width(bytes - 1)) - 1;  // 2^doubling < bytes <= 2^(doubling+1)
  const std::size_t step = std::size_t{1} << (doubling - 2);
  const std::size_t quarter = (bytes - (std::size_t{1} << doubling) + step - 1) / step;  // 1 to 4
  return {(doubling - 6) * 4 + quarter, (std::size_t{1} << doubling) + quarter * step};
}
constexpr std::size_t kClasses = (24 - 6) * 4 + 1;

struct Waiting {
  Waiting* next;
};
// Without a destructor, so that it may still be used while a thread's other objects are destroyed.
struct Bins {
  std::array<Waiting*, kClasses> first;
  std::size_t kept;
  bool watched, closed;
};
thread_local constinit Bins bins{};

void unpoison([[maybe_unused]] void* block, [[maybe_unused]] std::size_t bytes) {
#ifdef LOSSACT_POISON
  ASAN_UNPOISON_MEMORY_REGION(block, bytes);
#endif
}
// Using a block after it was given back is an error that the sanitizer shall still see.
void poison([[maybe_unused]] void* block, [[maybe_unused]] std::size_t bytes) {
#ifdef LOSSACT_POISON
  ASAN_POISON_MEMORY_REGION(static_cast<char*>(block) + sizeof(Waiting), bytes - sizeof(Waiting));
#endif
}

struct Watcher {
  ~Watcher() {
    for (Waiting*& first : bins.first)
      while (first) {
        Waiting* block = first;
        first = block->next;
        unpoison(block, sizeof(Waiting));
        ::operator delete(block, kLine);
      }
    bins.kept = 0;
    bins.closed = true;
  }
};

}  // namespace

void* take(std::size_t bytes) {
  if (bytes > kLargest) return ::operator new(bytes, kLine);
  const Class size = class_of(bytes);
  Waiting*& first = bins.first[size.index];
  if (!first) return ::operator new(size.bytes, kLine);
  Waiting* block = first;
  first = block->next;
  bins.kept -= size.bytes;
  unpoison(block, size.bytes);
  return block;
}

void give(void* block, std::size_t bytes) noexcept {
  if (bytes > kLargest) return ::operator delete(block, kLine);
  const Class size = class_of(bytes);
  if (bins.closed || bins.kept + size.bytes > kMostKept) return ::operator delete(block, kLine);
  if (!bins.watched) {
    static thread_local Watcher watcher;  // gives everything back when the thread ends
    static_cast<void>(watcher);
    bins.watched = true;
  }
  Waiting*& first = bins.first[size.index];
  first = new (block) Waiting{first};
  bins.kept += size.bytes;
  poison(block, size.bytes);
}

}  // namespace lossact::nn::detail
