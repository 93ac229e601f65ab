// Packed data: gzip, and how much may be unpacked.
#ifndef LOSSACT_FILES_PACKED_H_
#define LOSSACT_FILES_PACKED_H_
#include <cstddef>
#include <string>
#include <string_view>

namespace lossact::cli {

/// The most that is read from a file, packed or not: 1 GiB.
inline constexpr std::size_t most_bytes = std::size_t{1} << 30;

/// Throws format_error, beginning with `what`, if there are more unpacked bytes than are ever read, or far more than so
/// few packed bytes hold in an honest file: a small file must not fill the memory.
void check_unpacked_size(std::size_t packed, std::size_t unpacked, std::string_view what);

inline bool is_gzip(std::string_view bytes) { return bytes.starts_with("\x1F\x8B"); }
/// What a gzip file holds, of one part or several, with zeros behind it or not. Throws format_error, beginning with
/// `file`, where it is damaged, ends early, goes on behind its end with something else, or fails check_unpacked_size.
std::string gunzip(std::string_view bytes, const std::string& file);

}  // namespace lossact::cli
#endif
