// Image: a picture of any size as the small one that a model looks at. Inside the DSP folder only; picture.h
// has the entry for camera pictures.
//
// params: 0 image-width, 1 image-height: 1 to 1024; 2 channels: 1 gray or 3 colour; 3 resize-mode: 0
// fit-shortest (the largest middle part of the output's proportions, fills the output), 1 fit-longest (the
// whole picture, black bars where proportions differ), 2 squash (the whole picture, each side on its own).
// The window: red, green, blue (3 axes) or gray (1 axis) per pixel, 0 to 255, rounded and clamped; `width`
// pixels to a row. Gray = (77 r + 150 g + 29 b + 128) >> 8 of each source pixel; colour from gray repeats it.
// Features: image-height rows of image-width pixels of `channels` values, each a resized 8-bit value
// (resize.h) / 255.
//
// Sides are rounded half up: fit-shortest cuts round(height * image-width / image-height) columns' width out
// of a picture that is too wide; margins round down on the left and on top.
#ifndef DORMOUSE_DSP_IMAGE_H
#define DORMOUSE_DSP_IMAGE_H

#include "picture.h"

namespace dormouse {
namespace dsp {

Status imageCount(const float* params, const Shape& shape, uint32_t* count);
Status imageScratch(const float* params, const Shape& shape, uint32_t* bytes);
void imageRun(const float* params, const Shape& shape, const float* window, float* features, void* scratch);

}  // namespace dsp
}  // namespace dormouse

#endif
