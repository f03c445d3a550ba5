/**
 * Parameters of programs: indices, archives, file formats, providers.
 *
 * @module
 */

export type { ArchiveOptions, AsyncArchiveOptions } from "./write_archive.ts";
export type {
  FileParameter,
  ParameterEntry,
  SplatParameter,
  UnreadableParameter,
} from "./entry.ts";
export type {
  ParameterDataOptions,
  ParameterFileOptions,
  ParameterMode,
  ParameterOptions,
  ParameterRange,
} from "./options.ts";
export { ParameterIndex } from "./parameter_index.ts";
export type {
  ParameterBytes,
  ParameterReader,
  ParameterReadOptions,
} from "./parameter_reader.ts";
export {
  type ParameterProvider,
  ParametersModule,
} from "./parameters_module.ts";
export {
  indexParameterFiles,
  type ParameterSource,
} from "./parameter_source.ts";
