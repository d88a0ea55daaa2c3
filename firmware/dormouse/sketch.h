/**
 * The sketch's two entry points. Knows nothing of Arduino, and shows nothing of the core: the Arduino tools
 * put Arduino.h, whose `Serial` may be a macro, in front of the .ino file that includes this.
 */
#ifndef DORMOUSE_SKETCH_H
#define DORMOUSE_SKETCH_H

namespace dormouse {

void begin();
void loop();

}  // namespace dormouse

#endif
