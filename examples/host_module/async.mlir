// Passes a tensor through a function of a module named `custom` without waiting
// for it, between work on the device: (2 · x²)².

module @example {
  func.func private @custom.call.async(tensor<?xi32>) -> tensor<?xi32>
      attributes { iree.abi.model = "coarse-fences", nosideeffects }

  func.func @main(%x: tensor<?xi32>) -> tensor<?xi32> {
    %squares = arith.muli %x, %x : tensor<?xi32>
    %doubled = func.call @custom.call.async(%squares)
        : (tensor<?xi32>) -> tensor<?xi32>
    %result = arith.muli %doubled, %doubled : tensor<?xi32>
    return %result : tensor<?xi32>
  }
}
