#pragma once
// What happens when a mapped file is cut short, or its disk fails, while the program uses it.

namespace cria::cmd {

// Model files are mapped and not copied, so bytes that are gone are noticed when something reads
// them, by SIGBUS in the middle of any computation. There is no way back from there that would not
// compute with wrong weights: the program says what happened and ends with status 1, instead of
// dying of a signal. Downloads and converters write a new file and rename it, which does no harm.
void end_at_bus_errors();

}  // namespace cria::cmd
