#include "experiment/table/data_source.h"
#include <algorithm>
#include <filesystem>
#include <map>
#include <regex>
#include <fmt/format.h>
#include "experiment/table/array_columns.h"
#include "files/file.h"
#include "files/idx.h"
#include "files/npz.h"
#include "text/number.h"
#include "files/packed.h"
#include "lossact/error.h"

namespace lossact::cli {
namespace {

namespace fs = std::filesystem;

constexpr PackagedData packaged[] = {
    {.name = "fashion-mnist", .folder = "/usr/share/datasets/fashion-mnist", .package = "dataset-fashion-mnist"}};

/// What people give by mistake, by how it begins.
struct Known {
  std::string_view magic, what;
  bool is_text = false;
};
constexpr Known known_formats[] = {
    {"\x89PNG\r\n\x1A\n", "a picture (PNG)"},
    {"\xFF\xD8\xFF", "a picture (JPEG)"},
    {"GIF8", "a picture (GIF)"},
    {"BM", "a picture (BMP)"},
    {"II*", "a picture (TIFF)"},
    {"MM", "a picture (TIFF)"},
    {"RIFF", "a picture or a sound (RIFF)"},
    {"%PDF-", "a PDF document"},
    {"PAR1", "a Parquet file"},
    {"ARROW1", "an Arrow file"},
    {"\x89HDF\r\n\x1A\n", "an HDF5 file"},
    {"\xD0\xCF\x11\xE0", "an old office document"},
    {"SQLite format 3", "an SQLite database"},
    {"\x1F\x8B", "a file packed by gzip twice"},
    {"BZh", "a file packed by bzip2"},
    {"\xFD"
     "7zXZ",
     "a file packed by xz"},
    {"\x28\xB5\x2F\xFD", "a file packed by zstd"},
    {"\x80\x04\x95", "a Python pickle"},
    {"<!DOCTYPE", "a web page", true},
    {"<!doctype", "a web page", true},
    {"<html", "a web page", true},
    {"<svg", "a picture (SVG)", true},
    {"<?xml", "an XML file", true},
    {"{", "a JSON file", true},
    {"[{", "a JSON file", true},
    {"[[", "a JSON file", true},
};
constexpr std::string_view expected =
    "expected a CSV, .npy or .npz file, packed by gzip or not, or a folder of IDX files";

[[noreturn]] void fail(const std::string& file, const std::string& why) { throw format_error(file + ": " + why); }

/// A column may be named BMI or PAR1: such letters alone do not make a picture.
bool begins_as_text(std::string_view bytes) {
  return std::ranges::all_of(bytes.substr(0, 32), [](char c) { return (c >= ' ' && c <= '~') || (c >= 9 && c <= 13); });
}

/// The array of a name whose first letter may be a capital; empty if there is none.
std::string name_in(const Npz& npz, std::string name, const std::string& file) {
  std::vector<std::string> found;
  for (const char first : {name[0], static_cast<char>(name[0] - 'a' + 'A')}) {
    name[0] = first;
    if (std::ranges::find(npz.names(), name) != npz.names().end()) found.push_back(name);
  }
  if (found.size() > 1) fail(file, fmt::format("it has both {} and {}", found[0], found[1]));
  return found.empty() ? "" : found[0];
}

Columns read_npz(std::string_view bytes, const std::string& file) {
  const Npz npz(bytes, file);
  const auto named = [&](const char* name) { return name_in(npz, name, file); };
  const auto part = [&](const std::string& x, const std::string& y) {
    return ArrayPart<Npy>{.x_name = x, .y_name = y, .x = npz.read(x), .y = npz.read(y)};
  };
  const std::string x = named("x"), y = named("y"), x_train = named("x_train"), y_train = named("y_train"),
                    x_test = named("x_test"), y_test = named("y_test");
  const bool one = !x.empty() && !y.empty(), test = !x_test.empty() && !y_test.empty();
  const bool two = !x_train.empty() && !y_train.empty() && test;
  if (one == two)
    fail(file, fmt::format("it has the arrays {}; expected x and y, or x_train, y_train, x_test and y_test",
                           npz.names().empty() ? "none" : join(npz.names())));
  std::vector<ArrayPart<Npy>> parts;
  parts.push_back(one ? part(x, y) : part(x_train, y_train));
  if (two) parts.push_back(part(x_test, y_test));
  return columns_of(file, "y", std::move(parts));
}

/// Is a file named as MNIST's are: "train" or "test", then "images" or "labels"?
bool is_idx_name(const std::string& name, std::smatch* parts = nullptr) {
  static const std::regex pattern(R"((train|t10k|test)-(images|labels)[-.]idx[1-8]-[a-z]+(\.gz)?)");
  std::smatch match;
  return std::regex_match(name, parts ? *parts : match, pattern);
}
/// The files of a folder that are named so.
std::map<std::pair<std::string, std::string>, fs::path> idx_files(const fs::path& folder) {
  std::map<std::pair<std::string, std::string>, fs::path> files;
  std::error_code error;
  std::vector<fs::path> paths;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    paths.push_back(entry->path());
  if (error) fail(folder.string(), error.message());
  std::ranges::sort(paths);  // a packed file comes after the same file unpacked
  for (const fs::path& path : paths) {
    const std::string name = path.filename().string();
    std::smatch match;
    if (!is_idx_name(name, &match)) continue;
    const auto [place, added] = files.emplace(std::pair(match[1] == "train" ? "train" : "test", match[2].str()), path);
    if (!added && place->second.string() + ".gz" != path)
      fail(folder.string(), fmt::format("it has both {} and {}", place->second.filename().string(), name));
  }
  return files;
}

Table read_folder(const fs::path& folder, const std::string& name, TableOptions options) {
  const auto files = idx_files(folder);
  if (files.empty())
    fail(name,
         "this folder has no IDX files; as data it has train-images-idx3-ubyte and train-labels-idx1-ubyte, and "
         "t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte for a test part of its own, packed by gzip or not");
  std::vector<ArrayPart<Idx>> parts;
  for (const char* part : {"train", "test"}) {
    const auto images = files.find({part, "images"}), labels = files.find({part, "labels"});
    if (images == files.end() && labels == files.end()) {
      if (parts.empty()) fail(name, "this folder has a test part, but no train-images-idx3-ubyte to learn from");
      continue;
    }
    if (images == files.end() || labels == files.end())
      fail(name, fmt::format("beside {} there are no {}",
                             (images == files.end() ? labels : images)->second.filename().string(),
                             images == files.end() ? "images" : "labels"));
    const auto read = [](const fs::path& path) { return read_idx(files::read_file(path, most_bytes), path.string()); };
    parts.push_back({.x_name = images->second.filename().string(),
                     .y_name = labels->second.filename().string(),
                     .x = read(images->second),
                     .y = read(labels->second)});
  }
  // Labels are classes, however many, where they are the target.
  const std::string label = "label";
  const auto names_label = [&](const std::string& dropped) {
    const std::vector<std::string> columns = split_list(dropped);
    return std::ranges::find(columns, label) != columns.end();
  };
  const bool whole =
      std::visit([]<class T>(const std::vector<T>&) { return std::is_integral_v<T>; }, parts.front().y.values);
  const bool as_target =
      options.target.empty() ? std::ranges::none_of(options.drop, names_label) : options.target == label;
  if (whole && as_target && !options.task) options.task = Task::classification;
  return make_table(columns_of(name, label, std::move(parts)), options);
}

}  // namespace

std::vector<std::string> data_names() {
  std::vector<std::string> names;
  for (const EmbeddedFile& file : embedded_files()) names.emplace_back(file.name);
  for (const PackagedData& data : packaged) names.emplace_back(data.name);
  std::ranges::sort(names);
  return names;
}

Table read_packaged(const PackagedData& data, const TableOptions& options) {
  if (!fs::is_directory(data.folder))
    throw format_error(
        fmt::format("{} is not installed; this installs it: apt-get install {}", data.name, data.package));
  return read_folder(data.folder, std::string(data.name), options);
}

namespace {
Table read_unpacked(std::string_view bytes, const std::string& file, const TableOptions& options) {
  if (bytes.starts_with("\x93NUMPY")) return make_table(columns_of(read_npy(bytes, file), file), options);
  if (bytes.starts_with("PK\3\4") || bytes.starts_with("PK\5\6")) return make_table(read_npz(bytes, file), options);
  if (is_idx(bytes)) {
    read_idx(bytes, file);
    fail(file, "this is one IDX file; the data is the folder that has images and labels");
  }
  for (const Known& known : known_formats)
    if (bytes.starts_with(known.magic) && (known.is_text || !begins_as_text(bytes)))
      fail(file, fmt::format("this is {}; {}", known.what, expected));
  return read_table(bytes, file, options);
}
}  // namespace

Table read_content(std::string_view bytes, const std::string& file, const TableOptions& options) {
  if (is_gzip(bytes)) return read_unpacked(gunzip(bytes, file), file, options);
  return read_unpacked(bytes, file, options);
}

std::vector<fs::path> data_files(const std::string& data) {
  for (const EmbeddedFile& file : embedded_files())
    if (file.name == data) return {};
  fs::path place = data;
  for (const PackagedData& known : packaged)
    if (known.name == data) place = known.folder;
  if (!fs::is_directory(place)) return {place};
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(place))
    if (is_idx_name(entry.path().filename().string())) files.push_back(entry.path());
  return files;
}

Table read_data(const std::string& data, const TableOptions& options) {
  for (const EmbeddedFile& file : embedded_files())
    if (file.name == data) {
      TableOptions known = options;
      if (!known.header) known.header = Header::yes;
      return read_table(file.content, data, known);
    }
  for (const PackagedData& known : packaged)
    if (known.name == data) return read_packaged(known, options);
  if (fs::is_directory(data)) return read_folder(data, data, options);
  return read_content(files::read_file(data, most_bytes), data, options);
}

}  // namespace lossact::cli
