// What a load() worked out, kept over a restart and taken up again by Model::wake(). Inside nn/ only.
//
// A model's bookkeeping (graph, tensors, nodes, parameters) is full of addresses: of this program's code, of
// the file, of the memory. At the next start of the same program, with the same file and memory at the same
// places, every byte of it would come out the same. The head names all of these and carries a checksum; who
// keeps it writes it after the bookkeeping.
#ifndef DORMOUSE_NN_SNAPSHOT_H
#define DORMOUSE_NN_SNAPSHOT_H

#include <stdint.h>

namespace dormouse {
namespace nn {

struct SnapshotHead {
  uint32_t magic;
  uint32_t program;  // which code laid it out
  uint32_t file;     // addresses, folded to 32 bits where they are longer
  uint32_t fileBytes;
  uint32_t memory;
  uint32_t persistentBytes;
  uint32_t sums[2];  // over all of the above and the bookkeeping
};

// Names this very build of the engine: where its operators' code lies, how its structures are laid out, which
// compiler made it. `build` is the caller's word for the rest of the program.
uint32_t programIdentity(uint32_t build);

// What the head must be, but for the length and the sums.
SnapshotHead headFor(const void* file, uint32_t fileBytes, const void* memory, uint32_t build);

// Sums a head and its bookkeeping, `head.persistentBytes` of it, which is copied to `copy` unless that is
// null.
void sumSnapshot(const SnapshotHead& head, const uint32_t* bookkeeping, uint32_t* copy, uint32_t sums[2]);

}  // namespace nn
}  // namespace dormouse

#endif
