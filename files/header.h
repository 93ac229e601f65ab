// Does the first line of a CSV file name the columns?
#ifndef LOSSACT_FILES_HEADER_H_
#define LOSSACT_FILES_HEADER_H_
#include <string>
#include "files/csv.h"

namespace lossact::cli {

struct HeaderEvidence {
  Header found = Header::yes;
  bool doubtful = false;  // then `found` is only the likelier
  std::string why;        // "'age' stands above numbers"
};
/// What the first row of a table says, beside those beneath it: docs/tables.md has the rules.
HeaderEvidence find_header(const Csv& csv);

}  // namespace lossact::cli
#endif
