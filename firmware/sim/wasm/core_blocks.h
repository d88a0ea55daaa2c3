// How the WebAssembly entry points read a DSP block.
#ifndef DORMOUSE_SIM_WASM_CORE_BLOCKS_H
#define DORMOUSE_SIM_WASM_CORE_BLOCKS_H

#include "dsp/dsp.h"

namespace dormouse {

inline dsp::Block blockOf(uint32_t kind, uint32_t count, const float* params) {
  dsp::Block block;
  block.kind = static_cast<uint16_t>(kind);
  // A count that no block has is refused as a bad parameter.
  block.count = static_cast<uint16_t>(count > dsp::kMaxParams ? dsp::kMaxParams + 1 : count);
  for (uint32_t i = 0; i < count && i < dsp::kMaxParams; i++) block.params[i] = params[i];
  return block;
}

}  // namespace dormouse

#endif
