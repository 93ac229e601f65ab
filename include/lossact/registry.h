// Every function of the library.
#ifndef LOSSACT_REGISTRY_H_
#define LOSSACT_REGISTRY_H_
#include <span>
#include <string>
#include <string_view>
#include "lossact/function.h"

namespace lossact {

/// All functions, topic by topic, in alphabetical order within each: the library's, and those that lossact_add_function
/// (CMake) compiled into the program and the libraries that it has loaded. Loading one leaves earlier lists as they
/// are.
LOSSACT_API std::span<const Function* const> functions();
/// The function of a name as `Function::name` has it; null where there is none.
LOSSACT_API const Function* find(std::string_view name);
/// The signature as Python writes it: name(input, *, a=1.0, b='mean').
LOSSACT_API std::string signature(const Function& function);

namespace detail {

/// Lists a function that is not the library's, as long as its unit is loaded. Throws domain_error where another
/// function has the name; the same function in another copy is listed once.
class LOSSACT_API Listed {
 public:
  explicit Listed(const Function& function);
  ~Listed();
  Listed(const Listed&) = delete;
  Listed& operator=(const Listed&) = delete;

 private:
  const Function& function_;
};

}  // namespace detail

}  // namespace lossact
#endif
