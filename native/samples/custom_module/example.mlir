// RUN: iree-compile --iree-hal-target-backends=vmvx

// Creates a !custom.string from a tensor and prints it. The type and the
// functions come from a module named `custom`, which is loaded first:
// `@custom.string.print` is its function `string.print`.

module @example {
  func.func private @custom.string.from_tensor(tensor<?xi8>) -> !custom.string
  func.func private @custom.string.print(!custom.string)
  func.func private @custom.error()

  func.func @main() {
    %constant = util.unfoldable_constant dense<[0, 1, 2, 3, 4]> : tensor<5xi8>
    %tensor = tensor.cast %constant : tensor<5xi8> to tensor<?xi8>
    %string = func.call @custom.string.from_tensor(%tensor)
        : (tensor<?xi8>) -> !custom.string
    func.call @custom.string.print(%string) : (!custom.string) -> ()
    return
  }

  // Fails with the module's message.
  func.func @error() {
    func.call @custom.error() : () -> ()
    return
  }
}
