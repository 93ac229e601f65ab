// The pages of the gallery as HTML. They share style.css and need nothing else.
#ifndef LOSSACT_PROGRAM_GALLERY_PAGE_H_
#define LOSSACT_PROGRAM_GALLERY_PAGE_H_
#include <span>
#include <string>
#include <string_view>
#include "files/embedded.h"
#include "lossact/registry.h"

namespace lossact::cli {

/// What every page has at its end.
inline constexpr std::string_view page_mark =
    "<p>Written by <code>lossact gallery</code> from the definitions of the functions.</p>";

/// What the pages share.
std::span<const EmbeddedFile> gallery_files();

/// NAME.html: the name of a function's page.
std::string page_name(const Function& function);
/// All there is to know about a function.
std::string function_page(const Function& function);
/// All functions by what they do, each with a link to its page.
std::string index_page();

}  // namespace lossact::cli
#endif
