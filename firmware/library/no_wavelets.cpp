/** Stands in for dsp/wavelet.cpp and its tables in libraries whose model looks at spectra: never called
 * there. */
#include "../dsp/wavelet.h"

namespace dormouse {
namespace dsp {

uint32_t waveletWork(uint32_t) { return 0; }
void waveletRun(uint32_t, uint32_t, float*, uint32_t, float*, float*) {}

}  // namespace dsp
}  // namespace dormouse
