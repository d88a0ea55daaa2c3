#include "recognise.h"

namespace dormouse {
namespace nn {

namespace {
bool startsWith(const uint8_t* bytes, uint32_t length, const char* prefix) {
  for (uint32_t i = 0; prefix[i] != 0; i++) {
    if (i >= length || bytes[i] != static_cast<uint8_t>(prefix[i])) return false;
  }
  return true;
}

#if !defined(DORMOUSE_NN_NO_SENTENCES)
bool contains(const uint8_t* bytes, uint32_t length, const char* part) {
  for (uint32_t i = 0; i < length; i++) {
    if (startsWith(bytes + i, length - i, part)) return true;
  }
  return false;
}

const char* otherKind(const uint8_t* bytes, uint32_t length) {
  const uint32_t head = length < 512 ? length : 512;
  if (startsWith(bytes, length, "version https://git-lfs"))
    return "This is a Git LFS pointer, not the model itself: run \"git lfs pull\" where it came from.";
  if (length >= 2 && bytes[0] == 0x1F && bytes[1] == 0x8B)
    return "This file is compressed with gzip: unpack it first.";
  if (startsWith(bytes, length, "PK\x03\x04"))
    return "This is a zip archive: unpack it and choose the .tflite inside.";
  if (startsWith(bytes, length, "\x89HDF")) return "This is a Keras HDF5 file: convert it to .tflite first.";
  if (startsWith(bytes, length, "\xEF\xBB\xBF"))
    return "This file begins with a text byte order mark: a text editor has damaged it.";
  if (contains(bytes, head, "<html") || contains(bytes, head, "<!DOCTYPE") ||
      contains(bytes, head, "<!doctype"))
    return "This is a web page, not a model: the download went wrong.";
  if (contains(bytes, head, "unsigned char") || contains(bytes, head, "#include") ||
      contains(bytes, head, "0x1c, 0x00"))
    return "This is a model written as a C array: choose the .tflite that it was made from.";
  return nullptr;
}
#endif
}  // namespace

bool looksLikeTflite(const uint8_t* bytes, uint32_t length, Sentence& sentence) {
  if (length == 0) {
    sentence.add("The file is empty.");
    return false;
  }
  if (length >= 8 && startsWith(bytes + 4, length - 4, "TFL3")) return true;
#if !defined(DORMOUSE_NN_NO_SENTENCES)
  if (const char* const kind = otherKind(bytes, length)) {
    sentence.add(kind);
    return false;
  }
#endif
  if (length < 8) {
    sentence.add("The file has only ").add(length).add(" bytes, too few for a .tflite.");
    return false;
  }
  char identifier[5] = {0, 0, 0, 0, 0};
  for (uint32_t i = 0; i < 4; i++) identifier[i] = static_cast<char>(bytes[4 + i]);
  sentence.add("The file's identifier is \"")
      .quote(identifier)
      .add("\", not \"TFL3\": it is not a .tflite of version 3.");
  return false;
}

}  // namespace nn
}  // namespace dormouse
