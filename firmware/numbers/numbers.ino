// Any Arduino that prints numbers is a sensor for Dormouse: one line per moment, values separated by commas,
// and a name before each if you like. Here: three analog pins, 100 times a second. Any other sensor goes the
// same way.
const unsigned long periodMicros = 10000;
unsigned long nextMicros = 0;

void setup() { Serial.begin(115200); }

void loop() {
  // Counting on from the last due time, rather than waiting a fixed while, keeps the rate exact.
  if ((long)(micros() - nextMicros) < 0) return;
  nextMicros += periodMicros;
  Serial.print("x:");
  Serial.print(analogRead(A0));
  Serial.print(",y:");
  Serial.print(analogRead(A1));
  Serial.print(",z:");
  Serial.println(analogRead(A2));
}
