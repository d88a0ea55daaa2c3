/** What sketches have in common, whatever feeds them. */
import { hasObjects, type LibraryModel } from '../model';

export interface Sketch {
  /** Of the folder and the .ino. */
  readonly name: string;
  /** What it runs on, for people. */
  readonly board: string;
  readonly text: string;
}

export const report = (model: LibraryModel): string =>
  hasObjects(model)
    ? `static void report() {
  uint32_t cell = 0;
  dormouse_model::Object object;
  while (dormouse_model::nextObject(&cell, &object)) {
    Serial.print(object.name);
    Serial.print(" at ");
    Serial.print(object.x, 2);
    Serial.print(", ");
    Serial.println(object.y, 2);
  }
}`
    : `static void report(const dormouse_model::Result& result) {
  if (result.label == dormouse_model::kNothing) return;
  Serial.print(result.name);
  if (result.label >= 0) {
    Serial.print(" ");
    Serial.print(result.scores[result.label], 2);
  }
  Serial.println();
}`;

export const begin = `  Serial.begin(115200);
  if (dormouse_model::init() != dormouse_model::Status::kOk) stop("The model cannot be run.");`;

export const stop = `static void stop(const char* why) {
  for (;;) {
    Serial.println(why);
    delay(1000);
  }
}`;
