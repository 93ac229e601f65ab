// lossact gallery FOLDER: a page for every function, and an index.
#include <algorithm>
#include <filesystem>
#include <utility>
#include <fmt/format.h>
#include "cli/commands.h"
#include "cli/embedded.h"
#include "nn/file.h"
#include "cli/functions.h"
#include "cli/gallery/page.h"
#include "cli/number.h"

namespace lossact::cli {
namespace {

namespace fs = std::filesystem;

/// Every file of the gallery: its name and content.
std::vector<std::pair<std::string, std::string>> gallery() {
  std::vector<std::pair<std::string, std::string>> files;
  for (const EmbeddedFile& file : gallery_files()) files.emplace_back(file.name, file.content);
  files.emplace_back("index.html", index_page());
  for (const Function& function : functions()) files.emplace_back(page_name(function), function_page(function));
  return files;
}

bool is_current(const fs::path& path, std::string_view content) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored) && files::read_file(path) == content;
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
  fmt::print("{}: {}, {} written, {} as before\n", (folder / "index.html").string(), counted(files.size(), "file"),
             changed.size(), files.size() - changed.size());
  if (const auto left = others(folder, files); !left.empty())
    fmt::print("left as it is, for no function has it: {}\n", join(left));
}

}  // namespace

void add_gallery(CLI::App& program) {
  CLI::App* command = program.add_subcommand("gallery", "A page for every function, and an index of all");
  auto folder = std::make_shared<std::string>();
  command->add_option("FOLDER", *folder, "where the pages go; it is made if it is not there")
      ->required()
      ->type_name("");
  command->footer("Pages that have not changed are not written again.\nExample:\n  lossact gallery functions");
  command->callback([folder] { write_gallery(*folder); });
}

}  // namespace lossact::cli
