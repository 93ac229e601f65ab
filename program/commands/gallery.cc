// lossact gallery FOLDER: a page for every function, and an index.
#include <algorithm>
#include <filesystem>
#include <utility>
#include <memory>
#include <fmt/format.h>
#include "program/commands/commands.h"
#include "files/file.h"
#include "program/functions.h"
#include "program/gallery/page.h"
#include "text/number.h"
#include "program/terminal/terminal.h"

namespace lossact::cli {
namespace {

namespace fs = std::filesystem;

/// Every file of the gallery: its name and content.
std::vector<std::pair<std::string, std::string>> gallery() {
  std::vector<std::pair<std::string, std::string>> files;
  for (const EmbeddedFile& file : gallery_files()) files.emplace_back(file.name, file.content);
  files.emplace_back("index.html", index_page());
  for (const Function* function : functions()) files.emplace_back(page_name(*function), function_page(*function));
  return files;
}

/// Did the gallery, of this version or another, write what is there? Its pages say so, its style sheet begins alike.
bool is_ours(std::string_view there, std::string_view content) {
  if (content.find(page_mark) != content.npos) return there.find(page_mark) != there.npos;
  return there.substr(0, there.find('\n')) == content.substr(0, content.find('\n'));
}

/// Is the file there just as it shall be? Throws format_error where it is another's.
bool is_current(const fs::path& path, std::string_view content) {
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return false;
  constexpr std::uintmax_t most = std::uintmax_t{16} << 20;  // pages have at most 40 KB
  if (const std::string there = files::read_file(path, most); !is_ours(there, content))
    throw format_error(
        fmt::format("{}: lossact gallery has not written this file, and does not write over it; name a "
                    "folder of its own",
                    path.string()));
  else return there == content;
}

/// The pages of the folder that are none of the gallery's, as those of functions that are gone.
std::vector<std::string> others(const fs::path& folder, const std::vector<std::pair<std::string, std::string>>& files) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder))
    if (const std::string name = entry.path().filename().string();
        entry.path().extension() == ".html" &&
        std::ranges::none_of(files, [&](const auto& file) { return file.first == name; }))
      names.push_back(name);
  std::ranges::sort(names);
  return names;
}

void write_gallery(const fs::path& folder) {
  std::error_code failure;
  if (fs::exists(folder, failure) && !fs::is_directory(folder, failure))
    throw format_error(fmt::format("{}: this is a file, not a folder", folder.string()));
  const auto files = gallery();
  fs::create_directories(folder, failure);
  if (failure) throw format_error(fmt::format("{}: {}", folder.string(), failure.message()));
  std::vector<files::Output> changed;
  for (const auto& [name, content] : files)
    if (!is_current(folder / name, content)) changed.push_back({folder / name, content});
  files::write_files(changed);
  print_text("{}: {}, {} written, {} as before\n", (folder / "index.html").string(), counted(files.size(), "file"),
             changed.size(), files.size() - changed.size());
  if (const auto left = others(folder, files); !left.empty())
    print_text("left as it is, for no function has it: {}\n", join(left));
}

}  // namespace

Command gallery_command() {
  auto folder = std::make_shared<std::string>();
  return {.name = "gallery",
          .summary = "A page for every function, and an index of all",
          .arguments = {{"FOLDER", "", "where the pages go; it is made if it is not there", folder.get(), true}},
          .footer = "Pages that have not changed are not written again.\nExample:\n  lossact gallery functions",
          .run = [folder](auto&) { write_gallery(*folder); }};
}

}  // namespace lossact::cli
