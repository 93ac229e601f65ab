#include "lossact/nn/loss.h"
#include <string>

namespace lossact::nn {

Loss::Loss(Options options, Accuracy accuracy) : options_(std::move(options)), accuracy_(accuracy) {
  if (!options_.function().is_loss()) throw domain_error("[" + std::string(options_.function().name) + "] is no loss");
}

}  // namespace lossact::nn
