#include "lossact/targets.h"
#include <cstdint>
#include <string>
#include <vector>
#include "lossact/error.h"
#include "lossact/version.h"
#include "src/cpu/kernel.h"
#include "src/cpu/passes/highway.h"
#include "hwy/targets.h"

namespace lossact {
namespace {

struct Target {
  std::string_view name;
  std::int64_t mask;
};
#define LOSSACT_ONE(name, mask, space, registers) {#name, mask},
static_assert(HWY_TARGETS == (0 LOSSACT_EACH_TARGET(LOSSACT_MASK)), "the compiler does not have the listed targets");
constexpr Target kKnown[] = {LOSSACT_EACH_TARGET(LOSSACT_ONE)};
#undef LOSSACT_ONE

void choose(std::int64_t mask) {
  cpu::target_in_use = cpu::kTargets;
  hwy::SetSupportedTargetsForTest(mask);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}
}  // namespace

constinit std::atomic<std::size_t> cpu::target_in_use = kTargets;
std::size_t cpu::best_target() {
  std::size_t place = 0;
  for (const auto& [name, mask] : kKnown) {
    if (hwy::SupportedTargets() & mask) break;
    if (place + 1 < kTargets) ++place;
  }
  return target_in_use = place;
}

std::span<const std::string_view> targets::available() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> result;
    for (const auto& [name, mask] : kKnown)
      if ((hwy::SupportedTargets() & mask) || mask == HWY_BASELINE_SCALAR) result.push_back(name);
    return result;
  }();
  return names;
}

std::string_view targets::current() {
  for (const auto& [name, mask] : kKnown)
    if (hwy::SupportedTargets() & mask) return name;
  return "single";
}

void targets::use(std::string_view name) {
  const auto names = available();  // asked while every target is still allowed
  if (name.empty()) return choose(0);
  for (const std::string_view known : names)
    if (known == name)
      for (const auto& [other, mask] : kKnown)
        if (other == name) return choose(mask);
  std::string message = "[targets::use] no target is named '" + std::string(name) + "', this processor has";
  for (const std::string_view known : names) message.append(" ").append(known);
  throw domain_error(message);
}

std::string_view version() { return LOSSACT_VERSION; }

}  // namespace lossact
