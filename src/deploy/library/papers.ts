/** What stands around the code of an exported library: README, Arduino's properties and keywords, a build file. */
import { plainText } from './c-text';
import { hasObjects, type LibraryModel } from './model';
import type { Sketch } from './sketches';

export type LibraryFormat = 'cpp' | 'arduino';

const kib = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KB`;

const usage: Readonly<Record<LibraryModel['way'], string>> = {
  window: `    float frame[dormouse_model::kAxes];   // filled from the sensor, kRateHz times a second
    dormouse_model::Result result;
    if (dormouse_model::push(frame) && dormouse_model::classify(&result) == dormouse_model::Status::kOk)
      use(result.name);`,
  sound: `    for (uint32_t at = 0; at < count;) {   // int16_t samples[count] from the microphone
      at += dormouse_model::push(samples + at, count - at);
      dormouse_model::Result result;
      if (dormouse_model::ready() && dormouse_model::classify(&result) == dormouse_model::Status::kOk)
        use(result.name);
    }`,
  picture: `    const dormouse_model::Picture picture = {pixels, 320, 240, dormouse_model::PixelFormat::kRgb565};
    dormouse_model::Result result;
    if (dormouse_model::classify(picture, &result) == dormouse_model::Status::kOk)
      use(result.name);`,
};

const examplesText = (format: LibraryFormat, sketches: readonly Sketch[]): string =>
  format === 'cpp'
    ? `\`examples/golden\` runs on a computer: it answers one stored window and says whether that is what Dormouse answers, to the bit.

    cmake -B build && cmake --build build && build/golden

Without CMake: compile every .cpp file below src/ and examples/golden/main.cpp with \`-std=c++11 -Isrc\`.`
    : `In the Arduino IDE: Sketch > Include Library > Add .ZIP Library. Then File > Examples has:

- \`Golden\`, for any board: answers one stored window and says whether that is what Dormouse answers, to the bit.
${sketches.map(({ name, board }) => `- \`${name}\`: ${board}.`).join('\n')}`;

const withoutInterpreter = ({ network }: LibraryModel): string =>
  network
    ? ` There is no interpreter:
\`src/dormouse/library/network.cpp\` calls one kernel after the other, with weights and parameters as constants and tensors at
fixed places.`
    : '';

export function readme(model: LibraryModel, format: LibraryFormat, sketches: readonly Sketch[]): string {
  const { name, manifest } = model;
  return `# ${plainText(manifest.name)}

A model trained with Dormouse, as a library: the same features, the same int8 arithmetic and the same bits as in the app
and on boards that run Dormouse's sketch. It tells: ${manifest.labels.map(plainText).join(', ')}.

C++11, no heap, no exceptions, no libraries but \`<stdint.h>\`, \`<stddef.h>\` and \`<string.h>\`.${withoutInterpreter(model)}
Everything that one can call is described in \`src/${name}.h\`:

    #include <${name}.h>

    dormouse_model::init();
${usage[model.way]}
${hasObjects(model) ? '\n`dormouse_model::nextObject()` then gives one object after the other.\n' : ''}
Memory, all of it static: ${kib(model.network?.arenaBytes ?? 0)} for the network, ${kib(model.scratchBytes)} for the features' working memory, ${kib(4 * model.features)}
for the features${model.way === 'window' ? ` and ${kib(4 * manifest.shape.frames * manifest.shape.axes)} for the window` : ''}. Weights and all settings stay in flash.

${examplesText(format, sketches)}

The code below \`src/dormouse\` is Dormouse's core, cut to what this model uses, under the Apache License 2.0 (LICENSE). The model is
yours. Only one library of this kind goes into a program.
`;
}

export function libraryProperties(model: LibraryModel): string {
  const { name, manifest } = model;
  return `name=${name}
version=1.0.0
author=Made with Dormouse
maintainer=Made with Dormouse
sentence=${plainText(manifest.name)}: a TinyML model that tells ${manifest.labels.map(plainText).join(', ')}.
paragraph=Features and int8 network in C++11 without heap, to the bit as in Dormouse.
category=Data Processing
url=https://docs.arduino.cc/libraries/
architectures=*
includes=${name}.h
`;
}

export function keywords(model: LibraryModel): string {
  const types = ['dormouse_model', 'Result', 'Status', ...(model.way === 'picture' ? ['Picture', 'PixelFormat'] : [])];
  const functions = [
    ...['init', 'reset', 'classify', 'labelName', 'rawOutput'],
    ...(model.way === 'picture' ? [] : ['push', 'ready']),
    ...(hasObjects(model) ? ['nextObject'] : []),
  ];
  const constants = ['kLabels', 'kAxes', 'kWindowFrames', 'kWindowValues', 'kStrideFrames', 'kRateHz'];
  const lines = (words: readonly string[], kind: string): string[] => words.map((word) => `${word}\t${kind}`);
  return `${[
    ...lines(types, 'KEYWORD1'),
    ...lines(functions, 'KEYWORD2'),
    ...lines([...constants, 'kNothing', 'kUnusual'], 'LITERAL1'),
  ].join('\n')}\n`;
}

export const cmakeLists = (model: LibraryModel, example: boolean): string => `cmake_minimum_required(VERSION 3.10)
project(${model.name} CXX)
set(CMAKE_CXX_STANDARD 11)
file(GLOB_RECURSE SOURCES CONFIGURE_DEPENDS src/*.cpp)
add_library(${model.name} STATIC \${SOURCES})
target_include_directories(${model.name} PUBLIC src)
${example ? `add_executable(golden examples/golden/main.cpp)\ntarget_link_libraries(golden ${model.name})\n` : ''}`;
