#include "lossact/registry.h"
#include <algorithm>
#include <forward_list>
#include <mutex>
#include <vector>
#include "lossact/error.h"
#include "lossact/options.h"
#include "registry/functions.inc"  // LOSSACT_EACH_FUNCTION, made of the folders: it needs no more than names of types

namespace lossact {
namespace {

using List = std::vector<const Function*>;
struct Registry {
  std::mutex mutex;
  std::forward_list<List> lists;  // the first is in use; the others may be, where they were handed out

  /// Puts a changed list in use.
  template <class Change>
  void change(Change how) {
    const std::lock_guard lock(mutex);
    List list = lists.front();
    how(list);
    if (list != lists.front()) lists.push_front(std::move(list));
  }
};
/// Made by who asks first, and never destroyed: what asks may run before main, or after it.
Registry& registry() {
#define LOSSACT_ONE(P) &detail::function_of<P>(),
  static Registry& all = *new Registry{.mutex = {}, .lists = {List{LOSSACT_EACH_FUNCTION(LOSSACT_ONE)}}};
#undef LOSSACT_ONE
  return all;
}
auto place(const Function* f) { return std::pair(f->topic, f->about.name); }

}  // namespace

detail::Listed::Listed(const Function& function) : function_(function) {
  registry().change([&](List& list) {
    const auto known = std::ranges::find(list, function.name, &Function::name);
    if (known == list.end()) list.insert(std::ranges::upper_bound(list, place(&function), {}, place), &function);
    else if ((*known)->about.formula != function.about.formula)
      throw domain_error("[" + std::string(function.name) + "] two functions have this name: " +
                         std::string((*known)->about.formula) + ", and " + std::string(function.about.formula));
  });
}
detail::Listed::~Listed() {
  registry().change([&](List& list) { std::erase(list, &function_); });
}

std::span<const Function* const> functions() {
  Registry& all = registry();
  const std::lock_guard lock(all.mutex);
  return all.lists.front();
}

const Function* find(std::string_view name) {
  const auto all = functions();
  const auto found = std::ranges::find(all, name, &Function::name);
  return found == all.end() ? nullptr : *found;
}

std::string signature(const Function& function) {
  std::string text = std::string(function.name).append("("), keywords;
  std::string_view separator;
  for (const ArgumentInfo& a : function.arguments) {
    if (!a.given()) continue;
    if (a.optional) keywords.append(", ").append(a.name).append("=None");
    else text.append(separator).append(a.name), separator = ", ";
  }
  for (const ParameterInfo& p : function.parameters)
    keywords.append(", ").append(p.name).append("=").append(default_of(function, p));
  if (!keywords.empty()) text.append(", *").append(keywords);
  return text.append(")");
}

}  // namespace lossact
