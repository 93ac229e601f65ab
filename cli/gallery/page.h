// The pages of the gallery as HTML. They share style.css and need nothing else.
#ifndef LOSSACT_CLI_GALLERY_PAGE_H_
#define LOSSACT_CLI_GALLERY_PAGE_H_
#include <string>
#include "lossact/registry.h"

namespace lossact::cli {

/// NAME.html: the name of a function's page.
std::string page_name(const Function& function);
/// All there is to know about a function.
std::string function_page(const Function& function);
/// All functions by what they do, each with a link to its page.
std::string index_page();

}  // namespace lossact::cli
#endif
