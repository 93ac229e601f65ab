// Finds and reads what a user names as DATA.
#ifndef LOSSACT_EXPERIMENT_TABLE_DATA_SOURCE_H_
#define LOSSACT_EXPERIMENT_TABLE_DATA_SOURCE_H_
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>
#include "experiment/table/table.h"
#include "files/embedded.h"

namespace lossact::cli {

/// The data sets inside the program: every file of data/*.csv under its name without the ending, in alphabetical order.
std::span<const EmbeddedFile> embedded_files();

/// The data sets that have a name: those inside the program, and those that a package of the system installs.
std::vector<std::string> data_names();

/// Reads one of data_names(), or else a file or folder:
/// - a CSV file;
/// - a .npy file of two dimensions: columns column_0, column_1, ... of which the last is the target by default;
/// - a .npz file with the arrays x and y, or x_train, y_train, x_test and y_test, which keep that test part;
/// - a folder of IDX files as MNIST has them, packed or not: train-images-idx3-ubyte, train-labels-idx1-ubyte, and
///   t10k-images-idx3-ubyte with t10k-labels-idx1-ubyte where it has a test part.
/// A file may be packed by gzip. The features of an array are x_0, x_1, ..., those of images pixel_0, pixel_1, ...;
/// what a file is, its content says, not its name. Throws format_error for what is none of these, as make_table does
/// for what cannot be learnt from.
Table read_data(const std::string& data, const TableOptions& options);

/// The files that data of this name is read from, or would be; none for what is in the program.
std::vector<std::filesystem::path> data_files(const std::string& data);

/// The same as read_data from the content of a file.
Table read_content(std::string_view bytes, const std::string& file, const TableOptions& options);

/// Data that a package of the system installs, as a folder of IDX files.
struct PackagedData {
  std::string_view name, folder, package;
};
/// Throws format_error with the command that installs the package where it is not installed.
Table read_packaged(const PackagedData& data, const TableOptions& options);

}  // namespace lossact::cli
#endif
