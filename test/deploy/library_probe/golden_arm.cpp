// The golden example on an emulated board: 1 where the stored window is answered to the bit.
#include "bare.h"
#include "golden.h"

void program() {
  dormouse_model::Result result;
  const bool answered = dormouse_model::init() == dormouse_model::Status::kOk &&
                        golden::classify(&result) == dormouse_model::Status::kOk;
  bare::put("same", answered && golden::same(result) ? 1 : 0);
  bare::end();
}
