#include "files/npz.h"
#include <algorithm>
#include <new>
#include <fmt/format.h>
#include <zip.h>
#include "files/packed.h"
#include "lossact/error.h"

namespace lossact::cli {
namespace {

constexpr std::string_view ending = ".npy";
constexpr zip_int64_t most_entries = 1000;

class Error {
 public:
  Error() { zip_error_init(&error_); }
  ~Error() { zip_error_fini(&error_); }
  Error(const Error&) = delete;
  Error& operator=(const Error&) = delete;
  zip_error_t* get() { return &error_; }
  std::string text() { return zip_error_strerror(&error_); }

 private:
  zip_error_t error_;
};

using Archive = std::unique_ptr<zip_t, void (*)(zip_t*)>;

Archive open(std::string_view bytes, const std::string& file) {
  Error error;
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, error.get());
  if (!source) throw std::bad_alloc();
  zip_t* archive = zip_open_from_source(source, ZIP_RDONLY, error.get());
  if (!archive) {
    zip_source_free(source);
    throw format_error(fmt::format("{}: this is not a good zip file: {}", file, error.text()));
  }
  return {archive, zip_discard};
}

}  // namespace

Npz::Npz(std::string_view bytes, std::string file) : file_(std::move(file)) {
  const auto fail = [&](const std::string& why) { throw format_error(file_ + ": " + why); };
  if (bytes.empty()) fail("the file is empty");  // libzip takes that for an archive of nothing
  Archive archive = open(bytes, file_);
  const zip_int64_t count = zip_get_num_entries(archive.get(), 0);
  if (count > most_entries) fail(fmt::format("it has {} entries; at most {} are read", count, most_entries));
  for (zip_int64_t i = 0; i < count; ++i) {
    const char* text = zip_get_name(archive.get(), static_cast<zip_uint64_t>(i), 0);
    std::string name = text ? text : "";
    if (name == "[Content_Types].xml") fail("this is an office document; save the sheet as CSV");
    if (!name.ends_with(ending) || name.size() == ending.size())
      fail(fmt::format("this is not a .npz file: it has an entry '{}'", name));
    name.resize(name.size() - ending.size());
    if (std::ranges::find(names_, name) != names_.end()) fail(fmt::format("it has two arrays '{}'", name));
    names_.push_back(std::move(name));
  }
  archive_ = archive.release();
}
Npz::~Npz() { zip_discard(archive_); }

Npy Npz::read(const std::string& name) const {
  const std::string what = fmt::format("{}: {}", file_, name);
  const auto fail = [&](std::string_view why) { throw format_error(fmt::format("{}: {}", what, why)); };
  const auto index = static_cast<zip_uint64_t>(std::ranges::find(names_, name) - names_.begin());
  zip_stat_t stat;
  zip_stat_init(&stat);
  constexpr zip_uint64_t needed =
      ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
  if (zip_stat_index(archive_, index, 0, &stat) != 0 || (stat.valid & needed) != needed) fail("it cannot be read");
  if (stat.encryption_method != ZIP_EM_NONE) fail("it is encrypted");
  if (stat.comp_method != ZIP_CM_STORE && stat.comp_method != ZIP_CM_DEFLATE)
    fail("it is packed in a way that NumPy does not");
  check_unpacked_size(stat.comp_size, stat.size, what);

  const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> entry(zip_fopen_index(archive_, index, 0), zip_fclose);
  if (!entry) fail(zip_strerror(archive_));
  // One byte more than it says it has, because the last read verifies the checksum.
  std::string content(stat.size + 1, '\0');
  std::size_t size = 0;
  zip_int64_t got = 1;
  while (got > 0 && size < content.size()) {
    got = zip_fread(entry.get(), content.data() + size, content.size() - size);
    if (got < 0) fail(zip_file_strerror(entry.get()));
    size += static_cast<std::size_t>(got);
  }
  if (size != stat.size) fail(fmt::format("it has not the {} bytes that it says", stat.size));
  content.resize(size);
  return read_npy(content, what);
}

}  // namespace lossact::cli
