// How operators call kernels: plainly. On a computer that turns models into source code
// (DORMOUSE_NN_RECORDS), calls can be written down instead, with all of their parameters: see record.h.
#ifndef DORMOUSE_NN_OPERATORS_CALLS_H
#define DORMOUSE_NN_OPERATORS_CALLS_H

#if defined(DORMOUSE_NN_RECORDS)
#include "record_fields.h"
#define DORMOUSE_CALL(kernel, ...)                                                                \
  (::dormouse::nn::recorder() != nullptr ? ::dormouse::nn::recorder()->call(#kernel, __VA_ARGS__) \
                                         : kernel(__VA_ARGS__))
#else
#define DORMOUSE_CALL(kernel, ...) kernel(__VA_ARGS__)
#endif

#endif
