// Ctrl-C: long computations ask here whether they shall stop.
#ifndef LOSSACT_PROGRAM_TERMINAL_INTERRUPT_H_
#define LOSSACT_PROGRAM_TERMINAL_INTERRUPT_H_

namespace lossact::cli {

/// From now on SIGINT and SIGTERM only leave a note; a second one ends the program at once.
void catch_interrupts();
/// The signal that came, or 0. May be asked from any thread.
int interrupted();

}  // namespace lossact::cli
#endif
