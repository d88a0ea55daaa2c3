/**
 * A model image, byte for byte as in firmware/MODEL_SLOT.md 1: built from its parts and taken apart again. Knows
 * nothing of boards or of how an image gets onto one.
 */
import { crc32 } from 'node:zlib';
import { anomalySection, readAnomalySection, type AnomalyDetector, type Normalisation } from '../core';
import { checkManifest, modelEnds } from './check-manifest';
import { DeployError } from './errors';
import { broken, floatsOf, goldenBytes, goldenOf, littleEndianFloats, roundUp } from './golden-bytes';
import { decodeManifest, encodeManifest, optionalKeys } from './manifest';
import type { GoldenVector, ModelManifest } from './types';

const magic = 0x554f4d44; // "DMOU"
const latestVersion = 2;
const headerBytes: Readonly<Record<number, number>> = { 1: 48, 2: 64 };
const crcOffset = 44;
/** Where the header names the sections: manifest, normalisation, .tflite, golden vectors, anomaly section. */
const sectionFields = [12, 20, 28, 36, 48];
/** Far above any slot; a length beyond it is a mistake or an attack. */
const largestImage = 64 * 1024 * 1024;

export interface ParsedImage {
  readonly manifest: ModelManifest;
  /** Empty where nothing but the anomaly section answers. */
  readonly tflite: Uint8Array;
  readonly golden: readonly GoldenVector[];
  /** Over all bytes of the image, as SLOT_BEGIN and the slot maps name it; not the one inside the header. */
  readonly crc: number;
}

function normalisationBytes({ mean, inverseStd }: Normalisation): Uint8Array {
  return littleEndianFloats([...mean, ...inverseStd]);
}

/** The header's CRC: over everything but itself. */
const headerCrcOf = (image: Uint8Array): number =>
  crc32(image.subarray(crcOffset + 4), crc32(image.subarray(0, crcOffset))) >>> 0;

/** The lowest version that holds it: older firmware goes on taking what it can run. */
function versionFor(manifest: ModelManifest, tflite: Uint8Array, golden: readonly GoldenVector[]): 1 | 2 {
  const later =
    manifest.anomaly !== undefined ||
    manifest.sensor !== 'motion' ||
    tflite.length === 0 ||
    Object.keys(optionalKeys(manifest)).length > 0 ||
    golden.some((vector) => vector.sound ?? vector.picture ?? vector.inputCrc !== undefined);
  return later ? 2 : 1;
}

/**
 * The image for any board. The rate travels in 1/1000 Hz, so features must be computed with the rate that parseImage
 * gives back.
 * @param tflite empty for an image that has nothing but an anomaly section.
 * @throws DeployError `bad-manifest`, CompressError where `tflite` is no model.
 */
export function buildImage(manifest: ModelManifest, tflite: Uint8Array, golden: readonly GoldenVector[]): Uint8Array {
  const ends = modelEnds(tflite, manifest.anomaly);
  checkManifest(manifest, ends);
  const version = versionFor(manifest, tflite, golden);
  const sections = [
    { bytes: encodeManifest(manifest, ends.features), align: 1 },
    { bytes: normalisationBytes(manifest.normalisation), align: 4 },
    { bytes: tflite, align: 16 },
    { bytes: goldenBytes(golden, version), align: 4 },
    { bytes: manifest.anomaly ? anomalySection(manifest.anomaly) : new Uint8Array(0), align: 4 },
  ];
  let end = headerBytes[version];
  const placed = sections.map(({ bytes, align }) => {
    const offset = bytes.length === 0 ? 0 : roundUp(end, align);
    if (offset > 0) end = offset + bytes.length;
    return { bytes, offset };
  });
  const image = new Uint8Array(roundUp(end, 16));
  const view = new DataView(image.buffer);
  view.setUint32(0, magic, true);
  view.setUint16(4, version, true);
  view.setUint16(6, headerBytes[version], true);
  view.setUint32(8, image.length, true);
  placed.forEach(({ bytes, offset }, i) => {
    if (offset === 0) return;
    view.setUint32(sectionFields[i], offset, true);
    view.setUint32(sectionFields[i] + 4, bytes.length, true);
    image.set(bytes, offset);
  });
  view.setUint32(crcOffset, headerCrcOf(image), true);
  return image;
}

/** The image's version, its header held to what it must be. */
function checkHeader(image: Uint8Array, view: DataView): number {
  if (image.length < headerBytes[1]) throw broken('it is too short');
  if (view.getUint32(0, true) !== magic) throw broken('it does not begin with "DMOU"');
  const version = view.getUint16(4, true);
  if (version < 1 || version > latestVersion)
    throw new DeployError(
      'bad-image',
      `This model image is of version ${version}; only versions 1 and ${latestVersion} can be read.`,
      'Update Dormouse, then open it again.',
    );
  const length = view.getUint32(8, true);
  if (view.getUint16(6, true) !== headerBytes[version] || length % 16 !== 0 || length > largestImage)
    throw broken('its header is damaged');
  if (length !== image.length || length < headerBytes[version])
    throw broken(`it says it has ${length} bytes but has ${image.length}`);
  if (view.getUint32(crcOffset, true) !== headerCrcOf(image)) throw broken('its checksum is wrong');
  return version;
}

/** Takes an image apart. @throws DeployError `bad-image`, or CompressError where the model inside is damaged. */
export function parseImage(image: Uint8Array): ParsedImage {
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  const version = checkHeader(image, view);
  const section = (i: number, align: number): Uint8Array => {
    const offset = view.getUint32(sectionFields[i], true);
    const bytes = view.getUint32(sectionFields[i] + 4, true);
    if (offset === 0 && bytes === 0) return new Uint8Array(0);
    if (offset < headerBytes[version] || offset % align !== 0 || offset + bytes > image.length)
      throw broken('a part of it lies outside of it');
    return image.slice(offset, offset + bytes);
  };
  const { manifest: body, features } = decodeManifest(section(0, 1));
  const anomaly = version === 1 ? undefined : anomalyOf(section(4, 4));
  const manifest = { ...body, normalisation: normalisationOf(section(1, 4)), ...(anomaly ? { anomaly } : {}) };
  const tflite = section(2, 16);
  const ends = modelEnds(tflite, anomaly);
  try {
    checkManifest(manifest, ends);
  } catch (error) {
    throw broken(`its manifest does not belong to its model; ${error instanceof Error ? error.message : ''}`);
  }
  if (ends.features !== features) throw broken('its manifest does not belong to its model');
  return { manifest, tflite, golden: goldenOf(section(3, 4), version), crc: crc32(image) >>> 0 };
}

function anomalyOf(bytes: Uint8Array): AnomalyDetector | undefined {
  if (bytes.length === 0) return undefined;
  try {
    return readAnomalySection(bytes);
  } catch {
    throw broken('what it knows of the normal is damaged');
  }
}

function normalisationOf(bytes: Uint8Array): Normalisation {
  if (bytes.length % 8 !== 0) throw broken('its normalisation is cut short');
  const values = floatsOf(bytes);
  return { mean: values.slice(0, values.length / 2), inverseStd: values.slice(values.length / 2) };
}
