/**
 * What the three ways of feeding an exported library (window.cpp, sound.cpp, picture.cpp) have in common: the
 * network, how unusual its input is, and what is made of both. Goes into exported libraries only
 * (src/deploy/library); api.h and model_data.h are written there. Knows nothing of sensors.
 */
#ifndef DORMOUSE_LIBRARY_ANSWER_H
#define DORMOUSE_LIBRARY_ANSWER_H

#include "../dsp/dsp.h"
#include "../dsp/picture.h"
#include "api.h"
#include "model_data.h"

namespace dormouse_model {
namespace internal {

/** Prepares the network and forgets all results. */
Status begin();
bool begun();
/** Forgets results only. */
void forget();

/** Shape of one window. */
dormouse::dsp::Shape shape();
/** Whether no value is a NaN or an infinity. */
bool allFinite(const float* values, uint32_t count);

/** From kFeatures features, which it normalises in place. */
Status fromFeatures(float* features, Result* result);

/** The network's int8 input; filled by the caller before fromInput(). */
int8_t* input();
dormouse::dsp::InputScale inputScale();
Status fromInput(Result* result);

}  // namespace internal
}  // namespace dormouse_model

#endif
