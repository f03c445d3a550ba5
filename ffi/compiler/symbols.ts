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

export const symbols = {
  // void ireeCompilerErrorDestroy(iree_compiler_error_t* error)
  ireeCompilerErrorDestroy: { parameters: ["u64"], result: "void" },
  // const char* ireeCompilerErrorGetMessage(iree_compiler_error_t* error)
  ireeCompilerErrorGetMessage: { parameters: ["u64"], result: "u64" },

  // int ireeCompilerGetAPIVersion()
  ireeCompilerGetAPIVersion: { parameters: [], result: "i32" },
  // void ireeCompilerGlobalInitialize()
  ireeCompilerGlobalInitialize: { parameters: [], result: "void" },
  // const char* ireeCompilerGetRevision()
  ireeCompilerGetRevision: { parameters: [], result: "u64" },
  // void ireeCompilerSetupGlobalCL(int argc, const char** argv,
  //     const char* banner, bool installSignalHandlers)
  ireeCompilerSetupGlobalCL: {
    parameters: ["i32", "u64", "buffer", "bool"],
    result: "void",
  },

  // iree_compiler_session_t* ireeCompilerSessionCreate()
  ireeCompilerSessionCreate: {
    parameters: [],
    result: "u64",
    nonblocking: true,
  },
  // void ireeCompilerSessionDestroy(iree_compiler_session_t* session)
  ireeCompilerSessionDestroy: {
    parameters: ["u64"],
    result: "void",
    nonblocking: true,
  },
  // iree_compiler_error_t* ireeCompilerSessionSetFlags(
  //     iree_compiler_session_t* session, int argc, const char* const* argv)
  ireeCompilerSessionSetFlags: {
    parameters: ["u64", "i32", "u64"],
    result: "u64",
  },

  // iree_compiler_invocation_t* ireeCompilerInvocationCreate(
  //     iree_compiler_session_t* session)
  ireeCompilerInvocationCreate: { parameters: ["u64"], result: "u64" },
  // void ireeCompilerInvocationEnableCallbackDiagnostics(
  //     iree_compiler_invocation_t* inv, int flags, void (*callback)(
  //         enum iree_compiler_diagnostic_severity_t severity,
  //         const char* message, size_t messageSize, void* userData),
  //     void* userData)
  ireeCompilerInvocationEnableCallbackDiagnostics: {
    parameters: ["u64", "i32", "function", "u64"],
    result: "void",
  },
  // void ireeCompilerInvocationEnableConsoleDiagnostics(
  //     iree_compiler_invocation_t* inv)
  ireeCompilerInvocationEnableConsoleDiagnostics: {
    parameters: ["u64"],
    result: "void",
  },
  // void ireeCompilerInvocationDestroy(iree_compiler_invocation_t* inv)
  ireeCompilerInvocationDestroy: {
    parameters: ["u64"],
    result: "void",
    nonblocking: true,
  },
  // bool ireeCompilerInvocationParseSource(iree_compiler_invocation_t* inv,
  //     iree_compiler_source_t* source)
  ireeCompilerInvocationParseSource: {
    parameters: ["u64", "u64"],
    result: "bool",
    nonblocking: true,
  },
  // void ireeCompilerInvocationSetCompileFromPhase(
  //     iree_compiler_invocation_t* inv, const char* phase)
  ireeCompilerInvocationSetCompileFromPhase: {
    parameters: ["u64", "buffer"],
    result: "void",
  },
  // void ireeCompilerInvocationSetCompileToPhase(
  //     iree_compiler_invocation_t* inv, const char* phase)
  ireeCompilerInvocationSetCompileToPhase: {
    parameters: ["u64", "buffer"],
    result: "void",
  },
  // bool ireeCompilerInvocationPipeline(iree_compiler_invocation_t* inv,
  //     enum iree_compiler_pipeline_t pipeline)
  ireeCompilerInvocationPipeline: {
    parameters: ["u64", "i32"],
    result: "bool",
    nonblocking: true,
  },
  // iree_compiler_error_t* ireeCompilerInvocationOutputIR(
  //     iree_compiler_invocation_t* inv, iree_compiler_output_t* output)
  ireeCompilerInvocationOutputIR: {
    parameters: ["u64", "u64"],
    result: "u64",
    nonblocking: true,
  },
  // iree_compiler_error_t* ireeCompilerInvocationOutputVMBytecode(
  //     iree_compiler_invocation_t* inv, iree_compiler_output_t* output)
  ireeCompilerInvocationOutputVMBytecode: {
    parameters: ["u64", "u64"],
    result: "u64",
    nonblocking: true,
  },

  // void ireeCompilerSourceDestroy(iree_compiler_source_t* source)
  ireeCompilerSourceDestroy: { parameters: ["u64"], result: "void" },
  // iree_compiler_error_t* ireeCompilerSourceWrapBuffer(
  //     iree_compiler_session_t* session, const char* bufferName,
  //     const char* buffer, size_t length, bool isNullTerminated,
  //     iree_compiler_source_t** out_source)
  ireeCompilerSourceWrapBuffer: {
    parameters: ["u64", "buffer", "buffer", "usize", "bool", "buffer"],
    result: "u64",
  },

  // void ireeCompilerOutputDestroy(iree_compiler_output_t* output)
  ireeCompilerOutputDestroy: {
    parameters: ["u64"],
    result: "void",
    nonblocking: true,
  },
  // iree_compiler_error_t* ireeCompilerOutputOpenMembuffer(
  //     iree_compiler_output_t** out_output)
  ireeCompilerOutputOpenMembuffer: { parameters: ["buffer"], result: "u64" },
  // iree_compiler_error_t* ireeCompilerOutputMapMemory(
  //     iree_compiler_output_t* output, void** contents, uint64_t* size)
  ireeCompilerOutputMapMemory: {
    parameters: ["u64", "buffer", "buffer"],
    result: "u64",
    nonblocking: true,
  },
} as const;

/**
 * Functions of the C library, which the loader finds among the dependencies of
 * the compiler's library. They read what an address points to.
 */
export const memorySymbols = {
  // void* memcpy(void* target, const void* source, size_t length)
  memcpy: { parameters: ["buffer", "u64", "usize"], result: "u64" },
  copyLater: {
    name: "memcpy",
    parameters: ["buffer", "u64", "usize"],
    result: "u64",
    nonblocking: true,
  },
  // size_t strlen(const char* text)
  strlen: { parameters: ["u64"], result: "usize" },
} as const;
