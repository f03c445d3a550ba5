/**
 * The functions of IREE's compiler library in use, in the order of
 * `iree/compiler/embedding_api.h`.
 *
 * Addresses are integers here: the library returns them through memory, and
 * making pointer objects of them would need more than
 * `--allow-ffi=<the library>`. They never leave this folder.
 *
 * What takes time with the size of a program runs on another thread.
 *
 * @module
 */

const ADDRESS = "u64";

export const symbols = {
  // void ireeCompilerErrorDestroy(iree_compiler_error_t* error)
  ireeCompilerErrorDestroy: { parameters: [ADDRESS], result: "void" },
  // const char* ireeCompilerErrorGetMessage(iree_compiler_error_t* error)
  ireeCompilerErrorGetMessage: { parameters: [ADDRESS], result: ADDRESS },

  // int ireeCompilerGetAPIVersion()
  ireeCompilerGetAPIVersion: { parameters: [], result: "i32" },
  // void ireeCompilerGlobalInitialize()
  ireeCompilerGlobalInitialize: { parameters: [], result: "void" },
  // const char* ireeCompilerGetRevision()
  ireeCompilerGetRevision: { parameters: [], result: ADDRESS },
  // void ireeCompilerSetupGlobalCL(int argc, const char** argv,
  //     const char* banner, bool installSignalHandlers)
  ireeCompilerSetupGlobalCL: {
    parameters: ["i32", ADDRESS, "buffer", "bool"],
    result: "void",
  },

  // iree_compiler_session_t* ireeCompilerSessionCreate()
  ireeCompilerSessionCreate: {
    parameters: [],
    result: ADDRESS,
    nonblocking: true,
  },
  // void ireeCompilerSessionDestroy(iree_compiler_session_t* session)
  ireeCompilerSessionDestroy: {
    parameters: [ADDRESS],
    result: "void",
    nonblocking: true,
  },
  // iree_compiler_error_t* ireeCompilerSessionSetFlags(
  //     iree_compiler_session_t* session, int argc, const char* const* argv)
  ireeCompilerSessionSetFlags: {
    parameters: [ADDRESS, "i32", ADDRESS],
    result: ADDRESS,
  },

  // iree_compiler_invocation_t* ireeCompilerInvocationCreate(
  //     iree_compiler_session_t* session)
  ireeCompilerInvocationCreate: { parameters: [ADDRESS], result: ADDRESS },
  // void ireeCompilerInvocationEnableCallbackDiagnostics(
  //     iree_compiler_invocation_t* inv, int flags, void (*callback)(
  //         enum iree_compiler_diagnostic_severity_t severity,
  //         const char* message, size_t messageSize, void* userData),
  //     void* userData)
  ireeCompilerInvocationEnableCallbackDiagnostics: {
    parameters: [ADDRESS, "i32", "function", ADDRESS],
    result: "void",
  },
  // void ireeCompilerInvocationEnableConsoleDiagnostics(
  //     iree_compiler_invocation_t* inv)
  ireeCompilerInvocationEnableConsoleDiagnostics: {
    parameters: [ADDRESS],
    result: "void",
  },
  // void ireeCompilerInvocationDestroy(iree_compiler_invocation_t* inv)
  ireeCompilerInvocationDestroy: {
    parameters: [ADDRESS],
    result: "void",
    nonblocking: true,
  },
  // bool ireeCompilerInvocationParseSource(iree_compiler_invocation_t* inv,
  //     iree_compiler_source_t* source)
  ireeCompilerInvocationParseSource: {
    parameters: [ADDRESS, ADDRESS],
    result: "bool",
    nonblocking: true,
  },
  // void ireeCompilerInvocationSetCompileFromPhase(
  //     iree_compiler_invocation_t* inv, const char* phase)
  ireeCompilerInvocationSetCompileFromPhase: {
    parameters: [ADDRESS, "buffer"],
    result: "void",
  },
  // void ireeCompilerInvocationSetCompileToPhase(
  //     iree_compiler_invocation_t* inv, const char* phase)
  ireeCompilerInvocationSetCompileToPhase: {
    parameters: [ADDRESS, "buffer"],
    result: "void",
  },
  // bool ireeCompilerInvocationPipeline(iree_compiler_invocation_t* inv,
  //     enum iree_compiler_pipeline_t pipeline)
  ireeCompilerInvocationPipeline: {
    parameters: [ADDRESS, "i32"],
    result: "bool",
    nonblocking: true,
  },
  // iree_compiler_error_t* ireeCompilerInvocationOutputVMBytecode(
  //     iree_compiler_invocation_t* inv, iree_compiler_output_t* output)
  ireeCompilerInvocationOutputVMBytecode: {
    parameters: [ADDRESS, ADDRESS],
    result: ADDRESS,
    nonblocking: true,
  },

  // void ireeCompilerSourceDestroy(iree_compiler_source_t* source)
  ireeCompilerSourceDestroy: { parameters: [ADDRESS], result: "void" },
  // iree_compiler_error_t* ireeCompilerSourceWrapBuffer(
  //     iree_compiler_session_t* session, const char* bufferName,
  //     const char* buffer, size_t length, bool isNullTerminated,
  //     iree_compiler_source_t** out_source)
  ireeCompilerSourceWrapBuffer: {
    parameters: [ADDRESS, "buffer", "buffer", "usize", "bool", "buffer"],
    result: ADDRESS,
  },

  // void ireeCompilerOutputDestroy(iree_compiler_output_t* output)
  ireeCompilerOutputDestroy: {
    parameters: [ADDRESS],
    result: "void",
    nonblocking: true,
  },
  // iree_compiler_error_t* ireeCompilerOutputOpenMembuffer(
  //     iree_compiler_output_t** out_output)
  ireeCompilerOutputOpenMembuffer: { parameters: ["buffer"], result: ADDRESS },
  // iree_compiler_error_t* ireeCompilerOutputMapMemory(
  //     iree_compiler_output_t* output, void** contents, uint64_t* size)
  ireeCompilerOutputMapMemory: {
    parameters: [ADDRESS, "buffer", "buffer"],
    result: ADDRESS,
    nonblocking: true,
  },
} as const satisfies Deno.ForeignLibraryInterface;

/**
 * Functions of the C library, which the loader finds among the dependencies of
 * the compiler's library. They read what an address points to.
 */
export const memorySymbols = {
  // void* memcpy(void* target, const void* source, size_t length)
  memcpy: { parameters: ["buffer", ADDRESS, "usize"], result: ADDRESS },
  copyLater: {
    name: "memcpy",
    parameters: ["buffer", ADDRESS, "usize"],
    result: ADDRESS,
    nonblocking: true,
  },
  // size_t strlen(const char* text)
  strlen: { parameters: [ADDRESS], result: "usize" },
} as const satisfies Deno.ForeignLibraryInterface;
