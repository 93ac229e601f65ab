#include "program/gallery/groups.h"
#include <algorithm>
#include "program/functions.h"

namespace lossact::cli {
namespace {

/// An activation of elements that is the same function always.
bool is_fixed(const Function& f) { return f.is_activation() && !by_rows(f) && !f.learns() && !f.is_random(); }
bool saturates(const Function& f, std::string_view side) {
  return is_fixed(f) && f.facts_of_defaults().saturates() == side;
}
bool takes(const Function& f, std::initializer_list<Meaning> meanings) {
  return f.is_loss() && std::ranges::find(meanings, *f.input) != meanings.end();
}

struct Kind {
  Group group;
  bool (*has)(const Function&);
};
/// A function belongs to the first kind that has it.
const Kind kinds[] = {
    {{"Activations that squash to a bounded range",
      "They flatten on both sides: whatever comes in, what goes out is bounded, and far from zero hardly any gradient "
      "passes."},
     [](const Function& f) { return saturates(f, "both"); }},
    {{"Activations that are flat on the left",
      "What is far below zero comes out as nearly one and the same number, with hardly any gradient; what is above "
      "passes."},
     [](const Function& f) { return saturates(f, "left"); }},
    {{"Activations that are flat on the right",
      "What is far above zero comes out as nearly one and the same number, with hardly any gradient; what is below "
      "passes."},
     [](const Function& f) { return saturates(f, "right"); }},
    {{"Activations that are flat nowhere", "However far from zero the input is, the gradient passes."}, is_fixed},
    {{"Activations with a learned or random slope",
      "The number that shapes them is trained with the network, or drawn anew for every element."},
     [](const Function& f) { return f.learns() || f.is_random(); }},
    {{"Activations of rows", "Each output depends on the whole row: what one class gains the others lose."},
     [](const Function& f) { return f.is_activation(); }},
    {{"Gates", "One array decides how much of another goes through."}, [](const Function& f) { return f.is_gate(); }},
    {{"Losses of values", "They compare numbers with numbers, as they are."},
     [](const Function& f) { return takes(f, {Meaning::values}); }},
    {{"Losses of probabilities or their logarithms",
      "Their input already is a distribution, so that a network needs an activation before them."},
     [](const Function& f) { return takes(f, {Meaning::probabilities, Meaning::log_probabilities}); }},
    {{"Losses of logits", "They make the probabilities themselves: a network's last outputs go in as they are."},
     [](const Function& f) { return f.is_loss(); }},
    {{"Information", "Functions of distributions, in nats or in the unit of another base."},
     [](const Function&) { return true; }},
};

}  // namespace

std::vector<Group> groups() {
  std::vector<Group> result;
  for (const Kind& kind : kinds) result.push_back(kind.group);
  for (const Function* const function : functions()) {
    const auto kind = std::ranges::find_if(kinds, [&](const Kind& k) { return k.has(*function); });
    result[static_cast<std::size_t>(kind - std::begin(kinds))].functions.push_back(function);
  }
  std::erase_if(result, [](const Group& group) { return group.functions.empty(); });
  return result;
}

}  // namespace lossact::cli
